"""The one way into the engine: an event happens to an instance, and effects come out.

    step(instance, event, now) -> effects

Synchronous and deterministic. An event that cannot happen raises EventRefused and changes
nothing, so that a driver may ask `check` first, for example in an update's validator.
"""

from __future__ import annotations

from datetime import datetime

from wenzheng.contracts import (
    INCIDENT_RESOLVED,
    REFUSED_ALREADY_DONE,
    REFUSED_DATA,
    REFUSED_ENDED,
    REFUSED_NOT_OPEN,
    REFUSED_ROLE,
    SERVICE_FINISHED,
    TASK_CLOSED,
    JsonObject,
)
from wenzheng.engine.determinism import core
from wenzheng.engine.effects import Effect
from wenzheng.engine.elements.activities import UserTask
from wenzheng.engine.elements.events import CatchingSpec
from wenzheng.engine.elements.gateways import ExclusiveGateway
from wenzheng.engine.events import (
    Event,
    EventRefused,
    IncidentResolved,
    MessageReceived,
    ServiceFailed,
    ServiceFinished,
    Start,
    TaskCompleted,
    TimeReached,
)
from wenzheng.engine.instance import ProcessInstance
from wenzheng.engine.tasks import ElementTask
from wenzheng.engine.values import check_form, check_variables


def step(instance: ProcessInstance, event: Event, now: datetime) -> list[Effect]:
    """Let an event happen to an instance at `now` (UTC) and return what follows from it.

    Time never runs backwards for an instance: an earlier `now` counts as the last one.
    Raises EventRefused, with the instance unchanged, when the event cannot happen.
    """
    check(instance, event)
    instance.now = max(instance.now, now)
    with core(instance, instance.now):
        _apply(instance, event)
        instance.drain()
    return instance.take_effects()


def check(instance: ProcessInstance, event: Event) -> None:
    """Raise EventRefused when the event cannot happen to the instance now."""
    match event:
        case Start():
            problems = check_variables(instance.process.model.variables, event.variables)
            if problems:
                raise _bad_data("the start variables", problems)
        case TaskCompleted():
            _completable(instance, event)
        case MessageReceived():
            _receivable(instance, event)
        case IncidentResolved():
            _resolvable(instance, event)
        case TimeReached() | ServiceFinished() | ServiceFailed():
            pass


def _apply(instance: ProcessInstance, event: Event) -> None:
    match event:
        case Start():
            instance.begin(event.variables)
        case TaskCompleted():
            _complete(instance, event)
        case MessageReceived():
            instance.assign(event.data)
            _catch(instance, instance.listeners(event.message)[0])
        case TimeReached():
            _reach_time(instance)
        case ServiceFinished() | ServiceFailed():
            _service(instance, event)
        case IncidentResolved():
            _resolve(instance, event)


# --- user tasks ----------------------------------------------------------------------------


def open_user_tasks(instance: ProcessInstance) -> list[ElementTask]:
    """The user tasks that wait for a person, oldest first."""
    return [
        task for task in instance.live.values() if task.is_started and isinstance(task.task_spec, UserTask)
    ]


def _completable(instance: ProcessInstance, event: TaskCompleted) -> ElementTask:
    candidates = [
        task
        for task in open_user_tasks(instance)
        if task.task_spec.element.id == event.element and event.task_id in {None, task.id}
    ]
    if not candidates:
        raise _not_open(instance, event.element, event.task_id)
    if len(candidates) > 1:
        raise EventRefused(
            REFUSED_DATA,
            f"Expected task_id, because '{event.element}' is open {len(candidates)} times; "
            f"open are: {', '.join(task.id for task in candidates)}.",
        )
    element = candidates[0].task_spec.element
    if event.role != element.role:
        raise EventRefused(
            REFUSED_ROLE,
            f"Expected role '{element.role}' for '{element.id}', found '{event.role}'.",
        )
    problems = check_form(element.fields, event.data)
    if problems:
        raise _bad_data(f"the form of '{element.id}'", problems)
    return candidates[0]


def _not_open(instance: ProcessInstance, element: str, task_id: str | None) -> EventRefused:
    for closed_id, done in reversed(instance.closed.items()):
        if done["element"] == element and task_id in {None, closed_id}:
            return EventRefused(
                REFUSED_ALREADY_DONE,
                f"'{element}' was already completed by {done['actor']} at {done['at']}.",
                done["actor"],
                done["at"],
            )
    if instance.ended is not None:
        return EventRefused(
            REFUSED_ENDED, f"The instance has ended ({instance.ended['state']}); nothing is open."
        )
    names = sorted({task.task_spec.element.id for task in open_user_tasks(instance)})
    return EventRefused(
        REFUSED_NOT_OPEN,
        f"Expected '{element}' to be open, found it is not; open are: {', '.join(names) or 'none'}.",
    )


def _bad_data(what: str, problems: list[str]) -> EventRefused:
    return EventRefused(REFUSED_DATA, f"Expected valid data for {what}, found: {'; '.join(problems)}.")


def _complete(instance: ProcessInstance, event: TaskCompleted) -> None:
    task = _completable(instance, event)
    element = task.task_spec.element
    instance.remember_closed(task, event.actor)
    instance.assign({field.id: event.data.get(field.id) for field in element.fields})
    instance.emit(
        TASK_CLOSED,
        element.id,
        {
            "task_id": task.id,
            "reason": "completed",
            "actor": event.actor,
            "role": event.role,
            "fact": element.fact,
            "data": dict(event.data),
        },
    )
    task.complete()


# --- messages and time -----------------------------------------------------------------------


def _receivable(instance: ProcessInstance, event: MessageReceived) -> None:
    if instance.ended is not None:
        raise EventRefused(
            REFUSED_ENDED,
            f"Expected a running instance for message '{event.message}', found it has ended "
            f"({instance.ended['state']}).",
        )
    if not instance.listeners(event.message):
        raise EventRefused(
            REFUSED_NOT_OPEN, f"Expected somebody to wait for message '{event.message}', found none."
        )
    declared = instance.process.model.variables
    optional = {name: declared[name] for name in event.data if name in declared}
    problems = check_variables(optional, event.data)
    if problems:
        raise _bad_data(f"message '{event.message}'", problems)


def _catch(instance: ProcessInstance, task: ElementTask) -> None:
    spec = task.task_spec
    assert isinstance(spec, CatchingSpec)  # only they listen
    spec.caught(task, instance)


def _reach_time(instance: ProcessInstance) -> None:
    """Fire what is due, oldest first.

    At one instant the lamp turns before a timer acts, because the timer may end the clock.
    """
    while instance.ended is None:
        timer = instance.next_timer()
        threshold = instance.clocks.next_deadline()
        if threshold is not None and (timer is None or threshold <= timer[0]):
            passed = instance.clocks.pass_one(instance.now)
            if passed is None:
                return
            instance.emit(passed.kind, passed.element, passed.data)
        elif timer is not None and timer[0] <= instance.now:
            _catch(instance, timer[1])
            instance.drain()
        else:
            return


# --- services and incidents --------------------------------------------------------------------


def _service(instance: ProcessInstance, event: ServiceFinished | ServiceFailed) -> None:
    call = instance.calls.pop(event.call_id, None)
    task = instance.live.get(event.call_id)
    if call is None or task is None:
        return  # the call was cancelled while its result was on the way
    element = task.task_spec.element
    instance.emit(
        SERVICE_FINISHED,
        element.id,
        {
            "call_id": event.call_id,
            "service": call["service"],
            "output": event.output if isinstance(event, ServiceFinished) else None,
            "error": event.message if isinstance(event, ServiceFailed) else None,
        },
    )
    if isinstance(event, ServiceFailed):
        instance.raise_incident(task, event.code, event.message)
    else:
        _take_output(instance, task, event.output)
        task.complete()


def _take_output(instance: ProcessInstance, task: ElementTask, output: JsonObject) -> None:
    call = task.task_spec.element.service
    if call is not None and call.output:
        instance.assign({call.output: output})


def _resolvable(instance: ProcessInstance, event: IncidentResolved) -> None:
    if event.incident_id not in instance.incidents:
        raise EventRefused(
            REFUSED_NOT_OPEN,
            f"Expected an open incident, found none of id '{event.incident_id}'; open are: "
            f"{', '.join(instance.incidents) or 'none'}.",
        )
    spec = instance.live[event.incident_id].task_spec
    if event.action not in {"retry", "skip", "answer"}:
        raise EventRefused(REFUSED_DATA, f"Expected retry, skip or answer, found '{event.action}'.")
    if isinstance(spec, ExclusiveGateway) and event.action != "retry":
        flows = [flow.id for flow in spec.element.outgoing]
        if event.action == "skip" or event.data.get("flow") not in flows:
            raise EventRefused(
                REFUSED_DATA,
                f"Expected an answer with flow, one of {', '.join(flows)}, or a retry.",
            )


def _resolve(instance: ProcessInstance, event: IncidentResolved) -> None:
    incident = instance.incidents.pop(event.incident_id)
    task = instance.live[event.incident_id]
    instance.emit(
        INCIDENT_RESOLVED,
        incident["element"],
        {"incident_id": event.incident_id, "action": event.action, "actor": event.actor},
    )
    if event.action == "retry":
        task.retry()
        return
    if isinstance(task.task_spec, ExclusiveGateway):
        task.internal_data["chosen"] = event.data["flow"]
    elif event.action == "answer":
        _take_output(instance, task, event.data)
    task.complete()
