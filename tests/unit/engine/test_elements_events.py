"""Start, end, intermediate and boundary events, one short test each (BPMN 2.0.2 §10.5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.bpmn import MONDAY, Run
from wenzheng.engine.events import EventRefused

ASK = """
    start s
    user ask
    end e
    s -> ask -> e
"""


def test_a_plain_start_begins_at_once_and_a_plain_end_completes() -> None:
    run = Run("start s\nend e\ns -> e").start()
    assert run.completed == ["s", "e"]
    assert run.state == "completed"
    assert run.of("instance_ended") == [{"state": "completed", "outcome": None, "error": None}]


def test_a_process_with_only_message_and_timer_starts_waits_and_the_first_withdraws_the_others() -> None:
    notation = """
        start by_post message=post
        start by_clock duration=P1D
        start by_phone message=phone
        end posted
        end clocked
        end phoned
        by_post -> posted
        by_clock -> clocked
        by_phone -> phoned
    """
    run = Run(notation).start()
    assert (run.at, run.state) == (["by_post", "by_clock", "by_phone"], None)
    run.message("phone")
    assert run.completed == ["by_phone", "phoned"]
    assert run.traced("cancelled") == ["by_post", "by_clock"]
    late = Run(notation).start()
    late.wait(days=1)
    assert late.completed == ["by_clock", "clocked"]
    assert late.instance.waiting == {}


def test_a_plain_start_wins_over_message_starts_which_do_not_wait() -> None:
    run = Run("start s\nstart m message=go\nuser ask\nend e\nend f\ns -> ask -> e\nm -> f").start()
    assert run.at == ["ask"]
    with pytest.raises(EventRefused):
        run.message("go")


def test_implicit_end_an_element_without_outgoing_flow_ends_its_token() -> None:
    run = Run("start s\nuser ask\ns -> ask").start()
    run.complete("ask")
    assert run.state == "completed"


def test_the_instance_ends_when_its_last_token_does() -> None:
    run = Run("start s\nand f\nuser a\nuser b\nend x\nend y\ns -> f\nf -> a -> x\nf -> b -> y").start()
    run.complete("a")
    assert run.state is None
    run.complete("b")
    assert run.state == "completed"


def test_terminate_ends_the_instance_and_cancels_what_is_open() -> None:
    run = Run(
        "start s\nand f\nuser a\nuser b\nend x terminate\nend y\ns -> f\nf -> a -> x\nf -> b -> y"
    ).start()
    run.complete("a")
    assert run.state == "terminated"
    assert run.traced("cancelled") == ["b"]
    assert [(closed["fact"], closed["reason"]) for closed in run.of("task_closed")] == [
        (None, "completed"),
        (None, "cancelled"),
    ]


def test_terminate_before_a_task_could_open_closes_nothing_that_was_never_opened() -> None:
    run = Run("start s\nand f\nend x terminate\nuser b\nend y\ns -> f\nf -> x\nf -> b -> y").start()
    assert run.state == "terminated"
    assert run.of("task_opened") == run.of("task_closed") == []
    assert not run.instance.queue


def test_terminate_in_a_sub_process_ends_only_the_sub_process() -> None:
    run = Run("""
        start s
        sub inner
        start i
        and f
        user a
        end x terminate
        user b
        i -> f
        f -> a -> x
        f -> b
        close
        user after
        s -> inner -> after
    """).start()
    run.complete("a")
    assert run.open == ["after"]
    assert run.completed == ["s", "i", "f", "a", "x", "inner"]


def test_an_error_end_fails_the_instance_with_its_code() -> None:
    run = Run("start s\nuser ask\nend e error=E42\ns -> ask -> e").start()
    run.complete("ask")
    assert run.state == "failed"
    assert run.of("instance_ended") == [{"state": "failed", "outcome": None, "error": "E42"}]


def test_an_error_end_in_a_nested_sub_process_fails_the_whole_instance() -> None:
    run = Run("""
        start s
        and f
        user beside
        sub outer
        start o
        sub inner
        start i
        user ask
        end e error=DEEP
        i -> ask -> e
        close
        o -> inner
        close
        s -> f
        f -> outer
        f -> beside
    """).start()
    run.complete("ask")
    assert run.of("instance_ended")[0]["error"] == "DEEP"
    assert run.at == []
    assert [closed["reason"] for closed in run.of("task_closed")] == ["completed", "cancelled"]


@pytest.mark.parametrize(
    ("timer", "instant"),
    [
        ("duration=PT90M", MONDAY + timedelta(minutes=90)),
        ("duration=P1M", datetime(2026, 10, 7, 2, 0, tzinfo=UTC)),
        ("date=2026-09-09T08:00:00+08:00", datetime(2026, 9, 9, 0, 0, tzinfo=UTC)),
        # Three working days after Monday the 7th end with Thursday, in Beijing.
        ("days=3", datetime(2026, 9, 10, 16, 0, tzinfo=UTC)),
    ],
)
def test_an_intermediate_timer_goes_on_at_its_instant_and_not_before(timer: str, instant: datetime) -> None:
    run = Run(f"start s\ncatch c {timer}\nend e\ns -> c -> e").start()
    assert run.instance.next_alarm() == instant
    run.until(instant - timedelta(microseconds=1))
    assert run.at == ["c"]
    run.until(instant)
    assert run.completed == ["s", "c", "e"]
    assert run.traced("caught") == ["c"]


@pytest.mark.parametrize(
    ("begun", "duration", "due"),
    [
        ("2026-01-31T02:00:00+00:00", "P1M", "2026-02-28T02:00:00+00:00"),
        ("2028-01-31T02:00:00+00:00", "P1M", "2028-02-29T02:00:00+00:00"),
        ("2028-02-29T02:00:00+00:00", "P1Y", "2029-02-28T02:00:00+00:00"),
        # Half past one at night of 1 February in Beijing: the month is counted there, not in UTC.
        ("2026-01-31T17:30:00+00:00", "P1M", "2026-02-28T17:30:00+00:00"),
        ("2026-12-07T02:00:00+00:00", "P1M1W1DT1H1M1S", "2027-01-15T03:01:01+00:00"),
    ],
)
def test_months_are_calendar_months_and_end_on_their_last_day(begun: str, duration: str, due: str) -> None:
    run = Run(f"start s\ncatch c duration={duration}\ns -> c", now=datetime.fromisoformat(begun)).start()
    assert run.instance.next_alarm() == datetime.fromisoformat(due)


def test_a_date_that_has_gone_by_rings_at_once() -> None:
    run = Run("start s\ncatch c date=2020-01-01T00:00:00Z\nend e\ns -> c -> e").start()
    run.wait(seconds=0)
    assert run.state == "completed"


def test_timers_ring_oldest_first_and_ties_in_the_order_in_which_they_were_set() -> None:
    run = Run("""
        start s
        and f
        catch late duration=PT3H
        catch one duration=PT1H
        catch other duration=PT1H
        s -> f
        f -> late
        f -> one
        f -> other
    """).start()
    run.wait(hours=9)
    assert run.traced("caught") == ["one", "other", "late"]


def test_an_intermediate_message_is_awaited_and_its_data_become_variables() -> None:
    run = Run("var n int\nstart s\ncatch c message=go\nend e\ns -> c -> e").start()
    run.message("go", n=7)
    assert run.completed == ["s", "c", "e"]
    assert run.instance.variables == {"n": 7}


def test_one_message_wakes_the_listener_that_has_waited_longest_and_no_other() -> None:
    run = Run(
        "start s\nand f\ncatch a message=go\ncatch b message=go\nuser x\nuser y\n"
        "s -> f\nf -> b -> y\nf -> a -> x"
    ).start()
    run.message("go")
    assert run.open == ["y"]
    run.message("go")
    assert run.open == ["y", "x"]
    with pytest.raises(EventRefused, match="somebody to wait"):
        run.message("go")


def test_a_message_throw_event_throws_with_the_variables_and_goes_on() -> None:
    run = Run("var n int = 3\nstart s\nthrow t message=hello\nend e\ns -> t -> e").start()
    assert run.of("message_thrown") == [{"message": "hello", "data": {"n": 3}}]
    assert run.traced("thrown") == ["t"]
    assert run.state == "completed"


# --- boundary events ------------------------------------------------------------------------

BOUNDARY = """
    start s
    user ask
    end e
    s -> ask -> e
    boundary b on=ask {trigger}
    user rescue
    b -> rescue
"""


@pytest.mark.parametrize("trigger", ["message=stop", "duration=P1D"])
def test_an_interrupting_boundary_event_ends_its_task(trigger: str) -> None:
    run = Run(BOUNDARY.format(trigger=trigger)).start()
    run.message("stop") if "message" in trigger else run.wait(days=1)
    assert run.open == ["rescue"]
    assert run.at == ["rescue"]
    assert run.of("task_closed")[0]["reason"] == "cancelled"
    assert run.traced("cancelled") == ["ask"]


def test_a_boundary_timer_that_does_not_interrupt_rings_once() -> None:
    run = Run(BOUNDARY.format(trigger="duration=P1D keep")).start()
    run.wait(days=1)
    run.wait(days=9)
    assert run.open == ["ask", "rescue"]
    assert run.instance.next_alarm() is None
    assert run.traced("cancelled") == []


def test_a_boundary_message_that_does_not_interrupt_may_come_again() -> None:
    run = Run(BOUNDARY.format(trigger="message=stop keep")).start()
    run.message("stop")
    run.message("stop")
    assert run.open == ["ask", "rescue", "rescue"]
    with pytest.raises(EventRefused, match="task_id"):
        run.complete("rescue")


@pytest.mark.parametrize("keep", ["", " keep"])
def test_a_completed_task_takes_its_boundary_events_with_it(keep: str) -> None:
    run = Run(BOUNDARY.format(trigger=f"message=stop{keep}")).start()
    run.complete("ask")
    assert run.state == "completed"
    assert run.instance.waiting == {}
    with pytest.raises(EventRefused):
        run.message("stop")


SUB_BOUNDARY = """
    start s
    sub box
    start i
    and f
    user a
    catch c duration=P9D
    i -> f
    f -> a
    f -> c
    close
    user after
    s -> box -> after
    boundary b on=box {trigger}
    user rescue
    b -> rescue
"""


@pytest.mark.parametrize("trigger", ["message=stop", "duration=P1D"])
def test_an_interrupting_boundary_event_ends_a_sub_process_and_all_in_it(trigger: str) -> None:
    run = Run(SUB_BOUNDARY.format(trigger=trigger)).start()
    run.message("stop") if "message" in trigger else run.wait(days=1)
    assert run.at == ["rescue"]
    assert run.instance.waiting == {}
    assert run.instance.subprocesses == {}
    assert run.traced("cancelled") == ["box", "a", "c"]


def test_a_boundary_event_on_a_sub_process_that_does_not_interrupt_lets_it_go_on() -> None:
    run = Run(SUB_BOUNDARY.format(trigger="message=stop keep")).start()
    run.message("stop")
    assert run.open == ["a", "rescue"]
    run.complete("a")
    run.wait(days=9)
    assert run.open == ["rescue", "after"]


def test_of_two_boundary_events_the_first_disarms_the_other() -> None:
    run = Run(f"""{BOUNDARY.format(trigger="duration=P1D")}
        boundary z on=ask message=stop
        user never
        z -> never
    """).start()
    run.wait(days=1)
    assert run.at == ["rescue"]
    with pytest.raises(EventRefused):
        run.message("stop")


@pytest.mark.parametrize("trigger", ["message=stop", "duration=P1D"])
def test_a_boundary_event_rescues_a_task_that_stopped_and_withdraws_its_incident(trigger: str) -> None:
    run = Run(BOUNDARY.replace("user ask", "service ask").format(trigger=trigger)).start()
    run.fail()
    assert run.codes == ["broken"]
    run.message("stop") if "message" in trigger else run.wait(days=1)
    assert run.open == ["rescue"]
    assert run.codes == []
    raised, resolved = run.of("incident_raised"), run.of("incident_resolved")
    assert resolved == [{"incident_id": raised[0]["incident_id"], "action": "cancelled", "actor": None}]


def test_a_boundary_event_on_a_receive_task() -> None:
    run = Run(BOUNDARY.replace("user ask", "receive ask message=go").format(trigger="duration=P1D")).start()
    run.wait(days=1)
    assert run.at == ["rescue"]


def test_a_task_with_a_boundary_event_in_a_loop_arms_it_anew_each_round() -> None:
    run = Run("""
        start s
        xor m
        user ask
        s -> m -> ask
        boundary b on=ask duration=P1D
        script again: n = n + 1
        var n int = 0
        b -> again -> m
        end e
        ask -> e
    """).start()
    for _ in range(3):
        run.wait(days=1)
    assert run.instance.variables["n"] == 3
    assert run.open == ["ask"]
    assert len(run.instance.waiting) == 1
