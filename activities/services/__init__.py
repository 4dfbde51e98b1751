"""The activities that service tasks may name: one file, one service.

A file here declares `CONTRACT` and a class `Service(ports)` whose `run(call)` returns what the
contract promises. Its test stands in tests/unit/activities, its page in
docs/reference/services/; a test fails when either is missing. Nothing else is to be registered:
the files are found by their place.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any, Protocol

from temporalio import activity

from activities.ports import ServicePorts
from wenzheng.contracts import JsonObject, ServiceCall
from wenzheng.engine.services import ServiceContract


class RunsCalls(Protocol):
    """What a service's class must offer."""

    def run(self, call: ServiceCall) -> JsonObject:
        """Do the work once for `call.key`, however often it is called with that key."""
        ...


@cache
def _modules() -> tuple[ModuleType, ...]:
    return tuple(
        importlib.import_module(f"{__name__}.{found.name}")
        for found in sorted(pkgutil.iter_modules(__path__), key=lambda found: found.name)
    )


@cache
def contracts() -> dict[str, ServiceContract]:
    """The contract of every service, by name."""
    found = {module.CONTRACT.name: module.CONTRACT for module in _modules()}
    if len(found) != len(_modules()):
        raise RuntimeError("Expected every service to have a name of its own, found one twice.")
    return found


def service_activities(ports: ServicePorts) -> list[Callable[..., Any]]:
    """The Temporal activities of all services, given their ports."""
    return [_activity(module.CONTRACT, module.Service(ports)) for module in _modules()]


def service_of(name: str, ports: ServicePorts) -> RunsCalls:
    """A service by the name that definitions use; for calls of a past lived in virtual time."""
    found: RunsCalls = next(module.Service(ports) for module in _modules() if module.CONTRACT.name == name)
    return found


def _activity(contract: ServiceContract, service: RunsCalls) -> Callable[..., Any]:
    # See record.py: an exception thrown into a thread amid a transaction leaves locks behind.
    @activity.defn(name=contract.activity, no_thread_cancel_exception=True)
    def run(call: ServiceCall) -> dict[str, Any]:
        return service.run(call)

    return run
