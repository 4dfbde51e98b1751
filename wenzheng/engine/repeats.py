"""Lists that say once what comes round again, so that a loop of ten thousand rounds leaves a short list.

An item is an entry, or `{"times": n, "of": [items]}`: the items n times one after the other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Final

from wenzheng.contracts import JsonObject

LONGEST_ROUND: Final = 16
"""Items of a round at most; longer rounds are written out."""


def append(items: list[JsonObject], entry: JsonObject) -> None:
    """Add an entry, and fold what it completes to a further round."""
    items.append(entry)
    folded = True
    while folded:  # a round may complete a round of rounds
        folded = any(_fold(items, length) for length in range(1, min(LONGEST_ROUND, len(items) - 1) + 1))


def extend(items: list[JsonObject], more: Iterable[JsonObject]) -> None:
    """Add several items, folded or not."""
    for item in more:
        append(items, item)


def pop(items: list[JsonObject]) -> JsonObject:
    """Take the last entry away; the items are not empty."""
    while "of" in items[-1]:
        last = items.pop()
        if last["times"] > 1:
            items.append({**last, "times": last["times"] - 1})
        items += last["of"]
    return items.pop()


def chosen(items: list[JsonObject], wanted: Callable[[JsonObject], bool]) -> list[JsonObject]:
    """The items with those entries only that are wanted."""
    found: list[JsonObject] = []
    for item in items:
        if "of" not in item:
            if wanted(item):
                append(found, item)
        elif inner := chosen(item["of"], wanted):
            append(found, {"times": item["times"], "of": inner})
    return found


def _fold(items: list[JsonObject], length: int) -> bool:
    """Whether the last items say what stands before them once more; then they are folded into it."""
    last, before = items[-length:], items[-length - 1]
    if _alike(before.get("of"), last):
        items[-length - 1 :] = [{**before, "times": before["times"] + 1}]
        return True
    if _alike(items[-2 * length : -length], last):
        items[-2 * length :] = [{"times": 2, "of": last}]
        return True
    return False


def _alike(some: list[JsonObject] | None, others: list[JsonObject]) -> bool:
    """Whether they are the same as JSON, where 1, 1.0 and true are three things."""
    return some == others and json.dumps(some, sort_keys=True) == json.dumps(others, sort_keys=True)
