"""Every matter of a forum session becomes one letter, whoever is killed while it is handed over."""

from __future__ import annotations

import asyncio
import random
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.in_flight import (
    PARTS,
    WORKER,
    City,
    People,
    Sent,
    city,
    client_of,
    people_of,
    store_locked,
    until_put_down,
    until_taken_up,
    until_true,
)
from tests.support.ledger import check_fold, read_model
from tests.support.processes import freeze
from wenzheng.bootstrap.city import FORUM, latest_calendar
from wenzheng.store import Store, open_store
from wenzheng.store.forum import MatterRow, session_instance_id

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kills")]

SEED = 20261218
MATTERS = 2
SECONDS = 120.0
"""In which what was acknowledged must have arrived everywhere, also on a machine that is busy."""
SUPERVISOR = "supervisor_supervision_party"
BEFORE: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("topic_vote", "clerk", {"topic": "供暖"}),
    ("plan", "clerk", {"guest": "mayor", "units": ["housing"], "plan_text": "方案"}),
    ("approve_plan", "leader", {"plan_approved": True}),
    ("announce", "clerk", {"notice_text": "公告"}),
    ("prepare_material", "department_housing", {"material": "材料"}),
    ("collect", "clerk", {"questions": "问题", "asked_by": 3}),
    ("brief", "clerk", {"brief_text": "手册"}),
    ("approve_brief", "leader", {"brief_approved": True}),
    ("live", "clerk", {"asked_live": 9, "answered_live": 4}),
    ("transcript", "clerk", {"transcript_text": "实录", "open_matters": True}),
)
"""What is done before the matters of a session are handed over: (step, account, form)."""
ANSWER: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("sign", "department_housing", {}),
    ("reply", "department_housing", {"text": "月底前通暖。", "kind": "done"}),
    ("approve", "head_housing", {}),
)


@dataclass
class Session:
    """A session of today, and the words of the matters that were handed over, in that order."""

    name: str
    people: People
    number: str
    words: list[str] = field(default_factory=list)

    @property
    def instance(self) -> str:
        return session_instance_id(self.name)

    async def do(self, step: str, account: str, form: dict[str, Any], act: str = "") -> None:
        path = f"/api/forum/{self.number}/tasks/{step}"
        await self.people.insist(account, path, {"data": form}, f"{self.name}-{act or step}")

    async def prepare(self) -> None:
        for step, account, form in BEFORE:
            await self.do(step, account, form)

    async def hand_over(self, name: str, *, more: bool = True) -> None:
        self.words.append(words_of(name))
        await self.do("dispatch", SUPERVISOR, matter(name, more=more), f"dispatch-{name}")


def words_of(name: str) -> str:
    return f"事项{name}\n请在月底前答复。"


def matter(name: str, *, more: bool) -> dict[str, Any]:
    form = {"matter_text": words_of(name), "matter_kind": "unanswered", "matter_unit": "housing"}
    return form | {"more_matters": more}


def opened(store: Store, people: People, name: str) -> Session:
    """A session that is held on the day on which it is opened: the relay starts it."""
    now = datetime.now(UTC)
    calendar = latest_calendar(store)
    day = calendar.today(now)
    with store.unit_of_work() as unit:
        definition = unit.latest_definition(FORUM)
        assert definition is not None
        row = unit.open_forum_session(
            session_id=name,
            act_id=f"open-{name}",
            title="今天的论坛",
            session_on=day,
            opened_by="clerk",
            opened_at=now,
            definition=definition.digest,
            calendar=calendar.version,
            start={"process": FORUM, "variables": {"session_id": name, "session_on": day.isoformat()}},
        )
    return Session(name, people, row.number)


def matters(store: Store, session: Session) -> list[MatterRow]:
    with store.reader() as reader:
        return reader.forum_matters(session.name)


def variables(store: Store, session: Session) -> dict[str, Any]:
    with store.reader() as reader:
        row = reader.instance(session.instance)
    return dict(row.variables) if row is not None else {}


def letter_of(row: MatterRow) -> Sent:
    return Sent(f"letter-{row.petition_id}", {"id": row.petition_id})


async def answered(people: People, row: MatterRow) -> None:
    letter = letter_of(row)
    for act, account, body in ANSWER:
        await people.do(letter, act, account, body)


async def handed_over_and_answered(store: Store, session: Session) -> None:
    """The supervisor hands over one after the other, and the unit answers what has come meanwhile."""
    for number in range(1, MATTERS + 1):
        await session.hand_over(str(number), more=number < MATTERS)
        await answered(session.people, await the_matter(store, session, number))


async def the_matter(store: Store, session: Session, number: int) -> MatterRow:
    """The letter of a matter, as soon as its unit sees it."""

    async def is_assigned() -> bool:
        return any(one.position == number and one.stage == "assigned" for one in matters(store, session))

    await until_true(is_assigned, f"matter {number} of {session.name}", SECONDS)
    return matters(store, session)[number - 1]


async def kill_in_turn(town: City, people: People, seed: int, acts: int) -> None:
    """Each part once at some act, and at last all of them at the same time."""
    rng = random.Random(seed)
    begun = people.progress.acts
    victims = [*((name,) for name in rng.sample(PARTS, len(PARTS))), PARTS]
    moments = sorted(rng.sample(range(1, acts), len(victims)))
    for moment, names in zip(moments, victims, strict=True):
        await people.progress.reach(begun + moment)
        await asyncio.sleep(rng.random() / 4)
        town.kill(*names)
        await town.start(*names)


def check_session(store: Store, session: Session) -> None:
    """Every matter is one letter, in the store and for the session; and the log says the same."""
    rows = matters(store, session)
    with store.reader() as reader:
        texts = {text.id: text.text for text in reader.forum_texts(session.name)}
        letters = [reader.petition(row.petition_id) for row in rows]
    assert [letter.text for letter in letters if letter is not None] == session.words
    assert set(session.words) <= set(texts.values())
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    assert variables(store, session)["matters"] == [row.petition_id for row in rows]
    for row in rows:
        check_fold(store, letter_of(row))
    with store.unit_of_work() as unit:
        stands = read_model(unit.session, session.instance)
        unit.rebuild(session.instance)
        unit.session.flush()
        assert read_model(unit.session, session.instance) == stands
        unit.session.rollback()


async def test_every_matter_is_filed_once_and_its_answer_told_once_when_everything_is_killed(
    tmp_path: Path,
) -> None:
    async with city(tmp_path) as town, people_of(town.settings, town.url) as people:
        await town.start(*PARTS)
        await people.until_web_answers()
        with closing(open_store(town.settings.database_url)) as store:
            sessions = [opened(store, people, name) for name in ("one", "two")]
            await asyncio.gather(*(session.prepare() for session in sessions))
            async with asyncio.timeout(SECONDS), asyncio.TaskGroup() as flight:
                acts = len(sessions) * MATTERS * (1 + len(ANSWER)) - 1
                flight.create_task(kill_in_turn(town, people, SEED, acts))
                for session in sessions:
                    flight.create_task(handed_over_and_answered(store, session))

            async def all_told() -> bool:
                said = [variables(store, session) for session in sessions]
                return all(len(one["replied"]) == MATTERS for one in said)

            await until_true(all_told, "each session to hear of every answer", SECONDS)
            for session in sessions:
                check_session(store, session)
                replied = variables(store, session)["replied"]
                assert sorted(replied) == sorted(row.petition_id for row in matters(store, session))
            assert people.progress.acts == len(sessions) * (len(BEFORE) + MATTERS * (1 + len(ANSWER)))


async def filed_only_in_the_store(town: City, store: Store, session: Session, name: str) -> None:
    """A matter's letter is filed by a worker whose act Temporal never has: both are killed before."""
    client = await client_of(town.server.address)

    async def text_is_kept() -> bool:
        with store.reader() as reader:
            return words_of(name) in {text.text for text in reader.forum_texts(session.name)}

    async def is_filed() -> bool:
        return bool(matters(store, session))

    await until_put_down(client, session.instance)
    town.kill(WORKER)  # the words are kept, and nobody takes the act yet
    asking = asyncio.create_task(
        session.people.insist(
            SUPERVISOR,
            f"/api/forum/{session.number}/tasks/dispatch",
            {"data": matter(name, more=True)},
            f"{session.name}-dispatch-{name}",
        )
    )
    await until_true(text_is_kept, "the words of the matter")
    async with store_locked(town.settings):
        await town.start(WORKER)
        await until_taken_up(client, session.instance)
        assert town.server.pid is not None
        freeze(town.server.pid)
    await until_true(is_filed, "the letter in the store")
    asking.cancel()
    town.kill(*PARTS)  # the web, too: it would ask again by itself
    await town.start(*PARTS)
    await session.people.until_web_answers()


async def test_a_matter_that_only_the_store_has_seen_is_not_taken_for_the_one_that_comes_next(
    tmp_path: Path,
) -> None:
    async with city(tmp_path) as town, people_of(town.settings, town.url) as people:
        await town.start(*PARTS)
        await people.until_web_answers()
        with closing(open_store(town.settings.database_url)) as store:
            session = opened(store, people, "ahead")
            await session.prepare()
            await filed_only_in_the_store(town, store, session, "a")
            await session.hand_over("b")
            await session.hand_over("a", more=False)

            async def all_handed_over() -> bool:
                return len(variables(store, session)["matters"]) == 2

            await until_true(all_handed_over, "both matters in the session's list", SECONDS)
            with store.reader() as reader:
                ids = variables(store, session)["matters"]
                assert [found.text for one in ids if (found := reader.petition(one))] == session.words
            assert sorted(row.petition_id for row in matters(store, session)) == sorted(ids)
