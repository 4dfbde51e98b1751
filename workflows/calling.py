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
from datetime import timedelta
from typing import Any, Final, cast

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, is_cancelled_exception

from wenzheng.contracts import JsonObject, ServiceCall
from wenzheng.engine.services import ServiceContract

_LOCAL: Final = RetryPolicy(
    initial_interval=timedelta(milliseconds=200), backoff_coefficient=1.0, maximum_attempts=2
)
_PATIENT: Final = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(minutes=1),
)


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
