"""Temporal Schedules: what rings when a schedule of a definition comes.

A schedule of working days is no cron rule, so Temporal is told the moments themselves, the next few; the
keeper adds to them as they pass and tells others when the calendar changes. Each ring starts a workflow of
its own, whose id Temporal ends with the moment it was set for. Rings that were missed are rung when the
server is back: what they may still begin is decided by scheduling.LATEST.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleHandle,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
)
from temporalio.service import RPCError, RPCStatusCode

from wenzheng.contracts import OCCASION_WORKFLOW, TASK_QUEUE, Ring
from wenzheng.gateways.codec import data_converter
from wenzheng.gateways.ports import ProcessUnavailable

CATCH_UP: Final = timedelta(days=400)
"""Longer than anything may begin late: what is too late is passed over by the store, which writes it down."""
_TIMEOUT: Final = timedelta(seconds=10)


def temporal_id(schedule: str) -> str:
    """The id of the Temporal Schedule of a schedule."""
    return f"schedule/{schedule}"


class TemporalSchedules:
    """Schedules on a Temporal server. Connects when first asked."""

    def __init__(self, address: str, namespace: str = "default") -> None:
        self._address = address
        self._namespace = namespace
        self._client: Client | None = None

    async def tell(self, schedule: str, moments: Sequence[datetime], *, paused: bool) -> None:
        """Let a schedule ring at these moments (UTC) and no others; again changes nothing.

        Raises ProcessUnavailable.
        """
        wanted = _schedule(schedule, moments, paused=paused)
        client = await self._connect()
        try:
            try:
                await client.create_schedule(temporal_id(schedule), wanted, rpc_timeout=_TIMEOUT)
            except ScheduleAlreadyRunningError:
                handle = client.get_schedule_handle(temporal_id(schedule))
                await handle.update(lambda _: ScheduleUpdate(wanted), rpc_timeout=_TIMEOUT)
        except RPCError as error:
            raise _away(error) from error

    async def forget(self, schedule: str) -> None:
        """Let a schedule ring no more; again changes nothing. Raises ProcessUnavailable."""
        handle: ScheduleHandle = (await self._connect()).get_schedule_handle(temporal_id(schedule))
        try:
            await handle.delete(rpc_timeout=_TIMEOUT)
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise _away(error) from error

    async def _connect(self) -> Client:
        if self._client is None:
            try:
                self._client = await Client.connect(
                    self._address, namespace=self._namespace, data_converter=data_converter(None)
                )
            except (RuntimeError, RPCError) as error:
                raise ProcessUnavailable(
                    f"Expected a Temporal server at {self._address}, found none: {error}."
                ) from error
        return self._client


def _away(error: RPCError) -> ProcessUnavailable:
    return ProcessUnavailable(f"Expected Temporal to keep a schedule, found: {error.message}")


def _schedule(schedule: str, moments: Sequence[datetime], *, paused: bool) -> Schedule:
    action = ScheduleActionStartWorkflow(
        OCCASION_WORKFLOW, Ring(schedule), id=f"occasion/{schedule}", task_queue=TASK_QUEUE
    )
    return Schedule(
        action=action,
        spec=ScheduleSpec(calendars=[_moment(one) for one in moments]),
        # Rings for different periods have nothing to do with one another: none waits, none is left out.
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.ALLOW_ALL, catchup_window=CATCH_UP),
        state=ScheduleState(paused=paused),
    )


def _moment(at: datetime) -> ScheduleCalendarSpec:
    """One moment: the first whole second that is not before it."""
    utc = at.astimezone(UTC)
    if utc.microsecond:
        utc = utc.replace(microsecond=0) + timedelta(seconds=1)
    return ScheduleCalendarSpec(
        second=[ScheduleRange(utc.second)],
        minute=[ScheduleRange(utc.minute)],
        hour=[ScheduleRange(utc.hour)],
        day_of_month=[ScheduleRange(utc.day)],
        month=[ScheduleRange(utc.month)],
        year=[ScheduleRange(utc.year)],
    )
