"""README's changed limit, from the edit to the lamp: done as it stands there, on the real thing."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.support.citizen import WORD
from wenzheng.calendars.china import china
from wenzheng.gateways.parts import wait_until

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SECTION = README.split("\n### A changed limit\n")[1].split("\n## ")[0]
FILE, PATH, NEW, OLD, *_ = re.findall(r"`([^`\n]+)`", SECTION)
OLD_VALUE = f"working_days: {OLD}"
RUN = re.search(r'make run ARGS="(--pace \d+s (--data practice))"', SECTION)
COMMANDS = [
    line for block in re.findall(r"```sh\n(.*?)```", SECTION, re.DOTALL) for line in block.splitlines()
]
COPIED = ("wenzheng", "activities", "workflows", "definitions", "worker.py", "pyproject.toml")


class Clone:
    """What a newcomer has: a copy of the repository, and commands in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in COPIED:
            if (ROOT / name).is_file():
                shutil.copy(ROOT / name, folder / name)
            else:
                shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        self.environment = {**os.environ, "PYTHONPATH": str(folder), "WENZHENG_PASSPHRASE": WORD}

    def words(self, line: str) -> list[str]:
        """A command of the page, run by this interpreter in the copy."""
        name, *words = shlex.split(line)
        assert name == "wenzheng"
        return [sys.executable, "-m", "wenzheng", *words]

    def run(self, line: str, code: int = 0) -> str:
        """What a command prints."""
        done = subprocess.run(
            self.words(line),
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == code, (line, done.stdout, done.stderr)
        return done.stdout

    def edit(self, new: str) -> None:
        """Write something for what the page says to change, where it says, in the file as shipped."""
        file = self.folder / FILE
        lines = (ROOT / FILE).read_text(encoding="utf-8").splitlines(keepends=True)
        at = -1
        for key in PATH.replace(":", "").split():
            # Each key stands below the one before.
            at = next(n for n, line in enumerate(lines) if n > at and re.match(rf"\s*{key}:", line))
        before, count, after = lines[at].partition(OLD_VALUE)
        assert count, f"{PATH} does not say {OLD_VALUE}: {lines[at]}"
        lines[at] = before + new + after
        file.write_text("".join(lines), encoding="utf-8")

    @contextmanager
    def running(self, words: str) -> Iterator[list[str]]:
        """`make run` on the page, until the block ends as by Ctrl-C; gives what it says by then."""
        said: list[str] = []
        process = subprocess.Popen(
            self.words(f"wenzheng run {words}"),
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        try:
            for line in process.stdout:
                said.append(line)
                if "Practice mode" in line:  # the last line of a start
                    break
            yield said
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=120)
        assert process.returncode == 0, said


def show(clone: Clone, number: str) -> dict[str, Any]:
    assert RUN is not None
    answer: dict[str, Any] = json.loads(
        clone.run(f"wenzheng petition show {number} {RUN[2]} --as clerk --format json")
    )
    return answer


def submit(clone: Clone) -> str:
    assert RUN is not None
    return str(
        json.loads(clone.run(f"wenzheng petition submit --text 路灯坏了 {RUN[2]} --format json"))["number"]
    )


def yellow(clone: Clone, number: str) -> tuple[date, str]:
    """The day a letter came and the last day before it turns yellow."""
    letter = show(clone, number)
    [clock] = [clock for clock in letter["clocks"] if clock["clock"] == "letter"]
    [limit] = [limit for limit in clock["limits"] if limit["id"] == "yellow"]
    return date.fromisoformat(letter["received_on"]), limit["due"]


def after(day: date, working_days: int) -> str:
    return china().add(day, working_days).date.isoformat()


def turned(clone: Clone, number: str) -> list[str]:
    """The lamps that the letter's clock has lit."""
    timeline = show(clone, number)["timeline"]
    return [
        event["data"]["lamp"]
        for event in timeline
        if event["event"] == "threshold_passed" and event["data"].get("clock") == "letter"
    ]


@pytest.mark.slow
@pytest.mark.xdist_group("embedded-server")
def test_administrator_who_follows_the_readme_gives_new_letters_three_days_and_leaves_the_others_theirs(
    tmp_path: Path,
) -> None:
    assert RUN is not None
    assert (NEW, OLD) == ("working_days: 3", "5")
    clone = Clone(tmp_path)
    with clone.running(RUN[1]):
        old = submit(clone)
    clone.edit("working_days: five")
    said = clone.run(COMMANDS[0], code=1)
    assert re.search(r"petition\.yaml:\d+:\d+: error wrong-type", said)
    with clone.running(RUN[2]) as lines:  # all mistakes are told, and the city goes on
        assert any(said.strip() in line for line in lines)
        assert yellow(clone, old)[1] == after(yellow(clone, old)[0], 5)
        kept = submit(clone)
    clone.edit(NEW)
    validated, traced = [clone.run(command) for command in COMMANDS]
    assert validated == "1 definition can run.\n"
    received = re.search(r'"received_on": "([^"]+)"', COMMANDS[1])
    assert received is not None
    assert f"yellow after {after(date.fromisoformat(received[1]), 3)}," in traced
    with clone.running(RUN[2]) as lines:
        assert any("has changed: new letters take it" in line for line in lines)
        new = submit(clone)
        for number, days in ((old, 5), (kept, 5), (new, 3)):
            day, last = yellow(clone, number)
            assert last == after(day, days), number
        assert wait_until(lambda: turned(clone, new)[:1] == ["yellow"], 60)
