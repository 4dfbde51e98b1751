"""Whom a new version of a calendar is told, and who has been.

In the transaction that puts a version in force, every open instance whose days it changes gets a row; a relay
tells them one by one (gateways.moves), and the flush in which an instance counts by the version settles
its row. An instance whose days are not touched keeps the version it has: to it both are the same. When it
comes to count other days, the flush that says so is held against the version in force, and the row is written
then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, insert, select, tuple_, update
from sqlalchemy.orm import Session

from wenzheng.calendars import Calendar
from wenzheng.calendars.changes import Changes, changes
from wenzheng.calendars.units import Unit
from wenzheng.contracts import CALENDAR_CHANGED, Flush, number_of
from wenzheng.petitions.recounting import RecordedClock, recounted
from wenzheng.store.clock_rows import add_expected_clocks
from wenzheng.store.outbox import START_WORKFLOW
from wenzheng.store.session import Part
from wenzheng.store.tables.deployments import CalendarChangeTable, CalendarMoveTable, CalendarTable
from wenzheng.store.tables.instances import ClockTable, InstanceTable
from wenzheng.store.tables.notices import OutboxTable
from wenzheng.store.tables.petitions import PetitionTable

Outcome = Literal["moved", "ended", "superseded"]
"""moved: it counts by the version, or a newer one; ended: it ended before; superseded: a newer version came
before anybody told it."""

_PENDING: Final = "pending"
_AT_ONCE: Final = 500
_MOST_KEPT: Final = 16
_KEPT: Final[dict[str, Calendar]] = {}
"""Versions that were read: a digest is always the same days, whatever store they come from."""
_OPEN: Final = CalendarMoveTable.settled_at.is_(None)
_MINE: Final = CalendarMoveTable


@dataclass(frozen=True)
class Move:
    """An instance that is to be told of a version; `at` is when that came into force."""

    instance: str
    calendar_id: str
    number: int
    digest: str
    at: datetime
    notice: str | None
    keep_later: bool
    attempts: int


@dataclass(frozen=True)
class MoveProgress:
    """How far the telling of one version is. All but the first four are numbers of instances.

    `waiting` have not been told, `told` have and have not counted yet. `failing` of those that wait were
    tried in vain; `last_error` says why.
    """

    calendar_id: str
    number: int
    digest: str
    planned_at: datetime
    waiting: int
    told: int
    moved: int
    ended: int
    superseded: int
    failing: int
    last_error: str | None

    @property
    def all(self) -> int:
        """The instances whose days the version has changed."""
        return self.waiting + self.told + self.moved + self.ended + self.superseded


@dataclass(frozen=True)
class OpenClock:
    """A running clock of an instance that a version touches, by whom it may have to be counted anew."""

    instance: str
    clock: str
    recorded: RecordedClock


@lru_cache(maxsize=64)
def _changes(old: Calendar, new: Calendar) -> Changes:
    return changes(old, new)


def newest(session: Session, digest: str) -> CalendarChangeTable | None:
    """The change that put the version in force of the calendar that `digest` is a version of."""
    mine = select(CalendarTable.calendar_id).where(CalendarTable.digest == digest).scalar_subquery()
    query = select(CalendarChangeTable).where(CalendarChangeTable.calendar_id == mine)
    return session.scalars(query.order_by(CalendarChangeTable.number.desc()).limit(1)).one_or_none()


def touches(found: Changes, windows: Sequence[Sequence[str]] | None) -> bool:
    """Whether a version is news to who rests on these days; to whom nobody knows of, every one is."""
    if windows is None:
        return not found.nothing
    return any(found.touches(date.fromisoformat(a), date.fromisoformat(b)) for a, b in windows)


class MoveReads(Part):
    """Questions about moves."""

    def kept_calendar(self, digest: str) -> Calendar | None:
        """A version of a calendar to count by, or None."""
        found = _KEPT.get(digest)
        if found is None:
            row = self.session.get(CalendarTable, digest)
            if row is None:
                return None
            found = _KEPT[digest] = Calendar.from_document(row.document)
            while len(_KEPT) > _MOST_KEPT:
                _KEPT.pop(next(iter(_KEPT)), None)
        return found

    def kept_calendars(self, digests: Collection[str]) -> dict[str, Calendar]:
        """Those of these versions that are kept, by digest."""
        found = ((digest, self.kept_calendar(digest)) for digest in sorted(digests))
        return {digest: calendar for digest, calendar in found if calendar is not None}

    def touched(self, new: Calendar, *, lock: bool = False) -> list[InstanceTable]:
        """The open instances that a version is news to, by their ids.

        With `lock` whoever writes one of them waits until this unit of work has ended.
        """
        query = (
            select(InstanceTable)
            .join(CalendarTable, CalendarTable.digest == InstanceTable.calendar)
            .where(CalendarTable.calendar_id == new.id, InstanceTable.ended_at.is_(None))
            .order_by(InstanceTable.instance)
        )
        if lock:
            query = query.with_for_update(of=InstanceTable)
        rows = self.session.scalars(query.execution_options(populate_existing=True)).all()
        found: dict[str, Changes] = {}
        for digest in {row.calendar for row in rows}:
            old = self.kept_calendar(digest)
            assert old is not None  # joined above
            found[digest] = _changes(old, new)
        # By which version these count, the store knows only when they have said so.
        under_way = set(self.session.scalars(select(_MINE.instance).where(_OPEN, _MINE.attempts > 0)))
        return [row for row in rows if row.instance in under_way or touches(found[row.calendar], row.windows)]

    def running_clocks(self, instances: Sequence[str]) -> Iterator[OpenClock]:
        """The clocks of some instances that run, or will run once they start."""
        for first in range(0, len(instances), _AT_ONCE):
            query = select(ClockTable).where(
                ClockTable.instance.in_(instances[first : first + _AT_ONCE]),
                ClockTable.current,
                ClockTable.stopped_at.is_(None),
            )
            for row in self.session.scalars(query.order_by(ClockTable.instance, ClockTable.clock)):
                yield OpenClock(row.instance, row.clock, _recorded(row))

    def news_for(self, instance: str) -> Move | None:
        """The version in force, for a running instance that counts by another; None for all others."""
        row = self.session.get(InstanceTable, instance)
        if row is None or row.ended_at is not None or row.state == _PENDING:
            return None
        change = newest(self.session, row.calendar)
        if change is None or change.digest == row.calendar:
            return None
        move = self.session.get(_MINE, (instance, change.calendar_id, change.number))
        return _news(instance, change, planned_at=move.planned_at if move is not None else None)

    def moves_wait(self, now: datetime) -> bool:
        """Whether somebody is to be told of a version now."""
        query = select(_MINE.instance).where(_OPEN, _MINE.told_at.is_(None), _MINE.not_before <= now)
        return self.session.execute(query.limit(1)).first() is not None

    def move_progress(self, calendar_id: str | None = None, limit: int = 20) -> list[MoveProgress]:
        """How far the telling of each version is, the last version first."""
        waits = and_(_OPEN, _MINE.told_at.is_(None))
        query = select(
            _MINE.calendar_id,
            _MINE.number,
            func.max(_MINE.digest),
            func.min(_MINE.planned_at),
            _count(waits),
            _count(and_(_OPEN, _MINE.told_at.is_not(None))),
            *(_count(_MINE.outcome == outcome) for outcome in ("moved", "ended", "superseded")),
            _count(and_(waits, _MINE.last_error.is_not(None))),
            func.max(case((waits, _MINE.last_error))),
        )
        if calendar_id is not None:
            query = query.where(_MINE.calendar_id == calendar_id)
        query = query.group_by(_MINE.calendar_id, _MINE.number)
        query = query.order_by(func.min(_MINE.planned_at).desc(), _MINE.number.desc()).limit(limit)
        return [MoveProgress(*row) for row in self.session.execute(query)]


class MoveWrites(MoveReads):
    """Planning moves, and what came of them."""

    def plan_moves(self, new: Calendar, number: int, at: datetime) -> int:
        """Everybody to whom the version that has just come into force is news will be told; how many.

        Letters whose start nobody has handed over yet start by it. Call with the calendars held.
        """
        rows = self.touched(new, lock=True)
        self.session.execute(
            update(_MINE)
            .where(_MINE.calendar_id == new.id, _OPEN, _MINE.attempts == 0)
            .values(settled_at=at, outcome="superseded")
        )
        told = {row.instance for row in rows}
        told |= self._start_by(new, at)
        self._plan(sorted(told), new.id, number, new.version, at)
        return len(told)

    def _plan(
        self, instances: Sequence[str], calendar_id: str, number: int, digest: str, at: datetime
    ) -> None:
        values = [
            {
                "instance": instance,
                "calendar_id": calendar_id,
                "number": number,
                "digest": digest,
                "planned_at": at,
                "not_before": at,
                "attempts": 0,
                "last_error": None,
                "told_at": None,
                "settled_at": None,
                "outcome": None,
            }
            for instance in instances
        ]
        if values:
            self.session.execute(insert(_MINE), values)

    def _start_by(self, new: Calendar, at: datetime) -> set[str]:
        """Starts that wait for Temporal take the version; who may have started without it is returned.

        A start is handed over before its row says so: whether it was, the first flush tells.
        """
        begun = exists().where(
            InstanceTable.instance == OutboxTable.instance, InstanceTable.state != _PENDING
        )
        query = select(OutboxTable).where(OutboxTable.kind == START_WORKFLOW, ~begun)
        found = set()
        for row in self.session.scalars(query):
            old = self.kept_calendar(row.data["calendar"])
            if old is None or old.id != new.id or old.version == new.version:
                continue
            found.add(row.instance)
            if row.sent_at is None:
                row.data = row.data | {"calendar": new.version}
                self._expect(row.instance, new, at)
        self.session.flush()
        return found

    def _expect(self, instance: str, new: Calendar, at: datetime) -> None:
        """The clocks that boards show of a letter that has not started, by the version it will start with."""
        row = self.session.get(InstanceTable, instance)
        petition = self.session.get(PetitionTable, row.petition_id) if row and row.petition_id else None
        if row is None or petition is None:
            return
        row.calendar = new.version
        clocks = []
        for data in petition.expected_clocks:
            recorded = RecordedClock(
                date.fromisoformat(data["day0"]),
                Unit(data.get("unit", Unit.WORKING_DAYS)),
                data["thresholds"],
            )
            limits = recounted(recorded, new, at, keep_later=False)
            clocks.append(data if limits is None else data | {"calendar": new.version, "thresholds": limits})
        petition.expected_clocks = clocks
        self.session.execute(delete(ClockTable).where(ClockTable.instance == instance, ClockTable.run == 0))
        add_expected_clocks(self.session, instance, petition)

    # --- telling -----------------------------------------------------------------------------------

    def claim_moves(self, now: datetime, until: datetime, limit: int) -> list[Move]:
        """Whom to tell next; nobody is given them again before `until`.

        Who has not started yet is told when it has, if it did not start by the version. Who has ended, or
        counts by the version already, is settled here and told nothing.
        """
        query = (
            select(_MINE, InstanceTable, CalendarChangeTable)
            .join(InstanceTable, InstanceTable.instance == _MINE.instance)
            .join(
                CalendarChangeTable,
                and_(
                    CalendarChangeTable.calendar_id == _MINE.calendar_id,
                    CalendarChangeTable.number == _MINE.number,
                ),
            )
            .where(_OPEN, _MINE.told_at.is_(None), _MINE.not_before <= now, InstanceTable.state != _PENDING)
            .order_by(_MINE.not_before, _MINE.instance)
            .limit(limit)
            .with_for_update(of=_MINE, skip_locked=True)
        )
        found = []
        for move, instance, change in self.session.execute(query).all():
            counts = instance.calendar == move.digest and not self._is_under_way(move)
            if instance.ended_at is not None or counts:
                move.settled_at = now
                move.outcome = "ended" if instance.ended_at is not None else "moved"
                continue
            move.not_before, move.attempts = until, move.attempts + 1
            found.append(_news(move.instance, change, move.attempts, planned_at=move.planned_at))
        self.session.flush()
        return found

    def _is_under_way(self, move: CalendarMoveTable) -> bool:
        """Whether the instance may have been told of another version, and has not said so yet."""
        query = select(_MINE.number).where(
            _MINE.instance == move.instance, _OPEN, _MINE.attempts > 0, _MINE.number != move.number
        )
        return self.session.execute(query.limit(1)).first() is not None

    def moves_told(self, moves: Collection[Move], at: datetime) -> None:
        """These have been told: Temporal keeps it for their workers."""
        for some in _batches(moves):
            self.session.execute(
                update(_MINE).where(_these(some), _MINE.told_at.is_(None)).values(told_at=at, last_error=None)
            )

    def move_failed(self, move: Move, error: str, retry_at: datetime) -> None:
        """This one could not be told; it is due again at `retry_at`."""
        text = error.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")
        self.session.execute(update(_MINE).where(_these([move])).values(last_error=text, not_before=retry_at))

    # --- what flushes say ----------------------------------------------------------------------------

    def settle_moves(self, row: InstanceTable, flush: Flush, before: list[Any] | None) -> None:
        """After a flush: an instance has counted by a version, has ended, or rests on other days now."""
        mine = update(_MINE).where(_MINE.instance == row.instance, _OPEN)
        if row.ended_at is not None:
            self.session.execute(mine.values(settled_at=row.ended_at, outcome="ended"))
            return
        heard = [number_of(one.act_id) for one in flush.records if one.kind == CALENDAR_CHANGED]
        if heard:
            counted = mine.where(_MINE.number <= max(heard))
            self.session.execute(counted.values(settled_at=self.clock(), outcome="moved"))
        if row.windows and row.windows != before:
            self._catch_up(row)

    def _catch_up(self, row: InstanceTable) -> None:
        """Other days than before are counted, by a version that may be in force no more."""
        found = newest(self.session, row.calendar)
        if found is None or found.digest == row.calendar:
            return
        old, new = self.kept_calendar(row.calendar), self.kept_calendar(found.digest)
        if old is None or new is None or not touches(_changes(old, new), row.windows):
            return
        key = (row.instance, found.calendar_id, found.number)
        if self.session.get(CalendarMoveTable, key) is None:
            self._plan([row.instance], found.calendar_id, found.number, found.digest, self.clock())


def _recorded(row: ClockTable) -> RecordedClock:
    return RecordedClock(row.day0, Unit(row.unit), row.thresholds, row.ledger)


def _news(
    instance: str, change: CalendarChangeTable, attempts: int = 0, *, planned_at: datetime | None
) -> Move:
    """What an instance is told.

    Who was not planned for when the version came into force keeps no later day: nothing of it rested on a
    day that changed, so that what does now has begun since.
    """
    touched = planned_at is not None and planned_at <= change.at
    notice = change.data.get("notice") or {}
    return Move(
        instance=instance,
        calendar_id=change.calendar_id,
        number=change.number,
        digest=change.digest,
        at=change.at,
        notice=notice.get("number") or change.reason or None,
        keep_later=touched and change.data.get("keep_later", True),
        attempts=attempts,
    )


def _these(moves: Iterable[Move]) -> ColumnElement[bool]:
    names = [(move.instance, move.calendar_id, move.number) for move in moves]
    return tuple_(_MINE.instance, _MINE.calendar_id, _MINE.number).in_(names)


def _batches(moves: Collection[Move]) -> Iterator[list[Move]]:
    every = list(moves)
    return (every[first : first + _AT_ONCE] for first in range(0, len(every), _AT_ONCE))


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))
