"""Acts on process instances through the Temporal client.

Connects when first asked and keeps no state, so that the web answers, and accepts letters, while
Temporal is away.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from temporalio.api.errordetails.v1 import NamespaceNotFoundFailure
from temporalio.client import (
    Client,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from wenzheng.contracts import (
    CALENDAR_SIGNAL,
    COMPLETE_TASK_UPDATE,
    DELIVER_UPDATE,
    PACE_SIGNAL,
    PROCESS_WORKFLOW,
    REFUSED_DATA,
    RESOLVE_INCIDENT_UPDATE,
    SEND_MESSAGE_UPDATE,
    SNAPSHOT_QUERY,
    TASK_QUEUE,
    ActResult,
    CalendarNews,
    CalendarRef,
    CompleteTask,
    DefinitionRef,
    Delivery,
    PaceInput,
    ResolveIncident,
    SendMessage,
    Snapshot,
    StartProcess,
)
from wenzheng.gateways.codec import data_converter
from wenzheng.gateways.ports import ActRefused, ProcessUnavailable
from wenzheng.gateways.wire import update_id

ACT_TIMEOUT: Final = timedelta(seconds=10)
"""How long a caller waits for an answer; an act itself may still happen, under its act id."""

_Act = CompleteTask | SendMessage | ResolveIncident | Delivery
IDENTITY: Final = "web"
"""Stands beside every act in a history. Who acted is in the act; a process and its host say nothing more."""

_Answer = TypeVar("_Answer")


class TemporalProcesses:
    """The process gateway (see ports.ProcessGateway) on a Temporal server."""

    def __init__(self, address: str, namespace: str = "default") -> None:
        self._address = address
        self._namespace = namespace
        self._client: Client | None = None
        self._connecting: asyncio.Task[Client] | None = None

    async def start(self, instance: str, definition: str, calendar: str, start: StartProcess) -> None:
        """Start an instance once; a second start does nothing, also after its end.

        Raises ProcessUnavailable.
        """
        client = await self._connect()
        try:
            await client.start_workflow(
                PROCESS_WORKFLOW,
                args=[DefinitionRef(definition), CalendarRef(calendar), start],
                id=instance,
                task_queue=TASK_QUEUE,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                rpc_timeout=ACT_TIMEOUT,
            )
        except WorkflowAlreadyStartedError:
            return
        except RPCError as error:
            raise _unavailable(error) from error

    async def complete_task(self, instance: str, act: CompleteTask) -> ActResult:
        """Complete an open user task. Raises ActRefused and ProcessUnavailable."""
        return await self._update(instance, COMPLETE_TASK_UPDATE, act)

    async def send_message(self, instance: str, act: SendMessage) -> ActResult:
        """Send a named message. Raises ActRefused and ProcessUnavailable."""
        return await self._update(instance, SEND_MESSAGE_UPDATE, act)

    async def deliver(self, instance: str, delivery: Delivery) -> ActResult:
        """Hand over what another instance has thrown. Raises ActRefused and ProcessUnavailable."""
        return await self._update(instance, DELIVER_UPDATE, delivery)

    async def resolve_incident(self, instance: str, act: ResolveIncident) -> ActResult:
        """Retry, skip or answer what stopped. Raises ActRefused and ProcessUnavailable."""
        return await self._update(instance, RESOLVE_INCIDENT_UPDATE, act)

    async def set_pace(self, instance: str, pace: PaceInput) -> None:
        """Tell an instance how the city's clock runs from now on. One that does not run needs no telling.

        Raises ProcessUnavailable.
        """
        handle = await self._handle(instance)
        try:
            await handle.signal(PACE_SIGNAL, pace, rpc_timeout=ACT_TIMEOUT)
        except RPCError as error:
            if not _is_no_instance(error):
                raise _unavailable(error) from error

    async def change_calendar(self, instance: str, calendar: str, news: CalendarNews) -> None:
        """Tell an instance which version of its calendar holds; once told, it is kept for its worker.

        Raises ProcessUnavailable, with `not_started` where no such instance runs.
        """
        handle = await self._handle(instance)
        try:
            async with asyncio.timeout(ACT_TIMEOUT.total_seconds()):
                await handle.signal(
                    CALENDAR_SIGNAL, args=[CalendarRef(calendar), news], rpc_timeout=ACT_TIMEOUT
                )
        except TimeoutError as late:
            raise _late() from late
        except RPCError as error:
            if _is_no_instance(error):
                raise ProcessUnavailable(
                    "Expected a running instance, found none: it has ended, or its start still waits.",
                    not_started=True,
                ) from error
            raise _unavailable(error) from error

    async def snapshot(self, instance: str) -> Snapshot:
        """Where the instance stands. Raises ProcessUnavailable."""
        handle = await self._handle(instance)
        return await _asked(
            lambda: handle.query(SNAPSHOT_QUERY, result_type=Snapshot, rpc_timeout=ACT_TIMEOUT)
        )

    async def _connect(self) -> Client:
        """The client; who comes while somebody connects waits for the same answer, not in a queue."""
        if self._client is None:
            if self._connecting is None:
                self._connecting = asyncio.create_task(self._new_client())
                self._connecting.add_done_callback(self._connected)
            # Shielded: one caller who goes away takes the others nothing.
            self._client = await asyncio.shield(self._connecting)
        return self._client

    def _connected(self, done: asyncio.Task[Client]) -> None:
        self._connecting = None
        if not done.cancelled():
            done.exception()  # everybody who waited has it

    async def _new_client(self) -> Client:
        try:
            return await asyncio.wait_for(
                Client.connect(
                    self._address,
                    namespace=self._namespace,
                    data_converter=data_converter(None),
                    identity=IDENTITY,
                ),
                ACT_TIMEOUT.total_seconds(),
            )
        except (RuntimeError, RPCError, TimeoutError) as error:
            raise ProcessUnavailable(
                f"Expected a Temporal server at {self._address}, found none: {error}. "
                "Try again; nothing is lost."
            ) from error

    async def _handle(self, instance: str) -> WorkflowHandle[Any, Any]:
        return (await self._connect()).get_workflow_handle(instance)

    async def _update(self, instance: str, update: str, act: _Act) -> ActResult:
        handle = await self._handle(instance)
        result: ActResult = await _asked(
            lambda: handle.execute_update(
                update, act, id=update_id(act.act_id), result_type=ActResult, rpc_timeout=ACT_TIMEOUT
            )
        )
        return result.answered(act.act_id, act.sender if isinstance(act, Delivery) else act.actor)


async def _asked(ask: Callable[[], Awaitable[_Answer]]) -> _Answer:
    try:
        # The time limit of a call is that of each try: a server killed and started anew amid one gave
        # the person twice the wait, and a proxy's 504 instead of an answer of ours.
        async with asyncio.timeout(ACT_TIMEOUT.total_seconds()):
            return await ask()
    except TimeoutError as late:
        raise _late() from late
    except WorkflowUpdateFailedError as failed:
        raise _refusal(failed) from failed
    except (WorkflowUpdateRPCTimeoutOrCancelledError, WorkflowQueryFailedError) as late:
        raise _late() from late
    except RPCError as error:
        if _is_no_instance(error):
            raise ProcessUnavailable(
                "Expected a running instance, found none: it has ended, or its start still waits.",
                not_started=True,
            ) from error
        raise _unavailable(error) from error


def _late() -> ProcessUnavailable:
    return ProcessUnavailable(
        "Expected an answer of the instance in time, found none. Send the act again with the "
        "same act id: it is still one act."
    )


def _is_no_instance(error: RPCError) -> bool:
    """Whether the server looked and found no running instance.

    A server that has just started may not know its namespace yet: that says nothing of an instance,
    and callers take "no such instance" for the proof that the store has its last word.
    """
    if error.status != RPCStatusCode.NOT_FOUND:
        return False
    return not any(detail.Is(NamespaceNotFoundFailure.DESCRIPTOR) for detail in error.grpc_status.details)


def _refusal(failed: WorkflowUpdateFailedError) -> ActRefused | ProcessUnavailable:
    cause = failed.cause
    if not isinstance(cause, ApplicationError) or cause.type is None:
        return ProcessUnavailable(f"Expected an answer of the instance, found: {cause}.")
    details: dict[str, str | None] = cause.details[0] if cause.details else {}
    at = details.get("at")
    return ActRefused(
        cause.type, cause.message, details.get("by"), datetime.fromisoformat(at) if at else None
    )


def _unavailable(error: RPCError) -> ProcessUnavailable | ActRefused:
    """Only "invalid argument" is the caller's fault; whatever else Temporal answers passes.

    Among it is "failed precondition": a workflow task failed, because the worker lacks the definition
    or runs other code. The letter waits for the right worker, and so does the act.
    """
    if error.status != RPCStatusCode.INVALID_ARGUMENT:
        return ProcessUnavailable(
            f"Expected Temporal to answer, found: {error.message} Send the act again with the "
            "same act id: it is still one act."
        )
    return ActRefused(REFUSED_DATA, f"Temporal refused the request: {error.message}")
