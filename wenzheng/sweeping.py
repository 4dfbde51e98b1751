"""What goes by itself: letters nobody went on writing, and files that no row names."""

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
        while True:
            try:
                await asyncio.to_thread(self.sweep)
            except Exception:  # noqa: BLE001 - the sweep goes on whatever store and disk do
                _LOG.exception("Old drafts and files could not be swept; trying again.")
            await asyncio.sleep(SWEEP_SECONDS)

    def sweep(self) -> tuple[int, int]:
        """Sweep once: how many drafts and how many files went."""
        with self._store.unit_of_work() as unit:
            drafts = unit.sweep_drafts(self._now() - self._draft_life)
        return drafts, self._blobs.sweep(self._used)

    def _used(self, digests: Collection[str]) -> Collection[str]:
        with self._store.reader() as reader:
            return reader.used_blobs(digests)
