"""The store's outbox as the relay and the deliveries want it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from wenzheng.catalog.registry import NotDeployed
from wenzheng.contracts import SCHEDULE
from wenzheng.engine.findings import DefinitionRefused
from wenzheng.store import Store
from wenzheng.store.outbox import DELIVER, START_WORKFLOW
from wenzheng.store.views.notices import OutboxEntry

if TYPE_CHECKING:
    from wenzheng.gateways.ports import OutboxRow

_LOG: Final = logging.getLogger(__name__)
CalendarOf = Callable[[str, str], str | None]
"""The version of the calendar for a process of a definition; None: that of whoever begins it."""


def _that_of_the_sender(_definition: str, _process: str) -> None:
    return


class StoreStarts:
    """The outbox's starts of workflows, as the relay wants them."""

    def __init__(self, store: Store, calendar_of: CalendarOf = _that_of_the_sender) -> None:
        """`calendar_of` gives the version for a process that begins with a message of another."""
        self._store = store
        self._calendar_of = calendar_of

    def due_starts(self, now: datetime, limit: int) -> Sequence[OutboxEntry]:
        """See relay.StartOutbox."""
        with self._store.reader() as reader:
            rows = reader.due(now=now, kind=START_WORKFLOW, limit=limit)
        return [self._counted(row) for row in rows]

    def _counted(self, row: OutboxEntry) -> OutboxEntry:
        """What begins with a message has the calendar of its own process: its sender knows only its own."""
        start = row.data["start"]
        if "event" not in start or start["event"]["kind"] == SCHEDULE:
            return row
        try:
            version = self._calendar_of(row.data["definition"], start["process"])
        except (NotDeployed, DefinitionRefused, LookupError):
            _LOG.exception("No calendar is known for %s; it begins by that of its sender.", row.instance)
            return row
        return row if version is None else replace(row, data=row.data | {"calendar": version})

    def started(self, row_id: str, at: datetime) -> None:
        """See relay.StartOutbox."""
        with self._store.unit_of_work() as unit:
            unit.mark_sent(id=row_id, at=at)

    def not_started(self, row_id: str, at: datetime, error: str, retry_at: datetime) -> None:
        """See relay.StartOutbox."""
        with self._store.unit_of_work() as unit:
            unit.mark_failed(id=row_id, at=at, error=error, retry_at=retry_at)


class StoreDeliveries:
    """What instances have for each other, as deliveries.Deliveries wants it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def due_deliveries(self, now: datetime, limit: int) -> Sequence[OutboxEntry]:
        """See deliveries.DeliveryOutbox."""
        with self._store.reader() as reader:
            return reader.due(now=now, kind=DELIVER, limit=limit)

    def delivered(self, row: OutboxRow, at: datetime) -> None:
        """See deliveries.DeliveryOutbox."""
        with self._store.unit_of_work() as unit:
            unit.mark_sent(id=row.id, at=at)

    def refused(self, row: OutboxRow, at: datetime) -> None:
        """See deliveries.DeliveryOutbox."""
        with self._store.unit_of_work() as unit:
            unit.mark_sent(id=row.id, at=at)
            unit.refuse_delivery(row.instance, row.data)

    def unfit(self, row: OutboxRow, at: datetime, error: str) -> None:
        """See deliveries.DeliveryOutbox."""
        with self._store.unit_of_work() as unit:
            unit.mark_sent(id=row.id, at=at)
            unit.set_aside_delivery(row.instance, row.data, error)

    def not_delivered(self, row: OutboxRow, at: datetime, error: str, retry_at: datetime) -> None:
        """See deliveries.DeliveryOutbox."""
        with self._store.unit_of_work() as unit:
            unit.mark_failed(id=row.id, at=at, error=error, retry_at=retry_at)
