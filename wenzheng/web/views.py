"""Letters as somebody may see them: the visibility matrix applied to rows of the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from wenzheng import contracts
from wenzheng.calendars import Calendar
from wenzheng.calendars.explanation import Language
from wenzheng.petitions.lamps import Standing, lamp, standing
from wenzheng.petitions.reason_words import words_of
from wenzheng.petitions.visibility import FieldGroup
from wenzheng.store import Reader
from wenzheng.store.clock_rows import reading_of
from wenzheng.store.views.instances import Clock
from wenzheng.store.views.log import RecordRow
from wenzheng.store.views.petitions import Attachment, Content, PetitionRow
from wenzheng.web.deadlines import explained, reasons_of
from wenzheng.web.schemas.clocks import ClockReasons, ClockView, Limit
from wenzheng.web.schemas.letters import AttachmentView, ContentView, Event, Letter, Person, Summary
from wenzheng.web.seeing import Sight

_AUTHOR_CLOCKS: Final = frozenset({"letter", "feedback", "round", "promise"})
"""Clocks that are promises to the author; the others measure the house."""

_OF_THE_HOUSE: Final = frozenset({"drafted", "reported"})
"""Facts that are steps inside the house: what was said then is no answer yet."""

_TO_THE_AUTHOR: Final = frozenset({"asked", "extended", "renewed"})
"""Facts whose text is for the author and not for the public: a question may be about a private matter."""

_SAYING: Final = frozenset({contracts.TASK_CLOSED, contracts.FACT_REACHED})
"""Kinds of records that carry what somebody said, and may state a fact."""

_RATING_KINDS: Final = frozenset({"rating", "withdrawal"})

Names = Mapping[str, str]
"""Name of each unit by id."""


_NO_NAMES: Final[Names] = {}


@dataclass(frozen=True)
class Dossier:
    """Everything the store holds about a letter, read in one transaction."""

    row: PetitionRow
    records: list[RecordRow]
    contents: dict[str, Content]
    clocks: list[Clock]
    open: list[str]
    tasks: dict[str, str]
    """Task id of each open element."""
    units_of: dict[str, str | None]
    """Unit of each account that acted."""
    names: Names
    files: list[Attachment] = field(default_factory=list)
    """Those that the reader may see (web.files)."""
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    """The versions by which its clocks were counted, by digest."""

    def counted_by(self, clock: Clock, now: Calendar) -> Calendar:
        """The version by which a clock was counted; that of `now` where nobody knows it any more."""
        return self.calendars.get(clock.calendar, now)


def names_of(reader: Reader, language: str) -> Names:
    """Name of each unit by id."""
    return {unit.id: unit.name_en if language == "en" else unit.name_zh for unit in reader.units()}


def dossier(reader: Reader, row: PetitionRow, language: str = "zh") -> Dossier:
    """Read everything about a letter; names of units in the reader's language."""
    records = reader.timeline(row.id)
    actors = {str(record.data["actor"]) for record in records if record.data.get("actor")}
    accounts = {actor: reader.account(actor) for actor in actors}
    tasks = reader.tasks(petition_id=row.id, open_only=True)
    clocks = reader.clocks(row.id)
    return Dossier(
        row=row,
        records=records,
        contents={content.id: content for content in reader.contents(row.id)},
        clocks=clocks,
        calendars=reader.kept_calendars({clock.calendar for clock in clocks}),
        open=[task.element for task in tasks],
        tasks={task.element: task.task_id for task in tasks},
        units_of={actor: account.unit_id if account else None for actor, account in accounts.items()},
        names=names_of(reader, language),
    )


def status(row: PetitionRow) -> str:
    """Where a letter stands, in the words of the API."""
    return "submitted" if row.state == "received" else row.state


def summary(row: PetitionRow, sight: Sight, names: Names, open_elements: Iterable[str] = ()) -> Summary:
    """A letter in a list. The title counts as text."""
    return Summary(
        id=row.id,
        number=row.number,
        title=sight.words(FieldGroup.TEXT, row.title),
        kind=row.kind,
        state=status(row),
        lamp=row.lamp,
        standing=row.standing,
        addressee=row.addressee,
        department=row.department,
        department_name=names.get(row.department or ""),
        received_on=row.received_on,
        submitted_at=row.submitted_at,
        public=row.public_consent,
        round=row.round,
        open=list(open_elements),
        outcome=row.outcome,
    )


def letter(file: Dossier, sight: Sight, now: datetime) -> Letter:
    """A letter as the caller may see it; what is hidden is null or absent."""
    row = file.row
    brief = summary(row, sight, file.names, file.open)
    author = Person(
        name=row.author_name or None,
        contact=row.author_contact or None,
        group=row.citizen_group,
        area=row.citizen_area,
    )
    near = sight.staff or sight.author
    return Letter(
        **brief.model_dump(),
        text=sight.words(FieldGroup.TEXT, row.text),
        author=author if sight.whole(FieldGroup.IDENTITY) else None,
        channel=row.channel if near else None,
        received_at=row.received_at if near else None,
        taken_by=row.taken_by if sight.staff else None,
        contents=list(contents(file, sight)),
        clocks=[
            clock_view(clock, now, file.names)
            for clock in file.clocks
            if clock.current and _shows(clock, sight)
        ],
        attachments=[attachment_view(one) for one in file.files],
    )


def attachment_view(file: Attachment) -> AttachmentView:
    """A file as the API shows it."""
    return AttachmentView(
        id=file.id,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        unit=file.unit_id,
        added_at=file.added_at,
    )


def _shows(clock: Clock, sight: Sight) -> bool:
    return sight.staff or (sight.author and clock.clock in _AUTHOR_CLOCKS)


def contents(file: Dossier, sight: Sight) -> Iterable[ContentView]:
    """What was said, in the order of the acts that carried it.

    Only texts an act refers to: a text whose act was refused was never said. What no fact keeps is a
    draft or a note of the house.
    """
    private = _only_for_the_author(file) if not (sight.staff or sight.author) else frozenset()
    for content, data, kept in _said(file):
        if content.id in private:
            continue
        if content.kind in _RATING_KINDS:
            group = FieldGroup.RATING
        else:
            group = FieldGroup.TEXT if kept else FieldGroup.NOTES
        text = sight.words(group, content.text, content.unit_id)
        if text is None:
            continue
        yield ContentView(
            id=content.id,
            kind=content.kind,
            text=text,
            author=_shown_actor(file, sight, content.author) or "",
            at=content.at,
            reply_kind=data.get("reply_kind"),
            silent=_silent(file, data),
            internal=group is FieldGroup.NOTES,
        )


def _silent(file: Dossier, data: Mapping[str, Any]) -> list[str]:
    """The names of the units that an answer says were silent."""
    units = data.get("silent")
    return [file.names.get(unit, unit) for unit in units] if isinstance(units, list) else []


def _said(file: Dossier) -> Iterable[tuple[Content, Mapping[str, Any], bool]]:
    """Each text once, with the data it came with, and whether a fact keeps it.

    A reply is drafted by one act and kept by the fact that it was given, later: it stands there.
    """
    mentions = [(record, name) for record in file.records for name in _contents_of(file, record)]
    kept = {name for record, name in mentions if _keeps(record)}
    seen: set[str] = set()
    for record, name in mentions:
        if name not in seen and (_keeps(record) or name not in kept):
            seen.add(name)
            yield file.contents[name], _act_data(record), name in kept
    if file.row.outcome == "withdrawn":
        yield from ((said, {}, True) for said in file.contents.values() if said.kind == "withdrawal")


def _only_for_the_author(file: Dossier) -> frozenset[str]:
    """Texts that only facts of `_TO_THE_AUTHOR` keep."""
    kept = [
        (record.data["fact"], name)
        for record in file.records
        if _keeps(record)
        for name in _contents_of(file, record)
    ]
    public = {name for fact, name in kept if fact not in _TO_THE_AUTHOR}
    return frozenset(name for _, name in kept) - public


def _contents_of(file: Dossier, record: RecordRow) -> list[str]:
    values = _act_data(record).values()
    return [value for value in values if isinstance(value, str) and value in file.contents]


def _keeps(record: RecordRow) -> bool:
    """Whether a record says something to the author for good: a fact that is no draft or report."""
    fact = record.data.get("fact")
    return fact is not None and fact not in _OF_THE_HOUSE


def _act_data(record: RecordRow) -> dict[str, Any]:
    data = record.data.get("data")
    return data if isinstance(data, dict) else {}


def _shown_actor(file: Dossier, sight: Sight, actor: str | None) -> str | None:
    """Staff see who acted; everybody else sees which unit."""
    if actor is None or actor == "author" or sight.staff:
        return actor
    return file.names.get(file.units_of.get(actor) or "")


def _moved_from(clock: Clock, threshold: Mapping[str, Any]) -> date | None:
    """The day on which a limit lay before the last version of the calendar moved it there."""
    for entry in reversed(clock.ledger):
        for moved in entry.get("moved", ()) if entry.get("cause") == "calendar" else ():
            if moved["threshold"] == threshold["id"] and moved["before"] != moved["due"] == threshold["due"]:
                return date.fromisoformat(moved["before"])
    return None


def clock_view(clock: Clock, now: datetime, names: Names = _NO_NAMES) -> ClockView:
    """A clock with its limits, its lamp and what else is to be said of it; `names` are those of units."""
    reading = reading_of(clock)
    shown = standing(reading, now)
    return ClockView(
        clock=clock.clock,
        name=clock.name,
        name_en=clock.name_en,
        whose=clock.unit_id,
        whose_name=names.get(clock.unit_id or ""),
        day0=clock.day0,
        limits=[
            Limit(
                id=threshold["id"],
                due=threshold["due"],
                lamp=threshold.get("lamp"),
                provisional=bool(threshold.get("provisional")),
                counted=threshold.get("counted"),
                moved_from=_moved_from(clock, threshold),
            )
            for threshold in clock.thresholds
        ],
        lamp=lamp(reading, now).value if any(limit.get("lamp") for limit in clock.thresholds) else None,
        running=clock.stopped_at is None,
        unit=clock.unit,
        standing=shown.value,
        paused_on=clock.paused_on if shown is Standing.PAUSED else None,
        extended_until=clock.extended_until if shown is Standing.EXTENDED else None,
    )


def clock_reasons(file: Dossier, sight: Sight, name: str, calendar: Calendar) -> ClockReasons | None:
    """Why the limits of a clock are over when they are; None where there is no such clock to be seen."""
    found = (one for one in file.clocks if one.current and one.clock == name and _shows(one, sight))
    clock = next(found, None)
    if clock is None:
        return None
    reasons = explained(clock, file.counted_by(clock, calendar))
    if not sight.staff:  # why somebody paused or lengthened it may be a note of the house
        reasons.history = [
            {name: value for name, value in entry.items() if name != "reason"} for entry in reasons.history
        ]
    return reasons


def whys(file: Dossier, sight: Sight, calendar: Calendar, language: Language) -> dict[str, list[list[str]]]:
    """By clock, why each of its limits is over when it is, in words."""
    found = {}
    for clock in file.clocks:
        if clock.current and _shows(clock, sight):
            reasons = reasons_of(clock, file.counted_by(clock, calendar))
            found[clock.clock] = [words_of(reasons, limit, language) for limit in reasons.limits]
    return found


_PUBLIC_FACTS: Final = frozenset(
    {"accepted", "department", "reply_kind", "promised_on", "solved", "satisfaction"}
)
"""Fields of acts that everybody who sees the letter may see."""


def timeline(file: Dossier, sight: Sight) -> list[Event]:
    """What happened, oldest first: all of it for staff, acts and lamps for everybody else."""
    row = file.row
    first = Event(
        at=row.submitted_at,
        seq=0,
        event="submitted",
        element="submitted",
        name="收到来信",
        actor=None,
        role=None,
        data={},
    )
    events = (_event(file, sight, record) for record in file.records)
    return [first, *(event for event in events if event is not None)]


def _event(file: Dossier, sight: Sight, record: RecordRow) -> Event | None:
    said = record.kind in _SAYING
    data: dict[str, Any] = _act_data(record) if said else dict(record.data)
    if not sight.staff:
        if not _is_public_event(record):
            return None
        if said:
            data = {name: value for name, value in data.items() if _may_know(name, sight)}
        else:
            data = {
                name: data[name] for name in ("clock", "threshold", "lamp", "due", "outcome") if name in data
            }
    return Event(
        at=record.at,
        seq=record.seq,
        event=record.kind,
        element=record.element,
        name=_name(file, record),
        actor=_shown_actor(file, sight, record.data.get("actor")),
        role=record.data.get("role") if sight.staff else None,
        data=data,
    )


def _may_know(name: str, sight: Sight) -> bool:
    return name in _PUBLIC_FACTS or (name == "reason" and sight.author)


def _is_public_event(record: RecordRow) -> bool:
    """Facts, lamps that turned, and the end; drafts, checks, service calls and openings are inner life."""
    if record.kind in _SAYING:
        return record.data.get("reason") != "cancelled" and _keeps(record)
    if record.kind == contracts.THRESHOLD_PASSED:
        return record.data.get("clock") in _AUTHOR_CLOCKS and bool(record.data.get("lamp"))
    return record.kind == contracts.INSTANCE_ENDED


def _name(file: Dossier, record: RecordRow) -> str:
    """The label of an element: a task has its own, of a clock the clock's, else the kind."""
    if record.data.get("name"):
        return str(record.data["name"])
    if record.kind == contracts.TASK_CLOSED:
        task = record.data.get("task_id")
        opened = (
            r for r in file.records if r.kind == contracts.TASK_OPENED and r.data.get("task_id") == task
        )
        return next((str(r.data.get("name") or r.element) for r in opened), record.element)
    if record.data.get("clock"):
        names = {clock.clock: clock.name for clock in file.clocks}
        return names.get(str(record.data["clock"]), str(record.data["clock"]))
    return record.kind
