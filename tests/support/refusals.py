"""A sound process around one piece of markup, and the findings with which it is refused."""

from __future__ import annotations

from tests.support.bpmn import compiled, findings_of, process
from wenzheng.engine.findings import Finding, Severity

SOUND = """<startEvent id="s"/>
<sequenceFlow id="s_u" sourceRef="s" targetRef="u"/>
<userTask id="u" xmlns:wz="urn:wenzheng:bpmn:1" wz:role="clerk">
@U</userTask>
<sequenceFlow id="u_e" sourceRef="u" targetRef="e"/>
<endEvent id="e"/>
@P"""
"""Its first line is line 5 of the file: `process` writes four before it."""


def refused(data: bytes) -> list[Finding]:
    """The errors of a definition; each finding has a place, a rule and a remedy."""
    found = findings_of(lambda: compiled(data))
    for finding in found:
        assert finding.position.file == "p.bpmn"
        assert finding.position.line >= 1
        assert finding.position.column >= 1
        assert finding.rule
        assert finding.message
        assert finding.hint
    return [finding for finding in found if finding.severity is Severity.ERROR]


def in_process(markup: str) -> bytes:
    """A sound process with this markup in it, from line 11 of the file on."""
    return process(SOUND.replace("@U", "").replace("@P", markup))


def in_task(markup: str) -> bytes:
    """A sound process with this markup in its user task, in line 8 of the file."""
    return process(SOUND.replace("@U", markup).replace("@P", ""))
