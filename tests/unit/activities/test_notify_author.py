"""The author of a letter is told once, in words that exist."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from activities.ports import ServicePorts
from activities.services import service_activities
from activities.services.notify_author import CONTRACT, Service
from tests.support.bpmn import Run, bpmn, compiled, findings_of
from tests.support.databases import with_tables
from wenzheng.contracts import ServiceCall
from wenzheng.store import Store, open_store

NOW = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
CALL = ServiceCall("petition-p1", "7", {"petition_id": "p1", "template": "accepted"})
LETTER = """
    var petition_id string required
    var words string
    start s
    service tell call=notify_author petition_id=petition_id template={}
    end e
    s -> tell -> e
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(with_tables(tmp_path / "wenzheng.db"), clock=lambda: NOW)
    yield store
    store.close()


def test_author_is_told_once_however_often_the_call_is_tried(store: Store) -> None:
    service = Service(ServicePorts(store, lambda: NOW))
    assert [service.run(CALL) for _ in range(2)] == [{"queued": True}, {"queued": False}]
    with store.reader() as reader:
        (notice,) = reader.outbox(instance="petition-p1")
    assert (notice.key, notice.petition_id, notice.template) == ("petition-p1/7/accepted", "p1", "accepted")
    assert (notice.recipient_role, notice.recipient_unit, notice.not_before) == ("author", None, NOW)


def test_another_call_of_the_same_letter_is_another_notice(store: Store) -> None:
    service = Service(ServicePorts(store, lambda: NOW))
    service.run(CALL)
    service.run(ServiceCall("petition-p1", "9", {"petition_id": "p1", "template": "replied"}))
    with store.reader() as reader:
        assert {row.template for row in reader.outbox(instance="petition-p1")} == {"accepted", "replied"}


def test_author_hears_what_happened_also_where_a_call_that_was_lost_in_a_crash_said_something_else(
    store: Store,
) -> None:
    service = Service(ServicePorts(store, lambda: NOW))
    service.run(CALL)
    again = ServiceCall(CALL.instance, CALL.call_id, {**CALL.input, "template": "rejected"})
    assert [service.run(again) for _ in range(2)] == [{"queued": True}, {"queued": False}]


def test_worker_offers_it_under_the_name_that_workflows_call(store: Store) -> None:
    offered = {
        activity.__temporal_activity_definition.name: activity  # type: ignore[attr-defined]
        for activity in service_activities(ServicePorts(store, lambda: NOW))
    }
    result = ActivityEnvironment().run(offered["wenzheng.service.notify_author"], CALL)
    assert CONTRACT.check_output(result) == []


def test_a_template_that_does_not_exist_is_refused_when_the_definition_is_loaded() -> None:
    contracts = {CONTRACT.name: CONTRACT}
    compiled(LETTER.format("\"'fed_back'\""), contracts)
    (finding,) = findings_of(lambda: compiled(LETTER.format("\"'thanked'\""), contracts))
    assert (finding.rule, finding.element) == ("service-input", "tell")
    assert "one of accepted, rejected, question, extended, replied, renewed, fed_back" in finding.message
    assert finding.position.line > 1


def test_a_template_found_out_too_late_stops_with_an_incident_instead_of_telling_nonsense() -> None:
    run = Run(compiled(bpmn(LETTER.format("words")), {CONTRACT.name: CONTRACT}))
    run.start(petition_id="p1", words="thanked")
    assert run.codes == ["service-input"]
    assert run.of("service_requested") == []
