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
RESULT_DAYS: Final = 15
"""Working days from the session until a matter without a promised day is due (civic.md §7, step 8)."""
SETTLED: Final = "matter_settled"
"""The message by which a session hears that the letter of a matter has ended."""
MATTER: Final = "matter"
"""Its one value: the letter's id."""
_LONGEST_TITLE: Final = 60


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter as it is handed over: `content_id` is its text, `unit` leads, `session_on` is day 0."""

    session_id: str
    session_on: date
    content_id: str
    kind: str
    unit: str
    promised_by: date | None


@dataclass(frozen=True, slots=True)
class Filed:
    """The letter that a matter has become, and the latest day for which one of its session is due."""

    petition_id: str
    latest_due: date


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
