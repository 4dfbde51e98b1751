"""Forms of tasks: what people fill in is read by the definition's fields, and every fault is named."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from wenzheng.petitions.forms import (
    LONGEST_CONTENT,
    Around,
    FormField,
    explains_a_no,
    fields_of,
    fill,
    from_form,
)
from wenzheng.petitions.organisation import read_organisation
from wenzheng.settings import definitions_dir

UNITS = read_organisation((definitions_dir() / "organisation.yaml").read_text(encoding="utf-8"))
AROUND = Around(UNITS, date(2026, 9, 1), frozenset({"f1", "f2"}))
FIELDS = fields_of(
    [
        {"id": "agreed", "type": "bool", "required": True, "name": {"zh": "同意", "en": "Agreed"}},
        {"id": "why", "type": "string", "values": ["law", "money"], "name": "理由"},
        {"id": "words", "type": "content", "required": True, "max": 10},
        {"id": "days", "type": "int", "min": 1, "max": 5},
        {"id": "cost", "type": "double", "min": 0},
        {"id": "until", "type": "date"},
        {"id": "to", "type": "unit"},
        {"id": "with", "type": "units", "max": 2},
        {"id": "papers", "type": "files"},
        {"id": "place", "type": "string", "min": 2},
    ]
)
GOOD: dict[str, Any] = {
    "agreed": False,
    "why": "money",
    "words": " 修好了。\n",
    "days": 5,
    "cost": 1.5,
    "until": "2026-10-08",
    "to": "housing",
    "with": ["transport", "urban_management"],
    "papers": ["f2", "f1"],
    "place": "人民路",
}


def test_good_values_pass_as_they_are_and_texts_stand_apart() -> None:
    filled = fill(FIELDS, {**GOOD, "with": ["transport"]}, AROUND)
    assert filled.misfits == ()
    assert filled.texts == {"words": " 修好了。\n"}
    assert filled.values == {name: value for name, value in GOOD.items() if name not in {"words", "with"}} | {
        "with": ["transport"]
    }


def test_only_what_is_required_has_to_be_there() -> None:
    assert fill(FIELDS, {"agreed": True, "words": "好", "why": None, "with": []}, AROUND).misfits == ()
    missing = fill(FIELDS, {}, AROUND).misfits
    assert [(one.field, one.code) for one in missing] == [
        ("agreed", "form.required"),
        ("words", "form.required"),
    ]


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("agreed", "yes", "yes or no"),
        ("agreed", 1, "yes or no"),
        ("why", "weather", "one of law, money"),
        ("why", 7, "some text"),
        ("words", " \n　", "some text, not only blanks"),
        ("words", "灯" * 11, "0 to 10 characters"),
        ("words", "a\0b", "text without NUL and without half characters"),
        ("words", "a\ud83d", "text without NUL and without half characters"),
        ("days", 0, "1 to 5"),
        ("days", 6, "1 to 5"),
        ("days", True, "a whole number"),
        ("days", 2.0, "a whole number"),
        ("days", "3", "a whole number"),
        ("cost", -0.5, "at least 0"),
        ("cost", float("nan"), "a number"),
        ("until", "2026-02-30", "a date as YYYY-MM-DD"),
        ("until", "20261008", "a date as YYYY-MM-DD"),
        ("to", "nowhere", "a unit of the organisation"),
        ("to", ["housing"], "a unit of the organisation"),
        ("with", "housing", "units of the organisation"),
        ("with", ["housing", "housing"], "units of the organisation"),
        ("with", ["transport", "education", "health"], "0 to 2 of them"),
        ("with", ["nowhere"], "a unit of the organisation"),
        ("papers", ["f3"], "files that your unit added to this letter"),
        ("papers", "f1", "files that your unit added to this letter"),
        ("place", "路", "2 to 1000 characters"),
        ("color", "red", "no such field; this form has:"),
    ],
)
def test_each_misfit_says_where_and_what_was_expected_in_both_languages(
    field: str, value: object, expected: str
) -> None:
    (misfit,) = fill(FIELDS, GOOD | {"with": ["transport"], field: value}, AROUND).misfits
    assert misfit.field == field
    assert misfit.en.startswith(expected)
    assert misfit.zh


def test_all_misfits_come_at_once() -> None:
    bad = {"agreed": "?", "words": "", "days": 9, "until": "tomorrow", "nonsense": 1}
    assert {misfit.field for misfit in fill(FIELDS, bad, AROUND).misfits} == set(bad)


@pytest.mark.parametrize(
    ("answer", "why"), [("accepted", "reason"), ("approved", "return_note"), ("done", "check_note")]
)
def test_a_no_that_somebody_has_to_understand_needs_its_reason(answer: str, why: str) -> None:
    fields = (FormField(answer, "bool", required=True), FormField(why, "content"))
    assert fill(fields, {answer: True}, AROUND).misfits == ()
    assert [misfit.field for misfit in fill(fields, {answer: False}, AROUND).misfits] == [why]
    assert fill(fields, {answer: False, why: "缺照片"}, AROUND).misfits == ()
    assert fill(fields[:1], {answer: False}, AROUND).misfits == ()
    assert explains_a_no(fields) == {why}
    assert explains_a_no(fields[:1]) == frozenset()


def test_a_letter_is_given_only_to_units_that_answer_letters() -> None:
    fields = (FormField("department", "unit"), FormField("helpers", "units"))
    given = {"department": "mayor", "helpers": ["housing", "centre"]}
    assert fill(fields, given, AROUND).misfits == ()
    misfits = fill(fields, given, Around(UNITS, date(2026, 9, 1), assigns=True)).misfits
    assert [misfit.field for misfit in misfits] == ["department", "helpers"]


def test_a_browsers_form_becomes_the_same_values() -> None:
    sent = {
        "agreed": ["no"],
        "why": ["money"],
        "words": ["一\r\n二"],
        "days": [" 5 "],
        "cost": ["1.5"],
        "until": ["2026-10-08"],
        "to": [""],
        "with": ["transport", ""],
        "csrf": ["x"],
    }
    assert from_form(FIELDS, sent) == {
        "agreed": False,
        "why": "money",
        "words": "一\n二",
        "days": 5,
        "cost": 1.5,
        "until": "2026-10-08",
        "with": ["transport"],
    }


def test_what_a_browser_sent_and_no_type_fits_is_shown_as_it_was() -> None:
    values = from_form(FIELDS, {"agreed": ["perhaps"], "days": ["many"], "words": ["x"]})
    found = {misfit.field: misfit.found for misfit in fill(FIELDS, values, AROUND).misfits}
    assert found == {"agreed": "perhaps", "days": "many"}


def test_the_longest_text_is_taken() -> None:
    field = (FormField("words", "content"),)
    assert fill(field, {"words": "灯" * LONGEST_CONTENT}, AROUND).misfits == ()
    assert fill(field, {"words": "灯" * (LONGEST_CONTENT + 1)}, AROUND).misfits


def test_labels_fall_back_to_the_language_there_is_and_to_the_id() -> None:
    assert (FIELDS[0].name("zh"), FIELDS[0].name("en")) == ("同意", "Agreed")
    assert FIELDS[1].name("en") == "理由"
    assert FIELDS[3].name("zh") == "days"
