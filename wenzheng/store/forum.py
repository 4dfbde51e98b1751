"""Sessions of the forum: opened, said something about, and the letters that came of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select

from wenzheng.store.errors import Conflict, NotFound
from wenzheng.store.outbox import BY_SUBMISSION, START_WORKFLOW, outbox_values
from wenzheng.store.projection import new_instance
from wenzheng.store.session import Part, as_view
from wenzheng.store.tables.forum import ForumContentTable, ForumMatterTable, ForumSessionTable
from wenzheng.store.tables.instances import InstanceTable
from wenzheng.store.tables.notices import OutboxTable
from wenzheng.store.tables.petitions import PetitionTable
from wenzheng.store.types import check_text, insert_new


def session_instance_id(session_id: str) -> str:
    """Workflow id of the process instance of a session."""
    return f"forum-{session_id}"


@dataclass(frozen=True, kw_only=True)
class SessionRow:
    """A session and where it stands.

    `session_on` is the day as it is now, after postponements. `state` is that of its instance: pending,
    running, completed, failed; `stage` the latest fact. `outcome` is known when it has ended.
    """

    id: str
    number: str
    instance: str
    title: str
    session_on: date
    planned_on: date
    opened_by: str
    opened_at: datetime
    definition: str
    process: str | None
    state: str
    stage: str
    outcome: str | None
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class SessionText:
    """A text of an act on a session."""

    id: str
    session_id: str
    kind: str
    text: str
    author: str
    unit_id: str | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class MatterRow:
    """A letter that a matter of a session has become; `stage` is its latest fact.

    `ended_at` is None while it is open, `outcome` says how it ended.
    """

    petition_id: str
    number: str
    title: str
    session_id: str
    position: int
    kind: str
    unit_id: str
    promised_by: date | None
    due: date
    stage: str
    ended_at: datetime | None
    outcome: str | None


def _sessions() -> Select[ForumSessionTable, InstanceTable]:
    return select(ForumSessionTable, InstanceTable).join(
        InstanceTable, InstanceTable.instance == ForumSessionTable.instance
    )


def _session(row: Any) -> SessionRow:
    said, now = row
    moved = now.variables.get("session_on")
    return as_view(
        SessionRow,
        said,
        session_on=date.fromisoformat(moved) if moved else said.session_on,
        planned_on=said.session_on,
        **{
            name: getattr(now, name)
            for name in ("definition", "process", "state", "stage", "outcome", "ended_at")
        },
    )


class ForumReads(Part):
    """Questions about sessions."""

    def forum_sessions(self, *, limit: int = 100) -> list[SessionRow]:
        """The sessions, the latest opened first."""
        query = _sessions().order_by(ForumSessionTable.opened_at.desc(), ForumSessionTable.number.desc())
        return [_session(row) for row in self.session.execute(query.limit(limit))]

    def forum_session(self, ref: str) -> SessionRow | None:
        """A session by its id or number, or None."""
        query = _sessions().where((ForumSessionTable.id == ref) | (ForumSessionTable.number == ref))
        row = self.session.execute(query).one_or_none()
        return None if row is None else _session(row)

    def forum_session_of(self, instance: str) -> SessionRow | None:
        """The session that an instance handles, or None."""
        row = self.session.execute(_sessions().where(ForumSessionTable.instance == instance)).one_or_none()
        return None if row is None else _session(row)

    def forum_texts(self, session_id: str) -> list[SessionText]:
        """The texts of a session, in the order of their time."""
        query = select(ForumContentTable).where(ForumContentTable.session_id == session_id)
        query = query.order_by(ForumContentTable.at, ForumContentTable.id)
        return [as_view(SessionText, row) for row in self.session.scalars(query)]

    def forum_matters(self, session_id: str) -> list[MatterRow]:
        """The letters that came of a session, in the order in which they were handed over."""
        query = (
            select(ForumMatterTable, PetitionTable, InstanceTable)
            .join(PetitionTable, PetitionTable.id == ForumMatterTable.petition_id)
            .join(InstanceTable, InstanceTable.instance == PetitionTable.instance)
            .where(ForumMatterTable.session_id == session_id)
            .order_by(ForumMatterTable.position)
        )
        return [
            as_view(
                MatterRow,
                matter,
                number=letter.number,
                title=letter.title,
                stage=now.stage,
                ended_at=now.ended_at,
                outcome=now.outcome,
            )
            for matter, letter, now in self.session.execute(query)
        ]


class ForumWrites(ForumReads):
    """Changes of sessions."""

    def open_forum_session(
        self,
        *,
        session_id: str,
        act_id: str,
        title: str,
        session_on: date,
        opened_by: str,
        opened_at: datetime,
        definition: str,
        calendar: str,
        start: dict[str, Any],
    ) -> SessionRow:
        """Keep a new session, give it its number, and ask for its workflow, in one transaction.

        The act id makes it idempotent. Raises Conflict for another session under the same act id, BadText.
        """
        check_text(title=title, act_id=act_id, session_id=session_id)
        self.line_up("forum/numbers")
        known = self.session.scalars(
            select(ForumSessionTable).where(ForumSessionTable.act_id == act_id)
        ).one_or_none()
        if known is not None:
            if (known.title, known.session_on, known.opened_by) != (title, session_on, opened_by):
                msg = f"act {act_id!r} opened another session, {known.number}; use a new act id"
                raise Conflict(msg, by=known.opened_by, at=known.opened_at)
            return self._kept_session(known.id)
        row = ForumSessionTable(
            id=session_id,
            number=self._next_session_number(session_on.year),
            act_id=act_id,
            instance=session_instance_id(session_id),
            title=title,
            session_on=session_on,
            opened_by=opened_by,
            opened_at=opened_at,
        )
        self.session.add(row)
        instance = new_instance(row.instance, petition_id=None, definition=definition, calendar=calendar)
        self.session.add(instance)
        values = outbox_values(
            key=f"start/{row.instance}",
            kind=START_WORKFLOW,
            origin=BY_SUBMISSION,
            instance=row.instance,
            at=opened_at,
            not_before=opened_at,
            data={"definition": definition, "calendar": calendar, "start": start},
        )
        self.session.add(OutboxTable(**values))
        self.session.flush()
        return self._kept_session(session_id)

    def _next_session_number(self, year: int) -> str:
        """F2026-01 and on: sessions are few, and numbers are given one after the other."""
        count = self.session.scalar(
            select(func.count()).where(ForumSessionTable.number.startswith(f"F{year}-", autoescape=True))
        )
        return f"F{year}-{(count or 0) + 1:02}"

    def _kept_session(self, session_id: str) -> SessionRow:
        found = self.forum_session(session_id)
        assert found is not None  # read in the transaction that wrote it
        return found

    def save_session_texts(
        self,
        *,
        session_id: str,
        texts: Sequence[tuple[str, str, str]],
        author: str,
        unit_id: str | None,
        at: datetime,
    ) -> None:
        """Keep the texts (id, kind, text) of an act before it. The same again is the same text.

        Raises Conflict for another text under the same id, BadText.
        """
        for content_id, kind, text in texts:
            check_text(content_id=content_id, text=text)
            values = {
                "id": content_id,
                "session_id": session_id,
                "kind": kind,
                "text": text,
                "author": author,
            }
            if insert_new(self.session, ForumContentTable, values | {"unit_id": unit_id, "at": at}):
                continue
            row = self.session.get_one(ForumContentTable, content_id)
            if any(getattr(row, name) != value for name, value in values.items()):
                msg = f"content id {content_id!r} holds another text; use a new id for a new text"
                raise Conflict(msg, by=row.author, at=row.at)

    def session_text(self, session_id: str, content_id: str) -> SessionText:
        """A text of a session. Raises NotFound."""
        row = self.session.get(ForumContentTable, content_id)
        if row is None or row.session_id != session_id:
            msg = f"expected a text of session {session_id!r}, found none: {content_id!r}"
            raise NotFound(msg)
        return as_view(SessionText, row)

    def next_matter(self, session_id: str) -> int:
        """The number that the session's next matter gets, from 1."""
        self.line_up(f"forum/{session_id}")
        query = select(func.count()).where(ForumMatterTable.session_id == session_id)
        return (self.session.scalar(query) or 0) + 1

    def add_matter(
        self,
        *,
        petition_id: str,
        session_id: str,
        position: int,
        kind: str,
        unit_id: str,
        content_id: str,
        promised_by: date | None,
        due: date,
        at: datetime,
    ) -> None:
        """Link a letter to the session it came of; again changes nothing."""
        values = {
            "petition_id": petition_id,
            "session_id": session_id,
            "position": position,
            "kind": kind,
            "unit_id": unit_id,
            "content_id": content_id,
            "promised_by": promised_by,
            "due": due,
            "filed_at": at,
        }
        insert_new(self.session, ForumMatterTable, values)
