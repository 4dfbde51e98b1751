"""Calling an activity so that a store that is away costs little history.

Two quick local tries; then one regular activity that Temporal retries for as long as it takes.
Endless local retries would write a thousand events an hour (design.md §2). Of the local activities of
one instance only one is under way at a time (docs/decisions/0023).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any, Final

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, is_cancelled_exception

_LOCAL: Final = RetryPolicy(
    initial_interval=timedelta(milliseconds=200), backoff_coefficient=1.0, maximum_attempts=2
)
_PATIENT: Final = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(minutes=1),
)


async def call_with_fallback(
    activity: str,
    argument: Any,
    result_type: type,
    attempt_timeout: timedelta,
    *,
    turn: AbstractAsyncContextManager[None],
    on_outage: Callable[[bool], None] | None = None,
) -> Any:
    """The activity's result, however long it takes.

    `turn` is held while the activity is a local one. `on_outage` hears when patience begins and ends.
    Errors marked non-retryable are raised (ApplicationError or ActivityError).
    """
    try:
        async with turn:
            return await workflow.execute_local_activity(
                activity,
                argument,
                result_type=result_type,
                start_to_close_timeout=attempt_timeout,
                retry_policy=_LOCAL,
            )
    except FailureError as failed:
        # An exhausted local activity raises ApplicationError; a timed-out one ActivityError, and when it is
        # replayed the TimeoutError itself. Whatever is not caught here ends the letter for good.
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


def _is_final(failed: FailureError) -> bool:
    cause = failed.cause if isinstance(failed, ActivityError) else failed
    return isinstance(cause, ApplicationError) and cause.non_retryable
