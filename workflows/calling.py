"""Calling activities so that a store that is away costs little history.

Two quick local tries; then one regular activity that Temporal
retries for as long as it takes. Endless local retries would write a thousand events an hour (design.md §2).
Of the local activities of one instance only one is under way at a time (docs/decisions/0023).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, cast

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, is_cancelled_exception

from wenzheng.contracts import OVERTAKEN, RECORD_ACTIVITY, Flush, JsonObject, ServiceCall
from wenzheng.engine.services import ServiceContract

FLUSH_ATTEMPT_TIMEOUT: Final = timedelta(seconds=5)
_LOCAL: Final = RetryPolicy(
    initial_interval=timedelta(milliseconds=200), backoff_coefficient=1.0, maximum_attempts=2
)
_PATIENT: Final = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(minutes=1),
)


class OvertakenError(RuntimeError):
    """Another worker has gone on with the instance, and what this one knows of it is no longer true.

    It fails the workflow task, never the workflow: whoever has the next task asks anew.
    """


class Caller:
    """Calls activities for one instance, by the rules it began with."""

    def __init__(self, *, in_turn: bool) -> None:
        self._turn: AbstractAsyncContextManager[Any] = asyncio.Lock() if in_turn else contextlib.nullcontext()

    async def with_fallback(
        self,
        activity: str,
        argument: Any,
        result_type: type,
        attempt_timeout: timedelta,
        *,
        on_outage: Callable[[bool], None] | None = None,
    ) -> Any:
        """The activity's result, however long it takes.

        `on_outage` hears when patience begins and ends. Errors marked non-retryable are raised
        (ApplicationError or ActivityError).
        """
        try:
            async with self._turn:
                return await workflow.execute_local_activity(
                    activity,
                    argument,
                    result_type=result_type,
                    start_to_close_timeout=attempt_timeout,
                    retry_policy=_LOCAL,
                )
        except FailureError as failed:
            # An exhausted local activity raises ApplicationError; a timed-out one ActivityError, and when it
            # is replayed the TimeoutError itself. Whatever is not caught here ends the letter for good.
            if is_cancelled_exception(failed) or _is_final(failed):
                raise
        if on_outage is not None:
            on_outage(True)
        try:
            return await workflow.execute_activity(
                activity,
                argument,
                result_type=result_type,
                start_to_close_timeout=attempt_timeout * 6,
                retry_policy=_PATIENT,
            )
        finally:
            if on_outage is not None:
                on_outage(False)

    async def record(self, flush: Flush, on_outage: Callable[[bool], None]) -> str:
        """Have it written; returns the witness of the state that was recorded.

        It says when it was asked for: this worker may have been cut off from Temporal, and its write may come
        after another worker's. Raises OvertakenError then.
        """
        asked = replace(flush, asked_at=workflow.now())
        try:
            witness = await self.with_fallback(
                RECORD_ACTIVITY, asked, str, FLUSH_ATTEMPT_TIMEOUT, on_outage=on_outage
            )
        except (ActivityError, ApplicationError) as failed:
            if _code_of(failed) == OVERTAKEN:
                raise OvertakenError(str(failed)) from failed
            raise
        return cast("str", witness)

    async def service(self, contract: ServiceContract, argument: ServiceCall) -> JsonObject:
        """What a service answers. Raises ActivityError or ApplicationError when it fails for good."""
        if contract.local:
            answer = await self.with_fallback(contract.activity, argument, dict, contract.timeout)
        else:
            answer = await workflow.execute_activity(
                contract.activity,
                argument,
                result_type=dict[str, Any],
                task_queue=contract.queue,
                start_to_close_timeout=contract.timeout,
                retry_policy=RetryPolicy(
                    maximum_attempts=contract.attempts, maximum_interval=contract.longest_pause
                ),
            )
        return cast("JsonObject", answer)


def _is_final(failed: FailureError) -> bool:
    cause = failed.cause if isinstance(failed, ActivityError) else failed
    return isinstance(cause, ApplicationError) and cause.non_retryable


def _code_of(failed: FailureError) -> str | None:
    cause = failed.cause if isinstance(failed, ActivityError) else failed
    return cause.type if isinstance(cause, ApplicationError) else None
