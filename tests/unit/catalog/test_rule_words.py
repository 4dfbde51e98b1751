"""Every rule says in Chinese what is wrong and what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scripts.rule_codes import rule_codes
from wenzheng.catalog.rule_words import catalogued, words_of_rule
from wenzheng.cli.main import app
from wenzheng.engine.rules.kinds import SENSE, kind_of
from wenzheng.settings import definitions_dir

SLIP = """\
language: 1
process: p
steps:
  work:
    by: clerc
    go: done
outcomes: {done: Done}
"""


def test_every_rule_that_the_program_knows_has_chinese_words_and_no_other_has() -> None:
    found = catalogued()
    assert set().union(*found.values()) == rule_codes()
    assert all(kind_of(rule) is kind for kind, rules in found.items() for rule in rules)


@pytest.mark.parametrize("rule", sorted(rule_codes()))
def test_the_words_of_a_rule_are_short_chinese_sentences(rule: str) -> None:
    words = words_of_rule(rule)
    assert words is not None
    for text in (words.title, words.remedy):
        assert re.search("[\u4e00-\u9fff]", text)
        assert not text.endswith(("。", ".", " "))  # whoever shows it ends it
        assert "," not in text
        assert len(text) <= 60
    assert words.title != words.remedy


def test_titles_tell_rules_of_good_sense_apart() -> None:
    titles = [words.title for rule in SENSE if (words := words_of_rule(rule)) is not None]
    assert len(titles) == len(set(titles)) == len(SENSE)


def test_validate_says_it_in_chinese_beside_what_was_found(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(SLIP)
    told = CliRunner().invoke(app, ["validate", str(file), "--language", "zh"])
    assert told.exit_code == 1
    assert "p.yaml:5:9: 没有人担任这个角色，这一步无人能办。怎样改：改用所列的角色。" in told.output
    assert "error unknown-role [work]: Expected a role that people have, found 'clerc'" in told.output
    as_json = CliRunner().invoke(app, ["validate", str(file), "--language", "zh", "--format", "json"])
    assert '"remedy_zh": "改用所列的角色"' in as_json.output
    sound = CliRunner().invoke(app, ["validate", str(definitions_dir() / "petition"), "--language", "zh"])
    assert sound.output == "1 个定义可以运行。\n"
    assert "title_zh" not in CliRunner().invoke(app, ["validate", str(file), "--format", "json"]).output
