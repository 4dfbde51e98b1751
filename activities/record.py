"""Writes the rows of an instance to the store."""

from __future__ import annotations

import logging
from typing import Final

from temporalio import activity

from wenzheng.contracts import INCIDENT_RAISED, RECORD_ACTIVITY, WITNESS_LENGTH, Flush
from wenzheng.petitions.ports import RecordSink

_LOG: Final = logging.getLogger(__name__)


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
        for record in flush.records:
            if record.kind == INCIDENT_RAISED:
                # Without its message: that may quote what somebody wrote, and a log is read by many.
                _LOG.warning(
                    "Incident: '%s' of %s has stopped (%s); see `wenzheng incidents list`.",
                    *(record.element, flush.instance, record.data.get("code")),
                )
        return flush.digest[:WITNESS_LENGTH]
