"""What is refused before anything runs, with code, position and remedy."""

import contextlib

import pytest

from wenzheng.engine.expressions import Definition, ExpressionRefused, Variables, compile_expression

DECLARED = {"n": "int", "s": "string", "l": "list<string>", "m": "map", "at": "timestamp", "b": "bool"}


def refusal(text, expect=None, declared=None):
    with pytest.raises(ExpressionRefused) as caught:
        compile_expression(text, declared or DECLARED, expect=expect)
    assert caught.value.hint
    assert caught.value.message
    return caught.value


class TestPositions:
    @pytest.mark.parametrize(
        ("text", "code", "line", "column"),
        [
            ("n +", "syntax", 1, 4),
            ("nn + 1", "not_declared", 1, 1),
            ("'汉😀字' + 1", "type_mismatch", 1, 7),
            ("true &&\n   nn", "not_declared", 2, 4),
            ("// 注释\n n == 'x'", "type_mismatch", 2, 4),
            ("size('汉') +\n  size(at.getDate())", "type_mismatch", 2, 7),
            ("n > 1 &&\r\n  at.getHours() > 2", "zone_missing", 2, 14),
            ("n == 1 || [0].map(x, [0].map(y, l.map(z, l))) == []", "result_too_large", 1, 38),
            ("'a' + 'x\\u0000'", "nul_in_text", 1, 7),
            ("'''two\nlines''' + b'x'", "type_mismatch", 2, 10),
            ("s +\n  s.optMap(x, x)", "function_not_available", 2, 5),
            ("s +\0 s", "nul_in_text", 1, 4),
            ("s +\n\ud800", "surrogate_in_text", 2, 1),
        ],
    )
    def test_a_finding_stands_where_the_mistake_is(self, text, code, line, column):
        error = refusal(text)
        assert (error.code, error.line, error.column) == (code, line, column)

    def test_every_mistake_of_a_text_is_found(self):
        assert [(f.code, f.column) for f in refusal("aa + bb").findings] == [
            ("not_declared", 1),
            ("not_declared", 6),
        ]

    def test_text_inside_a_string_cannot_pass_for_a_finding(self):
        error = refusal("'''\nERROR: <input>:9:9: x''' + 1")
        assert (len(error.findings), error.line) == (1, 2)


class TestLanguage:
    @pytest.mark.parametrize("text", ["", "  \n ", "// nothing"])
    def test_an_empty_expression_is_refused(self, text):
        assert refusal(text).code in {"empty_expression", "syntax"}

    def test_4_kb_of_source_are_the_limit_in_bytes(self):
        assert compile_expression("'" + "x" * 4_094 + "'", {}).evaluate({}) == "x" * 4_094
        assert refusal("'" + "x" * 4_095 + "'").code == "source_too_long"
        assert refusal("'" + "字" * 1_500 + "'").code == "source_too_long"

    @pytest.mark.parametrize(
        "text", ["(" * 2_000 + "n" + ")" * 2_000, "n" + "+n" * 2_000, "!" * 4_000 + "b", "[" * 2_000]
    )
    def test_deep_texts_are_refused_or_run_but_never_crash(self, text):
        with contextlib.suppress(ExpressionRefused):
            compile_expression(text, DECLARED)

    @pytest.mark.parametrize(
        "text", ["1" + " + 1" * 33, "[" * 40 + "]" * 40, "[0].map(x, " * 20 + "x" + ")" * 20]
    )
    def test_deep_trees_are_refused_as_too_deep(self, text):
        assert refusal(text).code == "nested_too_deep"

    @pytest.mark.parametrize(
        "text",
        [
            "now()",
            "random()",
            "uuid()",
            "getenv('HOME')",
            "open('x')",
            "s.format([1])",
            "s.split('')",
            "math.greatest(1, 2)",
            "base64.encode(b'x')",
            "cel.bind(x, 1, x)",
            "s.replace('a', 'b')",
        ],
    )
    def test_there_is_no_clock_no_chance_no_machine_and_no_extension(self, text):
        assert refusal(text).code == "not_declared"

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("b'bytes'", "not_json"),
            ("string(b'a')", "not_json"),
            ("bytes(s) == bytes(s)", "function_not_available"),
            ("google.protobuf.Struct{}", "not_json"),
            ("google.protobuf.Value{string_value: s}", "not_json"),
            ("{1: 2}", "not_json"),
            ("optional.of(s).optMap(x, x).orValue('')", "function_not_available"),
            ("s.matches(s)", "pattern_not_constant"),
            ("at.getMonth() == 1", "zone_missing"),
            ("at.getMonth('Asia/Shanghai') == 1", "zone_missing"),
            ("n == 1.0", "type_mismatch"),
            ("l.map(x, y)", "not_declared"),
            ("l.map(x, @result)", "syntax"),
            ("l.map(x, __result__)", "not_declared"),
            ("变量 + 1", "syntax"),
        ],
    )
    def test_what_would_run_wrong_or_unbounded_is_refused(self, text, code):
        assert refusal(text).code == code

    def test_the_names_of_refused_macros_may_stand_in_texts(self):
        assert (
            compile_expression("'optMap' + r'\\d' + \"optFlatMap\" // optMap", {}).evaluate({})
            == "optMap\\doptFlatMap"
        )

    @pytest.mark.parametrize(
        ("text", "expect"),
        [
            ("n", "bool"),
            ("s", "bool"),
            ("1.5", "int"),
            ("s", "double"),
            ("n", "date"),
            ("l", "map"),
            ("null", "int"),
            ("m.?k", "any"),
        ],
    )
    def test_a_result_that_can_never_fit_is_refused(self, text, expect):
        assert refusal(text, expect).code == "wrong_result_type"

    def test_optionals_work(self):
        program = compile_expression("[m.?a.?b.orValue(7), m[?'x'].orValue(8)]", DECLARED)
        assert program.evaluate({"m": {"a": {"b": 1}}}) == [1, 8]
        assert program.evaluate({"m": {}}) == [7, 8]

    @pytest.mark.parametrize(
        "text",
        [
            "{'a': optional.none()}",  # this one kills the process when it runs
            "{'a': [optional.of(n)]}",
            "[m.?k]",
            "l.map(x, m[?x])",
            "dyn(m.?k)",
            "m.?k.orValue(optional.none())",
            "b ? n : dyn(optional.none())",
            "[b ? dyn(1) : optional.none()]",
            "[m.?k.orValue(1), m.?k]",
            "optional.of(m.?k).value()",
            "m.?k == optional.none()",
            "l.exists(x, [m.?k] == [])",
        ],
    )
    def test_an_optional_inside_another_value_is_refused(self, text):
        assert refusal(text).code == "optional_misplaced"

    def test_optionals_may_be_left_out_chained_and_chosen(self):
        program = compile_expression("[?m.?a, ?m.?z.k] + [(b ? m.?a : m.?z).orValue(0)]", DECLARED)
        assert program.evaluate({"m": {"a": 1}, "b": True}) == [1, 1]
        assert compile_expression("{?'a': m.?q, 'b': 1}", DECLARED).evaluate({"m": {}}) == {"b": 1}
        assert compile_expression("m.?q.or(m.?a).hasValue()", DECLARED).evaluate({"m": {"a": 1}}) is True

    def test_a_number_as_on_identity_cards_can_be_matched(self):
        program = compile_expression(r"s.matches('^\\d{17}[\\dXx]$')", DECLARED)
        assert [program.evaluate({"s": s}) for s in ("11010519491231002X", "1101051949123100")] == [
            True,
            False,
        ]


class TestDeclarations:
    @pytest.mark.parametrize(
        "name",
        [
            "变量",
            "a-b",
            "1a",
            "",
            "a b",
            "a.b",
            "true",
            "in",
            "null",
            "namespace",
            "int",
            "type",
            "list",
            "throw",
            "escalate",
            "optional",
            "x" * 65,
            "a\n",
        ],
    )
    def test_a_name_that_cannot_be_a_variable_is_refused(self, name):
        with pytest.raises(ExpressionRefused) as caught:
            Variables({name: "int"})
        assert caught.value.code == "variable_name"

    @pytest.mark.parametrize(
        "name", ["date", "size", "has", "timestamp", "duration", "month", "_x", "A1", "kind", "lower"]
    )
    def test_names_of_functions_stay_free(self, name):
        assert compile_expression(f"{name} + 1", {name: "int"}).evaluate({name: 1}) == 2

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "integer",
            "list<>",
            "list<x>",
            "string<int>",
            "int[3]",
            "list<list<list<list<list<list>>>>>",
            "list<" * 1_000,
            "map<int",
            "any?x",
            "STRING",
        ],
    )
    def test_a_type_that_does_not_exist_is_refused(self, text):
        with pytest.raises(ExpressionRefused) as caught:
            Variables({"x": text})
        assert caught.value.code == "variable_type"
        assert "'x'" in caught.value.message

    def test_all_bad_declarations_are_reported_at_once(self):
        with pytest.raises(ExpressionRefused) as caught:
            Variables({"变": "int", "x": "number", "y": "int"})
        assert [f.code for f in caught.value.findings] == ["variable_name", "variable_type"]


class TestCache:
    def test_a_definition_compiles_each_text_once(self):
        definition = Definition(DECLARED)
        assert definition.expression("n + 1") is definition.expression("n + 1")
        assert definition.expression("n + 1", expect="double") is not definition.expression("n + 1")

    def test_the_cache_belongs_to_the_definition(self):
        assert Definition(DECLARED).expression("n") is not Definition(DECLARED).expression("n")

    def test_a_program_knows_what_it_reads(self):
        assert compile_expression("l.exists(n, n == s)", DECLARED).uses == ("l", "s")
