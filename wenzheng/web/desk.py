"""The desk of a person on the staff: what waits for them, what they answer for, which letters they find."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from wenzheng.petitions.organisation import Organisation
from wenzheng.petitions.roles import DEPARTMENTS, ELEMENT_ROLES, GROUPS, may_perform
from wenzheng.petitions.visibility import FieldGroup
from wenzheng.store import Reader
from wenzheng.store.desk import InboxCount, Queue, TaskCount, Waiting
from wenzheng.store.views.petitions import LampName, PetitionRow
from wenzheng.web.deadlines import Deadline, deadline
from wenzheng.web.lookup import organisation
from wenzheng.web.security import Principal
from wenzheng.web.seeing import sight_of
from wenzheng.web.services import Services


@dataclass(frozen=True)
class Asked:
    """Which part of a queue somebody looks at; None does not restrict. Pages count from 1."""

    lamp: LampName | None = None
    element: str | None = None
    unit: str | None = None
    page: int = 1


@dataclass(frozen=True)
class WaitingTask:
    """A task of a queue, as its person sees it: of the letter `row`, or of a forum session when that is None.

    The letter's title is None where it is hidden.
    """

    waiting: Waiting
    row: PetitionRow | None
    number: str
    title: str | None
    deadline: Deadline | None

    @property
    def unit(self) -> str | None:
        """The unit that answers for the letter, or whose task of the session it is."""
        return self.waiting.task.unit_id if self.row is None else self.row.department


@dataclass(frozen=True)
class Facets:
    """Numbers beside a queue, over all of it: by lamp, by step (with its name) and by unit."""

    total: int
    lamps: dict[str, int]
    steps: dict[str, tuple[str, int]]
    units: dict[str, int]


@dataclass(frozen=True)
class QueuePage:
    """A page of a queue. `found` is how many tasks meet the filters."""

    items: list[WaitingTask]
    facets: Facets
    found: int
    page: int
    pages: int


def queue_of(who: Principal, units: Organisation) -> Queue:
    """Which tasks are a person's: those of the roles they may act in, for departments of their own line."""
    handled: frozenset[str] = frozenset()
    if who.role in DEPARTMENTS and who.unit is not None:
        handled = frozenset(unit.id for unit in units if units.same_line(who.unit, unit.id))
    roles = frozenset(role for role in ELEMENT_ROLES | GROUPS if may_perform(who.role, role))
    return Queue(roles, handled)


async def queue_page(services: Services, who: Principal, asked: Asked) -> QueuePage:
    """A page of a person's tasks, most urgent first, with the numbers beside it."""
    now, size = services.now(), services.settings.page_size

    def ask(reader: Reader) -> QueuePage:
        units = organisation(reader)
        queue = queue_of(who, units)
        counts = reader.queue_counts(queue, now=now)
        found = sum(count.count for count in counts if _meets(count, asked))
        pages = max(1, -(-found // size))
        page = min(asked.page, pages)
        waiting = reader.queue(
            queue,
            now=now,
            lamp=asked.lamp,
            element=asked.element,
            unit_id=asked.unit,
            offset=(page - 1) * size,
            limit=size,
        )
        items = seen_tasks(reader, services, who, waiting, now)
        return QueuePage(items, _facets(counts), found, page, pages)

    return await services.read(ask)


def seen_tasks(
    reader: Reader, services: Services, who: Principal, waiting: Sequence[Waiting], now: datetime
) -> list[WaitingTask]:
    """Tasks with their letters as the person sees them, and their limits."""
    units = organisation(reader)
    letters = reader.petitions_of([item.petition_id for item in waiting if item.petition_id], now=now)
    clocks = reader.clocks_of(sorted({item.task.instance for item in waiting}))
    kept = reader.kept_calendars({clock.calendar for found in clocks.values() for clock in found})
    receivers = services.settings.report_receivers

    def seen(item: Waiting) -> WaitingTask:
        running = [
            clock for clock in clocks[item.task.instance] if clock.unit_id in {None, item.task.unit_id}
        ]
        limit = deadline(running, services.calendar, now, kept)
        if item.session is not None:  # everybody on the staff knows of it
            return WaitingTask(item, None, *item.session, limit)
        assert item.petition_id is not None  # a task is of one of the two
        row = letters[item.petition_id]
        sight = sight_of(row, who, units, report_receivers=receivers)
        return WaitingTask(item, row, row.number, sight.words(FieldGroup.TEXT, row.title), limit)

    return [seen(item) for item in waiting]


def _meets(count: TaskCount, asked: Asked) -> bool:
    return (
        asked.lamp in {None, count.lamp}
        and asked.element in {None, count.element}
        and asked.unit in {None, count.unit_id}
    )


def _facets(counts: Sequence[TaskCount]) -> Facets:
    lamps: Counter[str] = Counter()
    units: Counter[str] = Counter()
    steps: dict[str, tuple[str, int]] = {}
    for count in counts:
        lamps[count.lamp] += count.count
        if count.unit_id is not None:
            units[count.unit_id] += count.count
        _, before = steps.get(count.element, ("", 0))
        steps[count.element] = (count.name, before + count.count)
    return Facets(sum(count.count for count in counts), dict(lamps), steps, dict(units))


@dataclass(frozen=True)
class Waits:
    """The two numbers of the navigation."""

    tasks: int
    inbox: InboxCount


async def waits(services: Services, who: Principal) -> Waits:
    """How much waits for a person."""
    now = services.now()

    def ask(reader: Reader) -> Waits:
        counts = reader.queue_counts(queue_of(who, organisation(reader)), now=now)
        return Waits(
            sum(count.count for count in counts),
            reader.inbox_count(role=who.role.value, unit_id=who.unit),
        )

    return await services.read(ask)
