"""Processes begun by a message or signal that lacks what they need: nothing is lost, an operator decides."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.bpmn import Run, compiled
from tests.support.conversations import UNFIT
from wenzheng.contracts import REFUSED_DATA
from wenzheng.engine.events import EventRefused, MessageReceived, SignalReceived, StartRefused
from wenzheng.engine.resolving import described

ORDER = MessageReceived("order", {"order": "A", "price": "ten"}, key="message-1")
WHY = "Expected valid data for the start variables, found: 'price' is missing; 'day' is missing."


def begun(data: dict[str, Any] | None = None) -> Run:
    """A supplier that an order has begun which names no day, and a price in words."""
    run = Run(compiled(UNFIT, process_id="supplier"))
    event = ORDER if data is None else MessageReceived("order", data, key="message-1")
    run.do(StartRefused(event, {"order": "A"}, WHY))
    return run


def test_it_begins_and_stops_at_its_start_with_what_is_missing() -> None:
    run = begun()
    assert run.codes == ["start-data"]
    assert run.of("incident_raised")[0]["message"] == WHY
    assert run.of("message_caught") == [{"message": "order", "key": "message-1"}]
    assert run.instance.variables == {"order": "A", "price": None, "day": None}
    assert run.open == []
    (seen,) = described(run.instance)
    assert (seen["element"], seen["type"], seen["actions"]) == ("s_start", "startEvent", ["skip", "answer"])
    assert seen["output"] == {"price": "int", "day": "date"}


def test_no_other_start_begins_it_a_second_time() -> None:
    run = begun()
    assert run.instance.next_alarm() is None
    run.wait(hours=2)
    assert run.open == []


def test_an_answer_gives_what_was_missing_and_what_came_is_there_as_well() -> None:
    run = begun()
    run.resolve("answer", price=10, day="2026-09-08")
    assert run.open == ["s_check"]
    assert run.instance.variables == {"order": "A", "price": 10, "day": "2026-09-08"}
    assert run.instance.incidents == {}


def test_skipping_goes_on_without_it() -> None:
    run = begun()
    run.resolve("skip")
    assert run.open == ["s_check"]
    assert run.instance.variables["price"] is None


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, r"missing 'price'; missing 'day'"),
        ({"price": "x", "odd": 1}, r"missing 'day'; unexpected 'odd'; 'price' must be"),
        ({"price": 1, "day": "soon"}, r"'day' must be"),
        ({"price": 1, "day": "x" * 70_000}, r"The data"),
    ],
)
def test_a_wrong_answer_is_refused_with_all_that_is_wrong(data: dict[str, Any], said: str) -> None:
    run = begun()
    with pytest.raises(EventRefused, match=said) as refused:
        run.resolve("answer", **data)
    assert refused.value.code == REFUSED_DATA
    assert len(run.instance.incidents) == 1


def test_a_retry_is_refused_because_the_same_data_would_fit_no_better() -> None:
    with pytest.raises(EventRefused, match="no better"):
        begun().resolve("retry")


def test_a_signal_that_begins_too_little_waits_for_an_operator_too() -> None:
    run = Run(compiled(UNFIT, process_id="brigade"))
    run.do(StartRefused(SignalReceived("alarm", key="message-2"), {}, "'street' is missing"))
    assert run.codes == ["start-data"]
    assert run.of("signal_caught") == [{"signal": "alarm", "key": "message-2"}]
    run.resolve("answer", street="Long Street")
    assert run.open == ["b_drive"]


def test_data_that_cannot_be_kept_are_left_out_and_the_process_begins_all_the_same() -> None:
    run = Run(compiled(UNFIT, process_id="supplier"))
    run.do(StartRefused(ORDER, {"order": "x" * 70_000, "odd": 1, "price": 3}, "too large"))
    assert run.instance.variables == {"order": None, "price": 3, "day": None}
    assert described(run.instance)[0]["output"] == {"day": "date"}


EITHER = """
    var n int = 1
    var price int
    start ordered message=order
    start enough condition="n > 0"
    user check
    user pack
    ordered -> check
    enough -> pack
"""


def overtaken(source: str = EITHER) -> Run:
    """A process that an order was to begin, and that a condition true from the beginning has begun first."""
    run = Run(source).start()
    run.do(StartRefused(MessageReceived("order", {"price": 3}, key="message-1"), {}, "nobody waits"))
    return run


def test_a_message_that_another_beginning_has_overtaken_waits_for_an_operator() -> None:
    run = overtaken()
    assert run.open == ["pack"]
    assert run.codes == ["start-data"]
    assert run.of("message_caught") == [{"message": "order", "key": "message-1"}]
    (seen,) = described(run.instance)
    assert (seen["element"], seen["actions"], seen["output"]) == ("ordered", ["skip", "answer"], {})


def test_answered_it_begins_there_as_well_with_what_it_brought() -> None:
    run = overtaken()
    run.resolve("answer")
    assert run.open == ["pack", "check"]
    assert run.instance.variables["price"] == 3
    assert run.codes == []


def test_skipped_it_is_left_and_what_has_begun_goes_on() -> None:
    run = overtaken()
    run.resolve("skip")
    assert (run.open, run.codes) == (["pack"], [])
    run.complete("pack")
    assert run.state == "completed"


def test_one_that_finds_the_process_over_leaves_it_as_it_is() -> None:
    run = overtaken(EITHER.replace("    user pack\n", "    end pack terminate\n"))
    assert run.state == "terminated"
    assert run.codes == []
