"""What an operator may do about a branch that has stopped, and what follows from it.

An element that cannot go on stops its branch with an incident; everything else goes on. An operator
retries it, skips it or answers in its place.
"""

from __future__ import annotations

from typing import Final

from wenzheng.contracts import REFUSED_DATA, REFUSED_NOT_OPEN, JsonObject
from wenzheng.engine import unfit
from wenzheng.engine.elements.activities import ServiceTask
from wenzheng.engine.elements.events import HELD
from wenzheng.engine.events import EventRefused, IncidentResolved
from wenzheng.engine.instance import ProcessInstance
from wenzheng.engine.tasks import ElementTask
from wenzheng.engine.values import json_problem, size_problem

RETRY: Final = "retry"
SKIP: Final = "skip"
ANSWER: Final = "answer"


def described(instance: ProcessInstance) -> list[JsonObject]:
    """The open incidents of an instance, each with what an operator may do about it.

    `actions` are some of retry, skip and answer. `flows` are those of which an answer names one, as `flow`,
    with where they lead; `output` the types of the values that an answer gives, by name, or None where any
    values are taken.
    """
    return [
        {"incident_id": incident_id, **_shown(incident), **_choices(instance.stopped_task(incident_id))}
        for incident_id, incident in instance.incidents.items()
    ]


def _shown(incident: JsonObject) -> JsonObject:
    """An incident with how many tokens stopped, where these are several."""
    also = incident.get("also")
    shown = {name: value for name, value in incident.items() if name != "also"}
    return shown if also is None else {**shown, "tokens": len(also) + 1}


def _choices(task: ElementTask) -> JsonObject:
    spec = task.task_spec
    element = spec.element
    known = {"type": element.type, "name": element.name, "flows": [], "output": {}}
    if spec.must_choose(task):
        inside = task.scope.spec
        flows = [
            {"flow": flow.id, "to": flow.target, "name": inside.spec(flow.target).element.name}
            for flow in element.outgoing
        ]
        return known | {"actions": [RETRY, ANSWER], "flows": flows}
    wanted = unfit.wanted_by(task)
    if wanted is not None:
        return known | {"actions": [SKIP, ANSWER], "output": dict(wanted)}
    if isinstance(spec, ServiceTask):
        output = dict(spec.contract.output) if spec.contract is not None else None
        return known | {"actions": [RETRY, SKIP, ANSWER], "output": output}
    return known | {"actions": [RETRY, SKIP]}


def check(instance: ProcessInstance, event: IncidentResolved) -> None:
    """Raise EventRefused unless the incident is open and may be resolved like that."""
    if event.incident_id not in instance.incidents:
        raise EventRefused(
            REFUSED_NOT_OPEN,
            f"Expected an open incident, found none of id '{event.incident_id}'; open are: "
            f"{', '.join(instance.incidents) or 'none'}.",
        )
    check_actor(event.actor)
    task = instance.stopped_task(event.incident_id)
    match event.action:
        case "retry" if unfit.wanted_by(task) is not None:
            raise EventRefused(
                REFUSED_DATA,
                f"Expected skip, or an answer with what '{task.task_spec.element.id}' lacks, found a retry; "
                "the same data would fit no better.",
            )
        case "retry":
            pass
        case "skip" if not task.task_spec.must_choose(task):
            pass
        case "answer" | "skip":
            _check_answer(instance, task, event)
        case _:
            raise EventRefused(REFUSED_DATA, f"Expected retry, skip or answer, found '{event.action}'.")


def _check_answer(instance: ProcessInstance, task: ElementTask, event: IncidentResolved) -> None:
    spec = task.task_spec
    if spec.must_choose(task):
        flows = [flow.id for flow in spec.element.outgoing]
        if event.action == SKIP or event.data.get("flow") not in flows:
            raise EventRefused(
                REFUSED_DATA,
                f"Expected an answer with flow, one of {', '.join(flows)}, or a retry.",
            )
    elif unfit.wanted_by(task) is not None:
        problems = unfit.check_answer(instance, task, event.data)
        if problems:
            raise bad_data(f"what begins '{spec.element.id}'", problems)
    elif isinstance(spec, ServiceTask):
        problem = output_problem(instance, task, event.data)
        problems = [problem] if problem else spec.contract.check_output(event.data) if spec.contract else []
        if problems:
            raise bad_data(f"the result of '{spec.element.id}'", problems)
    else:
        raise EventRefused(
            REFUSED_DATA,
            f"Expected retry or skip for {spec.element.type} '{spec.element.id}', found an answer; "
            "service tasks, and elements that have to choose a flow, take one.",
        )


def resolve(instance: ProcessInstance, event: IncidentResolved) -> None:
    """Let a branch go on as an operator has decided; `check` has let it pass."""
    tasks = instance.stopped_tasks(event.incident_id)
    instance.resolve_incident(event.incident_id, event.action, event.actor)
    for task in tasks:
        if task.id in instance.live and task.is_stopped:  # one before it may have ended it
            _go_on(instance, task, event)


def _go_on(instance: ProcessInstance, task: ElementTask, event: IncidentResolved) -> None:
    if event.action == RETRY:
        task.retry()
        return
    if unfit.wanted_by(task) is not None:
        unfit.go_on(instance, task, event)
        return
    if HELD in task.internal_data and task.internal_data.keys() & {"host", "armed"}:
        instance.disarm(task)  # skipped is what it would have let out, now and later
        return
    instance.cancel_scope(task)
    if event.action == SKIP:
        task.internal_data["handed"] = True  # what it gives is skipped with it
    if task.task_spec.must_choose(task):
        task.task_spec.choose(task, event.data["flow"])
        return
    if event.action == ANSWER:
        take_output(instance, task, event.data)
    task.complete()


# --- what calls and acts bring -----------------------------------------------------------------


def output_problem(instance: ProcessInstance, task: ElementTask, output: JsonObject) -> str | None:
    """Why a result cannot be kept. Whether a service kept its contract its driver has checked."""
    return json_problem("The result", output) or size_problem(
        {**instance.variables, **_output_variable(task, output)}
    )


def take_output(instance: ProcessInstance, task: ElementTask, output: JsonObject) -> None:
    """Keep the result of a call in the variable that its task names."""
    instance.assign(_output_variable(task, output), task)


def _output_variable(task: ElementTask, output: JsonObject) -> JsonObject:
    call = task.task_spec.element.service
    return {call.output: output} if call is not None and call.output else {}


def check_actor(actor: str | None) -> None:
    """Raise EventRefused for a name that cannot be kept."""
    problem = json_problem("The actor", actor)
    if problem:
        raise bad_data("the name of the actor", [problem])


def bad_data(what: str, problems: list[str]) -> EventRefused:
    """The refusal of data with all that is wrong with it."""
    return EventRefused(REFUSED_DATA, f"Expected valid data for {what}, found: {'; '.join(problems)}.")
