"""What goes by itself: letters nobody went on writing, files that no row names; and messages nobody took."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Final

from wenzheng.gateways.ports import Blobs
from wenzheng.store import Store

SWEEP_SECONDS: Final = 600.0

_LOG: Final = logging.getLogger(__name__)


class Sweeper:
    """Sweeps drafts and blobs every ten minutes. Several at once do no harm."""

    def __init__(
        self, store: Store, blobs: Blobs, draft_life: timedelta, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._draft_life = draft_life
        self._now = now

    async def run(self) -> None:
        """Sweep until cancelled. What goes wrong is logged and tried again."""
        await _for_ever(self.sweep, "Old drafts and files could not be swept; trying again.")

    def sweep(self) -> tuple[int, int]:
        """Sweep once: how many drafts and how many files went."""
        with self._store.unit_of_work() as unit:
            drafts = unit.sweep_drafts(self._now() - self._draft_life)
        return drafts, self._blobs.sweep(self._used)

    def _used(self, digests: Collection[str]) -> Collection[str]:
        with self._store.reader() as reader:
            return reader.used_blobs(digests)


class MessageKeeper:
    """Sets messages aside that nobody has taken for `life`, every ten minutes, and says so in the log.

    `now` is the city's clock, as that of the store: in a practice city a year is short.
    """

    def __init__(self, store: Store, life: timedelta, now: Callable[[], datetime]) -> None:
        self._store = store
        self._life = life
        self._now = now

    async def run(self) -> None:
        """Look until cancelled. What goes wrong is logged and tried again."""
        await _for_ever(self.sweep, "Messages that nobody takes could not be set aside; trying again.")

    def sweep(self) -> int:
        """Look once: how many messages were set aside."""
        with self._store.unit_of_work() as unit:
            found = unit.set_aside_kept(self._now() - self._life)
        if found:
            _LOG.warning("%d messages that nobody has taken are set aside: `wenzheng messages list`.", found)
        return found


async def _for_ever(sweep: Callable[[], object], trouble: str) -> None:
    while True:
        try:
            await asyncio.to_thread(sweep)
        except Exception:  # noqa: BLE001 - the sweep goes on whatever store and disk do
            _LOG.exception(trouble)
        await asyncio.sleep(SWEEP_SECONDS)
