"""What staff ask every morning: which tasks wait for me, the most urgent first, and how many there are.

One query for a page and one for the numbers beside it, however many letters there are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal, or_, select

from wenzheng.petitions.roles import DEPARTMENTS
from wenzheng.store.board import lamp_sql
from wenzheng.store.inbox import entries, entry_of
from wenzheng.store.projection import BOARD_CLOCK
from wenzheng.store.session import Part, as_view
from wenzheng.store.tables.forum import ForumSessionTable
from wenzheng.store.tables.instances import ClockTable, InstanceTable, TaskTable
from wenzheng.store.tables.notices import AcknowledgementTable, InboxTable
from wenzheng.store.tables.petitions import PetitionTable
from wenzheng.store.types import UtcDateTime
from wenzheng.store.views.instances import Clock, Task
from wenzheng.store.views.notices import InboxEntry
from wenzheng.store.views.petitions import LampName

_OF_ONE_UNIT: Final = frozenset(map(str, DEPARTMENTS))
_SESSION: Final = (ForumSessionTable.number, ForumSessionTable.title)


@dataclass(frozen=True)
class Waiting:
    """An open task in somebody's queue.

    Of a letter (`petition_id`) or of a forum session (`session`: its number and title). `lamp` is the worst
    of the clocks that run, the letter's own when none does; clocks of other units are theirs to look at.
    """

    task: Task
    petition_id: str | None
    session: tuple[str, str] | None
    lamp: LampName
    emergency: bool


@dataclass(frozen=True)
class TaskCount:
    """How many open tasks of a step are with a unit (None: with none in particular) under a lamp."""

    element: str
    name: str
    unit_id: str | None
    lamp: LampName
    count: int


@dataclass(frozen=True)
class InboxCount:
    """How many entries of an inbox wait for an answer, and how many have one."""

    open: int
    answered: int


@dataclass(frozen=True)
class Queue:
    """Whose queue: the roles a person's tasks are written for, and the units whose letters they handle.

    `units` counts for tasks of departments only.
    """

    roles: frozenset[str]
    units: frozenset[str]


def _running(column: Any) -> ColumnElement[Any]:
    """The earliest such instant among the clocks of a task's instance that still run: its own unit's too."""
    return (
        select(func.min(column))
        .where(
            ClockTable.instance == TaskTable.instance,
            ClockTable.current,
            ClockTable.stopped_at.is_(None),
            or_(ClockTable.unit_id.is_(None), ClockTable.unit_id == TaskTable.unit_id),
        )
        .correlate(TaskTable)
        .scalar_subquery()
    )


def _worst_lamp(now: datetime) -> ColumnElement[str]:
    at = literal(now, UtcDateTime())
    return case(
        (_running(ClockTable.red_from) <= at, literal("red")),
        (_running(ClockTable.yellow_from) <= at, literal("yellow")),
        else_=lamp_sql(now),
    )


def _joined(*columns: Any) -> Select[Any]:
    board = and_(
        ClockTable.instance == TaskTable.instance, ClockTable.clock == BOARD_CLOCK, ClockTable.current
    )
    return (
        select(*columns)
        .select_from(TaskTable)
        .join(InstanceTable, InstanceTable.instance == TaskTable.instance)
        .outerjoin(PetitionTable, PetitionTable.instance == TaskTable.instance)
        .outerjoin(ForumSessionTable, ForumSessionTable.instance == TaskTable.instance)
        .outerjoin(ClockTable, board)
        .where(or_(PetitionTable.id.is_not(None), ForumSessionTable.id.is_not(None)))
    )


def _mine(queue: Queue) -> list[ColumnElement[bool]]:
    """Open tasks of these roles: a department's belong to a unit, everybody else's to none.

    Written so that the index of roles, units and closings is used to its end: closed tasks only grow.
    """
    of_unit, free = sorted(queue.roles & _OF_ONE_UNIT), sorted(queue.roles - _OF_ONE_UNIT)
    parts = []
    if of_unit and queue.units:
        parts.append(and_(TaskTable.role.in_(of_unit), TaskTable.unit_id.in_(sorted(queue.units))))
    if free:
        parts.append(and_(TaskTable.role.in_(free), TaskTable.unit_id.is_(None)))
    return [TaskTable.closed_at.is_(None), or_(*parts) if parts else false()]


class DeskReads(Part):
    """Questions about the work of one person."""

    def queue(
        self,
        queue: Queue,
        *,
        now: datetime,
        lamp: LampName | None = None,
        element: str | None = None,
        unit_id: str | None = None,
        offset: int = 0,
        limit: int = 30,
    ) -> list[Waiting]:
        """Open tasks of a queue: emergencies first, then what is late or due first, then the longest open."""
        worst = _worst_lamp(now)
        given = [(TaskTable.element, element), (InstanceTable.department, unit_id), (worst, lamp)]
        late = _running(func.coalesce(ClockTable.yellow_from, ClockTable.red_from))
        query = (
            _joined(TaskTable, PetitionTable.id, *_SESSION, worst, InstanceTable.emergency)
            .where(*_mine(queue), *(column == value for column, value in given if value is not None))
            .order_by(
                InstanceTable.emergency.desc(),
                late.asc().nulls_last(),
                TaskTable.opened_at,
                TaskTable.instance,
                TaskTable.task_id,
            )
            .offset(offset)
            .limit(limit)
        )
        return [
            Waiting(as_view(Task, task), petition, (number, title) if number else None, shown, emergency)
            for task, petition, number, title, shown, emergency in self.session.execute(query)
        ]

    def queue_counts(self, queue: Queue, *, now: datetime) -> list[TaskCount]:
        """How many tasks of a queue there are, by step, unit of the letter and lamp. One query."""
        rows = (
            _joined(
                TaskTable.element,
                TaskTable.name,
                InstanceTable.department,
                _worst_lamp(now).label("lamp"),
            )
            .where(*_mine(queue))
            .subquery()
        )
        # Grouped outside, as on the board: the instant is bound in one place only.
        by = (rows.c.element, rows.c.name, rows.c.department, rows.c.lamp)
        query = select(*by, func.count()).group_by(*by)
        query = query.order_by(rows.c.element, rows.c.department.nulls_first(), rows.c.lamp)
        return [TaskCount(*row) for row in self.session.execute(query)]

    def clocks_of(self, instances: Sequence[str]) -> dict[str, list[Clock]]:
        """The running clocks of several instances, by instance. One query."""
        found: dict[str, list[Clock]] = {instance: [] for instance in instances}
        query = select(ClockTable).where(
            ClockTable.instance.in_(instances), ClockTable.current, ClockTable.stopped_at.is_(None)
        )
        for row in self.session.scalars(query.order_by(ClockTable.instance, ClockTable.clock)):
            found[row.instance].append(as_view(Clock, row))
        return found

    def inbox_page(
        self, *, role: str, unit_id: str | None, answered: bool, offset: int = 0, limit: int = 30
    ) -> list[InboxEntry]:
        """Entries for a role: for one unit's holder and for all holders of the role.

        Open ones come oldest first, answered ones newest answer first.
        """
        query = entries().where(*_addressed(role, unit_id))
        done = AcknowledgementTable.entry_id.is_not(None)
        query = query.where(done if answered else ~done).order_by(None)
        order = AcknowledgementTable.at.desc() if answered else InboxTable.at
        query = query.order_by(order, InboxTable.id).offset(offset).limit(limit)
        return [entry_of(row) for row in self.session.execute(query)]

    def inbox_count(self, *, role: str, unit_id: str | None) -> InboxCount:
        """How many entries a person's inbox holds. One query."""
        answered = func.count(AcknowledgementTable.entry_id)
        query = (
            select(func.count(InboxTable.id), answered)
            .outerjoin(AcknowledgementTable, AcknowledgementTable.entry_id == InboxTable.id)
            .where(*_addressed(role, unit_id))
        )
        every, done = self.session.execute(query).one()
        return InboxCount(every - done, done)


def _addressed(role: str, unit_id: str | None) -> Collection[ColumnElement[bool]]:
    of_unit: ColumnElement[bool] = InboxTable.unit_id.is_(None)
    if unit_id is not None:
        of_unit = or_(of_unit, InboxTable.unit_id == unit_id)
    return (InboxTable.role == role, of_unit)
