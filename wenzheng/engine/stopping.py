"""The part of an instance that stops what cannot go on, until an operator decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from wenzheng.contracts import INCIDENT_RAISED, INCIDENT_RESOLVED, JsonObject
from wenzheng.engine.elements.base import Incident
from wenzheng.engine.expressions import ExpressionFailed

if TYPE_CHECKING:
    from wenzheng.engine.instance import ProcessInstance
    from wenzheng.engine.tasks import ElementTask


STEP_LIMIT: Final = 2_000
"""Element executions in one step; a model that needs more without waiting is in a loop."""
OPEN_LIMIT: Final = 10_000
"""Tokens that an instance may hold: at each of its acts its whole state is looked at."""
_LIMITS: Final = {
    "step-limit": f"Expected at most {STEP_LIMIT} elements in one step, found more: the process goes round "
    "without waiting. Correct the loop, then retry.",
    "open-limit": f"Expected at most {OPEN_LIMIT:,} open elements in one instance, found more: the process "
    "begins things faster than they end. Complete or end some, then retry, or skip.",
}


class Stopping:
    """Mixed into the instance. `incidents` maps an id to what stopped there.

    That is one task, `task`, and where a limit was met all others that stood ready at the same element
    then, `also`: they stop together and are decided on together.
    """

    __slots__ = ()

    incidents: dict[str, JsonObject]
    live: dict[str, ElementTask]
    queue: list[str]

    @property
    def instance(self) -> ProcessInstance:
        """The instance itself."""
        raise NotImplementedError

    def emit(self, kind: str, element: str, data: JsonObject) -> None:
        """Add an effect."""
        raise NotImplementedError

    def stop(self, task: ElementTask, failed: Incident | ExpressionFailed) -> None:
        """Stop a task's branch because of what was raised."""
        self.raise_incident(task, failed.code, str(failed))

    def raise_incident(self, task: ElementTask, code: str, message: str, also: Sequence[str] = ()) -> None:
        """Stop a task's branch until an operator decides, and with it those of the tasks `also`."""
        element = task.task_spec.element.id
        incident_id = self.instance.new_id()
        together: JsonObject = {"also": list(also)} if also else {}
        said: JsonObject = {"tokens": len(also) + 1} if also else {}
        for one in (task, *(self.live[task_id] for task_id in also)):
            one.stop()
            self.instance.traced(one, "failed")
        self.incidents[incident_id] = {
            "task": task.id,
            "element": element,
            "code": code,
            "message": message,
            **together,
        }
        self.emit(
            INCIDENT_RAISED, element, {"incident_id": incident_id, "code": code, "message": message, **said}
        )

    @property
    def is_full(self) -> bool:
        """It holds as many tokens as it may: nothing that goes on waiting lets out one more."""
        return len(self.live) >= OPEN_LIMIT

    def limit_met(self, executed: int) -> str | None:
        """The code of the limit that a step has met after so many elements; None while it may go on."""
        if executed > STEP_LIMIT:
            return "step-limit"
        return "open-limit" if len(self.live) > OPEN_LIMIT else None

    def stop_at_limit(self, task: ElementTask, code: str) -> None:
        """Stop a task that was about to run, with all that stand ready at the same element behind it."""
        ready = [self.live[one] for one in self.queue if one in self.live]
        also = [one.id for one in ready if one.task_spec is task.task_spec and one.is_ready]
        self.queue[:] = [one for one in self.queue if one not in set(also)]
        self.raise_incident(task, code, _LIMITS[code], also)

    def stop_full(self, task: ElementTask) -> None:
        """Stop what goes on waiting and would let out one token too many."""
        self.raise_incident(task, "open-limit", _LIMITS["open-limit"])

    def stopped_task(self, incident_id: str) -> ElementTask:
        """The task that an open incident stopped; of several the first."""
        return self.live[self.incidents[incident_id]["task"]]

    def stopped_tasks(self, incident_id: str) -> list[ElementTask]:
        """All tasks that an open incident stopped."""
        incident = self.incidents[incident_id]
        return [self.live[one] for one in (incident["task"], *incident.get("also", ()))]

    def resolve_incident(self, incident_id: str, action: str, actor: str | None) -> None:
        """Close an incident; what happens to its task is the caller's business."""
        incident = self.incidents.pop(incident_id)
        self.emit(
            INCIDENT_RESOLVED,
            incident["element"],
            {"incident_id": incident_id, "action": action, "actor": actor},
        )

    def withdraw_incident(self, task: ElementTask) -> None:
        """A stopped task is cancelled, by a boundary event or the end: nobody need decide any more."""
        for incident_id, incident in list(self.incidents.items()):
            stopped = [incident["task"], *incident.get("also", ())]
            if task.id not in stopped:
                continue
            stopped.remove(task.id)
            if not stopped:
                self.resolve_incident(incident_id, "cancelled", None)
                continue
            incident["task"] = stopped.pop(0)
            incident.pop("also", None)
            if stopped:
                incident["also"] = stopped
