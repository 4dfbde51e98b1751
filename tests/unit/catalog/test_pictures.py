"""Pictures of definitions: everything is drawn once, nothing upon another, and everybody can read it."""

from __future__ import annotations

import time
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings

from scripts.yaml_examples import EXAMPLES, bundle_of
from tests.support.bpmn import bpmn, compiled
from tests.support.random_processes import notations
from wenzheng.catalog.pictures.geometry import Box, is_event, is_gateway
from wenzheng.catalog.pictures.picture import Picture, picture_of
from wenzheng.catalog.pictures.svg import draw_svg
from wenzheng.catalog.pictures.text import width_of, wrap
from wenzheng.cli.main import execute
from wenzheng.cli.render import pictures
from wenzheng.engine.findings import DefinitionRefused
from wenzheng.engine.vocabulary import SUB_PROCESSES
from wenzheng.settings import definitions_dir

SHIPPED = [
    definitions_dir() / "petition" / "petition.yaml",
    *sorted(
        path
        for path in (definitions_dir() / "examples").glob("*/*")
        if path.is_file() and path.name != "rules.yaml"
    ),
]
CONFORMANCE = Path(__file__).parents[3].parent / "shared" / "conformance"
SVG = "{http://www.w3.org/2000/svg}"


def drawn(notation: str) -> Picture:
    data = bpmn(notation)
    return picture_of(compiled(data).model, data, "en")


def inside(point: tuple[int, int], box: Box) -> bool:
    return box.x < point[0] < box.right and box.y < point[1] < box.bottom


def on_border(point: tuple[int, int], box: Box, *, diamond: bool) -> bool:
    x, y = point
    if diamond:
        across, down = abs(x - box.middle[0]) / box.width, abs(y - box.middle[1]) / box.height
        return abs(across + down - 0.5) < 0.03
    level = box.x <= x <= box.right and y in {box.y, box.bottom}
    return level or (box.y <= y <= box.bottom and x in {box.x, box.right})


def check_geometry(picture: Picture) -> None:
    """What holds for every layout of ours."""
    model, drawing = picture.model, picture.drawing
    elements = {element.id: element for element in model.all_elements()}
    flows = [flow for scope in model.scopes.values() for flow in scope.flows.values()]
    assert set(drawing.boxes) == set(elements)
    assert set(drawing.edges) == {flow.id for flow in flows}
    for scope in model.scopes.values():
        free = [name for name, element in scope.elements.items() if element.attached_to is None]
        for one, other in combinations(free, 2):
            assert not drawing.boxes[one].meets(drawing.boxes[other]), (one, other)
        for name in scope.elements:
            if scope.id in drawing.boxes:
                box, frame = drawing.boxes[name], drawing.boxes[scope.id]
                assert frame.x < box.x < box.right < frame.right, name
                assert frame.y < box.y < box.bottom < frame.bottom, name
        for flow in scope.flows.values():
            points = drawing.edges[flow.id]
            assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(points)), "level or upright"
            for end, name in ((points[0], flow.source), (points[-1], flow.target)):
                diamond = is_gateway(elements[name].type)
                assert on_border(end, drawing.boxes[name], diamond=diamond), (flow.id, end, name)
            for name in free:
                assert not crosses(points, drawing.boxes[name]), (flow.id, name)
    check_boundaries(picture)
    check_names(picture)


def check_boundaries(picture: Picture) -> None:
    drawing = picture.drawing
    elements = {element.id: element for element in picture.model.all_elements()}
    for element in elements.values():
        if element.attached_to is not None:
            host = drawing.boxes[element.attached_to]
            x, y = drawing.boxes[element.id].middle
            assert host.x < x < host.right
            assert y == host.bottom
            for other in elements.values():
                if (
                    other is not element
                    and other.type not in SUB_PROCESSES
                    and other.id != element.attached_to
                ):
                    assert not drawing.boxes[element.id].meets(drawing.boxes[other.id]), (
                        element.id,
                        other.id,
                    )


def check_names(picture: Picture) -> None:
    boxes = picture.drawing.boxes
    solid = [name for name, shape in picture.plan.shapes.items() if shape.type not in SUB_PROCESSES]
    for name, placed in picture.names.items():
        for other in solid:
            assert not placed.box.meets(boxes[other]), (name, other)
    for one, other in combinations(picture.names, 2):
        assert not picture.names[one].box.meets(picture.names[other].box), (one, other)


def crosses(points: list[tuple[int, int]], box: Box) -> bool:
    """Whether a line runs through the inside of a box."""
    for (x, y), (a, b) in pairwise(points):
        left, right, top, bottom = min(x, a), max(x, a), min(y, b), max(y, b)
        if left < box.right and right > box.x and top < box.bottom and bottom > box.y:
            return True
    return False


def upon_another(picture: Picture) -> list[tuple[str, str]]:
    """Pairs of flows with other sources and other targets that share a stretch of line."""
    found = []
    links = {link.id: link for link in picture.plan.links}
    segments = [
        (name, min(one, other), max(one, other), one[0] == other[0])
        for name, points in picture.drawing.edges.items()
        for one, other in pairwise(points)
    ]
    for one, other in combinations(segments, 2):
        a, b = links[one[0]], links[other[0]]
        if one[3] != other[3] or a.source == b.source or a.target == b.target:
            continue
        axis = 0 if one[3] else 1
        along = 1 - axis
        if (
            one[1][axis] == other[1][axis]
            and one[1][along] < other[2][along]
            and other[1][along] < one[2][along]
        ):
            found.append((a.id, b.id))
    return found


# --- geometry ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_shipped_definitions_are_drawn_so_that_nothing_lies_on_another(path: Path, language: str) -> None:
    for picture in pictures(path, language):
        check_geometry(picture)
        assert upon_another(picture) == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_of_the_reference_is_drawn_so(name: str, tmp_path: Path) -> None:
    for file, data in bundle_of(name).items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_bytes(data)
    for picture in pictures(tmp_path, "zh"):
        check_geometry(picture)
        assert upon_another(picture) == []


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(notation=notations())
def test_any_process_is_drawn_so(notation: str) -> None:
    picture = drawn(notation)
    check_geometry(picture)
    assert upon_another(picture) == []
    check_svg(draw_svg([picture]), picture)


@pytest.mark.skipif(not CONFORMANCE.is_dir(), reason="needs ../shared/conformance beside the checkout")
def test_every_conformance_file_that_can_run_is_drawn() -> None:
    seen = 0
    for path in sorted(CONFORMANCE.rglob("*.bpmn")):
        try:
            found = pictures(path, "en")
        except DefinitionRefused:
            continue
        check_svg(draw_svg(found), *found)
        seen += 1
    assert seen > 5


BRANCHES = "\n".join(f"g -> u{n} if n == {n}\nuser u{n}\nu{n} -> j" for n in range(12))
HARD = {
    "twelve ways out of one fork": (
        f"var n int = 0\nstart s\nxor g default=g_j\nxor j\nend e\ns -> g\n{BRANCHES}\ng -> j\nj -> e"
    ),
    "loops in loops": """
        var n int = 0
        start s
        xor a
        xor b
        user u
        xor c default=c_d
        xor d default=d_e
        end e
        s -> a -> b -> u -> c
        c -> b if n == 1
        c -> d
        d -> a if n == 2
        d -> e
    """,
    "four boundary events, one of which leads back to its own host": """
        start s
        user u
        end e
        boundary b1 on=u duration=P1D
        boundary b2 on=u duration=P2D keep
        boundary b3 on=u message=m
        boundary b4 on=u message=o keep
        user r2
        user r3
        user r4
        s -> u -> e
        b1 -> u
        b2 -> r2 -> e
        b3 -> r3 -> e
        b4 -> r4 -> e
    """,
    "a sub-process in a sub-process": """
        start s
        sub one
        start s1
        sub two
        start s2
        user u
        end e2
        s2 -> u -> e2
        close
        end e1
        s1 -> two -> e1
        close
        boundary b on=one message=m
        user r
        end e
        s -> one -> e
        b -> r -> e
    """,
}


@pytest.mark.parametrize("name", HARD)
def test_hard_processes_are_drawn_so(name: str) -> None:
    picture = drawn(HARD[name])
    check_geometry(picture)
    assert upon_another(picture) == []


def test_a_long_process_is_read_in_rows_like_a_text() -> None:
    names = [f"u{number}" for number in range(40)]
    steps = "\n".join(f"user {name}" for name in names)
    picture = drawn(f"start s\nend e\n{steps}\ns -> {' -> '.join(names)} -> e")
    check_geometry(picture)
    frame = picture.drawing.frame
    assert frame.width < 2400
    assert frame.height < frame.width * 1.5
    spots = [(picture.drawing.boxes[name].y, picture.drawing.boxes[name].x) for name in names]
    assert spots == sorted(spots)


def test_five_hundred_elements_take_seconds() -> None:
    blocks, flows, last = [], [], "s"
    for number in range(100):
        x, y, g, j = f"x{number}", f"y{number}", f"g{number}", f"j{number}"
        blocks += [
            f"user {x}",
            f"script {y}: n = n + 1",
            f"xor {g} default={g}_{y}",
            f"xor {j}",
            f"service v{number}",
        ]
        flows += [f"{last} -> {g}", f"{g} -> {x} if n == {number}", f"{g} -> {y}"]
        flows += [f"{x} -> v{number} -> {j}", f"{y} -> {j}"]
        last = j
    notation = "\n".join(["var n int = 0", "start s", "end e", *blocks, *flows, f"{last} -> e"])
    data = bpmn(notation)
    model = compiled(data).model
    begun = time.process_time()
    picture = picture_of(model, data, "zh")
    svg = draw_svg([picture])
    assert time.process_time() - begun < 10
    assert svg.count("data-element=") == len(model.all_elements()) > 500
    assert not any(
        crosses(points, box)
        for points in picture.drawing.edges.values()
        for box in picture.drawing.boxes.values()
    )


# --- the drawing a file brings along -------------------------------------------------------


def with_drawing(*, task: str = 'x="200" y="80" width="100" height="80"', second: str = "500") -> bytes:
    text = bpmn("start s\nuser u\nend e\ns -> u -> e").decode()
    shapes = {"s": 'x="100" y="102" width="36" height="36"', "u": task}
    shapes["e"] = f'x="{second}" y="102" width="36" height="36"'
    edges = {"s_u": ((136, 120), (200, 120)), "u_e": ((300, 120), (500, 120))}
    body = "".join(
        f'<di:BPMNShape bpmnElement="{name}"><dc:Bounds {box}/></di:BPMNShape>'
        for name, box in shapes.items()
    )
    for name, points in edges.items():
        spots = "".join(f'<dd:waypoint x="{x}" y="{y}"/>' for x, y in points)
        body += f'<di:BPMNEdge bpmnElement="{name}">{spots}</di:BPMNEdge>'
    di = "http://www.omg.org/spec/BPMN/20100524/DI"
    dc, dd = "http://www.omg.org/spec/DD/20100524/DC", "http://www.omg.org/spec/DD/20100524/DI"
    diagram = (
        f'<di:BPMNDiagram xmlns:di="{di}" xmlns:dc="{dc}" xmlns:dd="{dd}">'
        f"<di:BPMNPlane>{body}</di:BPMNPlane></di:BPMNDiagram>"
    )
    return text.replace("</definitions>", f"{diagram}</definitions>").encode()


def test_a_file_that_brings_its_drawing_is_drawn_like_that() -> None:
    data = with_drawing()
    picture = picture_of(compiled(data).model, data, "zh")
    assert picture.own_drawing
    assert picture.drawing.boxes["u"] == Box(200, 80, 100, 80)
    assert picture.drawing.edges["u_e"] == [(300, 120), (500, 120)]


@pytest.mark.parametrize(
    "changed",
    [
        {"task": 'x="nan" y="80" width="100" height="80"'},
        {"task": 'x="200" y="80" width="0" height="80"'},
        {"task": 'x="1e99" y="80" width="100" height="80"'},
        {"second": "wide"},
        {"task": 'x="100" y="102" width="36" height="36"'},
    ],
    ids=["no number", "no width", "too far", "words", "one upon another"],
)
def test_a_drawing_that_cannot_be_used_is_made_anew(changed: dict[str, str]) -> None:
    data = with_drawing(**changed)
    picture = picture_of(compiled(data).model, data, "zh")
    assert not picture.own_drawing
    check_geometry(picture)


def test_a_folded_sub_process_drawn_on_a_page_of_its_own_is_laid_out_unfolded() -> None:
    text = bpmn("start s\nsub o\nstart t\nend f\nt -> f\nclose\nend e\ns -> o -> e").decode()
    spots = {"s": 0, "o": 100, "t": 0, "f": 100, "e": 300}
    body = "".join(
        f'<BPMNShape bpmnElement="{name}"><dc:Bounds x="{x}" y="{500 if name in "tf" else 0}" '
        f'width="36" height="36"/></BPMNShape>'
        for name, x in spots.items()
    )
    for flow in ("s_o", "o_e", "t_f"):
        body += (
            f'<BPMNEdge bpmnElement="{flow}"><di:waypoint x="1" y="1"/><di:waypoint x="9" y="1"/></BPMNEdge>'
        )
    di = "http://www.omg.org/spec/BPMN/20100524/DI"
    dc, dd = "http://www.omg.org/spec/DD/20100524/DC", "http://www.omg.org/spec/DD/20100524/DI"
    diagram = (
        f'<BPMNDiagram xmlns="{di}" xmlns:dc="{dc}" xmlns:di="{dd}">'
        f"<BPMNPlane>{body}</BPMNPlane></BPMNDiagram>"
    )
    data = text.replace("</definitions>", f"{diagram}</definitions>").encode()
    picture = picture_of(compiled(data).model, data, "zh")
    assert not picture.own_drawing
    check_geometry(picture)


def test_yaml_and_the_bpmn_it_is_compiled_to_give_the_same_picture(tmp_path: Path) -> None:
    yaml = next(path for path in SHIPPED if path.suffix == ".yaml")
    compiled_to = tmp_path / yaml.with_suffix(".bpmn").name
    assert execute(["compile", str(yaml), "-o", str(compiled_to)]) == 0
    assert draw_svg(pictures(yaml, "zh", lanes=True)) == draw_svg(pictures(compiled_to, "zh"))


# --- SVG -------------------------------------------------------------------------------------


def check_svg(svg: str, *shown: Picture) -> None:
    root = ET.fromstring(svg)  # noqa: S314 - our own
    drawn_elements = [node.get("data-element") for node in root.iter() if node.get("data-element")]
    drawn_flows = [node.get("data-flow") for node in root.iter() if node.get("data-flow")]
    elements = [element.id for picture in shown for element in picture.model.all_elements()]
    flows = [link.id for picture in shown for link in picture.plan.links]
    assert sorted(drawn_elements, key=str) == sorted(elements)
    assert sorted(drawn_flows, key=str) == sorted(flows)
    assert not list(root.iter(f"{SVG}script"))


def test_the_petition_is_read_aloud_and_copied_as_text() -> None:
    svg = draw_svg(pictures(definitions_dir() / "petition", "zh"), "zh", {"clerk": "受理中心"})
    root = ET.fromstring(svg)  # noqa: S314 - our own
    assert root.get("role") == "img"
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert desc is not None
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert title.text == "来信办理"
    assert "受理 (受理中心)" in (desc.text or "")
    assert "15 个工作日：红灯" in (desc.text or "")
    words = {text for node in root.iter(f"{SVG}text") for text in node.itertext()}
    assert {"受理", "不予受理", "来信办理"} <= words


def test_every_clock_is_a_bar_whose_lamps_are_said_in_words() -> None:
    (picture,) = pictures(definitions_dir() / "petition", "en")
    root = ET.fromstring(draw_svg([picture], "en"))  # noqa: S314 - our own
    bars = {node.get("data-clock"): node for node in root.iter() if node.get("data-clock")}
    assert set(bars) == set(picture.model.clocks)
    for clock in picture.model.clocks.values():
        words = " ".join(bars[clock.id].itertext())
        for threshold in clock.thresholds:
            unit = clock.unit.value.replace("_", " ").removesuffix("s")
            assert f"{abs(threshold.after)} {unit}" in words
            assert (threshold.after < 0) == (f"{abs(threshold.after)} {unit}s before" in words)
            assert threshold.lamp is None or threshold.lamp in words


def test_an_english_reader_gets_english_names() -> None:
    yaml = next(path for path in SHIPPED if path.suffix == ".yaml")
    svg = draw_svg(pictures(yaml, "en"), "en")
    assert "Handling of a letter" in svg
    assert "来信办理" not in svg
    assert "Time to reply" in svg


def test_names_of_the_file_cannot_break_out_of_the_text() -> None:
    data = bpmn("start s\nuser u\nend e\ns -> u -> e")
    data = data.replace(b'<userTask id="u"', b'<userTask id="u" name="&lt;script&gt;&quot;&amp;"', 1)
    assert b"&lt;script" in data
    svg = draw_svg([picture_of(compiled(data).model, data, "zh")])
    assert "<script" not in svg
    ET.fromstring(svg)  # noqa: S314 - our own


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("请来信人评价", ["请来信人", "评价"]),
        ("Tell the author", ["Tell the", "author"]),
        ("答复办结，反馈", ["答复办", "结，反馈"]),
        ("the_scope_of_all", ["the_", "scope_", "of_all"]),
        ("", []),
    ],
)
def test_lines_break_where_a_reader_expects(text: str, lines: list[str]) -> None:
    assert wrap(text, 60, 13, 9) == lines


def test_what_does_not_fit_ends_with_a_sign() -> None:
    lines = wrap("一二三四五六七八九十", 40, 10, 2)
    assert lines == ["一二三四", "五六七…"]
    assert all(width_of(line, 10) <= 40 for line in lines)


# --- the command -----------------------------------------------------------------------------


def test_an_administrator_draws_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.svg"
    assert execute(["render", str(definitions_dir() / "petition"), "-o", str(out)]) == 0
    assert execute(["render", str(definitions_dir() / "petition")]) == 0
    assert capsys.readouterr().out == out.read_text(encoding="utf-8")


def test_a_refused_definition_gives_its_findings_and_no_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(EXAMPLES["by"].replace("working_days: 10", "working_days: ten"), encoding="utf-8")
    assert execute(["render", str(wrong), "-o", str(tmp_path / "out.svg")]) == 1
    assert "wrong.yaml:" in capsys.readouterr().err
    assert not (tmp_path / "out.svg").exists()


def test_what_cannot_be_read_or_written_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["render", str(tmp_path / "nothing.yaml")]) == 1
    assert execute(["render", str(definitions_dir() / "petition"), "-o", str(tmp_path)]) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert "does not exist" in said[0]
    assert "choose another place" in said[1]


def test_events_and_gateways_keep_their_shape() -> None:
    picture = drawn("start s\nxor g default=g_e\nend e\nend f\ns -> g -> e\ng -> f if true")
    for element in picture.model.all_elements():
        box = picture.drawing.boxes[element.id]
        assert is_event(element.type) or is_gateway(element.type)
        assert box.width == box.height


def test_limits_before_an_event_stand_on_their_bar_and_say_what_they_count() -> None:
    drawing = draw_svg(pictures(definitions_dir() / "forum", "en"), "en")
    svg = ET.fromstring(drawing)  # noqa: S314 - our own
    for clock in (one for one in svg.iter(f"{SVG}g") if one.get("data-clock")):
        (bar,) = [one for one in clock.iter(f"{SVG}rect") if one.get("class") == "wz-bar"]
        begin, width = float(bar.attrib["x"]), float(bar.attrib["width"])
        for mark in clock.iter(f"{SVG}circle"):
            assert begin <= float(mark.attrib["cx"]) <= begin + width, clock.get("data-clock")
    said = {text.text for text in svg.iter(f"{SVG}text") if text.text}
    assert any(text.startswith("14 calendar days before: ") for text in said)
    assert any(text.startswith("2 working days before: ") for text in said)
    assert any(text.startswith("1 working day: ") for text in said)
