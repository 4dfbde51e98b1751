"""The `wenzheng` command: registers what each module of this package offers.

Exit codes: 0 good, 1 a finding or a failure, 2 wrong usage. An error is one line on stderr with a
remedy, never a traceback (WENZHENG_DEBUG=1 shows one, for bug reports).
"""

from __future__ import annotations

import os
import sys
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from wenzheng import __version__
from wenzheng.cli import (
    accounts,
    calendar_versions,
    definitions,
    forum,
    incidents,
    messages,
    notices,
    petition_intake,
    schedules,
    serve,
)
from wenzheng.cli.compile import compile_yaml
from wenzheng.cli.connection import CommandError
from wenzheng.cli.options import DataOption, load_settings, working_day
from wenzheng.cli.render import render
from wenzheng.cli.trace import trace
from wenzheng.cli.validate import validate
from wenzheng.engine.findings import DefinitionRefused

GOOD, FAILURE, USAGE = 0, 1, 2

app = typer.Typer(
    name="wenzheng",
    help="Wenzheng (问政): public petitions that are answered in time, or somebody hears of it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"wenzheng {__version__}")
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Wenzheng (问政): public petitions that are answered in time, or somebody hears of it."""


@app.command()
def run(
    data: DataOption = None,
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="Port of the web.", show_default="8080, or the next free one"),
    ] = None,
    pace: Annotated[
        str | None,
        typer.Option(
            metavar="DURATION",
            help="Practice mode: how long a working day lasts, such as 5s or 1m; fixed for the data folder.",
            show_default=False,
        ),
    ] = None,
    demo: Annotated[
        bool,
        typer.Option("--demo", help="Fill an empty data folder with a city of 40 letters at every stage."),
    ] = False,
) -> None:
    """Start everything on this machine and print the address; Ctrl-C stops it, the next run resumes."""
    from wenzheng.cli.run import run_everything

    run_everything(load_settings(data, port=port), working_day(pace), demo=demo)


app.command()(serve.worker)
app.command()(serve.web)
app.command("migrate-db")(serve.migrate_db)
app.command()(validate)
app.command("compile")(compile_yaml)
app.command()(render)
app.command()(trace)
app.command()(definitions.deploy)
app.add_typer(definitions.app)
app.add_typer(accounts.app)
app.add_typer(calendar_versions.app)
app.add_typer(petition_intake.app)
app.add_typer(forum.app)
app.add_typer(notices.app)
app.add_typer(incidents.app)
app.add_typer(messages.app)
app.add_typer(schedules.app)


def complain(text: str) -> None:
    """One line on stderr, whatever the text holds."""
    print("wenzheng: " + " ".join(text.split()), file=sys.stderr)


def execute(arguments: list[str]) -> int:
    """Runs one command line and returns its exit code."""
    if os.environ.get("WENZHENG_DEBUG"):
        return int(app(arguments, prog_name="wenzheng", standalone_mode=False) or GOOD)
    try:
        return int(app(arguments, prog_name="wenzheng", standalone_mode=False) or GOOD)
    except TyperException as error:
        return _usage(error)
    except CommandError as error:
        complain(str(error))
        return error.exit_code
    except DefinitionRefused as refused:
        for finding in refused.findings:
            print(finding, file=sys.stderr)
        complain("the definition is refused for the reasons above; correct them and try again")
    except KeyboardInterrupt:
        complain("interrupted")
    except Exception as error:  # noqa: BLE001  # the last line of defence: a person gets a sentence
        kind = "" if hasattr(error, "code") else f"{type(error).__name__}: "
        hint = (
            "" if kind == "" else " (unexpected; run again with WENZHENG_DEBUG=1 and report what it prints)"
        )
        complain(f"{kind}{error}{hint}")
    return FAILURE


def _usage(error: TyperException) -> int:
    message = error.format_message()
    if "\n" in message:  # a group without a command: typer hands us the help text
        print(message, file=sys.stderr)
        return USAGE
    context = getattr(error, "ctx", None)
    where = f"; see `{context.command_path} --help`" if context is not None else ""
    complain(f"{message.rstrip('.')}{where}")
    return error.exit_code


def main() -> NoReturn:
    """Entry point of the command."""
    sys.exit(execute(sys.argv[1:] or ["--help"]))
