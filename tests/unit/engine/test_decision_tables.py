"""Decision tables: their two forms, what a cell means, hit policies, findings, and the tasks that ask "
"them."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.bpmn import SERVICES, Run, definitions, findings_of
from wenzheng.engine.compiler import compile_bpmn
from wenzheng.engine.decisions import Table, Undecided, decision_name, read_decisions
from wenzheng.engine.decisions.hits import LISTS, POLICIES, decide, policy
from wenzheng.engine.findings import DefinitionRefused, FindingList

FEES: Final = """\
hit: unique
inputs:
  amount: int
  kind: string
outputs:
  fee: {type: int, default: 0}
rules:
  - {amount: "< 100", kind: "'a'", fee: 5, note: small}
  - {amount: ">= 100", kind: "'a'", fee: amount / 10}
  - {kind: "in ['b', 'c']", fee: 20}
"""
FEES_CSV: Final = """\
hit,unique,,,
column,in,in,out,note
name,amount,kind,fee,
type,int,string,int,
default,,,0,
1,< 100,'a',5,small ones
2,>= 100,'a',amount / 10,
3,-,"in ['b', 'c']",20,"all, of any size"
"""


def tables(**files: str) -> tuple[dict[str, Table | None], FindingList]:
    """The tables of files; their names have their endings behind `__`."""
    findings = FindingList()
    named = {name.replace("__", "."): text.encode() for name, text in files.items()}
    return read_decisions(named, findings), findings


def table(text: str, ending: str = "decision__yaml") -> Table:
    """The one table of a file that is right."""
    read, findings = tables(**{f"t__{ending}": text})
    assert findings.items == []
    found = read["t"]
    assert found is not None
    return found


def wrong(text: str, ending: str = "decision__yaml") -> list[tuple[str, int, int]]:
    """Rule, line and column of each finding of a file that is refused."""
    read, findings = tables(**{f"t__{ending}": text})
    assert read == {"t": None}
    return [(found.rule, found.position.line, found.position.column) for found in findings.items]


# --- the two forms ------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "ending"), [(FEES, "decision__yaml"), (FEES_CSV, "csv")])
@pytest.mark.parametrize(
    ("amount", "kind", "fee"),
    [
        (99, "a", 5),
        (100, "a", 10),
        (250, "a", 25),
        (1, "b", 20),
        (None, "c", 20),
        (1, "z", 0),
        (None, "a", 0),
    ],
)
def test_a_table_says_the_same_in_yaml_and_in_csv(
    text: str, ending: str, amount: int | None, kind: str, fee: int
) -> None:
    assert table(text, ending).decide({"amount": amount, "kind": kind}) == fee


def test_what_a_spreadsheet_saves_is_read() -> None:
    text = "\ufeff" + FEES_CSV.replace("\n", "\r\n") + "\r\n,,,,\r\n"
    assert table(text, "csv").decide({"amount": 3, "kind": "a"}) == 5


def test_a_quoted_cell_may_hold_quotes_commas_and_lines() -> None:
    text = 'column,in,out,note\nname,a,b,\n1,"==""x""","size(a) > 0 ?\n""y,"" : \'z\'","a\nb"\n'
    assert table(text, "csv").decide({"a": "x"}) == "y,"


@pytest.mark.parametrize(
    ("file", "name"),
    [("a/fees.decision.yaml", "fees"), ("fees.csv", "fees"), ("fees.decision.csv", "fees"), ("fees", "fees")],
)
def test_a_decision_is_called_like_its_file(file: str, name: str) -> None:
    assert decision_name(file) == name


# --- cells --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "matches", "not_matches"),
    [
        ("", [0, 1, None], []),
        ("-", [0, None], []),
        ("5", [5], [4, None]),
        ("2 + 3", [5], [4]),
        ("< 5", [4], [5, None]),
        (">= 5 && n != 7", [5, 6], [7, 4]),
        ("!= 5", [4], [5, None]),
        ("in [1, 2]", [1, 2], [3, None]),
        ("n > 1 && n < 5", [2, 4], [1, 5, None]),
    ],
)
def test_a_cell_of_an_input_is_a_comparison_a_condition_or_a_value(
    cell: str, matches: list[Any], not_matches: list[Any]
) -> None:
    found = table(
        f"inputs: {{n: int}}\noutputs: {{yes: {{type: bool, default: false}}}}\nrules:\n  - {{n: "
        f'"{cell}", yes: true}}'
    )
    assert [found.decide({"n": value}) for value in matches] == [True] * len(matches)
    assert [found.decide({"n": value}) for value in not_matches] == [False] * len(not_matches)


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("bool", "true", True),
        ("bool", "!b", False),
        ("date", "< date('2026-10-02')", "2026-10-01"),
        ("string", "b.startsWith('x')", "xy"),
        ("list", "'x' in b", ["x"]),
        ("any", "null", None),
        ("any", "3", 3),
        ("double", "2.5", 2.5),
    ],
)
def test_cells_know_all_types(kind: str, cell: str, value: Any) -> None:
    found = table(f'inputs: {{b: {kind}}}\noutputs: {{yes: bool}}\nrules:\n  - {{b: "{cell}", yes: true}}')
    assert found.decide({"b": value}) is True


def test_several_outputs_are_a_map_and_without_a_match_each_has_its_default() -> None:
    found = table(
        "inputs: {n: int}\noutputs: {a: {type: int, default: 7}, b: string}\nrules:\n  - {n: 1, a: n + 1, "
        "b: \"'x'\"}\n"
        "  - {n: 2, a: 0, b: null}"
    )
    assert [found.decide({"n": n}) for n in (1, 2, 3)] == [
        {"a": 2, "b": "x"},
        {"a": 0, "b": None},
        {"a": 7, "b": None},
    ]


# --- hit policies -------------------------------------------------------------------------------


def with_hit(hit: str, kind: str = "int", values: str = "") -> Table:
    """Three rules, of which the first two match 1, all match 2, and none matches 0."""
    column = f"{{type: {kind}{values}}}"
    return table(
        f"hit: {hit}\ninputs: {{n: int}}\noutputs: {{out: {column}}}\nrules:\n"
        '  - {n: "> 0", out: 10}\n  - {n: "in [1, 2]", out: 30}\n  - {n: "> 1", out: 20}'
    )


@pytest.mark.parametrize(
    ("hit", "none", "two", "three"),
    [
        ("first", None, 10, 10),
        ("collect", None, [10, 30], [10, 30, 20]),
        ("rule order", None, [10, 30], [10, 30, 20]),
        ("collect sum", None, 40, 60),
        ("collect min", None, 10, 10),
        ("collect max", None, 30, 30),
        ("collect count", 0, 2, 3),
        ("C+", None, 40, 60),
        ("C#", 0, 2, 3),
    ],
)
def test_a_hit_policy_says_what_comes_of_several_rules(hit: str, none: Any, two: Any, three: Any) -> None:
    found = with_hit(f"'{hit}'")
    assert [found.decide({"n": n}) for n in (0, 1, 2)] == [none, two, three]


@pytest.mark.parametrize(("hit", "result"), [("priority", 20), ("output order", [20, 30, 10])])
def test_priorities_are_the_order_of_an_outputs_values(hit: str, result: Any) -> None:
    assert with_hit(hit, values=", values: [20, 30, 10]").decide({"n": 2}) == result


@pytest.mark.parametrize(("hit", "code"), [("unique", "decision-overlap"), ("any", "decision-disagrees")])
def test_rules_that_contradict_each_other_cannot_be_decided(hit: str, code: str) -> None:
    with pytest.raises(Undecided, match="1, 2") as undecided:
        with_hit(hit).decide({"n": 1})
    assert undecided.value.code == code


def test_a_computed_value_without_a_priority_cannot_be_decided() -> None:
    found = table(
        "hit: priority\ninputs: {n: int}\noutputs: {out: {type: int, values: [1, 2]}}\nrules:\n  - {out: "
        "n}\n  - {out: 2}"
    )
    assert found.decide({"n": 1}) == 1
    with pytest.raises(Undecided, match="'out'"):
        found.decide({"n": 3})


VALUES: Final = st.one_of(st.integers(-5, 5), st.sampled_from(["a", "b"]), st.booleans(), st.none())
NUMBERS: Final = st.lists(st.integers(-100, 100), min_size=1)


def decided(how: str, values: list[Any], order: list[Any] | None = None, default: Any = None) -> Any:
    """The result of a policy for hits with one output."""
    labels = [str(place) for place in range(len(values))]
    return decide(how, [{"x": v} for v in values], labels, {"x": order or []}, {"x": default})


@given(st.lists(VALUES, min_size=1))
def test_lists_hold_every_hit_in_the_order_of_the_rules(values: list[Any]) -> None:
    assert decided("collect", values) == decided("rule order", values) == values
    assert decided("first", values) is values[0]
    assert decided("collect count", values) == len(values)


@given(NUMBERS)
def test_aggregates_are_those_of_the_numbers(values: list[int]) -> None:
    assert decided("collect sum", values) == sum(values)
    assert decided("collect min", values) == min(values)
    assert decided("collect max", values) == max(values)


@given(NUMBERS, st.randoms(use_true_random=False))
def test_order_of_rules_changes_nothing_where_it_should_not(values: list[int], random: Any) -> None:
    shuffled = random.sample(values, len(values))
    order = sorted(set(values), key=lambda value: (value % 7, value))
    for how in ("priority", "output order", "collect sum", "collect min", "collect max", "collect count"):
        assert decided(how, values, order) == decided(how, shuffled, order)
    in_order = decided("output order", values, order)
    assert sorted(in_order) == sorted(values)
    assert [order.index(value) for value in in_order] == sorted(order.index(value) for value in values)
    assert decided("priority", values, order) == in_order[0]


@given(VALUES, st.integers(1, 5))
def test_any_takes_what_all_rules_say(value: Any, times: int) -> None:
    assert decided("any", [value] * times) is value


@given(st.lists(VALUES, min_size=2))
def test_any_and_unique_refuse_what_differs(values: list[Any]) -> None:
    with pytest.raises(Undecided):
        decided("unique", values)
    if len({(type(v), v) for v in values}) > 1:
        with pytest.raises(Undecided):
            decided("any", values)


@given(st.sampled_from(sorted(POLICIES)), VALUES)
def test_without_a_match_the_default_comes_out_and_null_without_one(how: str, default: Any) -> None:
    if how == "collect count":
        assert decided(how, [], default=default) == 0
    elif default is None:
        assert decided(how, []) is None
    else:
        assert decided(how, [], default=default) == ([default] if how in LISTS else default)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("U", "unique"),
        ("Rule_Order", "rule order"),
        ("collect +", "collect sum"),
        ("c<", "collect min"),
        ("x", None),
    ],
)
def test_policies_are_named_in_words_or_letters(text: str, name: str | None) -> None:
    assert policy(text) == name


# --- findings -----------------------------------------------------------------------------------


def test_every_finding_has_its_place_in_yaml() -> None:
    text = FEES.replace('"< 100"', '"< hundred"').replace("fee: 20", "fee: \"'x'\"").replace("unique", "uniq")
    assert wrong(text.replace("kind: string", "kind: text")) == [
        ("decision-type", 4, 9),
        ("decision-hit", 1, 6),
    ]
    assert wrong(text.replace("uniq", "unique")) == [("not_declared", 8, 17), ("wrong_result_type", 10, 35)]


def test_every_finding_has_its_place_in_csv() -> None:
    text = FEES_CSV.replace("< 100", " < hundred").replace(",20,", ",'x',")
    assert wrong(text, "csv") == [("not_declared", 6, 6), ("wrong_result_type", 8, 21)]


def test_a_text_without_quotes_is_told_to_take_some() -> None:
    _, findings = tables(t__csv=FEES_CSV.replace("'a',5", "a,5"))
    assert [found.hint for found in findings.items] == [
        "Write texts in quotes, such as 'red'. Inputs are: amount, kind."
    ]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("hit: unique", "hit: [unique]", "decision-form"),
        ("hit: unique", "hits: unique", "decision-form"),
        ("  amount: int\n", "  金额: int\n", "decision-column"),
        ("  kind: string\n", "  amount: string\n", "duplicate-key"),
        ("  fee:", "  amount:", "decision-column"),
        ("default: 0", "default: amount", "decision-value"),
        ("default: 0", "defaults: 0", "decision-form"),
        ("default: 0", "values: [1, 2]", "decision-value"),
        ("fee: 20", "cost: 20", "decision-column"),
        (", fee: 20", "", "decision-output"),
        ("fee: 20", "fee: 20 + true", "type_mismatch"),
        ("hit: unique", "hit: collect sum\n", None),
        ("hit: unique", "hit: priority", "decision-hit"),
        ("hit: unique", "hit: output order", "decision-hit"),
        ("int, default: 0", "string", "wrong_result_type"),
        ("hit: unique", "- 1", "yaml-syntax"),
        ("\"in ['b', 'c']\"", "null", "decision-form"),
        (FEES, "5", "decision-form"),
        (FEES, "hit: unique", "decision-form"),
        (FEES, "inputs: 5\noutputs: {a: int}\nrules: [{a: 1}]", "decision-form"),
        (FEES, "outputs: {a: int}\nrules: {a: 1}", "decision-form"),
    ],
)
def test_a_table_that_is_not_right_is_refused(old: str, new: str, rule: str | None) -> None:
    assert old in FEES
    read, findings = tables(t__decision__yaml=FEES.replace(old, new))
    assert (rule in {found.rule for found in findings.items}) if rule else read["t"] is not None


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("column,", "columns,", "decision-form"),
        ("column,in,", "column,inn,", "decision-form"),
        ("column,in,", "column,,", "decision-form"),
        ("type,int", "type,integer", "decision-type"),
        ("default,,", "default,5,", "decision-form"),
        ("hit,unique", "hit,best", "decision-hit"),
        ('"all, of any size"', '"all', "decision-quote"),
        ('"all, of any size"', '"all"x', "decision-quote"),
        ("1,< 100", "1,100 <", "syntax"),
        ("default,,,0,", "1,1,'z',1,\ndefault,,,0,", "decision-form"),
        ("default,,,0,", "default,,,0,\ndefault,,,0,", "decision-form"),
    ],
)
def test_a_csv_that_is_not_right_is_refused(old: str, new: str, rule: str) -> None:
    assert old in FEES_CSV
    assert rule in {found[0] for found in wrong(FEES_CSV.replace(old, new, 1), "csv")}


def test_two_files_of_one_decision_are_refused() -> None:
    _, findings = tables(t__csv=FEES_CSV, t__decision__yaml=FEES)
    assert [found.rule for found in findings.items] == ["decision-twice"]


def test_dmn_is_refused_at_its_table_with_a_way_out() -> None:
    text = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">\n'
        "  <decision><decisionTable/></decision>\n</definitions>"
    )
    assert wrong(text, "dmn") == [("dmn-not-executed", 2, 13)]


def test_a_table_that_is_too_large_is_refused() -> None:
    rules = "\n".join("  - {n: 1, out: 1}" for _ in range(5_001))
    assert wrong(f"hit: first\ninputs: {{n: int}}\noutputs: {{out: int}}\nrules:\n{rules}") == [
        ("decision-too-large", 1, 1)
    ]


# --- tasks that ask -----------------------------------------------------------------------------


def asking(call: str, variables: str = "", head: str = "", kind: str = "businessRuleTask") -> bytes:
    """A process with one business rule task."""
    return definitions(
        f'<process id="p" isExecutable="true"><extensionElements>{variables}</extensionElements>'
        f'<startEvent id="s"/><{kind} id="rule"><extensionElements>{call}</extensionElements></{kind}>'
        '<endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="rule"/>'
        f'<sequenceFlow id="g" sourceRef="rule" targetRef="e"/></process>{head}'
    )


def variable(name: str, kind: str) -> str:
    return f'<wz:variable name="{name}" type="{kind}"/>'


IN: Final = variable("amount", "int") + variable("kind", "string")


def run(source: bytes, table_text: str = FEES, **given: Any) -> Run:
    """Run the process of a bundle with the table `fees`."""
    files = {"p.bpmn": source, "tables/fees.decision.yaml": table_text.encode()}
    return Run(compile_bpmn(files, SERVICES)[0]["p"], restored=True).start(**given)


@pytest.mark.parametrize("name", ["fees", "fees.decision.yaml", "tables/fees.decision.yaml"])
def test_a_business_rule_task_keeps_what_its_table_says(name: str) -> None:
    source = asking(f'<wz:decision name="{name}" output="cost"/>', IN + variable("cost", "int"))
    assert run(source, amount=50, kind="a").instance.variables["cost"] == 5


def test_without_an_output_each_column_is_a_variable() -> None:
    source = asking('<wz:decision name="fees"/>', IN + variable("fee", "int"))
    assert run(source, amount=50, kind="z").instance.variables["fee"] == 0


def test_inputs_may_be_computed() -> None:
    asked = '<wz:input name="amount" value="size(kind) * 100"/>'
    call = f'<wz:decision name="fees" output="cost">{asked}</wz:decision>'
    source = asking(call, variable("kind", "string") + variable("cost", "int"))
    assert run(source, kind="a").instance.variables["cost"] == 10


def test_overlapping_rules_of_a_unique_table_are_an_incident_that_can_be_retried() -> None:
    source = asking('<wz:decision name="fees" output="cost"/>', IN + variable("cost", "int"))
    overlapping = FEES.replace('">= 100", kind: "\'a\'"', '"> 10"')
    stopped = run(source, overlapping, amount=50, kind="a")
    assert stopped.codes == ["decision-overlap"]
    assert "decision 'fees'" in stopped.of("incident_raised")[0]["message"]
    stopped.resolve("retry")
    assert stopped.codes == ["decision-overlap"]
    stopped.resolve("skip")
    assert stopped.state == "completed"


def test_a_global_business_rule_task_is_called() -> None:
    call = '<wz:decision name="fees" output="cost"/>'
    task = (
        f'<globalBusinessRuleTask id="g1"><extensionElements>{IN}{variable("cost", "int")}{call}'
        "</extensionElements></globalBusinessRuleTask>"
    )
    source = asking("", IN + variable("cost", "int"), task, 'callActivity calledElement="g1"')
    source = source.replace(b'</callActivity calledElement="g1">', b"</callActivity>")
    assert run(source, amount=50, kind="b").instance.variables["cost"] == 20


@pytest.mark.parametrize(
    ("rule", "call", "variables"),
    [
        ("decision-missing", "", IN),
        ("unknown-decision", '<wz:decision name="nobody" output="cost"/>', IN),
        ("decision-input", '<wz:decision name="fees" output="cost"/>', variable("amount", "int")),
        ("decision-input", '<wz:decision name="fees" output="cost"/>', IN.replace('"int"', '"string"')),
        (
            "decision-input",
            '<wz:decision name="fees" output="cost"><wz:input name="x" value="1"/></wz:decision>',
            IN,
        ),
        (
            "decision-input",
            (
                '<wz:decision name="fees" output="cost"><wz:input name="amount" value="1"/>'
                '<wz:input name="amount" value="1"/></wz:decision>'
            ),
            IN,
        ),
        (
            "wrong_result_type",
            '<wz:decision name="fees" output="cost"><wz:input name="amount" value="kind"/></wz:decision>',
            IN,
        ),
        ("decision-output", '<wz:decision name="fees" output="kind"/>', IN),
        ("decision-output", '<wz:decision name="fees"/>', IN),
        (
            "element-repeated",
            '<wz:decision name="fees" output="cost"/><wz:decision name="fees" output="cost"/>',
            IN,
        ),
        ("extension-missing", '<wz:decision output="cost"/>', IN),
        ("extension-value", '<wz:decision name="fees" output="cost"><wz:field/></wz:decision>', IN),
    ],
)
def test_a_task_that_does_not_fit_its_table_is_refused(rule: str, call: str, variables: str) -> None:
    source = asking(call, variables + variable("cost", "int"))
    assert rule in {found.rule for found in findings_of(lambda: run(source))}


def test_all_findings_of_tables_and_processes_come_at_once() -> None:
    source = asking('<wz:decision name="fees" output="cost"/>', IN)
    with pytest.raises(DefinitionRefused) as refused:
        run(source.replace(b'sourceRef="s"', b'sourceRef="t"'), FEES.replace("hit: unique", "hit: best"))
    assert {"decision-hit", "unknown-reference"} <= {found.rule for found in refused.value.findings}
