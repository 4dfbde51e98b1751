"""Names and messages that the Temporal workflows, the activities, the gateways and the store agree on.

Pure data: this module imports only the standard library, so that workflow code can
import it without pulling in SQLAlchemy, the Temporal client or a web framework.
All instants are timezone-aware UTC datetimes; all days are dates in the calendar's zone.
Everything here ends up in Temporal histories: ids and process variables only,
never a petition's text or a person's name (design.md §3).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum
from typing import Any, Final

JsonObject = dict[str, Any]
"""A JSON object: string keys, values of null, bool, int, float, str, list, dict."""

# --- Temporal names -------------------------------------------------------------------

TASK_QUEUE: Final = "wenzheng"
"""Queue of the process workflow and of the activities that write to the store."""

PROCESS_WORKFLOW: Final = "wenzheng.process"
RECORD_ACTIVITY: Final = "wenzheng.record"
OCCASION_WORKFLOW: Final = "wenzheng.occasion"
"""What a Temporal Schedule starts: it has the store begin whatever is due by it."""
OCCASION_ACTIVITY: Final = "wenzheng.begin_due"
OVERTAKEN: Final = "overtaken"
"""Type of the record activity's error when another worker has gone on with the instance meanwhile."""
WITNESS_LENGTH: Final = 12
"""Hex digits of a drift digest that the history keeps; version 0.1.0 kept all 64."""

COMPLETE_TASK_UPDATE: Final = "complete_task"
SEND_MESSAGE_UPDATE: Final = "send_message"
DELIVER_UPDATE: Final = "deliver"
RESOLVE_INCIDENT_UPDATE: Final = "resolve_incident"
SNAPSHOT_QUERY: Final = "snapshot"
PACE_SIGNAL: Final = "set_pace"
"""The clock of a practice city goes on after a standstill."""
CALENDAR_SIGNAL: Final = "change_calendar"
"""Another version of the instance's calendar has come into force, and touches what runs."""

# Rules that came later, by the name of their patch: who lived without one is replayed without it.
FOLLOWS_DAYS: Final = "follows-days"
"""A clock moves with the variable that holds its day 0. Asked only when that day has changed."""
HOLDS_HOURS: Final = "holds-hours"
"""A later instant of a clock of hours goes on to hold when the clock is extended. Asked only then."""

# Types of the application errors by which an update is refused.
REFUSED_ALREADY_DONE: Final = "AlreadyDone"
REFUSED_NOT_OPEN: Final = "NotOpen"
REFUSED_ROLE: Final = "WrongRole"
REFUSED_DATA: Final = "BadData"
REFUSED_TRY_AGAIN: Final = "TryAgain"
REFUSED_ENDED: Final = "Ended"


def petition_instance_id(petition_id: str) -> str:
    """Workflow id of the process instance that handles a petition."""
    return f"petition-{petition_id}"


# --- What goes into a process workflow --------------------------------------------------


@dataclass(frozen=True)
class DefinitionRef:
    """A compiled definition by its bundle's sha256 (64 hex digits); the codec resolves it."""

    digest: str


@dataclass(frozen=True)
class CalendarRef:
    """A calendar version by its sha256 (64 hex digits); the codec resolves it."""

    digest: str


@dataclass
class PaceInput:
    """How fast the city's clock runs, and what it showed when (calendars.pace).

    `working_day` is in microseconds; the calendar is the instance's own.
    """

    working_day: int
    epoch_real: datetime
    epoch_shown: datetime


@dataclass
class CalendarNews:
    """What goes with a version of an instance's calendar that came into force at `at`.

    `number` counts the versions of that calendar: what comes late, after a newer one, is no news. `notice`
    names what brought it about. With `keep_later` a limit that would come nearer holds where it is.
    """

    number: int
    at: datetime
    notice: str | None = None
    keep_later: bool = True

    def act_id(self, version: str) -> str:
        """The name of the act for ever; a version that comes into force once more is another act."""
        return f"calendar-{self.number}-{version[:12]}"


def number_of(calendar_act: str) -> int:
    """The number of the version that an act of CalendarNews is named after; 0 for another name."""
    number = calendar_act.split("-")[1:2]
    return int(number[0]) if number and number[0].isdecimal() else 0


SCHEDULE: Final = "schedule"
"""Kind of a delivery by which an instance begins without anybody having thrown anything."""


@dataclass
class Delivery:
    """A message or signal (`kind`) that another instance, the sender, has thrown.

    Of the kind SCHEDULE it is an occasion: `name` is the start event, the sender the schedule, and `keys`
    hold its moment as `at`.

    `act_id` names the throw, and what it does to whoever gets it. `waits` are the waits of the receiver that
    it is for; none for one that it begins. `keys` are the correlation keys that a message carries.
    """

    act_id: str
    kind: str
    name: str
    sender: str
    waits: list[str] = field(default_factory=list)
    data: JsonObject = field(default_factory=dict)
    keys: JsonObject = field(default_factory=dict)


class Revision(IntEnum):
    """What the workflow code decides otherwise than it did before; each includes those before it."""

    FIRST = 0
    IN_TURN = 1
    """Local activities are taken in turn (docs/decisions/0023)."""
    FROM_START = 2
    """Time begins with the start, not with the first workflow task (docs/decisions/0028)."""


@dataclass
class StartProcess:
    """How a process instance begins.

    `variables` are the process variables of the start (ids, dates as ISO 8601 text, flags).
    `state` is set by continue-as-new, and for a letter whose past was lived in virtual time:
    zlib-compressed, base64 text of the engine's state and of the rows still to be written.
    """

    process_id: str
    variables: JsonObject = field(default_factory=dict)
    state: str | None = None
    history_limit: int = 0
    """Continue as new above this many history events; 0 leaves the choice to Temporal."""
    pace: PaceInput | None = None
    """In a practice city; everywhere else time passes as it does."""
    event: Delivery | None = None
    """The message or signal that the instance begins with."""
    revision: Revision = Revision.FROM_START
    """Whose workflow code it began under: it goes on, and replays, by those rules."""


@dataclass
class Ring:
    """A Temporal Schedule has rung: `schedule` is its id in the store, `planned` when it was to ring."""

    schedule: str
    planned: datetime | None = None


@dataclass
class CompleteTask:
    """A person completes an open user task.

    `act_id` is chosen by the caller and names this act for ever: sending it twice is one act.
    `element` is the BPMN element id; `task_id` names one opening of it and may be left out
    when the element is open once.
    """

    act_id: str
    element: str
    actor: str
    role: str
    data: JsonObject = field(default_factory=dict)
    task_id: str | None = None


@dataclass
class SendMessage:
    """A person sends a named BPMN message to the instance (for example a withdrawal)."""

    act_id: str
    message: str
    actor: str
    data: JsonObject = field(default_factory=dict)


@dataclass
class ResolveIncident:
    """An operator retries, skips or answers an element that stopped with an incident."""

    act_id: str
    incident_id: str
    actor: str
    action: str  # retry | skip | answer
    data: JsonObject = field(default_factory=dict)


@dataclass
class ServiceCall:
    """What a service activity is called with; (instance, call_id) is its key for ever."""

    instance: str
    call_id: str
    input: JsonObject = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The idempotency key of every effect of this call."""
        return f"{self.instance}/{self.call_id}"


@dataclass
class ActResult:
    """The answer to an act: who did it first, when, and what is open afterwards.

    On its way `act_id` is left out, and `actor` when it is who asks: the asker puts them in (`answered`).
    """

    act_id: str
    seq: int
    actor: str
    at: datetime
    open_elements: list[str] = field(default_factory=list)
    ended: bool = False

    def answered(self, act_id: str, actor: str) -> ActResult:
        """The whole answer, for whoever sent the act."""
        return replace(self, act_id=act_id, actor=self.actor or actor)


# --- What comes out of a process workflow: rows for the store ----------------------------

# Kinds of a record. `data` of each is described in docs/reference/records.md.
INSTANCE_STARTED: Final = "instance_started"
INSTANCE_ENDED: Final = "instance_ended"
INSTANCE_MOVED: Final = "instance_moved"
TASK_OPENED: Final = "task_opened"
TASK_CLOSED: Final = "task_closed"
FACT_REACHED: Final = "fact_reached"
SERVICE_REQUESTED: Final = "service_requested"
SERVICE_FINISHED: Final = "service_finished"
MESSAGE_THROWN: Final = "message_thrown"
MESSAGE_CAUGHT: Final = "message_caught"
SIGNAL_THROWN: Final = "signal_thrown"
SIGNAL_CAUGHT: Final = "signal_caught"
CLOCK_STARTED: Final = "clock_started"
CLOCK_STOPPED: Final = "clock_stopped"
CLOCK_PAUSED: Final = "clock_paused"
CLOCK_RESUMED: Final = "clock_resumed"
CLOCK_EXTENDED: Final = "clock_extended"
CLOCK_RESTARTED: Final = "clock_restarted"
CLOCK_MOVED: Final = "clock_moved"
CLOCK_KEPT: Final = "clock_kept"
CLOCK_OF: Final = "@"
"""Stands in the name of a clock that belongs to a run of an activity, before whose it is."""


def clock_id(name: str) -> str:
    """The id in its definition of a clock that runs under a name."""
    return name.partition(CLOCK_OF)[0]


CALENDAR_CHANGED: Final = "calendar_changed"
THRESHOLD_PASSED: Final = "threshold_passed"
REMINDER_DUE: Final = "reminder_due"
INCIDENT_RAISED: Final = "incident_raised"
INCIDENT_RESOLVED: Final = "incident_resolved"


@dataclass
class Record:
    """One row of an instance's log, keyed (instance, act_id, ordinal).

    `act_id` is the update, signal, timer or start that caused it; `ordinal` counts the rows of
    that act from 0; `seq` counts the acts of the instance from 1 (all rows of one act share it).
    """

    act_id: str
    ordinal: int
    seq: int
    kind: str
    element: str
    at: datetime
    data: JsonObject = field(default_factory=dict)


@dataclass
class Subscription:
    """An instance waits for a message or signal of another; `id` is new for each wait of an instance."""

    id: str
    kind: str
    name: str
    keys: JsonObject = field(default_factory=dict)


@dataclass
class Routing:
    """What an instance waits for after a flush, and which processes begin with what it has thrown.

    `begins` maps `KIND/NAME` to process ids.
    """

    subscriptions: list[Subscription] = field(default_factory=list)
    begins: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Flush:
    """Everything one activation of an instance wants written, in one transaction.

    `digest` is the drift digest (open elements, variables, deadlines) after the last record;
    the store keeps it with the instance. `routing` is None where no process of the bundle throws anything.
    `windows` are the days, first and last, that what runs rests on: a version of the calendar that changes
    none of them is no news to the instance. None: nobody looked.
    `asked_at` is Temporal's time when the write was asked for. It tells a write that comes late, of a worker
    that was cut off, from the truth (docs/decisions/0042). None: asked for by code of before.
    """

    instance: str
    definition: str
    calendar: str
    records: list[Record]
    digest: str
    variables: JsonObject = field(default_factory=dict)
    routing: Routing | None = None
    windows: list[list[str]] | None = None
    asked_at: datetime | None = None


@dataclass
class Snapshot:
    """The frozen picture a query reads: where the instance stands."""

    instance: str
    seq: int
    flushed_seq: int
    open_tasks: list[JsonObject] = field(default_factory=list)
    clocks: list[JsonObject] = field(default_factory=list)
    incidents: list[JsonObject] = field(default_factory=list)
    next_alarm: datetime | None = None
    ended: bool = False
    outcome: str | None = None
    digest: str = ""
    calendar: str = ""
    """The version of the calendar that counts for it."""
