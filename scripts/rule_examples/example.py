"""What an example of a rule is.

Written in the short notation of tests/support/notation.py, in YAML (it begins with `language:`), as elements
of a BPMN file (it begins with `<`), or as several files: `=== NAME` before each, with its encoding in
brackets where that is not UTF-8; a BPMN file whose text begins with `!` is written as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """What a rule is about: `beside` are rules that the wrong example breaks as well, and must.

    `shown` stands on the page in place of a wrong example that is too long. What is `deployed` is found when
    a definition is put in force in a city where only a clerk has an account.
    """

    what: str
    why: str
    wrong: str
    right: str
    beside: frozenset[str] = frozenset()
    shown: str = ""
    deployed: bool = False


def rule(what: str, wrong: str, right: str, *beside: str, why: str = "") -> Example:
    """An example of a rule that needs no long word."""
    return Example(what, why, wrong, right, frozenset(beside))
