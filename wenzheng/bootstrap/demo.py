"""Files the letters of the demo."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from wenzheng.bootstrap.city import (
    FORUM,
    PETITION,
    CityCalendars,
    clocks_at_start,
    deployed_digest,
    registry_of,
)
from wenzheng.catalog.registry import Registry
from wenzheng.demo.folder import DEMO, is_complete, is_demo
from wenzheng.practice import city_clock
from wenzheng.settings import Settings, definitions_dir
from wenzheng.store import Store, open_store

if TYPE_CHECKING:
    from wenzheng.demo.load import City


def load_demo(settings: Settings, progress: Callable[[int, int], None], *, asked: bool) -> list[str]:
    """File the letters of the demo, or the rest of them; nothing when all are there.

    Nor when this is no folder of the demo and it was not `asked` for.

    After `prepare` with `demo` and `set_clock_going`: the demo's past ends when the city's clock begins.
    `progress` hears how many of how many are filed. Returns what the operator should be told. Raises
    ScriptRefused.
    """
    from wenzheng.demo.load import City, author_to_try, load
    from wenzheng.demo.script import read_stories
    from wenzheng.web.lookup import organisation

    with contextlib.closing(open_store(settings.database_url)) as store:
        if not is_demo(store, asked=asked):
            return []
        stories = read_stories(definitions_dir() / DEMO)
        if is_complete(store):
            return _how_to_be_an_author(author_to_try(store, stories))
        clock, registry = city_clock(store), registry_of(store)
        calendars = CityCalendars(store, registry, settings.calendar)
        with store.reader() as reader:
            units = organisation(reader)
        definition = registry.fetch_definition(deployed_digest(store, PETITION))
        calendar, process = calendars.of(definition.digest, PETITION), definition.processes[PETITION]

        def expected(received_on: date) -> list[dict[str, Any]]:
            return clocks_at_start(process, calendar, received_on)

        city = City(definition, calendar, units, PETITION, expected)

        def sessions(until: datetime) -> None:
            _open_sessions(store, registry, calendars, city, until)

        now = clock.now() if clock.pace is None else clock.pace.epoch_shown
        load(store, city, stories, now, progress, besides=sessions)
        return _how_to_be_an_author(author_to_try(store, stories))


def _open_sessions(
    store: Store, registry: Registry, calendars: CityCalendars, city: City, until: datetime
) -> None:
    """The sessions of the forum, with their past, and the letters that came of them."""
    from wenzheng.demo.sessions import Forum, open_sessions, read_sessions

    sessions = read_sessions(definitions_dir() / DEMO)
    definition = registry.fetch_definition(deployed_digest(store, FORUM))
    calendar = calendars.of(definition.digest, FORUM)
    with store.reader() as reader:
        units = {account.id: account.unit_id for account in reader.accounts()}
    open_sessions(store, Forum(definition, FORUM, calendar, units, city), sessions, until)


def _how_to_be_an_author(found: tuple[str, str, str] | None) -> list[str]:
    if found is None:
        return []
    number, code, contact = found
    return [f"To be an author, follow letter {number}: tracking code {code}, contact {contact}."]
