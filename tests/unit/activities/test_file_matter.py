"""A matter of the forum becomes one letter, however often it is asked for; its session hears of its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.ports import ServicePorts
from activities.services.file_matter import CONTRACT, Service
from tests.support.house import make_store
from wenzheng.bootstrap.city import PETITION, latest_calendar, matters_of
from wenzheng.bootstrap.deploying import deploy
from wenzheng.catalog.bundle import read_bundle
from wenzheng.contracts import FACT_REACHED, INSTANCE_ENDED, INSTANCE_STARTED, Flush, Record, ServiceCall
from wenzheng.settings import definitions_dir
from wenzheng.store import Store
from wenzheng.store.outbox import DELIVER, START_WORKFLOW
from wenzheng.store.views.notices import OutboxEntry

NOW = datetime(2026, 12, 18, 12, 0, tzinfo=UTC)
SESSION = "s1"
WORDS = "小区停电\n请问什么时候修好？"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(make_store(tmp_path)) as store:
        deploy(store, read_bundle(definitions_dir() / PETITION))
        with store.unit_of_work() as unit:
            unit.open_forum_session(
                session_id=SESSION,
                act_id="open",
                title="十二月论坛",
                session_on=date(2026, 12, 18),
                opened_by="clerk",
                opened_at=NOW,
                definition="d" * 64,
                calendar=latest_calendar(store).version,
                start={},
            )
            unit.save_session_texts(
                session_id=SESSION,
                texts=[("c1", "matter_text", WORDS), ("c2", "matter_text", "何时通车？")],
                author="supervisor",
                unit_id=None,
                at=NOW,
            )
        yield store


def call(store: Store, call_id: str = "call-1", **changed: Any) -> dict[str, Any]:
    given = {
        "session_id": SESSION,
        "session_on": "2026-12-18",
        "text": "c1",
        "kind": "promised",
        "unit": "housing_property",
        "promised_by": "2027-01-29",
    }
    ports = ServicePorts(store, lambda: NOW, matters_of(store))
    answer = Service(ports).run(ServiceCall(f"forum-{SESSION}", call_id, given | changed))
    assert CONTRACT.check_output(answer) == []
    return answer


def due(store: Store, kind: str) -> list[OutboxEntry]:
    with store.reader() as reader:
        return list(reader.due(now=datetime(2028, 1, 1, tzinfo=UTC), kind=kind))


def end(store: Store, petition_id: str) -> None:
    instance = f"petition-{petition_id}"
    ended = {"state": "completed", "outcome": "solved"}
    rows = [Record("start", 0, 1, INSTANCE_STARTED, "petition", NOW, {"process": "petition"}),
            Record("end", 0, 2, INSTANCE_ENDED, "closed", NOW, ended)]  # fmt: skip
    store.apply_flush(Flush(instance, "d" * 64, "c" * 64, rows, "digest"))


def test_a_promise_becomes_a_letter_of_its_own_received_on_the_day_of_the_session(store: Store) -> None:
    filed = call(store)
    assert filed["latest_due"] == "2027-01-29"
    with store.reader() as reader:
        letter = reader.petition(filed["petition_id"])
        (matter,) = reader.forum_matters(SESSION)
    assert letter is not None
    assert (letter.title, letter.text, letter.channel, letter.kind) == ("小区停电", WORDS, "forum", "help")
    assert (letter.received_on, letter.addressee) == (date(2026, 12, 18), "housing")
    assert letter.yellow_from is not None  # its clock is shown before its process has begun
    assert (matter.position, matter.unit_id, matter.due) == (1, "housing_property", date(2027, 1, 29))
    assert [row.instance for row in due(store, START_WORKFLOW)][-1] == letter.instance


def test_called_again_it_files_nothing_and_answers_the_same(store: Store) -> None:
    first = call(store)
    assert call(store) == first
    with store.reader() as reader:
        assert len(reader.forum_matters(SESSION)) == 1


def test_a_matter_that_comes_again_by_another_call_is_filed_once_and_none_is_lost(store: Store) -> None:
    """After a crash acts come back in another order: call 1 is then somebody else's."""
    first = call(store, "call-1")
    other = call(store, "call-1", text="c2", unit="transport")
    assert call(store, "call-2")["petition_id"] == first["petition_id"] != other["petition_id"]
    with store.reader() as reader:
        assert [one.title for one in reader.forum_matters(SESSION)] == ["小区停电", "十二月论坛（2）"]


def test_two_matters_are_two_letters_and_the_latest_day_is_that_of_both(store: Store) -> None:
    first = call(store)
    second = call(store, "call-2", text="c2", kind="unanswered", unit="transport", promised_by=None)
    assert second["petition_id"] != first["petition_id"]
    assert second["latest_due"] == "2027-01-29"
    assert [one["due"] for one in second["schedule"]] == ["2027-01-11", "2027-01-29"]
    assert second["schedule"][0]["matter"] == second["petition_id"]
    with store.reader() as reader:
        _, other = reader.forum_matters(SESSION)
    # A text of one line has no name of its own; 15 working days from 12-18, New Year's Day being off.
    assert (other.title, other.kind, other.due) == ("十二月论坛（2）", "unanswered", date(2027, 1, 11))


@pytest.mark.parametrize("wrong", [{"text": "nobody-wrote-it"}, {"session_id": "another"}])
def test_what_is_not_there_is_for_an_operator_and_not_tried_for_ever(
    store: Store, wrong: dict[str, Any]
) -> None:
    with pytest.raises(ApplicationError, match="expected") as refused:
        call(store, **wrong)
    assert (refused.value.type, refused.value.non_retryable) == ("matter-refused", True)


def test_the_session_is_told_once_when_the_letter_ends(store: Store) -> None:
    petition_id = call(store)["petition_id"]
    assert due(store, DELIVER) == []
    end(store, petition_id)
    end(store, petition_id)  # the same rows again, as after a kill
    (row,) = due(store, DELIVER)
    assert row.instance == f"forum-{SESSION}"
    said = {"matter": petition_id, "ended_as": "solved"}
    assert (row.data["name"], row.data["data"]) == ("matter_settled", said)
    assert row.data["act_id"].startswith(f"petition-{petition_id}/")


def test_the_session_is_told_of_the_answer_and_of_the_completion_too(store: Store) -> None:
    petition_id = call(store)["petition_id"]
    facts = [Record("start", 0, 1, INSTANCE_STARTED, "petition", NOW, {"process": "petition"})]
    for seq, fact in enumerate(("acknowledged", "replied", "completed"), 2):
        facts.append(Record(fact, 0, seq, FACT_REACHED, fact, NOW, {"fact": fact}))
    store.apply_flush(Flush(f"petition-{petition_id}", "d" * 64, "c" * 64, facts, "digest"))
    told = sorted((row.data["name"], row.data["data"]["matter"]) for row in due(store, DELIVER))
    assert told == [("matter_completed", petition_id), ("matter_replied", petition_id)]


def test_a_city_may_give_questions_more_or_fewer_days(store: Store) -> None:
    (only,) = call(store, promised_by=None, result_days=5)["schedule"]
    assert only["due"] == "2026-12-25"


def test_a_letter_that_is_no_matter_tells_nobody(store: Store) -> None:
    end(store, "of-a-citizen")
    assert due(store, DELIVER) == []
