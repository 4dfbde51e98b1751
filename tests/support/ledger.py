"""Holds what was acknowledged against the store and against Temporal's histories."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import func, select
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

from tests.support.in_flight import PATH, SUBMIT, Sent
from wenzheng import contracts
from wenzheng.store import Store, open_store
from wenzheng.store.projection import FOLDED
from wenzheng.store.tables.instances import InstanceTable
from wenzheng.store.tables.log import RecordTable, VoidedRecordTable
from wenzheng.store.tables.notices import OutboxTable

NOTICES = ("accepted", "replied", "fed_back")
"""Templates of what an author hears of a solved letter, in order."""
FACTS = (
    "accepted",
    "assigned",
    "acknowledged",
    "drafted",
    "replied",
    "reported",
    "completed",
    "fed_back",
    "verdict",
)

END_SECONDS = 20.0
"""A workflow whose every act was acknowledged has nothing left to do but to end."""

_ACCEPTED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED


@dataclass
class History:
    """What matters of one workflow's history."""

    events: int
    run_id: str
    result: str
    acts: list[str]
    """Ids of the accepted updates, in order."""
    kinds: Counter[str] = field(default_factory=Counter)


async def history(client: Client, instance: str) -> History:
    """Waits for the end of the workflow, but not for ever."""
    handle = client.get_workflow_handle(instance, result_type=str)
    try:
        async with asyncio.timeout(END_SECONDS):
            result = await handle.result()
    except TimeoutError:
        result = (
            f"still running: every act was acknowledged, but Temporal does not have them all ({instance})"
        )
    found = (await handle.fetch_history()).events
    return History(
        events=len(found),
        run_id=found[0].workflow_execution_started_event_attributes.original_execution_run_id,
        result=result,
        acts=[_act_id(event) for event in found if event.event_type == _ACCEPTED],
        kinds=Counter(EventType.Name(event.event_type) for event in found),
    )


def _act_id(accepted: HistoryEvent) -> str:
    asked = accepted.workflow_execution_update_accepted_event_attributes.accepted_request.input
    return str(json.loads(asked.args.payloads[0].data)["act_id"])


async def histories(client: Client, letters: Sequence[Sent]) -> dict[str, History]:
    """The histories of letters, by name; a few at a time."""
    slots = asyncio.Semaphore(8)

    async def one(letter: Sent) -> History:
        async with slots:
            return await history(client, letter.instance)

    found = await asyncio.gather(*map(one, letters))
    return {letter.name: each for letter, each in zip(letters, found, strict=True)}


def check_solved(letter: Sent, found: History) -> None:
    """Temporal's side: it finished as solved, and exactly the acknowledged acts happened, in their order."""
    assert letter.acknowledged == [letter.act_id(act) for act in (SUBMIT, *(act for act, *_ in PATH))]
    assert found.acts == letter.acknowledged[1:], (letter.name, found.result)
    assert found.result == "solved", letter.name


def check_recorded(store: Store, letter: Sent, *, relayed: bool = True) -> None:
    """The store's side: every act once, in order, without gaps; facts and notices once each.

    `relayed`: its workflow was started from the outbox, not by the test.
    """
    with store.reader() as reader:
        session = reader.session
        records = session.scalars(
            select(RecordTable)
            .where(RecordTable.instance == letter.instance)
            .order_by(RecordTable.seq, RecordTable.ordinal)
        ).all()
        facts = [fact.fact for fact in reader.facts(letter.id)]
        outbox = reader.outbox(petition_id=letter.id)
        instance = reader.instance(letter.instance)
        tasks = reader.tasks(petition_id=letter.id)
    acts = [
        (key, [row.ordinal for row in rows]) for key, rows in groupby(records, lambda r: (r.seq, r.act_id))
    ]
    names = [act_id for (_, act_id), _ in acts]
    assert [seq for (seq, _), _ in acts] == list(range(1, len(acts) + 1)), acts
    assert len(set(names)) == len(names), names
    assert all(ordinals == list(range(len(ordinals))) for _, ordinals in acts), acts
    sent = letter.acknowledged[1:]
    assert [name for name in names if name.startswith(f"{letter.name}-")] == sent, names
    assert names[0] == "start"
    assert len([name for name in names if name.startswith("service-")]) == len(NOTICES), names
    assert len(names) == 1 + len(sent) + len(NOTICES), names
    assert tuple(facts) == FACTS, letter.name
    assert [task.element for task in tasks] == [act for act, *_ in PATH], letter.name
    assert [row.template for row in outbox if row.kind == "notice"] == list(NOTICES), outbox
    starts = [row for row in outbox if row.kind == "start_workflow"]
    assert [row.sent_at is not None for row in starts] == [relayed], starts
    requested = [row.data["call_id"] for row in records if row.kind == contracts.SERVICE_REQUESTED]
    notices = {row.key.rpartition("/")[0] for row in outbox if row.kind == "notice"}
    assert notices == {f"{letter.instance}/{call_id}" for call_id in requested}
    assert instance is not None
    assert (instance.state, instance.outcome, instance.seq) == ("completed", "solved", len(acts))


def read_model(session: Any, instance: str) -> dict[str, list[str]]:
    """Everything the store derives from the log of an instance."""
    found = {}
    for table in (*FOLDED, InstanceTable, OutboxTable):
        columns = list(table.__table__.columns)
        rows = session.execute(select(*columns).where(table.instance == instance)).all()
        found[str(table.__tablename__)] = sorted(map(repr, rows))
    return found


def check_fold(store: Store, letter: Sent) -> None:
    """What stands in the read model is what a fold of the log from scratch gives."""
    with store.unit_of_work() as unit:
        stands = read_model(unit.session, letter.instance)
        unit.rebuild(letter.instance)
        unit.session.flush()
        assert read_model(unit.session, letter.instance) == stands, letter.name
        unit.session.rollback()


def repeated(store: Store) -> dict[str, int]:
    """How often work was done twice and made good: voided rows, voided acts, notices asked for again."""
    voided = VoidedRecordTable
    with store.reader() as reader:
        rows = reader.session.scalar(select(func.count()).select_from(voided)) or 0
        acts = reader.session.scalar(
            select(func.count()).select_from(
                select(voided.instance, voided.act_id, voided.seq, voided.at).distinct().subquery()
            )
        )
        again = [
            row
            for row in reader.session.scalars(
                select(RecordTable.data).where(RecordTable.kind == contracts.SERVICE_FINISHED)
            )
            if row["output"] == {"queued": False}
        ]
    return {"voided_rows": rows, "voided_acts": acts or 0, "notices_again": len(again)}


async def check_all(client: Client, database_url: str, letters: Sequence[Sent]) -> dict[str, int]:
    """Every letter is solved, in Temporal and in the store; returns the events of each history."""
    found = await histories(client, letters)
    with closing(open_store(database_url)) as store:
        for letter in letters:
            check_solved(letter, found[letter.name])
            check_recorded(store, letter)
            check_fold(store, letter)
    return {letter.name: found[letter.name].events for letter in letters}
