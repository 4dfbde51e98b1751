"""What activities ask of the store, as protocols: the store implements them, tests may too."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from wenzheng.contracts import Flush
from wenzheng.petitions.matters import Filed, Matter


class RecordSink(Protocol):
    """Takes what an activation of an instance wants written."""

    def apply_flush(self, flush: Flush) -> None:
        """Write all records of a flush in one transaction; a second time changes nothing."""


class NoticeSink(Protocol):
    """Takes notices for people; they go out later, at least once."""

    def queue_notice(
        self,
        *,
        key: str,
        instance: str,
        petition_id: str,
        template: str,
        recipient_role: str,
        recipient_unit: str | None,
        not_before: datetime,
        data: dict[str, Any],
    ) -> bool:
        """Queue a notice under a key that is its for ever.

        `not_before` is an instant with zone. False if that key was queued before: nothing is changed then.
        """


class OccasionSink(Protocol):
    """Begins what is due by the schedules of definitions."""

    def rang(self, schedule: str, planned: datetime | None) -> list[str]:
        """Begin what is due by a schedule that rang for a moment; a second time begins nothing.

        Returns the instances that begin.
        """


class MatterSink(Protocol):
    """Makes matters of a forum session letters."""

    def file_matter(self, matter: Matter, now: datetime) -> Filed:
        """File the letter of a matter; the same matter (its key) is filed once.

        Raises LookupError for a session or text that is not there, LetterRefusedError for a text that no
        letter may have.
        """


class NoMatters:
    """Where no letters are filed: nobody may ask for it."""

    def file_matter(self, matter: Matter, now: datetime) -> Filed:
        """See MatterSink."""
        raise LookupError(
            f"Expected a city that takes letters for matter {matter.key} at {now}, "
            "found none; run it with `wenzheng run`."
        )
