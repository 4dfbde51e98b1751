"""`wenzheng render`: the picture of a definition."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wenzheng.cli.connection import CommandError

if TYPE_CHECKING:
    from wenzheng.catalog.pictures.picture import Picture


class Language(StrEnum):
    """In which language names are shown."""

    ZH = "zh"
    EN = "en"


def render(
    path: Annotated[
        Path, typer.Argument(metavar="FILE_OR_FOLDER", help="The definition: a folder, .yaml or .bpmn file.")
    ],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="OUT.svg", help="Where to.", show_default="print it"),
    ] = None,
    language: Annotated[
        Language, typer.Option(help="zh or en, where a name is given in both.")
    ] = Language.ZH,
    lanes: Annotated[
        bool, typer.Option("--lanes", help="A lane for each role, from left to right; of YAML.")
    ] = False,
) -> None:
    """Draw a definition as SVG: its steps, and its deadlines below; exit code 1 when it is refused."""
    from wenzheng.catalog.drawing import ROLES
    from wenzheng.catalog.pictures.svg import draw_svg

    if not path.exists():
        raise CommandError(f"cannot read {path}: it does not exist; name a folder, a .yaml or a .bpmn file")
    svg = draw_svg(pictures(path, language.value, lanes=lanes), language.value, ROLES[language.value])
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
