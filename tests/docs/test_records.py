"""docs/reference/records.md describes every kind of record as the engine writes it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.bpmn import Run, bpmn
from tests.support.notices import before_notice
from wenzheng import contracts
from wenzheng.contracts import CLOCK_MOVED, INCIDENT_RAISED, INSTANCE_MOVED, MESSAGE_THROWN, Record
from wenzheng.engine.events import CalendarChanged, MessageReceived, SignalReceived

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "records.md").read_text(encoding="utf-8")
KINDS = {
    value
    for name, value in vars(contracts).items()
    if name.isupper()
    and re.fullmatch(r"[a-z]+_[a-z]+", str(value))
    and not name.endswith(("_UPDATE", "_SIGNAL"))
}

# One instance that brings about every kind: a clock that passes, a service, a message, a mark, an incident.
EVERYTHING = """
    var ready bool
    var office string = 'roads'
    clock letter starts=s stops=ask whose=office yellow=5:department_head
    pause letter id=question on=told resumes=warned
    extension letter id=longer on=warned,known by=1 times=1
    restart letter on=asked
    rule letter text=rule
    clock hours starts=s unit=hours late=48
    start s
    service ping
    throw told message=hello
    throw warned signal=alarm
    catch heard message=hello
    throw known
    user ask role=clerk
    field ask note string
    xor g
    end e
    throw asked
    s -> ping -> told -> warned -> known -> asked -> ask -> heard -> g
    g -> e if ready
    g -> e2 if !ready
    end e2
"""
SAID_TOO = (
    ('id="known"', 'id="known" wz:fact="known" wz:keeps="ready"'),
    ('<wz:clock id="letter"', '<wz:clock id="letter" en="Letter"'),
    ('<wz:field id="note"', '<wz:field id="note" en="Note"'),
    ('<userTask id="ask"', '<userTask id="ask" wz:en="Ask" wz:unit="office"'),
    ('notify="department_head"', 'notify="department_head" remind="department"'),
)
"""What the short notation has no words for."""


def everything() -> Run:
    text = bpmn(EVERYTHING).decode()
    for old, new in SAID_TOO:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return Run(text.encode()).start()


def sections() -> dict[str, set[str]]:
    """Kind to the data it is said to have: the first column of its table."""
    found = {}
    for section in PAGE.split("\n## ")[1:]:
        heading, _, body = section.partition("\n")
        found[heading.strip("`")] = set(re.findall(r"^\| `(\w+)` \|", body, re.MULTILINE))
    return found


@pytest.fixture(scope="module")
def written() -> dict[str, set[str]]:
    run = everything()
    run.serve()
    run.do(SignalReceived("alarm", key="signal-1"))
    run.do(CalendarChanged(before_notice(add_worked=["2026-09-12"])))
    run.wait(days=10)
    run.complete("ask", note="x")
    run.do(MessageReceived("hello", key="message-1"))
    run.resolve("answer", flow="g_e2")
    keys: dict[str, set[str]] = {}
    for effect in run.effects:
        keys.setdefault(effect.kind, set()).update(effect.data)
    keys[MESSAGE_THROWN] |= {"keys"}  # of definitions with correlation
    keys[CLOCK_MOVED] |= {"before"}  # of a clock whose day 0 moved
    keys[INCIDENT_RAISED] |= {"tokens"}  # of several tokens at one limit
    return keys | {INSTANCE_MOVED: set()}  # the workflow's own


def test_every_kind_is_described_and_no_other() -> None:
    assert len(KINDS) == 25
    assert set(sections()) == KINDS


def test_the_data_described_are_the_data_written(written: dict[str, set[str]]) -> None:
    assert written == sections()


def test_the_fields_of_a_record_are_described() -> None:
    head = PAGE.split("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", head, re.MULTILINE)) == {
        "instance",
        *Record.__dataclass_fields__,
    }


def test_a_threshold_and_a_field_are_described_with_all_their_parts() -> None:
    run = everything()
    run.serve()
    threshold = run.of("clock_started")[0]["thresholds"][0]
    field = run.of("task_opened")[0]["fields"][0]
    for parts in (threshold, field):
        assert f"`{{{', '.join(parts)}}}`" in PAGE
