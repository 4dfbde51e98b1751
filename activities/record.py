"""Writes the rows of an instance to the store."""

from __future__ import annotations

from temporalio import activity

from wenzheng.contracts import RECORD_ACTIVITY, WITNESS_LENGTH, Flush
from wenzheng.petitions.ports import RecordSink


class RecordActivity:
    """The one write of an activation. Idempotent: rows are keyed (instance, act id, ordinal)."""

    def __init__(self, sink: RecordSink) -> None:
        self._sink = sink

    # No exception is thrown into the thread when its time is up: amid a transaction it would leave a
    # lock or a connection behind. The attempt ends by the store's own time limits; a repeat is harmless.
    @activity.defn(name=RECORD_ACTIVITY, no_thread_cancel_exception=True)
    def record(self, flush: Flush) -> str:
        """Write the rows in one transaction; returns the history's witness, the drift digest's beginning."""
        self._sink.apply_flush(flush)
        return flush.digest[:WITNESS_LENGTH]
