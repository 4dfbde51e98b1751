"""What a fold reads of a record."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol


class Logged(Protocol):
    """A record, as it comes in or as it is kept."""

    @property
    def act_id(self) -> str: ...  # noqa: D102
    @property
    def ordinal(self) -> int: ...  # noqa: D102
    @property
    def seq(self) -> int: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def element(self) -> str: ...  # noqa: D102
    @property
    def at(self) -> datetime: ...  # noqa: D102
    @property
    def data(self) -> dict[str, Any]: ...  # noqa: D102
