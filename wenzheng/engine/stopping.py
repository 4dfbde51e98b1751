"""The part of an instance that stops what cannot go on, until an operator decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wenzheng.contracts import INCIDENT_RAISED, INCIDENT_RESOLVED, JsonObject
from wenzheng.engine.elements.base import Incident
from wenzheng.engine.expressions import ExpressionFailed

if TYPE_CHECKING:
    from wenzheng.engine.instance import ProcessInstance
    from wenzheng.engine.tasks import ElementTask


class Stopping:
    """Mixed into the instance. `incidents` maps an id to what stopped there."""

    __slots__ = ()

    incidents: dict[str, JsonObject]
    live: dict[str, ElementTask]

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

    def raise_incident(self, task: ElementTask, code: str, message: str) -> None:
        """Stop a task's branch until an operator decides."""
        element = task.task_spec.element.id
        incident_id = self.instance.new_id()
        task.stop()
        self.incidents[incident_id] = {
            "task": task.id,
            "element": element,
            "code": code,
            "message": message,
        }
        self.instance.traced(task, "failed")
        self.emit(INCIDENT_RAISED, element, {"incident_id": incident_id, "code": code, "message": message})

    def stopped_task(self, incident_id: str) -> ElementTask:
        """The task that an open incident stopped."""
        return self.live[self.incidents[incident_id]["task"]]

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
            if incident["task"] == task.id:
                self.resolve_incident(incident_id, "cancelled", None)
