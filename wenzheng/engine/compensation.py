"""Compensation: undoing what was completed, backwards (BPMN 2.0.2 §10.7, §13.5.5).

Each scope keeps a log of the completed activities that somebody can compensate: `{"element": id}`, for a
sub-process with the log of what was completed inside it under `inner` and its own variables under `locals`.
What comes round again is there once (`repeats`), so that the log of a loop stays short.
Whoever throws compensation drives it: one handler after the other, the last completed first. The driver's
task keeps what is left to do, so that it survives a restart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wenzheng.contracts import JsonObject
from wenzheng.engine import repeats

if TYPE_CHECKING:
    from wenzheng.engine.tasks import ElementTask, Scope


def completed(task: ElementTask, inner: list[JsonObject]) -> None:
    """Note an activity that has completed, if anything can undo it. `inner` is the log of its inside.

    Each run of a loop is noted by itself, with its own variables; what undoes it stands beside the loop.
    """
    spec, scope, data = task.task_spec, task.scope, task.internal_data
    if "for" in data:
        return
    loop = scope.host if spec.inner else None
    undone = handler_of(loop.scope if loop is not None else scope, spec.element.id) is not None
    if undone and not spec.inner and spec.element.loop is not None:
        repeats.extend(scope.log, inner)
        return
    if not undone and not inner and not spec.undoes_itself(task.instance):
        return
    entry: JsonObject = {"element": spec.element.id}
    if inner:
        entry["inner"] = inner
    if "locals" in data:
        entry["locals"] = data["locals"]
    repeats.append(scope.log, entry)


def handler_of(scope: Scope, activity: str) -> str | None:
    """The activity that compensates another: its compensation boundary event is associated with it."""
    return scope.spec.compensators.get(activity)


def throw(task: ElementTask, activity: str | None, *, waits: bool) -> bool:
    """Compensate one activity, or all that was completed in the scope; True when the thrower waits."""
    scope = task.scope
    host = scope.host
    if host is not None and host.task_spec.element.triggered:
        scope = host.scope  # an event sub-process undoes what was done around it
    work = _take(scope, activity)
    if not work:
        return False
    driver = task if waits else _helper(task)
    _drive(driver, scope, work)
    return waits


def cancel_transaction(task: ElementTask) -> bool | None:
    """A cancel end event: stop what runs in the transaction, undo what was completed, then leave (p. 252)."""
    scope = task.scope
    for other in scope.open_tasks():
        if other is not task and other.id in task.instance.live:
            task.instance.cancel_task(other)
    work = _take(scope, None)
    if not work:
        return True
    _drive(task, scope, work)
    return None


def handled(task: ElementTask) -> None:
    """A handler is done: the next one, or the driver goes on."""
    driver = task.instance.live.get(task.internal_data["for"])
    if driver is not None:
        _next(driver)


def undo_inside(host: ElementTask, scope: Scope) -> None:
    """Undo a completed sub-process in its scope, which was opened anew for that.

    Its own compensation event sub-process says how; without one, what was completed in it is undone.
    """
    scope.log = host.internal_data.pop("undo")
    host.internal_data["undoing"] = True
    for handler in scope.spec.handlers:
        if handler.awaited.event("compensation") is not None:
            handler.begin_in(scope)
            return
    work = _take(scope, None)
    _drive(host, scope, work)


def _take(scope: Scope, activity: str | None) -> list[JsonObject]:
    """Take what is to be compensated out of the log; the list's end is to be undone first."""
    work = repeats.chosen(scope.log, lambda entry: activity in {None, entry["element"]})
    scope.log = repeats.chosen(scope.log, lambda entry: activity not in {None, entry["element"]})
    return work


def _helper(task: ElementTask) -> ElementTask:
    """A task that drives compensation for a thrower who does not wait for it."""
    driver = task.scope.new_task(task.task_spec)
    driver.internal_data["silent"] = True
    driver.make_waiting()
    return driver


def _drive(driver: ElementTask, scope: Scope, work: list[JsonObject]) -> None:
    host = scope.host
    plan = driver.internal_data.get("compensation")
    if plan is not None:  # one event throws it for several activities
        plan["left"] = work + plan["left"]
        return
    driver.internal_data["compensation"] = {"in": host.id if host is not None else None, "left": work}
    _next(driver)


def _next(driver: ElementTask) -> None:
    instance = driver.instance
    plan = driver.internal_data["compensation"]
    scope: Scope = instance if plan["in"] is None else instance.subprocesses[plan["in"]]
    while plan["left"]:
        entry = repeats.pop(plan["left"])
        handler = handler_of(scope, entry["element"])
        spec = scope.spec.spec(handler or entry["element"])
        given: JsonObject = {"for": driver.id}
        if handler is None:
            given["undo"] = list(entry.get("inner", []))
        if "locals" in entry:
            given["locals"] = dict(entry["locals"])  # the entry may stand for several runs
        spec.start(scope, given)
        return
    del driver.internal_data["compensation"]
    if driver.internal_data.get("silent"):
        instance.drop(driver)
        instance.settle(driver.scope)
    elif plan["in"] == driver.id:  # a sub-process that undid itself
        instance.settle(scope)
    else:
        driver.internal_data["compensated"] = True
        driver.make_ready()
