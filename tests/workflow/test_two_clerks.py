"""Two clerks at one task at the same moment, on a real server: one wins, the other hears of it."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import pytest
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from tests.support.house import Letter, house
from wenzheng.contracts import REFUSED_ALREADY_DONE, TASK_CLOSED, ActResult
from wenzheng.gateways.temporal_server import EmbeddedServer

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("embedded-server")]

RACES = 200
AT_ONCE = 20


async def race(letter: Letter) -> tuple[str, str, str]:
    """(winner, who the loser was told, the loser) of two clerks who accept at the same moment."""
    clerks = ("zhang", "li")
    results = await asyncio.gather(
        *(letter.act("accept", "clerk", actor=clerk, accepted=True) for clerk in clerks),
        return_exceptions=True,
    )
    winners = [result.actor for result in results if isinstance(result, ActResult)]
    refusals = [result.cause for result in results if isinstance(result, WorkflowUpdateFailedError)]
    assert len(winners) == 1, [repr(getattr(r, "cause", r)) for r in results]
    [refusal] = refusals
    assert isinstance(refusal, ApplicationError)
    assert refusal.type == REFUSED_ALREADY_DONE
    [loser] = set(clerks) - set(winners)
    return winners[0], refusal.details[0]["by"], loser


async def test_of_two_clerks_exactly_one_wins_and_the_other_hears_who_two_hundred_times(
    tmp_path: Path,
) -> None:
    server = EmbeddedServer(tmp_path)
    await server.start()
    try:
        client = await Client.connect(server.address)
        async with house(tmp_path, client) as home:
            gate = asyncio.Semaphore(AT_ONCE)

            async def one() -> tuple[Letter, tuple[str, str, str]]:
                async with gate:
                    letter = await home.submit(date(2026, 11, 20))
                    await letter.until_open("accept")
                    return letter, await race(letter)

            outcomes = await asyncio.gather(*(one() for _ in range(RACES)))
            for letter, (winner, named, loser) in outcomes:
                assert named == winner != loser
                with home.store.reader() as reader:
                    closed = [r for r in reader.timeline(letter.id) if r.kind == TASK_CLOSED]
                assert [record.data["actor"] for record in closed] == [winner]
    finally:
        server.stop()
