"""Filing letters, finding them again, the texts about them."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.store_samples import (
    LETTER,
    SUBMITTED,
    YELLOW,
    day,
    first_round,
    flush,
    letter,
    letter_clock,
)
from wenzheng.store import BadText, Conflict, NotFound, StoreError

FULL_RANGE = [
    "字",
    "👩‍👩‍👧‍👦 emoji 🏳️‍🌈 and \U0001f9ff",
    "\u202eright to left\u202c עברית العربية",
    "<script>alert('x')</script> &amp; <b>bold</b>",
    "'; DROP TABLE petitions; --",
    "tabs\tand\r\nlines\n\n  spaces  ",
    "\ufeffe\u0301 é \u00a0\u2028\u2029\ufffe\x01\x1f\x7f",
    "四" * 4000,
    "🙏" * 4000,
]


@pytest.mark.parametrize("said", FULL_RANGE, ids=range(len(FULL_RANGE)))
def test_a_citizens_words_come_back_as_they_were_sent(city, said):
    with city.unit_of_work() as unit:
        unit.submit_petition(**letter(text=said, title=said[:200], author_name=said[:50]))
        unit.save_content(
            content_id="c1", petition_id="p1", kind="reply", text=said, author="zhang", at=SUBMITTED
        )
    with city.reader() as reader:
        found = reader.petition("p1")
        assert (found.text, found.title, found.author_name) == (said, said[:200], said[:50])
        assert reader.contents("p1")[0].text == said


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    said=st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=400
    )
)
def test_any_text_of_unicode_comes_back_as_it_was_sent(city, said):
    with city.unit_of_work() as unit:
        unit.submit_petition(**letter(text=said))
        assert unit.petition("p1").text == said
        unit.session.rollback()


@pytest.mark.parametrize("bad", ["a\x00b", "half \ud83d pair"])
def test_text_no_database_can_keep_is_refused_not_changed(city, bad):
    with pytest.raises(BadText, match=r"U\+"), city.unit_of_work() as unit:
        unit.submit_petition(**letter(text=bad))


def test_letters_are_numbered_through_a_year(city):
    with city.unit_of_work() as unit:
        numbers = [unit.submit_petition(**letter(f"p{n}")).number for n in range(3)]
        next_year = unit.submit_petition(**letter("p9", received_on=date(2027, 1, 1))).number
    assert numbers == ["2026-000001", "2026-000002", "2026-000003"]
    assert next_year == "2027-000001"


def test_a_letter_that_failed_leaves_no_gap_in_the_numbers(city):
    with pytest.raises(NotFound, match="'mars'"), city.unit_of_work() as unit:
        unit.submit_petition(**letter("p1", addressee="mars"))
    with city.unit_of_work() as unit:
        assert unit.submit_petition(**letter("p2")).number == "2026-000001"


def test_a_letter_and_its_start_are_one_transaction(city):
    with city.unit_of_work() as unit:
        row = unit.submit_petition(**letter())
    assert (row.state, row.instance_state, row.lamp, row.instance) == ("received", "pending", "unlit", LETTER)
    with city.reader() as reader:
        (start,) = reader.due(now=SUBMITTED, kind="start_workflow")
    assert start.instance == LETTER
    assert start.petition_id == "p1"
    assert start.data == {
        "definition": "d" * 64,
        "calendar": "c" * 64,
        "start": {"process_id": "petition", "variables": {"petition_id": "p1"}},
    }


def test_a_citizen_who_presses_send_twice_has_one_letter(city):
    with city.unit_of_work() as unit:
        first = unit.submit_petition(**letter())
    with city.unit_of_work() as unit:
        # The second attempt made a new id and code; it is answered with those of the first.
        again = unit.submit_petition(
            **letter("p2", act_id="submit-p1", submitted_at=SUBMITTED + timedelta(hours=1))
        )
    assert (again.id, again.number, again.tracking_code) == (first.id, first.number, first.tracking_code)
    with city.reader() as reader:
        assert len(reader.petitions(now=SUBMITTED).items) == 1
        assert len(reader.due(now=day(1))) == 1


@pytest.mark.parametrize("change", [{"text": "x"}, {"addressee": "water"}, {"public_consent": False}])
def test_another_letter_under_the_same_act_is_refused(city, change):
    with city.unit_of_work() as unit:
        unit.submit_petition(**letter())
    with pytest.raises(Conflict, match="2026-000001"), city.unit_of_work() as unit:
        unit.submit_petition(**letter("p2", act_id="submit-p1", **change))


@pytest.mark.parametrize("change", [{"petition_id": "p1"}, {"tracking_code": "code-p1"}])
def test_ids_and_codes_are_given_once(city, change):
    with city.unit_of_work() as unit:
        unit.submit_petition(**letter())
    with pytest.raises(Conflict, match="taken"), city.unit_of_work() as unit:
        unit.submit_petition(**(letter("p2") | change))


def test_a_letter_is_found_by_id_code_and_number_only(city):
    with city.unit_of_work() as unit:
        unit.submit_petition(**letter())
        unit.submit_petition(**letter("2026-000001"))
    with city.reader() as reader:
        assert {reader.petition(ref).id for ref in ("p1", "code-p1")} == {"p1"}
        assert reader.petition("2026-000001").id == "2026-000001", "an id comes before a number"
        assert reader.petition("2026-000002").id == "2026-000001"
        assert reader.petition("submit-p1") is None


def test_turning_pages_shows_every_letter_once_while_others_are_filed(city):
    with city.unit_of_work() as unit:
        for n in range(7):
            # Letters of the same instant must not hide one another either.
            unit.submit_petition(**letter(f"p{n}", submitted_at=day(n // 3)))
    seen: list[str] = []
    cursor = None
    for turn in range(10):
        with city.unit_of_work() as unit:
            page = unit.petitions(now=day(9), limit=2, cursor=cursor)
            unit.submit_petition(**letter(f"later{turn}", submitted_at=day(10)))
        seen += [row.id for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == ["p6", "p5", "p4", "p3", "p2", "p1", "p0"]


def test_a_cursor_that_is_none_is_refused(city):
    for bad in ("x", "????", "bm8gYmFy", "2026"):
        with pytest.raises(StoreError, match="cursor"), city.reader() as reader:
            reader.petitions(now=SUBMITTED, cursor=bad)


def test_lists_are_filtered_by_what_a_clerk_looks_for(city):
    with city.unit_of_work() as unit:
        unit.submit_petition(**letter("p1"))
        unit.submit_petition(**letter("p2", kind="report"))
        unit.submit_petition(**letter("p3", public_consent=False, addressee="water"))
        unit.apply_flush(flush(*first_round()[:3]))
        unit.apply_flush(flush(*first_round()[:2], instance="petition-p2"))

    def ids(**conditions):
        with city.reader() as reader:
            return {row.id for row in reader.petitions(now=day(1), **conditions).items}

    assert ids() == {"p1", "p2", "p3"}
    assert ids(department="water") == {"p1"}
    assert ids(state="accepted") == {"p2"}
    assert ids(state="received") == {"p3"}
    assert ids(addressee="water") == {"p3"}
    assert ids(kind="report") == {"p2"}
    assert ids(accepted_only=True) == {"p1", "p2"}
    assert ids(public_only=True) == {"p1"}, "without consent and 举报 are never public"
    assert ids(lamp="unlit", department="roads") == set()


def test_a_letter_that_waits_for_temporal_still_turns_yellow_on_the_board(city):
    with city.unit_of_work() as unit:
        unit.submit_petition(**letter(expected_clocks=[letter_clock()]))
    with city.reader() as reader:
        assert reader.petition("p1", now=YELLOW - timedelta(seconds=1)).lamp == "unlit"
        assert reader.petition("p1", now=YELLOW).lamp == "yellow"
    with city.unit_of_work() as unit:
        unit.apply_flush(flush(first_round()[0]))
        assert [(clock.clock, clock.run) for clock in unit.clocks("p1")] == [("letter", 1)]


def test_a_reply_is_kept_once_and_never_replaced(city):
    reply = {"content_id": "c1", "petition_id": "p1", "kind": "reply", "text": "已修好", "author": "zhang"}
    with city.unit_of_work() as unit:
        unit.submit_petition(**letter())
        unit.save_content(**reply, at=SUBMITTED)
        assert unit.save_content(**reply, at=day(1)).at == SUBMITTED
    with pytest.raises(Conflict, match="another text"), city.unit_of_work() as unit:
        unit.save_content(**(reply | {"text": "别的"}), at=SUBMITTED)
    with pytest.raises(NotFound), city.unit_of_work() as unit:
        unit.save_content(**(reply | {"content_id": "c2", "petition_id": "p7"}), at=SUBMITTED)
    with city.reader() as reader:
        assert reader.content("c1").text == "已修好"
        assert reader.content("c2") is None
