"""Scripts: lines of `name = expression`, `throw CODE`, `escalate CODE`.

Blank lines and lines beginning with # are skipped. An expression goes on in the next line only
inside open brackets (or a triple-quoted text). Later lines see earlier assignments.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

from wenzheng.engine.expressions import limits, source
from wenzheng.engine.expressions.errors import ExpressionFailed, ExpressionRefused, Finding
from wenzheng.engine.expressions.program import DEFAULT_ZONE, Definition, Program
from wenzheng.engine.expressions.values import JSON

_ASSIGNMENT: Final = re.compile(r"[ \t]*(?P<name>[A-Za-z_][A-Za-z0-9_]*)[ \t]*=(?!=)[ \t]*", re.ASCII)
_COMMAND: Final = re.compile(
    r"[ \t]*(?P<verb>throw|escalate)[ \t]+(?P<code>[A-Za-z0-9_][A-Za-z0-9_.:-]{0,99})[ \t]*", re.ASCII
)


@dataclass
class Effects:
    """What a script did.

    `assignments` are in the order of their first writing, each with its last value. When `thrown`
    is set the script ended there; what it had assigned and escalated before is still listed.
    """

    assignments: dict[str, JSON] = field(default_factory=dict)
    thrown: str | None = None
    escalations: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Statement:
    line: int
    verb: str
    name: str
    program: Program | None = None


class Script:
    """A compiled script. Immutable; any number of threads may run it.

    `assigns` and `uses` name the variables it writes and reads, `codes` the (verb, code) pairs it
    may raise, in the text's order.
    """

    def __init__(self, statements: list[_Statement]) -> None:
        self._statements = tuple(statements)
        self.assigns = tuple(dict.fromkeys(s.name for s in statements if s.program))
        self.uses = tuple(sorted({name for s in statements if s.program for name in s.program.uses}))
        self.codes = tuple((s.verb, s.name) for s in statements if not s.program)

    def run(self, data: Mapping[str, JSON]) -> Effects:
        """Run all lines; `data` itself is left as it is.

        Raises:
            ExpressionFailed: with the line; nothing of the script counts then.
        """
        effects = Effects()
        current = dict(data)
        for statement in self._statements:
            if statement.verb == "throw":
                effects.thrown = statement.name
                break
            if statement.verb == "escalate":
                effects.escalations.append(statement.name)
            elif statement.program is not None:
                try:
                    value = statement.program.evaluate(current)
                except ExpressionFailed as failure:
                    raise failure.at(statement.line) from None
                current[statement.name] = effects.assignments[statement.name] = value
        return effects


def compile_script(
    text: str, declared: Mapping[str, str] | Definition, *, zone: ZoneInfo = DEFAULT_ZONE
) -> Script:
    """Compile a script of at most 16,384 bytes.

    Args:
        text: the lines.
        declared: the variables, or the definition whose cache is shared (its zone counts then).
        zone: the zone in which days begin.

    Raises:
        ExpressionRefused: `findings` has those of all lines.
    """
    source.check_text(text, limits.MAX_SCRIPT)
    definition = declared if isinstance(declared, Definition) else Definition(declared, zone=zone)
    statements: list[_Statement] = []
    findings: list[Finding] = []
    work = 0.0
    for line, block in _blocks(text):
        try:
            statement = _statement(line, block, definition)
        except ExpressionRefused as refusal:
            findings += refusal.findings
            continue
        statements.append(statement)
        work += statement.program.work if statement.program else 0.0
        if work > limits.MAX_SCRIPT_WORK:
            most = f"at most {limits.MAX_SCRIPT_WORK:.0e} are allowed"
            message = f"Up to this line the script may take {work:.1e} steps; {most}."
            findings.append(
                Finding("too_much_work", message, "Split the script into several tasks.", line, 1)
            )
            break
    if findings:
        raise ExpressionRefused(findings)
    return Script(statements)


def _blocks(text: str) -> list[tuple[int, str]]:
    """The statements' texts with the line each begins on; lines inside brackets belong together."""
    blocks: list[tuple[int, str]] = []
    lines = text.replace("\r\n", "\n").split("\n")
    index = 0
    while index < len(lines):
        begin = index
        if not lines[begin].strip() or _is_comment(lines[begin]):
            index += 1
            continue
        index, block = _block(lines, begin)
        blocks.append((begin + 1, block))
    return blocks


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _block(lines: list[str], begin: int) -> tuple[int, str]:
    """The statement that begins at `begin`, and the index of the line after it."""
    parts: list[str] = []
    depth, index = 0, begin
    while index < len(lines):
        # A comment between the lines of a statement leaves an empty line, so that positions stay right.
        chunk = "" if parts and _is_comment(lines[index]) else lines[index]
        index += 1
        seen = source.scan(chunk, depth)
        # Longer than any expression may be: refused anyway, so the scanner need not go on.
        while seen.open_string and index < len(lines) and len(chunk) <= limits.MAX_SOURCE:
            chunk += "\n" + lines[index]
            index += 1
            seen = source.scan(chunk, depth)
        parts.append(chunk)
        depth = seen.open_brackets
        if not depth:
            break
    return index, "\n".join(parts)


def _statement(line: int, block: str, definition: Definition) -> _Statement:
    command = _COMMAND.fullmatch(block)
    if command:
        return _Statement(line, command["verb"], command["code"])
    match = _ASSIGNMENT.match(block)
    if match is None:
        hint = "Write name = expression, throw CODE or escalate CODE; begin a comment with #."
        column = len(block) - len(block.lstrip()) + 1
        raise ExpressionRefused(
            [Finding("bad_line", "This line is no assignment, throw or escalate.", hint, line, column)]
        )
    name = match["name"]
    if name not in definition.declared:
        hint = "Declare the variable in the process, or correct the name."
        raise ExpressionRefused(
            [Finding("not_declared", f"{name!r} is not declared.", hint, line, match.start("name") + 1)]
        )
    try:
        program = definition.expression(block[match.end() :].rstrip(), expect=definition.declared[name])
    except ExpressionRefused as refusal:
        raise ExpressionRefused([f.moved(line - 1, match.end()) for f in refusal.findings]) from None
    return _Statement(line, "set", name, program)
