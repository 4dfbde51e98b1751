"""The same definition and answers give the same trace in virtual time and on a real Temporal server.

Random processes with random acts are played on a server, many side by side on one clock, and lived through
once more in a World, in which the same happens at the same instants; timers, clocks and services are each
world's own. For a longer run outside CI:

    SAME_TRACE_SEEDS=100-120 SAME_TRACE_STORIES=200 pytest tests/workflow/test_same_trace_on_temporal.py -s
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support import random_processes
from tests.support.bpmn import MONDAY
from tests.support.replaying import replayed
from tests.support.stage import Played, Stage, stage
from tests.support.stories import THE_END, Story, lived, stories
from wenzheng import contracts

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("same-trace")]

FIRST, _, LAST = os.environ.get("SAME_TRACE_SEEDS", "1-4").partition("-")
SEEDS: Final = range(int(FIRST), int(LAST or FIRST) + 1)
STORIES: Final = int(os.environ.get("SAME_TRACE_STORIES", "75"))
SHORT_HISTORY: Final = 25
"""Events after which every other batch continues as new: the state is carried over several times."""


@cache
def batch(number: int) -> tuple[list[Story], int]:
    return stories(STORIES, number)


@pytest.mark.parametrize("number", SEEDS)
async def test_a_process_leaves_the_same_trace_on_the_server_as_in_virtual_time(
    number: int, tmp_path: Path
) -> None:
    found, left_out = batch(number)
    assert len(found) >= STORIES
    assert left_out <= STORIES / 10
    async with stage(tmp_path) as real:
        played = await real.play(found, history_limit=SHORT_HISTORY if number % 2 else 0)
        for one in played:
            compare(real, one)
        kept = await real.keep(played, tmp_path)
    assert kept > len(found) if number % 2 else kept == len(found)
    sys.stdout.write(f"\nseed {number}: {len(found)} stories, {kept} histories, {left_out} left out\n")
    for seed in (1, 77):
        outcomes = await asyncio.to_thread(replayed, tmp_path / "histories", tmp_path / "library", seed=seed)
        assert outcomes == dict.fromkeys(outcomes)
        assert len(outcomes) == kept


def compare(real: Stage, one: Played) -> None:
    """The life on the server, and the same in virtual time."""
    begins = real.seen[one.instance].events[0][0]
    there, here = real.life(one), lived(one.story, begins, real.moves(one), begins + THE_END)
    for what, found, expected in (
        ("records", there.rows, here.rows),
        ("lines of the trace", there.lines, here.lines),
        ("refusals", there.refused, here.refused),
        ("what records came about by", there.causes, here.causes),
    ):
        place = first_difference(found, expected)
        assert place is None, f"{one.instance}: {what} differ, {place}\n{one.story}"
    assert there.stands == here.stands, str(one.story)
    assert real.books(one) == here.books, str(one.story)
    for found_at, expected_at, cause in zip(there.at, here.at, here.causes, strict=True):
        # An alarm rings when a worker has time for it, never early; an act happens when it happens.
        late = cause in {"time", "service"}
        assert found_at >= expected_at if late else found_at == expected_at, str(one.story)


def first_difference(found: list[Any], expected: list[Any]) -> str | None:
    for number, (one, other) in enumerate(zip_longest(found, expected)):
        if one != other:
            return f"first at {number}: expected {other}, found {one}"
    return None


# --- what the sample holds ----------------------------------------------------------------------

RECORDS: Final = {
    *(contracts.INSTANCE_STARTED, contracts.INSTANCE_ENDED, contracts.TASK_OPENED, contracts.TASK_CLOSED),
    *(contracts.SERVICE_REQUESTED, contracts.SERVICE_FINISHED, contracts.MESSAGE_THROWN),
    *(contracts.MESSAGE_CAUGHT, contracts.SIGNAL_THROWN, contracts.SIGNAL_CAUGHT, contracts.CLOCK_STARTED),
    *(contracts.CLOCK_STOPPED, contracts.THRESHOLD_PASSED, contracts.INCIDENT_RAISED),
    contracts.INCIDENT_RESOLVED,
}


def test_the_sample_holds_every_kind_of_element_and_of_record() -> None:
    sample = [story for number in SEEDS for story in batch(number)[0]]
    lives = [lived(story, MONDAY, story.moves, MONDAY + THE_END) for story in sample]
    counts = Counter(
        {
            kind: sum(len(shape.findall(story.notation)) for story in sample)
            for kind, shape in random_processes.kinds().items()
        }
    )
    records = Counter(kind for life in lives for kind, _, _ in life.rows)
    types = Counter(kind for life in lives for _, _, kind in life.lines)
    acts = Counter(type(act).__name__ for story in sample for _, act in story.acts)
    refused = Counter(code for life in lives for _, code in life.refused)
    for what in (counts, records, types, acts, refused):
        sys.stdout.write(f"\n{dict(what.most_common())}\n")
    assert [kind for kind, count in counts.items() if not count] == []
    assert records.keys() == RECORDS
    assert {element.type for story in sample for element in story.elements} - types.keys() == set()
    assert len({story.bundle.digest for story in sample}) > len(sample) * 0.9
