"""The graph of a process: one case for each rule, refused at the element that breaks it."""

from __future__ import annotations

import pytest

from tests.support.bpmn import bpmn, compiled, findings_of

EITHER = "start s\nevents g\ncatch c message=m\nend e\ns -> g -> c -> e\n"
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
    ("start-missing", "e", "user u\nend e\nu -> e"),
    ("start-missing", "p", "user u\nuser v\nu -> v -> u"),
    ("end-missing", "s", "start s\nuser u\ns -> u"),
    ("end-missing", "i", "start s\nsub x\nstart i\ntask t\ni -> t\nclose\nend e\ns -> x -> e"),
    ("outgoing-missing", "u", "start s\nuser u\nend e\ns -> u\ns -> e"),
    ("outgoing-missing", "t", "start s\nsub x\nstart i\nend j\ntask t\ni -> t\ni -> j\nclose\ns -> x"),
    ("outgoing-missing", "c", "task t\ncatch c message=m\nt -> c"),
    ("outgoing-missing", "c", "task t\nthrow c message=m\nt -> c"),
    ("incoming-missing", "c", "task t\nthrow c message=m\nc -> t"),
    (
        "outgoing-not-allowed",
        "x",
        "start s\nhandler x\nstart i message=m\nend j\ni -> j\nclose\nend e\ns -> e\nx -> e",
    ),
    (
        "incoming-not-allowed",
        "x",
        "start s\nhandler x\nstart i message=m\nend j\ni -> j\nclose\nend e\ns -> e\ns -> x",
    ),
    (
        "incoming-not-allowed",
        "u",
        "start s\ntask t\ntask u undo\nboundary b on=t compensation\nb => u\ns -> t\ns -> u",
    ),
    (
        "outgoing-not-allowed",
        "b",
        "start s\ntask t\ntask u undo\nboundary b on=t compensation\nb => u\ns -> t\nb -> t",
    ),
    ("compensation-handler", "b", "start s\ntask t\ntask u\nboundary b on=t compensation\nb => u\ns -> t"),
    ("compensation-handler", "b", "start s\ntask t\nboundary b on=t compensation\ns -> t"),
    ("compensation-activity", "e", "start s\nend e compensation=nobody\ns -> e"),
    ("cancel-outside-transaction", "e", "start s\nend e cancel\ns -> e"),
    (
        "cancel-outside-transaction",
        "b",
        "start s\nsub x\nclose\nboundary b on=x cancel\nend e\ns -> x -> e\nb -> e",
    ),
    (
        "cancel-uncaught",
        "j",
        "start s\ntransaction x\nstart i\nend j cancel\ni -> j\nclose\nend e\ns -> x -> e",
    ),
    ("boundary-interrupting", "b", "start s\ntask t\nboundary b on=t error keep\nend e\ns -> t -> e\nb -> e"),
    (
        "boundary-interrupting",
        "b",
        "start s\ntask t\nboundary b on=t compensation keep\ntask u undo\nb => u\ns -> t",
    ),
    ("error-without-code", "e", "start s\nend e error\ns -> e"),
    ("escalation-without-code", "e", "start s\nend e escalation\ns -> e"),
    ("escalation-without-code", "t", "start s\nthrow t escalation\nend e\ns -> t -> e"),
    ("link-unmatched", "t", "start s\nthrow t link=a\nend e\ns -> t"),
    ("link-unmatched", "c", "start s\ncatch c link=a\nend e\ns -> e\nc -> e"),
    (
        "link-unmatched",
        "t",
        "start s\nthrow t link=a\nsub x\ncatch c link=a\ntask u\nc -> u\nclose\nend e\ns -> t",
    ),
    ("link-flow", "t", "start s\nthrow t link=a\ncatch c link=a\nend e\ns -> t -> e\nc -> e"),
    ("link-flow", "c", "start s\nthrow t link=a\ncatch c link=a\nend e\ns -> t\ns -> c -> e"),
    ("gateway-alone", "g", "start s\nxor g\nend e\ns -> g -> e"),
    ("gateway-alone", "g", "start s\nand g\nend e\ns -> g -> e"),
    ("gateway-alone", "g", "or g\nuser u\ng -> u"),
    ("event-gateway-outgoing", "g", "start s\nevents g\ncatch c message=m\nend e\ns -> g -> c -> e"),
    ("event-gateway-target", "g_t", f"{EITHER}task t\ng -> t -> e"),
    ("event-gateway-target", "g_t", f"{EITHER}throw t message=n\ng -> t -> e"),
    ("event-gateway-target", "g_c", f"{EITHER}catch d message=n\ng -> d -> e\ns -> c"),
    ("event-gateway-mixed", "g", f"{EITHER}receive r message=n\ng -> r -> e"),
    (
        "event-gateway-receive",
        "r",
        f"{EITHER}receive r message=n\ng -> r -> e\nboundary b on=r error\nb -> e",
    ),
    (
        "event-gateway-parallel",
        "g",
        f"{EITHER}catch d message=n\ng -> d -> e".replace("events g", "events g all"),
    ),
    ("condition-not-executed", "g_d", f"{EITHER}catch d message=n\ng -> d if true\nd -> e"),
    (
        "incoming-not-allowed",
        "g",
        f"{EITHER}catch d days=1\ng -> d -> e".replace("events g", "events g instantiate"),
    ),
    ("event-sub-process-start", "i", "start s\nhandler x\nstart i\nend j\ni -> j\nclose\nend e\ns -> e"),
    ("event-sub-process-start", "x", "start s\nhandler x\ntask t\nclose\nend e\ns -> e"),
    (
        "event-sub-process-loop",
        "x",
        "start s\nhandler x times=2\nstart i signal=a\nend j\ni -> j\nclose\nend e\ns -> e",
    ),
    ("start-trigger", "s", "start s error\nend e\ns -> e"),
    ("start-trigger", "s", "start s message=m escalation\nend e\ns -> e"),
    ("start-trigger", "s", "start s compensation\nend e\ns -> e"),
    ("several-starts", "t", "adhoc a\ntask u\nclose\nstart s\nstart t\nend e\ns -> e\nt -> e"),
    ("several-starts", "t", "start s\nstart t\nend e\ns -> e\nt -> e"),
    ("sub-process-start", "i", "start s\nsub x\nstart i message=m\nend j\ni -> j\nclose\ns -> x"),
    ("several-starts", "k", "start s\nsub x\nstart i\nstart k\nend j\ni -> j\nk -> j\nclose\ns -> x"),
    (
        "sub-process-start",
        "x",
        "start s\nsub x\nhandler h\nstart i signal=a\nend j\ni -> j\nclose\nclose\ns -> x",
    ),
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
    found = {
        (finding.rule, finding.element)
        for finding in findings_of(lambda: compiled(bpmn(notation, as_it_is=True)))
    }
    assert (rule, element) in found


JOINED = "start s\nand f\nand g\nend e\ns -> f\nf -> g\ntask h\nf -> h -> g\ng -> e"


@pytest.mark.parametrize(
    ("gateway", "direction", "fits"),
    [
        ("f", "Diverging", True),
        ("f", "Converging", False),
        ("g", "Converging", True),
        ("g", "Diverging", False),
        ("g", "Mixed", False),
        ("f", "Mixed", False),
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
    merged = "var n int\nstart s\nand f\nxor g\ntask t\nend e\ns -> f -> g\nf -> t -> g\ng -> e"
    compiled(merged)
    compiled(f"{merged} if n > 1")
