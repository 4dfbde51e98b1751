"""Examples for rules about too much of something: made by code, and shown shortened on their pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from scripts.rule_examples.example import Example
from wenzheng.catalog.bundle import MAX_BUNDLE_BYTES
from wenzheng.engine import xml_tree, yaml_tree
from wenzheng.engine.calling import MAX_LEVELS, MAX_PROCESSES
from wenzheng.engine.decisions import reader_csv
from wenzheng.engine.extensions import MAX_VARIABLES
from wenzheng.engine.findings import MAX_FINDINGS
from wenzheng.engine.reader import MAX_FLOW_NODES, MAX_NESTING

_LINE: Final = "start s\nend e\ns -> e"
_TABLE: Final = "hit: first\noutputs: {fee: int}\nrules:\n  - {fee: 5}\n"
_YAML: Final = (
    "language: 1\nprocess: p\nname: {zh: 事项, en: Matter}\nsteps:\n  work:\n    by: clerk\n    go: done\n"
    "outcomes:\n  done: {zh: 办结, en: Done}\n"
)


def _many(count: int, line: str) -> str:
    return "\n".join(line.format(n) for n in range(count))


def _rule(what: str, wrong: str, shown: str, right: str, *beside: str) -> Example:
    return Example(
        what,
        "What is this large costs every worker that loads it; nobody can read it either.",
        wrong,
        right,
        frozenset(beside),
        shown=shown,
    )


def _nested(levels: int) -> Iterable[str]:
    for level in range(levels):
        yield f"start s{level}\nsub x{level}"
    yield f"start s{levels}\nend e{levels}\ns{levels} -> e{levels}"
    for level in reversed(range(levels)):
        yield f"close\nend e{level}\ns{level} -> x{level} -> e{level}"


def _calling(count: int) -> str:
    """A process that calls another, which calls another."""
    callers = [
        f"process q{n}\nstart s{n}\ncall c{n} of=q{n + 1}\nend e{n}\ns{n} -> c{n} -> e{n}"
        for n in range(count)
    ]
    last = f"process q{count}\nstart s{count}\nend e{count}\ns{count} -> e{count}"
    return "\n".join([*callers, last]).removeprefix("process q0\n")


_COMMENT: Final = "x" * 1_000
LIMIT_EXAMPLES: Final[Mapping[str, Example]] = {
    "bundle-empty": Example(
        "a folder without a definition in it",
        "",
        "=== read.me\nNothing here yet.\n",
        _LINE,
    ),
    "bundle-too-large": _rule(
        f"a folder of more than {MAX_BUNDLE_BYTES // 1_000_000} MB",
        "".join(f"=== words{n}.txt\n{'x' * (MAX_BUNDLE_BYTES // 10)}\n" for n in range(11)),
        f"=== words0.txt … words10.txt\n(together more than {MAX_BUNDLE_BYTES:,} bytes)",
        _LINE,
    ),
    "xml-too-large": _rule(
        "a BPMN file of more than 10 MB",
        f"=== p.bpmn\n!<x>{'<!-- ' + _COMMENT + ' -->'}{' ' * xml_tree.MAX_BYTES}</x>",
        f"<!-- a picture that was pasted in: more than {xml_tree.MAX_BYTES:,} bytes -->",
        _LINE,
    ),
    "xml-too-many-elements": _rule(
        "a BPMN file of too many elements",
        f"=== p.bpmn\n!<x>{'<y/>' * xml_tree.MAX_ELEMENTS}</x>",
        f"<y/><y/><y/> … (more than {xml_tree.MAX_ELEMENTS:,} elements)",
        _LINE,
    ),
    "xml-too-deep": _rule(
        "elements too deep inside one another",
        f"=== p.bpmn\n!{'<x>' * (xml_tree.MAX_DEPTH + 1)}{'</x>' * (xml_tree.MAX_DEPTH + 1)}",
        f"<x><x><x> … </x></x></x> (more than {xml_tree.MAX_DEPTH} levels)",
        _LINE,
    ),
    "too-many-flow-nodes": _rule(
        f"a file with more than {MAX_FLOW_NODES:,} flow nodes",
        "<process id='p' isExecutable='true'>"
        + "".join(f"<task id='t{n}'/>" for n in range(MAX_FLOW_NODES + 1))
        + "</process>",
        f'<task id="t0"/><task id="t1"/> … (more than {MAX_FLOW_NODES:,})',
        _LINE,
    ),
    "sub-process-too-deep": _rule(
        f"sub-processes more than {MAX_NESTING} levels deep",
        "\n".join(_nested(MAX_NESTING + 1)),
        f"start s0\nsub x0\nstart s1\nsub x1\n… ({MAX_NESTING + 1} levels)",
        "\n".join(_nested(2)),
    ),
    "too-many-variables": _rule(
        f"a process with more than {MAX_VARIABLES} variables",
        f"{_many(MAX_VARIABLES + 1, 'var v{} int')}\n{_LINE}",
        f"var v0 int\nvar v1 int\n… ({MAX_VARIABLES + 1} of them)",
        f"var v map\n{_LINE}",
    ),
    "too-many-processes": _rule(
        f"a folder with more than {MAX_PROCESSES} processes",
        f"{_LINE}\n" + _many(MAX_PROCESSES, "global g{}: # nothing"),
        f"global g0: …\nglobal g1: …\n… ({MAX_PROCESSES + 1} of them)",
        _LINE,
    ),
    "calls-too-deep": _rule(
        f"calls, sub-processes and loops more than {MAX_LEVELS} levels deep",
        _calling(MAX_LEVELS),
        f"start s\ncall c of=q1\nend e\ns -> c -> e\nprocess q1\ncall c of=q2\n… ({MAX_LEVELS + 1} levels)",
        _calling(2),
    ),
    "yaml-too-large": _rule(
        "a YAML file that is too large",
        f"=== p.yaml\n{_YAML}# {'x' * yaml_tree.MAX_BYTES}\n",
        f"# … (more than {yaml_tree.MAX_BYTES:,} bytes)",
        _YAML,
    ),
    "yaml-too-many-values": _rule(
        "a YAML file of too many values",
        f"=== p.yaml\n{_YAML}x: [{'1, ' * yaml_tree.MAX_NODES}]\n",
        f"x: [1, 1, 1, …] (more than {yaml_tree.MAX_NODES:,})",
        _YAML,
    ),
    "yaml-too-deep": _rule(
        "values too deep inside one another",
        f"=== p.yaml\n{_YAML}x: {'[' * (yaml_tree.MAX_DEPTH + 1)}{']' * (yaml_tree.MAX_DEPTH + 1)}\n",
        f"x: [[[[ … ]]]] (more than {yaml_tree.MAX_DEPTH} levels)",
        _YAML,
    ),
    "decision-too-large": _rule(
        "a decision table that is too large",
        f"=== p.bpmn\n{_LINE}\n=== fee.csv\nhit,first\ncolumn,out\nname,fee\ntype,int\n"
        f"{'1,5' + chr(10)}{' ' * reader_csv.MAX_BYTES}\n",
        f"hit,first\ncolumn,out\n… (more than {reader_csv.MAX_BYTES:,} bytes)",
        f"=== p.bpmn\n{_LINE}\n=== fee.decision.yaml\n{_TABLE}",
    ),
    "too-many-findings": _rule(
        f"more than {MAX_FINDINGS:,} findings",
        "<process id='p' isExecutable='true'>"
        + "".join(f"<sequenceFlow id='f{n}' sourceRef='a' targetRef='b'/>" for n in range(MAX_FINDINGS))
        + "</process>",
        f'<sequenceFlow id="f0" sourceRef="a" targetRef="b"/> … ({MAX_FINDINGS:,} of them)',
        _LINE,
        "unknown-reference",
    ),
}
