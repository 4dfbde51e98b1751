"""The one way into the engine: an event happens to an instance, and effects come out.

    step(instance, event, now) -> effects

Synchronous and deterministic. An event that cannot happen raises EventRefused and changes
nothing, so that a driver may ask `check` first, for example in an update's validator.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from wenzheng.contracts import (
    MESSAGE_CAUGHT,
    REFUSED_ALREADY_DONE,
    REFUSED_DATA,
    REFUSED_ENDED,
    REFUSED_NOT_OPEN,
    REFUSED_ROLE,
    SERVICE_FINISHED,
    SIGNAL_CAUGHT,
    TASK_CLOSED,
    JsonObject,
)
from wenzheng.engine import propagation, resolving, unfit
from wenzheng.engine.determinism import core
from wenzheng.engine.effects import Effect
from wenzheng.engine.elements.activities import UserTask
from wenzheng.engine.events import (
    CalendarChanged,
    Event,
    EventRefused,
    IncidentResolved,
    MessageReceived,
    OccasionCome,
    ServiceFailed,
    ServiceFinished,
    SignalReceived,
    Start,
    StartRefused,
    TaskCompleted,
    TimeReached,
)
from wenzheng.engine.instance import ProcessInstance
from wenzheng.engine.model import Variable
from wenzheng.engine.resolving import bad_data, check_actor, output_problem, take_output
from wenzheng.engine.tasks import ElementTask
from wenzheng.engine.values import check_form, check_variables, json_problem, size_problem

MESSAGE_KEPT: Final = 2_000
"""Characters of a failed call's message that an incident shows."""


def step(instance: ProcessInstance, event: Event, now: datetime) -> list[Effect]:
    """Let an event happen to an instance at `now` (UTC) and return what follows from it.

    Time never runs backwards for an instance: an earlier `now` counts as the last one.
    Raises EventRefused, with the instance unchanged, when the event cannot happen. Data never
    raise anything else; another exception is a defect of the engine and leaves an instance that
    must be loaded anew from its last state.
    """
    if now.tzinfo is None:
        raise ValueError(f"Expected an instant with a zone, found {now.isoformat()}. Pass datetime.now(UTC).")
    check(instance, event, now)
    instance.begin_step(now)
    with core(instance, instance.now):
        _apply(instance, event)
        instance.drain()
    return instance.take_effects()


def check(instance: ProcessInstance, event: Event, now: datetime) -> None:
    """Raise EventRefused when the event cannot happen to the instance at `now`."""
    match event:
        case Start():
            _startable(instance, event)
        case TaskCompleted():
            _completable(instance, event, _today(instance, now))
        case MessageReceived():
            _receivable(instance, event, _today(instance, now))
        case IncidentResolved():
            resolving.check(instance, event)
        case SignalReceived(waits=tuple(waits)) if not {one.id for one in instance.waits()} & set(waits):
            raise EventRefused(
                REFUSED_NOT_OPEN, f"Expected somebody to wait for signal '{event.signal}', found none."
            )
        case OccasionCome() if not instance.scheduled(event.element):
            raise EventRefused(
                REFUSED_NOT_OPEN, f"Expected '{event.element}' to wait for its schedule, found it does not."
            )
        case SignalReceived() | OccasionCome() | StartRefused() | CalendarChanged():
            pass
        case TimeReached() | ServiceFinished() | ServiceFailed():
            pass


def _apply(instance: ProcessInstance, event: Event) -> None:
    match event:
        case Start():
            instance.begin(event.variables)
        case TaskCompleted():
            _complete(instance, event)
        case MessageReceived():
            listener = _listeners(instance, event)[0]
            carried = instance.process.correlation.carried
            _note(instance, MESSAGE_CAUGHT, listener[0].task_spec.element.id, event.message, event.key)
            instance.converse(carried(event.message, event.data) if event.keys is None else event.keys)
            instance.assign(_received(listener[0], _filled(listener[0], event.data)), listener[0])
            instance.fire(*listener)  # who has waited longest
        case SignalReceived():
            _note(instance, SIGNAL_CAUGHT, instance.process.model.id, event.signal, event.key)
            propagation.broadcast(instance, event.signal)
        case StartRefused():
            unfit.begin(instance, event)
        case OccasionCome() | TimeReached():
            _come(instance, event)
        case ServiceFinished() | ServiceFailed():
            _service(instance, event)
        case IncidentResolved():
            resolving.resolve(instance, event)
        case CalendarChanged():
            instance.change_calendar(
                event.calendar, keep_later=event.keep_later, notice=event.notice, since=event.since
            )


def _today(instance: ProcessInstance, now: datetime) -> date:
    """The day on which something happens at `now`: time never runs backwards for an instance."""
    return instance.calendar.today(max(now, instance.now))


def _startable(instance: ProcessInstance, event: Start) -> None:
    if instance.has_begun:
        raise EventRefused(REFUSED_NOT_OPEN, "Expected an instance that has not begun, found it has.")
    _fits("the start variables", instance, event.variables)
    problems = check_variables(instance.process.model.variables, event.variables)
    if problems:
        raise bad_data("the start variables", problems)


def _fits(what: str, instance: ProcessInstance, data: JsonObject) -> None:
    """Refuse data that is no JSON or too large, alone or together with what is already there."""
    problem = json_problem("The data", data) or size_problem({**instance.variables, **data})
    if problem:
        raise bad_data(what, [problem])


# --- user tasks ----------------------------------------------------------------------------


def open_user_tasks(instance: ProcessInstance) -> list[ElementTask]:
    """The user tasks that wait for a person, oldest first."""
    return [
        task for task in instance.live.values() if task.is_started and isinstance(task.task_spec, UserTask)
    ]


def _completable(instance: ProcessInstance, event: TaskCompleted, today: date) -> ElementTask:
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
    check_actor(event.actor)
    _fits(f"the form of '{element.id}'", instance, event.data)
    problems = check_form(element.fields, event.data, today)
    if problems:
        raise bad_data(f"the form of '{element.id}'", problems)
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


def _complete(instance: ProcessInstance, event: TaskCompleted) -> None:
    task = _completable(instance, event, _today(instance, instance.now))
    element = task.task_spec.element
    instance.remember_closed(task, event.actor)
    # A field left empty is null afterwards, also in a second round: the form says what holds now.
    instance.assign({field.id: event.data.get(field.id) for field in element.fields}, task)
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


def _receivable(instance: ProcessInstance, event: MessageReceived, today: date) -> None:
    if instance.ended is not None:
        raise EventRefused(
            REFUSED_ENDED,
            f"Expected a running instance for message '{event.message}', found it has ended "
            f"({instance.ended['state']}).",
        )
    if not _listeners(instance, event):
        raise EventRefused(
            REFUSED_NOT_OPEN, f"Expected somebody to wait for message '{event.message}', found none."
        )
    _fits(f"message '{event.message}'", instance, event.data)
    receiver = _listeners(instance, event)[0][0]
    fields = receiver.task_spec.awaited.fields
    faults = check_form(fields, event.data, today) if fields else []
    if faults:
        raise bad_data(f"message '{event.message}'", faults)
    asked = {field.id for field in fields}
    taken = {name: value for name, value in _received(receiver, event.data).items() if name not in asked}
    data = receiver.task_spec.data
    types = data.outputs if data is not None else {}
    declared = {**instance.process.model.variables, **{name: Variable(name, types[name]) for name in types}}
    problems = check_variables({name: declared[name] for name in taken if name in declared}, taken)
    if problems:
        raise bad_data(f"message '{event.message}'", problems)


def _note(instance: ProcessInstance, kind: str, element: str, name: str, key: str | None) -> None:
    """Say that something has come from another instance."""
    if key is not None:
        instance.emit(kind, element, {kind.partition("_")[0]: name, "key": key})


def _listeners(instance: ProcessInstance, event: MessageReceived) -> list[tuple[ElementTask, int]]:
    """Who may take a message, oldest first."""
    return [
        (task, place)
        for task, place in instance.listeners("message", event.message)
        if event.to in {None, f"{task.id}/{place}"}
    ]


def _filled(receiver: ElementTask, data: JsonObject) -> JsonObject:
    """A message's data; of one with a form, a field left empty is null afterwards, as with a task."""
    return {**{field.id: None for field in receiver.task_spec.awaited.fields}, **data}


def _received(receiver: ElementTask, data: JsonObject) -> JsonObject:
    """What of a message's data the one who takes it keeps."""
    own = receiver.task_spec.data
    return own.received(data) if own is not None else data


def _come(instance: ProcessInstance, event: OccasionCome | TimeReached) -> None:
    """An occasion by which the instance begins has come, or simply time."""
    if isinstance(event, OccasionCome):
        instance.fire(*instance.scheduled(event.element, event.at)[0])
    else:
        _reach_time(instance)


def _reach_time(instance: ProcessInstance) -> None:
    """Fire what is due, oldest first.

    At one instant the lamp turns before a timer acts, because the timer may end the clock. Rings of a
    cycle that are left when the step has done much stay due, so that their alarm rings again at once.
    """
    while instance.ended is None:
        timer = instance.next_timer()
        threshold = instance.clocks.next_deadline()
        if threshold is not None and (timer is None or threshold <= timer[0]):
            passed = instance.clocks.pass_one(instance)
            if passed is None:
                return
            instance.emit(passed.kind, passed.element, passed.data)
        elif timer is not None and timer[0] <= instance.now:
            if instance.has_done_much and instance.repeats(timer[1], timer[2]):
                return
            instance.fire(timer[1], timer[2])
            instance.drain()
        else:
            return


# --- services and incidents --------------------------------------------------------------------


def _service(instance: ProcessInstance, event: ServiceFinished | ServiceFailed) -> None:
    call = instance.calls.pop(event.call_id, None)
    task = instance.live.get(event.call_id)
    if call is None or task is None:
        return  # the call was cancelled while its result was on the way
    failure = _failure(instance, task, event)
    instance.emit(
        SERVICE_FINISHED,
        task.task_spec.element.id,
        {
            "call_id": event.call_id,
            "service": call["service"],
            "output": event.output if isinstance(event, ServiceFinished) and failure is None else None,
            "error": failure[1] if failure else None,
        },
    )
    if failure:
        instance.raise_incident(task, *failure)
    elif isinstance(event, ServiceFinished):
        take_output(instance, task, event.output)
        task.complete()


def _failure(
    instance: ProcessInstance, task: ElementTask, event: ServiceFinished | ServiceFailed
) -> tuple[str, str] | None:
    """Code and message when the call brought nothing that can be used."""
    if isinstance(event, ServiceFailed):
        return event.code, _readable(event.message)
    problem = output_problem(instance, task, event.output)
    return ("service-output", _readable(problem)) if problem else None


def _readable(message: str) -> str:
    """An error's text of any length and from anywhere, as a text that can be kept."""
    text = message.encode(errors="replace").decode().replace("\0", "?")
    return text if len(text) <= MESSAGE_KEPT else f"{text[:MESSAGE_KEPT]}…"
