"""Notices: from the outbox to a mail server and a web hook, at least once, never before their time."""

import asyncio
import json
import logging
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.contract.store_samples import (
    LETTER,
    SUBMITTED,
    YELLOW,
    act,
    day,
    first_round,
    flush,
    letter,
    passed,
)
from tests.support.sinks import mail_server, web_hook
from wenzheng.bootstrap.preparing import prepare
from wenzheng.bootstrap.web import web_app
from wenzheng.catalog.bundle import read_bundle
from wenzheng.catalog.messages import LANGUAGES, WORDS, BadMessage, message_file, render
from wenzheng.cli.main import execute
from wenzheng.contracts import CLOCK_STARTED
from wenzheng.gateways.channels import BadChannels, NotDelivered, Target, deliver, read_channels
from wenzheng.gateways.notices import LEASE, NoticeSender
from wenzheng.gateways.webhooks import read_secret, verify
from wenzheng.notifying import StoreNotices
from wenzheng.settings import Settings, definitions_dir
from wenzheng.store import open_store

BUNDLE = read_bundle(definitions_dir() / "petition")
ROOT = Path(__file__).parents[2]
SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def mail():
    """A mail server: (its port, what it was given)."""
    with mail_server() as found:
        yield found


@pytest.fixture
def hook():
    """A web hook: (its port, [(path, headers, JSON)], the status it answers with)."""
    with web_hook() as found:
        yield found


@pytest.fixture
def channels(tmp_path, mail, hook):
    path = tmp_path / "channels.yaml"
    path.write_text(
        f"""
site: https://petitions.example
author:
  mail: "mailto://127.0.0.1:{mail[0]}?from=noreply@petitions.example&to={{address}}&mode=insecure"
  sms: "json://127.0.0.1:{hook[0]}/sms?:phone={{address}}"
people:
  mail: "mailto://127.0.0.1:{mail[0]}?from=desk@petitions.example&to={{address}}&mode=insecure"
  sms: "json://127.0.0.1:{hook[0]}/people?:phone={{address}}"
roles:
  supervisor:
    - "json://127.0.0.1:{hook[0]}/supervision"
    - "mailto://127.0.0.1:{mail[0]}?from=noreply@petitions.example&to=boss@petitions.example&mode=insecure"
units:
  water:
    department_head: ["json://127.0.0.1:{hook[0]}/water"]
""",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def sinks(mail, hook):
    """The mail server and the web hook."""
    return mail, hook


@pytest.fixture
def operator(store_url, tmp_path, capsys, monkeypatch):
    """What `wenzheng notices list` prints with these options."""
    monkeypatch.setenv("WENZHENG_DATABASE_URL", store_url)

    def printed(*options):
        assert execute(["notices", "list", "--data", str(tmp_path), *options]) == 0
        return capsys.readouterr().out

    return printed


@pytest.fixture
def filed(city):
    """A letter of the shipped definition."""
    with city.unit_of_work() as unit:
        unit.save_definition(digest=BUNDLE.digest, name="petition", files=dict(BUNDLE.files), at=SUBMITTED)
        unit.submit_petition(**letter(author_contact="wang@example.org", definition=BUNDLE.digest))
    return city


def sender(store, channels, now=SUBMITTED, send=deliver):
    return NoticeSender(StoreNotices(store), channels, lambda: now, send)


def happened(store, rows):
    """An act of a letter of the shipped definition."""
    store.apply_flush(replace(flush(rows), definition=BUNDLE.digest))


def tell_author(store, key="k", template="replied", not_before=SUBMITTED, petition_id="p1"):
    store.queue_notice(
        key=key,
        instance=LETTER,
        petition_id=petition_id,
        template=template,
        recipient_role="author",
        recipient_unit=None,
        not_before=not_before,
        data={},
    )


def notices(store):
    with store.reader() as reader:
        return [row for row in reader.outbox(instance=LETTER) if row.kind == "notice"]


def test_the_author_reads_in_chinese_that_the_letter_was_answered(filed, channels, mail):
    tell_author(filed)
    assert sender(filed, channels).send_next() is True
    (got,) = mail[1].letters
    assert got["Subject"] == "来信 2026-000001 已答复"
    assert got["To"] == "wang@example.org"
    assert "承办单位已答复您的来信 2026-000001" in got.get_content()
    assert "https://petitions.example" in got.get_content()
    assert len(got.get_all("Message-ID")) == 1
    (row,) = notices(filed)
    assert (row.sent_at, row.attempts) == (SUBMITTED, 1)
    assert sender(filed, channels, day(9)).send_next() is False


def test_a_phone_number_is_told_by_the_gateway_for_messages(city, channels, hook):
    with city.unit_of_work() as unit:
        unit.save_definition(digest=BUNDLE.digest, name="petition", files=dict(BUNDLE.files), at=SUBMITTED)
        unit.submit_petition(**letter(definition=BUNDLE.digest, language="en"))
    tell_author(city, template="accepted")
    assert sender(city, channels).send_next() is True
    ((path, headers, said),) = hook[1]
    assert path.startswith("/sms")
    assert said["phone"] == "13800000000"
    assert said["title"] == "Your letter 2026-000001 was accepted"
    assert headers["Idempotency-Key"].startswith(notices(city)[0].id)


def test_a_gateway_gets_the_message_signed_and_a_repeat_under_the_same_id(city, channels, hook):
    with city.unit_of_work() as unit:
        unit.save_definition(digest=BUNDLE.digest, name="petition", files=dict(BUNDLE.files), at=SUBMITTED)
        unit.submit_petition(**letter(definition=BUNDLE.digest, language="en"))
    tell_author(city, template="accepted")
    text = channels.read_text()
    given = f"{{url: 'http://127.0.0.1:{hook[0]}/send', secrets: [whsec_{SECRET}]}}"
    channels.write_text(text.replace(f'"json://127.0.0.1:{hook[0]}/sms?:phone={{address}}"', given))
    hook[2][0] = 503
    assert sender(city, channels).send_next() is True
    (notice,) = notices(city)
    assert "127.0.0.1 to take the message, found status 503" in notice.last_error
    assert "138" not in notice.last_error
    hook[2][0] = 200
    assert sender(city, channels, day(1)).send_next() is True
    (path, headers, said), (_, again, _) = hook[1]
    assert (path, said["type"], said["data"]["to"]) == ("/send", "message.send", "13800000000")
    assert "2026-000001" in said["data"]["text"]
    assert headers["Idempotency-Key"].startswith(notice.id)
    for name in ("webhook-id", "Idempotency-Key"):
        assert headers[name] == again[name]
    body = json.dumps(said, ensure_ascii=False).encode()
    sent_at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    lower = {name.lower(): value for name, value in headers.items()}
    assert verify([read_secret(f"whsec_{SECRET}")], lower, body, sent_at) == headers["webhook-id"]


@pytest.mark.parametrize(
    "given",
    [
        "{url: 'ftp://gateway.example', secrets: [whsec_SECRET]}",
        "{url: 'https://user:hunter2@gateway.example', secrets: [whsec_SECRET]}",
        "{url: 'https://gateway.example', secrets: [hunter2]}",
        "{url: 'https://gateway.example', secrets: []}",
        "{url: 'https://gateway.example'}",
    ],
)
def test_a_gateway_that_cannot_be_meant_is_named_and_no_secret_quoted(tmp_path, given):
    path = tmp_path / "channels.yaml"
    path.write_text(f"site: https://x.example\nauthor:\n  sms: {given.replace('SECRET', SECRET)}\n")
    with pytest.raises(BadChannels) as refused:
        read_channels(path)
    assert "author.sms" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_a_department_and_both_supervision_offices_hear_of_red_at_half_past_eight_not_at_midnight(
    filed, channels, mail, hook
):
    for rows in first_round()[:3]:
        happened(filed, rows)
    happened(filed, act(4, "t", YELLOW, passed("red", "department_head", "supervision")))
    half_past_eight = YELLOW + timedelta(hours=8, minutes=30)
    assert sender(filed, channels, half_past_eight - timedelta(seconds=1)).send_next() is False
    on_time = sender(filed, channels, half_past_eight)
    while on_time.send_next():
        pass
    assert sorted(path for path, _, _ in hook[1]) == ["/supervision", "/water"]
    assert [got["To"] for got in mail[1].letters] == ["boss@petitions.example"]
    assert "红灯" in mail[1].letters[0]["Subject"]
    assert "“答复时限”应于 2026-09-08 前完成" in mail[1].letters[0].get_content()


def hired(store, name, *, role, unit, contact, language="zh"):
    with store.unit_of_work() as unit_of_work:
        unit_of_work.save_account(id=name, name=name, role=role, unit_id=unit)
        unit_of_work.set_contact(name, contact)
        unit_of_work.set_language(name, language)


def all_sent(store, channels, now):
    on_time = sender(store, channels, now)
    while on_time.send_next():
        pass


def test_everybody_of_the_role_and_unit_is_told_in_the_language_each_reads(filed, channels, mail, hook):
    hired(filed, "hu", role="department_head", unit="water", contact="hu@example.org")
    hired(filed, "green", role="department_head", unit="water", contact="green@example.org", language="en")
    hired(filed, "mi", role="department_head", unit="water", contact="13900000001")
    hired(filed, "elsewhere", role="department_head", unit="roads", contact="elsewhere@example.org")
    hired(filed, "clerk", role="department", unit="water", contact="clerk@example.org")
    hired(filed, "left", role="department_head", unit="water", contact="left@example.org")
    hired(filed, "silent", role="department_head", unit="water", contact=None)
    with filed.unit_of_work() as unit:
        unit.set_disabled("left", day(1))
    for rows in first_round()[:3]:
        happened(filed, rows)
    happened(filed, act(4, "t", YELLOW, passed("red", "department_head")))
    all_sent(filed, channels, day(20))
    assert {(got["To"], "红灯" in got["Subject"]) for got in mail[1].letters} == {
        ("hu@example.org", True),
        ("green@example.org", False),
    }
    # The unit's own channel is told besides, and the phone by the gateway for people.
    assert sorted(path.partition("?")[0] for path, _, _ in hook[1]) == ["/people", "/water"]
    assert notices(filed)[0].sent_at is not None


def test_an_official_who_reads_english_is_told_the_limits_english_name(filed, channels, mail, hook):
    hired(filed, "green", role="department_head", unit="water", contact="green@example.org", language="en")
    clock, *rest = first_round()[:3]
    for rows in (clock, *rest):
        for one in rows:
            if one.kind == CLOCK_STARTED:
                one.data["name_en"] = "Time to reply"
        happened(filed, rows)
    happened(filed, act(4, "t", YELLOW, passed("red", "department_head")))
    all_sent(filed, channels, day(20))
    assert "Time to reply" in mail[1].letters[0].get_content()


def test_a_person_is_told_once_also_when_another_has_to_be_tried_again(filed, channels, mail, hook):
    hired(filed, "first", role="supervisor", unit=None, contact="first@example.org")
    hired(filed, "second", role="supervisor", unit=None, contact="13900000002")
    happened(filed, act(1, "t", YELLOW, passed("red", "supervision")))
    hook[2][0] = 500
    at = day(20)
    for _ in range(3):
        assert sender(filed, channels, at).send_next() is True
        (row,) = notices(filed)
        assert row.sent_at is None
        at = row.not_before
    with filed.unit_of_work() as unit:
        unit.set_contact("first", "first.new@example.org")
    hook[2][0] = 200
    assert sender(filed, channels, at).send_next() is True
    assert notices(filed)[0].sent_at == at
    told = [got["To"] for got in mail[1].letters]
    assert sorted(told) == ["boss@petitions.example", "first@example.org"]
    assert [path.partition("?")[0] for path, _, _ in hook[1]].count("/people") == 4


def test_two_people_of_one_address_and_the_same_address_in_the_file_are_one_letter(
    filed, channels, mail, hook
):
    for name in ("one", "two"):
        hired(filed, name, role="supervisor", unit=None, contact="office@example.org")
    happened(filed, act(1, "t", YELLOW, passed("red", "supervision")))
    all_sent(filed, channels, day(20))
    assert [got["To"] for got in mail[1].letters].count("office@example.org") == 1


def test_whoever_cannot_be_reached_in_person_keeps_the_notice_open_unless_the_role_has_a_channel(
    filed, channels, mail
):
    text = channels.read_text()
    channels.write_text("\n".join(line for line in text.splitlines() if "/people" not in line))
    hired(filed, "phone", role="centre_head", unit="centre", contact="13900000003")
    hired(filed, "mail", role="centre_head", unit="centre", contact="head@example.org")
    happened(filed, act(1, "t", YELLOW, passed("late", "centre_head")))
    all_sent(filed, channels, day(20))
    (row,) = notices(filed)
    assert row.last_error == "expected people.sms in channels.yaml, found none; add it"
    assert [got["To"] for got in mail[1].letters] == ["head@example.org"]
    channels.write_text(text.replace("roles:\n", "roles:\n  centre_head: ['json://127.0.0.1:9/none']\n"))
    all_sent(filed, channels, row.not_before)
    assert "people" not in (notices(filed)[0].last_error or "")


def test_the_author_is_told_in_the_language_of_the_letter_whatever_the_house_speaks(city, channels, mail):
    with city.unit_of_work() as unit:
        unit.save_definition(digest=BUNDLE.digest, name="petition", files=dict(BUNDLE.files), at=SUBMITTED)
        unit.submit_petition(
            **letter(author_contact="smith@example.org", definition=BUNDLE.digest, language="en")
        )
    tell_author(city)
    assert sender(city, channels).send_next() is True
    assert mail[1].letters[0]["Subject"] == "Your letter 2026-000001 was answered"


def test_an_operator_sees_what_waits_what_failed_and_what_was_sent_and_nobodys_contact(
    filed, channels, sinks, operator
):
    (_, letters), (_, _, status) = sinks
    hired(filed, "boss", role="supervisor", unit=None, contact="13900000004")
    tell_author(filed, key="sent")
    assert sender(filed, channels).send_next() is True
    happened(filed, act(1, "t", YELLOW, passed("red", "supervision")))
    status[0] = 500
    letters.refuse = True
    assert sender(filed, channels, day(20)).send_next() is True
    tell_author(filed, key="waits", not_before=day(25))

    def listed(*options):
        return json.loads(operator("--format", "json", *options))["notices"]

    (failed,), (sent,), (waits,) = listed("--failed"), listed("--sent"), listed("--waiting")
    assert {one["id"] for one in listed()} == {failed["id"], sent["id"], waits["id"]}
    assert failed["attempts"] == 1
    assert "127.0.0.1" in failed["last_error"]
    assert (failed["role"], failed["letter"]) == ("supervisor", "2026-000001")
    assert sent["sent_at"] is not None
    assert sent["contacts"] == ["***@example.org"]
    assert waits["not_before"] == day(25).isoformat()
    shown = operator()
    assert not [word for word in ("wang@", "13900000004", "王芳") if word in shown + json.dumps(listed())]
    assert execute(["notices", "list", "--sent", "--failed"]) == 2


def test_a_refused_notice_waits_longer_each_time_and_goes_only_where_it_was_not_taken(
    filed, channels, mail, hook
):
    happened(filed, act(1, "t", YELLOW, passed("red", "supervision")))
    mail[1].refuse = True
    at, pauses = day(20), []
    for _ in range(3):
        assert sender(filed, channels, at).send_next() is True
        (row,) = notices(filed)
        pauses.append((row.not_before - at).total_seconds())
        assert row.last_error == "expected mailto at 127.0.0.1 to take the letter, found that it refused it"
        at = row.not_before
    assert pauses == [30, 60, 120]
    mail[1].refuse = False
    assert sender(filed, channels, at).send_next() is True
    assert len(mail[1].letters) == len(hook[1]) == 1
    assert notices(filed)[0].sent_at == at


async def test_the_web_sends_what_is_due_as_soon_as_it_runs(tmp_path, channels, mail):
    settings = Settings(data_dir=tmp_path, temporal_address="127.0.0.1:9")
    prepare(settings)
    with closing(open_store(settings.database_url)) as store, store.unit_of_work() as unit:
        latest = unit.latest_definition("petition")
        assert latest is not None
        unit.submit_petition(
            **letter(
                author_contact="wang@example.org", definition=latest.digest, addressee=unit.units()[0].id
            )
        )
        tell_author(unit)
    app = web_app(settings)
    async with app.router.lifespan_context(app):
        assert await asyncio.to_thread(mail[1].came.wait, 30)
    assert "已答复" in mail[1].letters[0]["Subject"]


KILLED = """
import os, sys
from datetime import datetime
from pathlib import Path
from wenzheng.gateways.channels import deliver
from wenzheng.gateways.notices import NoticeSender
from wenzheng.notifying import StoreNotices
from wenzheng.store import open_store

def deliver_and_die(*notice):
    deliver(*notice)
    os._exit(9)

store = open_store(sys.argv[1])
at = datetime.fromisoformat(sys.argv[3])
NoticeSender(StoreNotices(store), Path(sys.argv[2]), lambda: at, deliver_and_die).send_next()
"""


def test_after_a_kill_between_hand_over_and_record_the_repeat_has_the_same_message_id(
    filed, store_url, channels, mail
):
    tell_author(filed)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, store_url, str(channels), SUBMITTED.isoformat()], cwd=ROOT, check=False
    )
    assert killed.returncode == 9
    assert notices(filed)[0].sent_at is None
    # Another process does not take it while the first may still be at it.
    assert sender(filed, channels, SUBMITTED + LEASE - timedelta(seconds=1)).send_next() is False
    assert sender(filed, channels, SUBMITTED + LEASE).send_next() is True
    first, repeat = mail[1].letters
    assert first["Message-ID"] == repeat["Message-ID"]
    assert first.get_content() == repeat.get_content()


def test_of_four_senders_each_notice_is_sent_by_one(filed, channels):
    for n in range(12):
        tell_author(filed, key=f"k{n}")
    sent, ready = [], threading.Barrier(4)

    def work():
        mine = sender(filed, channels, send=lambda target, message, key: sent.append(key))
        ready.wait()
        while mine.send_next():
            pass

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sent) == len(set(sent))
    # One that passed over rows others held may stop early; whatever is left is due for the next sweep.
    rest = sender(filed, channels, send=lambda target, message, key: sent.append(key))
    while rest.send_next():
        pass
    assert len(sent) == len(set(sent)) == 12


def test_without_channels_notices_wait_and_the_operator_is_told_once(filed, tmp_path, caplog):
    tell_author(filed)
    waiting = sender(filed, tmp_path / "channels.yaml")
    assert [waiting.send_next(), waiting.send_next()] == [False, False]
    assert [record.getMessage() for record in caplog.records] == [
        "Notices wait in the outbox: there is no channels.yaml."
    ]
    (row,) = notices(filed)
    assert (row.sent_at, row.attempts, row.not_before) == (None, 0, SUBMITTED)


def test_a_recipient_nobody_configured_waits_and_the_row_says_which_key_is_missing(filed, channels):
    happened(filed, act(1, "t", YELLOW, passed("late", "centre_head")))
    assert sender(filed, channels, day(20)).send_next() is True
    (row,) = notices(filed)
    assert row.last_error == "expected roles.centre_head in channels.yaml, found none; add it"
    assert row.sent_at is None


@pytest.mark.parametrize(
    "text", ["site: 5", "site: x\nrolls: {}", "site: x\nroles: {clerk: 'mailto://a:secret@b'}", ": :", "\t-"]
)
def test_a_mistake_in_channels_stops_nothing_for_good_and_quotes_no_password(filed, tmp_path, caplog, text):
    (tmp_path / "channels.yaml").write_text(text)
    tell_author(filed)
    assert sender(filed, tmp_path / "channels.yaml").send_next() is False
    (record,) = caplog.records
    assert "channels.yaml" in record.getMessage()
    assert "secret" not in record.getMessage()
    assert notices(filed)[0].attempts == 0


def test_no_log_line_names_a_person(filed, channels, mail, hook, caplog):
    caplog.set_level(logging.DEBUG, "wenzheng")
    caplog.set_level(logging.DEBUG, "apprise")
    tell_author(filed)
    mail[1].refuse = True
    sender(filed, channels).send_next()
    with pytest.raises(NotDelivered) as refused:
        deliver(Target("json://user:secret@127.0.0.1:9/?:phone=13800000000"), _message(), "k")
    said = caplog.text + str(refused.value)
    assert not [word for word in ("wang@", "王芳", "13800000000", "secret") if word in said]


def _message():
    return render(BUNDLE.files, "accepted", "en", dict.fromkeys(WORDS, "x"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", ["accepted", "rejected", "replied", "fed_back", "escalation"])
def test_every_notice_has_its_words_in_both_languages(template, language):
    message = render(BUNDLE.files, template, language, {word: f"<{word}>" for word in WORDS})
    assert "<number>" in message.subject
    assert "<site>" in message.body


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (b"only a subject", "an empty line"),
        (b"s\n\nDear {author_name}", "author_name"),
        ("主题\n\n正文".encode("gbk"), "UTF-8"),
        (b"two\nlines\n\nbody", "a subject"),
    ],
)
def test_an_administrator_who_miswrites_a_notice_is_told_file_and_remedy(text, wrong):
    with pytest.raises(BadMessage, match=wrong):
        render({message_file("a", "zh"): text}, "a", "zh", dict.fromkeys(WORDS, ""))


def test_words_of_notices_are_part_of_the_definitions_digest():
    changed = dict(BUNDLE.files)
    changed[message_file("replied", "zh")] += "。".encode()
    assert type(BUNDLE)(BUNDLE.name, changed).digest != BUNDLE.digest


def test_a_letter_in_flight_of_a_definition_without_messages_gets_the_latest_words(city, channels, mail):
    old = {name: data for name, data in BUNDLE.files.items() if not name.endswith(".txt")}
    with city.unit_of_work() as unit:
        unit.save_definition(digest="d" * 64, name="petition", files=old, at=SUBMITTED)
        unit.save_definition(digest=BUNDLE.digest, name="petition", files=dict(BUNDLE.files), at=day(1))
        unit.submit_petition(**letter(author_contact="wang@example.org", definition="d" * 64))
    tell_author(city)
    assert sender(city, channels, datetime(2026, 9, 2, tzinfo=UTC)).send_next() is True
    assert "已答复" in mail[1].letters[0]["Subject"]
