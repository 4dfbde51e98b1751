"""`wenzheng compile`: the BPMN that a YAML definition stands for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wenzheng.cli.connection import CommandError


def compile_yaml(
    file: Annotated[Path, typer.Argument(metavar="FILE.yaml", help="The definition.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE.bpmn", help="Where to.", show_default="print it"),
    ] = None,
    *,
    sources: Annotated[
        bool,
        typer.Option(
            "--sources/--no-sources",
            help="Write the line of the YAML on every element, for findings on the BPMN.",
        ),
    ] = True,
) -> None:
    """Write the BPMN of a YAML definition, laid out for any BPMN viewer; exit code 1 when it is refused."""
    from wenzheng.catalog.bundle import read_bundle
    from wenzheng.catalog.language import Library, translate
    from wenzheng.cli.validate import check
    from wenzheng.engine.findings import FindingList

    if file.suffix != ".yaml":
        raise CommandError(f"cannot compile {file}: expected a .yaml file; BPMN needs no compiling")
    try:
        data = file.read_bytes()
    except OSError as error:
        raise CommandError(f"cannot read {file}: {error.strerror}; name a .yaml file") from None
    for finding in check(file).findings:
        typer.echo(str(finding), err=True)
    library = Library(read_bundle(file).files)
    findings = FindingList()
    translation = translate(
        data, file.name, findings, library=library, picture=True, lanes=True, sources=sources
    )
    assert translation is not None  # a definition that passed the check has one
    if output is None:
        typer.echo(translation.data.decode(), nl=False)
        return
    try:
        output.write_bytes(translation.data)
    except OSError as error:
        raise CommandError(f"cannot write {output}: {error.strerror}; choose another place") from None
