"""The forum of the demo: sessions with the past they have lived, each once whatever is killed when.

Like the letters (`load`): the engine lives their past in virtual time, and what comes of it is the input of a
workflow. Their matters are letters of people's own; a session of the demo has none.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from wenzheng.calendars import Calendar
from wenzheng.demo.past import Beginning, Deed, Past, live
from wenzheng.demo.script import ScriptRefused, Time
from wenzheng.engine.definition import Definition
from wenzheng.engine.events import EventRefused, TaskCompleted
from wenzheng.store import Store
from wenzheng.store.forum import session_instance_id
from wenzheng.web.forum import text_id

_SESSIONS: Final = uuid.UUID("c1d5d0b4-6a0e-5f5b-9b3c-2f7a1e4d8c60")
_OPENER: Final = "clerk"
_OPENED_AT: Final = "09:00"


class Act(BaseModel):
    """A step that somebody has done: `day` counts working days from the opening, which is day 0."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    do: str
    by: str
    day: int = Field(ge=0)
    at: Time
    texts: dict[str, str] = Field(default_factory=dict)
    fields: dict[str, Any] = Field(default_factory=dict)


class Session(BaseModel):
    """A session: `opened` and `held` count working days from the day on which the demo begins."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: str
    opened: int = Field(lt=0)
    held: int
    acts: tuple[Act, ...]


_ALL: Final = TypeAdapter(list[Session])


@dataclass(frozen=True)
class Forum:
    """What the sessions are opened with."""

    definition: Definition
    process_id: str
    calendar: Calendar
    units: dict[str, str | None]
    """The unit of each account."""


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
                texts=[(plan.text_id(act, name), name, text) for name, text in act.texts.items()],
                author=act.by,
                unit_id=forum.units.get(act.by),
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

    def act_id(self, act: Act) -> str:
        return f"demo-{self.session.id}-{self.session.acts.index(act) + 1}"

    def text_id(self, act: Act, name: str) -> str:
        return text_id(self.instance, self.act_id(act), act.by, name, act.texts[name])

    def live(self) -> Past:
        """The session's past. Raises ScriptRefused."""
        forum = self.forum
        begins = Beginning(forum.process_id, self.variables, self.opened_at)
        deeds = [self._deed(act, at) for act, at in zip(self.session.acts, self.times, strict=True)]
        try:
            past = live(forum.definition, forum.calendar, self.instance, begins, deeds, until=self.now)
        except EventRefused as wrong:
            raise self._refused(wrong) from wrong
        if past.calls:
            raise self._refused("expected no matters that become letters, found some")
        return past

    def _deed(self, act: Act, at: datetime) -> Deed:
        element = self.forum.definition.processes[self.forum.process_id].model.element(act.do)
        if element is None or element.type != "userTask":
            raise self._refused(f"expected a step, found '{act.do}'")
        data = dict(act.fields) | {name: self.text_id(act, name) for name in act.texts}
        return Deed(self.act_id(act), at, TaskCompleted(act.do, act.by, element.role or "", data))

    def _refused(self, why: object) -> ScriptRefused:
        return ScriptRefused(f"session '{self.session.id}' of the demo: {why}")
