"""Which version of a calendar is in force, and how another comes into force: by notice, overlay or upgrade.

Each is one transaction: a version is checked whole before anything of it is kept, overlays on the calendar
are made anew with it, and who did it and why stands beside it. May be imported by bootstrap, cli and web.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from wenzheng.calendars import Calendar, CalendarError
from wenzheng.calendars.applying import apply_notice
from wenzheng.calendars.changes import Changes, DayChange, changes
from wenzheng.calendars.countries import shipped
from wenzheng.calendars.files import Fault, Faults
from wenzheng.calendars.notices import read_notice
from wenzheng.calendars.overlays import compose, parts, read_overlay
from wenzheng.moving import Preview, preview
from wenzheng.store import Reader, Store, UnitOfWork
from wenzheng.store.properties import PACE
from wenzheng.store.views.deployments import CalendarChangeKind

UPGRADE: Final = "The calendar that came with the program"


@dataclass(frozen=True)
class Taken:
    """What came, or with `dry_run` would come, of taking a version.

    `calendar` is in force afterwards; `changes` says what differs from the one before. `known` when it was
    in force already and nothing was to do. `overlays` are the calendars made anew with it. `moves` is what
    follows for open letters.
    """

    calendar: Calendar
    changes: Changes
    warnings: tuple[Fault, ...]
    known: bool
    dry_run: bool
    overlays: tuple[Calendar, ...]
    moves: Preview = field(default_factory=Preview)

    def as_json(self) -> dict[str, Any]:
        """As JSON, for the command and the API."""
        return {
            "calendar": self.calendar.id,
            "version": self.calendar.version,
            "decreed_through": self.calendar.decreed_through.isoformat(),
            "known": self.known,
            "dry_run": self.dry_run,
            "changes": self.changes.as_json(),
            "warnings": [fault.as_json() for fault in self.warnings],
            "overlays": [{"calendar": made.id, "version": made.version} for made in self.overlays],
            "moves": self.moves.as_json(),
        }


def in_force(reader: Reader, calendar_id: str) -> Calendar | None:
    """The version of a calendar that new letters are counted by, or None when the store has none."""
    digest = reader.calendar_in_force(calendar_id)
    return None if digest is None else reader.kept_calendar(digest)


def in_force_or_shipped(reader: Reader, calendar_id: str) -> Calendar:
    """The version in force, else the shipped one. Raises CalendarError for a name nobody knows."""
    return in_force(reader, calendar_id) or shipped(calendar_id)


# --- taking a version ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Step:
    """A version, the one before it, and what is written down of it."""

    kind: CalendarChangeKind
    before: Calendar
    after: Calendar
    reason: str
    data: dict[str, Any] = field(default_factory=dict)


_Plan = Callable[[Reader, Faults], _Step]


def take_notice(
    store: Store, calendar_id: str, text: str, *, by: str | None, now: datetime, dry_run: bool = False,
    keep_later: bool = True,
) -> Taken:  # fmt: skip
    """Put the version in force that a notice makes of a calendar; who counts by the one before is told.

    With `keep_later` a limit that would come nearer holds where it is.

    Raises:
        FileRefused: with every fault of the notice; nothing of it is taken.
        CalendarError: for a calendar that takes no notices.
    """

    def plan(reader: Reader, faults: Faults) -> _Step:
        before = in_force_or_shipped(reader, calendar_id)
        if (found := parts(before)) is not None:
            raise CalendarError(
                "calendar.overlay",
                where="calendar",
                expected="a calendar that is decreed",
                found=f"{calendar_id}, an overlay on {found[0]}",
                remedy=f"Give the notice for {found[0]}, or the overlay's file anew.",
            )
        notice = read_notice(text, faults)
        applied = apply_notice(before.document(), notice, before.today(now), faults)
        after = Calendar.from_document(applied.document)
        return _Step("notice", before, after, notice.title_zh, {"notice": notice.as_json()})

    return _take(store, plan, _How(by, now, dry_run, keep_later))


def take_overlay(
    store: Store, text: str, *, by: str | None, now: datetime, dry_run: bool = False, keep_later: bool = True
) -> Taken:
    """Put the version in force that an overlay makes on the calendar below it; as `take_notice`.

    Raises:
        FileRefused: with every fault of the file; nothing of it is taken.
        CalendarError: for an overlay that does not fit the calendar below.
    """

    def plan(reader: Reader, faults: Faults) -> _Step:
        overlay = read_overlay(text, faults)
        if _is_shipped(overlay.id):
            raise CalendarError(
                "calendar.overlay",
                where="calendar",
                expected="a name that no shipped calendar has",
                found=overlay.id,
                remedy=f"Name it for example {overlay.id}-office.",
            )
        base = in_force_or_shipped(reader, overlay.on)
        after = compose(base, overlay.id, overlay.content)
        reason = overlay.content.get("notice", {}).get("title_zh", "")
        return _Step("overlay", in_force(reader, overlay.id) or base, after, reason)

    return _take(store, plan, _How(by, now, dry_run, keep_later))


def take_shipped(
    store: Store, calendar_id: str, *, by: str | None, now: datetime, dry_run: bool = False,
    keep_later: bool = True,
) -> Taken:  # fmt: skip
    """Put the version in force that came with the program; as `take_notice`.

    Raises:
        CalendarError: `calendar.behind` when notices given by hand would be lost.
    """

    def plan(reader: Reader, _faults: Faults) -> _Step:
        after = shipped(calendar_id)
        before = in_force(reader, calendar_id) or after
        found = compare(before, after)
        if found.lacking:
            raise CalendarError(
                "calendar.behind",
                where="calendar",
                expected="a shipped calendar with all notices of the one in force",
                found=f"one without {', '.join(found.lacking)}",
                remedy="Keep the one in force; give what it lacks as a notice.",
            )
        return _Step("shipped", before, after, UPGRADE)

    return _take(store, plan, _How(by, now, dry_run, keep_later))


def _is_shipped(name: str) -> bool:
    try:
        shipped(name)
    except CalendarError:
        return False
    return True


@dataclass(frozen=True)
class _How:
    """By whom and when a version is taken, whether only to see, and whether a limit brought nearer holds."""

    by: str | None
    now: datetime
    dry_run: bool
    keep_later: bool


def _take(store: Store, plan: _Plan, how: _How) -> Taken:
    faults = Faults()
    if how.dry_run:
        with store.reader() as reader:
            return _taken(reader, plan(reader, faults), faults, how)
    with store.unit_of_work() as unit:
        unit.hold_calendars()
        step = plan(unit, faults)
        taken = _taken(unit, step, faults, how)
        if not taken.known:
            _refuse_practice(unit)
            kept = step.data | {"changes": taken.changes.as_json()}
            _put_in_force(unit, replace(step, data=kept), how)
            for made in taken.overlays:
                reason = f"{step.after.id}: {step.reason}"
                _put_in_force(unit, _Step("overlay", made, made, reason), how)
        return taken


def _put_in_force(unit: UnitOfWork, step: _Step, how: _How) -> None:
    """A version comes into force, and who it is news to will be told."""
    data = step.data | ({} if how.keep_later else {"keep_later": False})
    number = _save(unit, step.kind, step.after, by=how.by, reason=step.reason, data=data, at=how.now)
    unit.plan_moves(step.after, number, how.now)


def _taken(reader: Reader, step: _Step, faults: Faults, how: _How) -> Taken:
    known = reader.calendar_in_force(step.after.id) == step.after.version
    overlays = () if known else tuple(_made_anew(reader, step.after))
    versions = () if known else (step.after, *overlays)
    return Taken(
        calendar=step.after,
        changes=changes(step.before, step.after),
        warnings=tuple(faults.items),
        known=known,
        dry_run=how.dry_run,
        overlays=overlays,
        moves=preview(reader, versions, how.now, keep_later=how.keep_later),
    )


def _made_anew(reader: Reader, base: Calendar) -> Iterator[Calendar]:
    """The overlays in force on a calendar, on its new version. Raises CalendarError if one does not fit."""
    for name in reader.calendar_ids():
        found = in_force(reader, name) if name != base.id else None
        overlay = parts(found) if found is not None else None
        if overlay is not None and overlay[0] == base.id:
            yield compose(base, name, overlay[1])


def _refuse_practice(reader: Reader) -> None:
    """The clock of a practice city is the calendar it began with; another would tear both apart."""
    if reader.property(PACE) is not None:
        raise CalendarError(
            "calendar.practice",
            where="calendar",
            expected="a city in real time",
            found="a practice city, which keeps the calendar it began with",
            remedy="Try it with --dry-run, or in a data folder without --pace.",
        )


def _save(
    unit: UnitOfWork, kind: CalendarChangeKind, calendar: Calendar, *, by: str | None, reason: str,
    data: dict[str, Any], at: datetime,
) -> int:  # fmt: skip
    return unit.save_calendar(
        digest=calendar.version,
        id=calendar.id,
        document=calendar.document(),
        at=at,
        kind=kind,
        by=by,
        reason=reason,
        data=data,
    )


# --- the shipped calendar against the one in force ----------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    """How the shipped calendar differs from the one in force.

    `differing` are the days that the shipped one would change; `lacking` names what it has not: notices
    given by hand, and years. `ahead` when it is decreed further than the one in force.
    """

    differing: tuple[DayChange, ...]
    lacking: tuple[str, ...]
    ahead: date | None

    @property
    def news(self) -> bool:
        """Whether the shipped calendar knows better: something is to be looked at."""
        return bool(self.differing) or self.ahead is not None


def compare(deployed: Calendar, other: Calendar) -> Comparison:
    """The shipped calendar (`other`) against the one in force, as far as both are decreed."""
    both = min(deployed.decreed_through, other.decreed_through)
    found = changes(deployed, other)
    notices = other.document()["notices"].items()
    # A year's notice stands under the year, whoever gave it; one that changes days under its number.
    known = {name for key, entry in notices if entry["kind"] == "decree" for name in (key, entry["number"])}
    by_hand: dict[date, str] = {
        special.day: special.notice.number
        for special in deployed.special_days(deployed.decreed_from, deployed.decreed_through)
        if special.notice.number is not None and not {special.notice.number, special.notice.key} & known
    }
    inside = [change for change in found.days if change.day <= both]
    lacking = {by_hand[change.day]: None for change in inside if change.day in by_hand}
    for year in range(other.decreed_through.year + 1, deployed.decreed_through.year + 1):
        lacking[f"the year {year}"] = None
    return Comparison(
        differing=tuple(change for change in inside if change.day not in by_hand),
        lacking=tuple(lacking),
        ahead=other.decreed_through if other.decreed_through > deployed.decreed_through else None,
    )


def keep_or_tell(store: Store, calendar_id: str, now: datetime) -> list[str]:
    """Put the shipped calendar in force where none is; tell the operator when it knows better.

    An upgrade of the program never moves a deadline by itself. Raises CalendarError for a calendar that is
    neither in the store nor shipped.
    """
    with store.unit_of_work() as unit:
        unit.hold_calendars()
        deployed = in_force(unit, calendar_id)
        if deployed is None:
            _save(unit, "shipped", shipped(calendar_id), by=None, reason=UPGRADE, data={}, at=now)
            return []
    if (overlay := parts(deployed)) is not None:
        with store.reader() as reader:
            deployed = in_force_or_shipped(reader, overlay[0])
    found = compare(deployed, shipped(deployed.id))
    if not found.news:
        return []
    news = [f"{len(found.differing)} day(s) differ"] if found.differing else []
    news += [f"it is decreed through {found.ahead}"] if found.ahead else []
    told = f"The calendar {deployed.id} that came with the program is newer than the one in force: "
    return [f"{told}{', and '.join(news)}. Deadlines stay as they are; look with `wenzheng calendar check`."]
