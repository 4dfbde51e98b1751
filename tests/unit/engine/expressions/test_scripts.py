"""Scripts: assignments, throw and escalate, line by line."""

import pytest

from wenzheng.engine.expressions import Definition, ExpressionFailed, ExpressionRefused, compile_script

DECLARED = {"n": "int", "m": "int", "s": "string", "l": "list", "f": "double", "day": "date", "x": "any"}


def run(text, **data):
    return compile_script(text, DECLARED).run(data)


def findings(text):
    with pytest.raises(ExpressionRefused) as caught:
        compile_script(text, DECLARED)
    return [(f.code, f.line, f.column) for f in caught.value.findings]


def run_often(script, data, times):
    for _ in range(times):
        data.update(script.run(data).assignments)


def test_later_lines_see_earlier_assignments_and_the_order_is_kept():
    effects = run("n = n + 1\nm = n * 2\nn = m + 1", n=1)
    assert list(effects.assignments.items()) == [("n", 5), ("m", 4)]
    assert effects.thrown is None


def test_the_data_is_left_as_it_was():
    data = {"n": 1, "l": [1]}
    compile_script("n = 2\nl = l + [2]", DECLARED).run(data)
    assert data == {"n": 1, "l": [1]}


def test_assigned_values_take_the_declared_type():
    effects = run("f = 3\nday = add_days(day, 1)", day="2026-09-30")
    assert effects.assignments == {"f": 3.0, "day": "2026-10-01"}
    assert type(effects.assignments["f"]) is float


def test_throw_ends_the_script():
    effects = run("n = 1\nthrow too-late\nm = 2")
    assert (effects.assignments, effects.thrown) == ({"n": 1}, "too-late")


def test_escalations_are_listed_in_order_and_the_script_goes_on():
    effects = run("escalate LATE\nn = 1\n  escalate later.2  ")
    assert (effects.escalations, effects.assignments) == (["LATE", "later.2"], {"n": 1})


def test_blank_lines_and_comments_are_skipped():
    effects = run("\n  # 注释 = 1\n\r\nn = 1 // the first\n\n#m = 2\n")
    assert effects.assignments == {"n": 1}


def test_an_expression_goes_on_in_the_next_line_inside_brackets_only():
    assert run("l = [\n  1,\n  # a comment\n  2 // ]\n]\nn = 3").assignments == {"l": [1, 2], "n": 3}
    assert findings("n = 1 +\n2") == [("syntax", 1, 8), ("bad_line", 2, 1)]


def test_brackets_and_hashes_in_texts_do_not_count():
    assert run("s = '([{#' + \"(\"\nn = 1").assignments == {"s": "([{#(", "n": 1}
    assert run("s = '''two\n# (lines'''\nn = 1").assignments == {"s": "two\n# (lines", "n": 1}
    assert run(r"s = r'\(' + 'it\'s ('" + "\nn = 1").assignments == {"s": "\\(it's (", "n": 1}


def test_all_bad_lines_are_found_at_once_with_their_places():
    text = "n = 1\nzz = 2\n   what is this\nm = 1 + '汉'\nthrow\nl = [\n 1,\n   qq]\nescalate a b\ns == 'x'"
    assert findings(text) == [
        ("not_declared", 2, 1),
        ("bad_line", 3, 4),
        ("type_mismatch", 4, 7),
        ("bad_line", 5, 1),
        ("not_declared", 8, 4),
        ("bad_line", 9, 1),
        ("bad_line", 10, 1),
    ]


def test_assigning_a_value_of_another_type_is_refused():
    assert findings("n = 'x'") == [("wrong_result_type", 1, 5)]


def test_an_empty_assignment_is_refused():
    assert findings("n =") == [("empty_expression", 1, 4)]


def test_an_unclosed_bracket_is_found_where_its_text_ends():
    assert {f[0] for f in findings("l = [1,\nn = 2")} == {"syntax"}


def test_a_failure_names_its_line_and_nothing_counts():
    with pytest.raises(ExpressionFailed) as caught:
        run("n = 1\n\nm = n / 0")
    assert (caught.value.code, caught.value.line) == ("division_by_zero", 3)


def test_a_list_put_into_itself_stops_at_depth_32():
    script = compile_script("x = [x]", DECLARED)
    data = {"x": 0}
    with pytest.raises(ExpressionFailed) as caught:
        run_often(script, data, 6_000)
    assert caught.value.code == "too_deep"


def test_a_text_doubled_again_and_again_stops_at_64_kb():
    script = compile_script("s = s + s", DECLARED)
    data = {"s": "x"}
    with pytest.raises(ExpressionFailed) as caught:
        run_often(script, data, 20)
    assert caught.value.code == "too_large"
    assert len(data["s"]) == 32_768


def test_the_work_of_all_lines_together_is_bounded():
    line = "l = l.filter(i, i != s).map(i, i)\n"
    assert compile_script(line * 5, DECLARED).assigns == ("l",)
    assert [f[0] for f in findings(line * 20)] == ["too_much_work"]


def test_a_script_is_at_most_16_kb():
    assert findings("# " + "x" * 16_384)[0][0] == "source_too_long"


def test_many_open_brackets_are_refused_quickly():
    assert findings("l = [\n" + "(\n" * 8_000)[0][0] == "source_too_long"
    assert findings("s = '''\n" + "(\n" * 8_000)[0][0] == "syntax"


def test_a_script_knows_what_it_reads_writes_and_raises():
    script = compile_script("n = m\ns = 'x'\nn = n\nescalate A\nthrow B", DECLARED)
    assert (script.assigns, script.uses) == (("n", "s"), ("m", "n"))
    assert script.codes == (("escalate", "A"), ("throw", "B"))


def test_scripts_share_the_cache_of_their_definition():
    definition = Definition(DECLARED)
    compile_script("n = m + 1", definition)
    assert definition.expression("m + 1", expect="int") is definition.expression("m + 1", expect="int")
    assert len(definition._programs) == 1
