"""The words of notices are checked with the definition, not when the first notice cannot be sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from activities.services import contracts
from wenzheng.catalog.bundle import read_bundle
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.catalog.language import Names
from wenzheng.catalog.message_check import Messages
from wenzheng.cli.main import execute
from wenzheng.engine.findings import DefinitionRefused, Finding
from wenzheng.settings import definitions_dir

SHIPPED = dict(read_bundle(definitions_dir() / "petition").files)
ZH, EN = "messages/replied.zh.txt", "messages/replied.en.txt"


def found(files: dict[str, bytes], how: Messages = Messages.NEEDED) -> list[Finding]:
    try:
        return list(compile_bundle("d", files, contracts(), Names(), how).findings)
    except DefinitionRefused as refused:
        return refused.findings


def changed(name: str, data: bytes) -> Callable[[], dict[str, bytes]]:
    return lambda: SHIPPED | {name: data}


def without(*names: str) -> Callable[[], dict[str, bytes]]:
    return lambda: {name: data for name, data in SHIPPED.items() if name not in names}


WRONG = {
    "an unknown word": (
        changed(EN, b"Reply to {number}\n\nDear reader,\nsee {sight}.\n"),
        (EN, 4, 5, "message-word", "'{sight}'"),
    ),
    "no body": (changed(ZH, "来信\n".encode()), (ZH, 1, 1, "message-form", "an empty line")),
    "another encoding": (changed(ZH, "来信\n\n正文".encode("gbk")), (ZH, 1, 1, "message-form", "UTF-8")),
    "one language only": (without(EN), (ZH, 1, 1, "message-language", EN)),
    "another language": (
        changed("messages/replied.fr.txt", b"a\n\nb"),
        ("messages/replied.fr.txt", 1, 1, "message-name", "zh.txt"),
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_an_administrator_hears_of_a_wrong_template_with_its_place(name: str) -> None:
    files, (file, line, column, rule, words) = WRONG[name]
    (finding,) = found(files())
    assert (finding.position.file, finding.position.line, finding.position.column) == (file, line, column)
    assert finding.rule == rule
    assert words in finding.message
    assert finding.hint


def test_a_step_that_tells_without_words_is_named() -> None:
    (finding,) = found(without(ZH, EN)())
    assert (finding.rule, finding.element) == ("message-missing", "deliver_reply")
    assert finding.position.line > 1


def test_limits_that_somebody_hears_of_need_words() -> None:
    files = without("messages/escalation.zh.txt", "messages/escalation.en.txt")()
    rules = {(finding.rule, finding.element) for finding in found(files)}
    assert ("message-missing", "letter") in rules


def test_the_shipped_words_are_right() -> None:
    assert found(SHIPPED) == []


def test_a_definition_by_itself_can_be_validated_but_is_not_deployed_without_words() -> None:
    alone = {name: data for name, data in SHIPPED.items() if not name.startswith("messages/")}
    assert found(alone, Messages.WRITTEN) == []
    assert {finding.rule for finding in found(alone)} == {"message-missing"}


def test_a_worker_loads_what_was_deployed_before_words_were_checked() -> None:
    files = SHIPPED | {EN: b"{who}"}
    compile_bundle("d", files, contracts())


def test_validate_says_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, data in (SHIPPED | {EN: b"s\n\n{who}"}).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    assert execute(["validate", str(tmp_path)]) == 1
    assert "messages/replied.en.txt:3:1: error message-word" in capsys.readouterr().out
