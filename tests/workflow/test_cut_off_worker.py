"""A worker that was cut off and comes back late changes nothing of what has happened meanwhile."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.in_flight import (
    PARTS,
    PATH,
    SUCCESSOR,
    WORKER,
    Sent,
    city,
    client_of,
    people_of,
    store_locked,
    until_taken_up,
    until_waiting,
)
from tests.support.ledger import check_fold, repeated
from wenzheng.store import Store, open_store

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kills")]


def facts(store: Store, letter: Sent) -> list[str]:
    with store.reader() as reader:
        return [fact.fact for fact in reader.facts(letter.id)]


async def test_what_a_worker_writes_late_does_not_void_what_its_successor_has_done(tmp_path: Path) -> None:
    letter = Sent("cut-off")
    accept, assign = PATH[0], PATH[1]
    async with city(tmp_path) as town, people_of(town.settings, town.url) as people:
        await town.start(*PARTS)
        await people.until_web_answers()
        await people.submit(letter)
        client = await client_of(town.server.address)
        await until_waiting(client, people, letter, accept[0])
        async with store_locked(town.settings):
            asked = asyncio.create_task(people.once(letter, *accept))
            await until_taken_up(client, letter.instance)
            town.freeze(WORKER)
        await town.start(SUCCESSOR)
        await people.do(letter, *accept)
        await people.do(letter, *assign)
        with closing(open_store(town.settings.database_url)) as store:
            before = facts(store, letter)
            town.thaw(WORKER)
            await asyncio.to_thread(town.end, WORKER)  # it finishes the write that it had begun
            assert facts(store, letter) == before == ["accepted", "assigned"]
            assert repeated(store)["voided_acts"] == 0
            assert "overtaken" in town.said(WORKER).lower()
            check_fold(store, letter)
        await people.go_on(letter, PATH[2:])
        asked.cancel()
