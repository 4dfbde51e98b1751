"""The reader of YAML: scalars of YAML 1.2, and the place of every key and value."""

from __future__ import annotations

from typing import Any

import pytest

from wenzheng.engine.findings import FindingList
from wenzheng.engine.yaml_tree import read_yaml


def read(text: str) -> Any:
    findings = FindingList()
    root = read_yaml(text.encode(), "f.yaml", findings)
    assert not findings.items
    return root


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("on", "on"),
        ("yes", "yes"),
        ("No", "No"),
        ("12:30", "12:30"),
        ("190:20:30", "190:20:30"),
        ("2026-09-07", "2026-09-07"),
        ("1_000", "1_000"),
        ("0b11", "0b11"),
        ("=", "="),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
        ("null", None),
        ("0", 0),
        ("-12", -12),
        ("+7", 7),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("'012'", "012"),
        ('"true"', "true"),
        ("1.2.3", "1.2.3"),
        ("-", None),
    ],
)
def test_scalars_are_those_of_yaml_1_2(written: str, value: Any) -> None:
    if written == "-":  # a list of nothing
        assert read("a:\n  -").get("a").plain() == [None]
        return
    found = read(f"a: {written}").get("a").value
    assert (found, type(found)) == (value, type(value))


def test_keys_that_yaml_1_1_would_change_stay_what_they_are() -> None:
    assert read("on: 1\nyes: 2\nn: 3\n12:30: 4").plain() == {"on": 1, "yes": 2, "n": 3, "12:30": 4}


def test_every_key_and_value_knows_its_place() -> None:
    root = read("# 一\nname: {zh: 来信, en: Letter}\nlist:\n  - one\n  - 'two'\n")
    (name, value), (listed, items) = root.pairs
    assert (name.position.line, name.position.column) == (2, 1)
    (zh, _), (en, letter) = value.pairs
    assert (zh.position.column, en.position.column, letter.position.column) == (8, 16, 20)
    assert (listed.position.line, items.items[1].position.line) == (3, 5)
    assert items.items[1].text_position.column == 6
    assert items.items[1].exact


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    root = read("\ufeffa: 1\r\nb: 2\r\n")
    assert root.plain() == {"a": 1, "b": 2}
    assert root.pairs[1][0].position.line == 2


def test_a_text_over_several_lines_is_one_text() -> None:
    root = read("a: |\n  one\n  two\nb: >\n  one\n  two\n")
    assert root.plain() == {"a": "one\ntwo\n", "b": "one two\n"}
    assert not root.get("a").exact


def test_a_hundred_wrong_lines_are_all_told() -> None:
    findings = FindingList()
    read_yaml(b"".join(b"k%d: 0%d\n" % (n, n) for n in range(10, 110)), "f.yaml", findings)
    assert [finding.position.line for finding in findings.items] == list(range(1, 101))
