"""What records ask to be told, and to whom: rows of the outbox and of the inbox.

Part of the fold (projection.py): what is written follows from the record and from what earlier ones wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from wenzheng.petitions.recipients import Recipient
from wenzheng.petitions.roles import DEPARTMENTS, Role
from wenzheng.store.logged import Logged
from wenzheng.store.outbox import BY_RECORD, NOTICE, outbox_values, unless_past
from wenzheng.store.recipients import recipient
from wenzheng.store.tables.instances import InstanceTable, TaskTable
from wenzheng.store.tables.notices import InboxTable, OutboxTable
from wenzheng.store.types import insert_new, instant, row_id

ESCALATION: Final = "escalation"
"""Template of the notices that tell of a passed limit, to be answered."""

REMINDER: Final = "reminder"
"""Template of the notices that tell that a limit draws near."""

INCIDENT: Final = "incident"
"""Template of the notices that tell operators that something has stopped."""


def _threshold(record: Logged) -> dict[str, Any]:
    """What a notice says of a threshold."""
    data = record.data
    return {
        "clock": data["clock"],
        "threshold": data["threshold"],
        "lamp": data.get("lamp"),
        "due": data["due"],
    }


class Notices:
    """What one instance's records ask for, inside one transaction."""

    def __init__(self, session: Session, row: InstanceTable, tasks: Mapping[str, TaskTable]) -> None:
        """`tasks` are those of the instance that the fold has touched, by id: perhaps not yet sent."""
        self._session = session
        self._row = row
        self._tasks = tasks
        self.asked: set[str] = set()
        """Keys of the outbox rows the applied records ask for."""

    def threshold_passed(self, record: Logged) -> None:
        """An entry in the inbox and a notice for each role that is to hear."""
        for notify in record.data.get("notify", []):
            self._escalate(record, notify)

    def reminder_due(self, record: Logged) -> None:
        """A notice for each role that is to hear in time; nobody has to answer it."""
        for remind in record.data["remind"]:
            for to, place in self._recipients(remind, record.data.get("whose")):
                key = f"{self._row.instance}/{record.act_id}/{record.ordinal}/{remind}{place}"
                self._tell(record, key, to, REMINDER, _threshold(record))

    def incident_raised(self, record: Logged) -> None:
        """A notice to every operator, at once: somebody has to decide, and nothing else will go on there."""
        to = Recipient(Role.OPERATOR, None)
        data = {"element": record.element, "code": record.data.get("code", "")}
        self._tell(record, self._of_incident(record), to, INCIDENT, data)

    def incident_resolved(self, record: Logged) -> None:
        """What nobody need decide any more is not told, unless it was told already."""
        key = self._of_incident(record)
        self.asked.discard(key)
        self._session.execute(
            delete(OutboxTable).where(OutboxTable.key == key, OutboxTable.sent_at.is_(None))
        )

    def _of_incident(self, record: Logged) -> str:
        return f"{self._row.instance}/incident/{record.data['incident_id']}"

    def _recipients(self, name: str, whose: str | None) -> list[tuple[Recipient, str]]:
        """Who is meant by a name, each with what tells its row from the others.

        Of the clock of a unit (`whose`), `department` and its head are that unit's, whoever has the letter.
        Of a matter that is assigned to nobody, `department` and its head are those of the units that still
        have a task of it: each of a forum's units, say, whose material has not come.
        """
        if whose is not None:
            return [(recipient(self._session, name, whose), "")]
        units: list[str] = []
        if self._row.department is None and name in DEPARTMENTS:
            rows = [self._tasks[key] for key in self._tasks] + list(
                self._session.scalars(select(TaskTable).where(TaskTable.instance == self._row.instance))
            )
            open_now = {row.unit_id for row in rows if row.closed_at is None and row.role in DEPARTMENTS}
            units = sorted(unit for unit in open_now if unit is not None)
        if not units:
            return [(recipient(self._session, name, self._row.department), "")]
        return [(recipient(self._session, name, unit), f"/{unit}") for unit in units]

    def _escalate(self, record: Logged, notify: str) -> None:
        """One inbox entry and one notice for each role that is to hear of a threshold."""
        for to, place in self._recipients(notify, record.data.get("whose")):
            self._escalate_to(
                record, f"{self._row.instance}/{record.act_id}/{record.ordinal}/{notify}{place}", to
            )

    def _escalate_to(self, record: Logged, key: str, to: Recipient) -> None:
        notice_at = instant(record.data.get("notice_at")) or record.at
        about = _threshold(record)
        entry = {
            "id": row_id(key),
            "key": key,
            "instance": self._row.instance,
            "petition_id": self._row.petition_id,
            "role": to.role,
            "unit_id": to.unit_id,
            "notice_at": notice_at,
            "at": record.at,
        }
        insert_new(self._session, InboxTable, entry | about | {"due": date.fromisoformat(about["due"])})
        self._tell(record, key, to, ESCALATION, about | {"inbox": row_id(key)})

    def _tell(self, record: Logged, key: str, to: Recipient, template: str, data: dict[str, Any]) -> None:
        values = outbox_values(
            key=key,
            kind=NOTICE,
            origin=BY_RECORD,
            instance=self._row.instance,
            at=record.at,
            not_before=instant(record.data.get("notice_at")) or record.at,
            petition_id=self._row.petition_id,
            template=template,
            recipient_role=to.role,
            recipient_unit=to.unit_id,
            data=data,
        )
        self.ask(values)

    def ask(self, values: dict[str, Any]) -> None:
        """Put a row into the outbox, once for its key however often a record is folded in."""
        self.asked.add(values["key"])
        values = unless_past(self._session, values)
        if insert_new(self._session, OutboxTable, values):
            return
        # A row with this key is from before a rebuild. Sent: said is said. Unsent: the record that
        # stands now decides what it says; a failed attempt keeps its count and its next time.
        row = self._session.get_one(OutboxTable, values["id"], with_for_update=True)
        if row.sent_at is None:
            if "delivered" in row.data:
                values["data"] = values["data"] | {"delivered": row.data["delivered"]}
            kept = ("attempts", "last_error", "failed_at", *(("not_before",) if row.attempts else ()))
            for column, value in values.items():
                if column not in kept:
                    setattr(row, column, value)
