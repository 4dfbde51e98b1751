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
from wenzheng.store.properties import PACE

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


class CityCalendars:
    """The calendar by which what begins is counted: that of its process, or the city's.

    Versions are kept by their digest, so that asking costs a question to the store and no more. A practice
    city keeps the calendar it began with, whatever a definition names: its clock is made of it.
    """

    def __init__(self, store: Store, registry: Registry, city: str = CALENDAR) -> None:
        """`city` is the name of the city's own calendar."""
        self._store = store
        self._registry = registry
        self._city = city

    def of(self, definition: str, process: str) -> Calendar:
        """The version in force of the calendar of a deployed process. Raises LookupError for none."""
        return self._in_force(self.chosen(definition, process) or self._city)

    def chosen_version(self, definition: str, process: str) -> Calendar | None:
        """As `of`, None where the process names no calendar."""
        name = self.chosen(definition, process)
        return None if name is None else self._in_force(name)

    def chosen(self, definition: str, process: str) -> str | None:
        """The calendar that a deployed process names; None leaves it to the city."""
        choice = self._registry.fetch_definition(definition).processes[process].model.calendar
        return None if choice is None or self._practises() else choice.name

    def begun_by_message(self, definition: str, process: str) -> str | None:
        """The version for a process that another of its bundle begins; None: that of whoever begins it.

        So it is where no process of the bundle names a calendar: then all of them have the same.
        """
        processes = self._registry.fetch_definition(definition).processes
        if self._practises() or all(one.model.calendar is None for one in processes.values()):
            return None
        return self.of(definition, process).version

    def _practises(self) -> bool:
        with self._store.reader() as reader:
            return reader.property(PACE) is not None

    def _in_force(self, name: str) -> Calendar:
        version = version_in_force(self._store, name)
        if version is None:
            raise LookupError(
                f"Expected the calendar {name} in the store, found none; set it up with `wenzheng calendar`."
            )
        return self._registry.fetch_calendar(version)


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


def matters_of(store: Store, calendar: str = CALENDAR) -> CityMatters:
    """What makes matters of the forum letters, by the definition and calendar that new letters take.

    `calendar` names the city's.
    """
    registry = registry_of(store)
    calendars = CityCalendars(store, registry, calendar)

    def definition() -> tuple[str, CompiledProcess]:
        digest = deployed_digest(store, PETITION)
        return digest, registry.fetch_definition(digest).processes[PETITION]

    return CityMatters(store, definition, calendars.of, clocks_of_start)


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
