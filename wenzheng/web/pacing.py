"""How many letters an address may send in a minute, so that one machine does not keep everybody waiting.

Counted in the memory of this process: a flood must not cost the database a write each. What is refused is
answered before any of it is read. The machine itself is not counted: commands of the house come from there,
and so does everybody where a proxy in front does not say whom it serves.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address, ip_network
from math import ceil
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from wenzheng.web.limits import throw_away
from wenzheng.web.problems import Problem

_MINUTE: Final = 60.0
_MOST_ADDRESSES: Final = 100_000
_HOUSEHOLD: Final = 64
"""Bits of an IPv6 address that one customer of a provider has as a rule: all its addresses count as one."""
_DRAINED: Final = 1_048_576
_LETTERS: Final = frozenset({"/api/petitions", "/submit/check"})
_GATEWAYS: Final = "/intake/"


class Pace:
    """At most so many in a minute of each name, at once or one by one (generic cell rate algorithm)."""

    def __init__(self, a_minute: int, clock: Callable[[], float]) -> None:
        """`clock` gives seconds. When it is set back, nobody waits longer than they would have."""
        self._each = _MINUTE / a_minute
        self._clock = clock
        self._paid_until: dict[str, float] = {}

    def wait(self, name: str) -> float:
        """Count one of this name: 0.0 when it may pass, else the seconds until one may."""
        now = self._clock()
        before = min(self._paid_until.get(name, now), now + _MINUTE)
        paid_until = max(now, before) + self._each
        over = paid_until - now - _MINUTE
        if over > self._each / 1_000_000:  # sums of fractions are not exact
            return over
        if len(self._paid_until) >= _MOST_ADDRESSES and name not in self._paid_until:
            self._forget(now)
        self._paid_until[name] = paid_until
        return 0.0

    def _forget(self, now: float) -> None:
        """Forget whoever has waited long enough; where nobody has, everybody: memory has an end."""
        left = {name: until for name, until in self._paid_until.items() if until > now}
        self._paid_until = left if len(left) < _MOST_ADDRESSES else {}


def counted_as(host: str | None) -> str | None:
    """What an address is counted as; None where nobody is counted."""
    try:
        address = ip_address(host or "")
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    if address.is_loopback:
        return None
    if address.version == 4:  # noqa: PLR2004 - of IP
        return str(address)
    return str(ip_network((address, _HOUSEHOLD), strict=False))


class Pacing:
    """Refuse letters above the pace with 429 and when to come back; `answer` makes a problem a response."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        answer: Callable[[Request, Problem], Response],
        letters: Pace,
        gateways: Pace,
    ) -> None:
        self.app = app
        self.answer = answer
        self.letters = letters
        self.gateways = gateways

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        pace = self._pace(scope)
        name = counted_as((scope.get("client") or (None,))[0]) if pace is not None else None
        wait = pace.wait(name) if pace is not None and name is not None else 0.0
        if wait <= 0:
            await self.app(scope, receive, send)
            return
        # A browser that is still sending shows no answer.
        await throw_away(receive, _DRAINED)
        await self.answer(Request(scope), too_many(ceil(wait)))(scope, receive, send)

    def _pace(self, scope: Scope) -> Pace | None:
        if scope["type"] != "http" or scope["method"] != "POST":
            return None
        path = scope["path"]
        if path in _LETTERS:
            return self.letters
        return self.gateways if path.startswith(_GATEWAYS) else None


def too_many(seconds: int) -> Problem:
    """What an address hears that sends more letters than anybody writes."""
    detail = f"Too many letters from your address. This one was not kept: send it again in {seconds} s."
    headers = {"Retry-After": str(seconds)}
    return Problem(429, "too-many-letters", detail, headers=headers, extra={"seconds": seconds})
