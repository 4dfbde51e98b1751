"""Other people's models (betsy, BPMNspector, bpmnlint): each compiles or is refused, none crashes.

They lie beside the checkout and are not part of it (../shared/conformance, see its README).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from wenzheng.engine.compiler import compile_bpmn
from wenzheng.engine.findings import DefinitionRefused

ROOT = Path(__file__).parents[3].parent / "shared" / "conformance"
FILES = sorted(ROOT.rglob("*.bpmn"))
pytestmark = pytest.mark.skipif(not FILES, reason="needs ../shared/conformance beside the checkout")


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
