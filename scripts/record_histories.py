"""Records the histories that tests/replay replays: `python -m scripts.record_histories`.

Run it once for a release, when there is something new to record; never to make a failing replay
pass. Existing histories are kept, new ones get the names of what they show.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Awaitable, Callable, Coroutine
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from temporalio.client import Client, WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from scripts.recorded_families import FAMILIES, Family
from scripts.recorded_matters import live
from scripts.recorded_talks import TALKS, Talk
from tests.support.house import House, Letter, house, petition_bundle, skipping_server
from tests.support.replaying import keep, keep_deployed
from tests.workflow.test_processes_that_talk import town

FOLDER: Final = Path(__file__).resolve().parents[1] / "tests" / "replay"
DAY: Final = date(2026, 11, 20)
STACK_TRACE: Final = re.compile(r'"stackTrace": "(?:[^"\\]|\\.)*"')
FAILED_WRITES: Final = 4
"""One good write, two local tries and the first patient one."""
Story = Callable[[House, WorkflowEnvironment], Awaitable[Letter]]


async def solved(home: House, _server: WorkflowEnvironment) -> Letter:
    """The straight way."""
    letter = await home.submit(DAY)
    await letter.close()
    return letter


async def rejected(home: House, _server: WorkflowEnvironment) -> Letter:
    """Not accepted."""
    letter = await home.submit(DAY)
    await letter.until_open("accept")
    await letter.act("accept", "clerk", accepted=False, reason="not_ours")
    await letter.handle.result()
    return letter


async def withdrawn(home: House, _server: WorkflowEnvironment) -> Letter:
    """Taken back by its author."""
    letter = await home.submit(DAY)
    await letter.accept_and_assign()
    await letter.withdraw()
    await letter.handle.result()
    return letter


async def second_round(home: House, _server: WorkflowEnvironment) -> Letter:
    """Not solved twice, then decided by supervision."""
    letter = await home.submit(DAY)
    await letter.accept_and_assign()
    for _ in range(2):
        await letter.answer()
        await letter.act("rate", "author", solved=False, satisfaction=1)
    await letter.until_open("decide")
    await letter.act("decide", "supervisor", content_id="c9")
    await letter.handle.result()
    return letter


async def yellow_and_red(home: House, server: WorkflowEnvironment) -> Letter:
    """Nobody answers for two months, then somebody does; the author stays silent."""
    letter = await home.submit(DAY)
    await letter.accept_and_assign()
    await server.sleep(timedelta(days=60))
    await letter.answer()
    await server.sleep(timedelta(days=30))
    await letter.handle.result()
    return letter


async def many_histories(home: House, _server: WorkflowEnvironment) -> Letter:
    """Continued as new several times."""
    letter = await home.submit(DAY, history_limit=10)
    await letter.close()
    return letter


async def store_away(home: House, server: WorkflowEnvironment) -> Letter:
    """The store was away while the letter was being accepted."""
    letter = await home.submit(DAY)
    await letter.until_open("accept")
    home.sink.away = True
    accepting = asyncio.create_task(letter.act("accept", "clerk", accepted=True))
    while home.sink.attempts < FAILED_WRITES:  # noqa: ASYNC110 - counts attempts of a thread
        await asyncio.sleep(0.05)
    home.sink.away = False
    await server.sleep(timedelta(hours=1))
    await accepting
    await letter.until_open("assign")
    await letter.withdraw()
    await letter.handle.result()
    return letter


async def draft_returned(home: House, _server: WorkflowEnvironment) -> Letter:
    """The head sends the draft back with a note; a department helps, and files go with the reply."""
    letter = await home.submit(DAY)
    await letter.until_open("accept")
    await letter.act("accept", "clerk", accepted=True, emergency=False)
    await letter.act("assign", "clerk", department="housing", co_handling=["urban_management", "heyang"])
    await letter.act("sign", "department")
    await letter.act("reply", "department", content_id="c1", reply_kind="done")
    await letter.act("approve", "department_head", approved=False, return_note="c2")
    await letter.until_open("reply")
    await letter.act("reply", "department", content_id="c3", reply_kind="done", reply_files=["a1", "a2"])
    await letter.act("approve", "department_head", approved=True)
    await letter.finish()
    await letter.act("rate", "author", solved=True, satisfaction=5, content_id="c4")
    await letter.handle.result()
    return letter


async def report_returned(home: House, _server: WorkflowEnvironment) -> Letter:
    """The centre does not believe the first report; the letter lives in many histories."""
    letter = await home.submit(DAY, history_limit=10)
    await letter.accept_and_assign()
    await letter.reply()
    await letter.act("complete", "department", content_id="c2")
    await letter.act("check", "clerk", done=False, check_note="c3")
    await letter.until_open("complete")
    await letter.act("complete", "department", content_id="c4", evidence=["a1"])
    await letter.act("check", "clerk", done=True)
    await letter.until_open("feedback")
    await letter.act("feedback", "department", content_id="c5")
    await letter.act("rate", "author", solved=True, satisfaction=4)
    await letter.handle.result()
    return letter


async def emergency(home: House, server: WorkflowEnvironment) -> Letter:
    """An emergency that nobody answers: word of yellow and red goes out at once."""
    letter = await home.submit(DAY)
    await letter.until_open("accept")
    await letter.act("accept", "clerk", accepted=True, emergency=True)
    await letter.act("assign", "clerk", department="water")
    await letter.act("sign", "department")
    await server.sleep(timedelta(days=40))
    await letter.answer()
    await letter.act("rate", "author", solved=True, satisfaction=2)
    await letter.handle.result()
    return letter


async def reminded(home: House, server: WorkflowEnvironment) -> Letter:
    """Reminded, then answered in time; the second round turns yellow, and then the author is silent."""
    letter = await home.submit((await server.get_current_time()).date())
    await letter.accept_and_assign()
    for _ in range(12):  # until the reminder, however the days of the recording fall
        clock = next(clock for clock in (await letter.snapshot()).clocks if clock["clock"] == "letter")
        if clock["thresholds"][0]["reminder"]["passed"]:
            break
        await server.sleep(timedelta(hours=12))
    await letter.answer()
    await letter.act("rate", "author", solved=False, satisfaction=1, content_id="c8")
    await server.sleep(timedelta(days=16))
    await letter.answer()
    await server.sleep(timedelta(days=30))
    await letter.handle.result()
    return letter


async def withdrawn_draft(home: House, _server: WorkflowEnvironment) -> Letter:
    """Taken back while a draft waits for the department's head."""
    letter = await home.submit(DAY)
    await letter.accept_and_assign()
    await letter.act("sign", "department")
    await letter.act("reply", "department", content_id="c1", reply_kind="explained")
    await letter.until_open("approve")
    await letter.withdraw()
    await letter.handle.result()
    return letter


STORIES: Final[dict[str, Story]] = {
    "solved": solved,
    "rejected": rejected,
    "withdrawn": withdrawn,
    "second-round": second_round,
    "yellow-and-red": yellow_and_red,
    "many-histories": many_histories,
    "store-away": store_away,
    "draft-returned": draft_returned,
    "report-returned": report_returned,
    "emergency": emergency,
    "reminded": reminded,
    "withdrawn-draft": withdrawn_draft,
    # The same once more, since services are taken in turn and the wire says less.
    "in-turn-solved": solved,
    "in-turn-second-round": second_round,
    "in-turn-many-histories": many_histories,
    "in-turn-store-away": store_away,
    # Since time begins with the start, and an alarm happens when it was due.
    "from-start-yellow-and-red": yellow_and_red,
    "from-start-many-histories": many_histories,
}


async def record(name: str, story: Story) -> None:
    """Live a story of a petition and keep its histories, one file for each run of the workflow."""
    with tempfile.TemporaryDirectory() as folder:
        async with skipping_server() as server, house(Path(folder), server) as home:
            letter = await story(home, server)
            keep(FOLDER / "library", petition_bundle(), home.calendar.version, home.calendar.document())
            await write(name, home.client, letter.instance)


async def record_family(name: str, family: Family) -> None:
    """Live the story of a family of elements and keep its histories."""
    with tempfile.TemporaryDirectory() as folder:
        async with skipping_server() as server, house(Path(folder), server) as home:
            handle = await live(name, family, home, server)
            keep_deployed(FOLDER / "library", home.store, name)
            await write(name, home.client, handle.id)


async def record_talk(name: str, source: bytes, talk: Talk) -> None:
    """Let instances talk to each other, and keep the histories of all that took part."""
    with tempfile.TemporaryDirectory() as folder:
        async with town(Path(folder), source) as place:
            instances = await talk(place)
            keep_deployed(FOLDER / "library", place.store, "talk")
            for role, instance in instances.items():
                await write(f"{name}-{role}", place.client, instance)


async def write(name: str, client: Client, instance: str) -> None:
    """Keep the histories of an instance."""
    run_id: str | None = (await first_run(client.get_workflow_handle(instance))) or None
    part = 0
    while run_id:
        history = await client.get_workflow_handle(instance, run_id=run_id).fetch_history()
        target = FOLDER / "histories" / (f"{name}-{part}.json" if part else f"{name}.json")
        # Stack traces hold the paths of this machine, and replay does not look at them.
        target.write_text(STACK_TRACE.sub('"stackTrace": ""', history.to_json()))
        last = history.events[-1].workflow_execution_continued_as_new_event_attributes
        run_id, part = last.new_execution_run_id or None, part + 1


async def first_run(handle: WorkflowHandle[Any, Any]) -> str:
    """The id of the first run of a workflow."""
    history = await handle.fetch_history()
    started = history.events[0].workflow_execution_started_event_attributes
    return started.first_execution_run_id or started.original_execution_run_id


async def main() -> None:
    """Record every story that has not been recorded yet."""
    (FOLDER / "histories").mkdir(parents=True, exist_ok=True)
    todo: dict[str, Coroutine[Any, Any, None]] = {
        **{name: record(name, story) for name, story in STORIES.items()},
        **{name: record_family(name, family) for name, family in FAMILIES.items()},
        **{name: record_talk(name, source, talk) for name, (source, talk) in TALKS.items()},
    }
    for name, recording in todo.items():
        if any((FOLDER / "histories").glob(f"{name}*.json")):
            recording.close()
            continue
        await recording
        print(f"recorded {name}")


if __name__ == "__main__":
    asyncio.run(main())
