"""Marks: a throw event without a trigger that says which fact is reached, and keeps its data."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.bpmn import Run, bpmn, compiled, definitions, findings_of
from wenzheng.contracts import FACT_REACHED
from wenzheng.engine.state import digest

DRAFTED = """
    var n int = 7
    clock k starts=s stops=replied yellow=5
    start s
    xor again
    user draft
    field draft text content required
    field draft enclosed files
    user approve role=head
    field approve good bool required
    xor g default=g_again
    throw replied
    user after
    s -> again -> draft -> approve -> g
    g -> replied if good
    g -> again
    replied -> after
"""


def marked(notation: str = DRAFTED, **attributes: str) -> bytes:
    """The process with attributes of ours on its mark."""
    said = "".join(f' wz:{name}="{value}"' for name, value in attributes.items())
    data = bpmn(notation).decode()
    assert data.count('id="replied"') == 1
    return data.replace('id="replied"', f'id="replied"{said}').encode()


def drafted(run: Run, *, good: bool, **data: Any) -> None:
    run.complete("draft", **data)
    run.complete("approve", "head", good=good)


def test_a_mark_establishes_its_fact_with_the_values_of_that_moment() -> None:
    run = Run(marked(fact="replied", keeps="text enclosed n")).start()
    drafted(run, good=False, text="first", enclosed=["a"])
    assert run.of("fact_reached") == []
    drafted(run, good=True, text="second", enclosed=["b", "c"])
    (effect,) = [effect for effect in run.effects if effect.kind == "fact_reached"]
    assert effect.element == "replied"
    assert effect.data == {
        "name": "replied",
        "fact": "replied",
        "data": {"text": "second", "enclosed": ["b", "c"], "n": 7},
    }
    assert run.open == ["after"]


def test_what_nobody_said_is_kept_as_null() -> None:
    run = Run(marked(fact="replied", keeps="enclosed")).start()
    drafted(run, good=True, text="t")
    assert run.of("fact_reached") == [{"name": "replied", "fact": "replied", "data": {"enclosed": None}}]


def test_a_fact_may_keep_nothing_and_an_event_may_mark_no_fact() -> None:
    run = Run(marked(fact="replied")).start()
    drafted(run, good=True, text="t")
    assert run.of("fact_reached") == [{"name": "replied", "fact": "replied", "data": {}}]
    bare = Run(marked()).start()
    drafted(bare, good=True, text="t")
    assert bare.of("fact_reached") == []
    assert "replied" in bare.completed
    assert bare.of("message_thrown") == []


def test_a_message_that_is_thrown_may_establish_a_fact_too() -> None:
    data = marked("start s\nthrow replied message=go\nuser u\ns -> replied -> u", fact="told")
    run = Run(data).start()
    assert [effect.kind for effect in run.effects if effect.element == "replied"] == [
        "message_thrown",
        "fact_reached",
    ]


def test_a_clock_that_stops_at_a_mark_runs_through_a_returned_draft() -> None:
    run = Run(marked(fact="replied"), restored=True).start()
    drafted(run, good=False, text="first")
    assert run.of("clock_stopped") == []
    assert list(run.instance.clocks.running) == ["k"]
    drafted(run, good=True, text="second")
    assert run.of("clock_stopped") == [{"clock": "k", "reason": "completed", "lamp": "green"}]
    kinds = [effect.kind for effect in run.effects]
    assert kinds.index("fact_reached") < kinds.index("clock_stopped")


def test_a_clock_may_start_at_a_mark() -> None:
    run = Run(marked(DRAFTED.replace("starts=s stops=replied", "starts=replied"), fact="replied")).start()
    assert run.of("clock_started") == []
    drafted(run, good=True, text="t")
    assert run.of("clock_started")[0]["clock"] == "k"


def test_a_mark_passed_again_establishes_its_fact_again() -> None:
    again = DRAFTED.replace(
        "replied -> after", "replied -> after -> again\nend never\nafter -> never if false"
    )
    again = again.replace("user after", "user after default=after_again")
    run = Run(marked(again, fact="replied", keeps="text")).start()
    for text in ("one", "two"):
        drafted(run, good=True, text=text)
        run.complete("after")
    assert [reached["data"]["text"] for reached in run.of("fact_reached")] == ["one", "two"]


def test_what_a_fact_keeps_does_not_change_afterwards() -> None:
    run = Run(marked(fact="replied", keeps="enclosed")).start()
    drafted(run, good=True, text="t", enclosed=["a"])
    before = digest(run.instance)
    run.of("fact_reached")[0]["data"].clear()
    assert run.instance.variables["enclosed"] == ["a"]
    assert digest(run.instance) == before


@pytest.mark.parametrize(
    ("attributes", "rule"),
    [
        ({"keeps": "text"}, "keeps-without-fact"),
        ({"fact": "replied", "keeps": "text nobody"}, "unknown-variable"),
        ({"fact": "replied", "keeps": "draft"}, "unknown-variable"),
        ({"fact": "replied", "keep": "text"}, "vendor-extension"),
        ({"fact": "replied", "role": "clerk"}, "vendor-extension"),
    ],
)
def test_a_mark_that_cannot_be_meant_is_refused_at_its_place(attributes: dict[str, str], rule: str) -> None:
    data = marked(**attributes)
    (finding,) = findings_of(lambda: compiled(data))
    assert (finding.rule, finding.element) == (rule, "replied")
    line = data.decode().splitlines()[finding.position.line - 1]
    assert line[finding.position.column - 1 :].startswith("<intermediateThrowEvent")
    assert finding.hint


@pytest.mark.parametrize(("tag", "rest"), [("endEvent", "end e"), ("sendTask", "send e message=m")])
def test_only_a_throw_event_marks(tag: str, rest: str) -> None:
    data = bpmn(f"start s\n{rest}\ns -> e").replace(b'id="e"', b'id="e" wz:fact="x"')
    assert f'<{tag} id="e" wz:fact="x"'.encode() in data
    (finding,) = findings_of(lambda: compiled(data))
    assert (finding.rule, finding.element) == ("vendor-extension", "e")


def test_a_fact_reached_in_a_called_process_keeps_the_values_that_are_known_there() -> None:
    head = '<process id="{}" isExecutable="true"><extensionElements><wz:variable name="x" type="int" {}/>'
    flow = '<sequenceFlow id="{0}-{1}" sourceRef="{0}" targetRef="{1}"/>'
    called = (
        head.format("c", "")
        + '</extensionElements><startEvent id="a"/><scriptTask id="b" scriptFormat="urn:cel">'
        "<script>x = 2</script></scriptTask>"
        '<intermediateThrowEvent id="m" wz:fact="reached" wz:keeps="x"/><endEvent id="z"/>'
        + "".join(flow.format(*ends) for ends in ("ab", "bm", "mz"))
        + "</process>"
    )
    calling = (
        head.format("p", 'initial="1"')
        + '</extensionElements><startEvent id="s"/><callActivity id="t" calledElement="c"/><endEvent id="e"/>'
        + "".join(flow.format(*ends) for ends in ("st", "te"))
        + "</process>"
    )
    run = Run(compiled(definitions(calling + called))).start()
    assert [fact["data"] for fact in run.of(FACT_REACHED)] == [{"x": 2}]
