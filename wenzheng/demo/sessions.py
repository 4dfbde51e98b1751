"""The forum of the demo: sessions with the past they have lived, each once whatever is killed when.

Like the letters (`load`): the engine lives their past in virtual time, and what comes of it is the input of a
workflow. A matter that was handed over is a letter with a past of its own; the session heard of it when the
letter was answered, completed and ended, as the store tells it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from wenzheng.calendars import Calendar
from wenzheng.demo.load import City, Filing, file_letter
from wenzheng.demo.load import plan as plan_letter
from wenzheng.demo.past import Beginning, Deed, Past, live
from wenzheng.demo.script import ScriptRefused, Story, Time, dated
from wenzheng.engine.definition import Definition
from wenzheng.engine.events import EventRefused, MessageReceived, TaskCompleted
from wenzheng.petitions.matters import MATTER, MATTER_KIND, PROMISED_BY, RESULT_DAYS
from wenzheng.simulation.answers import Answer
from wenzheng.store import Store
from wenzheng.store.forum import session_instance_id
from wenzheng.web.forum import text_id

_SESSIONS: Final = uuid.UUID("c1d5d0b4-6a0e-5f5b-9b3c-2f7a1e4d8c60")
_OPENER: Final = "clerk"
_OPENED_AT: Final = "09:00"
_FILE_MATTER: Final = "file_matter"
_MATTER_TEXT: Final = "matter_text"


class Act(BaseModel):
    """A step that somebody has done: `day` counts working days from the opening, which is day 0.

    `matter` is the id of the letter that this step hands over: its text and lead unit go into the form.
    Dates in `fields` may count working days from the session (script.dated).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    do: str
    by: str
    day: int = Field(ge=0)
    at: Time
    texts: dict[str, str] = Field(default_factory=dict)
    fields: dict[str, Any] = Field(default_factory=dict)
    matter: str | None = None


class Session(BaseModel):
    """A session: `opened` and `held` count working days from the day on which the demo begins."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: str
    opened: int = Field(lt=0)
    held: int
    acts: tuple[Act, ...]
    matters: tuple[Story, ...] = ()


_ALL: Final = TypeAdapter(list[Session])


@dataclass(frozen=True)
class Forum:
    """What the sessions are opened with."""

    definition: Definition
    process_id: str
    calendar: Calendar
    units: dict[str, str | None]
    """The unit of each account."""
    letters: City
    """What its matters are filed with."""


def read_sessions(folder: Path) -> list[Session]:
    """The sessions of `forum/sessions.yaml` of a script's folder; none where there is no such file."""
    path = folder / "forum" / "sessions.yaml"
    if not path.exists():
        return []
    try:
        return _ALL.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as wrong:
        raise ScriptRefused(f"{path}: {wrong}") from wrong


def open_sessions(store: Store, forum: Forum, sessions: Sequence[Session], now: datetime) -> None:
    """Open the sessions, the earliest first; their past ends at `now`. Raises ScriptRefused."""
    for session in sorted(sessions, key=lambda one: one.opened):
        _open(store, forum, session, now)


def _open(store: Store, forum: Forum, session: Session, now: datetime) -> None:
    plan = _Plan(forum, session, now)
    past = plan.live()
    with store.unit_of_work() as unit:
        unit.open_forum_session(
            session_id=plan.session_id,
            act_id=f"demo/{session.id}",
            title=session.title,
            session_on=plan.held,
            opened_by=_OPENER,
            opened_at=plan.opened_at,
            definition=forum.definition.digest,
            calendar=forum.calendar.version,
            start={"process": forum.process_id, "variables": plan.variables, "state": past.state},
        )
        for act, at in zip(session.acts, plan.times, strict=True):
            unit.save_session_texts(
                session_id=plan.session_id,
                texts=[(plan.text_id(act, name), name, text) for name, text in plan.texts(act).items()],
                author=act.by,
                unit_id=forum.units.get(act.by),
                at=at,
            )
    for position, (act, at) in enumerate(plan.handed_over(), 1):
        filing = plan.letter_of(act)
        file_letter(store, filing)
        with store.unit_of_work() as unit:
            unit.add_matter(
                petition_id=filing.petition_id,
                session_id=plan.session_id,
                position=position,
                kind=act.fields[MATTER_KIND],
                unit_id=filing.story.lead or "",
                content_id=plan.text_id(act, _MATTER_TEXT),
                promised_by=plan.promised_by(act),
                due=plan.due(act),
                at=at,
            )


class _Plan:
    """A session on its way into the store."""

    def __init__(self, forum: Forum, session: Session, now: datetime) -> None:
        self.forum, self.session, self.now = forum, session, now
        calendar = forum.calendar
        today = calendar.today(now)
        opened, self.held = (calendar.add(today, days).date for days in (session.opened, session.held))
        self.opened_at = calendar.instant(opened, _OPENED_AT)
        self.session_id = str(uuid.uuid5(_SESSIONS, session.id))
        self.instance = session_instance_id(self.session_id)
        self.variables = {"session_id": self.session_id, "session_on": self.held.isoformat()}
        days = [calendar.instant(calendar.add(opened, act.day).date, act.at) for act in session.acts]
        # Before `now`, a minute apart at least, as of letters.
        self.times = [min(at, now - timedelta(minutes=len(days) - n)) for n, at in enumerate(days)]
        self.filings = {story.id: plan_letter(forum.letters, story, now) for story in session.matters}

    def act_id(self, act: Act) -> str:
        return f"demo-{self.session.id}-{self.session.acts.index(act) + 1}"

    def text_id(self, act: Act, name: str) -> str:
        return text_id(self.instance, self.act_id(act), act.by, name, self.texts(act)[name])

    def texts(self, act: Act) -> dict[str, str]:
        """The texts of an act by field; what is handed over is written as its letter is."""
        return act.texts | ({_MATTER_TEXT: self.letter_of(act).story.text} if act.matter else {})

    def handed_over(self) -> list[tuple[Act, datetime]]:
        """The acts that hand a matter over, and when, in their order."""
        return [one for one in zip(self.session.acts, self.times, strict=True) if one[0].matter]

    def letter_of(self, act: Act) -> Filing:
        """The letter that an act hands over. Raises ScriptRefused."""
        if act.matter not in self.filings:
            known = ", ".join(self.filings) or "none"
            raise self._refused(f"expected one of its matters ({known}), found '{act.matter}'")
        return self.filings[act.matter]

    def promised_by(self, act: Act) -> date | None:
        """The day that was promised for a matter."""
        day = self._fields(act).get(PROMISED_BY)
        return date.fromisoformat(day) if day else None

    def due(self, act: Act) -> date:
        """The day for which a matter is due."""
        return self.promised_by(act) or self.forum.calendar.add(self.held, RESULT_DAYS).date

    def _fields(self, act: Act) -> dict[str, Any]:
        return dated(act.fields, self.forum.calendar, self.held)

    def _heard(self) -> list[Deed]:
        """What the session heard of its letters."""
        return [
            Deed(
                f"{filing.instance}/{number}/link",
                at,
                MessageReceived(message, {MATTER: filing.petition_id} | said, ""),
            )
            for filing in self.filings.values()
            for number, (at, message, said) in enumerate(filing.live().told)
        ]

    def _filed(self) -> list[Answer]:
        """What the service that files the matters answered, call by call."""
        answers, schedule = [], []
        for act, _ in self.handed_over():
            name = self.letter_of(act).petition_id
            schedule.append({MATTER: name, "due": self.due(act).isoformat()})
            schedule.sort(key=lambda one: (one["due"], one[MATTER]))
            filed = {"petition_id": name, "latest_due": schedule[-1]["due"], "schedule": list(schedule)}
            answers.append(Answer(filed))
        return answers

    def live(self) -> Past:
        """The session's past. Raises ScriptRefused."""
        forum = self.forum
        begins = Beginning(forum.process_id, self.variables, self.opened_at)
        deeds = [self._deed(act, at) for act, at in zip(self.session.acts, self.times, strict=True)]
        try:
            return live(
                forum.definition,
                forum.calendar,
                self.instance,
                begins,
                [*deeds, *self._heard()],
                until=self.now,
                services={_FILE_MATTER: self._filed()},
            )
        except EventRefused as wrong:
            raise self._refused(wrong) from wrong

    def _deed(self, act: Act, at: datetime) -> Deed:
        element = self.forum.definition.processes[self.forum.process_id].model.element(act.do)
        if element is None or element.type != "userTask":
            raise self._refused(f"expected a step, found '{act.do}'")
        data = self._fields(act) | {name: self.text_id(act, name) for name in self.texts(act)}
        if act.matter:
            data["matter_unit"] = self.letter_of(act).story.lead
        return Deed(self.act_id(act), at, TaskCompleted(act.do, act.by, element.role or "", data))

    def _refused(self, why: object) -> ScriptRefused:
        return ScriptRefused(f"session '{self.session.id}' of the demo: {why}")
