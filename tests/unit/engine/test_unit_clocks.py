"""Clocks of units: each run of an activity that several do at the same time has its own (decision 0035)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.support.bpmn import CALENDAR, Run, bpmn, compiled, findings_of
from tests.support.notices import LABOUR_DAY_2019, before_notice
from wenzheng.contracts import (
    CLOCK_EXTENDED,
    CLOCK_MOVED,
    CLOCK_PAUSED,
    CLOCK_STARTED,
    CLOCK_STOPPED,
    REMINDER_DUE,
    THRESHOLD_PASSED,
)
from wenzheng.engine.compiled import CompiledProcess
from wenzheng.engine.events import CalendarChanged
from wenzheng.engine.findings import Severity
from wenzheng.engine.windows import windows

UNITS = ["roads", "water"]
LIMITS = """
    <wz:threshold id="yellow" after="3" lamp="yellow" notify="department_head" remind="department"/>
    <wz:threshold id="red" after="5" lamp="red" notify="supervision"/>
"""
CLOCK = f'<wz:clock id="help" name="协办" en="Help" whose="unit" MORE>{LIMITS}INSIDE</wz:clock>'
LOOP = """<multiInstanceLoopCharacteristics wz:missing="silent"><loopDataInputRef>units</loopDataInputRef>
<inputDataItem id="i" name="unit"/></multiInstanceLoopCharacteristics>"""
TASK = """
    var units list required
    var silent list
    var done bool
    clock letter starts=s stops=e yellow=4:department_head
    start s
    user write
    user reply
    field reply done bool
    and f
    and j
    end e
    boundary enough on=write condition=done
    xor m
    s -> f
    f -> write -> m -> j
    f -> reply -> j
    enough -> m
    j -> e
"""
PROCEDURE = """
    var units list required
    var silent list
    var unit string
    start s
    call each of=q
    end e
    s -> each -> e
    process q
    var unit string
    start begins
    user take
    user ask
    user contribute
    end ends
    begins -> take -> ask -> contribute -> ends
"""


def _owned(text: str, element: str, inside: str, tag: str = "userTask") -> str:
    """The file with a clock in an element and a loop around it."""
    start = text.index(f'<{tag} id="{element}"')
    end = text.index(">", start) + 1
    body = inside + LOOP
    return text[:end] + body + text[end:]


def clock(more: str = "", inside: str = "") -> str:
    """The clock with more attributes, and with what changes it."""
    return CLOCK.replace("MORE", more).replace("INSIDE", inside)


def task_file(more: str = "") -> bytes:
    """Each unit writes, with a time of its own, until somebody replies."""
    inside = f"<extensionElements>{clock(more)}</extensionElements>"
    return _owned(bpmn(TASK).decode(), "write", inside).encode()


def procedure(inside: str = "", stops: str = "contribute") -> CompiledProcess:
    """Each unit takes, asks and contributes, with a time of its own."""
    text = _owned(bpmn(PROCEDURE).decode(), "each", "", "callActivity")
    declared = '<process id="q" isExecutable="true"><extensionElements>'
    more = f'starts="begins" stops="{stops}"'
    return compiled(text.replace(declared, declared + clock(more, inside), 1).encode())


def on(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(hour=2, tzinfo=UTC)


def said(run: Run, kind: str) -> list[tuple[str, str | None]]:
    return [(data["clock"], data.get("whose")) for data in run.of(kind)]


def stopped(run: Run) -> list[tuple[str, str, str | None]]:
    return [(data["clock"], data["reason"], data["lamp"]) for data in run.of(CLOCK_STOPPED)]


def test_each_unit_has_a_clock_of_its_own_beside_the_letters() -> None:
    run = Run(compiled(task_file())).start(units=UNITS)
    assert said(run, CLOCK_STARTED) == [
        ("letter", None),
        ("help@roads", "roads"),
        ("help@water", "water"),
    ]
    assert [data.get("name_en") for data in run.of(CLOCK_STARTED)] == [None, "Help", "Help"]
    run.complete_any("write", 1)
    assert stopped(run) == [("help@water", "completed", "green")]
    assert list(run.instance.clocks.running) == ["letter", "help@roads"]
    assert run.instance.variables["silent"] == ["roads"]


def test_only_the_unit_that_is_late_is_reminded_and_told_of() -> None:
    run = Run(compiled(task_file()), now=on("2026-09-07")).start(units=UNITS)
    run.complete_any("write", 0)
    run.until(on("2026-09-17"))
    assert said(run, REMINDER_DUE) == [("help@water", "water")]
    late = [(data["clock"], data["threshold"], data.get("whose")) for data in run.of(THRESHOLD_PASSED)]
    assert late == [
        ("help@water", "yellow", "water"),
        ("letter", "yellow", None),
        ("help@water", "red", "water"),
    ]
    run.complete_any("write", 0)
    assert stopped(run)[-1] == ("help@water", "completed", "red")


def test_who_stays_silent_holds_up_nobody_and_is_known_by_name() -> None:
    run = Run(compiled(task_file())).start(units=[*UNITS, "parks"])
    assert run.instance.variables["silent"] == ["roads", "water", "parks"]
    run.complete_any("write", 2)
    run.complete("reply", done=True)
    assert run.state == "completed"
    assert run.instance.variables["silent"] == ["roads", "water"]
    assert stopped(run) == [
        ("help@parks", "completed", "green"),
        ("help@roads", "cancelled", None),
        ("help@water", "cancelled", None),
        ("letter", "completed", "green"),
    ]


def test_silence_beyond_the_limit_keeps_its_lamp_when_it_is_cut_off() -> None:
    run = Run(compiled(task_file()), now=on("2026-09-07")).start(units=["roads"])
    run.until(on("2026-09-11"))
    run.complete("reply", done=True)
    assert ("help@roads", "cancelled", "yellow") in stopped(run)


def test_nobody_is_missing_where_nobody_was_asked() -> None:
    run = Run(compiled(task_file())).start(units=[])
    assert run.instance.variables["silent"] == []
    assert said(run, CLOCK_STARTED) == [("letter", None)]


def test_the_same_unit_twice_and_things_that_are_no_units_have_names_of_their_own() -> None:
    run = Run(compiled(task_file())).start(units=["roads", "roads", "a b/c", 7])
    names = said(run, CLOCK_STARTED)[1:]
    assert names == [
        ("help@roads", "roads"),
        ("help@roads.2", "roads"),
        ("help@3", "a b/c"),
        ("help@4", None),
    ]


def test_the_clocks_of_runs_survive_being_written_down_and_read_back() -> None:
    run = Run(compiled(task_file()), restored=True, now=on("2026-09-07")).start(units=UNITS)
    run.until(on("2026-09-11"))
    run.complete_any("write", 0)
    assert stopped(run) == [("help@roads", "completed", "yellow")]
    assert "help@water" in run.instance.clocks.running


def test_each_call_of_a_procedure_has_its_clocks_and_its_own_extension() -> None:
    more = '<wz:extension id="more" on="ask" by="2" times="1"/>'
    run = Run(procedure(more), now=on("2026-09-07")).start(units=UNITS)
    run.complete_any("take", 0)
    run.complete("ask")
    assert said(run, CLOCK_EXTENDED) == [("help@roads", "roads")]
    running = run.instance.clocks.running
    dues = {name: [one["due"] for one in state["thresholds"]] for name, state in running.items()}
    assert dues == {"help@roads": ["2026-09-14", "2026-09-16"], "help@water": ["2026-09-10", "2026-09-14"]}
    run.complete("contribute")
    assert stopped(run) == [("help@roads", "completed", "green")]


def test_a_pause_is_that_of_the_unit_that_asked() -> None:
    pause = '<wz:pause id="question" on="take" resumes="ask" atMost="5"/>'
    run = Run(procedure(pause), now=on("2026-09-07")).start(units=UNITS)
    run.complete_any("take", 1)
    assert said(run, CLOCK_PAUSED) == [("help@water", "water")]
    run.until(on("2026-09-11"))
    assert [data["clock"] for data in run.of(THRESHOLD_PASSED)] == ["help@roads"]


def test_what_another_step_was_to_stop_has_only_ended_with_its_run() -> None:
    sub = """
        var unit string = 'roads'
        start s
        sub x
        start i
        user a
        xor g default=g_k
        user never
        end k
        i -> a -> g
        g -> never if unit == 'x'
        g -> k
        close
        end e
        s -> x -> e
    """
    text = bpmn(sub).decode()
    at = text.index(">", text.index('<subProcess id="x"')) + 1
    never = clock('stops="never"')
    inside = f"<extensionElements>{never}</extensionElements>"
    run = Run(compiled((text[:at] + inside + text[at:]).encode())).start()
    run.complete("a")
    assert stopped(run) == [("help@roads", "ended", None)]


def test_a_later_round_of_the_same_unit_has_the_same_name() -> None:
    again = """
        var unit string = 'roads'
        var more bool
        start s
        user write
        field write more bool
        xor g default=g_e
        end e
        s -> write -> g
        g -> write if more
        g -> e
    """
    text = bpmn(again).decode()
    at = text.index(">", text.index('<userTask id="write"')) + 1
    at = text.index("<extensionElements>", at) + len("<extensionElements>")
    run = Run(compiled((text[:at] + clock() + text[at:]).encode())).start()
    run.complete("write", more=True)
    run.complete("write", more=False)
    assert [name for name, _ in said(run, CLOCK_STARTED)] == ["help@roads", "help@roads"]


def test_a_notice_moves_each_open_clock_of_a_unit_and_no_other() -> None:
    run = Run(compiled(task_file()), now=on("2019-04-24"), calendar=before_notice(**LABOUR_DAY_2019)).start(
        units=UNITS
    )
    run.complete_any("write", 0)
    assert windows(run.instance)
    run.do(CalendarChanged(CALENDAR, keep_later=False))
    moved = {data["clock"]: data.get("whose") for data in run.of(CLOCK_MOVED)}
    assert moved == {"letter": None, "help@water": "water"}


def rules(data: bytes) -> list[str]:
    found = findings_of(lambda: compiled(data))
    return [one.rule for one in found if one.severity is Severity.ERROR]


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ('stops="reply"', "unknown-reference"),
        ('starts="write"', "unknown-reference"),
        ('from="nobody"', "clock-day0"),
    ],
)
def test_a_clock_of_a_task_names_nothing_outside_of_it(more: str, rule: str) -> None:
    assert rules(task_file(more)) == [rule]


def test_whose_names_a_variable_that_is_there() -> None:
    assert rules(task_file().replace(b'whose="unit"', b'whose="nobody"')) == ["unknown-variable"]


def test_a_called_process_has_no_clock_of_its_callers_name() -> None:
    text = bpmn(PROCEDURE).decode()
    for process, start in (("q", "begins"), ("p", "s")):
        declared = f'<process id="{process}" isExecutable="true"><extensionElements>'
        text = text.replace(declared, declared + clock(f'starts="{start}"'), 1)
    assert rules(text.encode()) == ["duplicate-clock"]


def test_who_is_missing_is_asked_of_a_list_only() -> None:
    loop = '<multiInstanceLoopCharacteristics wz:missing="silent"><loopCardinality>2</loopCardinality>'
    text = bpmn(TASK).decode()
    text = text.replace("</userTask>", f"{loop}</multiInstanceLoopCharacteristics></userTask>", 1)
    assert rules(text.encode()) == ["loop-data"]
