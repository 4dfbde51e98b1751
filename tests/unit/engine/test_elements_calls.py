"""Call activities: another process or a global task runs inside the instance (BPMN 2.0.2 §10.3.6)."""

from __future__ import annotations

import pytest

from tests.support.bpmn import CALENDAR, MONDAY, Run, bpmn, compiled, findings_of
from wenzheng.engine.compiler import compile_bpmn
from wenzheng.engine.definition import compile_definition
from wenzheng.simulation.world import World

CALL = "start s\ncall c of=q\nuser after\ns -> c -> after\n"
CALLED = "process q\nstart i\nuser u\ni -> u\n"


def test_a_called_process_runs_to_its_end_and_then_the_caller_goes_on() -> None:
    run = Run(CALL + CALLED).start()
    assert run.open == ["u"]
    run.complete("u")
    assert run.open == ["after"]
    assert run.completed == ["s", "i", "u", "c"]


def test_a_process_of_another_file_of_the_bundle_is_called_as_well() -> None:
    called = bpmn(CALLED).replace(b'<process id="p" isExecutable="true"></process>', b"")
    processes, _ = compile_bpmn({"a.bpmn": bpmn(CALL), "b.bpmn": called})
    run = Run(processes["p"]).start()
    run.complete("u")
    assert run.open == ["after"]


def test_a_global_task_is_called_as_a_task() -> None:
    run = Run(f"var n int = 1\n{CALL}global q: throw E1\nboundary b on=c error=E1\nuser r\nb -> r")
    assert run.start().open == ["r"]


def test_variables_come_back_before_the_flows_behind_the_call_are_chosen() -> None:
    run = Run("""
        var n int = 0
        start s
        call c of=q default=c_no
        user yes
        user no
        s -> c
        c -> yes if n == 5
        c -> no
        process q
        var n int
        start i
        script t: n = 5
        i -> t
    """).start()
    assert run.open == ["yes"]


def test_called_once_for_each_of_a_list_it_has_its_item_and_gives_its_result() -> None:
    run = Run("""
        var items list = [1, 2, 3]
        var item int
        var results list
        var result int
        start s
        call c of=q each=items:item into=results:result
        s -> c
        process q
        var item int
        var result int
        start i
        script t: result = item * 10
        i -> t
    """).start()
    assert run.instance.variables["results"] == [10, 20, 30]


def test_a_boundary_event_cancels_the_called_process() -> None:
    run = Run(f"{CALL}boundary b on=c message=stop\nuser r\nb -> r\n{CALLED}").start()
    run.message("stop")
    assert run.open == ["r"]
    assert run.traced("cancelled") == ["c", "u"]


def test_terminate_in_a_called_process_ends_only_that() -> None:
    run = Run(f"{CALL}process q\nstart i\nend e terminate\ni -> e").start()
    assert run.open == ["after"]


def test_an_error_that_the_called_process_does_not_catch_fails_the_instance() -> None:
    run = Run(f"{CALL}process q\nstart i\nend e error=E1\ni -> e").start()
    assert run.state == "failed"


def test_an_event_sub_process_of_the_called_process_handles_its_events() -> None:
    run = Run(f"{CALL}{CALLED}handler h\nstart hs message=stop\nuser mend\nhs -> mend\nclose").start()
    run.message("stop")
    assert run.open == ["mend"]
    run.complete("mend")
    assert run.open == ["after"]


def test_two_calls_of_one_process_at_once_do_not_mix() -> None:
    run = Run("""
        var a int = 0
        start s
        and f
        call c of=q
        call d of=q
        s -> f
        f -> c
        f -> d
        process q
        var mine int
        start i
        user u
        field u mine int
        user v
        i -> u -> v
    """).start()
    run.complete_any("u", 1, mine=2)
    assert run.open == ["u", "v"]
    run.complete_any("u", mine=1)
    assert run.open == ["v", "v"]


@pytest.mark.parametrize(
    ("notation", "rule"),
    [
        (CALL, "unknown-called-element"),
        ("start s\ncall c of=p\ns -> c", "call-of-itself"),
        (f"{CALL}process q\nstart i message=go\nuser u\ni -> u", "called-start"),
        (f"{CALL}process q\nstart i\ncall d of=q\ni -> d", "call-of-itself"),
    ],
)
def test_what_cannot_be_called_is_refused(notation: str, rule: str) -> None:
    assert rule in {finding.rule for finding in findings_of(lambda: compiled(notation))}


def chain(length: int, options: str = "") -> str:
    """Processes that each call the next one; a user task stands in the last."""
    text = (
        "start s\ncall c0 of=q0\nend e\nend early\ns -> c0 -> e\nboundary b on=c0 message=stop\nb -> early\n"
    )
    for n in range(length):
        inner = f"call c{n + 1} of=q{n + 1} {options}" if n < length - 1 else f"user c{n + 1}"
        text += f"process q{n}\nstart s{n}\n{inner}\nend e{n}\ns{n} -> c{n + 1} -> e{n}\n"
    return text


@pytest.mark.parametrize(("length", "options"), [(99, ""), (50, "max=1")])
def test_the_deepest_calls_allowed_complete_and_are_cancelled_without_overflow(
    length: int, options: str
) -> None:
    process = compiled(chain(length, options))
    done = Run(process, restored=False).start()
    done.complete(f"c{length}")
    assert done.state == "completed"
    assert done.completed[-1] == "e"
    cancelled = Run(process, restored=False).start()
    cancelled.message("stop")
    assert cancelled.completed[-1] == "early"
    assert findings_of(lambda: compiled(chain(length + 1, options)))[0].rule == "calls-too-deep"


def test_so_many_processes_that_checking_them_would_last_are_refused() -> None:
    one = "process q{n}\nstart s{n}\nend e{n}\ns{n} -> e{n}"
    many = "start s\nend e\ns -> e\n" + "\n".join(one.format(n=n) for n in range(500))
    (found,) = findings_of(lambda: compiled(many))
    assert (found.rule, found.element) == ("too-many-processes", "q499")


def test_two_scopes_of_one_id_in_caller_and_called_are_refused_instead_of_mixed_up() -> None:
    one = bpmn("start s\nsub x\nstart i\ntask t\ni -> t\nclose\ncall c of=q\ns -> x -> c")
    two = bpmn("process q\nstart s\nsub x\nstart i\ntask other\ni -> other\nclose\ns -> x")
    two = two.replace(b'<process id="p" isExecutable="true"></process>', b"")
    findings = findings_of(lambda: compile_bpmn({"a.bpmn": one, "b.bpmn": two}))
    assert "duplicate-scope" in {finding.rule for finding in findings}


def test_user_tasks_of_a_called_process_are_answered_in_virtual_time_too() -> None:
    definition = compile_definition("x", {"p.bpmn": bpmn(CALL + CALLED)}, {})
    world = World(definition, CALENDAR, MONDAY)
    world.start("p")
    world.run()
    assert world.outcome()["state"] == "completed"


def test_variables_of_one_name_go_in_and_come_back_and_others_stay_inside() -> None:
    run = Run(f"""
        var n int = 1
        {CALL}
        process q
        var n int = 50
        var m int = 7
        start i
        script t: n = n + m
        i -> t
    """).start()
    assert run.instance.variables == {"n": 8}


def test_what_the_caller_has_not_declared_stays_inside_and_begins_anew_each_time() -> None:
    run = Run("""
        var out list = []
        start s
        call c of=q max=2
        s -> c
        process q
        var m int = 7
        var out list
        start i
        script t: m = m + 1; out = out + [m]
        i -> t
    """).start()
    assert run.instance.variables == {"out": [8, 8]}


def test_calls_nest_and_the_innermost_gives_back_through_all() -> None:
    run = Run("""
        var n int = 1
        start s
        call c of=q
        s -> c
        process q
        var n int
        start i
        call d of=r
        i -> d
        process r
        var n int
        start k
        script t: n = n + 1
        k -> t
    """).start()
    assert run.instance.variables == {"n": 2}
