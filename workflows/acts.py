"""Acts as the engine's events, and its refusals as errors that Temporal hands to the caller."""

from __future__ import annotations

from datetime import datetime

from temporalio.exceptions import ActivityError, ApplicationError

from wenzheng.contracts import REFUSED_DATA, CompleteTask, ResolveIncident, SendMessage
from wenzheng.engine.events import (
    Event,
    EventRefused,
    IncidentResolved,
    MessageReceived,
    ServiceFailed,
    SignalReceived,
    TaskCompleted,
)
from wenzheng.engine.instance import ProcessInstance
from wenzheng.engine.step import check


def completion(act: CompleteTask) -> TaskCompleted:
    """A person completes a user task."""
    return TaskCompleted(act.element, act.actor, act.role, act.data, act.task_id)


def sending(act: SendMessage) -> MessageReceived:
    """A person sends a message."""
    return MessageReceived(act.message, act.data, act.actor)


def resolution(act: ResolveIncident) -> IncidentResolved:
    """An operator resolves an incident."""
    return IncidentResolved(act.incident_id, act.action, act.actor, act.data)


def subject(event: Event) -> str:
    """What an act was about, to tell a repeat from another act under the same id."""
    match event:
        case TaskCompleted():
            return f"task {event.element}"
        case MessageReceived():
            return f"message {event.message}"
        case SignalReceived():
            return f"signal {event.signal}"
        case IncidentResolved():
            return f"incident {event.incident_id} {event.action}"
        case _:
            return type(event).__name__


def check_now(instance: ProcessInstance, event: Event, now: datetime) -> None:
    """Raise what tells the caller that the event cannot happen to the instance now."""
    try:
        check(instance, event, now)
    except EventRefused as said:
        raise refusal(said.code, str(said), said.by, said.at) from None


def require_same(act_id: str, known: str, event: Event) -> None:
    """Raise unless an act that comes again under its id is about the same."""
    if known != subject(event):
        raise refusal(
            REFUSED_DATA,
            f"Expected a new act id for {subject(event)}, found '{act_id}', which was already used "
            f"for {known}.",
        )


def refusal(code: str, message: str, by: str | None = None, at: str | None = None) -> ApplicationError:
    """An update's refusal; `code` is one of contracts.REFUSED_*."""
    return ApplicationError(message, {"by": by, "at": at}, type=code, non_retryable=True)


def failure(call_id: str, failed: ActivityError | ApplicationError) -> ServiceFailed:
    """What a service call that failed for good is to the instance."""
    cause = failed.cause if isinstance(failed, ActivityError) else failed
    code = cause.type if isinstance(cause, ApplicationError) and cause.type else "service-failed"
    return ServiceFailed(call_id, code, str(cause or failed))
