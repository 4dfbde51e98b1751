"""docs/how-to/change-a-definition.md, step by step on the real thing: what it prints and what letters get."""

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
from wenzheng import workshop
from wenzheng.calendars.china import china
from wenzheng.gateways.parts import wait_until

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "how-to" / "change-a-definition.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
FILE, PATH, NEW, OLD, *_ = re.findall(r"`([^`\n]+)`", PAGE.split("## 2. Edit")[1])
RUN = re.search(r'make run ARGS="(--pace \d+s (--data practice))"', PAGE)
BLOCKS = re.findall(
    r"^```(sh|console)\n(.*?)^```$", PAGE.split("## What stands")[0], re.MULTILINE | re.DOTALL
)
COPIED = ("wenzheng", "activities", "workflows", "definitions", "worker.py", "pyproject.toml")
CHANGES = re.compile(r"\b[0-9a-f]{12}\b|\d{4}-\d\d-\d\d( \d\d:\d\dZ)?|, red after .*")
"""What differs from day to day: digests, dates, and where a lamp turns (looked at by itself)."""


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
        """What a command prints; of `… | grep WORD` the lines with that word."""
        command, _, wanted = line.partition(" | grep ")
        done = subprocess.run(
            self.words(command),
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == code, (line, done.stdout, done.stderr)
        lines = (done.stdout if code == 0 else done.stdout + done.stderr).splitlines(keepends=True)
        return "".join(line for line in lines if wanted in line)

    def edit(self, new: str) -> None:
        """Write something for what the page says to change, where it says, in the file as shipped."""
        file = self.folder / FILE
        lines = (ROOT / FILE).read_text(encoding="utf-8").splitlines(keepends=True)
        at = -1
        for key in PATH.replace(":", "").split():
            # Each key stands below the one before.
            at = next(n for n, line in enumerate(lines) if n > at and re.match(rf"\s*{key}:", line))
        before, count, after = lines[at].partition(f"working_days: {OLD}")
        assert count, f"{PATH} does not say working_days: {OLD}: {lines[at]}"
        lines[at] = before + new + after
        file.write_text("".join(lines), encoding="utf-8")

    @contextmanager
    def running(self, words: str) -> Iterator[None]:
        """`make run` on the page, until the block ends as by Ctrl-C."""
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
            yield
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=120)
        assert process.returncode == 0, said


def commands() -> Iterator[tuple[str, str | None]]:
    """The page's commands in order, each with what it promises to print where it does."""
    for kind, body in BLOCKS:
        if kind == "sh":
            yield from ((line, None) for line in body.splitlines())
            continue
        for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
            command, _, promised = part.partition("\n")
            yield command, promised


def show(clone: Clone, number: str) -> dict[str, Any]:
    assert RUN is not None
    answer: dict[str, Any] = json.loads(
        clone.run(f"wenzheng petition show {number} {RUN[2]} --as clerk --format json")
    )
    return answer


def yellow(clone: Clone, number: str) -> tuple[date, str]:
    """The day a letter came and the last day before it turns yellow, once its clock runs."""
    assert wait_until(lambda: "clock_started" in json.dumps(show(clone, number)["timeline"]), 60)
    letter = show(clone, number)
    [clock] = [clock for clock in letter["clocks"] if clock["clock"] == "letter"]
    [limit] = [limit for limit in clock["limits"] if limit["id"] == "yellow"]
    return date.fromisoformat(letter["received_on"]), limit["due"]


@pytest.mark.slow
@pytest.mark.xdist_group("embedded-server")
def test_administrator_who_follows_the_page_gives_new_letters_three_days_and_goes_back(
    tmp_path: Path,
) -> None:
    assert RUN is not None
    assert (NEW, OLD) == ("working_days: 3", "5")
    clone = Clone(tmp_path)
    numbers: list[str] = []
    deployed: list[str] = []

    def follow(command: str, promised: str | None) -> None:
        for position, number in enumerate(numbers, start=1):
            command = command.replace(f"2026-00000{position}", number)  # another year, another number
        if deployed:
            command = re.sub(r"\b[0-9a-f]{12}\b", deployed[0], command)
        said = clone.run(f"{command} --format json" if promised is None else command)
        if promised is None:
            numbers.append(json.loads(said)["number"])
        else:
            assert CHANGES.sub("…", said) == CHANGES.sub("…", promised), command

    with clone.running(RUN[1]):
        steps = list(commands())
        assert len(steps) == 10
        for command, promised in steps:
            if command.startswith("wenzheng validate"):
                clone.edit("working_days: five")  # a slip first: refused with its place, and nothing changes
                assert re.search(r"petition\.yaml:\d+:\d+: error wrong-type", clone.run(command, code=1))
                refused = clone.run(f"wenzheng deploy {FILE.rpartition('/')[0]} --reason x {RUN[2]}", code=1)
                assert "error wrong-type" in refused
                clone.edit(NEW)
                before = json.loads(clone.run(f"wenzheng definitions show petition {RUN[2]} --format json"))
                deployed.append(before["digest"][:12])
            follow(command, promised)
        assert RUN[2] in command
        follow(f"wenzheng petition submit --text 井盖没了 {RUN[2]}", None)
        for number, days in zip(numbers, (5, 3, 5), strict=True):
            day, last = yellow(clone, number)
            assert last == china().add(day, days).date.isoformat(), number


def test_the_readme_says_the_same_in_short() -> None:
    section = README.split("\n### A changed limit\n")[1].split("\n## ")[0]
    said = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)[0].splitlines()
    known = [command.replace(" --data practice", "") for command, _ in commands()]
    assert [line for line in said if line not in known] == []
    assert f"`{FILE}`" in section
    assert NEW in section


def test_every_code_that_stands_against_a_version_is_explained_and_no_other() -> None:
    written = Path(workshop.__file__).read_text(encoding="utf-8")
    written += (ROOT / "wenzheng" / "staffing.py").read_text("utf-8")
    codes = set(re.findall(r'"(deploy\.[a-z-]+|role-nobody)"', written))
    table = PAGE.split("## What stands against a version")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `([a-z.-]+)` \|", table, re.MULTILINE)) == codes
