"""A city that was really started by `wenzheng run`, for people with browsers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120.0
"""A city whose address does not stand there after this long is ended: the test then says what it said."""


@dataclass(frozen=True)
class House:
    """Where a running city answers and keeps its data, and the first passwords of its accounts."""

    url: str
    passwords: dict[str, str]
    tokens: dict[str, str]
    data: Path


@contextmanager
def house(data: Path, *options: str) -> Iterator[House]:
    """`wenzheng run` on a fresh data folder, from its first line to Ctrl-C."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WENZHENG_")}
    environment |= {"WENZHENG_DATA_DIR": str(data), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "wenzheng", "run", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    )
    limit = threading.Timer(START_SECONDS, process.kill)
    limit.start()
    said: list[str] = []
    assert process.stdout is not None
    # Whoever does not read what it says would stop it once the pipe is full.
    rest = threading.Thread(target=process.stdout.read, daemon=True)
    try:
        for line in process.stdout:
            said.append(line.rstrip())
            if line.startswith("Wenzheng: http"):
                break
        else:
            raise AssertionError(f"expected an address, but `wenzheng run` said {said} and ended")
        limit.cancel()
        rest.start()
        yield House(
            said[-1].split()[-1],
            json.loads((data / "passwords.json").read_text(encoding="utf-8")),
            json.loads((data / "tokens.json").read_text(encoding="utf-8")),
            data,
        )
    finally:
        limit.cancel()
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if rest.ident is not None:
            rest.join()
        process.stdout.close()
