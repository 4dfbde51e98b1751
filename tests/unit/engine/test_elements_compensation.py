"""Compensation: undoing what was completed, backwards (BPMN 2.0.2 §10.7, §13.5.5)."""

from __future__ import annotations

import pytest

from tests.support.bpmn import Run

TRIP = """
    user hotel
    boundary bh on=hotel compensation
    user cancel_hotel undo
    bh => cancel_hotel
    user flight
    boundary bf on=flight compensation
    user cancel_flight undo
    bf => cancel_flight
"""


def test_what_was_completed_is_undone_backwards_one_after_the_other_and_the_thrower_waits() -> None:
    run = Run(f"{TRIP}start s\nthrow t compensation\nuser after\ns -> hotel -> flight -> t -> after").start()
    run.complete("hotel")
    run.complete("flight")
    assert run.open == ["cancel_flight"]
    run.complete("cancel_flight")
    assert run.open == ["cancel_hotel"]
    run.complete("cancel_hotel")
    assert run.open == ["after"]
    assert run.traced("thrown") == ["t"]


def test_the_order_of_completion_counts_not_that_of_the_file() -> None:
    run = Run(
        f"{TRIP}start s\nand f\nand j\nend e compensation\ns -> f\nf -> hotel -> j\nf -> flight -> j\nj -> e"
    )
    run.start()
    run.complete("flight")
    run.complete("hotel")
    assert run.open == ["cancel_hotel"]
    run.complete("cancel_hotel")
    assert run.open == ["cancel_flight"]
    assert run.state is None
    run.complete("cancel_flight")
    assert run.state == "completed"


def test_what_was_not_completed_is_not_undone() -> None:
    run = Run(f"{TRIP}start s\nand f\nthrow t compensation\nend e\ns -> f\nf -> hotel -> t -> e\nf -> flight")
    run.start().complete("hotel")
    assert run.open == ["flight", "cancel_hotel"]
    run.complete("cancel_hotel")
    assert run.open == ["flight"]


def test_one_activity_by_name_is_undone_and_only_once() -> None:
    run = Run(f"""{TRIP}
        start s
        throw t compensation=hotel
        throw again compensation=hotel
        user after
        s -> hotel -> flight -> t -> again -> after
    """).start()
    run.complete("hotel")
    run.complete("flight")
    assert run.open == ["cancel_hotel"]
    run.complete("cancel_hotel")
    assert run.open == ["after"]


def test_an_activity_completed_twice_is_undone_twice() -> None:
    run = Run(f"""{TRIP}
        var n int = 0
        start s
        xor m
        script count: n = n + 1
        xor g default=g_t
        throw t compensation
        end e
        s -> m -> hotel -> flight -> count -> g
        g -> m if n < 2
        g -> t -> e
    """).start()
    for _ in range(2):
        run.complete("hotel")
        run.complete("flight")
    undone = []
    while run.state is None:
        undone.append(run.open[0])
        run.complete(run.open[0])
    assert undone == ["cancel_flight", "cancel_hotel", "cancel_flight", "cancel_hotel"]


def test_the_thrower_need_not_wait() -> None:
    run = Run(
        f"{TRIP}start s\nthrow t compensation nowait\nuser after\ns -> hotel -> flight -> t -> after"
    ).start()
    run.complete("hotel")
    run.complete("flight")
    assert sorted(run.open) == ["after", "cancel_flight"]
    run.complete("after")
    assert run.state is None
    run.complete("cancel_flight")
    run.complete("cancel_hotel")
    assert run.state == "completed"


def test_nothing_to_undo_lets_the_thrower_go_on_at_once() -> None:
    assert Run("start s\nthrow t compensation\nend e compensation\ns -> t -> e").start().state == "completed"


def test_a_thrower_inside_a_sub_process_undoes_what_was_done_there() -> None:
    run = Run(f"""
        {TRIP}
        start s
        sub one
        start i
        task x
        boundary bx on=x compensation
        user cancel_x undo
        bx => cancel_x
        end e compensation
        i -> x -> e
        close
        s -> hotel -> one -> flight
    """).start()
    run.complete("hotel")
    assert run.open == ["cancel_x"]
    run.complete("cancel_x")
    assert run.open == ["flight"]


COMPLETED = """
    start s
    sub one
    start i
    task x
    boundary bx on=x compensation
    user cancel_x undo
    bx => cancel_x
    task y
    boundary by on=y compensation
    user cancel_y undo
    by => cancel_y
    i -> x -> y
    {more}
    close
    throw t compensation
    user after
    s -> one -> t -> after
"""


def test_a_completed_sub_process_is_undone_by_undoing_what_was_completed_in_it() -> None:
    run = Run(COMPLETED.format(more="")).start()
    assert run.open == ["cancel_y"]
    run.complete("cancel_y")
    run.complete("cancel_x")
    assert run.open == ["after"]


def test_a_sub_process_of_which_nothing_can_be_undone_is_passed_over() -> None:
    run = Run(
        "start s\nsub one\nstart i\ntask x\ni -> x\nclose\n"
        "throw t compensation\nuser after\ns -> one -> t -> after"
    )
    assert run.start().open == ["after"]


HANDLER = """
    handler h
    start hs compensation
    user undo_all
    {more}
    close
"""


def test_a_sub_process_says_itself_how_it_is_undone() -> None:
    run = Run(COMPLETED.format(more=HANDLER.format(more="hs -> undo_all"))).start()
    assert run.open == ["undo_all"]
    run.complete("undo_all")
    assert run.open == ["after"]


def test_its_own_handler_may_undo_what_was_completed_in_it() -> None:
    inner = "throw u compensation=x\nhs -> u -> undo_all"
    run = Run(COMPLETED.format(more=HANDLER.format(more=inner))).start()
    assert run.open == ["cancel_x"]
    run.complete("cancel_x")
    assert run.open == ["undo_all"]
    run.complete("undo_all")
    assert run.open == ["after"]


def test_a_sub_process_with_a_handler_is_undone_even_if_nothing_in_it_can_be() -> None:
    run = Run("""
        start s
        sub one
        start i
        task x
        i -> x
        handler h
        start hs compensation
        user undo_all
        hs -> undo_all
        close
        close
        end e compensation
        s -> one -> e
    """).start()
    assert run.open == ["undo_all"]
    run.complete("undo_all")
    assert run.state == "completed"


def test_the_handler_on_its_boundary_comes_before_what_is_inside() -> None:
    run = Run(
        COMPLETED.format(more="") + "boundary b on=one compensation\nuser instead undo\nb => instead"
    ).start()
    assert run.open == ["instead"]
    run.complete("instead")
    assert run.open == ["after"]


@pytest.mark.parametrize("loop", ["times=3", "times=3 in_turn", "max=3"])
def test_each_run_of_an_activity_that_repeats_is_undone_with_its_own_number(loop: str) -> None:
    run = Run(f"""
        var seen list = []
        start s
        task x {loop}
        boundary b on=x compensation
        script back undo: seen = seen + [loopCounter]
        b => back
        end e compensation
        s -> x -> e
    """).start()
    assert run.instance.variables["seen"] == [3, 2, 1]
    assert run.state == "completed"


@pytest.mark.parametrize("loop", ["times=2", "times=2 in_turn", "max=2"])
def test_each_run_of_a_sub_process_that_repeats_undoes_what_was_completed_in_it(loop: str) -> None:
    run = Run(f"""
        var seen list = []
        start s
        sub one {loop}
        start i
        task x
        boundary b on=x compensation
        script back undo: seen = seen + [loopCounter]
        b => back
        i -> x
        close
        end e compensation
        s -> one -> e
    """).start()
    assert run.instance.variables["seen"] == [2, 1]
    assert run.state == "completed"


def test_a_called_process_is_undone_by_undoing_what_was_completed_in_it() -> None:
    run = Run("""
        start s
        call c of=q
        end e compensation
        s -> c -> e
        process q
        start i
        task x
        boundary b on=x compensation
        user back undo
        b => back
        i -> x
    """).start()
    assert run.open == ["back"]
    run.complete("back")
    assert run.state == "completed"


def test_an_event_sub_process_undoes_what_was_done_around_it() -> None:
    run = Run(f"""{TRIP}
        start s
        s -> hotel -> flight
        handler h
        start hs message=stop
        throw t compensation
        user after
        hs -> t -> after
        close
    """).start()
    run.complete("hotel")
    run.message("stop")
    assert run.open == ["cancel_hotel"]
    run.complete("cancel_hotel")
    assert run.open == ["after"]


def test_what_undoes_may_be_a_sub_process() -> None:
    run = Run("""
        start s
        task x
        boundary b on=x compensation
        sub back undo
        start i
        user u
        i -> u
        close
        b => back
        end e compensation
        s -> x -> e
    """).start()
    run.complete("u")
    assert run.state == "completed"


def test_an_interrupted_activity_was_not_completed_and_is_not_undone() -> None:
    run = Run(f"""{TRIP}
        start s
        boundary late on=hotel message=late
        end e compensation
        s -> hotel -> flight
        late -> e
    """).start()
    run.message("late")
    assert run.state == "completed"
    assert "cancel_hotel" not in run.completed


def test_a_handler_that_stops_can_be_skipped_and_the_next_one_follows() -> None:
    run = Run(f"""
        {TRIP}
        start s
        service call
        boundary bc on=call compensation
        service uncall undo
        bc => uncall
        end e compensation
        s -> hotel -> flight -> call -> e
    """).start()
    run.complete("hotel")
    run.complete("flight")
    run.serve()
    run.fail()
    assert run.codes == ["broken"]
    run.resolve("skip")
    assert run.open == ["cancel_flight"]


def test_terminating_while_undoing_leaves_nothing_behind() -> None:
    run = Run(f"""{TRIP}
        start s
        and f
        catch c message=stop
        end x terminate
        end e compensation
        s -> f
        f -> hotel -> flight -> e
        f -> c -> x
    """).start()
    run.complete("hotel")
    run.complete("flight")
    run.message("stop")
    assert run.state == "terminated"


def test_rounds_that_are_alike_are_undone_each_with_variables_of_its_own() -> None:
    run = Run("""
        var n int = 0
        start s
        xor m
        call c of=q
        script count: n = n + 1
        xor g default=g_t
        throw t compensation
        end e
        s -> m -> c -> count -> g
        g -> m if n < 3
        g -> t
        t -> e
        process q
        var k int = 0
        var rest int
        start qs
        task work
        boundary bw on=work compensation
        script undo_work undo: rest = 10 / (1 - k); k = 1
        end qe
        bw => undo_work
        qs -> work -> qe
    """).start()
    assert run.codes == []
    assert run.completed.count("undo_work") == 3
    assert run.state == "completed"
