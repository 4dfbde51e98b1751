"""What a YAML definition may say of its deadlines, and what is refused because it cannot be meant."""

from __future__ import annotations

import pytest

from tests.support.bpmn import SERVICES, Run
from wenzheng.calendars.units import Unit
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.engine.compiled import CompiledProcess
from wenzheng.engine.findings import DefinitionRefused, Finding

WHOLE = """\
language: 1
process: p
data:
  received_on: {type: date, required: true}
  session_on: date
  seen_at: moment
  share: number
start:
  received: {zh: 收到, en: Received}
deadlines:
  letter:
    name: {zh: 办结时限, en: Time to finish}
    rule:
      text: {zh: 自受理之日起六十日内办结, en: Finished within 60 days of acceptance}
      article: {zh: 信访工作条例第三十四条, en: Art. 34}
      day_0: {zh: 受理之日, en: The day of acceptance}
    unit: calendar_days_rolled
    starts: [received, again]
    day_0: received_on
    stops: [finish, given_up]
    restarts: {on: corrected, day_0: corrected_on}
    pauses:
      question: {on: ask, resumes: [told, silent], at_most: 5, unit: working_days, times: 1,
                 within: 3, of: unit, reason: question}
    extends:
      complex: {on: granted, by: days, at_most: 30, times: 1, asked: request, reason: why}
    limits:
      urge: {after: 30, notify: head}
      late: {after: 60, lamp: red, notify: head, remind: desk}
  unit:
    starts: received
    limits:
      late: {working_days: 5}
  session:
    starts: received
    day_0: session_on
    limits:
      closes: {before: 2, notify: head}
      transcript: {after: 1, lamp: yellow}
  emergency:
    unit: hours
    starts: received
    day_0: seen_at
    limits:
      late: {after: 24, lamp: red}
steps:
  ask:
    by: clerk
    form:
      question: {type: content}
  told:
    by: author
    unless:
      silent: {working_days: 5, go: request}
  request:
    by: clerk
  granted:
    by: head
    form:
      days: {type: whole_number, min: 1, max: 30}
      why: {type: text}
  corrected:
    by: author
    form:
      corrected_on: {type: date}
  again:
    by: clerk
  finish:
    by: clerk
    go: done
outcomes:
  done: Done
  given_up: Given up
anytime:
  stop:
    message: stop
    go: given_up
"""
WHOLE = WHOLE.replace("stops: [finish, given_up]", "stops: [finish, stop]")


def compile_yaml(text: str) -> CompiledProcess:
    return compile_bundle("d" * 64, {"p.yaml": text.encode()}, SERVICES).processes["p"]


def refused(text: str) -> list[Finding]:
    with pytest.raises(DefinitionRefused) as caught:
        compile_yaml(text)
    return caught.value.findings


def test_the_clock_says_all_that_the_file_says() -> None:
    clocks = compile_yaml(WHOLE).model.clocks
    letter = clocks["letter"]
    assert letter.unit is Unit.CALENDAR_DAYS_ROLLED
    assert (letter.starts, letter.stops) == (("received", "again"), ("finish", "stop"))
    assert letter.rule.as_dict() == {
        "text": "自受理之日起六十日内办结",
        "text_en": "Finished within 60 days of acceptance",
        "article": "信访工作条例第三十四条",
        "article_en": "Art. 34",
        "day0": "受理之日",
        "day0_en": "The day of acceptance",
    }
    (pause,) = letter.pauses
    assert (pause.id, pause.on, pause.resumes) == ("question", ("ask",), ("told", "silent"))
    assert (pause.at_most, pause.unit, pause.times) == (5, Unit.WORKING_DAYS, 1)
    assert (pause.within, pause.of, pause.reason) == (3, "unit", "question")
    (extension,) = letter.extensions
    assert (extension.on, extension.by, extension.at_most) == (("granted",), "days", 30)
    assert (extension.times, extension.asked, extension.reason) == (1, "request", "why")
    assert letter.restart is not None
    assert (letter.restart.on, letter.restart.day0_variable) == (("corrected",), "corrected_on")
    assert [threshold.after for threshold in clocks["session"].thresholds] == [-2, 1]
    assert clocks["emergency"].unit is Unit.HOURS


def test_an_extension_of_a_fixed_length_needs_no_data() -> None:
    letter = compile_yaml(WHOLE.replace("by: days,", "by: 30,")).model.clocks["letter"]
    assert letter.extensions[0].by == 30


def test_a_question_interrupted_by_silence_lets_the_clock_go_on() -> None:
    run = Run(compile_yaml(WHOLE)).start(received_on="2026-09-07")
    run.complete("ask", question="c-1")
    assert [data["until"] for data in run.of("clock_paused")] == ["2026-09-14"]
    run.wait(days=9)
    assert [data["why"] for data in run.of("clock_resumed")] == ["limit"]


CASES = [
    # what is changed, into what, the text at whose beginning the finding stands, its rule
    ("starts: [received, again]", "starts: [received, gain]", "gain]", "unknown-step"),
    ("stops: [finish, stop]", "stops: [finish, stoop]", "stoop", "unknown-step"),
    ("on: ask,", "on: aks,", "aks", "unknown-step"),
    ("[told, silent]", "[told, quiet]", "quiet", "unknown-step"),
    ("asked: request", "asked: requested", "requested", "unknown-step"),
    ("on: corrected,", "on: correct,", "correct,", "unknown-step"),
    ("day_0: corrected_on", "day_0: why", "why}\n    pauses", "unknown-date"),
    (
        "day_0: seen_at",
        "day_0: session_on",
        "session_on\n    limits:\n      late: {after: 24",
        "unknown-date",
    ),
    ("of: unit", "of: units", "units", "unknown-deadline"),
    ("reason: question}", "reason: questions}", "questions", "unknown-data"),
    ("by: days,", "by: share,", "share,", "unknown-data"),
    ("by: days,", "by: 31,", "complex:", "extension-length"),
    ("by: days, ", "", "{on: granted", "key-missing"),
    ("at_most: 5, unit: working_days", "at_most: 0, unit: working_days", "0, unit", "wrong-value"),
    ("unit: working_days, times", "unit: hours, times", "hours, times", "wrong-value"),
    ("unit: calendar_days_rolled", "unit: weeks", "weeks", "wrong-value"),
    ("within: 3, of: unit", "of: unit", "unit, reason", "of-without-within"),
    ("urge: {after: 30", "urge: {working_days: 30", "urge:", "limit-unit"),
    ("urge: {after: 30", "urge: {after: 70", "late: {after: 60", "limit-order"),
    ("urge: {after: 30", "urge: {after: 30, before: 3", "{after: 30, before", "kind"),
    ("urge: {after: 30", "urge: {before: 30", "question:", "moves-with-event"),
    ("    day_0: session_on\n", "", "closes:", "days-before-nothing"),
    ("closes: {before: 2", "closes: {before: 2}\n      opens: {before: 7", "opens:", "limit-order"),
    ("unit: calendar_days_rolled", "unit: office_hours", "question:", "pause-unit"),
    ("rule:\n", "rule:\n      law: {zh: 法}\n", "law:", "unknown-key"),
]


def place_of(text: str, where: str) -> tuple[int, int]:
    before = text[: text.index(where)]
    return before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1


@pytest.mark.parametrize(("old", "new", "where", "rule"), CASES)
def test_what_cannot_be_meant_is_refused_at_its_place_with_a_remedy(
    old: str, new: str, where: str, rule: str
) -> None:
    assert WHOLE.count(old) == 1
    text = WHOLE.replace(old, new)
    found = refused(text)
    assert rule in {finding.rule for finding in found}
    finding = next(finding for finding in found if finding.rule == rule)
    assert (finding.position.line, finding.position.column) == place_of(text, where)
    assert finding.hint.endswith(".") or finding.hint.endswith("?")


def test_nothing_is_counted_in_a_unit_that_the_clock_does_not_have() -> None:
    hours = WHOLE.replace("late: {after: 24, lamp: red}", "late: {after: 24, lamp: red, remind: desk}")
    assert {finding.rule for finding in refused(hours)} == {"reminder-unit"}
