"""The worker's library of compiled definitions and calendars, by digest.

What travels through Temporal is a digest. `fetch` resolves it in a thread, before a workflow
sees it; `definition` and `calendar` then answer from memory, on the workflow's own thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from wenzheng.calendars import Calendar
from wenzheng.catalog.bundle import Bundle
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.engine.definition import Definition
from wenzheng.engine.findings import LATER_RULES
from wenzheng.engine.services import ServiceContract

_Loaded = TypeVar("_Loaded")
BundleSource = Callable[[str], Mapping[str, bytes] | None]
"""Files of a deployed definition by its digest; None when it is not deployed."""
CalendarSource = Callable[[str], Mapping[str, Any] | None]
"""Document of a calendar version by its digest; None when it is unknown."""


class NotDeployed(Exception):
    """A digest that nobody has deployed, or whose content does not have that digest.

    A workflow task that meets it fails and is tried again, so that letters go on by themselves
    once the definition arrives.
    """


@dataclass
class Registry:
    """Compiled definitions and calendars, each built once."""

    bundles: BundleSource
    calendars: CalendarSource
    services: Mapping[str, ServiceContract]
    _definitions: dict[str, Definition] = field(default_factory=dict)
    _calendars: dict[str, Calendar] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def has_definition(self, digest: str) -> bool:
        """Whether `definition` will answer."""
        return digest in self._definitions

    def has_calendar(self, digest: str) -> bool:
        """Whether `calendar` will answer."""
        return digest in self._calendars

    def fetch_definition(self, digest: str) -> Definition:
        """Load and compile a definition unless it is already in memory.

        Letters run by it already: rules of good form that came later do not stop them.

        Raises NotDeployed, or DefinitionRefused when this version of the engine refuses it.
        """
        with self._lock:
            if digest not in self._definitions:
                files = self.bundles(digest)
                if files is None:
                    raise NotDeployed(f"Expected definition {digest} to be deployed, found none.")
                bundle = Bundle("deployed", files)
                if bundle.digest != digest:
                    raise NotDeployed(
                        f"Expected files of digest {digest}, found {bundle.digest}: the stored "
                        "definition was changed. Deploy it again."
                    )
                self._definitions[digest] = compile_bundle(
                    digest, files, self.services, tolerated=LATER_RULES
                )
            return self._definitions[digest]

    def fetch_calendar(self, digest: str) -> Calendar:
        """Load a calendar version unless it is already in memory. Raises NotDeployed."""
        with self._lock:
            if digest not in self._calendars:
                document = self.calendars(digest)
                if document is None:
                    raise NotDeployed(f"Expected calendar {digest} to be known, found none.")
                calendar = Calendar.from_document(document)
                if calendar.version != digest:
                    raise NotDeployed(f"Expected a calendar of digest {digest}, found {calendar.version}.")
                self._calendars[digest] = calendar
            return self._calendars[digest]

    def definition(self, digest: str) -> Definition:
        """A definition that `fetch_definition` has loaded. Raises NotDeployed otherwise."""
        return _loaded(self._definitions, digest)

    def calendar(self, digest: str) -> Calendar:
        """A calendar that `fetch_calendar` has loaded. Raises NotDeployed otherwise."""
        return _loaded(self._calendars, digest)


def _loaded(table: Mapping[str, _Loaded], digest: str) -> _Loaded:
    try:
        return table[digest]
    except KeyError:
        raise NotDeployed(f"Expected {digest} to be fetched before use, found it was not.") from None
