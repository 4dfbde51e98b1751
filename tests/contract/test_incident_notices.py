"""Operators hear of what has stopped: at once, once, and not when nobody need decide any more."""

from dataclasses import replace

import pytest

from tests.contract.store_samples import LETTER, SUBMITTED, act, day, first_round, flush, letter, started
from wenzheng import contracts
from wenzheng.catalog.bundle import read_bundle
from wenzheng.catalog.messages import LANGUAGES, WORDS, message_file, own_files, render
from wenzheng.gateways.notices import NoticeSender
from wenzheng.notifying import StoreNotices
from wenzheng.settings import definitions_dir

BUNDLE = read_bundle(definitions_dir() / "petition")
RAISED = {"incident_id": "i1", "code": "service-failed", "message": "no answer from 13800000000"}
RESOLVED = {"incident_id": "i1", "action": "retry", "actor": "ops"}


def stops(store, *, instance=LETTER, seq=2, **changes):
    rows = act(seq, f"fail-{seq}", day(1), (contracts.INCIDENT_RAISED, "tell", RAISED | changes))
    store.apply_flush(replace(flush(rows, instance=instance), definition=BUNDLE.digest))


def resolved(store):
    rows = act(3, "fix", day(2), (contracts.INCIDENT_RESOLVED, "tell", RESOLVED))
    store.apply_flush(replace(flush(rows), definition=BUNDLE.digest))


def hired(store, name, *, contact, language="zh", role="operator"):
    with store.unit_of_work() as unit:
        unit.save_account(id=name, name=name, role=role, unit_id=None)
        unit.set_contact(name, contact)
        unit.set_language(name, language)


@pytest.fixture
def filed(city):
    """A letter of the shipped definition, and two operators who can be reached."""
    with city.unit_of_work() as unit:
        unit.save_definition(digest=BUNDLE.digest, name="petition", files=dict(BUNDLE.files), at=SUBMITTED)
        unit.submit_petition(**letter(definition=BUNDLE.digest))
    city.apply_flush(replace(flush(first_round()[0]), definition=BUNDLE.digest))
    hired(city, "wu", contact="wu@example.org")
    hired(city, "smith", contact="smith@example.org", language="en")
    hired(city, "zhao", contact="zhao@example.org", role="process_admin")
    return city


@pytest.fixture
def told(tmp_path):
    """Sends what is due: whom, subject and text."""
    channels = tmp_path / "channels.yaml"
    channels.write_text("site: https://city.example\npeople: {mail: 'json://127.0.0.1/{address}'}\n")

    def send_all(store, now=None):
        sent = []
        sender = NoticeSender(
            StoreNotices(store),
            channels,
            lambda: now or day(1),
            lambda target, message, _key: sent.append((target.url, message.subject, message.body)),
        )
        while sender.send_next():
            pass
        return sent

    return send_all


def notices(store, instance=LETTER):
    with store.reader() as reader:
        return [row for row in reader.outbox(instance=instance) if row.template == "incident"]


def test_every_operator_is_told_at_once_in_the_language_each_reads(filed, told):
    stops(filed)
    (zh, en) = sorted(told(filed), key=lambda one: "smith" in one[0])
    assert "wu" in zh[0]
    assert zh[1] == "2026-000001：办理流程有一处停下"
    assert "环节 tell 无法继续（service-failed）" in zh[2]
    assert "https://city.example/incidents" in zh[2]
    assert "smith" in en[0]
    assert en[1] == "2026-000001: a branch has stopped"
    assert "13800000000" not in zh[2] + en[2]  # of the cause only the code: texts may name people


def test_an_incident_is_told_once_however_often_its_log_is_folded(filed, told):
    stops(filed)
    assert len(told(filed)) == 2
    with filed.unit_of_work() as unit:
        unit.rebuild(LETTER)
    assert told(filed) == []
    assert len(notices(filed)) == 1


def test_the_next_one_of_the_same_letter_is_told_too(filed, told):
    stops(filed)
    told(filed)
    stops(filed, seq=3, incident_id="i2")
    assert len(told(filed)) == 2


def test_what_was_resolved_before_anybody_could_be_told_is_not_told(filed, told):
    stops(filed)
    resolved(filed)
    assert told(filed) == []
    assert notices(filed) == []
    with filed.unit_of_work() as unit:
        unit.rebuild(LETTER)
    assert notices(filed) == []


def test_that_it_was_told_stays_after_it_is_resolved(filed, told):
    stops(filed)
    told(filed)
    resolved(filed)
    assert [row.sent_at is not None for row in notices(filed)] == [True]


def test_an_instance_without_a_letter_is_named_by_its_id(filed, told):
    filed.apply_flush(
        replace(
            flush(act(1, "start", day(0), started()), instance="digest-2026-09"), definition=BUNDLE.digest
        )
    )
    stops(filed, instance="digest-2026-09")
    assert {subject.split("：")[0].split(":")[0] for _, subject, _ in told(filed)} == {"digest-2026-09"}


def test_a_definition_may_have_words_of_its_own_for_it(filed, told):
    own = {message_file("incident", language): f"{language}\n\n{{code}}".encode() for language in LANGUAGES}
    with filed.unit_of_work() as unit:
        unit.save_definition(digest="own", name="petition", files={**BUNDLE.files, **own}, at=day(0))
    stops(filed)
    assert sorted(subject for _, subject, _ in told(filed)) == ["en", "zh"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_words_use_what_a_notice_has(language):
    files = own_files("incident", language)
    message = render(files, "incident", language, dict.fromkeys(WORDS, "x"))
    assert message.subject
    assert "{" not in message.subject + message.body
