"""Whatever is cancelled leaves nothing behind: no open task, call, timer, message, or incident."""

from __future__ import annotations

import pytest

from tests.support.bpmn import Run

WAITING = {
    "user task": "user x",
    "service call": "service x",
    "service call that failed": "service x",
    "script that failed": "var m int\nscript x: m = m + 1",
    "timer": "catch x duration=P1D",
    "cycle": "catch x cycle=R/P1D",
    "message": "catch x message=go",
    "signal": "catch x signal=go",
    "condition": "catch x condition='n > 5'",
    "several events": "catch x message=go signal=go duration=P1D",
    "all of several events": "catch x message=go signal=go duration=P1D all",
    "receive task": "receive x message=go",
    "race of events": "events x\ncatch y message=go\ncatch z duration=P1D\nx -> y\nx -> z",
    "multi-instance activity": "user x times=3",
    "multi-instance activity in turn": "user x times=3 in_turn",
    "loop": "user x max=3",
    "loop that cannot decide": "var m int\nscript x while='m > 1': n = n + 1",
    "sub-process": "sub x\nstart i\nuser u\ni -> u\nclose",
    "transaction": "transaction x\nstart i\nuser u\ni -> u\nclose",
    "ad-hoc sub-process": "adhoc x\nuser u\nservice v\nclose",
    "sub-process that waits for its events": (
        "sub x\nstart i\nuser u\ni -> u\nhandler h\nstart hs duration=P1D keep\ntask t\nhs -> t\nclose\nclose"
    ),
    "guarded activity": "user x\nboundary y on=x duration=P1D keep\ntask z\ny -> z",
    "compensation": (
        "task x\nboundary y on=x compensation\nuser z undo\ny => z\nthrow w compensation\nx -> w\n"
        "task v\nw -> v"
    ),
    "join": "and x\nx -> v\ntask v\nf -> w\nuser w\nw -> x",
    "merge": "or x\nx -> v\ntask v\nf -> w\nuser w\nw -> x",
    "complex gateway": "complex x until='activationCount > 1'\nx -> v\ntask v\nf -> w\nuser w\nw -> x",
    "activity that lacks tokens": "user x starts=2",
    "choice that cannot be made": "xor x\nx -> v if n > 5\nx -> w if n > 6\ntask v\ntask w",
}


def wrapped(what: str, way: str) -> str:
    inside = WAITING[what]
    listens = "message" if way in {"terminate", "error"} else "signal"
    ends = {"terminate": "terminate", "error": "error=E1"}
    handler = "handler hx\nstart hxs message=stop\nend hxe\nhxs -> hxe\nclose" if way == "handler" else ""
    boundary = {
        "boundary": "boundary b on=all message=stop\nb -> r",
        "error": "boundary b on=all error=E1\nb -> r",
    }.get(way, "all -> r")
    return f"""
        var n int = 0
        start s
        sub all
        start as
        and f
        catch stop {listens}=stop
        end e {ends.get(way, "")}
        as -> f
        f -> stop -> e
        f -> x
        {inside}
        {handler}
        close
        user r
        s -> all
        {boundary}
    """


@pytest.mark.parametrize("way", ["boundary", "terminate", "error", "handler"])
@pytest.mark.parametrize("what", WAITING)
def test_nothing_is_left_of_what_was_cancelled(what: str, way: str) -> None:
    run = Run(wrapped(what, way)).start()
    if what == "service call that failed":
        run.fail()
    before = set(run.instance.live)
    assert len(before) > 2
    run.message("stop")
    assert run.open == ["r"]
    assert run.at == ["r"]
    assert (run.instance.waiting, run.instance.calls, run.instance.incidents) == ({}, {}, {})
    assert run.instance.subprocesses == {}
    assert run.instance.next_alarm() is None
    opened = [task["task_id"] for task in run.of("task_opened")]
    closed = [task["task_id"] for task in run.of("task_closed")]
    assert len(opened) == len(closed) + 1
    run.complete("r")
    assert run.state == "completed"
