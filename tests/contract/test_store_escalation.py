"""Who hears of a passed threshold, and the answers."""

from datetime import timedelta

import pytest

from tests.contract.store_samples import LETTER, YELLOW, act, day, first_round, flush, letter, passed
from wenzheng.store import Conflict, NotFound, StoreError

NOTICE = YELLOW + timedelta(hours=8, minutes=30)


@pytest.fixture
def filed(city):
    with city.unit_of_work() as unit:
        unit.submit_petition(**letter())
    return city


def test_yellow_before_assignment_goes_to_the_centres_head(filed):
    filed.apply_flush(
        flush(*first_round()[:2], act(3, "timer-yellow", YELLOW, passed("yellow", "department_head")))
    )
    with filed.reader() as reader:
        (entry,) = reader.inbox(role="centre_head", unit_id="centre")
        assert (entry.clock, entry.threshold, entry.lamp) == ("letter", "yellow", "yellow")
        assert (entry.petition_number, entry.petition_title) == ("2026-000001", "楼道没有水")
        assert entry.notice_at == NOTICE
        assert entry.key == f"{LETTER}/timer-yellow/0/department_head"
        assert reader.inbox(role="department_head") == []


def test_red_goes_to_the_departments_head_and_both_supervision_offices(filed):
    timer = act(4, "timer-red", YELLOW, passed("red", "department_head", "supervision"))
    filed.apply_flush(flush(*first_round()[:3], timer))
    with filed.reader() as reader:
        assert len(reader.inbox(role="department_head", unit_id="water")) == 1
        assert reader.inbox(role="department_head", unit_id="roads") == []
        for office in ("party_office", "gov_office"):
            assert len(reader.inbox(role="supervisor", unit_id=office)) == 1
        assert len(reader.escalations("p1")) == 2


def test_the_head_of_a_section_is_the_head_of_its_department(filed):
    rows = first_round()[:3]
    rows[2][0].data["data"]["department"] = "pipes"
    filed.apply_flush(flush(*rows, act(4, "timer-yellow", YELLOW, passed("yellow", "department_head"))))
    with filed.reader() as reader:
        assert len(reader.inbox(role="department_head", unit_id="water")) == 1


def test_the_notice_waits_for_half_past_eight_of_the_next_working_day(filed):
    timer = act(4, "timer-yellow", YELLOW, passed("yellow", "department_head"))
    filed.apply_flush(flush(*first_round()[:3], timer))
    with filed.reader() as reader:
        assert reader.due(now=NOTICE - timedelta(seconds=1), kind="notice") == []
        (notice,) = reader.due(now=NOTICE, kind="notice")
        (entry,) = reader.inbox(role="department_head", unit_id="water")
    assert (notice.template, notice.recipient_role, notice.recipient_unit) == (
        "escalation",
        "department_head",
        "water",
    )
    assert notice.data == {
        "clock": "letter",
        "threshold": "yellow",
        "lamp": "yellow",
        "due": "2026-09-08",
        "inbox": entry.id,
    }
    assert notice.key == entry.key


def test_the_same_threshold_twice_is_one_entry_and_one_notice(filed):
    timer = act(4, "timer-yellow", YELLOW, passed("yellow", "department_head"))
    for _ in range(3):
        filed.apply_flush(flush(*first_round()[:3], timer))
    with filed.reader() as reader:
        assert len(reader.inbox(role="department_head")) == 1
        assert len(reader.due(now=NOTICE, kind="notice")) == 1


def test_a_threshold_without_readers_tells_nobody(filed):
    filed.apply_flush(flush(*first_round()[:3], act(4, "timer", YELLOW, passed("late", clock="unit"))))
    with filed.reader() as reader:
        assert reader.escalations("p1") == []


def test_an_escalation_finds_a_reader_though_no_organisation_was_loaded(store):
    rows = act(1, "t", YELLOW, passed("red", "department_head", "supervision", "gossip"))
    store.apply_flush(flush(rows, instance="other"))
    with store.reader() as reader:
        assert len(reader.inbox(role="centre_head")) == 2
        assert len(reader.inbox(role="supervisor")) == 1


@pytest.fixture
def entry(filed):
    filed.apply_flush(flush(*first_round()[:3], act(4, "t", YELLOW, passed("yellow", "department_head"))))
    with filed.reader() as reader:
        return reader.inbox(role="department_head")[0].id


def test_of_two_heads_who_answer_the_first_wins_and_the_other_hears_who(filed, entry):
    with filed.unit_of_work() as unit:
        done = unit.acknowledge(entry_id=entry, actor="head-wu", kind="order", text="今天回复", at=NOTICE)
    assert (done.acknowledgement.actor, done.acknowledgement.kind) == ("head-wu", "order")
    with pytest.raises(Conflict, match="head-wu") as refused, filed.unit_of_work() as unit:
        unit.acknowledge(entry_id=entry, actor="head-xu", kind="reason", text="人手不足", at=day(9))
    assert (refused.value.by, refused.value.at) == ("head-wu", NOTICE)
    with filed.reader() as reader:
        assert reader.inbox_entry(entry).acknowledgement.text == "今天回复"
        assert reader.inbox(role="department_head", open_only=True) == []


def test_the_same_answer_twice_is_one_answer(filed, entry):
    with filed.unit_of_work() as unit:
        for at in (NOTICE, day(20)):
            done = unit.acknowledge(entry_id=entry, actor="wu", kind="date", text="9月12日", at=at)
            assert done.acknowledgement.at == NOTICE


@pytest.mark.parametrize(("kind", "text"), [("order", " \n"), ("seen", "opened the mail")])
def test_opening_the_mail_is_no_answer(filed, entry, kind, text):
    with pytest.raises(StoreError, match="an order, a date or a reason"), filed.unit_of_work() as unit:
        unit.acknowledge(entry_id=entry, actor="wu", kind=kind, text=text, at=NOTICE)


def test_an_answer_to_nothing_is_refused(filed):
    with pytest.raises(NotFound), filed.unit_of_work() as unit:
        unit.acknowledge(entry_id="none", actor="wu", kind="date", text="x", at=NOTICE)
