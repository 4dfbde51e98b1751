"""Hit policies: what comes out when several rules match, or none (DMN 1.3 §8.2.10, §8.2.11).

Pure functions of the matching rules' outputs, in the order of the rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

Hit = Mapping[str, Any]
"""The outputs of one matching rule, by column."""

UNIQUE: Final = "unique"
SINGLE: Final = frozenset({UNIQUE, "first", "priority", "any"})
"""Policies with one result."""
LISTS: Final = frozenset({"collect", "rule order", "output order"})
"""Policies with a list of results."""
AGGREGATES: Final = frozenset({"collect sum", "collect min", "collect max", "collect count"})
"""Policies with one number made of all results."""
POLICIES: Final = SINGLE | LISTS | AGGREGATES
LETTERS: Final[Mapping[str, str]] = {
    "u": UNIQUE, "f": "first", "p": "priority", "a": "any",
    "c": "collect", "r": "rule order", "o": "output order",
    "c+": "collect sum", "c<": "collect min", "c>": "collect max", "c#": "collect count",
    "collect +": "collect sum", "collect <": "collect min", "collect >": "collect max",
    "collect #": "collect count", "collect+": "collect sum", "collect<": "collect min",
    "collect>": "collect max", "collect#": "collect count",
}  # fmt: skip
"""DMN's abbreviations."""
ORDERED: Final = frozenset({"priority", "output order"})
"""Policies that need the outputs' values in the order of their priority."""


class Undecided(Exception):
    """The matching rules contradict each other; `code` is stable, the text says which rules."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


def policy(text: str) -> str | None:
    """The policy that a text names, in words or DMN's letters; None when it names none."""
    words = " ".join(text.lower().replace("_", " ").split())
    found = LETTERS.get(words, words)
    return found if found in POLICIES else None


def decide(
    how: str,
    hits: Sequence[Hit],
    labels: Sequence[str],
    order: Mapping[str, Sequence[Any]],
    default: Hit,
) -> Any:
    """The result of a policy.

    `order` holds outputs' values, the first one first; `default` has a value for each output, null where
    the table gives none. With several outputs a result is a map, with one it is that output's value.

    Raises Undecided when two rules of a unique table match, when those of an any table differ, or when a
    priority has to be found for a value without one.
    """
    if how == "collect count":
        return len(hits)
    if not hits:
        return _without_match(how, default)
    match how:
        case "unique" if len(hits) > 1:
            raise Undecided(
                "decision-overlap",
                f"Expected at most one rule to match, found {', '.join(labels)}. Correct the table or the "
                "variables, then retry.",
            )
        case "any" if any(not same(hit, hits[0]) for hit in hits):
            raise Undecided(
                "decision-disagrees",
                f"Expected the rules that match to give one result, found {', '.join(labels)} to differ. "
                "Correct the table or the variables, then retry.",
            )
    ranked = _by_priority(hits, order) if how in ORDERED else hits
    if how in SINGLE:
        return plain(ranked[0])
    if how in LISTS:
        return [plain(hit) for hit in ranked]
    return _number(how, [value for hit in hits for value in hit.values() if value is not None])


def _number(how: str, values: list[Any]) -> Any:
    """One number made of all; none of no number."""
    if not values:
        return None
    if how == "collect sum":
        return sum(values)
    return min(values) if how == "collect min" else max(values)


def _without_match(how: str, default: Hit) -> Any:
    """The default outputs; without any, null (DMN 1.3 §8.2.11)."""
    if all(value is None for value in default.values()):
        return dict(default) if how in SINGLE and len(default) > 1 else None
    return [plain(default)] if how in LISTS else plain(default)


def plain(hit: Hit) -> Any:
    """One output as its value, several as a map."""
    return next(iter(hit.values())) if len(hit) == 1 else dict(hit)


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal; true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def _by_priority(hits: Sequence[Hit], order: Mapping[str, Sequence[Any]]) -> Sequence[Hit]:
    """The first output counts most; rules of one priority keep their order."""

    def rank(hit: Hit) -> list[int]:
        return [_place(name, hit[name], values) for name, values in order.items() if values]

    return sorted(hits, key=rank)


def _place(name: str, value: Any, values: Sequence[Any]) -> int:
    for place, known in enumerate(values):
        if same(known, value):
            return place
    raise Undecided(
        "decision-priority",
        f"Expected output '{name}' to be one of its values, found {str(value)[:80]!r}: it has no priority. "
        "Add it to the values of the table.",
    )
