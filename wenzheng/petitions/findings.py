"""What is wrong with something a person sent: all of it at once, in both languages, with stable codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong.

    `code` is stable and meant for programs; `field` is where; the two texts say what was expected,
    what was found and what to do. They never repeat what a person wrote: findings are logged.
    """

    code: str
    field: str
    zh: str
    en: str

    def words(self, language: Language) -> str:
        """The sentence in a language."""
        return self.zh if language == "zh" else self.en

    def as_json(self) -> dict[str, str]:
        """The finding as a JSON object."""
        return {"code": self.code, "field": self.field, "zh": self.zh, "en": self.en}


class RefusedError(ValueError):
    """Something was not taken; `findings` (at least one) say why."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        """Keep the findings; the text of the error is their English sentences."""
        super().__init__("; ".join(f"{finding.field}: {finding.en}" for finding in findings))
        self.findings = findings
