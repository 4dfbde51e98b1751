"""A fuzz target for expressions, run by hand: `python tests/fuzz/fuzz_expressions.py [seconds] [seed]`.

Builds random expressions out of the language's own words and evaluates them. Any exception that
is not ours, any result that is not JSON, and any evaluation of more than two seconds stops it with
the text that did it; a crash of the process shows the last text on standard error (it is printed
before it is tried when the environment variable SHOW is set).
"""

import json
import os
import random
import sys
import time

from hypothesis import strategies as st

from wenzheng.engine.expressions import Definition, ExpressionFailed, ExpressionRefused

DECLARED = {
    "n": "int",
    "f": "double",
    "s": "string",
    "b": "bool",
    "l": "list",
    "ls": "list<string>[20]",
    "m": "map",
    "day": "date",
    "at": "timestamp",
    "x": "any",
    "q": "int?",
}
DATA = {
    "n": 7,
    "f": 2.5,
    "s": "信访 text",
    "b": True,
    "l": [1, "a", [2], {"k": None}],
    "ls": ["a", "b"],
    "m": {"k": 1, "z": {"y": [3]}},
    "day": "2026-10-01",
    "at": "2026-10-08T08:30:00+08:00",
    "x": {"k": [1, 2]},
    "q": None,
}

ATOMS = [
    *DECLARED,
    "0",
    "1",
    "-1",
    "9223372036854775807",
    "2.5",
    "1e308",
    "true",
    "null",
    "''",
    "'a'",
    "'号'",
    "r'\\d'",
    "'''t'''",
    "[]",
    "{}",
    "[1, 2]",
    "{'k': 1}",
    "i",
    "j",
    "b'x'",
    "1u",
    "int",
    "optional.none()",
    "'\\u0001'",
]
SHAPES = [
    "({0} + {1})",
    "({0} - {1})",
    "({0} * {1})",
    "({0} / {1})",
    "({0} % {1})",
    "({0} == {1})",
    "({0} < {1})",
    "({0} && {1})",
    "({0} || {1})",
    "({0} in {1})",
    "({0} ? {1} : {2})",
    "!{0}",
    "-{0}",
    "{0}[{1}]",
    "{0}[?{1}]",
    "{0}.k",
    "{0}.?k",
    "has({0}.k)",
    "size({0})",
    "string({0})",
    "int({0})",
    "double({0})",
    "dyn({0})",
    "type({0})",
    "lower({0})",
    "date({0})",
    "days_between({0}, {1})",
    "add_days({0}, {1})",
    "year({0})",
    "weekday({0})",
    "timestamp({0})",
    "duration({0})",
    "{0}.contains({1})",
    "{0}.matches('[a-z]+')",
    "{0}.startsWith({1})",
    "{0}.map(i, {1})",
    "{0}.filter(i, {1})",
    "{0}.exists(i, {1})",
    "{0}.all(j, {1})",
    "{0}.exists_one(j, {1})",
    "{0}.map(i, {1}, {2})",
    "[{0}, {1}]",
    "{{'a': {0}, 'b': {1}}}",
    "{{{0}: {1}}}",
    "{0}.orValue({1})",
    "{0}.value()",
    "optional.of({0})",
    "{0}.first()",
    "{0}.getHours()",
    "bool({0})",
    "uint({0})",
    "{0}.optMap(i, {1})",
    "[?{0}, {1}]",
]

expressions = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.builds(
        lambda shape, parts: shape.format(*parts), st.sampled_from(SHAPES), st.tuples(inner, inner, inner)
    ),
    max_leaves=12,
)


def check(definition: Definition, text: str) -> str:
    """Evaluate `text`; only JSON and our own two exceptions may come out. Returns the outcome."""
    began = time.monotonic()
    try:
        result = definition.expression(text).evaluate(DATA)
    except (ExpressionRefused, ExpressionFailed) as error:
        if not (error.code and error.message and error.hint):
            raise AssertionError(f"an error without code, message or remedy for {text!r}") from error
        outcome = error.code
    else:
        json.dumps(result, allow_nan=False, ensure_ascii=False).encode()
        outcome = "value"
    if time.monotonic() - began > 2:
        raise AssertionError(f"slow: {text!r}")
    return outcome


def build(chance: random.Random, depth: int) -> str:
    """A random expression, without Hypothesis: quicker, and reproducible by its seed."""
    if depth == 0 or chance.random() < 0.2:
        return chance.choice(ATOMS)
    return chance.choice(SHAPES).format(*(build(chance, depth - 1) for _ in range(3)))


def mutate(chance: random.Random, text: str) -> str:
    """The text with one stretch cut, doubled or overwritten: what parsers fall over."""
    if not text or chance.random() < 0.7:
        return text
    a, b = sorted((chance.randrange(len(text)), chance.randrange(len(text))))
    return chance.choice(
        [
            text[:a] + text[b:],
            text[:b] + text[a:],
            text[:a] + chance.choice("\0'\"([{)]}.?\\#/\ud800号") + text[b:],
        ]
    )


def main() -> None:
    """Fuzz for a number of seconds and print how often each outcome came."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else time.time_ns()
    chance, outcomes, tried = random.Random(seed), dict[str, int](), 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        definition = Definition(DECLARED)  # its cache goes with it
        for _ in range(200):
            text = mutate(chance, build(chance, chance.randrange(1, 6)))
            if "SHOW" in os.environ:
                sys.stderr.write(ascii(text) + "\n")
            outcome = check(definition, text)
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
            tried += 1
    sys.stdout.write(f"seed {seed}: {tried} expressions\n{json.dumps(outcomes, indent=1, sort_keys=True)}\n")


if __name__ == "__main__":
    main()
