"""Processes of one bundle that send each other messages and signals, in virtual time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.bpmn import CALENDAR, Run, compiled, definitions
from tests.support.conversations import ALARM, EARLY, ORDERS, UNFIT
from wenzheng.engine.definition import compile_definition
from wenzheng.engine.findings import DefinitionRefused
from wenzheng.simulation.answers import Answers
from wenzheng.simulation.world import Inhabitant, World

START = datetime(2026, 9, 7, 2, tzinfo=UTC)


def world(source: bytes, answers: Any = None) -> World:
    definition = compile_definition("d" * 64, {"talk.bpmn": source}, {})
    return World(definition, CALENDAR, START, Answers.read(answers or {}))


def processes(lived: World) -> list[str]:
    return [one.process.model.id for one in lived.inhabitants]


def outcome(one: Inhabitant) -> str | None:
    return one.instance.ended["state"] if one.instance.ended else None


def test_each_customer_gets_the_reply_to_their_own_order_whoever_answers_first() -> None:
    prices = [{"data": {"price": 10}, "after": "P3D"}, {"data": {"price": 20}, "after": "P1D"}]
    lived = world(ORDERS, {"s_check": prices})
    ann, ben = lived.start("customer", {"order": "A"}), lived.start("customer", {"order": "B"})
    lived.run(START + timedelta(days=2))
    assert processes(lived) == ["customer", "supplier", "customer", "supplier"]
    assert (outcome(ann), outcome(ben)) == (None, "completed")
    lived.run()
    assert [one.instance.variables["price"] for one in (ann, ben)] == [10, 20]
    assert {outcome(one) for one in lived.inhabitants} == {"completed"}


def test_a_reply_that_belongs_to_nobody_is_kept() -> None:
    lived = world(ORDERS)
    supplier = lived.start("supplier")  # waits for an order as anybody who was begun by hand
    assert supplier.instance.waits()
    lived.start("customer", {"order": "A"})
    lived.run()
    assert {outcome(one) for one in lived.inhabitants} == {"completed"}
    assert processes(lived) == ["supplier", "customer"]


def test_a_message_sent_before_anybody_waits_is_kept_for_who_comes() -> None:
    lived = world(EARLY, {"r_ready": [{"after": "P2D"}, {"after": "P2D"}]})
    first, second = lived.start("receiver"), lived.start("receiver")
    lived.start("sender")
    lived.run()
    assert (outcome(first), outcome(second)) == ("completed", None)
    lived.start("sender")
    lived.run()
    assert outcome(second) == "completed"


def test_a_signal_reaches_three_watchers_and_begins_a_brigade() -> None:
    lived = world(ALARM)
    watchers = [lived.start("watcher") for _ in range(3)]
    lived.start("guard")
    lived.run()
    assert processes(lived) == ["watcher"] * 3 + ["guard", "brigade"]
    assert {outcome(one) for one in watchers} == {"completed"}


def test_a_signal_is_not_kept_for_who_comes_later() -> None:
    lived = world(ALARM)
    lived.start("guard")
    late = lived.start("watcher")
    lived.run()
    assert outcome(late) is None


def test_a_process_says_by_its_own_variables_which_message_it_expects() -> None:
    text = ORDERS.decode().replace(
        '<startEvent id="c_start"/>',
        '<correlationSubscription correlationKeyRef="by_number"><correlationPropertyBinding '
        'correlationPropertyRef="number"><dataPath>order + "-2"</dataPath></correlationPropertyBinding>'
        '</correlationSubscription><startEvent id="c_start"/>',
    )
    lived = world(text.encode())
    ann = lived.start("customer", {"order": "A"})
    lived.run()
    assert outcome(ann) is None, "the reply to A is not the one to A-2"
    assert [one.keys for one in ann.instance.waits()] == [{"by_number": ["A-2"]}]


@pytest.mark.parametrize("restored", [False, True])
def test_the_first_message_of_a_conversation_fixes_its_key(*, restored: bool) -> None:
    run = Run(compiled(ORDERS, process_id="customer"), restored=restored).start(order="A")
    assert [one.keys for one in run.instance.waits()] == [{"by_number": ["A"]}]


def test_a_message_takes_only_values_for_variables_of_its_type() -> None:
    assert compiled(ORDERS, process_id="customer").takes(
        {"order": 7, "price": 5, "other": 1}  # order is text
    ) == {"price": 5}


WRONG = {
    "unknown-correlation messageRef": ('messageRef="m_order">', 'messageRef="m_none">'),
    "unknown-correlation correlationPropertyRef": (">number</corr", ">none</corr"),
    "correlation-path": ("<messagePath>order</messagePath>", "<messagePath/>"),
    "not_declared": ("<messagePath>order</messagePath>", "<messagePath>nothing</messagePath>"),
}


@pytest.mark.parametrize("rule", WRONG)
def test_correlation_that_names_nothing_is_refused_with_its_place(rule: str) -> None:
    text = ORDERS.decode()
    old, new = WRONG[rule]
    assert old in text
    with pytest.raises(DefinitionRefused) as refused:
        compile_definition("d", {"talk.bpmn": text.replace(old, new, 1).encode()}, {})
    code, _, word = rule.partition(" ")
    found = [finding for finding in refused.value.findings if finding.rule == code]
    assert found, refused.value.findings
    assert word in found[0].message
    assert found[0].position.line > 1


def test_a_property_without_messages_is_refused() -> None:
    with pytest.raises(DefinitionRefused, match="correlation-without-messages"):
        compile_definition(
            "d",
            {
                "p.bpmn": definitions(
                    '<correlationProperty id="x"/><process id="p" isExecutable="true"><task id="t"/>'
                    "</process>"
                )
            },
            {},
        )


def test_a_subscription_has_a_binding_for_each_property() -> None:
    text = ORDERS.decode().replace(
        '<startEvent id="c_start"/>',
        '<correlationSubscription correlationKeyRef="by_number"/><startEvent id="c_start"/>',
    )
    with pytest.raises(DefinitionRefused, match="correlation-binding-missing"):
        compile_definition("d", {"talk.bpmn": text.encode()}, {})


def test_what_cannot_begin_with_what_it_is_sent_stops_and_the_trace_goes_on() -> None:
    lived = world(UNFIT)
    lived.start("customer", {"order": "A", "price": "ten"})
    lived.run()
    assert processes(lived) == ["customer", "supplier", "brigade"]
    assert outcome(lived.inhabitants[0]) == "completed"
    found = lived.outcome()
    assert found["state"] == "failed"
    assert (found["error"]["code"], found["error"]["element"]) == ("start-data", "s_start")
