"""How soon running parts notice a deployment: from `deploy` to a letter that runs by the new version.

    python -m benchmarks.deploying [--times N]

Starts `wenzheng run` in a folder of its own, then deploys again and again, one limit and then another,
from this process as a shell would, and files a letter right after. Measured is the time from the end of the
deployment to the moment at which the worker has begun that letter, and by which version it has.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx2

from wenzheng.bootstrap.deploying import workshop_of
from wenzheng.catalog.bundle import Bundle
from wenzheng.deploying import Order
from wenzheng.store import Store, open_store

ROOT: Final = Path(__file__).resolve().parents[1]
LIMIT: Final = "yellow: {working_days: 5, lamp: yellow, notify: department_head, remind"
ALLOWED: Final = 5.0
"""Seconds within which a deployment has to be noticed (issue 6)."""


@contextlib.contextmanager
def city(folder: Path) -> Iterator[str]:
    """A city that runs; its address."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "WENZHENG_DATA_DIR": str(folder)}
    process = subprocess.Popen(
        [sys.executable, "-m", "wenzheng", "run"], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if line.startswith("Wenzheng: "):
                yield line.split()[1]
                return
        sys.exit("the city did not start")
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=120)


def version(shipped: Bundle, days: int) -> Bundle:
    """The shipped definition with another limit."""
    text = shipped.files["petition.yaml"].decode()
    changed = text.replace(LIMIT, LIMIT.replace("5", str(days)))
    return Bundle(shipped.name, {**shipped.files, "petition.yaml": changed.encode()})


def noticed(store: Store, url: str, bundle: Bundle) -> tuple[float, float, float, bool]:
    """Seconds of deploying, of filing a letter, until it runs; and whether by the new version."""
    begun = time.perf_counter()
    workshop_of(store).deploy(bundle, Order("benchmark", "measuring"))
    deployed = time.perf_counter()
    letter = {"title": "x", "text": "x", "passphrase": "sesame"}
    httpx2.post(f"{url}/api/petitions", json=letter, trust_env=False, timeout=60).raise_for_status()
    filed = time.perf_counter()
    while True:
        with store.reader() as reader:
            found = [reader.instance(name) for name in reader.open_instances()]
        rows = [one for one in found if one is not None and one.started_at is not None]
        mine = [one for one in rows if one.definition == bundle.digest]
        if mine or time.perf_counter() - filed > ALLOWED * 4:
            break
        time.sleep(0.02)
    return deployed - begun, filed - deployed, time.perf_counter() - deployed, bool(mine)


def main() -> None:
    """Print one line a deployment; exit code 1 when one was not noticed in time."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=6, choices=range(1, 9), help="how many")
    times = parser.parse_args().times
    late = 0
    with tempfile.TemporaryDirectory(prefix="wenzheng-bench-") as name, city(Path(name)) as url:
        store = open_store(f"sqlite:///{name}/wenzheng.db")
        with contextlib.closing(store):
            shipped = workshop_of(store).current("petition")
            assert shipped is not None
            print("deploy s   letter filed s   runs after s   by the new version")
            for turn in range(times):
                deploying, filing, running, new = noticed(store, url, version(shipped, 6 + turn))
                late += not new or running > ALLOWED
                print(f"{deploying:8.2f}   {filing:14.2f}   {running:12.2f}   {'yes' if new else 'NO'}")
    sys.exit(1 if late else 0)


if __name__ == "__main__":
    main()
