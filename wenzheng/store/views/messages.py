"""Messages between instances."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

MessageState = Literal["kept", "on_its_way", "set_aside", "discarded"]
"""Of a message between instances that has not arrived."""


@dataclass(frozen=True, kw_only=True)
class MessageRow:
    """A message between instances that has not arrived. `instance` threw it; `since` it is in this state."""

    key: str
    name: str
    instance: str
    definition: str
    receiver: str | None
    state: MessageState
    why: str | None
    thrown_at: datetime
    since: datetime
