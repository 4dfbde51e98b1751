"""How matters are handled: tasks, clocks, facts, the log and the acts in it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, or_, select

from wenzheng.petitions.roles import DEPARTMENTS
from wenzheng.store.session import Part, as_view, maybe_view
from wenzheng.store.tables.instances import ClockTable, FactTable, InstanceTable, TaskTable
from wenzheng.store.tables.log import RecordTable, VoidedRecordTable
from wenzheng.store.tables.petitions import PetitionTable
from wenzheng.store.views.instances import Clock, Fact, InstanceRow, Task
from wenzheng.store.views.log import Act, RecordRow, VoidedRecord

_OF_ONE_UNIT: Final = tuple(map(str, DEPARTMENTS))
"""Roles whose tasks belong to one unit: without a unit they are in nobody's queue (never in
everybody's, because the letter may be about that department: defaults.md, "Who sees what")."""


class HandlingReads(Part):
    """Questions about instances."""

    def instance(self, instance: str) -> InstanceRow | None:
        """Where an instance stands, or None."""
        row = self.session.get(InstanceTable, instance)
        return maybe_view(InstanceRow, row)

    def open_instances(self) -> list[str]:
        """The instances that were asked for and have not ended, in the order of their ids."""
        query = select(InstanceTable.instance).where(InstanceTable.ended_at.is_(None))
        return list(self.session.scalars(query.order_by(InstanceTable.instance)))

    def records(self, instance: str) -> list[RecordRow]:
        """The log of an instance in its order, without voided rows."""
        query = select(RecordTable).where(RecordTable.instance == instance)
        query = query.order_by(RecordTable.seq, RecordTable.ordinal)
        return [as_view(RecordRow, row) for row in self.session.scalars(query)]

    def timeline(self, petition_id: str) -> list[RecordRow]:
        """The log of the instance that handles a petition, in its order; empty before it starts."""
        query = (
            select(RecordTable)
            .join(PetitionTable, PetitionTable.instance == RecordTable.instance)
            .where(PetitionTable.id == petition_id)
            .order_by(RecordTable.seq, RecordTable.ordinal)
        )
        return [as_view(RecordRow, row) for row in self.session.scalars(query)]

    def voided_records(self, instance: str) -> list[VoidedRecord]:
        """The rows of an instance's lost futures, in the order of voiding."""
        query = select(VoidedRecordTable).where(VoidedRecordTable.instance == instance)
        rows = self.session.scalars(query.order_by(VoidedRecordTable.id))
        return [as_view(VoidedRecord, row, record=as_view(RecordRow, row)) for row in rows]

    def act(self, instance: str, act_id: str) -> Act | None:
        """An act as recorded, or None: answers a repeated act when the instance has ended.

        The row that names an actor speaks for the act (its task_closed, say), else its first row.
        """
        query = select(RecordTable).where(RecordTable.instance == instance, RecordTable.act_id == act_id)
        rows = list(self.session.scalars(query.order_by(RecordTable.ordinal)))
        if not rows:
            return None
        row = next((row for row in rows if row.data.get("actor") is not None), rows[0])
        return as_view(Act, row, actor=row.data.get("actor"))

    def tasks(
        self,
        *,
        role: str | None = None,
        unit_id: str | None = None,
        petition_id: str | None = None,
        instance: str | None = None,
        open_only: bool = False,
        limit: int = 500,
    ) -> list[Task]:
        """Tasks, the longest open first.

        With a unit: its own tasks and those that belong to no unit; a department's task belongs
        to the department that was assigned, and to nobody while none is.
        """
        query = select(TaskTable)
        if role is not None:
            query = query.where(TaskTable.role == role)
        if unit_id is not None:
            free = and_(TaskTable.unit_id.is_(None), TaskTable.role.not_in(_OF_ONE_UNIT))
            query = query.where(or_(TaskTable.unit_id == unit_id, free))
        if petition_id is not None:
            query = query.where(TaskTable.petition_id == petition_id)
        if instance is not None:
            query = query.where(TaskTable.instance == instance)
        if open_only:
            query = query.where(TaskTable.closed_at.is_(None))
        query = query.order_by(TaskTable.opened_at, TaskTable.opened_seq, TaskTable.task_id).limit(limit)
        return [as_view(Task, row) for row in self.session.scalars(query)]

    def task(self, instance: str, element: str) -> Task | None:
        """The open task of an element, else its latest one, or None."""
        query = (
            select(TaskTable)
            .where(TaskTable.instance == instance, TaskTable.element == element)
            .order_by(TaskTable.closed_at.is_not(None), TaskTable.opened_seq.desc(), TaskTable.task_id.desc())
            .limit(1)
        )
        row = self.session.scalars(query).one_or_none()
        return maybe_view(Task, row)

    def facts(self, petition_id: str) -> list[Fact]:
        """The facts of a petition in their order. The first `verdict` is the author's frozen first word."""
        query = select(FactTable).where(FactTable.petition_id == petition_id)
        query = query.order_by(FactTable.seq, FactTable.ordinal)
        return [as_view(Fact, row) for row in self.session.scalars(query)]

    def clocks(self, petition_id: str) -> list[Clock]:
        """All runs of the clocks of a petition, in the order of their start."""
        query = select(ClockTable).where(ClockTable.petition_id == petition_id)
        query = query.order_by(ClockTable.started_at, ClockTable.clock, ClockTable.run)
        return [as_view(Clock, row) for row in self.session.scalars(query)]
