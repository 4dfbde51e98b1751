"""Guessing is slowed down: wrong tries in a row under a key make whoever tries wait, longer each time.

One rule for passwords of accounts and for the second thing authors choose. A try is counted before it
is checked, and taken back when it was right: a hundred tries at the same moment are a hundred tries.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from anyio import CapacityLimiter, to_thread

from wenzheng.passwords import verified
from wenzheng.store import UnitOfWork
from wenzheng.store.views.people import Failure
from wenzheng.web.services import Services

T = TypeVar("T")

FREE_TRIES: Final = 5
"""Wrong tries of one secret before the first wait."""
FREE_TRIES_OF_AN_ADDRESS: Final = 30
"""The same for a client address: an office behind one address shares it."""
FIRST_WAIT: Final = timedelta(seconds=30)
"""Doubled with each further try."""
LONGEST_WAIT: Final = timedelta(minutes=15)
"""Bounded: whoever blocks somebody else's account on purpose must not keep them out for a day."""
FORGOTTEN_AFTER: Final = timedelta(days=1)
"""Tries older than this do not count."""

_AT_ONCE: Final = 4
"""Secrets checked at the same time: each takes 19 MiB and a core."""
_checking: Final = CapacityLimiter(_AT_ONCE)


@dataclass(frozen=True)
class Key:
    """What tries are counted under: `password:account:clerk`, `passphrase:2026-000001`, an address."""

    name: str
    free: int = FREE_TRIES


def password_keys(account: str, address: str | None) -> list[Key]:
    """Tries to sign in count for the account named and for where they come from."""
    keys = [Key(f"password:account:{account[:100]}")]
    if address:
        keys.append(address_key("password", address))
    return keys


def address_key(what: str, address: str) -> Key:
    """Tries of one client address, whatever was tried."""
    return Key(f"{what}:address:{address}", FREE_TRIES_OF_AN_ADDRESS)


def counted(key: Key, before: Failure | None, now: datetime) -> Failure:
    """The count with one more try at `now`."""
    if before is None or now - before.first_at > FORGOTTEN_AFTER:
        return Failure(key=key.name, count=1, first_at=now, blocked_until=None)
    count = before.count + 1
    return Failure(
        key=key.name, count=count, first_at=before.first_at, blocked_until=_blocked(key, count, now)
    )


def _blocked(key: Key, count: int, now: datetime) -> datetime | None:
    if count < key.free:
        return None
    doublings = min(count - key.free, 20)
    return now + min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


async def try_again_at(services: Services, keys: Sequence[Key]) -> datetime | None:
    """Count a try under all keys; when one of them is blocked, only say until when (UTC)."""
    now = services.wall()

    def attempt(unit: UnitOfWork) -> datetime | None:
        unit.line_up_failures()
        known = {key: unit.failure(key.name) for key in keys}
        until: datetime = max((f.blocked_until for f in known.values() if f and f.blocked_until), default=now)
        if until > now:
            return until
        unit.sweep_failures(now - FORGOTTEN_AFTER)
        for key, before in known.items():
            unit.save_failure(counted(key, before, now))
        return None

    return await services.write(attempt)


async def was_right(services: Services, keys: Sequence[Key]) -> None:
    """Take the try back: a secret's count begins anew, an address's is one less.

    An address is not forgiven altogether: whoever has one account could else try all others.
    """

    def forgive(unit: UnitOfWork) -> None:
        unit.line_up_failures()
        for key in keys:
            failure = unit.failure(key.name)
            if failure is None or key.free == FREE_TRIES or failure.count <= 1:
                unit.forget_failures(key.name)
                continue
            # It was let in, so it was not blocked before; what the try itself added goes with it.
            unit.save_failure(replace(failure, count=failure.count - 1, blocked_until=None))

    await services.write(forgive)


async def matches(secret: str, kept: str | None) -> bool:
    """Whether a secret is the one of the hash, checked in a thread; as slow when there is no hash."""
    return await in_thread(lambda: verified(secret, kept))


async def in_thread(work: Callable[[], T]) -> T:
    """Hash or check a secret off the event loop, few at a time."""
    return await to_thread.run_sync(work, limiter=_checking)
