"""Turning the pages of a list that is read by cursors, both ways.

A cursor only leads on. The address therefore keeps the cursors of the pages before: no state on the server,
and the browser's own "back" agrees with ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

_MOST_BACK: Final = 20
"""Pages one can turn back; addresses stay short enough for every browser and proxy."""


def turning(
    path: str, kept: Mapping[str, str], asked: QueryParams, following: str | None
) -> tuple[str | None, str | None]:
    """Addresses of the page before and the page after; None where there is none.

    `kept` are the filters, `following` is the cursor of the next page.
    """
    here, before = asked.get("cursor", ""), asked.getlist("back")[-_MOST_BACK:]

    def address(cursor: str, back: list[str]) -> str:
        pairs = [*kept.items(), *(("back", one) for one in back)]
        if cursor:
            pairs.append(("cursor", cursor))
        return f"{path}?{urlencode(pairs)}" if pairs else path

    previous = address(before[-1], before[:-1]) if before else None
    return previous, None if following is None else address(following, [*before, here])
