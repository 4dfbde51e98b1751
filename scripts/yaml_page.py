"""The page of the YAML language: tables from its grammar, an example for each construct, its findings."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final

from scripts.yaml_examples import BESIDE, EXAMPLES
from wenzheng.catalog.language import deadline_grammar, grammar, step_grammar
from wenzheng.catalog.language.shapes import (
    Choice,
    Entry,
    Group,
    Items,
    Kinds,
    Shape,
    Short,
    Table,
    Text,
    Value,
    Whole,
    YesNo,
)


def _part(group: Group, *names: str) -> Group:
    """Some keys of a group."""
    return Group(group.words, {name: group.entries[name] for name in names})


def _more(shape: Short) -> Group:
    """The long form of a value that has a short one."""
    assert isinstance(shape.more, Group)
    return shape.more


def _limit() -> Group:
    """The keys of every kind of limit in one table."""
    keys: dict[str, Entry] = {}
    for kind, group in deadline_grammar.LIMIT.kinds.items():
        keys[kind] = replace(group.entries[kind], required=False)
    rest = deadline_grammar.LIMIT.kinds["after"].entries
    return Group("a limit", keys | {name: entry for name, entry in rest.items() if name not in keys})


HEAD: Final = """\
# The YAML language, version 1

A definition says how a letter is handled: what is done, in which order, by whom, and in how many working
days. `definitions/petition/petition.yaml` is one; change it, check it with
`wenzheng validate definitions/petition`, and the next `wenzheng run` gives it to new letters. Letters under
way keep the version they began with.

It is YAML 1.2: `on` and `yes` are words, `true` and `false` are yes and no. Indent with two spaces, never
tabs. A key stands once. Anchors, aliases, merge keys and tags are refused: what is written is what is meant.
Names before a colon are ASCII and stand for one thing in the whole file; what people read goes into `name`,
as a text or as `{zh: …, en: …}`. A step leads to the next one unless it says `go`. Conditions and
calculations are CEL: `accepted`, `!solved`, `amount > 10 && kind == 'help'`; one that begins with `!` stands
in quotes.

`wenzheng compile FILE.yaml -o FILE.bpmn` writes the BPMN it stands for, with a lane for each role. That is
what runs, and any BPMN viewer shows it; `wenzheng render FILE.yaml -o FILE.svg` draws it with its deadlines,
with `--lanes` in lanes. Findings point at the YAML. The first line of the shipped file names the schema
(`definitions/language-1.schema.json`), by which editors complete and check while you type.

Five laws and promises are written in it in `definitions/examples`, each tested by its own numbers:
`seed-lamps` (the first city's two lamps), `xinfang` (信访工作条例), `disclosure` (政府信息公开条例),
`administrative-review` (行政复议法) and `jinan-12345` (济南市12345市民服务热线条例). `digest` is no
law: the weekly digest with the leaders' instructions, in two definitions and a fragment that use most of
what is below.

This page is written by `scripts/reference.py` from `wenzheng/catalog/language/grammar.py`; do not edit it by
hand.
"""

SECTIONS: Final[list[tuple[str, str, Group | Kinds, str, str]]] = [
    ("A definition", "definition", grammar.DEFINITION, "", "The keys of the file."),
    (
        "import: what other files say",
        "import",
        grammar.FRAGMENT,
        "",
        (
            "A file with `fragment` in place of `process` runs only where it is imported. What it names "
            "stands in the definition as if it were written there: a name that is in two of the files is "
            "refused, and so are files that are missing and imports that lead back. A finding points into "
            "the file that it is about. Procedures that are imported and not done are left out. The digest "
            "of a definition covers every file of its folder: a changed fragment is another definition."
        ),
    ),
    (
        "roles: names and groups",
        "roles",
        _more(grammar.ROLE),
        "",
        (
            "What a role is called here: pictures show it. With `any_of` it is a group: whoever has one of "
            "the roles may do what is `by` it, and what is to be told is told to each. Roles of a unit or of "
            "the author do what they do alone: they cannot be in a group that does something."
        ),
    ),
    (
        "start: with a message or by the calendar",
        "schedule",
        _more(grammar.START),
        "",
        (
            "A name alone begins at once. With a message, sending that begins it, and what the message "
            "carries becomes the data of the same names. With a schedule a deployed definition is begun by "
            "itself, once in each period, later when nobody was awake at its time "
            "([how](../how-to/schedules.md)); in `trace` it waits for the next such time. For which period "
            "it was begun stands in the data `occasion` (a text: `2026-11-23`, `2026-W48`, `2026-11`, "
            "`2026-Q4`, `2026`), `occasion_before` (the period ahead of it), `occasion_from` and "
            "`occasion_until` (dates), in those of them that `data` declares. Every time is an instance of "
            "its own; for what comes again within one see `anytime`."
        ),
    ),
    (
        "A schedule",
        "again",
        step_grammar.SCHEDULE,
        "",
        (
            "At the start, in `wait`, in `unless` and in `anytime`. Days are those of the calendar, and move "
            "with its versions: the first working day of a week with a holiday on Monday is Tuesday. Where "
            "a period has fewer days the last one counts; one without any working day is passed over. In "
            "`anytime` with `keep: true` it happens again each time."
        ),
    ),
    (
        "data",
        "data",
        step_grammar.DATUM,
        "",
        "A type alone is the short form. What forms ask for is data by itself.",
    ),
    (
        "deadlines",
        "deadlines",
        deadline_grammar.DEADLINE,
        "",
        (
            "Day 0 does not count. When a limit's last working day is over its lamp is lit, and people are "
            "told: at 08:30 of the next working day, or at once while `at_once_if` holds. A condition on "
            "something that nobody has said yet does not hold. A deadline may start and stop at any step, a "
            "mark or what interrupts a step too. With `unit` it counts other days, or hours from the moment "
            "that is day 0; the units never turn into one another."
        ),
    ),
    (
        "A limit",
        "",
        _limit(),
        "",
        (
            "Each stands under its name in `limits`, earliest first, with exactly one of `working_days`, "
            "`after` and `before`. `before` counts back from day 0, the day of an event: the last day on "
            "which one is in time; it waits until that day is known, and moves with it. `notify` is for when "
            "it is over and asks for an answer; `remind` is for the morning, 08:30, when it draws near."
        ),
    ),
    (
        "A rule",
        "",
        deadline_grammar.RULE,
        "",
        "Nothing follows from it: it is what people read who ask why a day is the last one.",
    ),
    (
        "A pause",
        "ledger",
        deadline_grammar.PAUSE,
        "",
        (
            "Each stands under its name in `pauses`. The day on which it begins is used up; the day on which "
            "it ends is day 0 again, for what is left. While it lasts nothing is passed. What comes too late "
            "or too often pauses nothing, and the record says so."
        ),
    ),
    (
        "An extension",
        "",
        deadline_grammar.EXTENSION,
        "",
        (
            "Each stands under its name in `extends` and lengthens the limits that were not over when it was "
            "asked for. Who grants it is a step of the handling: name the mark behind it in `on`."
        ),
    ),
    (
        "A restart",
        "",
        deadline_grammar.RESTART,
        "",
        "A corrected application begins the count anew: neither a pause nor an extension; both end with it.",
    ),
    (
        "forms: a form for several steps",
        "forms",
        _part(grammar.DEFINITION, "forms"),
        "",
        "Each is a table of form fields under its name, and `form` of a step or message may be that name.",
    ),
    ("by: a person's step", "by", step_grammar.STEP, "by", "A task of everybody who has the role."),
    (
        "A form field",
        "",
        step_grammar.FORM_FIELD,
        "",
        (
            "Each stands under its name in `form`. `units` and `files` are lists of ids, each id once; "
            "`content` and `files` are stored before the act and named by their ids."
        ),
    ),
    (
        "tell: a notice to the author",
        "tell",
        step_grammar.STEP,
        "tell",
        "The service `notify_author` with this template.",
    ),
    (
        "mark: a fact is reached",
        "mark",
        step_grammar.STEP,
        "mark",
        (
            "Nobody does anything here: the fact counts from this moment, whatever was drafted and returned "
            "before. What `keeps` names is kept with it, and as nothing if nobody has said it."
        ),
    ),
    (
        "call: another service",
        "call",
        step_grammar.STEP,
        "call",
        "Texts stand in quotes inside the expression.",
    ),
    (
        "set: a calculation",
        "set",
        step_grammar.STEP,
        "set",
        "Expressions are worked out one after the other.",
    ),
    (
        "choose: a fork",
        "choose",
        step_grammar.STEP,
        "choose",
        (
            "The first branch whose condition holds is taken. A branch with `if` may lead back to an earlier "
            "step when a step with `by` lies on the way: somebody decides each time, so nothing runs away. "
            "`otherwise` leads on."
        ),
    ),
    (
        "wait: a pause",
        "wait",
        step_grammar.STEP,
        "wait",
        (
            "Exactly one of working_days, calendar_days, calendar_days_rolled, duration, message and until. "
            "The same stand in `unless`."
        ),
    ),
    (
        "decide: a decision table",
        "decide",
        step_grammar.STEP,
        "decide",
        (
            "The table is a file of the folder, `NAME.csv` or `NAME.decision.yaml`: [its page](decisions.md) "
            "says how it is written."
        ),
    ),
    (
        "send: a message to another process",
        "send",
        step_grammar.STEP,
        "send",
        (
            "To whoever has waited longest for it in an instance of the same definition's folder; else a "
            "process that begins with it begins; else it is kept until somebody waits."
        ),
    ),
    (
        "do: a procedure",
        "do",
        step_grammar.STEP,
        "do",
        (
            "A procedure stands once under `procedures` and is done wherever a step says so, also within a "
            "branch. It knows all data and forms and gives them back when it is done; its loops count anew "
            "each time. Deadlines of the definition are counted by steps outside it; those of its own begin "
            "anew each time it is done. With `for_each` every unit of the list does it, all at the same "
            "time: its steps are that unit's. Such a procedure is done for each unit wherever it is done. "
            "No procedure does itself."
        ),
    ),
    (
        "procedures",
        "",
        grammar.PROCEDURE,
        "",
        "What stands under each name.",
    ),
    (
        "back_to: a loop",
        "back_to",
        step_grammar.STEP,
        "back_to",
        (
            "A way back that is counted, and a loop that no person stands in must be. A branch leads here "
            "only while rounds are left."
        ),
    ),
    (
        "together: branches",
        "together",
        step_grammar.STEP,
        "together",
        (
            "All branches begin at once; the step is done when every branch is. A branch's steps lead to one "
            "another, and to the branch's own name, which is its end. There is no `together` inside a branch."
        ),
    ),
    (
        "for_each: one task for each unit",
        "for_each",
        _part(step_grammar.STEP.kinds["by"], "for_each", "collect", "missing"),
        "",
        (
            "Keys of a step with `by` or `do`. Every unit of the list has a task of its own, for its own "
            "people, and it goes on when all are done; without any unit at once. What is collected stands in "
            "the list; what is not is kept of whoever does it last. Who is `missing` is known at every "
            "moment, also when something in `unless` ends it: whoever was silent holds up nobody."
        ),
    ),
    (
        "deadlines of a procedure",
        "each_deadline",
        deadline_grammar.PROCEDURE_DEADLINE,
        "",
        (
            "Counted anew each time the procedure is done. Done `for_each` unit, every unit has its own: "
            "with its own lamps, pauses and extensions, and its own people who are told. It ends with the "
            "procedure at the latest; whoever is interrupted gets no green lamp. Only steps of the procedure "
            "start, stop and change it."
        ),
    ),
    (
        "deadlines of a step",
        "each_deadline",
        deadline_grammar.STEP_DEADLINE,
        "",
        (
            "Counted from when the step can be done until it is; with `for_each` for every unit by itself. "
            "All deadlines of a definition have names of their own."
        ),
    ),
    (
        "anytime: what ends it",
        "anytime",
        step_grammar.ANYTIME.kinds["go"],
        "",
        "It interrupts whatever is being done.",
    ),
    (
        "anytime: what happens beside it",
        "beside",
        step_grammar.ANYTIME.kinds["keep"],
        "",
        (
            "With `keep: true` nothing is interrupted: the form's values replace those before, what "
            "waits for a date moves with it, and the steps are done beside the rest, each time it happens. "
            "The whole ends when they are done, too; what ends it at any time ends them."
        ),
    ),
]

RULES: Final = {
    "yaml-syntax": "The text is not YAML; the line above is often the cause.",
    "yaml-tab": "A line is indented with a tab.",
    "yaml-encoding": "The file is not UTF-8.",
    "yaml-empty": "There is nothing in the file.",
    "yaml-too-large": "More than 10,000,000 bytes.",
    "yaml-too-deep": "More than 20 levels.",
    "yaml-too-many-values": "More than 50,000 values.",
    "yaml-documents": "More than one document in a file.",
    "yaml-directive": "A line that begins with %.",
    "yaml-anchor": "An anchor, `&name`.",
    "yaml-alias": "An alias, `*name`.",
    "yaml-merge": "A merge key, `<<`.",
    "yaml-tag": "A tag, `!name`.",
    "yaml-key": "A key that is not text.",
    "yaml-number": "A number that readers take for different things, such as 012, or one without an end.",
    "yaml-character": "A control character.",
    "duplicate-key": "The same key twice in one place.",
    "wrong-type": "Another kind of value than belongs there.",
    "wrong-value": "The right kind, but not a value that is allowed.",
    "unknown-key": "A key that the language does not have.",
    "key-missing": "A key that must be there.",
    "kind": "A step, wait or branch that says nothing or several things.",
    "duplicate-id": "One name for two steps, outcomes or events, or for two deadlines.",
    "reserved-name": "A name that the language uses itself.",
    "unknown-role": "A role that nobody has.",
    "unknown-recipient": "Somebody to be told who does not exist.",
    "unknown-step": "A name that is no step beside it, or no outcome.",
    "unknown-data": "Something is set or kept that is not in `data` and no field, or is of another type.",
    "unknown-date": "`day_0` or `from` is neither data nor a field of type date; of hours, of type moment.",
    "each-and-once": "A procedure that is done for each unit in one place and for none in another.",
    "unknown-list": "`for_each` is no list: neither `data` nor a field.",
    "initial-value": "A first value of another type.",
    "leads-nowhere": "The last step has no `go`.",
    "never-reached": "Nothing leads to a step or outcome.",
    "choice-values": "A choice without values, or values without a choice.",
    "choice-otherwise": "A fork that does not end with `otherwise`.",
    "loop-without-limit": "Something leads back that is no branch with `if`, or no person's step lies on the "
    "way.",
    "loop-without-exit": "All branches lead back, or something other than a branch leads to a `back_to`.",
    "loop-forward": "`back_to` names a later step.",
    "loop-count": "Rounds are counted in something that is no whole number.",
    "limit-order": "Limits that are not each later than the one before.",
    "limit-unit": "`working_days` in a deadline that counts something else.",
    "unknown-deadline": "`of` names no deadline.",
    "of-without-within": "`of` without `within`.",
    "pause-unit": "A pause of a deadline that counts hours.",
    "moves-with-event": "A pause or an extension of limits before an event: they move with its date.",
    "reminder-of-nobody": "`remind_before` without `remind`.",
    "collect-of-nobody": "`collect` or `missing` without `for_each`.",
    "days-before-nothing": "Negative working days without `from`, or a limit `before` without `day_0`.",
    "template-of-no-text": "A template of something that is not text.",
    "fragment-missing": "A file that is imported and not there.",
    "not-a-fragment": "A file that is imported and is no fragment.",
    "fragment-cycle": "Files that import one another in a circle.",
    "fragment-twice": "One name in two of the files that a definition is made of.",
    "fragment-alone": "A fragment where a definition belongs.",
    "unknown-form": "`form` names none of `forms`.",
    "unknown-procedure": "`do` names none of `procedures`.",
    "group-name": "A group that is called like a role.",
    "group-alone": "A group that does something, with a role whose tasks are for one unit or person.",
    "event-cause": "Neither `message` nor `schedule`, or both.",
    "schedule-day": "A day that there never is in a week, month, quarter or year; or two days.",
    "schedule-of-nobody": "`by`, `form` or `guidance` of what happens by itself.",
    "outcome-shared": "An outcome of `anytime` that is used elsewhere.",
}
"""The language's own rules; those of expressions and services are the engine's."""


def yaml_page() -> str:
    """The page."""
    parts = [HEAD]
    for title, example, shape, kind, words in SECTIONS:
        group = shape.kinds[kind] if isinstance(shape, Kinds) else shape
        parts.append(f"## {title}\n\n{words}\n\n{_table(group)}")
        if example:
            parts.append(f"```yaml\n{EXAMPLES[example]}```\n")
        for name, text in BESIDE.get(example, {}).items():
            kind_of_file = name.rpartition(".")[2]
            parts.append(f"`{name}`:\n\n```{kind_of_file}\n{text}```\n")
    rows = "".join(f"| `{rule}` | {words} |\n" for rule, words in RULES.items())
    parts.append(f"## Findings\n\n| rule | what is wrong |\n|---|---|\n{rows}")
    return "\n".join(parts)


def schema_text() -> str:
    """The JSON Schema as a file."""
    return json.dumps(grammar.schema(), indent=2, ensure_ascii=False) + "\n"


def _table(group: Group) -> str:
    rows = [
        f"| `{name}` | {_in_words(entry.shape)} | {'yes' if entry.required else ''} | {entry.about} |\n"
        for name, entry in group.entries.items()
    ]
    return "| key | value | needed | what it is |\n|---|---|---|---|\n" + "".join(rows)


def _in_words(shape: Shape) -> str:
    match shape:
        case Choice():
            words = ", ".join(f"`{value}`" for value in shape.values)
        case Whole(least=least, most=most):
            words = f"`{least}`" if least == most else f"whole number {least:,} to {most:,}"
        case YesNo():
            words = "`true` or `false`"
        case Text() | Value() | Group() | Kinds():
            words = shape.words
        case Table():
            words = f"names, each with {_in_words(shape.shape)}"
        case Items():
            words = f"list of {shape.words}"
        case Short():
            words = f"{_in_words(shape.alone)}, or {_in_words(shape.more)}"
        case _:
            raise TypeError(f"Expected a shape, found {shape!r}.")
    return words
