"""User, script, send and receive tasks and embedded sub-processes, one short test each."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.bpmn import MONDAY, Run
from wenzheng.engine.events import (
    Event,
    EventRefused,
    IncidentResolved,
    MessageReceived,
    Start,
    TaskCompleted,
)
from wenzheng.engine.state import digest

FORM = """
    start s
    user ask role=clerk
    field ask title string required min=2 max=5
    field ask grade int min=1 max=3
    field ask kind string values=red,blue
    field ask day date
    field ask rate double
    end e
    s -> ask -> e
"""


def test_a_user_task_opens_with_its_form_and_closes_with_who_and_what() -> None:
    run = Run(FORM).start()
    opened = run.of("task_opened")[0]
    assert (opened["role"], [field["id"] for field in opened["fields"]][:2]) == ("clerk", ["title", "grade"])
    run.complete("ask", title="桥坏了", grade=2)
    closed = run.of("task_closed")[0]
    assert closed["task_id"] == opened["task_id"]
    assert (closed["actor"], closed["role"], closed["data"]) == (
        "c1",
        "clerk",
        {"title": "桥坏了", "grade": 2},
    )
    assert run.state == "completed"


def test_a_field_left_empty_is_null_afterwards_also_in_a_second_round() -> None:
    run = Run(
        "start s\nxor m\nuser ask default=ask_m\nfield ask note string\nend e\n"
        "s -> m -> ask -> m\nask -> e if false"
    ).start()
    run.complete("ask", note="first")
    assert run.instance.variables["note"] == "first"
    run.complete("ask")
    assert run.instance.variables["note"] is None


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({}, "'title' is required"),
        ({"title": None}, "'title' is required"),
        ({"title": "x"}, "at least 2 characters"),
        ({"title": "abcdef"}, "at most 5 characters"),
        ({"title": "abc", "grade": 4}, "at most 3"),
        ({"title": "abc", "grade": True}, "type int"),
        ({"title": "abc", "grade": 2**63}, "more than 64 bits"),
        ({"title": "abc", "kind": "green"}, "one of red, blue"),
        ({"title": "abc", "day": "2026-02-30"}, "type date"),
        ({"title": "abc", "day": "1066-10-14"}, "1900 to 2190"),
        ({"title": "abc", "rate": float("nan")}, "not a number"),
        ({"title": "abc", "rate": 10**400}, "64 bits"),
        ({"title": "a\0b"}, "NUL"),
        ({"title": "a\ud800b"}, "surrogate"),
        ({"title": "abc", "more": 1}, "'more' is not a field"),
        ({"title": "abc", "kind": "x" * 70_000}, "more than 65536 bytes"),
    ],
)
def test_a_form_that_is_not_right_is_refused_and_nothing_changes(data: dict[str, Any], found: str) -> None:
    run = Run(FORM).start()
    before = digest(run.instance)
    with pytest.raises(EventRefused, match=found) as refused:
        run.complete("ask", **data)
    assert refused.value.code == "BadData"
    assert digest(run.instance) == before


@pytest.mark.parametrize(("title", "grade"), [("ab", 1), ("abcde", 3)])
def test_the_limits_of_a_field_are_allowed_values(title: str, grade: int) -> None:
    run = Run(FORM).start()
    run.complete("ask", title=title, grade=grade)
    assert run.state == "completed"


def test_another_role_may_not_complete_a_user_task() -> None:
    run = Run(FORM).start()
    with pytest.raises(EventRefused, match="role 'clerk'") as refused:
        run.complete("ask", role="author", title="abc")
    assert refused.value.code == "WrongRole"


def test_the_second_clerk_hears_who_completed_the_task_and_when() -> None:
    run = Run(f"{FORM}user more\n".replace("ask -> e", "ask -> more -> e")).start()
    run.complete("ask", title="abc")
    with pytest.raises(EventRefused) as refused:
        run.complete("ask", title="xyz")
    assert (refused.value.code, refused.value.by) == ("AlreadyDone", "c1")
    assert refused.value.at == MONDAY.isoformat()


def test_a_task_open_twice_is_completed_by_its_id() -> None:
    run = Run("start s\nand f\ntask g\nxor m\nuser ask\ns -> f\nf -> m\nf -> g -> m\nm -> ask").start()
    first, second = (task["task_id"] for task in run.of("task_opened"))
    with pytest.raises(EventRefused, match="open 2 times"):
        run.complete("ask")
    run.do(TaskCompleted("ask", "c2", "clerk", {}, second))
    assert list(run.instance.live) == [first]


# --- scripts --------------------------------------------------------------------------------


def test_a_script_assigns_line_by_line() -> None:
    run = Run("var a int = 1\nvar b int\nstart s\nscript x: a = a + 1; b = a * 10\ns -> x").start()
    assert run.instance.variables == {"a": 2, "b": 20}


def test_a_script_that_fails_is_an_incident_and_assigns_nothing() -> None:
    run = Run("var a int = 0\nvar b int = 5\nstart s\nscript x: b = 6; b = 1 / a\nend e\ns -> x -> e").start()
    assert run.codes == ["division_by_zero"]
    assert run.instance.variables["b"] == 5
    run.resolve("retry")
    assert run.codes == ["division_by_zero"]
    run.resolve("skip")
    assert run.state == "completed"


def test_a_script_that_throws_fails_the_instance_with_its_code() -> None:
    run = Run("var a int = 1\nstart s\nscript x: a = 2; throw E9\nend e\ns -> x -> e").start()
    assert run.of("instance_ended") == [{"state": "failed", "outcome": None, "error": "E9"}]
    assert run.traced("failed") == ["x"]
    assert run.traced("cancelled") == []


def test_variables_too_large_for_an_expression_are_an_incident_not_a_crash() -> None:
    fields = "\n".join(f"field ask t{n} string" for n in range(2))
    run = Run(f"start s\nuser ask\n{fields}\nvar n int\nscript x: n = size(t0) + size(t1)\ns -> ask -> x")
    run.start()
    with pytest.raises(EventRefused, match="65536"):
        run.complete("ask", t0="x" * 40_000, t1="y" * 40_000)
    grown = Run("""
        start s
        user one
        field one t0 string
        user two
        field two t1 string
        var n int
        script x: n = size(t0) + size(t1)
        s -> one -> two -> x
    """).start()
    grown.complete("one", t0="x" * 40_000)
    grown.complete("two", t1="y" * 40_000)
    assert grown.codes == ["too_large"]


def test_all_variables_together_are_bounded_because_they_travel_with_every_act() -> None:
    names = [f"t{n}" for n in range(5)]
    declared = "\n".join(f"var {name} string" for name in names)
    loop = "xor m\nxor x default=x_m\ncatch c message=more\nend e\ns -> m -> c -> x -> m\nx -> e if false"
    run = Run(f"{declared}\nstart s\n{loop}").start()
    for name in names[:4]:
        run.message("more", **{name: "x" * 60_000})
    with pytest.raises(EventRefused, match="262,144"):
        run.message("more", t4="x" * 60_000)


def test_a_script_that_makes_the_variables_too_large_is_an_incident() -> None:
    names = [f"t{n}" for n in range(5)]
    declared = "\n".join(f"var {name} string" for name in names)
    catches = "\n".join(f"catch c{n} message=more" for n in range(4))
    run = Run(f"{declared}\nstart s\n{catches}\nscript x: t4 = t0\ns -> c0 -> c1 -> c2 -> c3 -> x").start()
    for name in names[:4]:
        run.message("more", **{name: "x" * 60_000})
    assert run.codes == ["variables-too-large"]
    assert run.instance.variables["t4"] is None


# --- messages -------------------------------------------------------------------------------


def test_a_send_task_throws_and_a_receive_task_waits() -> None:
    run = Run("start s\nsend a message=hello\nreceive b message=answer\nend e\ns -> a -> b -> e").start()
    assert run.of("message_thrown")[0]["message"] == "hello"
    assert run.at == ["b"]
    run.message("answer")
    assert run.completed == ["s", "a", "b", "e"]


@pytest.mark.parametrize(
    ("data", "found"),
    [({"n": "x"}, "type int"), ({"m": 1}, "not a variable"), ({"n": 2**70}, "64 bits")],
)
def test_a_message_with_wrong_data_is_refused_and_still_awaited(data: dict[str, Any], found: str) -> None:
    run = Run("var n int\nstart s\nreceive b message=go\ns -> b").start()
    with pytest.raises(EventRefused, match=found):
        run.message("go", **data)
    assert run.at == ["b"]


# --- sub-processes --------------------------------------------------------------------------


def test_an_embedded_sub_process_runs_to_its_end_and_then_goes_on() -> None:
    run = Run("start s\nsub box\nstart i\nuser a\nend j\ni -> a -> j\nclose\nuser b\ns -> box -> b").start()
    assert run.open == ["a"]
    run.complete("a")
    assert run.completed == ["s", "i", "a", "j", "box"]
    assert run.open == ["b"]


def test_nested_sub_processes_end_from_the_inside_out() -> None:
    run = Run("""
        start s
        sub one
        start a
        sub two
        start b
        user ask
        b -> ask
        close
        a -> two
        close
        s -> one
    """).start()
    run.complete("ask")
    assert run.completed == ["s", "a", "b", "ask", "two", "one"]
    assert run.state == "completed"


def test_a_sub_process_entered_twice_has_two_scopes_that_do_not_mix() -> None:
    run = Run("""
        start s
        and f
        task g
        xor m
        sub box
        start i
        and split
        user a
        user b
        and join
        i -> split
        split -> a -> join
        split -> b -> join
        end j
        join -> j
        close
        s -> f
        f -> m
        f -> g
        g -> m
        m -> box
    """).start()
    opened = [(task["task_id"], task["name"]) for task in run.of("task_opened")]
    assert [name for _, name in opened] == ["a", "b", "a", "b"]
    run.do(TaskCompleted("a", "c", "clerk", {}, opened[0][0]))
    run.do(TaskCompleted("b", "c", "clerk", {}, opened[3][0]))
    assert "join" not in run.completed
    run.do(TaskCompleted("b", "c", "clerk", {}, opened[1][0]))
    assert run.completed.count("box") == 1
    assert len(run.instance.subprocesses) == 1


# --- what may not happen --------------------------------------------------------------------


def test_an_instance_begins_once() -> None:
    run = Run("var n int required\nstart s\nuser a\ns -> a").start(n=1)
    before = digest(run.instance)
    with pytest.raises(EventRefused, match="has not begun"):
        run.start(n=2)
    assert digest(run.instance) == before


@pytest.mark.parametrize(
    ("variables", "found"),
    [
        ({}, "'n' is missing"),
        ({"n": "1"}, "type int"),
        ({"n": 1, "m": 2}, "'m' is not a variable"),
        ({"n": 1, "day": "9999-12-31"}, "1900 to 2190"),
        ({"n": 1, "moment": "2026-01-01T00:00:00"}, "type timestamp"),
        ({"n": 1, "anything": object()}, "expected JSON"),
    ],
)
def test_start_variables_that_are_not_right_are_refused(variables: dict[str, Any], found: str) -> None:
    run = Run(
        "var n int required\nvar day date\nvar moment timestamp\nvar anything any\nstart s\nuser a\ns -> a"
    )
    with pytest.raises(EventRefused, match=found):
        run.start(**variables)
    assert run.at == []
    run.start(n=1)
    assert run.at == ["a"]


@pytest.mark.parametrize(
    "event",
    [
        TaskCompleted("ask", "c1", "clerk", {"title": "abc"}),
        MessageReceived("go"),
        IncidentResolved("1", "retry", "op"),
        Start({}),
    ],
)
def test_after_the_end_nothing_happens_any_more(event: Event) -> None:
    run = Run(FORM).start()
    run.complete("ask", title="abc")
    before = digest(run.instance)
    with pytest.raises(EventRefused):
        run.do(event)
    assert digest(run.instance) == before
    assert run.wait(days=99) == []


@pytest.mark.parametrize(
    ("event", "found"),
    [
        (TaskCompleted("nothing", "c", "clerk"), "open are: ask"),
        (TaskCompleted("ask", "c", "clerk", {"title": "abc"}, "77"), "open are: ask"),
        (TaskCompleted("ask", "\ud800", "clerk", {"title": "abc"}), "surrogate"),
        (MessageReceived("go"), "somebody to wait"),
        (IncidentResolved("5", "retry", "op"), "open incident"),
    ],
)
def test_an_event_that_cannot_happen_is_refused_with_what_could(event: Event, found: str) -> None:
    run = Run(FORM).start()
    with pytest.raises(EventRefused, match=found):
        run.do(event)


def test_an_operator_may_not_do_what_an_element_does_not_take() -> None:
    run = Run("var n int = 0\nstart s\nscript x: n = 1 / n\ns -> x").start()
    with pytest.raises(EventRefused, match="retry or skip"):
        run.resolve("answer", n=1)
    with pytest.raises(EventRefused, match="retry, skip or answer"):
        run.resolve("forget")
    assert run.codes == ["division_by_zero"]
