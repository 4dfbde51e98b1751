"""The words of the pages: both languages whole, every key of a template known."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from importlib import resources
from zoneinfo import ZoneInfo

from wenzheng.web.i18n import Words, catalogue

ZONE = ZoneInfo("Asia/Shanghai")


def test_both_languages_have_the_same_keys_and_values() -> None:
    chinese, english = catalogue("zh"), catalogue("en")
    assert chinese.keys() == english.keys()
    for key in chinese:
        assert set(re.findall(r"{\w+}", chinese[key])) == set(re.findall(r"{\w+}", english[key])), key


def test_no_english_text_was_left_in_chinese() -> None:
    for key, text in catalogue("en").items():
        if key != "site.language":
            assert not re.search(r"[\u4e00-\u9fff]", text), key


def test_every_key_of_the_templates_exists() -> None:
    templates = resources.files("wenzheng.web").joinpath("templates")
    for template in templates.iterdir():
        for key in re.findall(r"""\bt\(["']([\w.]+)["'][,)]""", template.read_text(encoding="utf-8")):
            assert key in catalogue("zh"), (template.name, key)


def test_days_and_instants_are_written_as_people_write_them() -> None:
    at = datetime(2026, 9, 8, 16, 5, tzinfo=UTC)
    assert Words("zh", ZONE).instant(at) == "2026年9月9日 00:05"
    assert Words("en", ZONE).day(date(2026, 9, 9)) == "9 September 2026"
