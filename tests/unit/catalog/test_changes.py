"""What differs between two versions is told in words of the work, completely and in both languages."""

from __future__ import annotations

import json
import re
from dataclasses import fields

import pytest

from activities.services import contracts
from wenzheng.catalog.bundle import Bundle, read_bundle
from wenzheng.catalog.changes import clocks as of_clocks
from wenzheng.catalog.changes.change import LOSSES, Change
from wenzheng.catalog.changes.compare import Version, compare
from wenzheng.catalog.changes.steps import ELSEWHERE
from wenzheng.catalog.changes.words import SENTENCES
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.engine.clock_model import Clock, Threshold
from wenzheng.engine.model import Element
from wenzheng.settings import definitions_dir

SHIPPED = read_bundle(definitions_dir() / "petition")
TABLE = """\
hit: first
inputs: {days: int}
outputs: {fee: int}
rules:
  - {days: "< 5", fee: 1}
  - {fee: 2}
"""


def version(bundle: Bundle) -> Version:
    return Version(compile_bundle(bundle.digest, bundle.files, contracts()), bundle.files)


BEFORE = version(SHIPPED)


def edited(old: str, new: str) -> Version:
    text = SHIPPED.files["petition.yaml"].decode()
    assert old in text
    changed = {**SHIPPED.files, "petition.yaml": text.replace(old, new, 1).encode()}
    return version(Bundle("petition", changed))


def told(old: str, new: str) -> list[tuple[str, str]]:
    """Code and element of every change that an edit makes."""
    return [(change.code, change.element) for change in compare(BEFORE, edited(old, new))]


EDITS = [
    ("yellow: {working_days: 5, lamp", "yellow: {working_days: 3, lamp", [("limit.length", "letter.yellow")]),
    (
        "red: {working_days: 15, lamp: red,",
        "red: {working_days: 15, lamp: yellow,",
        [("limit.lamp", "letter.red")],
    ),
    (
        "late: {working_days: 1, lamp: yellow, notify: centre_head}",
        "late: {working_days: 1, lamp: yellow, notify: supervision}",
        [("limit.notify", "centre.late")],
    ),
    ("    starts: completed\n", "    starts: replied\n", [("clock.starts", "feedback")]),
    ("    stops: feedback\n", "    stops: ask_author\n", [("clock.stops", "feedback")]),
    (
        "{zh: 反馈时限, en: Time to tell the author}",
        "{zh: 回访时限, en: Time to tell}",
        [("clock.renamed", "feedback")],
    ),
    ("at_most: 5, times: 1", "at_most: 4, times: 1", [("pause.changed", "letter.question")]),
    ("at_most: 10, times: 1", "at_most: 10, times: 2", [("extension.changed", "letter.more_time")]),
    ("        working_days: 10\n", "        working_days: 12\n", [("element.timer", "rating_expired")]),
    ("zh: 签收, en: Sign for it", "zh: 签, en: Sign for it", [("element.renamed", "sign")]),
    (
        "    by: supervisor\n    fact: decided\n",
        "    by: leader\n    fact: decided\n",
        [("role.added", "leader"), ("element.role", "decide")],
    ),
    ("        max: 5\n", "        max: 10\n", [("field.max", "rate.satisfaction")]),
    (
        "values: [incomplete, not_ours, duplicate, unlawful]",
        "values: [incomplete, not_ours, unlawful, other]",
        [("choice.removed", "accept.reason"), ("choice.added", "accept.reason")],
    ),
    (
        "values: [incomplete, not_ours, duplicate, unlawful]",
        "values: [not_ours, incomplete, duplicate, unlawful]",
        [("choice.order", "accept.reason")],
    ),
    ("  kind: text\n", "  kind: text\n  colour: text\n", [("data.added", "colour")]),
    (
        "      - if: accepted\n",
        "      - if: accepted == true\n",
        [("flow.condition", "is_accepted.tell_accepted")],
    ),
    ("language: 1\n", "language: 1  # of today\n", [("text.only", "petition.yaml")]),
]


@pytest.mark.parametrize(("old", "new", "changes"), EDITS)
def test_an_edit_is_told_as_what_it_means(old: str, new: str, changes: list[tuple[str, str]]) -> None:
    assert told(old, new) == changes


def test_the_same_version_has_no_changes() -> None:
    assert compare(BEFORE, version(SHIPPED)) == []


def test_every_change_is_a_sentence_in_both_languages_and_json() -> None:
    for old, new, _ in EDITS:
        for change in compare(BEFORE, edited(old, new)):
            said = change.as_json()
            assert json.loads(json.dumps(said)) == said
            assert said["text"]["zh"].endswith("。")
            assert said["text"]["en"].endswith(".")
            assert not re.search(r"[{}]", said["text"]["en"] + said["text"]["zh"])


def test_the_changed_limit_reads_as_people_say_it() -> None:
    [change] = compare(BEFORE, edited(*EDITS[0][:2]))
    assert change.sentence("zh") == "时限“答复时限”（letter）的 yellow：5 个工作日 → 3 个工作日。"
    assert change.sentence("en") == (
        "The deadline “Time to reply” (letter), limit yellow: 5 working days → 3 working days."
    )


def test_words_of_notices_and_tables_are_told_by_what_they_say() -> None:
    name = "messages/accepted.zh.txt"
    text = SHIPPED.files[name].decode()
    subject, _, body = text.partition("\n\n")
    with_table = Version(BEFORE.definition, {**SHIPPED.files, "fees.decision.yaml": TABLE.encode()})
    added = compare(BEFORE, with_table)
    assert [(change.code, change.element) for change in added] == [("table.added", "fees")]
    cheaper = TABLE.replace("fee: 1", "fee: 0").replace("hit: first", "hit: unique")
    changed = Version(
        BEFORE.definition,
        {**with_table.files, "fees.decision.yaml": cheaper.encode(), name: f"新{subject}\n\n{body}".encode()},
    )
    codes = [change.code for change in compare(with_table, changed)]
    assert codes == ["table.hit", "table.rule.removed", "table.rule.added", "message.subject"]


def test_a_withdrawal_that_falls_away_is_a_loss_and_steps_that_only_move_are_told_once() -> None:
    text = SHIPPED.files["petition.yaml"].decode()
    cut = text[: text.index("# What can end it at any time.")].replace(
        "  withdrawn: {zh: 撤回, en: Withdrawn}\n", ""
    )
    after = version(Bundle("petition", {**SHIPPED.files, "petition.yaml": cut.encode()}))
    found = compare(BEFORE, after)
    assert [change.element for change in found if change.loses] == ["withdrawn"]
    assert len([change for change in found if change.code == "scope.moved"]) == 1
    assert len(found) < 20


def test_nothing_that_a_step_or_a_clock_says_is_left_out_of_the_comparison() -> None:
    # A new attribute of the language is compared by itself, or named here with where it is compared.
    assert {field.name for field in fields(Element)} >= ELSEWHERE
    in_clocks = {name.partition(".")[2] for name in of_clocks.TRAITS}
    named = {"day0_variable": "day0"}
    elsewhere = {"id", "name", "name_en", "position", "thresholds", "pauses", "extensions"}
    assert {named.get(field.name, field.name) for field in fields(Clock)} - elsewhere == in_clocks
    in_limits = {name.partition(".")[2] for name in of_clocks.LIMIT_TRAITS}
    assert {field.name for field in fields(Threshold)} - {"id", "after"} == in_limits


def test_every_loss_has_a_sentence() -> None:
    assert not LOSSES - SENTENCES.keys()
    assert all(all(pair) for pair in SENTENCES.values())
    assert Change("role.removed", ()).loses


def test_rules_that_are_tuned_are_told_with_their_severity_and_reason() -> None:
    def tuned(text: str) -> Version:
        return version(Bundle("petition", {**SHIPPED.files, "rules.yaml": text.encode()}))

    before = tuned(
        "deadlock: {severity: error, reason: Nothing waits for ever.}\n"
        "no-bpmndi: {severity: off, reason: Drawn by wenzheng render.}\n"
        "lamp-unseen: {severity: off, reason: Seen on the board., elements: [late]}\n"
    )
    after = tuned(
        "# A comment is no change.\n"
        "deadlock: {severity: warning, reason: Nothing waits for ever.}\n"
        "lamp-unseen: {severity: off, reason: Told by telephone., elements: [late, later]}\n"
        "fake-join: {severity: error, reason: Nobody reads it right.}\n"
    )
    found = {(one.code, one.element): one for one in compare(before, after)}
    assert sorted(found) == [
        ("rule.elements", "lamp-unseen"),
        ("rule.reason", "fake-join"),
        ("rule.reason", "lamp-unseen"),
        ("rule.severity", "deadlock"),
        ("rule.tuned", "fake-join"),
        ("rule.untuned", "no-bpmndi"),
    ]
    said = {key: change.sentence("en") for key, change in found.items()}
    assert said["rule.severity", "deadlock"] == "The rule deadlock counts as: an error → a warning."
    assert said["rule.tuned", "fake-join"] == "The rule fake-join is tuned; it counts as: an error."
    assert said["rule.untuned", "no-bpmndi"].endswith("it was tuned to: off.")
    assert "Seen on the board. → Told by telephone." in said["rule.reason", "lamp-unseen"]
    assert found["rule.severity", "deadlock"].sentence("zh") == "检查规则 deadlock 的级别：错误 → 提醒。"
