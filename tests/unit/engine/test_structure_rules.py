"""The graph of a process: one case for each rule, refused at the element that breaks it."""

from __future__ import annotations

import pytest

from tests.support.bpmn import bpmn, compiled, findings_of

CASES = [
    (
        "incoming-not-allowed",
        "s",
        "start s\nuser u\nxor g default=g_s\nuser v\ns -> u -> g\ng -> s\ng -> v if true",
    ),
    ("incoming-not-allowed", "b", "start s\nuser u\ns -> u\nboundary b on=u message=m\nuser v\nb -> v -> b"),
    ("outgoing-not-allowed", "e", "start s\nend e\nuser u\ns -> e -> u"),
    ("incoming-missing", "u", "start s\nend e\ns -> e\nuser u"),
    ("incoming-missing", "e", "start s\nuser u\ns -> u\nend e"),
    ("outgoing-missing", "s", "start s"),
    ("outgoing-missing", "b", "start s\nuser u\ns -> u\nboundary b on=u message=m"),
    ("outgoing-missing", "g", "start s\nand g\ns -> g"),
    ("condition-not-executed", "s_e", "start s\nend e\ns -> e if true"),
    ("condition-alone", "u_e", "start s\nuser u\nend e\ns -> u\nu -> e if true"),
    ("condition-not-executed", "g_e", "start s\nand g\nend e\ns -> g\ng -> e if true"),
    ("condition-missing", "g_f", "start s\nxor g\nend e\nend f\ns -> g\ng -> e if true\ng -> f"),
    ("default-flow-unknown", "g", "start s\nxor g default=s_g\nend e\ns -> g\ng -> e"),
    (
        "default-with-condition",
        "g_e",
        "start s\nxor g default=g_e\nend e\nend f\ns -> g\ng -> e if true\ng -> f if true",
    ),
    ("boundary-host", "b", "start s\nuser u\ns -> u\nboundary b on=nobody message=m\nend e\nb -> e"),
    ("boundary-host", "b", "start s\nxor g\nuser u\ns -> g -> u\nboundary b on=g message=m\nend e\nb -> e"),
    ("event-without-definition", "b", "start s\nuser u\ns -> u\nboundary b on=u\nend e\nb -> e"),
    ("event-without-definition", "c", "start s\ncatch c\ns -> c"),
    ("unknown-reference", "s_x", "start s\ns -> x"),
    ("start-missing", "p", "user u\nend e\nu -> e -> u"),
    ("several-starts", "t", "start s\nstart t\nend e\ns -> e\nt -> e"),
    ("sub-process-start", "x", "start s\nsub x\nstart i message=m\nend j\ni -> j\nclose\ns -> x"),
    ("several-starts", "k", "start s\nsub x\nstart i\nstart k\nend j\ni -> j\nk -> j\nclose\ns -> x"),
    ("sub-process-start", "x", "start s\nsub x\nclose\ns -> x"),
    (
        "flow-crosses-scope",
        "i_e",
        "start s\nsub x\nstart i\nuser u\ni -> u\nclose\ns -> x\nend e\ns -> e\ni -> e",
    ),
]


@pytest.mark.parametrize(("rule", "element", "notation"), CASES)
def test_a_rule_of_the_graph_is_held_at_the_element_that_breaks_it(
    rule: str, element: str, notation: str
) -> None:
    found = {(finding.rule, finding.element) for finding in findings_of(lambda: compiled(notation))}
    assert (rule, element) in found


JOINED = "start s\nand f\nand g\nend e\ns -> f\nf -> g\nxor h\nf -> h -> g\ng -> e"


@pytest.mark.parametrize(
    ("gateway", "direction", "fits"),
    [
        ("f", "Diverging", True),
        ("f", "Converging", False),
        ("g", "Converging", True),
        ("g", "Diverging", False),
        ("g", "Mixed", True),
        ("f", "Unspecified", True),
    ],
)
def test_a_gateway_is_what_it_says_it_is(gateway: str, direction: str, fits: bool) -> None:
    data = bpmn(JOINED).decode().replace(f'id="{gateway}"', f'id="{gateway}" gatewayDirection="{direction}"')
    if fits:
        compiled(data.encode())
    else:
        (finding,) = findings_of(lambda: compiled(data.encode()))
        assert (finding.rule, finding.element) == ("gateway-direction", gateway)


LISTED = """<incoming>s_u</incoming><outgoing>u_e</outgoing>"""


@pytest.mark.parametrize(
    ("start", "task", "end", "wrong"),
    [
        ("<outgoing>s_u</outgoing>", LISTED, "<incoming>u_e</incoming>", []),
        ("<outgoing>t:s_u</outgoing>", LISTED, "<incoming> u_e </incoming>", []),
        ("", "", "", []),
        ("<outgoing>s_u</outgoing>", LISTED, "", ["e"]),
        ("<outgoing>u_e</outgoing>", LISTED, "<incoming>u_e</incoming>", ["s", "s"]),
        ("", LISTED, "<incoming>u_e</incoming>", ["s"]),
    ],
)
def test_flows_listed_at_their_ends_are_the_flows_themselves_or_none_is_listed(
    start: str, task: str, end: str, wrong: list[str]
) -> None:
    data = bpmn("start s\nuser u\nend e\ns -> u -> e").decode()
    for element, inner in (("startEvent", start), ("userTask", task), ("endEvent", end)):
        data = data.replace(f"</{element}>", f"{inner}</{element}>")
    if not wrong:
        compiled(data.encode())
    else:
        found = findings_of(lambda: compiled(data.encode()))
        assert [(finding.rule, finding.element) for finding in found] == [
            ("flow-not-listed", element) for element in wrong
        ]


def test_a_lone_flow_behind_an_exclusive_gateway_needs_no_condition_and_may_have_one() -> None:
    compiled("start s\nxor g\nend e\ns -> g -> e")
    compiled("var n int\nstart s\nxor g\nend e\ns -> g\ng -> e if n > 1")
