"""Checks the words of notices with the definition, so that no notice fails when it is to be sent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Final

from wenzheng.catalog.language.node_writer import TELL
from wenzheng.catalog.messages import (
    ESCALATION,
    LANGUAGES,
    REMINDER,
    WORD,
    WORDS,
    BadMessage,
    message_file,
    parts,
)
from wenzheng.engine.definition import Definition
from wenzheng.engine.findings import Finding, Position
from wenzheng.engine.model import ProcessModel

_FOLDER: Final = "messages/"
_NAME: Final = re.compile(r"messages/([A-Za-z_][A-Za-z0-9_]*)\.(\w+)\.txt")
_TEMPLATE: Final = re.compile(r"""\s*(["'])([A-Za-z_][A-Za-z0-9_]*)\1\s*""")


class Messages(Enum):
    """How far the words of notices are looked at.

    NOT: a worker loads what was deployed long ago. WRITTEN: a file by itself has no words; those that are
    there have to be right and complete. NEEDED: every notice has its words.
    """

    NOT = 0
    WRITTEN = 1
    NEEDED = 2


def check_files(files: Mapping[str, bytes], how: Messages) -> Iterator[Finding]:
    """What is wrong with the files themselves: their names, their form, the words in braces."""
    if how is Messages.NOT:
        return
    for name in sorted(files):
        if name.startswith(_FOLDER) and name.endswith(".txt"):
            yield from _file(name, files)


def check_use(definition: Definition, files: Mapping[str, bytes], how: Messages) -> Iterator[Finding]:
    """Notices that the definition sends and that have no words, at the place that sends them."""
    if how is Messages.NOT or (how is Messages.WRITTEN and not any(map(_NAME.fullmatch, files))):
        return
    for process in definition.processes.values():
        for template, position, element in _used(process.model):
            wanted = [message_file(template, language) for language in LANGUAGES]
            # One language without the other is found in the files themselves.
            if not any(name in files for name in wanted):
                yield Finding(
                    position,
                    element,
                    "message-missing",
                    f"Expected {' and '.join(wanted)}, found neither: the notice '{template}' has no words.",
                    "Write them: a subject, an empty line, a text.",
                )


def _used(model: ProcessModel) -> Iterator[tuple[str, Position, str]]:
    for element in model.all_elements():
        if element.service is not None and element.service.name == TELL:
            for name, text, _ in element.service.inputs:
                constant = _TEMPLATE.fullmatch(text)
                if name == "template" and constant is not None:
                    yield constant[2], element.position, element.id
    for clock in model.clocks.values():
        if any(threshold.notify for threshold in clock.thresholds):
            yield ESCALATION, clock.position, clock.id
        if any(threshold.remind for threshold in clock.thresholds):
            yield REMINDER, clock.position, clock.id


def _file(name: str, files: Mapping[str, bytes]) -> Iterator[Finding]:
    start = Position(name, 1, 1)
    named = _NAME.fullmatch(name)
    if named is None or named[2] not in LANGUAGES:
        yield Finding(
            start,
            None,
            "message-name",
            f"Expected messages/NOTICE.zh.txt or NOTICE.en.txt, found '{name}': nobody would read it.",
            "Rename it, or remove it.",
        )
        return
    for language in LANGUAGES:
        other = message_file(named[1], language)
        if other not in files:
            yield Finding(
                start,
                None,
                "message-language",
                f"Expected the notice '{named[1]}' in both languages, found no {other}.",
                f"Write {other} too.",
            )
    try:
        parts(files, name)
    except BadMessage as bad:
        yield Finding(start, None, "message-form", f"{str(bad)[0].upper()}{str(bad)[1:]}.", "See the others.")
        return
    text = files[name].decode("utf-8-sig")
    for found in WORD.finditer(text):
        if found[1] not in WORDS:
            line = text.count("\n", 0, found.start()) + 1
            column = found.start() - text.rfind("\n", 0, found.start())
            yield Finding(
                Position(name, line, column),
                None,
                "message-word",
                f"Expected one of the words {', '.join(WORDS)} in braces, found '{found[0]}'.",
                "Use one of them, or leave the braces out.",
            )
