"""What acts look like in a history: short, and readable as every version wrote them."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.converter import DataConverter

from wenzheng.contracts import (
    ActResult,
    CalendarRef,
    CompleteTask,
    DefinitionRef,
    Delivery,
    Flush,
    JsonObject,
    PaceInput,
    Record,
    Revision,
    Routing,
    SendMessage,
    StartProcess,
    Subscription,
)
from wenzheng.gateways.codec import data_converter
from wenzheng.gateways.wire import update_id

NOW = datetime(2026, 9, 1, 2, 3, 4, 567890, tzinfo=UTC)
OURS = data_converter(None).payload_converter
PLAIN = DataConverter.default.payload_converter
MESSAGES: list[Any] = [
    CompleteTask("act-1", "accept", "王", "clerk", {"accepted": True, "reason": "\ud800"}, "7"),
    CompleteTask("act-2", "sign", "li", "department"),
    SendMessage("act-3", "withdrawn", "author"),
    ActResult("", 3, "王", NOW, ["assign", "sign"], ended=True),
    ActResult("", 4, "", NOW.replace(microsecond=0)),
    StartProcess("petition", {"petition_id": "p1"}, pace=PaceInput(60_000_000, NOW, NOW)),
    StartProcess("petition", history_limit=50, state="eJwr"),
    StartProcess("supplier", event=Delivery("message-1", "message", "order", "customer-1", data={"n": 1})),
    Delivery("message-2", "message", "reply", "supplier-1", ["7/0"], {"n": 1}, {"by_number": [1]}),
    Delivery("message-3", "signal", "alarm", "guard-1"),
    Flush(
        "i", "d" * 64, "c" * 64, [], "e", {}, Routing([Subscription("7/0", "message", "reply", {"k": [1]})])
    ),
    Flush("i", "d" * 64, "c" * 64, [], "e", asked_at=NOW),
    Flush("i", "d" * 64, "c" * 64, [], "e", {}, Routing(begins={"signal/alarm": ["brigade"]})),
    Flush(
        "i", "d" * 64, "c" * 64, [Record("a", 0, 1, "task_opened", "accept", NOW, {"x": [1]})], "e", {"v": 1}
    ),
]


def test_every_message_is_read_as_it_was_sent() -> None:
    for message in MESSAGES:
        assert OURS.from_payload(OURS.to_payload(message), type(message)) == message


@pytest.mark.parametrize(
    ("said", "revision"),
    [
        ({}, Revision.FIRST),
        ({"in_turn": True}, Revision.IN_TURN),
        ({"in_turn": True, "from_start": True}, Revision.FROM_START),
        ({"v": 1}, Revision.IN_TURN),
    ],
)
def test_a_letter_goes_on_by_the_rules_it_began_with_however_they_were_spelled(
    said: JsonObject, revision: Revision
) -> None:
    began = json.dumps({"process_id": "petition", "variables": {}} | said).encode()
    payload = Payload(metadata={"encoding": b"json/plain"}, data=began)
    assert OURS.from_payload(payload, StartProcess).revision == revision


def test_a_letter_that_begins_today_begins_by_the_newest_rules() -> None:
    assert StartProcess("petition").revision == max(Revision)
    started = OURS.from_payload(OURS.to_payload(StartProcess("petition")), StartProcess)
    assert started.revision == max(Revision)


def test_what_temporal_alone_spelled_is_read_by_us_as_before() -> None:
    for message in MESSAGES:
        assert OURS.from_payload(PLAIN.to_payload(message), type(message)) == message


def test_a_field_that_says_nothing_is_not_in_the_history() -> None:
    said = json.loads(OURS.to_payload(CompleteTask("a", "sign", "li", "department")).data)
    assert said == {"act_id": "a", "element": "sign", "actor": "li", "role": "department"}
    answer = json.loads(OURS.to_payload(ActResult("a", 2, "", NOW)).data)
    assert answer == {"at": "2026-09-01T02:03:04.567890Z", "seq": 2}


def test_whoever_sent_an_act_gets_its_id_and_its_actor_with_the_answer() -> None:
    answer = ActResult("", 2, "", NOW)
    assert asdict(answer.answered("a", "li")) == asdict(ActResult("a", 2, "li", NOW))
    assert ActResult("", 2, "wang", NOW).answered("a", "li").actor == "wang"


@pytest.mark.parametrize(
    "said", [{"act_id": 1}, {"act_id": 1, "element": "e", "actor": "a", "role": "r"}, [], 5]
)
def test_an_act_that_is_none_is_refused_as_temporal_refuses_it(said: object) -> None:
    payload = Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(said).encode())
    with pytest.raises(TypeError):
        OURS.from_payload(payload, CompleteTask)


def test_one_act_has_one_update_id_and_another_act_another() -> None:
    names = {update_id(f"act-{number}") for number in range(1000)}
    assert update_id("act-7") in names
    assert len(names) == 1000
    assert {len(name) for name in names} == {8}


def test_digests_travel_as_bytes_and_are_read_as_digits_too() -> None:
    for reference in (DefinitionRef("ab" * 32), CalendarRef("01" * 32)):
        payload = OURS.to_payload(reference)
        assert len(payload.data) == 32
        assert OURS.from_payload(payload) == reference
        payload.data = reference.digest.encode()
        assert OURS.from_payload(payload) == reference
