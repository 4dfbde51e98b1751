"""How long a newcomer waits: `make run` in a fresh clone to an answering page, then the next starts.

    python benchmarks/startup.py [--starts N] [--json]

Copies the tracked files into a temporary folder, with an empty HOME (so no package cache), runs
`make run` there as a person would and asks for the first page until it answers 200. The cold
figure holds everything: making .venv, fetching and installing packages, the first tables. It
depends on the network; the later starts do not. Standard library only; cleans up after itself.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LIMIT_SECONDS = 600.0
POLL_SECONDS = 0.02
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS")
KEPT_PREFIXES = ("PIP_", "UV_", "NPM_CONFIG_", "npm_config_")  # how this machine reaches its registries


def fresh_copy(target: Path) -> None:
    """What a clone would hold: the tracked files as they stand in the working tree."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)  # noqa: S607
    for name in listed.stdout.decode().split("\0"):
        source = ROOT / name
        if name and source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)


def environment(home: Path) -> dict[str, str]:
    """An environment without anything personal."""
    kept = {n: v for n, v in os.environ.items() if n in KEPT_VARIABLES or n.startswith(KEPT_PREFIXES)}
    return {**kept, "HOME": str(home), "PIP_NO_CACHE_DIR": "1", "UV_NO_CACHE": "1"}


def first_page(clone: Path, process: subprocess.Popen[bytes]) -> None:
    """Returns when the first page has answered 200."""
    deadline = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            sys.exit(f"make run ended with {process.returncode} before any page answered")
        with contextlib.suppress(OSError, ValueError, KeyError):
            url = json.loads((clone / ".wenzheng" / "run.json").read_text())["url"]
            with urllib.request.urlopen(url + "/", timeout=10) as page:  # noqa: S310  # our own http address
                if page.status == 200:  # noqa: PLR2004
                    return
        time.sleep(POLL_SECONDS)
    sys.exit(f"no page answered within {LIMIT_SECONDS:g} s")


def one_start(clone: Path, variables: Mapping[str, str]) -> tuple[float, float]:
    """Seconds from `make run` to the page, and from Ctrl-C to the end."""
    began = time.monotonic()
    process = subprocess.Popen(
        ["make", "run"],  # noqa: S607
        cwd=clone,
        env=dict(variables),
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        first_page(clone, process)
        answered = time.monotonic()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        process.wait(60)
    return answered - began, time.monotonic() - answered


def measure(starts: int) -> dict[str, Any]:
    """One cold start and `starts` later ones."""
    with tempfile.TemporaryDirectory(prefix="wenzheng-startup-") as folder:
        clone, home = Path(folder) / "clone", Path(folder) / "home"
        clone.mkdir()
        home.mkdir()
        fresh_copy(clone)
        variables = environment(home)
        runs = [one_start(clone, variables) for _ in range(starts + 1)]
    return {
        "machine": {
            "python": platform.python_version(),
            "system": platform.platform(),
            "cores": os.cpu_count(),
        },
        "uv": shutil.which("uv") is not None,
        "cold_start_s": round(runs[0][0], 2),
        "later_starts_s": [round(start, 2) for start, _ in runs[1:]],
        "stops_s": [round(stop, 2) for _, stop in runs],
    }


def main() -> None:
    """Prints the raw numbers."""
    parser = argparse.ArgumentParser(description="Measure cold and later starts of `make run`.")
    parser.add_argument("--starts", type=int, default=3, help="later starts after the cold one (default 3)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    result = measure(arguments.starts)
    if arguments.json:
        print(json.dumps(result, indent=2))
        return
    for name, value in result.items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
