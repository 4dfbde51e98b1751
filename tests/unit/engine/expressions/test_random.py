"""Random JSON and random texts: nothing is changed on the way, nothing crashes."""

import json
import sys
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.fuzz_expressions import DATA, DECLARED, check, expressions
from wenzheng.engine.expressions import Definition, ExpressionFailed, ExpressionRefused, compile_script

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
DEFINITION = Definition(DECLARED)

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    texts,
)
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)

anything = Definition({"x": "any"})


@QUICK
@given(json_values)
def test_json_comes_back_as_it_went_in(value):
    for text in ("x", "[x][0]", "{'k': x}.k", "true ? x : null"):
        result = anything.expression(text).evaluate({"x": value})
        assert json.dumps(result, sort_keys=True) == json.dumps(value, sort_keys=True)


@QUICK
@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2190, 12, 31)))
def test_every_supported_day_comes_back(day):
    program = Definition({"x": "date"}).expression("x", expect="date")
    assert program.evaluate({"x": day.isoformat()}) == day.isoformat()


@QUICK
@given(expressions)
def test_random_expressions_give_json_or_a_known_error(text):
    check(DEFINITION, text)


@QUICK
@given(st.text(max_size=60))
def test_random_text_gives_json_or_a_known_error(text):
    check(DEFINITION, text)


@QUICK
@given(
    st.lists(
        st.one_of(expressions.map(lambda e: f"n = {e}"), st.text(max_size=20), st.just("throw X")), max_size=5
    )
)
def test_random_scripts_run_or_are_refused(lines):
    try:
        compile_script("\n".join(lines), DEFINITION).run(DATA)
    except (ExpressionRefused, ExpressionFailed) as error:
        assert error.code  # noqa: PT017 - any other exception fails the test


def test_nulls_in_results_leave_python_s_null_alone():
    # The library's own conversion takes a reference each time: on 3.11 the process dies of it.
    program = anything.expression("[x, null, {'k': x}, [x]]")
    before = sys.getrefcount(None)
    for _ in range(2_000):
        program.evaluate({"x": None})
    assert sys.getrefcount(None) > before - 1_000
