"""Where events go that are thrown: signals to all who listen, errors and escalations outwards.

An error or an escalation looks for whoever catches it in its own scope first (event sub-processes), then on
the boundary of the activity around it, and so on outwards (BPMN 2.0.2 §10.5.6, §13.5.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wenzheng.engine.instance import ProcessInstance
    from wenzheng.engine.tasks import ElementTask, Scope


def broadcast(instance: ProcessInstance, signal: str) -> None:
    """A signal reaches everybody in the instance who waits for it at this moment, oldest first."""
    for task, place in instance.listeners("signal", signal):
        if task.id in instance.waiting:  # not cancelled by one who heard it before
            instance.fire(task, place)


def throw_error(scope: Scope, code: str, element: str) -> None:
    """An error ends the innermost scope that catches it; the whole instance if nothing does."""
    catcher = _catcher(scope, "error", code)
    if catcher is None:
        scope.instance.fail(element, code)
    else:
        catcher.task_spec.caught(catcher, scope.instance)


def throw_error_of(task: ElementTask, code: str) -> None:
    """An error that an activity itself throws: its own boundary catches it first."""
    own = _on_boundary(task, "error", code)
    scope, instance, element = task.scope, task.instance, task.task_spec.element.id
    if own is not None:
        own.task_spec.caught(own, instance)
        return
    instance.drop(task)
    throw_error(scope, code, element)


def escalate(scope: Scope, code: str | None) -> None:
    """An escalation reaches the innermost who catches it; nobody need do so (p. 257)."""
    catcher = _catcher(scope, "escalation", code)
    if catcher is not None:
        catcher.task_spec.caught(catcher, scope.instance)


def escalate_of(task: ElementTask, code: str | None) -> None:
    """An escalation that an activity itself throws: its own boundary catches it first."""
    own = _on_boundary(task, "escalation", code)
    if own is not None:
        own.task_spec.caught(own, task.instance)
    else:
        escalate(task.scope, code)


def leave_cancelled(scope: Scope) -> None:
    """A cancelled transaction is left through its cancel boundary event (p. 260)."""
    host = scope.host
    boundary = _on_boundary(host, "cancel", None) if host is not None else None
    if boundary is not None:
        boundary.task_spec.caught(boundary, scope.instance)


def _catcher(scope: Scope, kind: str, code: str | None) -> ElementTask | None:
    inside: ElementTask | None = None
    while True:
        # What an event sub-process throws leaves the scope that it handled events of.
        if inside is None or not inside.task_spec.element.triggered:
            waiting = [task for task in scope.open_tasks() if "armed" in task.internal_data]
            found = _best(waiting, kind, code)
            if found is not None:
                return found
        host = scope.host
        if host is None:
            return None
        found = _on_boundary(host, kind, code)
        if found is not None:
            return found
        inside, scope = host, host.scope


def _on_boundary(host: ElementTask, kind: str, code: str | None) -> ElementTask | None:
    waiting = [task for task in host.scope.open_tasks() if task.internal_data.get("host") == host.id]
    return _best(waiting, kind, code)


def _best(waiting: list[ElementTask], kind: str, code: str | None) -> ElementTask | None:
    """Who names the code comes before who catches all."""
    open_to_all = None
    for task in waiting:
        for event in task.task_spec.awaited.events:
            if event.kind == kind and event.name is None and open_to_all is None:
                open_to_all = task
            elif event.kind == kind and event.name == code:
                return task
    return open_to_all
