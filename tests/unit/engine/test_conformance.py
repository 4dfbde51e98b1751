"""Other people's models (betsy, BPMNspector, bpmnlint): each compiles or is refused, none crashes.

They lie beside the checkout and are not part of it (../shared/conformance, see its README).
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.bpmn import Run, compiled, findings_of
from wenzheng.engine.compiler import compile_bpmn
from wenzheng.engine.findings import DefinitionRefused

ROOT = Path(__file__).parents[3].parent / "shared" / "conformance"
FILES = sorted(ROOT.rglob("*.bpmn"))
pytestmark = pytest.mark.skipif(not FILES, reason="needs ../shared/conformance beside the checkout")

# Files of must_be_refused that we run after all, each with the reason.
RUN_ANYWAY: dict[str, str] = {}


def refusal(path: Path) -> DefinitionRefused | None:
    try:
        compile_bpmn({path.name: path.read_bytes()})
    except DefinitionRefused as refused:
        return refused
    return None


@pytest.mark.parametrize("suite", ["betsy", "bpmnspector", "bpmnlint"])
def test_every_model_compiles_or_is_refused_with_a_place_and_a_remedy(suite: str) -> None:
    files = [path for path in FILES if path.relative_to(ROOT).parts[0] == suite]
    assert files
    for path in files:
        refused = refusal(path)
        for finding in refused.findings if refused else ():
            assert finding.position.file == path.name
            assert finding.position.line >= 1
            assert finding.position.column >= 1
            assert finding.message
            assert finding.hint


MUST = [path for path in FILES if "must_be_refused" in path.parts]


@pytest.mark.parametrize("path", MUST, ids=lambda path: path.stem)
def test_a_model_that_breaks_a_rule_of_the_standard_is_refused(path: Path) -> None:
    if path.stem in RUN_ANYWAY:
        assert refusal(path) is None, "it is refused now: strike it from the list"
    else:
        assert refusal(path) is not None


# --- betsy: the traces of what compiles ---------------------------------------------------------

EXPECTED = ROOT / "betsy" / "expected.json"
TESTS: list[dict[str, Any]] = json.loads(EXPECTED.read_text())["tests"] if EXPECTED.exists() else []
EXECUTED = """
    SubProcess SequenceFlow
    Error_EndEvent_TopLevel Terminate_Event
    ExclusiveGateway ExclusiveGateway_Default
    ParallelGateway ParallelDiverging_ExclusiveConverging
    ExclusiveGatewayMixed
"""
NOT_COMPARED = {
    "ParallelGateway_TrueParallelism": "scripts of ours take no time, so none can overlap",
    "Timer_BoundaryEvent_SubProcess_Interrupting_Activity": "needs a script that is busy for 10 seconds",
    "ExclusiveGateway/4": "no true flow is an incident for an operator, not the end of the instance",
}
VARIABLES = (
    '<b:extensionElements xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:wz="urn:wenzheng:bpmn:1"><wz:variable name="test" type="string"/>'
    '<wz:variable name="integerVariable" type="int" initial="0"/>'
    '<wz:variable name="testCaseNumber" type="int"/></b:extensionElements>'
)
SCRIPT = re.compile(r'(<(?:\w+:)?scriptTask[^>]*\bid="([^"]+)".*?<(?:\w+:)?script>)([^<]*)(?=<)', re.DOTALL)


def adapted(text: str) -> tuple[str, dict[str, str]]:
    """A model with our scripts and variables, and what each script task stands for in a trace."""
    meanings: dict[str, str] = {}

    def ours(match: re.Match[str]) -> str:
        meanings[match[2]] = name = match[3].strip()
        code = {"THROW_ERROR": "throw ERR_CODE"}.get(name, "test = test" if "INC" not in name else "")
        return match[1] + (code or "integerVariable = integerVariable + 1")

    text = SCRIPT.sub(ours, text)
    return re.sub(r"(<(?:\w+:)?process\b[^>]*>)", lambda match: match[1] + VARIABLES, text), meanings


def trace_of(run: Run, meanings: dict[str, str]) -> list[str]:
    words = {"INCREMENT_INTEGER_VARIABLE_AND_LOG": "INCREMENT_correct", "CREATE_MARKER_FILE": "MARKER_exists"}
    told = [words.get(meanings.get(element, ""), meanings.get(element, "")) for element in run.completed]
    kept = [line for line in told if line.startswith("SCRIPT_") or line in words.values()]
    return sorted([*kept, "ERROR_thrownErrorEvent"] if run.state == "failed" else kept)


@pytest.mark.parametrize("test", TESTS, ids=lambda test: str(test["name"]))
def test_what_compiles_gives_the_trace_that_betsy_expects(test: dict[str, Any]) -> None:
    name = test["name"]
    text, meanings = adapted((ROOT / "betsy" / test["file"]).read_text())
    if name not in EXECUTED.split():
        if name not in NOT_COMPARED:
            assert findings_of(lambda: compiled(text.encode())), "it runs now: add it to the list"
        return
    process = compiled(text.encode(), process_id=test["process_id"])
    for case in test["test_cases"]:
        if f"{name}/{case['number']}" in NOT_COMPARED:
            continue
        run = Run(process).start(**{"test": "", **case["variables"]})
        for _ in range(5):
            run.wait(milliseconds=case["delay_ms"] / 5)
        assert trace_of(run, meanings) == sorted(case["expected_trace"])
