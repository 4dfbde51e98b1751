"""Replays recorded histories in a fresh process; run as a program, prints JSON {history: error}.

    python -m tests.support.replaying HISTORIES LIBRARY [--without ids|time|drift] [--tamper] [--only NAME…]

HISTORIES holds one JSON history a file. LIBRARY holds what their digests stand for:
`definitions/DIGEST/FILE` and `calendars/DIGEST.json`. `--without` takes away one of the guards and
`--tamper` changes what the definition computes without changing its shape: both are there to show
that the replay notices.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import SpiffWorkflow.task
from temporalio.client import Client, WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from activities.services import contracts
from tests.support.bpmn import SERVICES
from wenzheng.bootstrap.city import CALENDAR, PETITION
from wenzheng.catalog.bundle import Bundle, read_bundle
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.catalog.registry import Registry
from wenzheng.engine.definition import Definition
from wenzheng.gateways.codec import data_converter
from wenzheng.store import Store
from workflows import process
from workflows.process import ProcessWorkflow

TAMPERED = (b"round = round + 1", b"round = round + 2")


class Library(Registry):
    """A registry over a folder."""

    def __init__(self, folder: Path, *, tampered: bool = False) -> None:
        def files(digest: str) -> Mapping[str, bytes] | None:
            found = folder / "definitions" / digest
            return dict(read_bundle(found).files) if found.is_dir() else None

        def document(digest: str) -> Mapping[str, Any] | None:
            found = folder / "calendars" / f"{digest}.json"
            document: dict[str, Any] | None = json.loads(found.read_text()) if found.is_file() else None
            return document

        super().__init__(files, document, {**contracts(), **SERVICES})
        self._tampered = tampered

    def fetch_definition(self, digest: str) -> Definition:
        definition = super().fetch_definition(digest)
        if not self._tampered:
            return definition
        files = {name: text.replace(*TAMPERED) for name, text in (self.bundles(digest) or {}).items()}
        other = compile_bundle(digest, files, self.services)
        self._definitions[digest] = other
        return other


class Anything(str):
    """A digest that equals every other: what is left when nobody compares."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    def startswith(self, *_what: object) -> bool:
        return True


def keep(folder: Path, bundle: Bundle, calendar_version: str, calendar: Mapping[str, Any]) -> None:
    """Put a definition and a calendar into a library."""
    kept = folder / "definitions" / bundle.digest
    for name, content in bundle.files.items():
        (kept / name).parent.mkdir(parents=True, exist_ok=True)
        (kept / name).write_bytes(content)
    (folder / "calendars").mkdir(exist_ok=True)
    (folder / "calendars" / f"{calendar_version}.json").write_text(
        json.dumps(calendar, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    )


def keep_deployed(folder: Path, store: Store, bundle: str = PETITION) -> None:
    """Put the definition of a bundle and the calendar of a store into a library."""
    with store.reader() as reader:
        definition, calendar = reader.latest_definition(bundle), reader.latest_calendar(CALENDAR)
    assert definition is not None
    assert calendar is not None
    keep(folder, Bundle(definition.name, definition.files), calendar.digest, calendar.document)


async def keep_histories(client: Client, instances: Sequence[str], folder: Path) -> None:
    """Put the histories of instances into a folder, one file each."""
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - nothing else runs here
    for instance in instances:
        history = await client.get_workflow_handle(instance).fetch_history()
        (folder / f"{instance}.json").write_text(history.to_json())


def replayed(histories: Path, library: Path, *options: str, seed: int = 1) -> dict[str, str | None]:
    """The outcome of every history of a folder, replayed in a fresh process under a hash seed."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.support.replaying", str(histories), str(library), *options],
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        capture_output=True,
        text=True,
        timeout=200,
        check=True,
    )
    outcomes: dict[str, str | None] = json.loads(run.stdout.splitlines()[-1])
    return outcomes


def take_away(guard: str) -> None:
    """Remove one of the guards, as if somebody had deleted it."""
    match guard:
        case "ids":
            SpiffWorkflow.task.uuid4 = uuid.uuid4
        case "time":
            SpiffWorkflow.task.time = time
        case "drift":
            vars(process)["digest"] = lambda _instance: Anything()


async def replay(
    histories: Path, library: Path, *, tampered: bool = False, only: Sequence[str] = ()
) -> dict[str, str | None]:
    """Replay every history of a folder, or `only` some; the error of each, or None."""
    replayer = Replayer(
        workflows=[ProcessWorkflow],
        workflow_runner=UnsandboxedWorkflowRunner(),
        data_converter=data_converter(Library(library, tampered=tampered)),
    )
    outcomes: dict[str, str | None] = {}
    paths = [histories / f"{name}.json" for name in only] or sorted(histories.glob("*.json"))  # noqa: ASYNC240 - nothing else runs here
    for path in paths:
        history = WorkflowHistory.from_json(path.stem, path.read_text())
        result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
        failure = result.replay_failure
        outcomes[path.stem] = None if failure is None else f"{type(failure).__name__}: {failure}"
    return outcomes


def main() -> None:
    """Replay and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("histories", type=Path)
    parser.add_argument("library", type=Path)
    parser.add_argument("--without", choices=["ids", "time", "drift"])
    parser.add_argument("--tamper", action="store_true")
    parser.add_argument("--only", nargs="+", default=(), metavar="NAME")
    options = parser.parse_args()
    if options.without:
        take_away(options.without)
    outcomes = replay(options.histories, options.library, tampered=options.tamper, only=options.only)
    json.dump(asyncio.run(outcomes), sys.stdout)


if __name__ == "__main__":
    main()
