"""What a Temporal Schedule starts: one run for one ring."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeKey

from wenzheng.contracts import OCCASION_ACTIVITY, OCCASION_WORKFLOW, Ring

PLANNED: Final = SearchAttributeKey.for_datetime("TemporalScheduledStartTime")
"""Set by Temporal on what a schedule starts: the moment that it was to ring at, however late it did."""
_LONGEST: Final = timedelta(seconds=20)
"""Twice what the store waits for its lock; a worker that is killed amid it costs as much."""
_PATIENT: Final = RetryPolicy(maximum_interval=timedelta(minutes=1))


@workflow.defn(name=OCCASION_WORKFLOW)
class OccasionWorkflow:
    """Has the store begin what is due; tried until the store has taken it, however long it is away."""

    @workflow.run
    async def run(self, ring: Ring) -> list[str]:
        """Returns the instances that begin: none when somebody was first."""
        planned: datetime | None = workflow.info().typed_search_attributes.get(PLANNED)
        begun: list[str] = await workflow.execute_activity(
            OCCASION_ACTIVITY,
            Ring(ring.schedule, planned),
            result_type=list[str],
            start_to_close_timeout=_LONGEST,
            retry_policy=_PATIENT,
        )
        return begun
