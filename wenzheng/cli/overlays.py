"""What `render` lays over a picture: from a file, or from the letters of this installation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from wenzheng.cli.connection import CommandError

if TYPE_CHECKING:
    from wenzheng.catalog.pictures.overlay import Mark, Overlay

LAMPS: Final = ("unlit", "green", "yellow", "red")
"""The later one is the worse one."""
_DAY: Final = 86_400


def overlays_of_file(path: Path) -> dict[str, Overlay]:
    """Overlays by process, from a JSON file. Raises CommandError with all that is wrong with it."""
    from wenzheng.catalog.pictures.overlay import Overlay

    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"cannot read the numbers in {path}: {error}") from None
    if not isinstance(given, dict) or not all(isinstance(one, dict) for one in given.values()):
        raise CommandError(
            f'expected {{"PROCESS": {{"ELEMENT": {{"count": 3}}}}}} in {path}, found otherwise'
        )
    faults: list[str] = []
    found = {
        process: Overlay({name: _mark(f"{process}.{name}", one, faults) for name, one in marks.items()})
        for process, marks in given.items()
    }
    if faults:
        raise CommandError(f"cannot use the numbers in {path}: {'; '.join(faults)}")
    return found


def _mark(where: str, given: Any, faults: list[str]) -> Mark:
    from wenzheng.catalog.pictures.overlay import Mark

    one = given if isinstance(given, dict) else {}
    count, lamp, days = one.get("count"), one.get("lamp"), one.get("days")
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        faults.append(f"{where}: expected count, a whole number from 0, found {json.dumps(count)}")
        count = 0
    if lamp not in (None, *LAMPS):
        faults.append(f"{where}: expected lamp, one of {', '.join(LAMPS)}, found {json.dumps(lamp)}")
        lamp = None
    if days is not None and (isinstance(days, bool) or not isinstance(days, int | float) or days < 0):
        faults.append(f"{where}: expected days, a number from 0, found {json.dumps(days)}")
        days = None
    faults += [
        f"{where}: expected count, lamp or days, found {name}"
        for name in one.keys() - {"count", "lamp", "days"}
    ]
    return Mark(count, lamp, days)


def overlays_of_city(data: Path | None) -> dict[str, Overlay]:
    """Where the letters of this installation wait now: how many, the worst lamp, since how many days."""
    from wenzheng.catalog.pictures.overlay import Mark, Overlay
    from wenzheng.cli.options import load_settings
    from wenzheng.practice import city_clock
    from wenzheng.store import StoreError, open_store

    store = open_store(load_settings(data).database_url)
    try:
        store.check_schema()
        now = city_clock(store).now()
        with store.reader() as reader:
            rows = reader.waiting(now=now)
    except StoreError as error:
        raise CommandError(str(error)) from error
    finally:
        store.close()
    marks: dict[str, dict[str, Mark]] = {}
    for row in rows:
        mine = marks.setdefault(row.process, {})
        before = mine.get(row.element, Mark(0, row.lamp, 0.0))
        lamp = max(before.lamp or "unlit", row.lamp, key=LAMPS.index)
        days = max(before.days or 0.0, round((now - row.since).total_seconds() / _DAY, 1))
        mine[row.element] = Mark(before.count + row.count, lamp, days)
    return {process: Overlay(found) for process, found in marks.items()}
