"""The parts of the analysis that no accepted text shows by itself."""

import pytest

from wenzheng.engine.expressions import Definition, ExpressionFailed, ExpressionRefused
from wenzheng.engine.expressions.bounds import Analysis
from wenzheng.engine.expressions.checked import Loop, Node
from wenzheng.engine.expressions.patterns import program_size
from wenzheng.engine.expressions.results import take
from wenzheng.engine.expressions.types import VarType


def test_a_loop_whose_list_grows_by_itself_is_refused_whoever_wrote_it():
    # No macro makes one; a future version of the library, or an extension, could.
    accumulator, empty = Node("ident", "list", 0, "@result"), Node("list", "list", 0)
    doubled = Node("call", "list", 3, "_+_", parts=(accumulator, accumulator))
    loop = Loop(
        "x",
        Node("ident", "list", 0, "l"),
        "@result",
        empty,
        Node("const", "bool", 0, "bool"),
        doubled,
        accumulator,
    )
    with pytest.raises(ExpressionRefused) as caught:
        Analysis("text", {"l": VarType("list")}).run(Node("comprehension", "list", 3, loop=loop))
    assert (caught.value.code, caught.value.column) == ("too_much_work", 4)


@pytest.mark.parametrize(
    ("pattern", "least", "most"),
    [
        ("abc", 3, 10),
        (r"^1[3-9]\d{9}$", 10, 100),
        ("((a?){30}){30}", 1_800, 10_000),
        ("(ab{10}){10}c", 110, 500),
        ("a{2,100}", 100, 300),
        (r"\p{Han}{3}", 3_000, 10_000),
        ("[()]{5}", 5, 200),
        ("", 0, 2),
        ("))((", 0, 20),
    ],
)
def test_counted_repetitions_multiply_a_pattern_s_size(pattern, least, most):
    assert least <= program_size(pattern) <= most


def test_a_result_with_too_many_items_is_not_even_taken_out():
    value = Definition({"l": "list"})._env.compile("l + l").eval(data={"l": [0] * 600})
    with pytest.raises(ExpressionFailed) as caught:
        take(value)
    assert caught.value.code == "too_many_items"


def test_a_longer_list_never_costs_less():
    works = [
        Definition({"l": f"list<int>[{n}]"}).expression("l.map(x, x + 1)").work for n in (1, 10, 100, 1_000)
    ]
    assert works == sorted(works)
    assert works[0] < 100
    assert works[-1] == Definition({"l": "list<int>"}).expression("l.map(x, x + 1)").work
