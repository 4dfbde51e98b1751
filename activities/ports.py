"""What activities are given when they are built."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from wenzheng.petitions.ports import NoticeSink


@dataclass(frozen=True)
class ServicePorts:
    """The outside of the service activities: where notices go, and the time (UTC)."""

    notices: NoticeSink
    now: Callable[[], datetime]
