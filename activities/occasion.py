"""Has the store begin what is due by a schedule that has rung."""

from __future__ import annotations

from temporalio import activity

from wenzheng.contracts import OCCASION_ACTIVITY, Ring
from wenzheng.petitions.ports import OccasionSink


class OccasionActivity:
    """Idempotent: a period that has had its turn is not begun again, however often it is called."""

    def __init__(self, sink: OccasionSink) -> None:
        self._sink = sink

    # See record.py: an exception thrown into a thread amid a transaction leaves locks behind.
    @activity.defn(name=OCCASION_ACTIVITY, no_thread_cancel_exception=True)
    def begin(self, ring: Ring) -> list[str]:
        """Begin what is due; returns the instances that begin."""
        return self._sink.rang(ring.schedule, ring.planned)
