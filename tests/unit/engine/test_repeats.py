"""Lists that say once what comes round again hold what was put into them, in its order."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wenzheng.engine import repeats

entries = st.builds(
    lambda name, value: {"element": name, "locals": {"v": value}},
    st.sampled_from("ab"),
    st.sampled_from([1, 1.0, True, None]),
)


def written(found: list[dict[str, Any]]) -> list[str]:
    """Entries as text, which tells 1 from 1.0 and true."""
    return [json.dumps(entry) for entry in found]


def folded(put: list[dict[str, Any]]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    repeats.extend(items, put)
    return items


def emptied(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What comes out of a copy of them, in the order in which it was put in."""
    left = json.loads(json.dumps(items))
    out = []
    while left:
        out.append(repeats.pop(left))
    return out[::-1]


@given(st.lists(entries, max_size=60), st.integers(1, 4))
def test_what_is_put_in_comes_out_last_first(put: list[dict[str, Any]], rounds: int) -> None:
    items = folded(put * rounds)
    before = json.dumps(items)
    assert written(emptied(items)) == written(put * rounds)
    assert json.dumps(items) == before


@given(st.lists(entries, max_size=40), st.integers(1, 3))
def test_what_is_chosen_keeps_its_order_and_takes_nothing_from_the_rest(
    put: list[dict[str, Any]], rounds: int
) -> None:
    items = folded(put * rounds)
    some = repeats.chosen(items, lambda entry: entry["element"] == "a")
    assert written(emptied(some)) == written([one for one in put * rounds if one["element"] == "a"])
    assert written(emptied(items)) == written(put * rounds)


def test_rounds_of_rounds_are_short() -> None:
    inner = [{"element": "a"}] * 3 + [{"element": "b"}, {"element": "c"}]
    items = folded(inner * 1_000)
    assert items == [
        {"times": 1_000, "of": [{"times": 3, "of": [{"element": "a"}]}, {"element": "b"}, {"element": "c"}]}
    ]
