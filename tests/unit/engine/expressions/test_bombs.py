"""Expressions made to eat memory and time, each in a process with little of both."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from wenzheng.engine.expressions import ExpressionRefused, compile_expression

HERE = Path(__file__).parent
ROOT = HERE.parents[3]


def in_a_box(cases, *, megabytes=1_000, seed="0"):
    """Evaluate the cases in one fresh process; it must come back and exit cleanly."""
    done = subprocess.run(
        [sys.executable, str(HERE / "evaluate_in_a_box.py")],
        input=json.dumps({"megabytes": megabytes, "cases": cases}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return json.loads(done.stdout)


def case(text, declared=None, data=None):
    return {"text": text, "declared": declared or {}, "data": data or {}}


REFUSED = {
    "a chain of map, each making a list four times as long": "[1].map(x, [x, x, x, x])"
    + ".map(x, [x, x, x, x])" * 9,
    "the 170-character chain": "[0]" + ".map(x,[x,x,x,x,x,x])" * 8,
    "nested maps over one list": "l.map(a, l.map(b, l.map(c, l)))",
    "nested maps over small lists": "[1,2,3,4,5,6,7,8,9].map(a, " * 8 + "1" + ")" * 8,
    "texts that double": "['xxxxxxxxxxxxxxxx'].map(a, a + a)" + ".map(a, a + a)" * 15,
    "lists that double": "[[1]].map(a, a + a)" + ".map(a, a + a)" * 21,
    "a text for each element": "l.map(a, s + s)",
    "search inside a loop": "l.exists(a, s.contains(t))",
    "a pattern that repeats": "s.matches('((a?){30}){30}b')",
    "a pattern inside a loop": "l.exists(a, s.matches('^[a-z]+$'))",
    "a map of maps": "{'a': l, 'b': {'c': l.map(x, {'d': l})}}",
    "a map's values, but of another key": "m.map(k, m[s])",
    "a map's values for each of a list": "l.map(k, m.map(j, m[string(k)]))",
    "a hidden map": "m.map(k, [1].map(m, [m].map(x, l)))",
    "macros over a map": "m.map(k, m.map(j, m[k]))",
    "conversion inside loops": "l.map(a, l.map(b, string(a) + string(b)))",
    "filters in a long chain": "l" + ".filter(x, x != 1)" * 8,
    "optional macros that write themselves twice": "optional.of(1)" + ".optMap(x, x)" * 25 + ".orValue(0)",
}

INPUTS = {"l": "list", "s": "string", "t": "string", "m": "map"}

# The dearest things that are accepted, with the worst inputs we know.
LONG = "a" * 32_000
ACCEPTED = {
    "three maps over the longest list": case(
        "l.filter(x, x != 1).map(x, x).map(x, x)", INPUTS, {"l": [0] * 1_000}
    ),
    "a search that never ends early": case(
        "s.contains(t)", INPUTS, {"s": "a" * 43_000, "t": "a" * 21_000 + "b"}
    ),
    "a member sought for each element": case(
        "l.all(x, x in m.l)", INPUTS, {"l": [1] * 490, "m": {"l": [0] * 490 + [1]}}
    ),
    "texts added for each element": case(
        "l.map(x, x + s) == []",
        {"l": "list<string>", "s": "string[200]"},
        {"l": ["y" * 40] * 900, "s": "字" * 200},
    ),
    "a text many times over": case("size(s+s+s+s+s+s+s+s+s+s+s+s+s)", INPUTS, {"s": "x" * 65_000}),
    "a pattern over the longest text": case("s.matches('(a|b)*a(a|b){10}c$')", INPUTS, {"s": "ab" * 32_000}),
    "a map walked by its keys": case(
        "m.map(k, m[k])", INPUTS, {"m": {f"k{i}": "v" * 40 for i in range(1_000)}}
    ),
    "equality inside a loop": case("l.exists(x, l != l)", {"l": "list"}, {"l": ["abcdefgh"] * 900}),
    "rounds in rounds": case(
        "a.all(x, b.all(y, x == y))",
        {"a": "list<int>[100]", "b": "list<int>[100]"},
        {"a": [1] * 99, "b": [1] * 99},
    ),
}


def test_bombs_are_refused_before_they_run():
    data = {"l": [0] * 1_000, "s": LONG, "t": LONG, "m": {}}
    results = in_a_box([case(text, INPUTS, data) for text in REFUSED.values()], megabytes=600)
    outcomes = dict(zip(REFUSED, (r["outcome"] for r in results), strict=True))
    assert set(outcomes.values()) <= {"too_much_work", "result_too_large", "function_not_available"}, outcomes
    assert results[-1]["peak_mb"] < 150


def test_the_dearest_accepted_expressions_stay_small_and_quick():
    results = in_a_box(list(ACCEPTED.values()), megabytes=600)
    outcomes = dict(zip(ACCEPTED, results, strict=True))
    assert {r["outcome"] for r in results} <= {"value", "too_large", "too_many_items"}, outcomes
    assert results[-1]["peak_mb"] < 250, outcomes
    # About 0.1 s each where this was measured; the limit leaves room for a slow machine.
    assert all(r["cpu_s"] < 1.5 for r in results), outcomes


@pytest.mark.parametrize(
    "text",
    [
        "l.map(x, x)",
        "l.filter(x, x == s).map(x, lower(x))",
        "l.exists(x, x.contains(s))",
        "m.exists(k, m[k] == s)",
        "l.all(x, x in m)",
        "size(l) > 3 && s.startsWith(t)",
        "s + t + s",
        "l.map(x, x + '号')",
    ],
)
def test_ordinary_expressions_over_unlimited_inputs_are_accepted(text):
    declared = {**INPUTS, "l": "list<string>"}
    assert in_process(text, declared) == "accepted"


@pytest.mark.parametrize(
    ("text", "small"),
    [
        ("a.exists(x, b.exists(y, x == y && x != s))", {"a": "list<string>[50]", "b": "list<string>[50]"}),
        ("a.map(x, x + s)", {"s": "string[200]"}),
        ("a.exists(x, a.exists(y, x == y + s))", {"a": "list<string>[50]", "s": "string[20]"}),
    ],
)
def test_declared_lengths_make_room(text, small):
    wide = {"a": "list<string>", "b": "list<string>", "s": "string"}
    assert in_process(text, wide) in {"too_much_work", "result_too_large"}
    assert in_process(text, {**wide, **small}) == "accepted"


def in_process(text, declared):
    try:
        compile_expression(text, declared)
    except ExpressionRefused as error:
        return error.code
    return "accepted"
