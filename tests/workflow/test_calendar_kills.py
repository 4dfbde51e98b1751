"""A version of the calendar reaches every letter it touches, once, and no other, whoever is killed."""

from __future__ import annotations

import asyncio
import random
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from tests.support.in_flight import (
    PARTS,
    SERVER,
    WEB,
    WORKER,
    City,
    city,
    client_of,
    people_of,
    until_true,
)
from wenzheng.bootstrap.city import PETITION, latest_calendar
from wenzheng.calendars import Calendar
from wenzheng.contracts import CALENDAR_CHANGED, CALENDAR_SIGNAL, petition_instance_id
from wenzheng.store import Store, open_store
from wenzheng.store.calendar_moves import MoveProgress

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kills")]

LETTERS, TOUCHED = 40, 10
SECONDS = 120.0
"""In which everybody must have heard, also on a machine that is busy with other tests."""


def submit(store: Store, calendar: Calendar) -> tuple[list[str], list[str]]:
    """Letters received today and twelve working days ago; the relay starts them."""
    now = datetime.now(UTC)
    today = calendar.today(now)
    touched: list[str] = []
    other: list[str] = []
    for number in range(LETTERS):
        near = number < TOUCHED
        received_on = today if near else calendar.add(today, -12).date
        name = f"{number:032x}"
        with store.unit_of_work() as unit:
            root = next(one.id for one in unit.units() if one.parent_id is None)
            definition = unit.latest_definition(PETITION)
            assert definition is not None
            unit.submit_petition(
                petition_id=name,
                tracking_code=name[-20:],
                act_id=f"submit-{name}",
                title="路灯坏了",
                text="路灯坏了。",
                kind="help",
                channel="web",
                addressee=root,
                author_name="王小明",
                author_contact="13800000000",
                public_consent=True,
                received_on=received_on,
                submitted_at=now,
                definition=definition.digest,
                calendar=calendar.version,
                start={
                    "process": PETITION,
                    "variables": {"petition_id": name, "received_on": received_on.isoformat()},
                },
            )
        (touched if near else other).append(petition_instance_id(name))
    return touched, other


def another(calendar: Calendar) -> Calendar:
    """A day off that only what was received today comes to."""
    day = calendar.add(calendar.today(datetime.now(UTC)), 13).date
    document = calendar.document()
    document["days_worked"].pop(day.isoformat(), None)
    document["days_off"][day.isoformat()] = {
        "name_zh": "休",
        "name_en": "off",
        "notice": next(iter(document["notices"])),
    }
    return Calendar.from_document(document)


def put_in_force(store: Store, calendar: Calendar) -> None:
    now = datetime.now(UTC)
    with store.unit_of_work() as unit:
        document = calendar.document()
        number = unit.save_calendar(digest=calendar.version, id=calendar.id, document=document, at=now)
        assert unit.plan_moves(calendar, number, now) == TOUCHED


def progress(store: Store) -> MoveProgress:
    with store.reader() as reader:
        return reader.move_progress("cn")[0]


def heard(store: Store, instance: str) -> list[str]:
    """The acts by which an instance took a version."""
    with store.reader() as reader:
        return [one.act_id for one in reader.records(instance) if one.kind == CALENDAR_CHANGED]


async def events(client: Client, instance: str) -> list[Any]:
    history = await client.get_workflow_handle(instance).fetch_history()
    return list(history.events)


async def kill_in_turn(town: City, store: Store, seed: int) -> None:
    """The worker before, web and server amid the telling, the worker amid the counting, then all."""
    rng = random.Random(seed)
    await until_true(told_some(store), "somebody to be told", SECONDS)
    town.kill(WEB, SERVER)
    await town.start(SERVER, WORKER, WEB)
    for _ in range(3):
        await asyncio.sleep(rng.random())
        victims = rng.sample(PARTS, rng.randint(1, len(PARTS)))
        town.kill(*victims)
        await town.start(*sorted(victims, key=PARTS.index))


def told_some(store: Store) -> Any:
    async def look() -> bool:
        found = progress(store)
        return found.told + found.moved > 0

    return look


async def test_every_letter_that_a_version_touches_hears_of_it_once_and_no_other_does(tmp_path: Path) -> None:
    async with city(tmp_path) as town, people_of(town.settings, town.url) as people:
        await town.start(*PARTS)
        await people.until_web_answers()
        with closing(open_store(town.settings.database_url)) as store:
            calendar = latest_calendar(store)
            touched, other = submit(store, calendar)

            async def all_run() -> bool:
                with store.reader() as reader:
                    rows = [reader.instance(name) for name in (*touched, *other)]
                return all(row is not None and row.state == "running" for row in rows)

            await until_true(all_run, "all letters to run", SECONDS)
            client = await client_of(town.server.address)
            before = {name: len(await events(client, name)) for name in other}
            new = another(calendar)
            town.kill(WORKER)
            put_in_force(store, new)
            await kill_in_turn(town, store, seed=20260930)

            async def all_moved() -> bool:
                return progress(store).moved == TOUCHED

            await until_true(all_moved, "every touched letter to count by the version", SECONDS)
            assert [len(heard(store, name)) for name in touched] == [1] * TOUCHED
            assert [heard(store, name) for name in other] == [[]] * len(other)
            client = await client_of(town.server.address)
            assert {name: len(await events(client, name)) for name in other} == before
            for name in touched:
                signals = [
                    one.workflow_execution_signaled_event_attributes.signal_name
                    for one in await events(client, name)
                    if one.HasField("workflow_execution_signaled_event_attributes")
                ]
                assert set(signals) == {CALENDAR_SIGNAL}
            with store.reader() as reader:
                versions = {name: getattr(reader.instance(name), "calendar", None) for name in touched}
            assert set(versions.values()) == {new.version}
