"""Nothing fills memory by going on: what meets a limit stops as one incident, and nothing of it is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.bpmn import CALENDAR, Run
from wenzheng.contracts import REFUSED_NOT_OPEN
from wenzheng.engine import stopping
from wenzheng.engine.events import EventRefused, TimeReached
from wenzheng.engine.resolving import described
from wenzheng.engine.state import digest, dump, load
from wenzheng.engine.stopping import OPEN_LIMIT

FEW = 20
EVERY_SECOND = {
    "a boundary event": "start s\nuser u\nboundary b on=u cycle=R/PT1S keep\nuser mend\ns -> u\nb -> mend",
    "an event sub-process": """
        start s
        user u
        s -> u
        handler h
        start hs cycle=R/PT1S keep
        user mend
        hs -> mend
        close
    """,
    "a catching event": "start s\ncatch c cycle=R/PT1S\nuser mend\ns -> c -> mend",
    "a loop": "start s\nxor m\ncatch c duration=PT1S\nand f\nuser mend\ns -> m -> c -> f -> m\nf -> mend",
}


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """An instance holds few tokens: what happens at the limit is the same."""
    monkeypatch.setattr(stopping, "OPEN_LIMIT", FEW)


def ring(run: Run, times: int) -> None:
    for _ in range(times):
        run.now += timedelta(seconds=1)
        run.do(TimeReached())


@pytest.mark.parametrize("name", EVERY_SECOND)
@pytest.mark.usefixtures("few")
def test_a_timer_that_rings_for_ever_stops_when_the_instance_is_full(name: str) -> None:
    run = Run(EVERY_SECOND[name]).start()
    ring(run, 3 * FEW)
    assert set(run.codes) == {"open-limit"}
    assert len(run.codes) <= 2
    assert len(run.instance.live) <= FEW + 2
    assert run.instance.next_alarm() is None
    assert run.state is None


@pytest.mark.parametrize("name", ["a boundary event", "an event sub-process", "a catching event"])
@pytest.mark.usefixtures("few")
def test_retried_with_room_it_lets_out_what_it_had_held_back_and_goes_on(name: str) -> None:
    run = Run(EVERY_SECOND[name]).start()
    ring(run, FEW)
    (incident,) = described(run.instance)
    assert incident["actions"] == ["retry", "skip"]
    stood = run.open.count("mend")
    run.resolve("retry")
    assert run.codes == ["open-limit"]  # still full
    for _ in range(5):
        run.complete_any("mend")
    run.resolve("retry")
    assert run.codes == []
    assert run.open.count("mend") >= stood - 4
    before = run.open.count("mend")
    ring(run, 1)
    assert run.open.count("mend") > before


@pytest.mark.parametrize("name", ["a boundary event", "an event sub-process"])
@pytest.mark.usefixtures("few")
def test_skipped_it_lets_out_nothing_more_and_the_rest_goes_on(name: str) -> None:
    run = Run(EVERY_SECOND[name]).start()
    ring(run, FEW)
    run.resolve("skip")
    assert (run.codes, run.instance.next_alarm()) == ([], None)
    while run.open:
        run.complete_any(run.open[0])
    assert run.state == "completed"


@pytest.mark.usefixtures("few")
def test_a_message_that_finds_it_full_is_kept_for_the_retry() -> None:
    run = Run("var n int = 0\nstart s\nuser u\nboundary b on=u message=go keep\nuser mend\ns -> u\nb -> mend")
    run.start()
    while run.codes == []:
        run.message("go", n=1)
    open_then = len(run.open)
    with pytest.raises(EventRefused) as refused:
        run.message("go")
    assert refused.value.code == REFUSED_NOT_OPEN
    run.complete_any("mend")
    run.resolve("retry")
    assert len(run.open) == open_then
    assert run.instance.waiting


@pytest.mark.usefixtures("few")
def test_the_end_of_its_activity_withdraws_the_incident() -> None:
    run = Run(EVERY_SECOND["a boundary event"]).start()
    ring(run, FEW)
    run.complete("u")
    assert run.codes == []
    assert run.of("incident_resolved")[-1]["action"] == "cancelled"


def test_thousands_are_held_and_one_incident_says_when_it_is_too_many() -> None:
    run = Run(EVERY_SECOND["a boundary event"], restored=False).start()
    run.now += timedelta(hours=4)
    while run.instance.next_alarm() is not None:
        run.do(TimeReached())
    assert run.codes == ["open-limit"]
    assert len(run.instance.live) == OPEN_LIMIT
    assert "10,000" in run.of("incident_raised")[0]["message"]


TOGETHER = """
    var n int = 0
    start s
    user u
    boundary b on=u message=go keep
    catch c signal=now
    xor m
    task one
    xor back default=back_over
    end over
    s -> u
    b -> c -> m -> one -> back
    back -> m if n == 0
    back -> over
"""


def stopped_together(tokens: int) -> Run:
    """Tokens that begin to go round in the same step."""
    run = Run(TOGETHER, restored=False).start()
    for _ in range(tokens):
        run.message("go")
    run.signal("now")
    return run


def test_tokens_that_go_round_together_stop_together_as_one_incident_an_element() -> None:
    run = stopped_together(300)
    assert len(run.codes) <= 3
    raised = run.of("incident_raised")
    assert sum(one.get("tokens", 1) for one in raised) == 300
    assert {one["tokens"] for one in described(run.instance)} == {one["tokens"] for one in raised}
    assert digest(load(dump(run.instance), run.process, CALENDAR)) == digest(run.instance)


def test_one_retry_is_for_all_that_stopped_and_no_token_is_lost() -> None:
    run = stopped_together(30)
    run.resolve("retry")
    assert sum(one.get("tokens", 1) for one in described(run.instance)) == 30  # n is still 0
    run.message("go", n=1)
    while run.codes:
        run.resolve("retry")
    assert run.completed.count("over") == 30
    assert run.open == ["u"]


def test_one_answer_is_for_all_that_stopped() -> None:
    run = stopped_together(30)
    chosen = {"m": "m_one", "back": "back_over"}
    run.message("go", n=1)
    while run.codes:
        (one, *_) = described(run.instance)
        if "answer" in one["actions"]:
            run.resolve("answer", flow=chosen[one["element"]])
        else:
            run.resolve("skip")
    assert run.completed.count("over") == 30
    assert run.open == ["u"]


def test_tokens_that_go_leave_the_incident_to_the_others() -> None:
    run = stopped_together(5)
    (incident_id, *_) = run.instance.incidents
    first, *others = run.instance.stopped_tasks(incident_id)
    assert others
    run.instance.withdraw_incident(first)
    assert run.instance.stopped_tasks(incident_id) == others
    for one in others:
        run.instance.withdraw_incident(one)
    assert incident_id not in run.instance.incidents
