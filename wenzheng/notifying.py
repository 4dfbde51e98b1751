"""Wires the sender of notices to the store: used by bootstrap, knows both."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wenzheng.calendars.pace import CityClock
from wenzheng.catalog.messages import BadMessage, Message, message_file, own_files, render
from wenzheng.contracts import CLOCK_STARTED, clock_id
from wenzheng.gateways.notices import AUTHOR, Notice, NoticeSender, Person, words
from wenzheng.settings import Settings
from wenzheng.store import Reader, Store
from wenzheng.store.outbox import NOTICE
from wenzheng.store.views.notices import OutboxEntry

CHANNELS_FILE = "channels.yaml"
"""In the data folder: where notices go."""


def notice_sender(store: Store, settings: Settings, clock: CityClock) -> NoticeSender:
    """The sender of this installation."""
    channels = settings.data_dir / CHANNELS_FILE
    return NoticeSender(StoreNotices(store), channels, clock.now, after=clock.after)


class StoreNotices:
    """The outbox's notices, as the sender wants them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def claim(self, now: datetime, until: datetime) -> Notice | None:
        """See notices.NoticeOutbox."""
        with self._store.unit_of_work() as unit:
            claimed = unit.claim(now=now, until=until, kind=NOTICE)
            if claimed is None:
                return None
            people = people_of(unit, claimed)
        return Notice(
            id=claimed.id,
            role=claimed.recipient_role or "",
            unit=claimed.recipient_unit,
            people=people,
            attempts=claimed.attempts,
            delivered=claimed.data.get("delivered", ()),
        )

    def message(self, notice: Notice, language: str, site: str) -> Message:
        """See notices.NoticeOutbox."""
        with self._store.reader() as reader:
            row = reader.outbox_entry(notice.id)
            if row is None or row.template is None:
                raise BadMessage("expected a notice with a template, found none: its cause was voided")
            petition = reader.petition(row.petition_id) if row.petition_id else None
            given = words(
                number=petition.number if petition is not None else _session_number(reader, row),
                site=site,
                language=language,
                clock=_clock_name(reader, row, language),
                due=row.data.get("due", ""),
                lamp=row.data.get("lamp"),
                element=row.data.get("element", ""),
                code=row.data.get("code", ""),
            )
            return render(_files(reader, row, language), row.template, language, given)

    def sent(self, notice: Notice, at: datetime) -> None:
        """See notices.NoticeOutbox."""
        with self._store.unit_of_work() as unit:
            unit.mark_sent(id=notice.id, at=at)

    def not_sent(
        self, notice: Notice, at: datetime, error: str, retry_at: datetime, delivered: Sequence[str]
    ) -> None:
        """See notices.NoticeOutbox."""
        with self._store.unit_of_work() as unit:
            unit.mark_failed(id=notice.id, at=at, error=error, retry_at=retry_at, delivered=delivered)


def people_of(reader: Reader, row: OutboxEntry) -> list[Person]:
    """Whom a notice is for, as far as they can be reached."""
    if row.recipient_role == AUTHOR:
        contact = reader.author_contact(row.petition_id) if row.petition_id else None
        return [Person(None, *contact)] if contact is not None else []
    holders = reader.reachable(row.recipient_role or "", row.recipient_unit)
    return [Person(one.id, one.contact, one.language) for one in holders if one.contact]


def _clock_name(reader: Reader, row: OutboxEntry, language: str) -> str:
    """The clock's name as the definition gives it, with the unit whose it is; its id where it has no name."""
    clock: str = row.data.get("clock", "")
    started = (
        record.data
        for record in reader.records(row.instance)
        if record.kind == CLOCK_STARTED and record.data.get("clock") == clock
    )
    data = next(started, {})
    name = str(data.get("name_en" if language == "en" else "name") or clock_id(clock))
    unit = reader.unit(data["whose"]) if "whose" in data else None
    if unit is None:
        return name
    return f"{name} ({unit.name_en})" if language == "en" else f"{name}（{unit.name_zh}）"


def _session_number(reader: Reader, row: OutboxEntry) -> str:
    """The number of the forum session that a notice is about; for anything else the instance's id."""
    session = reader.forum_session_of(row.instance)
    return session.number if session is not None else row.instance


def _files(reader: Reader, row: OutboxEntry, language: str) -> dict[str, bytes]:
    """The files of the definition the letter is pinned to.

    A letter of a definition that has no such message gets that of the latest one of its name, and of what is
    ours (an incident) ours.
    """
    template = row.template or ""
    name = message_file(template, language)
    instance = reader.instance(row.instance)
    pinned = reader.definition(instance.definition) if instance is not None else None
    if pinned is not None and name in pinned.files:
        return pinned.files
    latest = reader.latest_definition(pinned.name) if pinned is not None else None
    if latest is not None and name in latest.files:
        return latest.files
    own = own_files(template, language)
    if own:
        return own
    if pinned is None:
        raise BadMessage("expected the letter's definition in the store, found none; deploy it again")
    return latest.files if latest is not None else pinned.files
