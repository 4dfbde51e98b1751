"""Examples for decision tables, words of notices, tuning and what deploying asks besides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from scripts.rule_examples.example import Example, rule

_PROCESS: Final = (
    '=== p.bpmn\n<process id="p" isExecutable="true"><extensionElements>'
    '<wz:variable name="amount" type="int" initial="5"/><wz:variable name="fee" type="int"/>MORE'
    '</extensionElements><startEvent id="s"/><businessRuleTask id="t"><extensionElements>\n'
    'CALL</extensionElements></businessRuleTask><endEvent id="e"/>\n'
    '<sequenceFlow id="f" sourceRef="s" targetRef="t"/><sequenceFlow id="g" sourceRef="t" targetRef="e"/>'
    "</process>\n"
)
_CALL: Final = '<wz:decision name="fee"/>'
_TABLE: Final = """\
hit: first
inputs: {amount: int}
outputs: {fee: int}
rules:
  - {amount: "< 100", fee: 5}
  - {fee: amount / 10}
"""
_CSV: Final = """\
hit,first,
column,in,out
name,amount,fee
type,int,int
1,< 100,5
2,-,amount / 10
"""


def _asked(table: str = _TABLE, call: str = _CALL, more: str = "", file: str = "fee.decision.yaml") -> str:
    return f"{_PROCESS.replace('CALL', call).replace('MORE', more)}=== {file}\n{table}"


def _csv(table: str) -> str:
    return _asked(table, file="fee.csv")


_TOLD: Final = """\
=== p.bpmn
var petition_id string required
start s
service t call=notify_author petition_id=petition_id template="'replied'"
end e
s -> t -> e
"""
_ZH: Final = "=== messages/replied.zh.txt\n告知\n\n{number} 已办。\n"
_EN: Final = "=== messages/replied.en.txt\nTold\n\n{number} is done.\n"
_WORDS: Final = _TOLD + _ZH + _EN
_LINE: Final = "=== p.bpmn\nstart s\nend e\ns -> e\n"
_LETTER: Final = """\
=== petition.yaml
language: 1
process: PROCESS
name: {zh: 来信, en: Letter}
DATAsteps:
  reply:
    by: WHO
    go: done
outcomes:
  done: {zh: 办结, en: Done}
"""

_BROUGHT: Final = (
    "  petition_id: {type: text, required: true}\n  received_on: {type: date, required: true}\n"
    "  kind: text\n  addressee: text\n"
)


def _letter(process: str = "petition", data: str = "", who: str = "clerk") -> str:
    brought = f"data:\n{_BROUGHT}{data}"
    return _LETTER.replace("PROCESS", process).replace("DATA", brought).replace("WHO", who)


def _deployed(what: str, wrong: str, right: str, why: str) -> Example:
    return Example(what, why, wrong, right, frozenset(), deployed=True)


_CITY: Final = """\
=== organisation.yaml
units:
  - id: city
    kind: city
    name: {zh: 清江市, en: Qingjiang City}
    units:
      - {id: centre, kind: centre, name: {zh: 信息中心, en: Information Centre}}
      - {id: watch, kind: supervision, name: {zh: 督办, en: Supervision}}
      - id: housing
        kind: department
        name: {zh: 住建局, en: Housing Bureau}
        units:
          - {id: repairs, kind: section, name: {zh: 维修科, en: Repairs}}
"""
_WATCH: Final = "      - {id: watch, kind: supervision, name: {zh: 督办, en: Supervision}}\n"

TABLE_EXAMPLES: Final[Mapping[str, Example]] = {
    "unknown-decision": rule(
        "a decision table that is not in the folder", _asked(call=_CALL.replace("fee", "fees")), _asked()
    ),
    "decision-input": rule(
        "a table that is not given what it decides by",
        _asked(_TABLE.replace("amount", "size")),
        _asked(),
    ),
    "decision-output": rule(
        "a table whose result has no variable to go to",
        _asked(_TABLE.replace("fee", "price")),
        _asked(),
    ),
    "decision-column": rule(
        "a column whose name expressions cannot use, or a rule about no column",
        _asked(_TABLE.replace("{fee: amount / 10}", "{fees: amount / 10, fee: 1}")),
        _asked(),
    ),
    "decision-form": rule(
        "a table that lacks a part, or has one too many",
        _asked(_TABLE.replace("hit: first", "hit: first\ncolour: red")),
        _asked(),
    ),
    "decision-hit": rule(
        "a hit policy that there is none of",
        _asked(_TABLE.replace("first", "best")),
        _asked(),
        why="How several rules that match are put together has to be known.",
    ),
    "decision-type": rule(
        "a column of a type that there is none of",
        _asked(_TABLE.replace("amount: int", "amount: number")),
        _asked(),
    ),
    "decision-value": rule(
        "a result that is none of the column's values",
        _asked(
            _TABLE.replace("{fee: int}", "{fee: {type: int, values: [1, 2]}}").replace("amount / 10", "2")
        ),
        _asked(
            _TABLE.replace("{fee: int}", "{fee: {type: int, values: [5, 2]}}").replace("amount / 10", "2")
        ),
    ),
    "decision-twice": rule("two tables of one name", _asked() + f"=== fee.csv\n{_CSV}", _asked()),
    "decision-quote": rule(
        "a quoted cell of a CSV file that is not closed",
        _csv(_CSV.replace("< 100", '"< 100')),
        _csv(_CSV.replace("< 100", '"< 100"')),
        "decision-form",
    ),
    "decision-encoding": rule(
        "a CSV file that is not UTF-8",
        _asked(_CSV.replace("1,", "收费,"), file="fee.csv (gb18030)"),
        _csv(_CSV.replace("1,", "收费,", 1)),
        why="Spreadsheets save Chinese as GB 18030 unless they are asked for CSV in UTF-8.",
    ),
    "dmn-not-executed": rule(
        "a decision table in DMN XML",
        _asked(
            '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">'
            '<decision id="fee"><decisionTable/></decision></definitions>\n',
            file="fee.dmn",
        ),
        _csv(_CSV),
        why="Its cells are FEEL; here they are CEL.",
    ),
    "message-missing": rule(
        "a notice without words, where the folder has words",
        _TOLD + (_ZH + _EN).replace("replied", "accepted"),
        _WORDS,
    ),
    "message-language": rule("a notice in one language only", _TOLD + _ZH, _WORDS),
    "message-name": rule(
        "words in a file that nobody would read", _WORDS + "=== messages/replied.txt\nTold\n\nx\n", _WORDS
    ),
    "message-word": rule(
        "a word in braces that there is none of", _WORDS.replace("{number} is", "{nubmer} is"), _WORDS
    ),
    "message-form": rule(
        "words of a notice without a subject and an empty line",
        _TOLD + _ZH + "=== messages/replied.en.txt\nTold\n",
        _WORDS,
    ),
    "tuning-unknown": rule(
        "a tuned rule that is none of good sense",
        _LINE + "=== rules.yaml\nbad-id: {severity: off, reason: Our ids begin with a number.}\n",
        _LINE + "=== rules.yaml\nno-bpmndi: {severity: off, reason: It is written by hand.}\n",
        why="What is against the standard or cannot run stays so, whatever the reason.",
    ),
    "petition-process": _deployed(
        "a definition called petition without the process that letters begin",
        _letter("letters"),
        _letter(),
        "The desk begins the process `petition` for each letter.",
    ),
    "petition-start": _deployed(
        "a petition that needs more than a letter brings",
        _letter(data="  budget: {type: whole_number, required: true}\n"),
        _letter(),
        "It could never begin.",
    ),
    "role-nobody": _deployed(
        "a step of a role that no account has",
        _letter(who="leader"),
        _letter(),
        "A letter would stop there, and nobody could take it further. Here only a clerk has an account.",
    ),
    "organisation-form": rule(
        "an organisation that is no tree of known units",
        _CITY.replace("kind: section", "kind: office"),
        _CITY,
    ),
    "supervisor-late-itself": rule(
        "a supervision office below a department, or supervisors who are all of one department",
        _CITY.replace(_WATCH, "") + "    " + _WATCH,
        _CITY,
        why="When the department is late, it is told of itself. Deploying asks the same of the accounts.",
    ),
    "escalation-nobody": rule(
        "people to be told of whom the organisation has none",
        _CITY.replace(_WATCH, ""),
        _CITY,
        why="The lamp comes on and nobody hears of it. Deploying asks the same of the accounts.",
    ),
}
