"""Petitions as they are filed, and the texts said about them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select, update

from wenzheng.contracts import petition_instance_id
from wenzheng.store.board import BoardReads
from wenzheng.store.clock_rows import add_expected_clocks
from wenzheng.store.errors import Conflict, NotFound
from wenzheng.store.outbox import BY_SUBMISSION, START_WORKFLOW, outbox_values
from wenzheng.store.projection import new_instance
from wenzheng.store.search import SearchWrites
from wenzheng.store.session import Part, as_view, maybe_view
from wenzheng.store.tables.notices import OutboxTable
from wenzheng.store.tables.people import UnitTable
from wenzheng.store.tables.petitions import ContentTable, PetitionNumberTable, PetitionTable
from wenzheng.store.types import canonical, check_text, insert_new
from wenzheng.store.views.petitions import Content, Filed, PetitionRow

_AT_ONCE: Final = 500
"""Values of one question; databases take some thousand at most."""


class ContentReads(Part):
    """Questions about texts."""

    def contents(self, petition_id: str) -> list[Content]:
        """The texts said about a petition, in the order of their time."""
        query = select(ContentTable).where(ContentTable.petition_id == petition_id)
        query = query.order_by(ContentTable.at, ContentTable.id)
        return [as_view(Content, row) for row in self.session.scalars(query)]

    def content(self, content_id: str) -> Content | None:
        """One text, or None."""
        row = self.session.get(ContentTable, content_id)
        return maybe_view(Content, row)

    def filed_under(self, act_ids: Sequence[str]) -> dict[str, Filed]:
        """The letters that these acts have filed, by act."""
        found: dict[str, Filed] = {}
        for begin in range(0, len(act_ids), _AT_ONCE):
            query = select(PetitionTable).where(PetitionTable.act_id.in_(act_ids[begin : begin + _AT_ONCE]))
            found |= {row.act_id: as_view(Filed, row) for row in self.session.scalars(query)}
        return found


class PetitionWrites(BoardReads, ContentReads, SearchWrites):
    """Filing."""

    def submit_petition(
        self,
        *,
        petition_id: str,
        tracking_code: str,
        act_id: str,
        title: str,
        text: str,
        kind: str,
        channel: str,
        addressee: str,
        author_name: str,
        author_contact: str,
        public_consent: bool,
        received_on: date,
        submitted_at: datetime,
        definition: str,
        calendar: str,
        start: dict[str, Any],
        expected_clocks: Sequence[dict[str, Any]] = (),
        passphrase_hash: str | None = None,
        language: str = "zh",
        received_at: datetime | None = None,
        taken_by: str | None = None,
        citizen_group: str | None = None,
        citizen_area: str | None = None,
    ) -> PetitionRow:
        """Keep a letter, give it its number, and ask for its workflow, all in one transaction.

        `definition` and `calendar` are digests; `start` is handed to the starter unread.
        `expected_clocks` (data of clock_started records) keep boards right while Temporal is away;
        the clocks the instance starts replace them. `passphrase_hash` is of the author's second factor;
        `language` (zh, en) is the one the author is told in. `received_at` is left out where the letter is
        received as it is submitted.
        The act id makes it idempotent: the same submission again gives the same petition, with the
        id, code and number it got the first time. Raises Conflict for another submission under the
        same act id, or a taken petition id or tracking code; NotFound for an unknown addressee;
        BadText for NUL and lone surrogates.
        """
        check_text(title=title, text=text, author_name=author_name, author_contact=author_contact)
        check_text(act_id=act_id, petition_id=petition_id)
        said = {
            "title": title,
            "text": text,
            "kind": kind,
            "channel": channel,
            "addressee": addressee,
            "author_name": author_name,
            "author_contact": author_contact,
            "public_consent": public_consent,
        }
        optional = {"taken_by": taken_by, "citizen_group": citizen_group, "citizen_area": citizen_area}
        # Left out where nothing was said: what was filed before these were asked keeps its digest.
        said |= {name: value for name, value in optional.items() if value is not None}
        said_at = {} if received_at is None else {"received_at": received_at.isoformat()}
        digest = hashlib.sha256(canonical(said | said_at).encode()).hexdigest()
        self._lock_numbers(received_on.year)
        self.line_up(f"submission/{act_id}")  # the same one again, when a year has just begun
        known = self._submitted(act_id, digest)
        if known is not None:
            return known
        self._check_new(petition_id, tracking_code, addressee)
        row = PetitionTable(
            id=petition_id,
            number=self._next_number(received_on.year),
            tracking_code=tracking_code,
            act_id=act_id,
            submission_sha256=digest,
            instance=petition_instance_id(petition_id),
            received_on=received_on,
            submitted_at=submitted_at,
            expected_clocks=list(expected_clocks),
            passphrase_hash=passphrase_hash,
            language=language,
            received_at=received_at or submitted_at,
            **said,
        )
        self.session.add(row)
        self.session.flush()
        self._start(row, definition=definition, calendar=calendar, start=start)
        self.index_letter(petition_id)
        return self._one(petition_id, submitted_at)

    def _start(self, row: PetitionTable, *, definition: str, calendar: str, start: dict[str, Any]) -> None:
        instance = new_instance(row.instance, petition_id=row.id, definition=definition, calendar=calendar)
        self.session.add(instance)
        add_expected_clocks(self.session, row.instance, row)
        values = outbox_values(
            key=f"start/{row.instance}",
            kind=START_WORKFLOW,
            origin=BY_SUBMISSION,
            instance=row.instance,
            at=row.submitted_at,
            not_before=row.submitted_at,
            petition_id=row.id,
            data={"definition": definition, "calendar": calendar, "start": start},
        )
        self.session.add(OutboxTable(**values))
        self.session.flush()

    def _lock_numbers(self, year: int) -> None:
        """Line up behind every other submission of the year; harmless when there is nothing to do."""
        if not insert_new(self.session, PetitionNumberTable, {"year": year, "last": 0}):
            self.session.execute(
                update(PetitionNumberTable)
                .where(PetitionNumberTable.year == year)
                .values(last=PetitionNumberTable.last)
            )

    def _next_number(self, year: int) -> str:
        last = self.session.execute(
            update(PetitionNumberTable)
            .where(PetitionNumberTable.year == year)
            .values(last=PetitionNumberTable.last + 1)
            .returning(PetitionNumberTable.last)
        ).scalar_one()
        return f"{year}-{last:06d}"

    def _submitted(self, act_id: str, digest: str) -> PetitionRow | None:
        row = self.session.scalars(select(PetitionTable).where(PetitionTable.act_id == act_id)).one_or_none()
        if row is None:
            return None
        if row.submission_sha256 != digest:
            msg = (
                f"act {act_id!r} submitted another letter, {row.number}; send a new letter with a new act id"
            )
            raise Conflict(msg, at=row.submitted_at)
        return self._one(row.id, row.submitted_at)

    def _check_new(self, petition_id: str, tracking_code: str, addressee: str) -> None:
        if self.session.get(PetitionTable, petition_id) is not None:
            msg = f"petition id {petition_id!r} is taken; make a new one"
            raise Conflict(msg)
        taken = select(PetitionTable.id).where(PetitionTable.tracking_code == tracking_code)
        if self.session.scalar(taken) is not None:
            raise Conflict("the tracking code is taken; make a new one")
        if self.session.get(UnitTable, addressee) is None:
            msg = f"expected a unit as addressee, found {addressee!r}; choose one of the organisation's units"
            raise NotFound(msg)

    def _one(self, petition_id: str, now: datetime) -> PetitionRow:
        found = self.petition(petition_id, now=now)
        if found is None:  # pragma: no cover - read in the transaction that wrote it
            raise AssertionError
        return found

    def save_content(
        self,
        *,
        content_id: str,
        petition_id: str,
        kind: str,
        text: str,
        author: str,
        at: datetime,
        unit_id: str | None = None,
    ) -> Content:
        """Keep a text before the act that carries its id. The same again is the same text.

        `unit_id` is the unit its author acts for: who sees only their own part sees that unit's.
        Raises Conflict for another text under the same id, NotFound for an unknown petition, BadText for
        NUL and lone surrogates.
        """
        check_text(content_id=content_id, text=text)
        if self.session.get(PetitionTable, petition_id) is None:
            msg = f"expected a petition for content {content_id!r}, found none with id {petition_id!r}"
            raise NotFound(msg + "; check the id")
        values = {"id": content_id, "petition_id": petition_id, "kind": kind, "text": text, "author": author}
        if not insert_new(self.session, ContentTable, values | {"unit_id": unit_id, "at": at}):
            row = self.session.get_one(ContentTable, content_id)
            if any(getattr(row, name) != value for name, value in values.items()):
                msg = f"content id {content_id!r} holds another text; use a new id for a new text"
                raise Conflict(msg, by=row.author, at=row.at)
        return as_view(Content, self.session.get_one(ContentTable, content_id))
