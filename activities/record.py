"""Writes the rows of an instance to the store."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Final

from temporalio import activity
from temporalio.exceptions import ApplicationError

from wenzheng.contracts import INCIDENT_RAISED, OVERTAKEN, RECORD_ACTIVITY, WITNESS_LENGTH, Flush
from wenzheng.petitions.ports import RecordSink
from wenzheng.store.errors import Overtaken

_LOG: Final = logging.getLogger(__name__)


class RecordActivity:
    """The one write of an activation. Idempotent: rows are keyed (instance, act id, ordinal)."""

    def __init__(self, sink: RecordSink) -> None:
        self._sink = sink

    # No exception is thrown into the thread when its time is up: amid a transaction it would leave a
    # lock or a connection behind. The attempt ends by the store's own time limits; a repeat is harmless.
    @activity.defn(name=RECORD_ACTIVITY, no_thread_cancel_exception=True)
    def record(self, flush: Flush) -> str:
        """Write the rows in one transaction; returns the history's witness, the drift digest's beginning.

        Raises ApplicationError OVERTAKEN, for good, when the write comes too late (docs/decisions/0042).
        """
        asked = activity.info()
        if not asked.is_local:  # Temporal has it in the history: it is true whenever it comes
            flush = replace(flush, asked_at=asked.started_time)
        try:
            self._sink.apply_flush(flush)
        except Overtaken as late:
            raise ApplicationError(str(late), type=OVERTAKEN, non_retryable=True) from late
        for record in flush.records:
            if record.kind == INCIDENT_RAISED:
                # Without its message: that may quote what somebody wrote, and a log is read by many.
                _LOG.warning(
                    "Incident: '%s' of %s has stopped (%s); see `wenzheng incidents list`.",
                    *(record.element, flush.instance, record.data.get("code")),
                )
        return flush.digest[:WITNESS_LENGTH]
