"""Processes in the short notation of `notation`, and a run of one in virtual time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tests.support.notation import OVER, bpmn, definitions, process
from wenzheng.calendars import Calendar
from wenzheng.calendars.china import china
from wenzheng.engine.compiled import CompiledProcess
from wenzheng.engine.compiler import compile_bpmn
from wenzheng.engine.effects import Effect
from wenzheng.engine.events import (
    Event,
    IncidentResolved,
    MessageReceived,
    ServiceFailed,
    ServiceFinished,
    SignalReceived,
    Start,
    TaskCompleted,
    TimeReached,
)
from wenzheng.engine.findings import DefinitionRefused, Finding
from wenzheng.engine.instance import ProcessInstance
from wenzheng.engine.services import ServiceContract, ServiceInput
from wenzheng.engine.state import digest, dump, load, pack, unpack
from wenzheng.engine.step import open_user_tasks, step

__all__ = [
    "CALENDAR",
    "MONDAY",
    "SERVICES",
    "Run",
    "bpmn",
    "compiled",
    "definitions",
    "findings_of",
    "process",
]

CALENDAR: Final = china()
MONDAY: Final = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)
"""Ten in the morning of an ordinary working Monday in Beijing."""

SERVICES: Final = {
    contract.name: contract
    for contract in (
        ServiceContract("ping", {}, {}, timedelta(seconds=5)),
        ServiceContract(
            "tell",
            {"who": ServiceInput("string"), "how": ServiceInput("string", required=False, values=("a", "b"))},
            {"told": "bool"},
            timedelta(seconds=5),
        ),
        ServiceContract("note", {"count": ServiceInput("int")}, {}, timedelta(seconds=60), local=True),
    )
}


def compiled(
    source: str | bytes, services: Mapping[str, ServiceContract] = SERVICES, process_id: str = "p"
) -> CompiledProcess:
    """The compiled process of a short notation or of a file's bytes."""
    data = source if isinstance(source, bytes) else bpmn(source)
    return compile_bpmn({"p.bpmn": data}, services)[0][process_id]


class Run:
    """An instance of one process in virtual time, and what it has done so far.

    Beside every event the same event happens to the instance as it is written out and read back just before:
    effects, trace and state must be the same. With `restored` the instance itself is written out and read
    back after every event instead; without it (False) nothing is.
    """

    def __init__(
        self,
        source: str | bytes | CompiledProcess,
        *,
        now: datetime = MONDAY,
        restored: bool | None = None,
        calendar: Calendar = CALENDAR,
    ) -> None:
        self.process = source if isinstance(source, CompiledProcess) else compiled(source)
        self.now = now
        self.restored = restored
        self.instance = ProcessInstance(self.process, calendar)
        self.instance.trace = []
        self.effects: list[Effect] = []

    def start(self, **variables: Any) -> Run:
        """Begin; returns itself."""
        self.do(Start(variables))
        return self

    def do(self, event: Event) -> list[Effect]:
        """Let an event happen now."""
        effects = self._beside(event) if self.restored is None else self._step(event)
        self.effects += effects
        if self.restored:
            self.instance = self._read_back()
        nothing_dangles(self.instance)
        return effects

    def _step(self, event: Event) -> list[Effect]:
        return step(self.instance, event, self.now)

    def _read_back(self) -> ProcessInstance:
        instance = load(unpack(pack(dump(self.instance))), self.process, self.instance.calendar)
        instance.trace = self.instance.trace
        return instance

    def _beside(self, event: Event) -> list[Effect]:
        """The effects of an event, which are the same for the instance as it is read back."""
        other = self._read_back()
        other.trace = []
        told = len(self.instance.trace or [])
        effects = self._step(event)
        assert step(other, event, self.now) == effects
        assert self.instance.trace is None or other.trace == self.instance.trace[told:]
        assert digest(other) == digest(self.instance)
        assert list(other.live) == list(self.instance.live)
        assert other.next_alarm() == self.instance.next_alarm()
        return effects

    def signal(self, name: str) -> list[Effect]:
        """A signal that somebody else has thrown is heard."""
        return self.do(SignalReceived(name))

    def complete(self, element: str, role: str = "clerk", **data: Any) -> list[Effect]:
        """Somebody completes a user task."""
        return self.do(TaskCompleted(element, "c1", role, data))

    def complete_any(self, element: str, place: int = 0, **data: Any) -> list[Effect]:
        """Somebody completes one of the open tasks of an element, the oldest or the one at a place."""
        ids = [task.id for task in open_user_tasks(self.instance) if task.task_spec.element.id == element]
        return self.do(TaskCompleted(element, "c1", "clerk", data, ids[place]))

    def message(self, name: str, **data: Any) -> list[Effect]:
        """A message arrives."""
        return self.do(MessageReceived(name, data))

    def wait(self, **duration: float) -> list[Effect]:
        """Time passes (keywords of timedelta), and the alarm rings once."""
        self.now += timedelta(**duration)
        return self.do(TimeReached())

    def until(self, instant: datetime) -> list[Effect]:
        """Time passes to an instant, and the alarm rings once."""
        self.now = instant
        return self.do(TimeReached())

    def serve(self, output: Mapping[str, Any] | None = None) -> list[Effect]:
        """The oldest open service call ends well."""
        return self.do(ServiceFinished(next(iter(self.instance.calls)), dict(output or {})))

    def fail(self, code: str = "broken", message: str = "It broke.") -> list[Effect]:
        """The oldest open service call fails for good."""
        return self.do(ServiceFailed(next(iter(self.instance.calls)), code, message))

    def resolve(self, action: str, **data: Any) -> list[Effect]:
        """An operator resolves the oldest open incident."""
        return self.do(IncidentResolved(next(iter(self.instance.incidents)), action, "op", data))

    @property
    def open(self) -> list[str]:
        """The open user tasks, oldest first."""
        return [task.task_spec.element.id for task in open_user_tasks(self.instance)]

    @property
    def at(self) -> list[str]:
        """Where tokens are: the elements of all live tasks, oldest first."""
        return [task.task_spec.element.id for task in self.instance.live.values()]

    @property
    def completed(self) -> list[str]:
        """The elements completed so far, in order."""
        return self.traced("completed")

    def traced(self, event: str) -> list[str]:
        """The elements of one kind of trace line, in order."""
        return [
            entry.element
            for entry in self.instance.trace or []
            if entry.event == event and not entry.element.startswith(OVER)
        ]

    @property
    def state(self) -> str | None:
        """How the instance ended; None while it runs."""
        return str(self.instance.ended["state"]) if self.instance.ended else None

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The data of all effects of a kind so far."""
        return [effect.data for effect in self.effects if effect.kind == kind]

    @property
    def codes(self) -> list[str]:
        """The codes of open incidents."""
        return [str(incident["code"]) for incident in self.instance.incidents.values()]


def nothing_dangles(instance: ProcessInstance) -> None:
    """What an instance remembers belongs to a live task, and after the end there is nothing left."""
    live = set(instance.live)
    assert set(instance.waiting) <= live
    assert set(instance.calls) <= live
    assert set(instance.subprocesses) <= live
    stopped = [one.id for incident_id in instance.incidents for one in instance.stopped_tasks(incident_id)]
    assert set(stopped) <= live
    assert {state["of"] for state in instance.clocks.running.values() if "of" in state} <= live
    assert len(set(stopped)) == len(stopped), "one task stopped twice"
    assert not instance.queue
    if instance.ended is not None:
        assert not live


def findings_of(action: Callable[[], object]) -> list[Finding]:
    """The findings with which an action refuses a definition."""
    try:
        action()
    except DefinitionRefused as refused:
        return refused.findings
    raise AssertionError("Expected the definition to be refused, found it was not.")
