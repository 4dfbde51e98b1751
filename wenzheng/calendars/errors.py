"""The one error of this package: what was expected, what was found, where, and what to do."""

from __future__ import annotations


class CalendarError(ValueError):
    """A calendar document or a question to a calendar that cannot be right.

    `code` is stable and meant for programs (`calendar.…`); the text is meant for people.
    """

    def __init__(self, code: str, *, where: str, expected: str, found: str, remedy: str) -> None:
        """Keep the parts and compose the sentence `where: expected …, found …. remedy`."""
        super().__init__(f"{where}: expected {expected}, found {found}. {remedy}")
        self.code = code
        self.where = where
        self.expected = expected
        self.found = found
        self.remedy = remedy
