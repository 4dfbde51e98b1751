"""The words of notices: `messages/TEMPLATE.LANGUAGE.txt` of a bundle, part of its digest.

The first line is the subject, what follows an empty line is the body. `{word}` stands for one of
WORDS; nothing else is looked up, so a template can show no more of a letter than these.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wenzheng.engine.compiler import MESSAGE_SUFFIX

LANGUAGES: Final = ("zh", "en")
WORDS: Final = ("number", "site", "clock", "due", "lamp", "element", "code")
"""Number of the letter, address of the pages; name of the clock, its due date, the lamp in words; of an
incident the element that stopped, and the code of its cause."""

ESCALATION: Final = "escalation"
REMINDER: Final = "reminder"
"""Notices to officials: a limit is passed; it draws near."""
WORD: Final = re.compile(r"\{([^{}]*)\}")


OWN: Final = Path(__file__).parent / "own_messages"
"""Notices that are about the running of the system: their words are ours where a definition has none."""


class BadMessage(Exception):
    """A template is missing or cannot be filled in."""


@dataclass(frozen=True)
class Message:
    """A notice as its reader sees it."""

    subject: str
    body: str


def message_file(template: str, language: str) -> str:
    """The name of a template's file in its bundle."""
    return f"messages/{template}.{language}{MESSAGE_SUFFIX}"


def own_files(template: str, language: str) -> dict[str, bytes]:
    """The words of ours for a notice, as a bundle would have them; empty where we have none."""
    name = message_file(template, language)
    path = OWN / name.rpartition("/")[2]
    return {name: path.read_bytes()} if path.is_file() else {}


def render(files: Mapping[str, bytes], template: str, language: str, words: Mapping[str, str]) -> Message:
    """A notice in one language. Raises BadMessage naming the file and what is wrong with it."""
    name = message_file(template, language)
    subject, body = parts(files, name)
    unknown = sorted(set(WORD.findall(subject + body)) - set(words))
    if unknown:
        known = ", ".join(words)
        raise BadMessage(f"expected the words {known} in {name}, found {{{unknown[0]}}}; use one of them")

    def filled(part: str) -> str:
        return WORD.sub(lambda match: words[match[1]], part)

    return Message(filled(subject), filled(body).strip() + "\n")


def parts(files: Mapping[str, bytes], name: str) -> tuple[str, str]:
    """Subject and body of a template's file as written. Raises BadMessage as `render` does."""
    if name not in files:
        raise BadMessage(f"expected the file {name} in the definition, found none; write it and deploy")
    try:
        text = files[name].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadMessage(f"expected UTF-8 in {name}, found another encoding; save it as UTF-8") from error
    subject, empty, body = text.replace("\r\n", "\n").partition("\n\n")
    subject = subject.strip()
    if not empty or not subject or "\n" in subject or not body.strip():
        raise BadMessage(f"expected a subject, an empty line and a text in {name}; write it so")
    return subject, body
