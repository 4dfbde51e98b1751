"""Lists of petitions and their lamps, computed in SQL at the instant asked for.

A lamp is derived, never stored: a board is right even when nothing has run for a week. The rule
here is that of `wenzheng.petitions.lamps`, written in SQL; a contract test holds the two together.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from wenzheng.petitions.lamps import standing
from wenzheng.store.clock_rows import reading_of
from wenzheng.store.projection import BOARD_CLOCK
from wenzheng.store.session import Part, as_view
from wenzheng.store.tables.instances import ClockTable, InstanceTable
from wenzheng.store.tables.petitions import PetitionTable
from wenzheng.store.types import UtcDateTime, decode_cursor, encode_cursor
from wenzheng.store.views.petitions import LampCount, LampName, Page, PetitionRow, StandingName

NEVER_PUBLIC_KINDS: Final = ("report",)
"""举报: only the named receivers of its route see it (defaults.md, "Who sees what")."""

MAX_PAGE: Final = 500
_PROMISED: Final = frozenset({"promised", "renewed"})
"""Facts after which a letter is answered, and due on the day that was promised."""


def lamp_sql(now: datetime) -> ColumnElement[str]:
    """The lamp of a clock row at `now`, unlit where there is no row.

    A clock that stopped shows the colour frozen then; green only when it stopped because the
    work was done: a letter that was withdrawn in time was never answered and stays unlit.
    """
    at = literal(now, UtcDateTime())
    stopped = ClockTable.stopped_at.is_not(None) & (ClockTable.stopped_at <= at)
    moment = case((stopped, ClockTable.stopped_at), else_=at)
    return case(
        (stopped & ClockTable.frozen_lamp.is_not(None), ClockTable.frozen_lamp),
        (ClockTable.red_from <= moment, literal("red")),
        (ClockTable.yellow_from <= moment, literal("yellow")),
        (stopped & (ClockTable.stop_reason == "completed"), literal("green")),
        else_=literal("unlit"),
    )


def _joined(*columns: Any) -> Select[Any]:
    board = and_(
        ClockTable.instance == PetitionTable.instance, ClockTable.clock == BOARD_CLOCK, ClockTable.current
    )
    return (
        select(*columns)
        .select_from(PetitionTable)
        .join(InstanceTable, InstanceTable.instance == PetitionTable.instance)
        .outerjoin(ClockTable, board)
    )


def _conditions(
    *,
    now: datetime,
    lamp: LampName | None = None,
    department: str | None = None,
    state: str | None = None,
    addressee: str | None = None,
    kind: str | None = None,
    public_only: bool = False,
    accepted_only: bool = False,
    words: str | None = None,
) -> list[ColumnElement[bool]]:
    given: list[tuple[SQLColumnExpression[Any], Any]] = [
        (InstanceTable.department, department),
        (InstanceTable.stage, state),
        (PetitionTable.addressee, addressee),
        (PetitionTable.kind, kind),
        (lamp_sql(now), lamp),
    ]
    conditions = [column == value for column, value in given if value is not None]
    if public_only:
        conditions += [PetitionTable.public_consent, PetitionTable.kind.not_in(NEVER_PUBLIC_KINDS)]
    if accepted_only:
        conditions.append(InstanceTable.accepted.is_(True))
    if words is not None:
        named = (PetitionTable.number, PetitionTable.title)
        conditions.append(or_(*(column.icontains(words, autoescape=True) for column in named)))
    return conditions


def _view(row: Any, now: datetime) -> PetitionRow:
    petition, instance, clock, lamp = row
    done = clock is not None and clock.stop_reason == "completed"
    return as_view(
        PetitionRow,
        petition,
        received_at=petition.received_at or petition.submitted_at,
        state=instance.stage,
        instance_state=instance.state,
        outcome=instance.outcome,
        accepted=instance.accepted,
        department=instance.department,
        co_handling=list(instance.co_handling),
        emergency=instance.emergency,
        round=instance.round,
        lamp=lamp,
        standing=_standing(instance, clock, now),
        yellow_from=clock and clock.yellow_from,
        red_from=clock and clock.red_from,
        replied_at=clock.stopped_at if done else None,
        ended_at=instance.ended_at,
    )


def _standing(instance: InstanceTable, clock: ClockTable | None, now: datetime) -> StandingName:
    if instance.stage in _PROMISED:
        return "promised"
    return standing(reading_of(clock), now).value if clock is not None else "running"


class BoardReads(Part):
    """Questions about petitions."""

    def petition(self, ref: str, *, now: datetime | None = None) -> PetitionRow | None:
        """A petition by id, number or tracking code, or None. Its lamp is that of `now`."""
        now = now or self.clock()
        query = _joined(PetitionTable, InstanceTable, ClockTable, lamp_sql(now))
        names = (PetitionTable.id, PetitionTable.tracking_code, PetitionTable.number)
        query = query.where(or_(*(name == ref for name in names)))
        # An id that looks like another letter's number must not open that letter.
        order = case(*((name == ref, position) for position, name in enumerate(names)))
        row = self.session.execute(query.order_by(order).limit(1)).one_or_none()
        return None if row is None else _view(row, now)

    def petitions(
        self,
        *,
        now: datetime,
        lamp: LampName | None = None,
        department: str | None = None,
        state: str | None = None,
        addressee: str | None = None,
        kind: str | None = None,
        public_only: bool = False,
        accepted_only: bool = False,
        words: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page:
        """A page of petitions that meet every given condition, newest first.

        `words` stand in the number or the title, in letters of either size. `limit` is 1 to 500. Letters
        filed while somebody turns pages neither repeat nor hide others. Raises StoreError for a cursor that
        is none.
        """
        limit = max(1, min(limit, MAX_PAGE))
        query = _joined(PetitionTable, InstanceTable, ClockTable, lamp_sql(now)).where(
            *_conditions(
                now=now,
                lamp=lamp,
                department=department,
                state=state,
                addressee=addressee,
                kind=kind,
                public_only=public_only,
                accepted_only=accepted_only,
                words=words,
            )
        )
        place = (PetitionTable.submitted_at, PetitionTable.id)
        if cursor is not None:
            at, last = decode_cursor(cursor)
            query = query.where(tuple_(*place) < tuple_(literal(at, UtcDateTime()), literal(last)))
        query = query.order_by(*(column.desc() for column in place)).limit(limit + 1)
        rows = [_view(row, now) for row in self.session.execute(query)]
        items = rows[:limit]
        more = len(rows) > limit
        return Page(
            items=items, next_cursor=encode_cursor(items[-1].submitted_at, items[-1].id) if more else None
        )

    def petitions_of(self, ids: Collection[str], *, now: datetime) -> dict[str, PetitionRow]:
        """Several petitions by id, their lamps those of `now`. One query; unknown ids are left out."""
        query = _joined(PetitionTable, InstanceTable, ClockTable, lamp_sql(now))
        rows = self.session.execute(query.where(PetitionTable.id.in_(sorted(ids))))
        return {view.id: view for view in (_view(row, now) for row in rows)}

    def lamp_counts(
        self,
        *,
        now: datetime,
        department: str | None = None,
        state: str | None = None,
        addressee: str | None = None,
        kind: str | None = None,
        public_only: bool = False,
        accepted_only: bool = False,
    ) -> list[LampCount]:
        """How many petitions show which lamp at `now`, per department; lamps nobody shows are left out.

        One query. Letters that are not public count too unless `public_only` (defaults.md).
        """
        rows = (
            _joined(InstanceTable.department, lamp_sql(now).label("lamp"))
            .where(
                *_conditions(
                    now=now,
                    department=department,
                    state=state,
                    addressee=addressee,
                    kind=kind,
                    public_only=public_only,
                    accepted_only=accepted_only,
                )
            )
            .subquery()
        )
        # Grouped outside, so that the instant is bound in one place only: PostgreSQL takes the lamp
        # of the select list and that of GROUP BY for two expressions when their parameters differ.
        shown = (rows.c.department, rows.c.lamp)
        query = select(*shown, func.count()).group_by(*shown)
        query = query.order_by(rows.c.department.nulls_first(), rows.c.lamp)
        return [LampCount(department=d, lamp=name, count=n) for d, name, n in self.session.execute(query)]
