"""What goes in and comes out of an expression: JSON, by declaration, within the limits."""

import math
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest

from wenzheng.engine.expressions import ExpressionFailed, ExpressionRefused, compile_expression


def value(text, declared=None, data=None, expect=None, **more):
    return compile_expression(text, declared or {}, expect=expect, **more).evaluate(data or {})


def failure(text, declared=None, data=None, expect=None):
    with pytest.raises(ExpressionFailed) as caught:
        value(text, declared, data, expect)
    assert caught.value.hint
    return caught.value


class TestNumbers:
    def test_a_json_3_given_for_a_double_becomes_3_0(self):
        result = value("x", {"x": "double"}, {"x": 3}, "double")
        assert (result, type(result)) == (3.0, float)

    def test_a_whole_result_for_a_double_variable_becomes_a_double(self):
        result = value("1 + 2", expect="double")
        assert (result, type(result)) == (3.0, float)

    def test_3_5_given_for_an_int_is_an_error_that_names_the_variable(self):
        error = failure("x", {"x": "int"}, {"x": 3.5})
        assert (error.code, error.variable) == ("wrong_type", "x")

    def test_a_browser_s_3_0_is_the_int_3(self):
        result = value("x", {"x": "int"}, {"x": 3.0})
        assert (result, type(result)) == (3, int)

    def test_true_is_no_number_and_1_no_truth(self):
        assert failure("x", {"x": "int"}, {"x": True}).code == "wrong_type"
        assert failure("x", {"x": "double"}, {"x": True}).code == "wrong_type"
        assert failure("x", {"x": "bool"}, {"x": 1}).code == "wrong_type"

    def test_a_double_out_of_an_any_for_an_int_must_be_whole(self):
        assert value("x", {"x": "any"}, {"x": 4.0}, "int") == 4
        assert failure("x", {"x": "any"}, {"x": 4.5}, "int").code == "wrong_type"

    @pytest.mark.parametrize("number", [2**63, -(2**63) - 1, math.inf, -math.inf, math.nan])
    def test_numbers_beyond_64_bits_or_json_are_refused(self, number):
        assert failure("x", {"x": "any"}, {"x": number}).code == "number_out_of_range"

    @pytest.mark.parametrize("text", ["1.0 / 0.0", "double('nan')", "[1e308 * 10.0]", "9223372036854775808u"])
    def test_results_beyond_json_are_failures(self, text):
        assert failure(text).code == "number_out_of_range"


class TestErrorsOfEvaluation:
    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("n / 0", "division_by_zero"),
            ("n % 0", "division_by_zero"),
            ("n + 9223372036854775807", "number_out_of_range"),
            ("int(1e30)", "number_out_of_range"),
            ("items[5]", "index_out_of_range"),
            ("form.nope", "key_missing"),
            ("form['by zero']", "key_missing"),
            ("form.k + 1", "type_mismatch"),
            ("anything.x", "type_mismatch"),
            ("anything.exists(x, x)", "type_mismatch"),
            ("int('abc')", "bad_conversion"),
            ("timestamp('soon')", "bad_conversion"),
            ("items[?9].value()", "optional_empty"),
            ("{'a': 1, 'a': 2}", "evaluation_failed"),
        ],
    )
    def test_an_error_value_raises_with_a_stable_code_and_a_remedy(self, text, code):
        declared = {"n": "int", "items": "list", "form": "map", "anything": "any"}
        data = {"n": 1, "items": [1], "form": {"k": "v"}, "anything": 3}
        assert failure(text, declared, data).code == code

    def test_a_missing_variable_is_named(self):
        error = failure("paid && amount > 3", {"paid": "bool", "amount": "int"}, {"paid": True})
        assert (error.code, error.variable) == ("variable_missing", "amount")

    def test_null_for_a_plain_variable_is_missing(self):
        error = failure("amount > 3", {"amount": "int"}, {"amount": None})
        assert (error.code, error.variable) == ("variable_missing", "amount")

    def test_a_missing_variable_on_which_nothing_depends_is_no_error(self):
        assert value("paid && amount > 3", {"paid": "bool", "amount": "int"}, {"paid": False}) is False

    def test_another_error_that_quotes_a_missing_variable_s_name_stays_itself(self):
        assert (
            failure("date('x') < y || x", {"x": "bool", "y": "date"}, {"y": "2026-01-01"}).code == "bad_date"
        )

    def test_a_variable_that_may_be_null_can_be_tested(self):
        program = compile_expression("n == null ? 0 : n + 1", {"n": "int?"})
        assert [program.evaluate(d) for d in ({}, {"n": None}, {"n": 2})] == [0, 0, 3]

    def test_variables_an_expression_does_not_use_are_not_looked_at(self):
        assert value("n", {"n": "int", "m": "int"}, {"n": 1, "m": "no number", "other": object()}) == 1


class TestDates:
    declared: ClassVar = {"day": "date", "at": "timestamp"}
    data: ClassVar = {"day": "2026-01-01", "at": "2026-01-01T08:30:00+08:00"}

    def test_a_date_comes_back_as_it_went_in(self):
        assert value("day", self.declared, self.data, "date") == "2026-01-01"

    @pytest.mark.parametrize(
        "day", ["1900-01-01", "1940-06-01", "1986-05-04", "1999-12-31", "2024-02-29", "2190-12-31"]
    )
    def test_dates_survive_old_and_summer_time(self, day):
        assert value("day", self.declared, {"day": day}, "date") == day

    def test_a_day_begins_at_midnight_in_china(self):
        assert value("day", self.declared, self.data, "timestamp") == "2025-12-31T16:00:00Z"
        assert value("at - day == duration('8h30m')", self.declared, self.data) is True

    def test_the_zone_is_a_parameter(self):
        result = value("day", self.declared, self.data, "timestamp", zone=ZoneInfo("Europe/Berlin"))
        assert result == "2025-12-31T23:00:00Z"

    def test_parts_of_a_day_are_those_of_the_zone_not_of_utc(self):
        assert value("[year(day), month(day), day(day), weekday(day)]", self.declared, self.data) == [
            2026,
            1,
            1,
            4,
        ]

    def test_cel_s_own_accessors_are_refused_because_they_answer_in_utc(self):
        with pytest.raises(ExpressionRefused) as caught:
            compile_expression("day.getFullYear() == 2026", self.declared)
        assert caught.value.code == "zone_missing"

    def test_days_between_counts_calendar_days(self):
        assert value("days_between(day, date('2026-03-01'))", self.declared, self.data) == 59
        assert value("days_between(date('2026-03-01'), day)", self.declared, self.data) == -59
        assert value("days_between(day, at)", self.declared, self.data) == 0

    def test_add_days_stays_at_midnight_through_summer_time(self):
        text, berlin = "add_days(day, 1)", ZoneInfo("Europe/Berlin")
        assert value(text, self.declared, {"day": "2026-03-29"}, "date", zone=berlin) == "2026-03-30"

    def test_an_instant_is_a_date_only_when_its_day_is_asked_for(self):
        assert failure("at", self.declared, self.data, "date").code == "not_a_day"
        assert value("date(at)", self.declared, self.data, "date") == "2026-01-01"

    @pytest.mark.parametrize(
        "day", ["2026-02-30", "20260101", "2026-1-1", "01.01.2026", "1899-12-31", "2191-01-01", ""]
    )
    def test_what_is_no_date_is_refused_and_named(self, day):
        error = failure("day", self.declared, {"day": day})
        assert (error.code, error.variable) == ("bad_date", "day")

    @pytest.mark.parametrize("at", ["2026-01-01T08:30:00", "2026-01-01", "2026-01-01T25:00:00Z"])
    def test_an_instant_needs_its_offset(self, at):
        assert failure("at", self.declared, {"at": at}).code == "bad_date"

    def test_subtraction_beyond_292_years_cannot_be_reached(self):
        # cel-expr-python 0.1.3 stops there without a word.
        assert failure("day - duration('9000000h')", self.declared, self.data).code == "bad_date"
        assert value("(date('2190-12-31') - date('1900-01-01')).getHours() / 24") == 106_285

    def test_text_for_a_date_variable_is_checked(self):
        assert value("'2026-01-02'", expect="date") == "2026-01-02"
        assert failure("'tomorrow'", expect="date").code == "bad_date"


class TestJson:
    def test_text_comes_back_to_the_byte(self):
        text = "信访 😀 <b>&amp;</b> \u202eright to left\u2028 é e\u0301 \r\n\t\u0001"
        assert value("s", {"s": "string"}, {"s": text}) == text
        assert value("[s + s]", {"s": "string"}, {"s": text}) == [text * 2]

    def test_typed_lists_and_maps_convert_their_elements(self):
        declared = {"days": "list<date>", "sums": "map<double>"}
        data = {"days": ["2026-01-01"], "sums": {"a": 1}}
        assert value("days.map(d, add_days(d, 1))", declared, data, "list<date>") == ["2026-01-02"]
        assert value("sums.a / 2.0", declared, data) == 0.5

    def test_declared_lengths_hold(self):
        assert failure("s", {"s": "string[3]"}, {"s": "four"}).code == "too_long"
        assert failure("l", {"l": "list<int>[1]"}, {"l": [1, 2]}).code == "too_long"
        assert failure("'four'", expect="string[3]").code == "too_long"

    @pytest.mark.parametrize("bad", [(1,), {1}, b"x", object(), {1: 2}, [{"a": (1,)}]])
    def test_what_is_not_json_is_refused(self, bad):
        assert failure("x", {"x": "any"}, {"x": bad}).code == "not_json"

    @pytest.mark.parametrize("bad", ["a\0b", ["\0"], {"\0": 1}, [[{"k": "x\0"}]]])
    def test_nul_is_refused_because_cel_would_cut_the_text(self, bad):
        assert failure("x", {"x": "any"}, {"x": bad}).code == "nul_in_text"

    @pytest.mark.parametrize("bad", ["\ud800", ["a\udfff"], {"\ud800": 1}])
    def test_half_characters_are_refused(self, bad):
        assert failure("x", {"x": "any"}, {"x": bad}).code == "surrogate_in_text"

    def test_depth_32_is_the_limit_in_and_out(self):
        def nested(depth):
            return 0 if depth == 0 else [nested(depth - 1)]

        assert value("x", {"x": "any"}, {"x": nested(32)}) == nested(32)
        assert failure("x", {"x": "any"}, {"x": nested(33)}).code == "too_deep"
        assert value("[x]", {"x": "any"}, {"x": nested(31)}) == nested(32)
        assert failure("[x]", {"x": "any"}, {"x": nested(32)}).code == "too_deep"

    def test_64_kb_is_the_limit_of_all_inputs_together(self):
        declared = {"s": "string", "t": "string"}
        assert value("size(s + t)", declared, {"s": "字" * 10_000, "t": "x" * 35_000}) == 45_000
        assert failure("size(s + t)", declared, {"s": "字" * 20_000, "t": "x" * 6_000}).code == "too_large"

    def test_64_kb_is_the_limit_of_a_result(self):
        assert failure("s + s", {"s": "string"}, {"s": "x" * 40_000}).code == "too_large"

    def test_1000_items_are_the_limit_in_and_out(self):
        assert value("size(l)", {"l": "list"}, {"l": [0] * 1_000}) == 1_000
        assert failure("size(l)", {"l": "list"}, {"l": [0] * 1_001}).code == "too_many_items"
        assert failure("l + l", {"l": "list"}, {"l": [0] * 600}).code == "too_many_items"

    def test_more_than_10000_rounds_are_a_failure(self):
        declared = {"a": "list<int>[110]", "b": "list<int>[110]"}
        data = {"a": [0] * 110, "b": [0] * 110}
        assert failure("a.exists(x, b.exists(y, x != y))", declared, data).code == "too_many_rounds"

    @pytest.mark.parametrize("text", ["m.?k", "duration('1h')", "type(1)", "{dyn(1): 2}", "[int]"])
    def test_values_that_json_has_not_never_come_out(self, text):
        with pytest.raises((ExpressionFailed, ExpressionRefused)) as caught:
            value(text, {"m": "map"}, {"m": {}})
        error: Any = caught.value
        assert error.code in {"not_json", "wrong_result_type"}
