"""What is laid over a picture: where letters wait, and the way that was taken."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support.bpmn import MONDAY, bpmn
from wenzheng.calendars.china import china
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.catalog.drawing import pictures_of
from wenzheng.catalog.pictures.overlay import Mark, Overlay
from wenzheng.catalog.pictures.svg import draw_svg
from wenzheng.cli.main import execute
from wenzheng.settings import definitions_dir
from wenzheng.simulation.answers import Answers
from wenzheng.simulation.path import way
from wenzheng.simulation.world import World

CHOICE = """
    var n int = 0
    start s
    user ask
    field ask n int required
    xor g default=g_small
    and f
    task left
    task right
    and j
    user small
    xor m
    end e
    s -> ask -> g
    g -> f if n > 1
    g -> small
    f -> left -> j
    f -> right -> j
    j -> m
    small -> m -> e
"""


def drawn(overlay: Overlay | None) -> str:
    files = {"p.bpmn": bpmn(CHOICE)}
    definition = compile_bundle("d", files, {})
    return draw_svg(
        pictures_of(definition, files, "en"), "en", {}, None if overlay is None else {"p": overlay}
    )


def lived(n: int) -> tuple[frozenset[str], frozenset[str]]:
    definition = compile_bundle("d", {"p.bpmn": bpmn(CHOICE)}, {})
    world = World(definition, china(), MONDAY, Answers.read({"ask": [{"data": {"n": n}}]}))
    world.start("p")
    world.run()
    return way(definition.processes["p"].model, world.lines)


def test_where_many_wait_there_is_more_colour_and_the_number_the_days_and_the_lamp_stand_there() -> None:
    svg = drawn(Overlay({"ask": Mark(140, "red", 21), "small": Mark(7)}))
    heat = [float(one) for one in re.findall(r'fill-opacity="([\d.]+)"', svg)]
    assert heat == sorted(heat, reverse=True)
    assert heat[0] > 2 * heat[1]
    assert ">140 · 21 d · red</text>" in svg
    assert ">7</text>" in svg
    assert "<title>ask: 140 waiting</title>" in svg


def test_a_place_where_nobody_waits_and_one_that_is_not_there_show_nothing() -> None:
    svg = drawn(Overlay({"ask": Mark(0, "red"), "gone": Mark(3)}))
    assert "data-waiting" not in svg


def test_without_anything_to_lay_over_it_the_picture_is_what_it_was() -> None:
    assert "wz-heat" not in drawn(None)


def test_the_way_through_a_choice_a_split_and_its_join() -> None:
    passed, taken = lived(2)
    assert {"ask", "g", "f", "left", "right", "j", "m", "e"} <= passed
    assert "small" not in passed
    assert {"g_f", "f_left", "f_right", "left_j", "right_j", "j_m"} <= taken
    assert not {"g_small", "small_m"} & taken


def test_the_other_way_through_the_choice() -> None:
    passed, taken = lived(0)
    assert taken == {"s_ask", "ask_g", "g_small", "small_m", "m_e"}
    assert "f" not in passed


def test_trace_draws_the_way_it_has_taken(tmp_path: Path) -> None:
    source, output = tmp_path / "p.bpmn", tmp_path / "way.svg"
    source.write_bytes(bpmn(CHOICE))
    assert execute(["trace", str(source), "--picture", str(output)]) == 0
    svg = output.read_text(encoding="utf-8")
    assert 'data-taken="s_ask"' in svg
    assert 'data-passed="ask"' in svg


def test_render_lays_the_numbers_of_a_file_over_the_picture(tmp_path: Path) -> None:
    numbers, output = tmp_path / "n.json", tmp_path / "n.svg"
    numbers.write_text(json.dumps({"petition": {"accept": {"count": 12, "lamp": "yellow", "days": 2.5}}}))
    folder = str(definitions_dir() / "petition")
    assert execute(["render", folder, "--numbers", str(numbers), "-o", str(output)]) == 0
    assert ">12 · 2.5 天 · 黄灯</text>" in output.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "cannot read the numbers"),
        ("[]", "PROCESS"),
        ('{"p": {"a": {"count": -1, "lamp": "blue", "days": "x", "odd": 1}}}', "count.*lamp.*days.*odd"),
    ],
)
def test_numbers_that_are_none_are_refused_with_all_that_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    numbers = tmp_path / "n.json"
    numbers.write_text(text)
    assert execute(["render", str(definitions_dir() / "petition"), "--numbers", str(numbers)]) != 0
    assert re.search(said, capsys.readouterr().err)
