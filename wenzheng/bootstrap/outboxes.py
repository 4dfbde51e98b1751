"""The store's outbox as the relay and the deliveries want it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from wenzheng.store import Store
from wenzheng.store.outbox import DELIVER, START_WORKFLOW
from wenzheng.store.views.notices import OutboxEntry

if TYPE_CHECKING:
    from wenzheng.gateways.ports import OutboxRow


class StoreStarts:
    """The outbox's starts of workflows, as the relay wants them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def due_starts(self, now: datetime, limit: int) -> Sequence[OutboxEntry]:
        """See relay.StartOutbox."""
        with self._store.reader() as reader:
            return reader.due(now=now, kind=START_WORKFLOW, limit=limit)

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
