"""A wrong and a right example for rules of the YAML language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from scripts.rule_examples.example import Example, rule

_STEPS: Final = """\
  work:
    by: clerk
    go: done
"""


def _yaml(steps: str = _STEPS, before: str = "", behind: str = "") -> str:
    """A definition with these steps, parts before them, and parts behind the outcomes."""
    return (
        "language: 1\nprocess: p\nname: {zh: 事项, en: Matter}\nstart:\n  begun: {zh: 开始, en: Begun}\n"
        f"{before}steps:\n{steps}outcomes:\n  done: {{zh: 办结, en: Done}}\n{behind}"
    )


def _form(field: str) -> str:
    return _yaml(f"  work:\n    by: clerk\n    form:\n      answer: {field}\n    go: done\n")


def _deadline(keys: str, limits: str = "late: {working_days: 5, notify: centre_head}", data: str = "") -> str:
    lines = "".join(f"    {line}\n" for line in keys.splitlines())
    limit_lines = "".join(f"      {line}\n" for line in limits.splitlines())
    return _yaml(
        before=f"{data}deadlines:\n  answer:\n    starts: begun\n    stops: work\n{lines}"
        f"    limits:\n{limit_lines}"
    )


def _chosen(*ways: str) -> str:
    written = "".join(f"      - {way}\n" for way in ways)
    return (
        "  work:\n    by: clerk\n    form:\n      good: {type: yes_no, required: true}\n"
        f"  which:\n    choose:\n{written}"
    )


_GOOD: Final = "{if: good, go: done}"
_EXPORTED: Final = "fragment: shared\nforms:\n  opinion:\n    agreed: {type: yes_no, required: true}\n"
_FORMED: Final = "  work:\n    by: clerk\n    form: opinion\n    go: done\n"


def _importing(shared: str, *, more: str = "", file: str = "shared.yaml") -> str:
    own = _yaml(_FORMED, f"import: [{file}]\n{more}")
    return f"=== p.yaml\n{own}=== shared.yaml\n{shared}"


def _roles(roles: str, who: str = "everybody") -> str:
    return _yaml(_STEPS.replace("clerk", who), f"roles:\n  {roles}\n")


def _event(keys: str) -> str:
    return _yaml(behind=f"  gone: {{zh: 撤回, en: Gone}}\nanytime:\n  left:\n{keys}    go: gone\n")


_PETITION: Final = "data:\n  petition_id: {type: text, required: true}\n"
_DAY: Final = "data:\n  day: {type: date, required: true}\n"
_LIST: Final = "data:\n  asked: {type: list, required: true}\n  drafts: list\n"
_EACH: Final = "  work:\n    by: department\n    for_each: asked\n    form:\n      draft: {type: text}\n"
_BACK: Final = "once_more:\n    back_to: work\n    rounds: 3\n    count: round\n"
_VISIT: Final = (
    "procedures:\n  visit:\n    name: {zh: 查看, en: Look}\n    steps:\n      look:\n        by: clerk\n"
)
_DONE_FOR_EACH: Final = (
    "  pick:\n    by: clerk\n    form: {asked: {type: units, required: true}}\n"
    "  ask:\n    do: visit\n    for_each: asked\n"
)
_DONE: Final = "  work:\n    do: visit\n    go: done\n"

LANGUAGE_EXAMPLES: Final[Mapping[str, Example]] = {
    "duplicate-key": rule(
        "a key that stands twice",
        _yaml(_STEPS + "    go: done\n"),
        _yaml(),
        why="Only one of the two would count, and nobody can tell which.",
    ),
    "yaml-alias": rule(
        "an alias",
        _yaml(_STEPS.replace("clerk", "*who")).replace("process: p", "process: p\nx: &who clerk"),
        _yaml(),
        "yaml-anchor",
        "unknown-key",
        why="What is written is what is meant: nothing stands for something else.",
    ),
    "yaml-anchor": rule("an anchor", _yaml(_STEPS.replace("clerk", "&who clerk")), _yaml()),
    "yaml-merge": rule(
        "a merge key", _yaml(_STEPS + "    <<: {fact: accepted}\n"), _yaml(_STEPS + "    fact: accepted\n")
    ),
    "yaml-tag": rule("a tag", _yaml(_STEPS.replace("clerk", "!!str clerk")), _yaml()),
    "yaml-key": rule(
        "a key that is no text",
        _yaml(_STEPS + "  12:\n    by: clerk\n"),
        _yaml(_STEPS.replace("go: done", "go: twelve") + "  twelve:\n    by: clerk\n    go: done\n"),
    ),
    "yaml-number": rule(
        "a number written in a way that is read differently elsewhere",
        _yaml(before="data:\n  n: {type: whole_number, initial: 007}\n"),
        _yaml(before="data:\n  n: {type: whole_number, initial: 7}\n"),
        "initial-value",
        why="With a leading zero it is octal to some readers and decimal to others.",
    ),
    "yaml-character": rule(
        "a control character",
        _yaml().replace("en: Matter", 'en: "Mat\\x01ter"'),
        _yaml(),
        why="BPMN cannot hold it.",
    ),
    "yaml-empty": rule("a file with nothing in it", "=== p.yaml\n\n", _yaml()),
    "yaml-encoding": rule(
        "a file that is not UTF-8",
        "=== p.yaml (gb18030)\nlanguage: 1\nprocess: p\nname: 事项\n",
        _yaml(),
        why="Editors of old systems save Chinese as GB 18030. A Chinese text is a sign to look for.",
    ),
    "kind": rule(
        "a step that says two things it does, or none",
        _yaml("  work:\n    by: clerk\n    tell: accepted\n    go: done\n"),
        _yaml("  work:\n    by: clerk\n    go: next\n  next:\n    tell: accepted\n    go: done\n", _PETITION),
        why="Each step does one thing: then it is clear what follows what.",
    ),
    "choice-otherwise": rule(
        "a choice without `otherwise` at its end",
        _yaml(_chosen(_GOOD, '{if: "!good", go: done}')),
        _yaml(_chosen(_GOOD, "{otherwise: done}")),
        why="There must always be a way on.",
    ),
    "choice-values": rule(
        "a choice without values, or values of what is no choice",
        _form("{type: choice}"),
        _form("{type: choice, values: [yes_please, no_thanks]}"),
    ),
    "template-of-no-text": rule(
        "a template for what is no text",
        _form("{type: date, template: {zh: 请填写, en: Fill in}}"),
        _form("{type: text, template: {zh: 经核实，, en: We have found that}}"),
        "field-limit",
    ),
    "collect-of-nobody": rule(
        "something collected where only one does it",
        _yaml(
            _EACH.replace("    for_each: asked\n", "") + "    collect: {drafts: draft}\n    go: done\n", _LIST
        ),
        _yaml(_EACH + "    collect: {drafts: draft}\n    go: done\n", _LIST),
    ),
    "unknown-list": rule(
        "a step for each of what is no list",
        _yaml(_EACH.replace("asked", "day") + "    go: done\n", _DAY),
        _yaml(_EACH + "    go: done\n", _LIST),
    ),
    "unknown-data": rule(
        "data that nothing declares",
        _yaml("  work:\n    set: {total: 1 + 1}\n    go: done\n"),
        _yaml("  work:\n    set: {total: 1 + 1}\n    go: done\n", "data:\n  total: whole_number\n"),
    ),
    "unknown-date": rule(
        "days counted from what is no date",
        _yaml("  work:\n    wait: {working_days: 3, from: title}\n    go: done\n", "data:\n  title: text\n"),
        _yaml("  work:\n    wait: {working_days: 3, from: day}\n    go: done\n", _DAY),
        "timer-day",
    ),
    "days-before-nothing": rule(
        "days before a day that is not named",
        _yaml("  work:\n    wait: {working_days: -1}\n    go: done\n"),
        _yaml("  work:\n    wait: {working_days: -1, from: day}\n    go: done\n", _DAY),
    ),
    "unknown-step": rule(
        "a step that is not there",
        _yaml(_STEPS.replace("done", "doen")),
        _yaml(),
        "never-reached",
        "end-missing",
    ),
    "never-reached": rule(
        "a step, outcome or procedure that nothing leads to",
        _yaml(_STEPS + "  forgotten:\n    by: clerk\n    go: done\n"),
        _yaml(),
        why="A step leads to the next one unless it says `go`.",
    ),
    "leads-nowhere": rule(
        "a last step that does not say where it leads",
        _yaml(_STEPS.replace("    go: done\n", "")),
        _yaml(),
        "never-reached",
        "end-missing",
    ),
    "loop-without-limit": rule(
        "a way back that nobody does anything on",
        _yaml(
            "  first:\n    set: {n: n + 1}\n  second:\n    set: {n: n + 1}\n    go: first\n",
            "data:\n  n: {type: whole_number, initial: 0}\n",
        ),
        _yaml(_chosen('{if: "!good", go: work}', "{otherwise: done}")),
        "never-reached",
        "end-missing",
        why="What goes back without a person on the way could run for ever.",
    ),
    "loop-without-exit": rule(
        "a choice whose ways all lead back",
        _yaml(_chosen("{if: good, go: work}", "{otherwise: work}")),
        _yaml(_chosen('{if: "!good", go: work}', "{otherwise: done}")),
        "loop-without-limit",
        "never-reached",
        "end-missing",
    ),
    "loop-forward": rule(
        "a step back that leads forward",
        _yaml(
            _chosen(_GOOD, "{otherwise: once_more}") + f"  {_BACK.replace('back_to: work', 'back_to: later')}"
            "  later:\n    by: clerk\n    go: done\n"
        ),
        _yaml(_chosen('{if: "!good", go: once_more}', "{otherwise: done}") + f"  {_BACK}"),
        "never-reached",
        "loop-without-exit",
    ),
    "reserved-name": rule(
        "a name that the language uses itself",
        _yaml("  closed:\n    by: clerk\n    go: done\n"),
        _yaml(),
    ),
    "unknown-form": rule(
        "a form that is not there",
        _yaml(_FORMED),
        _yaml(_FORMED, "forms:\n  opinion:\n    agreed: {type: yes_no, required: true}\n"),
    ),
    "unknown-procedure": rule(
        "a procedure that is not there",
        _yaml(_DONE.replace("visit", "vist"), _VISIT),
        _yaml(_DONE, _VISIT),
    ),
    "group-alone": rule(
        "a group with a role whose tasks are for one unit or one person",
        _roles("everybody: {zh: 各方, en: Everybody, any_of: [clerk, department]}"),
        _roles("everybody: {zh: 中心, en: The centre, any_of: [clerk, centre_head]}"),
        why="Which department is meant depends on the letter: no group can be.",
    ),
    "each-and-once": rule(
        "a procedure that is done for each unit and elsewhere for none",
        _yaml(_DONE_FOR_EACH + _DONE, _VISIT),
        _yaml(_DONE_FOR_EACH + "    go: done\n", _VISIT),
        why="Its steps are those of the unit for which it is done; without one they would be nobody's.",
    ),
    "group-name": rule(
        "a group with the name of a role",
        _roles("clerk: {zh: 中心, en: The centre, any_of: [centre_head, leader]}", "clerk"),
        _roles("everybody: {zh: 中心, en: The centre, any_of: [centre_head, leader]}"),
    ),
    "fragment-alone": rule(
        "a fragment that is taken for a definition",
        f"language: 1\n{_EXPORTED}",
        _importing(f"language: 1\n{_EXPORTED}"),
    ),
    "fragment-missing": rule(
        "an import of a file that is not in the folder",
        _importing(f"language: 1\n{_EXPORTED}", file="shraed.yaml"),
        _importing(f"language: 1\n{_EXPORTED}"),
    ),
    "not-a-fragment": rule(
        "an import of a whole definition",
        _importing(_yaml().replace("process: p", "process: q")),
        _importing(f"language: 1\n{_EXPORTED}"),
    ),
    "fragment-cycle": rule(
        "an import that leads back",
        _importing(f"language: 1\n{_EXPORTED}import: [shared.yaml]\n"),
        _importing(f"language: 1\n{_EXPORTED}"),
    ),
    "fragment-twice": rule(
        "a name that is in the definition and in what it imports",
        _importing(f"language: 1\n{_EXPORTED}", more="forms:\n  opinion:\n    agreed: {type: yes_no}\n"),
        _importing(f"language: 1\n{_EXPORTED}"),
    ),
    "event-cause": rule(
        "something that may happen at any time and does not say when",
        _event("    name: {zh: 撤回, en: Withdrawn}\n"),
        _event("    message: withdrawn\n"),
    ),
    "outcome-shared": rule(
        "an outcome of something at any time that steps lead to as well",
        _event("    message: withdrawn\n")
        .replace("go: gone", "go: done")
        .replace("  gone: {zh: 撤回, en: Gone}\n", ""),
        _event("    message: withdrawn\n"),
    ),
    "schedule-day": rule(
        "a day that the period never has",
        _yaml("  work:\n    wait: {schedule: {every: week, working_day: 9}}\n    go: done\n"),
        _yaml("  work:\n    wait: {schedule: {every: week, working_day: 1}}\n    go: done\n"),
    ),
    "schedule-of-nobody": rule(
        "a person named for what happens by the calendar",
        _event("    schedule: {every: week, working_day: 1}\n    by: clerk\n"),
        _event("    schedule: {every: week, working_day: 1}\n"),
    ),
    "limit-order": rule(
        "limits that do not follow each other",
        _deadline(
            "", "red: {working_days: 9, notify: supervision}\nyellow: {working_days: 5, notify: centre_head}"
        ),
        _deadline(
            "", "yellow: {working_days: 5, notify: centre_head}\nred: {working_days: 9, notify: supervision}"
        ),
    ),
    "limit-unit": rule(
        "working days in a deadline that counts something else",
        _deadline("unit: hours"),
        _deadline("unit: hours", "late: {after: 5, notify: centre_head}"),
    ),
    "unknown-deadline": rule(
        "a pause measured by a deadline that is not there",
        _deadline("pauses:\n  asked: {on: work, resumes: work, within: 3, of: lettre}"),
        _deadline("pauses:\n  asked: {on: work, resumes: work, within: 3, of: answer}"),
    ),
    "of-without-within": rule(
        "a pause that names a deadline and no days of it",
        _deadline("pauses:\n  asked: {on: work, resumes: work, of: answer}"),
        _deadline("pauses:\n  asked: {on: work, resumes: work, within: 3, of: answer}"),
    ),
    "pause-unit": rule(
        "a pause of a deadline that counts hours",
        _deadline(
            "unit: hours\npauses:\n  asked: {on: work, resumes: work}",
            "late: {after: 5, notify: centre_head}",
        ),
        _deadline("pauses:\n  asked: {on: work, resumes: work}"),
        why="A pause is whole days.",
    ),
    "moves-with-event": rule(
        "a pause of a deadline that counts back from an event",
        _deadline(
            "day_0: day\npauses:\n  asked: {on: work, resumes: work}",
            "eve: {before: 1, notify: centre_head}",
            _DAY,
        ),
        _deadline("day_0: day", "eve: {before: 1, notify: centre_head}", _DAY),
    ),
    "reminder-of-nobody": rule(
        "days of a reminder without anybody to remind",
        _deadline("", "late: {working_days: 5, notify: centre_head, remind_before: 2}"),
        _deadline("", "late: {working_days: 5, notify: centre_head, remind: clerk, remind_before: 2}"),
    ),
}
