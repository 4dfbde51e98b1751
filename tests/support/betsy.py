"""The betsy suite's cases through `wenzheng trace`: its placeholders become scripts and services of ours.

The suite's scripts are names (expected.json, `semantics`): what is only written to its log becomes a script
that does nothing and is found in our trace again; what takes time, a service that answers after ten seconds.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

from wenzheng.engine.vocabulary import BPMN, WZ

ROOT: Final = Path(__file__).parents[2].parent / "shared" / "conformance" / "betsy"
EXPECTED: Final = ROOT / "expected.json"
TESTS: Final[list[dict[str, Any]]] = (
    json.loads(EXPECTED.read_text(encoding="utf-8"))["tests"] if EXPECTED.exists() else []
)
CASES: Final = [(test, case) for test in TESTS for case in test["test_cases"]]
VARIABLES: Final = {
    "test": ("string", "''"),
    "integerVariable": ("int", "0"),
    "testCaseNumber": ("int", "0"),
    "logged": ("string", "''"),
}
COUNT: Final = "integerVariable = integerVariable + 1"
SCRIPTS: Final = {
    "INCREMENT_INTEGER_VARIABLE": COUNT,
    "INCREMENT_INTEGER_VARIABLE_AND_LOG": COUNT,
    "SET_STRING_DATA": "data = 'String'",
    "LOG_DATA": "logged = data",
    "THROW_ERROR": "throw ERR_CODE",
}
"""What a placeholder does; the others only leave a line in the trace."""
TAKES_TIME: Final = ("WAIT_TEN_SECONDS", "CREATE_TIMESTAMP_LOG")
SERVICE: Final = {"petition_id": "'1'", "template": "'accepted'"}
"""Inputs of the one service that the product registers; nobody looks at them here."""
SAYS: Final = {
    "INCREMENT_INTEGER_VARIABLE_AND_LOG": "INCREMENT_correct",
    "CREATE_MARKER_FILE": "MARKER_exists",
}


@dataclass
class Adapted:
    """A file of the suite as a definition of ours, and what each of its elements stands for."""

    file: Path
    data: bytes = b""
    meanings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        root = ET.fromstring(self.file.read_text(encoding="utf-8"))  # noqa: S314  # the suite is not hostile
        for process in root.iter(f"{{{BPMN}}}process"):
            self._declare(process)
        for name in ("scriptTask", "globalScriptTask"):
            for task in list(root.iter(f"{{{BPMN}}}{name}")):
                self._script(task)
        self.data = ET.tostring(root, encoding="utf-8", xml_declaration=True)

    def _declare(self, process: ET.Element) -> None:
        extensions = _extensions(process)
        for name, (kind, initial) in VARIABLES.items():
            given = {"name": name, "type": kind, "initial": initial}
            ET.SubElement(extensions, f"{{{WZ}}}variable", given)

    def _script(self, task: ET.Element) -> None:
        script = task.find(f"{{{BPMN}}}script")
        if script is None:
            return
        meaning = (script.text or "").strip()
        self.meanings[task.attrib["id"]] = meaning
        if not meaning.startswith(TAKES_TIME):
            script.text = SCRIPTS.get(meaning, f"# {meaning}")
            return
        task.tag = f"{{{BPMN}}}serviceTask"
        task.attrib.pop("scriptFormat", None)
        task.remove(script)
        call = ET.SubElement(_extensions(task), f"{{{WZ}}}service", {"name": "notify_author"})
        for name, value in SERVICE.items():
            ET.SubElement(call, f"{{{WZ}}}input", {"name": name, "value": value})

    @property
    def answers(self) -> dict[str, list[dict[str, str]]]:
        """What takes time takes ten seconds, however often it runs."""
        slow = [element for element, meaning in self.meanings.items() if meaning.startswith(TAKES_TIME)]
        return {element: [{"after": "PT10S"}] * 100 for element in slow}


def _extensions(node: ET.Element) -> ET.Element:
    found = node.find(f"{{{BPMN}}}extensionElements")
    if found is None:
        found = ET.Element(f"{{{BPMN}}}extensionElements")
        node.insert(0, found)
    return found


def command(adapted: Adapted, test: dict[str, Any], case: dict[str, Any], folder: Path) -> list[str]:
    """The command line that runs a case in `folder`."""
    definition, answers = folder / "case.bpmn", folder / "answers.json"
    definition.write_bytes(adapted.data)
    answers.write_text(json.dumps(adapted.answers), encoding="utf-8")
    processes = ["ParallelProcess"] if case["start_ParallelProcess_first"] else []
    arguments = ["trace", str(definition)]
    for process in [*processes, test["process_id"]]:
        arguments += ["--process", process]
    arguments += ["--data", json.dumps(case["variables"]), "--answers", str(answers)]
    arguments += ["--start", "2026-09-07T10:00:00+08:00", "--until", f"PT{-(-case['delay_ms'] // 1000)}S"]
    return [*arguments, "--format", "json"]


def lines_of(adapted: Adapted, printed: list[dict[str, Any]], exit_code: int) -> list[str]:
    """The suite's log lines, sorted, for what `wenzheng trace` printed."""
    if not printed or "state" not in printed[-1]:
        assert exit_code == 1, "refused definitions exit 1"
        return ["ERROR_deployment"]
    told: list[str] = []
    for meaning, _, _ in _runs(adapted, printed):
        if meaning.startswith("SCRIPT_") or meaning in SAYS:
            told.append(SAYS.get(meaning, meaning))
    if _overlap(_runs(adapted, printed)):
        told.append("EXECUTION_parallel")
    outcome = printed[-1]
    if "LOG_DATA" in adapted.meanings.values() and outcome["data"].get("logged") == "String":
        told.append("DATA_correct")
    error = outcome["error"]
    if error is not None:
        assert exit_code == 1, "a failed instance exits 1"
        told.append("ERROR_thrownErrorEvent" if error["element"] is None else "ERROR_runtime")
    return sorted(told)


Span = tuple[str, datetime, datetime]


def _runs(adapted: Adapted, printed: list[dict[str, Any]]) -> list[Span]:
    """What ran to its end: its meaning, and when it began and ended. Of a loop its runs, not the whole."""
    begun: dict[tuple[str, str], list[datetime]] = {}
    runs: list[Span] = []
    for line in printed[:-1]:
        meaning = adapted.meanings.get(line["element"])
        if meaning is None or line["type"].endswith("Body"):
            continue
        key, moment = (line["instance"], line["element"]), datetime.fromisoformat(line["time"])
        if line["event"] == "activated":
            begun.setdefault(key, []).append(moment)
        elif line["event"] == "completed":
            runs.append((meaning, begun[key].pop(0), moment))
    return runs


def _overlap(runs: list[Span]) -> bool:
    timed = [run for run in runs if run[0].startswith("CREATE_TIMESTAMP_LOG")]
    return any(
        one[0] < other[0] and one[1] < other[2] and other[1] < one[2] for one in timed for other in timed
    )


def matches(found: list[str], expected: list[str]) -> bool:
    """Whether lines are those expected; ERROR there stands for an error of either kind."""
    if "ERROR" in expected:
        found = ["ERROR" if line in {"ERROR_deployment", "ERROR_runtime"} else line for line in found]
    return sorted(found) == sorted(expected)


Execute = Callable[[list[str]], int]


def run_case(
    execute: Execute, read: Callable[[], str], test: dict[str, Any], case: dict[str, Any], folder: Path
) -> list[str]:
    """Run a case through the command line; `read` gives what it has printed since the last time."""
    adapted = Adapted(ROOT / test["file"])
    code = execute(command(adapted, test, case, folder))
    printed = [json.loads(line) for line in read().splitlines()]
    return lines_of(adapted, printed, code)
