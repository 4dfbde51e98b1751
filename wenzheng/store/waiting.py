"""Where the letters wait: the open tasks of all instances, counted by element and lamp."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, func, select

from wenzheng.store.board import lamp_sql
from wenzheng.store.projection import BOARD_CLOCK
from wenzheng.store.session import Part
from wenzheng.store.tables.instances import ClockTable, InstanceTable, TaskTable
from wenzheng.store.views.instances import Waiting


class WaitingReads(Part):
    """Questions about where things stand still."""

    def waiting(self, *, now: datetime) -> list[Waiting]:
        """The open tasks at `now`, by process, element and the lamp of the letter's clock."""
        lamp = lamp_sql(now)
        board = and_(
            ClockTable.instance == TaskTable.instance, ClockTable.clock == BOARD_CLOCK, ClockTable.current
        )
        counted = (
            select(
                InstanceTable.process,
                TaskTable.element,
                lamp.label("lamp"),
                func.count().label("count"),
                func.min(TaskTable.opened_at).label("since"),
            )
            .join(InstanceTable, InstanceTable.instance == TaskTable.instance)
            .outerjoin(ClockTable, board)
            .where(TaskTable.closed_at.is_(None), InstanceTable.process.is_not(None))
            .group_by(InstanceTable.process, TaskTable.element, lamp)
            .order_by(InstanceTable.process, TaskTable.element)
        )
        return [Waiting(**row) for row in self.session.execute(counted).mappings()]
