"""Reports of wrongdoing that nobody may read: whoever starts the city hears of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from wenzheng.bootstrap.preparing import prepare
from wenzheng.settings import Settings


@pytest.mark.parametrize(
    ("named", "told"),
    [
        (frozenset(), ["Nobody can read reports of wrongdoing (举报)"]),
        (frozenset({"centre_head"}), []),
        (frozenset({"centre_head", "ghost"}), ["WENZHENG_REPORT_RECEIVERS names ghost: no account"]),
        (frozenset({"ghost"}), ["WENZHENG_REPORT_RECEIVERS names ghost: no account", "Nobody can read"]),
    ],
    ids=["nobody", "somebody", "one of them unknown", "only unknown ones"],
)
def test_operator_is_told_when_nobody_can_read_reports(
    tmp_path: Path, named: frozenset[str], told: list[str]
) -> None:
    # With the demo's one password: a hash for each account would only take time.
    notes = prepare(Settings(data_dir=tmp_path, report_receivers=named), demo=True)
    assert len(notes) == len(told)
    for note, begins in zip(notes, told, strict=True):
        assert note.startswith(begins)


def test_the_example_that_is_printed_is_a_setting_that_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [note] = prepare(Settings(data_dir=tmp_path), demo=True)
    name, _, value = note.split()[-1].removesuffix(".").partition("=")
    monkeypatch.setenv(name, value.strip("'"))
    assert prepare(Settings(data_dir=tmp_path), demo=True) == []
