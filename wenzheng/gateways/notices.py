"""Sends the outbox's notices, at least once each, never before their time.

A sender claims one row at a time: for LEASE nobody else takes it. It hands the notice to every
address of the recipient and records which took it, so that a repeat goes only where it is wanted.
After a kill between hand-over and record the row is due again when its lease is over, and goes out
with the same Message-ID or Idempotency-Key.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from wenzheng.catalog.messages import BadMessage, Message
from wenzheng.gateways.channels import BadChannels, Channels, NotDelivered, Target, deliver, read_channels

_LOG: Final = logging.getLogger(__name__)
SWEEP_SECONDS: Final = 2.0
LEASE: Final = timedelta(minutes=5)
FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(hours=1)
AUTHOR: Final = "author"


@dataclass(frozen=True)
class Person:
    """Somebody with a mail address or phone number, who reads zh or en; `account` is None for an author."""

    account: str | None
    contact: str
    language: str


@dataclass(frozen=True)
class Notice:
    """A claimed row: what is to be told whom.

    `people` are those it is for and who can be reached: the author, or the holders of the role.
    """

    id: str
    role: str
    unit: str | None
    people: Sequence[Person]
    attempts: int
    delivered: Sequence[str]


class NoticeOutbox(Protocol):
    """The part of the store that the sender needs; its methods block."""

    def claim(self, now: datetime, until: datetime) -> Notice | None:
        """The notice that has waited longest, which nobody else gets before `until`; None: none is due."""
        ...

    def message(self, notice: Notice, language: str, site: str) -> Message:
        """Its words, by the definition its letter is handled by. Raises BadMessage."""
        ...

    def sent(self, notice: Notice, at: datetime) -> None:
        """Every address took it."""
        ...

    def not_sent(
        self, notice: Notice, at: datetime, error: str, retry_at: datetime, delivered: Sequence[str]
    ) -> None:
        """Some address did not; those in `delivered` (ids of targets) need no repeat."""
        ...


class NoticeSender:
    """Sweeps the outbox every other second, while there is a channels file."""

    def __init__(
        self,
        outbox: NoticeOutbox,
        channels: Path,
        now: Callable[[], datetime],
        send: Callable[[Target, Message, str], None] = deliver,
        after: Callable[[timedelta], datetime] | None = None,
    ) -> None:
        """`after` gives what `now` will be when a span of real time has passed; unless given, the sum."""
        self._outbox = outbox
        self._channels = channels
        self._now = now
        self._send = send
        self._after = after or (lambda span: now() + span)
        self._said = ""

    async def run(self) -> None:
        """Sweep until cancelled. A store that is away is waited for."""
        while True:
            try:
                # One notice a thread: it is recorded also when the sweep is cancelled meanwhile.
                while await asyncio.to_thread(self.send_next):
                    pass
            except Exception:  # noqa: BLE001 - the sweep goes on whatever the store does
                self._say(logging.ERROR, "The outbox of notices could not be read; trying again.", trace=True)
            await asyncio.sleep(SWEEP_SECONDS)

    def send_next(self) -> bool:
        """Send the notice that has waited longest; False when there is none, or no channels."""
        try:
            channels = read_channels(self._channels)
        except BadChannels as error:
            self._say(logging.ERROR, f"Notices wait: {error}")
            return False
        if channels is None:
            self._say(logging.WARNING, f"Notices wait in the outbox: there is no {self._channels.name}.")
            return False
        now = self._now()
        notice = self._outbox.claim(now, self._after(LEASE))
        if notice is None:
            return False
        self._send_one(notice, channels)
        return True

    def _send_one(self, notice: Notice, channels: Channels) -> None:
        taken, errors = list(notice.delivered), []
        try:
            targets, missing = _targets(notice, channels)
            errors += missing
            languages = {target.language for target in targets if target.id not in taken}
            messages = {
                language: self._outbox.message(notice, language, channels.site)
                for language in sorted(languages)
            }
        except BadMessage as error:
            errors.append(str(error))
        else:
            for target in targets:
                if target.id in taken:
                    continue
                try:
                    self._send(target, messages[target.language], f"{notice.id}.{target.id}")
                except NotDelivered as refused:
                    errors.append(str(refused))
                else:
                    taken.append(target.id)
        now = self._now()
        if not errors:
            self._outbox.sent(notice, now)
            return
        pause = min(FIRST_PAUSE * 2 ** min(notice.attempts, 10), LONGEST_PAUSE)
        self._outbox.not_sent(notice, now, "; ".join(errors), self._after(pause), taken)
        _LOG.warning("Notice %s waits for %s: %s", notice.id, pause, "; ".join(errors))

    def _say(self, level: int, text: str, *, trace: bool = False) -> None:
        """Once, not every other second."""
        if text != self._said:
            self._said = text
            _LOG.log(level, text, exc_info=trace)


def _targets(notice: Notice, channels: Channels) -> tuple[list[Target], list[str]]:
    """Everybody a notice goes to, each address once; and what channels.yaml lacks to reach the others.

    Where a role has a channel of its own, that one reaches whoever cannot be reached in person.
    """
    author = notice.role == AUTHOR
    ways = channels.author if author else channels.staff
    targets: dict[str, Target] = {}
    lacking: set[str] = set()
    for person in notice.people:
        way = ways.of(person.contact)
        if way is None:
            kind = "mail" if "@" in person.contact else "sms"
            lacking.add(f"{'author' if author else 'people'}.{kind}")
        else:
            found = Target(way.url, person.language, person.account, way.gateway, way.to)
            targets.setdefault(way.url, found)
    urls = [] if author else channels.of_role(notice.role, notice.unit)
    for url in urls:
        targets.setdefault(url, Target(url, channels.language))
    if not targets and not lacking:
        lacking.add("author.sms" if author else f"roles.{notice.role}")
    if urls:
        lacking.clear()
    missing = [f"expected {key} in channels.yaml, found none; add it" for key in sorted(lacking)]
    return list(targets.values()), missing


def words(
    *,
    number: str,
    site: str,
    language: str,
    clock: str = "",
    due: str = "",
    lamp: str | None = None,
    element: str = "",
    code: str = "",
) -> Mapping[str, str]:
    """What the words of a template stand for."""
    lamps = _LAMPS[language]
    return {
        "number": number,
        "site": site,
        "clock": clock,
        "due": due,
        "lamp": lamps.get(lamp or "", lamps[""]),
        "element": element,
        "code": code,
    }


_LAMPS: Final = {
    "zh": {"yellow": "黄灯", "red": "红灯", "": "无灯"},
    "en": {"yellow": "yellow", "red": "red", "": "none"},
}
