"""People at their pages: passwords, sessions, wrong tries, disclosures."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from tests.contract.store_samples import letter
from wenzheng.store import BadText, NotFound
from wenzheng.store.views.people import Failure

NOW = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
IDLE, WEEK = timedelta(hours=8), timedelta(days=7)


@pytest.fixture
def staffed(city):
    """The small city with a clerk and somebody without a unit."""
    with city.unit_of_work() as unit:
        unit.save_account(id="li", name="李明", role="clerk", unit_id="centre", token="one")
        unit.save_account(id="ops", name="运维", role="operator", unit_id=None)
    return city


def begin(unit, token, account="li", at=NOW):
    unit.open_session(
        token=token, account_id=account, csrf=f"form-{token}", now=at, expires_at=at + WEEK, idle=IDLE
    )


def who(store, token, at=NOW):
    with store.reader() as reader:
        found = reader.signed_in(token, now=at, idle=IDLE)
    return found and found.account.id


def test_a_session_names_its_person_and_unit(staffed):
    with staffed.unit_of_work() as unit:
        begin(unit, "a")
        begin(unit, "b", "ops")
    with staffed.reader() as reader:
        found = reader.signed_in("a", now=NOW, idle=IDLE)
        other = reader.signed_in("b", now=NOW, idle=IDLE)
    assert (found.account.id, found.csrf, found.unit_zh, found.unit_en) == (
        "li", "form-a", "市信息中心", "Information centre"
    )  # fmt: skip
    assert (other.account.id, other.unit_zh) == ("ops", None)
    assert "form-a" not in repr(found)


def test_a_session_ends_by_rest_by_age_and_by_hand(staffed):
    with staffed.unit_of_work() as unit:
        begin(unit, "a")
        begin(unit, "b")
    assert who(staffed, "a", NOW + IDLE - timedelta(seconds=1)) == "li"
    assert who(staffed, "a", NOW + IDLE) is None
    with staffed.unit_of_work() as unit:
        unit.touch_session("a", NOW + WEEK - timedelta(hours=1))
    assert who(staffed, "a", NOW + WEEK - timedelta(seconds=1)) == "li"
    assert who(staffed, "a", NOW + WEEK) is None
    with staffed.unit_of_work() as unit:
        unit.close_session("b")
        unit.close_session("b")
        unit.touch_session("b", NOW)
    assert who(staffed, "b") is None


def test_a_new_session_sweeps_ended_ones_away(staffed):
    with staffed.unit_of_work() as unit:
        begin(unit, "a")
        begin(unit, "b", at=NOW + IDLE)
        unit.session.flush()
        count = unit.session.connection().exec_driver_sql("SELECT count(*) FROM sessions").scalar()
    assert count == 1


def test_a_new_password_and_disabling_end_all_sessions_of_that_account_only(staffed):
    with staffed.unit_of_work() as unit:
        begin(unit, "a")
        begin(unit, "b", "ops")
        unit.set_password("li", "hash-1")
    assert (who(staffed, "a"), who(staffed, "b")) == (None, "ops")
    with staffed.unit_of_work() as unit:
        unit.set_disabled("ops", NOW)
    assert who(staffed, "b") is None
    with staffed.reader() as reader:
        assert reader.password_hash("li") == "hash-1"
        assert reader.password_hash("nobody") is None
        assert reader.without_password() == {"ops"}
        assert [a.id for a in reader.accounts() if a.disabled_at] == ["ops"]


def test_a_disabled_accounts_token_does_not_work_and_stays_its_own(staffed):
    with staffed.unit_of_work() as unit:
        unit.set_disabled("li", NOW)
        assert unit.account_by_token("one") is None
        unit.set_disabled("li", None)
        assert unit.account_by_token("one").id == "li"


def test_saving_an_account_again_keeps_password_language_and_contact(staffed):
    with staffed.unit_of_work() as unit:
        unit.set_password("li", "hash")
        unit.set_language("li", "en")
        unit.set_contact("li", "li@example.cn")
        unit.save_account(id="li", name="李明", role="centre_head", unit_id="centre")
        account = unit.account("li")
        assert unit.password_hash("li") == "hash"
    assert (account.language, account.contact, account.role) == ("en", "li@example.cn", "centre_head")


@pytest.mark.parametrize("change", ["set_password", "set_contact", "set_language", "set_disabled"])
def test_nobody_cannot_be_changed(staffed, change):
    with pytest.raises(NotFound, match="accounts list"), staffed.unit_of_work() as unit:
        getattr(unit, change)("nobody", None)


def test_a_contact_no_database_keeps_is_refused(staffed):
    with pytest.raises(BadText), staffed.unit_of_work() as unit:
        unit.set_contact("li", "a\x00b")


def test_wrong_tries_are_counted_one_after_the_other(staffed):
    """As many threads as tries: none is lost, or a hundred at once would count as one."""

    def attempt():
        with staffed.unit_of_work() as unit:
            unit.line_up_failures()
            before = unit.failure("k")
            count = before.count + 1 if before else 1
            unit.save_failure(Failure(key="k", count=count, first_at=NOW, blocked_until=None))

    threads = [threading.Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with staffed.reader() as reader:
        assert reader.failure("k").count == 12


def test_old_tries_are_swept_and_running_waits_stay(staffed):
    day = timedelta(days=1)
    with staffed.unit_of_work() as unit:
        unit.save_failure(Failure(key="old", count=3, first_at=NOW - 2 * day, blocked_until=None))
        unit.save_failure(Failure(key="wait", count=9, first_at=NOW - 2 * day, blocked_until=NOW + day))
        unit.save_failure(Failure(key="new", count=1, first_at=NOW, blocked_until=None))
        unit.sweep_failures(NOW - day)
        assert [key for key in ("old", "wait", "new") if unit.failure(key)] == ["wait", "new"]
        unit.forget_failures("wait")
        unit.forget_failures("wait")
        assert unit.failure("wait") is None


def test_disclosures_of_a_letter_oldest_first(staffed):
    with staffed.unit_of_work() as unit:
        mine = unit.submit_petition(**letter("p1"))
        other = unit.submit_petition(**letter("p2"))
        for minute, reason in ((2, "二"), (1, "一")):
            unit.record_disclosure(
                petition_id=mine.id,
                account_id="li",
                field_group="identity",
                reason=reason,
                at=NOW + timedelta(minutes=minute),
            )
    with staffed.reader() as reader:
        assert [entry.reason for entry in reader.disclosures(mine.id)] == ["一", "二"]
        assert reader.disclosures(other.id) == []
