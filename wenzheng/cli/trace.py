"""`wenzheng trace`: run definitions in virtual time and print what happens."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from wenzheng.cli.connection import CommandError
from wenzheng.cli.options import Format
from wenzheng.contracts import (
    CLOCK_EXTENDED,
    CLOCK_KEPT,
    CLOCK_MOVED,
    CLOCK_PAUSED,
    CLOCK_RESTARTED,
    CLOCK_RESUMED,
    CLOCK_STARTED,
    CLOCK_STOPPED,
    REMINDER_DUE,
    THRESHOLD_PASSED,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from wenzheng.calendars import Calendar
    from wenzheng.contracts import JsonObject
    from wenzheng.engine.definition import Definition
    from wenzheng.engine.effects import Effect
    from wenzheng.engine.events import Event
    from wenzheng.simulation.world import Inhabitant, World


@dataclass
class _Clocks:
    """What the clocks did: printed for people between the lines of the trace, each after so many of them.

    An administrator who changes a limit looks for the day on which the lamp turns.
    """

    world: World | None = None
    said: list[tuple[int, datetime, str]] = field(default_factory=list)

    def watch(self, who: Inhabitant, _event: Event, effects: list[Effect]) -> None:
        """See simulation.world.Watcher."""
        assert self.world is not None  # for the type checker: set before the world begins
        for effect in effects:
            if (told := _clock_line(who, effect)) is not None:
                self.said.append((len(self.world.lines), self.world.now, f"{who.id:<14} {told}"))


def _limits(data: JsonObject) -> str:
    said = ", ".join(f"{limit['id']} after {limit['due'] or '…'}" for limit in data["thresholds"])
    return said or "no limit"


_TOLD: Final[dict[str, Callable[[JsonObject], tuple[str, str]]]] = {
    CLOCK_STARTED: lambda data: ("clock", f": {_limits(data)}"),
    CLOCK_STOPPED: lambda _: ("stopped", ""),
    CLOCK_PAUSED: lambda data: ("paused", f": until {data['until'] or 'somebody answers'}"),
    CLOCK_RESUMED: lambda data: ("goes on", f": {_limits(data)}"),
    CLOCK_EXTENDED: lambda data: ("extended", f" by {data['by']}: {_limits(data)}"),
    CLOCK_RESTARTED: lambda data: ("restarted", f" from {data['day0']}: {_limits(data)}"),
    CLOCK_MOVED: lambda data: ("moved", f": {_limits(data)}"),
    CLOCK_KEPT: lambda data: ("unchanged", f": no {data['asked']} ({data['why']})"),
    REMINDER_DUE: lambda data: ("reminder", f": {data['threshold']} after {data['due']}"),
    THRESHOLD_PASSED: lambda data: (data["lamp"] or "late", ""),
}
"""By kind of effect, the word before a clock's name and what stands behind it."""


def _clock_line(who: Inhabitant, effect: Effect) -> str | None:
    told = _TOLD.get(effect.kind)
    if told is None:
        return None
    name = effect.data["clock"]
    word, rest = told(effect.data)
    return f"{word:<10} {name}  {who.instance.clocks.clock(name).name}{rest}"


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
    overlay: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="File of a calendar that the definition names; may be repeated."),
    ] = None,
    output: Annotated[
        Format, typer.Option("--format", help="text or json (one object a line).")
    ] = Format.TEXT,
    picture: Annotated[
        Path | None,
        typer.Option(metavar="OUT.svg", help="Also draw the definitions with the way that was taken."),
    ] = None,
) -> None:
    """Run definitions in virtual time: user tasks are answered from a file, or at once.

    What is printed for people also tells of the clocks; times are the calendar's.
    """
    from wenzheng.catalog.sources import at_sources
    from wenzheng.engine.events import EventRefused
    from wenzheng.engine.findings import DefinitionRefused
    from wenzheng.simulation.world import SimulationStoppedError

    begin = _instant(start)
    variables = _json("--data", data)
    clocks = _Clocks()
    try:
        world = clocks.world = _world(files, begin, answers, overlay or [], clocks)
        end = _end(world, begin, until)
        begun = _processes(world, process)
        for process_id, given in zip(begun, _shared(world, begun, variables), strict=True):
            _start(world, process_id, given)
        world.run(end)
    except DefinitionRefused as refused:
        for finding in at_sources(refused.findings, _together(files)):
            print(json.dumps(finding.as_dict(), ensure_ascii=False) if output is Format.JSON else finding)
        raise typer.Exit(1) from None
    except (EventRefused, SimulationStoppedError) as refused:
        raise CommandError(str(refused)) from None
    _print(world, output, clocks)
    if picture is not None:
        _draw(world, files, picture)
    if world.outcome()["state"] == "failed":
        raise typer.Exit(1)


def _start(world: World, process_id: str, variables: dict[str, Any] | None) -> None:
    from wenzheng.engine.events import EventRefused

    try:
        world.start(process_id, variables)
    except EventRefused as refused:
        declared = world.definition.processes[process_id].model.variables.values()
        asked = {one.name: _EXAMPLES.get(one.type, "x") for one in declared if one.required}
        if variables is None or not asked:
            raise
        given = shlex.quote(json.dumps(asked, ensure_ascii=False))
        raise CommandError(f"{refused} Give what it begins with, for example: --data {given}") from None


_EXAMPLES: Final = {"date": "2026-09-01", "int": 1, "double": 1.0, "bool": True, "list": [], "map": {}}


def _world(
    files: list[Path], begin: datetime, answers: Path | None, overlays: list[Path], clocks: _Clocks
) -> World:
    from activities.services import contracts
    from wenzheng.calendars.china import china
    from wenzheng.catalog.bundle import Bundle
    from wenzheng.catalog.compiling import compile_bundle
    from wenzheng.simulation.answers import Answers, AnswersRefusedError
    from wenzheng.simulation.world import World

    bundle = Bundle("trace", _together(files))
    definition = compile_bundle(bundle.digest, bundle.files, contracts())
    given = Answers()
    if answers is not None:
        try:
            given = Answers.read(json.loads(answers.read_text(encoding="utf-8")))
        except (OSError, ValueError, AnswersRefusedError) as error:
            raise CommandError(f"cannot use the answers in {answers}: {error}") from None
    return World(definition, china(), begin, given, clocks.watch, calendars=_calendars(definition, overlays))


def _calendars(definition: Definition, overlays: list[Path]) -> dict[str, Calendar]:
    """The calendars that the processes name: shipped ones, and those of the given files."""
    from wenzheng.calendars import CalendarError
    from wenzheng.calendars.countries import shipped
    from wenzheng.calendars.files import Faults, FileRefused
    from wenzheng.calendars.overlays import compose, read_overlay

    own: dict[str, Calendar] = {}
    for file in overlays:
        try:
            overlay = read_overlay(file.read_text(encoding="utf-8"), Faults())
            own[overlay.id] = compose(shipped(overlay.on), overlay.id, overlay.content)
        except (OSError, ValueError, FileRefused, CalendarError) as error:
            raise CommandError(f"cannot use the calendar in {file}: {error}") from None
    choices = (process.model.calendar for process in definition.processes.values())
    for choice in (one for one in choices if one is not None and one.name not in own):
        try:
            own[choice.name] = shipped(choice.name)
        except CalendarError:
            raise CommandError(
                f"{choice.position.file}:{choice.position.line} names the calendar {choice.name}, which did "
                "not come with the program; give its file with --overlay"
            ) from None
    return own


def _draw(world: World, files: list[Path], output: Path) -> None:
    """The pictures of the processes that ran, with the elements reached and the flows taken."""
    from wenzheng.catalog.drawing import ROLES, pictures_of
    from wenzheng.catalog.pictures.overlay import Overlay
    from wenzheng.catalog.pictures.svg import draw_svg
    from wenzheng.cli.render import write_picture
    from wenzheng.simulation.path import way

    ran = {line.process for line in world.lines}
    drawn = [one for one in pictures_of(world.definition, _together(files), "zh") if one.model.id in ran]
    overlays: dict[str, Overlay] = {}
    for one in drawn:
        passed, taken = way(one.model, world.lines)
        overlays[one.model.id] = Overlay(passed=passed, taken=taken)
    write_picture(draw_svg(drawn, "zh", ROLES["zh"], overlays), output)


def _together(files: list[Path]) -> dict[str, bytes]:
    """The files of all these definitions as one bundle."""
    from wenzheng.catalog.bundle import read_bundle

    together: dict[str, bytes] = {}
    for path in files:
        if not path.exists():
            raise CommandError(f"cannot read {path}: it does not exist; name a folder or a definition file")
        found = read_bundle(path).files
        for name in sorted(set(found) & set(together)):
            raise CommandError(f"two files are called {name}; rename one of them")
        together |= found
    return together


def _processes(world: World, wanted: list[str] | None) -> list[str]:
    known = world.process_ids
    for process_id in wanted or []:
        if process_id not in known:
            raise typer.BadParameter(f"there is no process {process_id}; these are: {', '.join(known)}")
    return wanted or known[:1]


def _shared(world: World, begun: list[str], variables: dict[str, Any]) -> list[dict[str, Any]]:
    """The start variables of each process: those it declares; what none declares goes to the first."""
    declared = [world.declared(process_id) for process_id in begun]
    unknown = {name for name in variables if not any(name in names for names in declared)}
    declared[0] += unknown  # refused there
    return [{name: value for name, value in variables.items() if name in names} for names in declared]


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


def _print(world: World, output: Format, clocks: _Clocks) -> None:
    outcome = world.outcome()
    if output is Format.JSON:
        for line in world.lines:
            print(json.dumps(line.as_dict(), ensure_ascii=False))
        print(json.dumps(outcome, ensure_ascii=False))
        return
    lines = [
        (line.seq, line.time, f"{line.instance:<14} {line.event:<10} {line.element}  {line.name}")
        for line in world.lines
    ]
    # What clocks did comes before the lines of the step that moved them.
    for _, at, text in sorted([*lines, *clocks.said], key=lambda one: one[0]):
        print(f"{at.astimezone(world.zone):%Y-%m-%d %H:%M}  {text}")
    waiting = ", ".join(entry["element"] for entry in outcome["waiting"])
    print(f"{outcome['state']}{': waits at ' + waiting if waiting else ''}")
    error = outcome["error"]
    if error:
        print(f"error {error['code']} at {error['element']}: {error['message']}")
    print(json.dumps(outcome["data"], ensure_ascii=False))
