"""The tutorial of the desk names pages, buttons and choices as they are written on the pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wenzheng.web.i18n import catalogue

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "tutorial"


@pytest.mark.parametrize(("page", "language"), [("desk.md", "en"), ("desk.zh.md", "zh")])
def test_every_word_in_bold_stands_on_a_page(page: str, language: str) -> None:
    text = (FOLDER / page).read_text(encoding="utf-8")
    named = {" ".join(words.split()) for words in re.findall(r"\*\*(.+?)\*\*", text, re.DOTALL)}
    said = catalogue(language).values()
    assert len(named) > 20
    unknown = {words for words in named if words not in {"bold", "粗体字"}} - set(said)
    # A few stand at the beginning of a longer text: "Why this day (Time to reply)".
    assert {words for words in unknown if not any(text.startswith(words) for text in said)} == set()


def test_both_languages_tell_the_same_day() -> None:
    english, chinese = (
        re.findall(r"^(#+) ", (FOLDER / page).read_text(encoding="utf-8"), re.MULTILINE)
        for page in ("desk.md", "desk.zh.md")
    )
    assert english == chinese
