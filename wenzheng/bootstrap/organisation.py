"""What is wrong with the file of an organisation, said like what is wrong with a definition."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from wenzheng.catalog.checking import Report
from wenzheng.engine.findings import Finding, Position, Severity
from wenzheng.petitions.organisation import OrganisationError
from wenzheng.petitions.oversight import flaws_of

ORGANISATION: Final = "organisation.yaml"
"""The file's name in the folder of definitions."""
_LINE: Final = re.compile(r"^organisation, line (\d+): ")


def check_organisation(path: Path) -> Report:
    """All that is wrong with the organisation in a file."""
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        return Report((_broken(path.name, f"organisation: expected UTF-8 text, found {error.reason}."),))
    try:
        return Report(tuple(findings_of(text, path.name)))
    except OrganisationError as broken:
        return Report((_broken(path.name, str(broken)),))


def findings_of(text: str, file: str) -> list[Finding]:
    """Who watches themselves, and who hears of nothing. Raises OrganisationError when it is none."""
    return [
        Finding(
            Position(file, flaw.line, flaw.column),
            flaw.unit,
            flaw.rule,
            flaw.message,
            flaw.hint,
            Severity.WARNING,
        )
        for flaw in flaws_of(text)
    ]


def _broken(file: str, said: str) -> Finding:
    place = _LINE.match(said)
    message = said[place.end() :] if place else said
    return Finding(
        Position(file, int(place[1]) if place else 1, 1),
        None,
        "organisation-form",
        message[0].upper() + message[1:],
        "Every letter starts at the one centre of the one city; units stand below one another.",
    )
