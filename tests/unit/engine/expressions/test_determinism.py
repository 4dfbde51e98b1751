"""The same expression gives the same result in every process, thread and order."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from wenzheng.engine.expressions import Definition, ExpressionFailed, compile_expression

HERE = Path(__file__).parent
ROOT = HERE.parents[3]

MAP = {f"k{i}": i for i in range(12)}
TEXTS = {
    "m.map(k, k)": sorted(MAP),
    "a.m.map(k, k)": sorted(MAP),
    "m.filter(k, m[k] > 5)": sorted(k for k in MAP if MAP[k] > 5),
    "{'z': 1, 'b': 2, 'q': 3, 'y': 4, 'e': 5}.map(k, k)": ["b", "e", "q", "y", "z"],
    "m.map(k, m[k])": [MAP[k] for k in sorted(MAP)],
    "[m].map(x, x.map(k, k))": [sorted(MAP)],
}


def run_in_process(seed):
    cases = [
        {"text": t, "declared": {"m": "map", "a": "any"}, "data": {"m": MAP, "a": {"m": MAP}}}
        for t in [*TEXTS, "m", "a"]
    ]
    done = subprocess.run(
        [sys.executable, str(HERE / "evaluate_in_a_box.py")],
        input=json.dumps({"megabytes": 2_000, "cases": cases}),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
    )
    return [(r["outcome"], r["value"]) for r in json.loads(done.stdout)]


def test_maps_are_walked_in_key_order():
    for text, expected in TEXTS.items():
        program = compile_expression(text, {"m": "map", "a": "any"})
        assert program.evaluate({"m": dict(reversed(MAP.items())), "a": {"m": MAP}}) == expected, text


def test_keys_that_python_would_confuse_are_refused():
    program = compile_expression("{true: 'a', 1: 'b', 'c': n}.map(k, string(k))", {"n": "int"})
    with pytest.raises(ExpressionFailed) as caught:
        program.evaluate({"n": 1})
    assert caught.value.code == "not_json"


def test_two_processes_with_two_hash_seeds_agree_to_the_byte():
    first, second = run_in_process("1"), run_in_process("77")
    assert json.dumps(first) == json.dumps(second)
    assert [value for _, value in first[: len(TEXTS)]] == list(TEXTS.values())


def test_the_keys_of_results_are_sorted():
    shuffled = {"z": {"b": 1, "a": 2}, "m": [{"y": 1, "x": 2}], "a": 0}
    for declared, data in (("any", shuffled), ("map", shuffled), ("map<any>", shuffled)):
        result = compile_expression("v", {"v": declared}, expect=declared).evaluate({"v": data})
        assert json.dumps(result) == json.dumps(shuffled, sort_keys=True)


def test_the_error_of_a_macro_over_a_map_is_that_of_the_first_key():
    program = compile_expression("m.all(k, m[k].x > 0)", {"m": "map"})
    messages = set()
    for order in (sorted(MAP), sorted(MAP, reverse=True)):
        try:
            program.evaluate({"m": {k: {k: 1} if k != "k0" else {} for k in order}})
        except Exception as error:  # noqa: BLE001 - its text is what is compared
            messages.add(str(error))
    assert len(messages) == 1


def test_threads_share_programs_and_the_cache():
    definition = Definition({"n": "int", "s": "string", "day": "date", "m": "map"})
    text = "[string(n), lower(s), string(days_between(day, date('2026-10-08')))] + m.map(k, k)"

    def work(i):
        program = definition.expression(text)
        return i, program.evaluate({"n": i, "s": f"Ä{i}", "day": "2026-10-01", "m": {"b": 1, "a": 2}})

    with ThreadPoolExecutor(8) as pool:
        for i, result in pool.map(work, range(400)):
            assert result == [str(i), f"ä{i}", "7", "a", "b"]
    assert len(definition._programs) == 1
