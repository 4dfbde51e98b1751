"""Transactions: all of it, or undone as a whole (BPMN 2.0.2 p. 176, 252, 260)."""

from __future__ import annotations

from tests.support.bpmn import Run, compiled, findings_of

TRADE = """
    start s
    transaction deal
    start i
    and f
    task pay
    boundary bp on=pay compensation
    user refund undo
    bp => refund
    user sign
    user beside
    xor g default=g_done
    end done
    end off cancel
    i -> f
    f -> pay -> sign -> g
    f -> beside
    g -> off if no
    g -> done
    close
    boundary cancelled on=deal cancel
    user after_cancel
    user after
    s -> deal -> after
    cancelled -> after_cancel
    var no bool = false
    field sign no bool
"""


def test_a_cancel_end_stops_what_runs_undoes_what_was_completed_and_leaves_through_the_cancel_event() -> None:
    run = Run(TRADE).start()
    run.complete("sign", no=True)
    assert run.open == ["refund"]
    assert run.traced("cancelled") == ["beside"]
    assert run.traced("caught") == []
    run.complete("refund")
    assert run.open == ["after_cancel"]
    assert run.traced("caught") == ["cancelled"]
    assert "deal" not in run.completed


def test_a_transaction_that_is_not_cancelled_goes_on_like_any_sub_process() -> None:
    run = Run(TRADE).start()
    run.complete("sign", no=False)
    run.complete("beside")
    assert run.open == ["after"]


def test_cancelling_with_nothing_to_undo_leaves_at_once() -> None:
    run = Run("""
        start s
        transaction deal
        start i
        end off cancel
        i -> off
        close
        boundary b on=deal cancel
        user r
        s -> deal
        b -> r
    """).start()
    assert run.open == ["r"]


def test_an_error_that_leaves_a_transaction_undoes_nothing() -> None:
    run = Run("""
        start s
        transaction deal
        start i
        task pay
        boundary bp on=pay compensation
        user refund undo
        bp => refund
        end bad error=E1
        i -> pay -> bad
        close
        boundary b on=deal error=E1
        user r
        s -> deal
        b -> r
    """).start()
    assert run.open == ["r"]


def test_a_completed_transaction_can_be_undone_from_outside() -> None:
    run = Run(TRADE.replace("user after\n", "end after compensation\n")).start()
    run.complete("sign", no=False)
    run.complete("beside")
    assert run.open == ["refund"]
    run.complete("refund")
    assert run.state == "completed"


def test_a_cancel_end_needs_a_cancel_event_on_its_transaction() -> None:
    notation = "start s\ntransaction deal\nstart i\nend off cancel\ni -> off\nclose\ns -> deal"
    assert "cancel-uncaught" in rules(notation)


def test_a_cancel_end_belongs_into_a_transaction_and_a_cancel_event_onto_one() -> None:
    for notation in (
        "start s\nend off cancel\ns -> off",
        "start s\nsub one\nstart i\nend off cancel\ni -> off\nclose\ns -> one",
        "start s\nuser u\nboundary b on=u cancel\nend e\ns -> u\nb -> e",
    ):
        assert "cancel-outside-transaction" in rules(notation)


def rules(notation: str) -> set[str]:
    return {finding.rule for finding in findings_of(lambda: compiled(notation))}
