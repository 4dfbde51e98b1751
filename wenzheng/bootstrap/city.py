"""What a city runs on, from its store: definitions, the calendar in force, the clocks letters get."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from activities.services import contracts
from wenzheng.calendar_versions import in_force
from wenzheng.calendars import Calendar
from wenzheng.catalog.registry import Registry
from wenzheng.contracts import CLOCK_STARTED
from wenzheng.engine.compiled import CompiledProcess
from wenzheng.engine.events import Start
from wenzheng.engine.instance import ProcessInstance
from wenzheng.engine.step import step
from wenzheng.matters import CityMatters
from wenzheng.practice import utc_now
from wenzheng.store import Store

PETITION: Final = "petition"
"""The bundle and the process that handle ordinary letters."""
FORUM: Final = "forum"
"""The bundle and the process that carry a session of the forum."""
LETTER_VARIABLES: Final = ("petition_id", "received_on", "kind", "addressee")
"""What the start of a letter's process brings (web.filing)."""
CALENDAR: Final = "cn"
"""The calendar by which petitions are counted, unless the settings name another."""


def latest_calendar(store: Store, calendar_id: str = CALENDAR) -> Calendar:
    """The version of the city's calendar that new letters are counted by."""
    with store.reader() as reader:
        found = in_force(reader, calendar_id)
    if found is None:
        raise LookupError(
            f"Expected the calendar {calendar_id} in the store, found none; run `wenzheng run` once."
        )
    return found


def version_in_force(store: Store, calendar_id: str = CALENDAR) -> str | None:
    """The digest of the version that `latest_calendar` would give."""
    with store.reader() as reader:
        return reader.calendar_in_force(calendar_id)


def registry_of(store: Store) -> Registry:
    """The registry whose bundles and calendars are those deployed in the store."""

    def files(digest: str) -> Mapping[str, bytes] | None:
        with store.reader() as reader:
            found = reader.definition(digest)
        return found.files if found is not None else None

    def document(digest: str) -> Mapping[str, Any] | None:
        with store.reader() as reader:
            found = reader.calendar(digest)
        return found.document if found is not None else None

    return Registry(files, document, contracts())


def matters_of(store: Store) -> CityMatters:
    """What makes matters of the forum letters, by the definition and calendar that new letters take."""
    registry = registry_of(store)

    def definition() -> tuple[str, CompiledProcess]:
        digest = deployed_digest(store, PETITION)
        return digest, registry.fetch_definition(digest).processes[PETITION]

    return CityMatters(store, definition, lambda: latest_calendar(store), clocks_of_start)


def clocks_at_start(process: CompiledProcess, calendar: Calendar, received_on: date) -> list[dict[str, Any]]:
    """The clocks that an instance of the petition will start with: data of its clock_started records.

    Found by starting one that nobody keeps, so that there is one rule for both.
    """
    variables = dict.fromkeys(LETTER_VARIABLES, "") | {"received_on": received_on.isoformat()}
    return clocks_of_start(process, calendar, variables)


def clocks_of_start(
    process: CompiledProcess, calendar: Calendar, variables: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The clocks that an instance will start with, given its start variables."""
    effects = step(ProcessInstance(process, calendar), Start(dict(variables)), utc_now())
    return [effect.data for effect in effects if effect.kind == CLOCK_STARTED]


def deployed_digest(store: Store, name: str) -> str:
    """The digest of the latest definition of a name."""
    with store.reader() as reader:
        found = reader.current_definition(name)
    if found is None:
        raise LookupError(f"Expected a deployed {name} definition, found none; run `wenzheng run`.")
    return found
