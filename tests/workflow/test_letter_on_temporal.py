"""A letter on the time-skipping server: its path, its clocks, and who hears of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from tests.support.house import DEPARTMENT, House, Letter, house, petition_bundle, skipping_server
from tests.support.ledger import FACTS
from wenzheng.bootstrap.deploying import deploy
from wenzheng.calendars import Calendar
from wenzheng.calendars.china import china_document
from wenzheng.catalog.bundle import Bundle
from wenzheng.contracts import (
    REFUSED_ALREADY_DONE,
    REFUSED_DATA,
    REFUSED_NOT_OPEN,
    REFUSED_ROLE,
    RESOLVE_INCIDENT_UPDATE,
    SERVICE_FINISHED,
    THRESHOLD_PASSED,
    ResolveIncident,
)
from wenzheng.gateways.ports import ActRefused
from wenzheng.gateways.processes import TemporalProcesses

NATIONAL_DAY: dict[str, Any] = {
    "notices": {
        "made-up": {
            "title_zh": "2027年国庆节放假安排（测试用）",
            "title_en": "National Day 2027, made up for a test",
            "number": None,
            "published": "2026-11-01",
            "kind": "decree",
        }
    },
    "off": [date(2027, 10, day) for day in range(1, 8)],
    "worked": [date(2027, 9, 26), date(2027, 10, 9)],
}


def with_national_day_2027() -> Calendar:
    """The shipped calendar with a notice for autumn 2027 as the State Council writes them.

    Made up, because 2027 is not decreed yet and the test server cannot go back to 2026.
    """
    document = china_document()
    autumn = ("2027-09-20", "2027-10-15")
    for kind, days in (("days_off", NATIONAL_DAY["off"]), ("days_worked", NATIONAL_DAY["worked"])):
        kept = {day: what for day, what in document[kind].items() if not autumn[0] <= day <= autumn[1]}
        decreed = {
            day.isoformat(): {"name_zh": "国庆节", "name_en": "National Day", "notice": "made-up"}
            for day in days
        }
        document[kind] = dict(sorted((kept | decreed).items()))
    document["notices"] |= NATIONAL_DAY["notices"]
    document["decreed_through"] = "2027-12-31"
    return Calendar.from_document(document)


async def refusal_of(acting: Any) -> ApplicationError:
    """The error by which an act is refused."""
    with pytest.raises(WorkflowUpdateFailedError) as caught:
        await acting
    assert isinstance(caught.value.cause, ApplicationError)
    return caught.value.cause


def inbox_of(home: House, letter: Letter) -> list[tuple[str, str | None, str]]:
    """(role, unit, threshold) of every entry that a letter has put into an inbox."""
    with home.store.reader() as reader:
        return [(entry.role, entry.unit_id, entry.threshold) for entry in reader.escalations(letter.id)]


async def test_citizen_sees_a_letter_go_from_submission_to_closed(tmp_path: Path) -> None:
    async with skipping_server() as server, house(tmp_path, server) as home:
        letter = await home.submit(date(2026, 9, 30))
        assert await letter.close() == "solved"
        with home.store.reader() as reader:
            facts = [fact.fact for fact in reader.facts(letter.id)]
        assert facts == list(FACTS)


async def test_supervisor_hears_of_a_silent_department_on_the_right_days_across_national_day(
    tmp_path: Path,
) -> None:
    # Counted by hand: 30 September is day 0; 8, 9 (a Saturday, worked), 11, 12 and 13 October are
    # the five days, 27 October is the fifteenth. Midnight in Shanghai is 16:00 UTC the day before.
    yellow, red = datetime(2027, 10, 13, 16, tzinfo=UTC), datetime(2027, 10, 27, 16, tzinfo=UTC)
    async with skipping_server() as server, house(tmp_path, server) as home:
        home.use_calendar(with_national_day_2027())
        with server.auto_time_skipping_disabled():
            start = datetime(2027, 9, 30, 2, tzinfo=UTC)
            await server.sleep(start - await server.get_current_time())
            letter = await home.submit(date(2027, 9, 30))
            await letter.accept_and_assign()
            await letter.until_open("sign")
            await letter.act("sign", "department")
            await server.sleep(yellow - await server.get_current_time())
            await letter.until_flushed()
            after_yellow = inbox_of(home, letter)
            await server.sleep(red - await server.get_current_time())
            await letter.until_flushed()
        with home.store.reader() as reader:
            passed = [
                (record.data["clock"], record.data["threshold"], record.data["from"])
                for record in reader.timeline(letter.id)
                if record.kind == THRESHOLD_PASSED and record.data["lamp"]
            ]
            notices = [
                (entry.recipient_role, entry.not_before)
                for entry in reader.outbox(petition_id=letter.id)
                if entry.template == "escalation"
            ]
        assert passed == [("letter", "yellow", yellow.isoformat()), ("letter", "red", red.isoformat())]
        assert after_yellow == [("department_head", DEPARTMENT, "yellow")]
        assert sorted(inbox_of(home, letter)) == [
            ("department_head", DEPARTMENT, "red"),
            ("department_head", DEPARTMENT, "yellow"),
            ("supervisor", None, "red"),
        ]
        half_past_eight = datetime(2027, 10, 14, 0, 30, tzinfo=UTC)
        assert notices[0] == ("department_head", half_past_eight)
        assert {role for role, _ in notices[1:]} == {"department_head", "supervisor"}


async def test_centre_head_hears_of_a_letter_that_nobody_assigns(tmp_path: Path) -> None:
    async with skipping_server() as server, house(tmp_path, server) as home:
        with server.auto_time_skipping_disabled():
            today = (await server.get_current_time()).astimezone(home.calendar.zone).date()
            letter = await home.submit(today)
            await letter.until_open("accept")
            late = home.calendar.late_from(today, 5)
            await server.sleep(late - await server.get_current_time())
            await letter.until_flushed()
        entries = inbox_of(home, letter)
        assert sorted((role, threshold) for role, _, threshold in entries) == [
            ("centre_head", "late"),
            ("centre_head", "yellow"),
        ]


async def test_silent_author_closes_as_unconfirmed_never_as_satisfied(tmp_path: Path) -> None:
    async with skipping_server() as server, house(tmp_path, server) as home:
        letter = await home.submit(date(2026, 11, 2))
        await letter.accept_and_assign()
        await letter.answer()
        await server.sleep(timedelta(days=20))
        assert await letter.handle.result() == "unconfirmed"
        with home.store.reader() as reader:
            assert "verdict" not in [fact.fact for fact in reader.facts(letter.id)]


async def test_author_who_is_not_satisfied_twice_reaches_the_supervision_office(tmp_path: Path) -> None:
    async with skipping_server() as server, house(tmp_path, server) as home:
        letter = await home.submit(date(2026, 11, 2))
        await letter.accept_and_assign()
        for _ in range(2):
            await letter.answer()
            await letter.act("rate", "author", solved=False, satisfaction=1)
        await letter.until_open("decide")
        await letter.act("decide", "supervisor", content_id="c9")
        assert await letter.handle.result() == "decided"


async def test_author_may_withdraw_at_any_step(tmp_path: Path) -> None:
    async with skipping_server() as server, house(tmp_path, server) as home:
        fresh, assigned = await home.submit(date(2026, 11, 2)), await home.submit(date(2026, 11, 2))
        await fresh.until_open("accept")
        await assigned.accept_and_assign()
        await fresh.withdraw()
        await assigned.withdraw()
        assert await fresh.handle.result() == "withdrawn"
        assert await assigned.handle.result() == "withdrawn"
        with home.store.reader() as reader:
            assert reader.tasks(petition_id=assigned.id, open_only=True) == []


async def test_clerk_with_wrong_data_role_or_moment_is_told_and_nothing_changes(tmp_path: Path) -> None:
    async with skipping_server() as server, house(tmp_path, server) as home:
        letter = await home.submit(date(2026, 11, 2))
        await letter.until_open("accept")
        before = (await letter.snapshot()).digest
        wrong_data = await refusal_of(letter.act("accept", "clerk", accepted="perhaps"))
        wrong_role = await refusal_of(letter.act("accept", "department", accepted=True))
        too_early = await refusal_of(letter.act("reply", "department", content_id="c"))
        assert (wrong_data.type, wrong_role.type, too_early.type) == (
            REFUSED_DATA,
            REFUSED_ROLE,
            REFUSED_NOT_OPEN,
        )
        assert "'accepted' must be a value of type bool" in wrong_data.message
        assert (await letter.snapshot()).digest == before


async def test_second_clerk_hears_who_was_first(tmp_path: Path) -> None:
    async with skipping_server() as server, house(tmp_path, server) as home:
        letter = await home.submit(date(2026, 11, 2))
        await letter.until_open("accept")
        await letter.act("accept", "clerk", actor="zhang", accepted=True)
        late = await refusal_of(letter.act("accept", "clerk", actor="li", accepted=False))
        assert late.type == REFUSED_ALREADY_DONE
        assert late.details[0]["by"] == "zhang"


async def test_same_act_twice_is_one_act_also_across_a_new_history(tmp_path: Path) -> None:
    async with skipping_server() as server, house(tmp_path, server) as home:
        letter = await home.submit(date(2026, 11, 2), history_limit=10)
        first_run = (await letter.handle.describe()).run_id
        await letter.until_open("accept")
        once = await letter.act("accept", "clerk", act_id="a1", accepted=True)
        await letter.until_open("assign")
        await letter.act("assign", "clerk", act_id="a2", department=DEPARTMENT)
        await letter.until_open("sign")
        assert (await letter.handle.describe()).run_id != first_run
        other = await refusal_of(letter.act("sign", "department", act_id="a1"))
        assert other.type == REFUSED_DATA
        again = await letter.act("accept", "clerk", act_id="a1", accepted=True)
        assert (again.seq, again.actor, again.at) == (once.seq, once.actor, once.at)
        assert _ordinals(home, letter, "a1") == [0, 1]


def _ordinals(home: House, letter: Letter, act_id: str) -> list[int]:
    with home.store.reader() as reader:
        return [record.ordinal for record in reader.timeline(letter.id) if record.act_id == act_id]


async def test_letter_lives_through_many_histories(tmp_path: Path) -> None:
    async with skipping_server() as server, house(tmp_path, server) as home:
        letter = await home.submit(date(2026, 11, 2), history_limit=8)
        assert await letter.close() == "solved"
        with home.store.reader() as reader:
            seqs = sorted({record.seq for record in reader.timeline(letter.id)})
        assert seqs == list(range(1, len(seqs) + 1))


async def test_letter_waits_for_a_definition_that_is_not_deployed_yet(
    tmp_path: Path,
) -> None:
    shipped = petition_bundle()
    later = Bundle(
        shipped.name,
        {
            name: text.replace("来信办理".encode(), "来信办理二".encode())
            for name, text in shipped.files.items()
        },
    )
    async with skipping_server() as server, house(tmp_path, server) as home:
        home.definition = later.digest
        letter = await home.submit(date(2026, 11, 2))
        await letter.until_stuck()
        deploy(home.store, later)
        assert await letter.close() == "solved"


async def test_operator_retries_a_service_that_failed_and_both_tries_are_recorded(tmp_path: Path) -> None:
    async with skipping_server() as server, house(tmp_path, server) as home:
        letter = await home.submit(date(2026, 11, 2))
        await letter.until_open("accept")
        home.sink.notices_refused = True
        await letter.act("accept", "clerk", accepted=True)
        incident = await letter.until_incident()
        assert (incident["element"], incident["code"]) == ("tell_accepted", "template-missing")
        home.sink.notices_refused = False
        act = ResolveIncident("retry-1", incident["incident_id"], "operator", "retry")
        await letter.handle.execute_update(RESOLVE_INCIDENT_UPDATE, act, id=act.act_id)
        await letter.until_open("assign")
        with home.store.reader() as reader:
            errors = [r.data["error"] for r in reader.timeline(letter.id) if r.kind == SERVICE_FINISHED]
        assert errors == ["template-missing: No such template.", None]


async def test_operator_looks_at_an_incident_and_answers_it_through_the_gateway(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with skipping_server() as server, house(tmp_path, server) as home:
        letter = await home.submit(date(2026, 11, 2))
        await letter.until_open("accept")
        home.sink.notices_refused = True
        await letter.act("accept", "clerk", accepted=True)
        incident_id = (await letter.until_incident())["incident_id"]
        said = [line for line in caplog.messages if line.startswith("Incident: 'tell_accepted' of petition-")]
        assert said, "the worker's log says it"
        assert "No such template" not in said[0]
        processes = TemporalProcesses(server.client.service_client.config.target_host)
        (seen,) = (await processes.snapshot(letter.instance)).incidents
        assert (seen["type"], seen["actions"]) == ("serviceTask", ["retry", "skip", "answer"])
        assert seen["output"] == {"queued": "bool"}
        wrong = ResolveIncident("by-hand", incident_id, "operator", "answer", {"queued": "yes", "odd": 1})
        with pytest.raises(ActRefused, match=r"unexpected 'odd'; 'queued' must be a value of type bool"):
            await processes.resolve_incident(letter.instance, wrong)
        act = ResolveIncident("by-hand", incident_id, "operator", "answer", {"queued": True})
        first = await processes.resolve_incident(letter.instance, act)
        assert await processes.resolve_incident(letter.instance, act) == first
        await letter.until_open("assign")
        late = ResolveIncident("late", incident_id, "other", "skip")
        with pytest.raises(ActRefused) as refused:
            await processes.resolve_incident(letter.instance, late)
        assert refused.value.code == REFUSED_NOT_OPEN
        with home.store.reader() as reader:
            (resolved,) = reader.resolved_incidents()
        assert (resolved.number, resolved.act_id, resolved.actor, resolved.action) == (
            letter.number,
            "by-hand",
            "operator",
            "answer",
        )
