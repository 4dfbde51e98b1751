"""`wenzheng render`: the picture of a definition."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wenzheng.cli.connection import CommandError
from wenzheng.cli.options import DataOption, Language, LanguageOption
from wenzheng.cli.overlays import overlays_of_city, overlays_of_file

if TYPE_CHECKING:
    from wenzheng.catalog.pictures.picture import Picture


def render(
    path: Annotated[
        Path, typer.Argument(metavar="FILE_OR_FOLDER", help="The definition: a folder, .yaml or .bpmn file.")
    ],
    *,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="OUT.svg", help="Where to.", show_default="print it"),
    ] = None,
    language: LanguageOption = Language.ZH,
    lanes: Annotated[
        bool, typer.Option("--lanes", help="A lane for each role, from left to right; of YAML.")
    ] = False,
    numbers: Annotated[
        Path | None,
        typer.Option(
            "--numbers",
            metavar="FILE.json",
            help='Lay numbers over it: {"PROCESS": {"ELEMENT": {"count": 3, "lamp": "red", "days": 4.5}}}.',
        ),
    ] = None,
    live: Annotated[
        bool, typer.Option("--live", help="Lay over it where the letters of this installation wait now.")
    ] = False,
    data: DataOption = None,
) -> None:
    """Draw a definition as SVG: its steps, and its deadlines below; exit code 1 when it is refused.

    With numbers each place where something waits gets more colour the more waits there, the count, the worst
    lamp and for how long the oldest has waited.
    """
    from wenzheng.catalog.drawing import ROLES
    from wenzheng.catalog.pictures.svg import draw_svg

    if not path.exists():
        raise CommandError(f"cannot read {path}: it does not exist; name a folder, a .yaml or a .bpmn file")
    if numbers is not None and live:
        raise typer.BadParameter("expected one of --numbers and --live, found both")
    overlays = overlays_of_city(data) if live else overlays_of_file(numbers) if numbers is not None else None
    drawn = pictures(path, language.value, lanes=lanes)
    svg = draw_svg(drawn, language.value, ROLES[language.value], overlays)
    write_picture(svg, output)


def write_picture(svg: str, output: Path | None) -> None:
    """Into a file, or printed. Raises CommandError when it cannot be written."""
    if output is None:
        typer.echo(svg, nl=False)
        return
    try:
        output.write_text(svg, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"cannot write {output}: {error.strerror}; choose another place") from None


def pictures(path: Path, language: str, *, lanes: bool = False) -> list[Picture]:
    """The pictures of all processes of a folder or file. Raises DefinitionRefused with all findings."""
    from wenzheng.catalog.bundle import read_bundle
    from wenzheng.catalog.drawing import pictures_of
    from wenzheng.cli.validate import check

    definition = check(path)
    for finding in definition.findings:
        typer.echo(str(finding), err=True)
    return pictures_of(definition, read_bundle(path).files, language, lanes=lanes)
