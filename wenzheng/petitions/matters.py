"""Matters of a forum session: what was not answered, or was promised, and becomes a letter of its own.

The answer "I shall look into it" is worth what comes of it (reference: 宣城, 余杭): so each such matter gets
a lead unit and the clocks of every other letter, and the session stays open until it has ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from wenzheng.petitions.kinds import Channel, Kind
from wenzheng.petitions.organisation import Organisation

UNANSWERED: Final = "unanswered"
PROMISED: Final = "promised"
MATTER_KINDS: Final = (UNANSWERED, PROMISED)
MATTER_KIND: Final = "matter_kind"
"""The field of a form that says which of the two it is."""
PROMISED_BY: Final = "promised_by"
"""The field with the day that was promised."""
RESULT_DAYS: Final = 15
"""Working days from the session until a matter without a promised day is due, unless the definition of the
forum says another number (civic.md §7, step 8)."""
SETTLED: Final = "matter_settled"
"""The message by which a session hears that the letter of a matter has ended."""
TOLD_FACTS: Final = {"replied": "matter_replied", "completed": "matter_completed"}
"""Facts of a letter of which its session hears before, each with its message."""
MATTER: Final = "matter"
"""What each of these messages says: the letter's id."""
ENDED_AS: Final = "ended_as"
"""The outcome of a letter that has ended: only what was handled settles a matter."""
_LONGEST_TITLE: Final = 60


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter as it is handed over: `content_id` is its text, `unit` leads, `session_on` is day 0.

    Without a promised day it is due `result_days` working days after the session.
    """

    session_id: str
    session_on: date
    content_id: str
    kind: str
    unit: str
    promised_by: date | None
    result_days: int = RESULT_DAYS

    @property
    def key(self) -> str:
        """What makes it this matter and no other: its words, which are of one act, and who leads.

        Not the call that files it: after a crash acts come back in another order, and the number of a call
        that was lost is that of another matter (docs/decisions/0010).
        """
        return f"{self.session_id}/{self.content_id}/{self.unit}"


@dataclass(frozen=True, slots=True)
class Filed:
    """The letter that a matter has become, and all of its session with their due days, the earliest first."""

    petition_id: str
    schedule: tuple[tuple[str, date], ...]


def submission_of(
    matter: Matter, text: str, session: str, number: int, units: Organisation
) -> dict[str, Any]:
    """What the intake is given for a matter: the same as for any letter.

    A first line that is short enough is its title; else the session and the number of the matter are. The
    addressee is the organ that answers for the lead unit.
    """
    first, _, rest = text.strip().partition("\n")
    is_title = bool(rest.strip()) and len(first.strip()) <= _LONGEST_TITLE
    organ = units.organ_of(matter.unit)
    return {
        "title": first.strip() if is_title else f"{session}（{number}）",
        "text": text,
        "kind": (Kind.HELP if matter.kind == PROMISED else Kind.ENQUIRY).value,
        "channel": Channel.FORUM.value,
        "addressee": organ.id if organ is not None else matter.unit,
        "public_consent": True,
    }
