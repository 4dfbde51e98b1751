"""Rows of files, drafts and authors' browsers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.contract.store_samples import SUBMITTED, letter
from wenzheng.store import BadText, NotFound

FILE = {
    "name": "路灯.jpg",
    "media_type": "image/jpeg",
    "size": 2**40,
    "sha256": "a" * 64,
    "added_by": "author",
    "at": SUBMITTED,
}


def test_files_of_a_draft_become_those_of_the_letter(city):
    with city.unit_of_work() as unit:
        draft = unit.save_draft("token", {"title": "路灯"}, SUBMITTED)
        first, fresh = unit.add_attachment(draft_id=draft.id, **FILE)
        assert fresh
        second, _ = unit.add_attachment(draft_id=draft.id, **FILE | {"sha256": "b" * 64})
        again, fresh = unit.add_attachment(draft_id=draft.id, **FILE | {"name": "other.jpg"})
        assert (again.id, fresh) == (first.id, False)
        unit.submit_petition(**letter())
        unit.finish_draft(draft.id, "p1", SUBMITTED)
    with city.reader() as reader:
        found = reader.attachments(petition_id="p1")
        assert [item.id for item in found] == [first.id, second.id]
        assert [item.position for item in found] == [0, 1]
        assert found[0].size == 2**40
        assert reader.attachments(draft_id=draft.id) == []
        assert reader.draft("token").data == {"filed": "p1"}
        assert reader.used_blobs(["a" * 64, "c" * 64]) == {"a" * 64}


def test_a_discarded_draft_takes_its_files_along(city):
    with city.unit_of_work() as unit:
        draft = unit.save_draft("token", {}, SUBMITTED)
        unit.add_attachment(draft_id=draft.id, **FILE)
        unit.discard_draft("token")
        assert unit.draft("token") is None
        assert unit.used_blobs(["a" * 64]) == set()


def test_drafts_nobody_touches_are_swept_and_letters_files_stay(city):
    with city.unit_of_work() as unit:
        old = unit.save_draft("old", {}, SUBMITTED)
        unit.add_attachment(draft_id=old.id, **FILE)
        unit.save_draft("new", {"title": "a"}, SUBMITTED)
        unit.save_draft("new", {"title": "b"}, SUBMITTED + timedelta(days=2))
        unit.submit_petition(**letter())
        kept, _ = unit.add_attachment(petition_id="p1", **FILE)
        assert unit.sweep_drafts(SUBMITTED + timedelta(days=1)) == 1
        assert unit.draft("old") is None
        assert unit.draft("new").data == {"title": "b"}
        assert unit.attachments(petition_id="p1") == [kept]


def test_files_need_a_draft_or_letter_and_storable_names(city):
    with city.unit_of_work() as unit, pytest.raises(NotFound):
        unit.add_attachment(petition_id="nothing", **FILE)
    with city.unit_of_work() as unit, pytest.raises(NotFound):
        unit.add_attachment(**FILE)
    with pytest.raises(BadText), city.unit_of_work() as unit:
        unit.save_draft("token", {"text": "a\0b"}, SUBMITTED)


def test_a_file_is_taken_out_of_a_draft_only_by_the_draft(city):
    with city.unit_of_work() as unit:
        mine, other = (unit.save_draft(token, {}, SUBMITTED) for token in ("mine", "other"))
        file, _ = unit.add_attachment(draft_id=mine.id, **FILE)
        assert not unit.remove_attachment(file.id, draft_id=other.id)
        assert unit.remove_attachment(file.id, draft_id=mine.id)
        assert unit.attachments(draft_id=mine.id) == []


def test_an_authors_browser_is_known_until_it_expires_or_is_closed(city):
    later = SUBMITTED + timedelta(hours=12)
    with city.unit_of_work() as unit:
        unit.submit_petition(**letter())
        unit.open_author_session("token", "p1", now=SUBMITTED, until=later)
        assert unit.authors_petition("token", now=SUBMITTED) == "p1"
        assert unit.authors_petition("token", now=later) is None
        assert unit.authors_petition("guess", now=SUBMITTED) is None
        unit.close_author_session("token")
        assert unit.authors_petition("token", now=SUBMITTED) is None


def test_a_letter_without_a_second_factor_gets_one_once_and_other_browsers_prove_it(city):
    later = SUBMITTED + timedelta(hours=12)
    with city.unit_of_work() as unit:
        unit.submit_petition(**letter())
        assert unit.passphrase_hash("p1") is None
        for token in ("mine", "other"):
            unit.open_author_session(token, "p1", now=SUBMITTED, until=later)
        assert unit.set_passphrase("p1", "$argon2id$1", keep_session="mine")
        assert not unit.set_passphrase("p1", "$argon2id$2", keep_session="other")
        assert unit.passphrase_hash("p1") == "$argon2id$1"
        assert unit.authors_petition("mine", now=SUBMITTED) == "p1"
        assert unit.authors_petition("other", now=SUBMITTED) is None
    with city.unit_of_work() as unit, pytest.raises(NotFound):
        unit.set_passphrase("p9", "x", keep_session="mine")


def test_second_factor_and_language_come_with_the_letter(city):
    with city.unit_of_work() as unit:
        row = unit.submit_petition(**letter(), passphrase_hash="$argon2id$", language="en")
        assert row.language == "en"
        assert unit.passphrase_hash("p1") == "$argon2id$"
