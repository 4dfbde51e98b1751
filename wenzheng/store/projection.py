"""The read model: a fold over an instance's unvoided records in (seq, ordinal) order.

`Projection.apply` is the only writer of instances (but for the row itself), tasks, clocks, facts,
incidents, inbox and of the outbox rows by record. What it writes follows from the record, from what
earlier records wrote, and from the petition as it was submitted: so applying new records one by one
and folding the whole log from the start (`reset`, then all records) give the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from wenzheng import contracts
from wenzheng.petitions.matters import ENDED_AS, SETTLED, TOLD_FACTS
from wenzheng.petitions.roles import DEPARTMENTS
from wenzheng.store.clock_rows import CHANGES, add_expected_clocks, change_clock, clock_row
from wenzheng.store.linked import told_to_session
from wenzheng.store.logged import Logged
from wenzheng.store.notices import Notices
from wenzheng.store.outbox import BY_LINK, BY_RECORD
from wenzheng.store.tables.incidents import IncidentTable
from wenzheng.store.tables.instances import ClockTable, FactTable, InstanceTable, TaskTable
from wenzheng.store.tables.notices import InboxTable, OutboxTable
from wenzheng.store.tables.petitions import PetitionTable
from wenzheng.store.types import insert_new

BOARD_CLOCK: Final = "letter"
"""The clock whose lamp a petition shows on boards."""

PENDING: Final = "pending"
RUNNING: Final = "running"
RECEIVED: Final = "received"
CLOSED: Final = "closed"

FOLDED: Final = (TaskTable, ClockTable, FactTable, IncidentTable, InboxTable)


def new_instance(instance: str, *, petition_id: str | None, definition: str, calendar: str) -> InstanceTable:
    """The row of an instance before its first record."""
    row = InstanceTable(
        instance=instance,
        petition_id=petition_id,
        definition=definition,
        calendar=calendar,
        digest="",
        variables={},
        windows=None,
    )
    _unfold(row)
    return row


def _unfold(row: InstanceTable) -> None:
    row.process = row.outcome = row.accepted = row.department = None
    row.started_at = row.ended_at = None
    row.state, row.stage = PENDING, RECEIVED
    row.round, row.seq = 1, 0
    row.co_handling, row.emergency = [], False


class Projection:
    """The fold of one instance, inside one transaction."""

    def __init__(self, session: Session, row: InstanceTable) -> None:
        self.session = session
        self.row = row
        self._tasks: dict[str, TaskTable] = {}
        self._clocks: dict[str, ClockTable] = {}
        self.notices = Notices(session, row, self._tasks)

    def reset(self) -> None:
        """Take the read model of the instance back to before its first record.

        Outbox rows stay: `drop_unasked` removes those no record asks for any more.
        """
        self.session.flush()
        for table in FOLDED:
            self.session.execute(delete(table).where(table.instance == self.row.instance))
        self.session.expire_all()
        self._tasks.clear()
        self._clocks.clear()
        _unfold(self.row)
        if self.row.petition_id is not None:
            petition = self.session.get_one(PetitionTable, self.row.petition_id)
            add_expected_clocks(self.session, self.row.instance, petition)

    def apply(self, records: Iterable[Logged]) -> None:
        """Fold records in, in their order. Kinds without a read model only move `seq`.

        Sent to the database once, at the end: a question does not send what was changed before it
        (measured: two thirds of the time of a write), so what may be asked again here is kept here.
        """
        with self.session.no_autoflush:
            for record in records:
                handler = self._HANDLERS.get(record.kind)
                if handler is not None:
                    handler(self, record)
                self.row.seq = max(self.row.seq, record.seq)
        self.session.flush()

    def drop_unasked(self) -> None:
        """Remove unsent notices of this instance whose record was voided. Sent ones stay."""
        own = and_(OutboxTable.instance == self.row.instance, OutboxTable.origin == BY_RECORD)
        told = and_(OutboxTable.petition_id == self.row.petition_id, OutboxTable.origin == BY_LINK)
        asked = own if self.row.petition_id is None else or_(own, told)
        rows = self.session.execute(
            select(OutboxTable.id, OutboxTable.key).where(asked, OutboxTable.sent_at.is_(None))
        )
        gone = [id_ for id_, key in rows if key not in self.notices.asked]
        for id_ in gone:
            # Asked again: a sender may have handed it over since it was read.
            self.session.execute(
                delete(OutboxTable).where(OutboxTable.id == id_, OutboxTable.sent_at.is_(None))
            )

    # --- one method for each kind of record ------------------------------------------------

    def _instance_started(self, record: Logged) -> None:
        self.row.state = RUNNING
        self.row.process = record.data.get("process")
        self.row.started_at = record.at
        self.session.flush()  # expected clocks that were only just put back
        self.session.execute(
            delete(ClockTable).where(ClockTable.instance == self.row.instance, ClockTable.run == 0)
        )

    def _instance_ended(self, record: Logged) -> None:
        self.row.state = record.data.get("state", "completed")
        self.row.outcome = record.data.get("outcome")
        self.row.stage = CLOSED
        self.row.ended_at = record.at
        self._link(record, SETTLED, **{ENDED_AS: self.row.outcome})

    def _link(self, record: Logged, message: str, **said: Any) -> None:
        """Tell the forum session that a letter came of, if it came of one."""
        told = told_to_session(
            self.session,
            message=message,
            instance=self.row.instance,
            petition_id=self.row.petition_id,
            key=f"{self.row.instance}/{record.act_id}/{record.ordinal}/link",
            at=record.at,
            **said,
        )
        if told is not None:
            self.notices.ask(told)

    def _task(self, task_id: str) -> TaskTable | None:
        """The row of a task, also one that this unit of work has not sent to the database yet."""
        row = self._tasks.get(task_id) or self.session.get(TaskTable, (self.row.instance, task_id))
        if row is not None:
            self._tasks[task_id] = row
        return row

    def _task_opened(self, record: Logged) -> None:
        data = record.data
        row = self._task(data["task_id"])
        if row is None:
            row = TaskTable(instance=self.row.instance, task_id=data["task_id"])
            self._tasks[row.task_id] = row
            self.session.add(row)
        row.petition_id = self.row.petition_id
        row.element, row.name, row.role = record.element, data.get("name") or record.element, data["role"]
        row.unit_id = (data.get("unit") or self.row.department) if data["role"] in DEPARTMENTS else None
        row.fact, row.fields, row.round = (
            data.get("fact"),
            data.get("fields", []),
            data.get("round") or self.row.round,
        )
        row.opened_at, row.opened_seq = record.at, record.seq
        row.closed_at = row.reason = row.actor = row.data = None

    def _task_closed(self, record: Logged) -> None:
        data = record.data
        row = self._task(data["task_id"])
        if row is not None:
            row.closed_at, row.reason = record.at, data["reason"]
            row.actor, row.data = data.get("actor"), data.get("data", {})
        if data["reason"] == "completed":
            said = data.get("data", {})
            if record.element == "assign" or data.get("fact") == "assigned":
                self.row.department = said.get("department") or self.row.department
                self.row.co_handling = list(said.get("co_handling") or [])
            if data.get("fact"):
                self._fact(record, data["fact"], said)

    def _fact_reached(self, record: Logged) -> None:
        self._fact(record, record.data["fact"], record.data.get("data", {}))

    def _fact(self, record: Logged, fact: str, said: dict[str, Any]) -> None:
        self.session.add(
            FactTable(
                instance=self.row.instance,
                act_id=record.act_id,
                ordinal=record.ordinal,
                seq=record.seq,
                petition_id=self.row.petition_id,
                fact=fact,
                round=self.row.round,
                at=record.at,
                actor=record.data.get("actor"),
                data=said,
            )
        )
        self.row.stage = fact
        if fact in TOLD_FACTS:
            self._link(record, TOLD_FACTS[fact])
        if fact == "assigned" and said.get("department"):
            self.row.department = said["department"]
            self.row.co_handling = list(said.get("co_handling") or [])
            if record.kind == contracts.FACT_REACHED and self.row.accepted is None:
                # A mark: the letter comes with its lead unit. A person who assigns has not accepted yet, and
                # what is not accepted is shown to nobody else.
                self.row.accepted = True
        elif fact == "accepted":
            self.row.accepted = said.get("accepted") is not False
            self.row.emergency = said.get("emergency") is True
            self.row.stage = "accepted" if self.row.accepted else "rejected"
        elif fact == "verdict" and said.get("solved") is False:
            # "Not solved" opens the next round (defaults.md); what follows belongs to it.
            self.row.round += 1

    def _current_clock(self, clock: str) -> ClockTable | None:
        """The latest run of a clock, also one that is not in the database yet."""
        if clock not in self._clocks:
            query = select(ClockTable).where(
                ClockTable.instance == self.row.instance, ClockTable.clock == clock, ClockTable.current
            )
            row = self.session.scalars(query).one_or_none()
            if row is None:
                return None
            self._clocks[clock] = row
        return self._clocks[clock]

    def _clock_started(self, record: Logged) -> None:
        last = self._current_clock(record.data["clock"])
        if last is not None:
            last.current = False
        run = 1 if last is None else last.run + 1
        row = clock_row(self.row.instance, self.row.petition_id, record.data, run=run, at=record.at)
        self.session.add(row)
        self._clocks[row.clock] = row

    def _clock_stopped(self, record: Logged) -> None:
        row = self._current_clock(record.data["clock"])
        if row is not None and row.stopped_at is None:
            row.stopped_at, row.stop_reason = record.at, record.data.get("reason", "completed")
            row.frozen_lamp = record.data.get("lamp")

    def _clock_changed(self, record: Logged) -> None:
        row = self._current_clock(record.data["clock"])
        if row is not None and row.stopped_at is None:
            change_clock(row, record.kind, record.data, record.at)

    def _incident_raised(self, record: Logged) -> None:
        data = record.data
        values = {
            "instance": self.row.instance,
            "incident_id": data["incident_id"],
            "petition_id": self.row.petition_id,
            "element": record.element,
            "code": data.get("code", ""),
            "message": data.get("message", ""),
            "raised_at": record.at,
        }
        insert_new(self.session, IncidentTable, values)
        self.notices.incident_raised(record)

    def _incident_resolved(self, record: Logged) -> None:
        data = record.data
        row = self.session.get(IncidentTable, (self.row.instance, data["incident_id"]))
        if row is not None:
            row.resolved_at, row.action, row.actor = record.at, data.get("action"), data.get("actor")
            row.act_id = record.act_id
        self.notices.incident_resolved(record)

    _HANDLERS: Final[dict[str, Callable[[Projection, Logged], None]]] = {
        contracts.INSTANCE_STARTED: _instance_started,
        contracts.INSTANCE_ENDED: _instance_ended,
        contracts.TASK_OPENED: _task_opened,
        contracts.TASK_CLOSED: _task_closed,
        contracts.FACT_REACHED: _fact_reached,
        contracts.CLOCK_STARTED: _clock_started,
        contracts.CLOCK_STOPPED: _clock_stopped,
        **dict.fromkeys(CHANGES, _clock_changed),
        contracts.THRESHOLD_PASSED: lambda fold, record: fold.notices.threshold_passed(record),
        contracts.REMINDER_DUE: lambda fold, record: fold.notices.reminder_due(record),
        contracts.INCIDENT_RAISED: _incident_raised,
        contracts.INCIDENT_RESOLVED: _incident_resolved,
    }
