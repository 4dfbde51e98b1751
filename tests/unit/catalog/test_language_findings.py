"""What an administrator is told about a definition that cannot be meant: all at once, at its place."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest

from tests.support.bpmn import Run
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.catalog.language import Names
from wenzheng.engine.findings import DefinitionRefused, Finding
from wenzheng.engine.services import ServiceContract, ServiceInput

SERVICES = {
    "notify_author": ServiceContract(
        "notify_author",
        {"petition_id": ServiceInput("string"), "template": ServiceInput("string", values=("hello", "bye"))},
        {"queued": "bool"},
        timedelta(seconds=5),
    ),
    "look_up": ServiceContract("look_up", {"who": ServiceInput("string")}, {}, timedelta(seconds=5)),
}
NAMES = Names(frozenset({"clerk", "head", "author"}), frozenset({"head", "office", "desk"}))
GOOD = """\
language: 1
process: p
name: {zh: 过程, en: Process}
data:
  petition_id: {type: text, required: true}
  day: date
  found: map
  n: {type: whole_number, initial: 3}
start:
  begun: 开始
deadlines:
  answer:
    starts: begun
    day_0: day
    stops: reply
    at_once_if: pressing == true
    limits:
      soon: {working_days: 3, lamp: yellow, notify: head, remind: desk, remind_before: 2}
      late: {working_days: 5, lamp: red, notify: [head, office]}
steps:
  reply:
    by: clerk
    fact: replied
    form:
      ok: {type: yes_no, required: true}
      why: {type: choice, values: [a, b]}
      pressing: {type: yes_no}
      helpers: {type: units, max: 5}
      proof: {type: files, min: 1}
    unless:
      asleep: {working_days: 9, go: lapsed}
  said:
    mark: answered
    keeps: [ok, proof, n]
  told:
    tell: hello
  looked:
    call: look_up
    with: {who: petition_id + '!'}
    output: found
  noted:
    set: {n: n + 1}
  rest:
    wait: {duration: PT1H}
  fine:
    choose:
      - if: ok && n < 9
        go: done
      - if: "!ok"
        go: again
      - otherwise: lapsed
  again:
    back_to: reply
    rounds: 3
    count: turn
outcomes:
  done: Done
  lapsed: Lapsed
  gone: Gone
anytime:
  leaves: {message: withdrawn, go: gone}
"""


def refused(text: str | bytes) -> list[Finding]:
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(DefinitionRefused) as caught:
        compile_bundle("d", {"p.yaml": data}, SERVICES, NAMES)
    return caught.value.findings


def only(text: str | bytes) -> tuple[int, int, str]:
    (finding,) = refused(text)
    assert finding.position.file == "p.yaml"
    assert finding.message.startswith(("Expected ", "In the "))
    assert finding.hint
    return finding.position.line, finding.position.column, finding.rule


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, f"{old!r} stands in the file {GOOD.count(old)} times"
    return GOOD.replace(old, new)


def place(text: str, part: str) -> tuple[int, int]:
    before = text[: text.index(part)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def test_the_definition_that_the_cases_are_made_of_is_accepted() -> None:
    assert compile_bundle("d", {"p.yaml": GOOD.encode()}, SERVICES, NAMES).findings == ()


LEAVES = "leaves: {message: withdrawn, go: gone}"
CASES = [
    # what is changed, into what, the text at whose beginning the finding stands, its rule
    ("by: clerk", "by: clark", "clark", "unknown-role"),
    ("notify: head", "notify: boss", "boss", "unknown-recipient"),
    ("[head, office]", "[head, nobody]", "nobody", "unknown-recipient"),
    ("remind: desk", "remind: dusk", "dusk", "unknown-recipient"),
    ("remind: desk", "remind: [desk, dusk]", "dusk", "unknown-recipient"),
    ("remind: desk", "remind: 5", "5, remind", "wrong-type"),
    ("remind_before: 2", "remind_before: 4", "soon:", "reminder-too-early"),
    ("remind: desk, remind_before: 2", "remind_before: 2", "soon:", "reminder-of-nobody"),
    ("remind_before: 2", "remind_before: two", "two", "wrong-type"),
    ("remind_before: 2", "remind_before: -2", "-2", "wrong-value"),
    ("remind: desk", "reminds: desk", "reminds", "unknown-key"),
    ("at_once_if: pressing == true", "at_once_if: presing == true", "presing", "not_declared"),
    ("at_once_if: pressing == true", "at_once_if: n", "n\n    limits", "wrong_result_type"),
    ("at_once_if: pressing == true", "at_once_if: pressing ==", "pressing ==", "syntax"),
    ("at_once_if: pressing == true", "at_once_if: [a]", "[a]", "wrong-type"),
    ("at_once_if", "at_once", "at_once", "unknown-key"),
    ("mark: answered", "mark:", "\n    keeps", "wrong-type"),
    ("    mark: answered\n", "", "keeps: [ok", "kind"),
    ("mark: answered", "mark: 已答复", "已答复", "wrong-value"),
    ("mark: answered", "mark: answered\n    by: clerk", "mark: answered", "kind"),
    ("mark: answered", "mark: answered\n    form: {}", "form: {}", "unknown-key"),
    ("[ok, proof, n]", "[ok, prof, n]", "prof,", "unknown-data"),
    ("[ok, proof, n]", "[ok, proof, 5]", "5]\n  told", "wrong-type"),
    ("[ok, proof, n]", "proof", "proof\n  told", "wrong-type"),
    ("[ok, proof, n]", "[]", "[]\n  told", "wrong-type"),
    ("    tell: hello\n", "    tell: hello\n    keeps: [ok]\n", "keeps: [ok]", "unknown-key"),
    ("type: units, max: 5", "type: units, max: five", "five", "wrong-type"),
    ("type: units, max: 5", "type: units, values: [a]", "helpers", "choice-values"),
    ("type: files", "type: file", "file,", "wrong-value"),
    ("go: done", "go: dome", "dome", "unknown-step"),
    ("otherwise: lapsed", "otherwise: nowhere", "nowhere", "unknown-step"),
    ("stops: reply", "stops: answered", "answered", "unknown-step"),
    ("day_0: day", "day_0: n", "n\n    stops", "unknown-date"),
    ("working_days: 5", "working_days: five", "five", "wrong-type"),
    ("working_days: 5", 'working_days: "5"', '"5"', "wrong-type"),
    ("working_days: 5", "working_days: 5.5", "5.5", "wrong-type"),
    ("working_days: 3", "working_days: three", "three", "wrong-type"),
    ("working_days: 3", "working_days: 10000", "10000", "wrong-value"),
    ("{working_days: 3,", "{working_days:3,", "working_days:3", "unknown-key"),
    ("working_days: 5", "working_days: -5", "-5", "wrong-value"),
    ("working_days: 5", "working_days: 012", "012", "yaml-number"),
    ("working_days: 5", "working_days: 3", "late:", "limit-order"),
    ("lamp: red", "lamp: purple", "purple", "wrong-value"),
    ("required: true}\n      why", "required: yes}\n      why", "yes}", "wrong-type"),
    ("type: yes_no, required", "type: boolean, required", "boolean", "wrong-value"),
    ("values: [a, b]", "values: a", "a}\n      pressing", "wrong-type"),
    (", values: [a, b]", "", "why:", "choice-values"),
    ("language: 1", "language: 2", "2", "wrong-value"),
    ("fact: replied", "facts: replied", "facts", "unknown-key"),
    ("tell: hello", "tell: helo", "helo", "service-input"),
    ("call: look_up", "call: look_down", "look_down", "unknown-service"),
    ("n + 1", "n + ", " }\n  rest", "syntax"),
    ("ok && n < 9", "ok && m < 9", "m < 9", "not_declared"),
    ("set: {n: n + 1}", "set: {m: n + 1}", "m: n", "unknown-data"),
    ("output: found", "output: n", "n\n  noted", "unknown-data"),
    ("duration: PT1H", "duration: one hour", "one hour", "wrong-value"),
    ("      - otherwise: lapsed\n", "", "fine:", "choice-otherwise"),
    ("rounds: 3", "rounds: many", "many", "wrong-type"),
    ("back_to: reply", "go: reply", "go: reply\n    rounds", "kind"),
    ("count: turn", "count: petition_id", "petition_id\noutcomes", "loop-count"),
    ("initial: 3", "initial: three", "three", "initial-value"),
    ("  lapsed: Lapsed", "  reply: Lapsed\n  lapsed: Lapsed", "reply: Lapsed", "duplicate-id"),
    ("  lapsed: Lapsed", "  done: Lapsed\n  lapsed: Lapsed", "done: Lapsed", "duplicate-key"),
    ("  gone: Gone", "  gone: Gone\n  spare: Spare", "spare", "never-reached"),
    ("  gone: Gone", "  gone: Gone\n  mark_x: Spare", "mark_x", "never-reached"),
    ("withdrawn, go: gone", "withdrawn, go: done", "done}\n", "outcome-shared"),
    ("process: p", "process: 过程", "过程", "wrong-value"),
    ("process: p", "process: &a p", "&a", "yaml-anchor"),
    ("process: p", "process: !!str p", "!!str", "yaml-tag"),
    ("name: {zh: 过程, en: Process}", 'name: "\\x07"', '"', "yaml-character"),
    ("by: clerk", "on: clerk", "on: clerk", "unknown-key"),
    ("by: clerk", "by: clerk\n    for_each: n", "n\n    fact", "unknown-list"),
    ("by: clerk", "by: clerk\n    for_each: helper", "helper\n    fact", "unknown-list"),
    ("by: clerk", "by: clerk\n    for_each: helpers\n    collect: {n: why}", "n: why", "unknown-data"),
    ("by: clerk", "by: clerk\n    collect: {found: ok}", "found: ok", "collect-of-nobody"),
    ("by: clerk", "by: clerk\n    guidance: {de: Achtung}", "de: Achtung", "unknown-key"),
    ("by: clerk", "by: clerk\n    guidance: 5", "5\n    fact", "wrong-type"),
    ("{type: files, min: 1}", "{type: files, template: x}", "proof:", "template-of-no-text"),
    ("wait: {duration: PT1H}", "wait: {working_days: -1}", "-1}", "days-before-nothing"),
    ("wait: {duration: PT1H}", "wait: {working_days: -1, from: n}", "n}\n  fine", "unknown-date"),
    ("wait: {duration: PT1H}", "wait: {until: m > 1}", "m > 1", "not_declared"),
    ("wait: {duration: PT1H}", "wait: {until: n}", "n}\n  fine", "wrong_result_type"),
    ("wait: {duration: PT1H}", "together: {a: {b: {by: clerk}}}", "{a: {b", "wrong-type"),
    (LEAVES, "leaves: {message: withdrawn}", "{message: w", "kind"),
    (
        LEAVES,
        "leaves: {message: withdrawn, go: gone, by: nobody}",
        "nobody}",
        "unknown-role",
    ),
    (
        LEAVES,
        LEAVES + "\n  moved: {message: m, keep: true, steps: {x: {by: boss}}}",
        "boss}",
        "unknown-role",
    ),
    (
        LEAVES,
        LEAVES + "\n  m: {message: m, keep: true, steps: {x: {by: head, go: done}}}",
        "done}}}",
        "unknown-step",
    ),
    (
        "wait: {duration: PT1H}",
        "together: {a: {c: {by: clerk, go: e}}, b: {e: {by: clerk}}}",
        "e}}, b",
        "unknown-step",
    ),
    (
        "wait: {duration: PT1H}",
        "together: {a: {c: {by: clerk}}, b: {reply: {by: clerk}}}",
        "reply: {by: clerk}}}",
        "duplicate-id",
    ),
]


@pytest.mark.parametrize(("old", "new", "where", "rule"), CASES, ids=lambda value: value[:25].strip())
def test_each_fault_is_found_once_at_its_place(old: str, new: str, where: str, rule: str) -> None:
    text = changed(old, new)
    found = {(f.position.line, f.position.column, f.rule) for f in refused(text)}
    assert (*place(text, where), rule) in found
    assert all(f.hint for f in refused(text))


ALONE = {"unknown-role", "unknown-step", "wrong-type", "yaml-number", "limit-order", "unknown-data"}
NUMBERS = {"working_days: -5", "working_days: 10000", "lamp: purple"}
"""Values out of range, of which nothing else follows."""


@pytest.mark.parametrize(
    ("old", "new", "where", "rule"),
    [case for case in CASES if (case[3] in ALONE or case[1] in NUMBERS) and case[0] != "go: done"],
    ids=lambda value: value[:25].strip(),
)
def test_one_fault_gives_one_finding(old: str, new: str, where: str, rule: str) -> None:
    assert only(changed(old, new))[2] == rule


@pytest.mark.parametrize(
    "colon", [":", "\uff1a", "\uff1a "], ids=["without a blank", "full width", "with a blank"]
)
def test_a_colon_that_yaml_does_not_take_for_one_is_named(colon: str) -> None:
    found = refused(changed("{working_days: 3,", f"{{working_days{colon}3,"))
    assert {finding.rule for finding in found} == {"unknown-key", "kind"}
    [key] = [finding for finding in found if finding.rule == "unknown-key"]
    assert "colon" in key.hint
    assert "'working_days: …'" in key.hint


def test_a_condition_on_something_unknown_says_where_a_yaml_file_declares_it() -> None:
    [finding] = refused(changed("ok && n < 9", "ok && m < 9"))
    assert "'data:'" in finding.hint


def test_all_faults_are_told_at_once() -> None:
    text = GOOD
    for old, new in (
        ("by: clerk", "by: clark"),
        ("working_days: 5", "working_days: five"),
        ("otherwise: lapsed", "otherwise: nowhere"),
        ("n + 1", "n + x"),
        ("  gone: Gone", "  gone: Gone\n  gone: Again"),
        ("tell: hello", "tell: helo"),
    ):
        text = text.replace(old, new)
    assert {finding.rule for finding in refused(text)} == {
        "unknown-role",
        "wrong-type",
        "unknown-step",
        "not_declared",
        "duplicate-key",
        "service-input",
    }


WITHOUT_ROUNDS = changed("  again:\n    back_to: reply\n    rounds: 3\n    count: turn\n", "")


def test_a_way_back_past_a_persons_step_needs_no_limit_of_rounds() -> None:
    text = WITHOUT_ROUNDS.replace("go: again", "go: reply")
    run = Run(compile_bundle("d", {"p.yaml": text.encode()}, SERVICES, NAMES).processes["p"])
    run.start(petition_id="p", day="2026-09-07")
    for ok in (False,) * 30 + (True,):
        assert run.open == ["reply"]
        run.complete("reply", ok=ok)
        run.serve({"queued": True})
        run.serve({})
        run.wait(hours=1)
    assert run.instance.variables["outcome"] == "lapsed"  # n is counted up to 9 only
    assert run.completed.count("said") == 31


@pytest.mark.parametrize("target", ["told", "noted", "fine"])
def test_a_way_back_without_a_person_on_the_way_is_refused_with_the_remedy(target: str) -> None:
    text = WITHOUT_ROUNDS.replace("go: again", f"go: {target}")
    (back,) = refused(text)
    assert (back.rule, back.element) == ("loop-without-limit", "fine")
    assert (back.position.line, back.position.column) == place(text, f"{target}\n      - otherwise")
    assert f"back_to: {target}" in back.hint
    assert "'by:'" in back.hint


def test_a_way_round_that_leaves_the_person_out_is_refused_though_one_stands_between() -> None:
    text = """\
language: 1
process: p
data: {n: whole_number}
steps:
  top: {set: {n: 1}}
  fork: {choose: [{if: n < 0, go: ask}, {otherwise: down}]}
  ask: {by: clerk}
  down: {set: {n: 2}}
  again: {choose: [{if: n > 0, go: top}, {otherwise: done}]}
outcomes: {done: Done}
"""
    (back,) = refused(text)
    assert (back.rule, back.element) == ("loop-without-limit", "again")


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("n + 1}\n", "n + 1}\n    go: reply\n", "reply\n  rest"),
        ("otherwise: lapsed", "otherwise: reply", "reply\noutcomes"),
    ],
)
def test_only_a_branch_with_a_condition_may_lead_back(old: str, new: str, where: str) -> None:
    text = WITHOUT_ROUNDS.replace("go: again", "go: lapsed")
    assert text.count(old) == 1
    text = text.replace(old, new)
    found = {(f.position.line, f.position.column, f.rule) for f in refused(text)}
    assert (*place(text, where), "loop-without-limit") in found


def test_a_choice_whose_branches_all_lead_back_has_no_exit() -> None:
    text = WITHOUT_ROUNDS.replace("go: again", "go: reply").replace("go: done", "go: reply")
    text = text.replace("otherwise: lapsed", "otherwise: reply").replace("  done: Done\n", "")
    found = {(f.position.line, f.position.column, f.rule) for f in refused(text)}
    assert (*place(text, "fine:"), "loop-without-exit") in found


def test_one_way_on_is_an_exit() -> None:
    text = WITHOUT_ROUNDS.replace("go: again", "go: reply").replace("go: done", "go: reply")
    text = text.replace("  done: Done\n", "")
    assert compile_bundle("d", {"p.yaml": text.encode()}, SERVICES, NAMES).findings == ()


def test_a_loop_that_a_step_walks_into_has_no_exit() -> None:
    text = changed("      - otherwise: lapsed\n", "      - otherwise: more\n  more:\n    set: {n: 1}\n")
    assert (
        only(text.replace("  lapsed: Lapsed\n", "").replace("go: lapsed", "go: done"))[2]
        == "loop-without-exit"
    )


def test_the_last_step_says_where_it_leads() -> None:
    text = changed("    back_to: reply\n    rounds: 3\n    count: turn\n", "    set: {n: 1}\n")
    assert only(text)[2] == "leads-nowhere"


def test_on_stays_a_word() -> None:
    text = changed("fact: replied", "on: replied")
    (finding,) = refused(text)
    assert "found 'on'" in finding.message


def test_tabs_are_told_line_by_line() -> None:
    text = GOOD.replace("  reply:\n    by", "\treply:\n\t\tby")
    assert [(f.rule, f.position.column) for f in refused(text)] == [("yaml-tab", 1), ("yaml-tab", 1)]


def test_ten_megabytes_are_refused_at_once() -> None:
    began = time.monotonic()
    assert only(b"a: " + b"x" * 10_000_000)[2] == "yaml-too-large"
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "yaml-empty"),
        (b"# nothing\n", "yaml-empty"),
        (b"\xff\xfe", "yaml-encoding"),
        (b"a: \x00", "yaml-syntax"),
        (b"a: [1", "yaml-syntax"),
        (b"a: *x", "yaml-alias"),
        (b"%YAML 1.1\n---\na: 1", "yaml-directive"),
        (b"a: 1\n---\nb: 1", "yaml-documents"),
        (b"[" * 5_000, "yaml-too-deep"),
        (b"a: [" + b"1," * 60_000 + b"]", "yaml-too-many-values"),
        (b"<<: {a: 1}", "yaml-merge"),
        (b"? [a]\n: 1", "yaml-key"),
        (b"1: 1", "yaml-key"),
        (b"a: 1e999", "yaml-number"),
        (b"a: 0x10", "yaml-number"),
        (b"- a", "wrong-type"),
        (b"just text", "wrong-type"),
        (b"<?xml version='1.0'?><definitions/>", "wrong-type"),
    ],
)
def test_what_is_no_definition_is_refused_in_a_sentence(data: bytes, rule: str) -> None:
    assert rule in {finding.rule for finding in refused(data)}


def test_a_process_written_and_drawn_in_one_bundle_is_refused() -> None:
    drawn = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:x">
      <process id="p" isExecutable="true"><startEvent id="s"/><endEvent id="e"/>
      <sequenceFlow id="f" sourceRef="s" targetRef="e"/></process></definitions>"""
    with pytest.raises(DefinitionRefused) as caught:
        compile_bundle("d", {"p.yaml": GOOD.encode(), "p.bpmn": drawn}, SERVICES, NAMES)
    [finding] = caught.value.findings
    assert finding.rule == "duplicate-process"
    assert {finding.position.file, *re.findall(r"p\.(?:yaml|bpmn)", finding.message)} == {"p.yaml", "p.bpmn"}


def test_roles_are_not_held_against_what_is_deployed_already() -> None:
    text = changed("by: clerk", "by: office_of_yesterday")
    assert compile_bundle("d", {"p.yaml": text.encode()}, SERVICES).processes.keys() == {"p"}
