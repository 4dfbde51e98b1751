"""`wenzheng trace`: run definitions in virtual time and print what happens."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wenzheng.cli.connection import CommandError
from wenzheng.cli.validate import Format

if TYPE_CHECKING:
    from wenzheng.simulation.world import World


def trace(
    files: Annotated[list[Path], typer.Argument(help="Definitions: files or folders; together one bundle.")],
    *,
    process: Annotated[
        list[str] | None,
        typer.Option(
            help="Process to start; may be repeated. Without it the first, others on their messages."
        ),
    ] = None,
    data: Annotated[str, typer.Option(help="Start variables as a JSON object.")] = "{}",
    answers: Annotated[
        Path | None,
        typer.Option(help='JSON file: {"ELEMENT": [{"data": {}, "after": "P1D", "fail": "CODE"}]}.'),
    ] = None,
    start: Annotated[
        str | None, typer.Option(help="ISO 8601 instant at which it begins.", show_default="now")
    ] = None,
    until: Annotated[str | None, typer.Option(help="ISO 8601 duration after which to stop.")] = None,
    output: Annotated[
        Format, typer.Option("--format", help="text or json (one object a line).")
    ] = Format.TEXT,
) -> None:
    """Run definitions in virtual time: user tasks are answered from a file, or at once."""
    from wenzheng.engine.events import EventRefused
    from wenzheng.engine.findings import DefinitionRefused
    from wenzheng.simulation.world import SimulationStoppedError

    begin = _instant(start)
    variables = _json("--data", data)
    try:
        world = _world(files, begin, answers)
        end = _end(world, begin, until)
        for process_id in _processes(world, process):
            world.start(process_id, variables if not world.inhabitants else None)
        world.run(end)
    except DefinitionRefused as refused:
        for finding in refused.findings:
            print(json.dumps(finding.as_dict(), ensure_ascii=False) if output is Format.JSON else finding)
        raise typer.Exit(1) from None
    except (EventRefused, SimulationStoppedError) as refused:
        raise CommandError(str(refused)) from None
    _print(world, output)
    if world.outcome()["state"] == "failed":
        raise typer.Exit(1)


def _world(files: list[Path], begin: datetime, answers: Path | None) -> World:
    from activities.services import contracts
    from wenzheng.calendars.china import china
    from wenzheng.catalog.bundle import Bundle, read_bundle
    from wenzheng.catalog.compiling import compile_bundle
    from wenzheng.simulation.answers import Answers, AnswersRefusedError
    from wenzheng.simulation.world import World

    together: dict[str, bytes] = {}
    for path in files:
        if not path.exists():
            raise CommandError(f"cannot read {path}: it does not exist; name a folder or a definition file")
        found = read_bundle(path).files
        for name in sorted(set(found) & set(together)):
            raise CommandError(f"two files are called {name}; rename one of them")
        together |= found
    bundle = Bundle("trace", together)
    definition = compile_bundle(bundle.digest, bundle.files, contracts())
    given = Answers()
    if answers is not None:
        try:
            given = Answers.read(json.loads(answers.read_text(encoding="utf-8")))
        except (OSError, ValueError, AnswersRefusedError) as error:
            raise CommandError(f"cannot use the answers in {answers}: {error}") from None
    return World(definition, china(), begin, given)


def _processes(world: World, wanted: list[str] | None) -> list[str]:
    known = world.process_ids
    for process_id in wanted or []:
        if process_id not in known:
            raise typer.BadParameter(f"there is no process {process_id}; these are: {', '.join(known)}")
    return wanted or known[:1]


def _end(world: World, begin: datetime, until: str | None) -> datetime | None:
    from wenzheng.engine.timers import parse_duration

    if until is None:
        return None
    duration = parse_duration(until)
    if duration is None:
        raise typer.BadParameter(f"--until expects an ISO 8601 duration such as P30D, found {until}")
    return world.after(begin, duration)


def _instant(text: str | None) -> datetime:
    from wenzheng.engine.timers import parse_instant

    if text is None:
        return datetime.now(UTC)
    moment = parse_instant(text)
    if moment is None:
        raise typer.BadParameter(
            f"--start expects an instant with a zone, 2026-09-30T10:00:00+08:00, found {text}"
        )
    return moment


def _json(option: str, text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise typer.BadParameter(f"{option} expects a JSON object: {error}") from None
    if not isinstance(value, dict):
        raise typer.BadParameter(f"{option} expects a JSON object, found {type(value).__name__}")
    return value


def _print(world: World, output: Format) -> None:
    outcome = world.outcome()
    if output is Format.JSON:
        for line in world.lines:
            print(json.dumps(line.as_dict(), ensure_ascii=False))
        print(json.dumps(outcome, ensure_ascii=False))
        return
    for line in world.lines:
        print(
            f"{line.time:%Y-%m-%d %H:%M}Z  {line.instance:<14} {line.event:<10} {line.element}  {line.name}"
        )
    waiting = ", ".join(entry["element"] for entry in outcome["waiting"])
    print(f"{outcome['state']}{': waits at ' + waiting if waiting else ''}")
    error = outcome["error"]
    if error:
        print(f"error {error['code']} at {error['element']}: {error['message']}")
    print(json.dumps(outcome["data"], ensure_ascii=False))
