"""How what waits in the store is looked after: again and again, and what failed after a pause."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

_LOG: Final = logging.getLogger(__name__)
LONGEST_PAUSE: Final = timedelta(minutes=1)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many tries in vain: a second, then twice as long each time, to a minute."""
    return min(timedelta(seconds=2 ** min(attempts, 6)), LONGEST_PAUSE)


async def sweep_until_cancelled(sweep: Callable[[], Awaitable[int]], seconds: float, trouble: str) -> None:
    """Sweep at once again while there is something to do, else after `seconds`.

    A store that is away is reported, as `trouble`, once a sweep and waited for.
    """
    while True:
        try:
            done = await sweep()
        except Exception:  # noqa: BLE001 - the sweep goes on whatever the store does
            _LOG.exception(trouble)
            done = 0
        if not done:
            await asyncio.sleep(seconds)
