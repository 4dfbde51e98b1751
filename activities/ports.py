"""What activities are given when they are built."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from wenzheng.petitions.ports import MatterSink, NoMatters, NoticeSink


@dataclass(frozen=True)
class ServicePorts:
    """The outside of the service activities: where notices and matters of the forum go, the time (UTC)."""

    notices: NoticeSink
    now: Callable[[], datetime]
    matters: MatterSink = field(default_factory=NoMatters)
