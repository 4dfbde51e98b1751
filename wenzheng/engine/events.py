"""What can happen to an instance. Every event is plain data; `now` comes separately."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from wenzheng.calendars import Calendar
from wenzheng.contracts import JsonObject


@dataclass(frozen=True)
class Start:
    """The instance begins with these variables."""

    variables: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class TaskCompleted:
    """A person completes a user task; `task_id` may be left out when it is open once."""

    element: str
    actor: str
    role: str
    data: JsonObject = field(default_factory=dict)
    task_id: str | None = None


@dataclass(frozen=True)
class MessageReceived:
    """A message by name, with values for process variables.

    From another instance it says to which of the waits it goes (`to`, a Wait.id; without it whoever has
    waited longest takes it), which correlation `keys` it carries, and by what `key` the throw is known.
    """

    message: str
    data: JsonObject = field(default_factory=dict)
    actor: str | None = None
    to: str | None = None
    keys: JsonObject | None = None
    key: str | None = None


@dataclass(frozen=True)
class SignalReceived:
    """A signal that somebody else has thrown; whoever waits for it hears it.

    `waits` names the waits (Wait.id) that it was thrown for, and nobody need listen without it. `key` names
    the throw.
    """

    signal: str
    waits: tuple[str, ...] | None = None
    key: str | None = None


@dataclass(frozen=True)
class OccasionCome:
    """A schedule has come by which the instance begins: its start event `element`, for the occasion at `at`.

    The moment may lie before the present, when nobody was awake, or ahead, when somebody did not wait for it.
    """

    element: str
    at: datetime


@dataclass(frozen=True)
class StartRefused:
    """The instance begins with `event`, but cannot with `variables` or the event's data; `why` says so.

    It begins all the same and stops at once with an incident, so that nothing is lost.
    """

    event: MessageReceived | SignalReceived | OccasionCome
    variables: JsonObject
    why: str


@dataclass(frozen=True)
class TimeReached:
    """Time has come to look at deadlines: all that are due by `now` fire, oldest first."""


@dataclass(frozen=True)
class ServiceFinished:
    """A service call ended well with this output."""

    call_id: str
    output: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class ServiceFailed:
    """A service call ended for good without a result; the branch stops with an incident."""

    call_id: str
    code: str
    message: str


@dataclass(frozen=True)
class IncidentResolved:
    """An operator retries, skips or answers an element that stopped."""

    incident_id: str
    action: str
    actor: str
    data: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class CalendarChanged:
    """Another version of the calendar holds: what runs is counted again, what was passed stays.

    With `keep_later` a limit that would come nearer holds where it is, and both days are said. `notice`
    names what brought the version about. `since` is when it came into force: what only the version before
    had fall due after that counts again, and what began on a later day keeps no later day.
    """

    calendar: Calendar
    keep_later: bool = True
    notice: str | None = None
    since: datetime | None = None


Event = (
    Start
    | TaskCompleted
    | MessageReceived
    | SignalReceived
    | OccasionCome
    | StartRefused
    | TimeReached
    | ServiceFinished
    | ServiceFailed
    | IncidentResolved
    | CalendarChanged
)


class EventRefused(Exception):
    """The event cannot happen now. Nothing has changed.

    `code` is one of contracts.REFUSED_*; `by` and `at` name who did it before, if somebody did.
    """

    def __init__(self, code: str, message: str, by: str | None = None, at: str | None = None) -> None:
        self.code = code
        self.by = by
        self.at = at
        super().__init__(message)
