"""Incidents in the store: seen with their letter, resolved once, and the reason kept beside the act."""

import contextlib

import pytest

from tests.contract.store_samples import LETTER, act, day, first_round, flush, letter, started
from wenzheng import contracts
from wenzheng.store import BadText, Conflict, migrate, open_store

RAISED = {"incident_id": "i1", "code": "service.failed", "message": "no answer"}
RETRIED = {"incident_id": "i1", "action": "retry", "actor": "ops"}
DECISION = {
    "instance": LETTER,
    "act_id": "fix",
    "incident_id": "i1",
    "action": "retry",
    "actor": "ops",
    "data": {},
    "reason": "mail is back",
}


def send(store, *acts):
    for rows in acts:
        store.apply_flush(flush(rows))


@pytest.fixture
def stopped(city):
    """A letter whose service has failed."""
    with city.unit_of_work() as unit:
        unit.submit_petition(**letter())
    send(city, first_round()[0], act(2, "fail", day(1), (contracts.INCIDENT_RAISED, "tell", RAISED)))
    return city


def resolve(store):
    send(store, act(3, "fix", day(2), (contracts.INCIDENT_RESOLVED, "tell", RETRIED)))


def decide(store, **changes):
    with store.unit_of_work() as unit:
        return unit.save_resolution(**(DECISION | {"at": day(2)} | changes))


def test_an_incident_names_its_letter_and_its_process(stopped):
    with stopped.reader() as reader:
        (found,) = reader.incidents()
        assert (found.number, found.process, found.element) == ("2026-000001", "petition", "tell")
        assert reader.open_incidents() == 1
        assert reader.incident(LETTER, "i1") == found
        assert reader.incidents_of_letter("2026-000001") == [found]
        assert reader.incident(LETTER, "i2") is None


def test_an_incident_of_an_instance_that_handles_no_letter_is_seen_too(store):
    rows = act(1, "start", day(0), started(), (contracts.INCIDENT_RAISED, "tell", RAISED))
    store.apply_flush(flush(rows, instance="digest-2026-09"))
    with store.reader() as reader:
        (found,) = reader.incidents()
        assert (found.instance, found.number, found.petition_id) == ("digest-2026-09", None, None)


def test_a_resolved_incident_says_by_which_act_and_why(stopped):
    decide(stopped)
    resolve(stopped)
    with stopped.reader() as reader:
        assert reader.open_incidents() == 0
        (found,) = reader.resolved_incidents()
        assert (found.act_id, found.actor, found.action, found.reason) == (
            "fix",
            "ops",
            "retry",
            "mail is back",
        )
        assert reader.resolved_incidents(offset=1) == []
    with stopped.unit_of_work() as unit:
        unit.rebuild(LETTER)
        assert unit.resolved_incidents() == [found]


def test_a_decision_that_was_not_taken_is_nobodys_reason(stopped):
    decide(stopped, act_id="other", actor="other", reason="too late")
    resolve(stopped)
    with stopped.reader() as reader:
        assert reader.resolved_incidents()[0].reason is None


def test_a_decision_may_be_corrected_until_its_act_is_done(stopped):
    decide(stopped, action="answer", data={"a": 1})
    decide(stopped)
    assert decide(stopped, at=day(4)).at == day(2)
    resolve(stopped)
    with stopped.reader() as reader:
        assert reader.resolution(LETTER, "fix").data == {}
        assert reader.resolution(LETTER, "never") is None
    decide(stopped)
    for other in ({"reason": "another"}, {"action": "skip"}, {"data": {"a": 2}}, {"incident_id": "i2"}):
        with pytest.raises(Conflict, match="fresh one"):
            decide(stopped, **other)


def test_an_act_id_of_somebody_else_is_refused(stopped):
    decide(stopped)
    with pytest.raises(Conflict) as refused:
        decide(stopped, actor="other")
    assert (refused.value.by, refused.value.at) == ("ops", day(2))


def test_a_reason_that_cannot_be_kept_is_refused(stopped):
    with pytest.raises(BadText, match="reason"):
        decide(stopped, reason="a\0b")


def test_incidents_of_earlier_versions_learn_their_act_when_the_store_is_updated(new_url):
    with contextlib.closing(open_store(new_url)) as store:
        store.migrate()
        send(store, first_round()[0], act(2, "fail", day(1), (contracts.INCIDENT_RAISED, "tell", RAISED)))
        resolve(store)
        migrate.downgrade(store.engine, "0004")
        store.migrate()
        with store.reader() as reader:
            assert reader.incidents(open_only=False)[0].act_id == "fix"
