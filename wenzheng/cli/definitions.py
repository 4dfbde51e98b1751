"""`wenzheng deploy` and `wenzheng definitions …`: versions of definitions, on the store of this machine.

Also while the city runs: what is deployed counts for the next letter.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wenzheng.cli import connection
from wenzheng.cli import definitions_output as say
from wenzheng.cli.connection import CommandError, Target
from wenzheng.cli.options import (
    DataOption,
    Format,
    FormatOption,
    Language,
    LanguageOption,
    load_settings,
    print_json,
)
from wenzheng.engine.findings import DefinitionRefused

if TYPE_CHECKING:
    from wenzheng.catalog.bundle import Bundle
    from wenzheng.workshop import Workshop

app = typer.Typer(
    name="definitions",
    help="Versions of definitions: which counts, which were, what differs; proposals.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


Reason = Annotated[str, typer.Option("--reason", help="Why; kept in the history for whoever asks later.")]
As = Annotated[
    str | None,
    typer.Option("--as", metavar="ACCOUNT", help="The administrator who does it.", show_default="the shell"),
]
Which = Annotated[str, typer.Argument(metavar="NAME", help="Name of a definition, such as petition.")]
Ref = Annotated[
    str, typer.Argument(metavar="VERSION", help="A folder or file, a digest, or a name: its current version.")
]
Number = Annotated[int, typer.Argument(metavar="NUMBER", help="Number of the proposal (see `show`).")]


@app.callback()
def about() -> None:
    """Versions of definitions: which counts, which were, what differs; proposals."""


def deploy(
    *,
    what: Annotated[
        str,
        typer.Argument(metavar="PATH", help="A folder or file; to go back, the digest of an older version."),
    ],
    reason: Reason,
    name: Annotated[
        str | None, typer.Option(help="Name of the definition.", show_default="that of the folder")
    ] = None,
    expect: Annotated[
        str | None,
        typer.Option(
            metavar="DIGEST", help="Only if this version is current still.", show_default="not asked"
        ),
    ] = None,
    accept_losses: Annotated[
        bool, typer.Option("--accept-losses", help="Also if roles, choices or messages fall away.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would change.")] = False,
    as_: As = None,
    language: LanguageOption = Language.EN,
    data: DataOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Put a version in force: new letters take it, running ones keep theirs. A fault changes nothing."""
    from wenzheng.deploying import Order

    with _workshop(data) as workshop, _told(output):
        bundle = _bundle(workshop, what, name)
        _not_elsewhere(workshop, bundle, named=name is not None)
        if dry_run:
            checked = workshop.check(bundle)
            if not checked.runs:
                raise DefinitionRefused(list(checked.findings))
            _print(output, say.checked_json(checked), say.checked(checked, language.value))
            return
        order = Order(
            by=_somebody(workshop, as_, data),
            reason=reason,
            expected=workshop.bundle(expect).digest if expect else None,
            looked=expect is not None,
            losses_seen=accept_losses,
        )
        outcome = workshop.deploy(bundle, order)
        _print(output, say.outcome_json(outcome), say.outcome(outcome, language.value))


@app.command("list")
def list_(data: DataOption = None, output: FormatOption = Format.TEXT) -> None:
    """Every definition with the version that counts: since when, by whom and why."""
    with _workshop(data) as workshop, workshop.store.reader() as reader:
        rows = [
            (name, next(iter(reader.deployments(name)), None), len(reader.proposals(name, only_open=True)))
            for name in reader.definition_names()
        ]
    _print(output, {"items": [say.row_json(*row) for row in rows]}, say.rows(rows))


@app.command()
def show(
    name: Which,
    version: Annotated[
        str | None,
        typer.Option("--version", metavar="DIGEST", help="One version.", show_default="the current one"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write the version's files into a new folder.")
    ] = None,
    data: DataOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """One definition: every version that was in force, what is proposed, the files of a version."""
    with _workshop(data) as workshop, _told(output):
        with workshop.store.reader() as reader:
            history, proposals = reader.deployments(name), reader.proposals(name)
        bundle = workshop.bundle(version) if version else workshop.current(name)
        if bundle is None and not proposals:
            raise CommandError(f"no definition '{name}' here; list them with `wenzheng definitions list`")
        calendars = workshop.calendars(bundle) if bundle is not None else {}
    if bundle is not None and out is not None:
        _write(bundle, out)
    _print(
        output,
        say.history_json(name, bundle, history, proposals) | {"calendars": calendars},
        "\n".join([say.history(name, bundle, history, proposals), *say.counted_by(calendars)]),
    )


@app.command()
def diff(
    before: Ref,
    after: Annotated[
        str | None,
        typer.Argument(metavar="VERSION", help="As before.", show_default="of its name the current one"),
    ] = None,
    language: LanguageOption = Language.EN,
    data: DataOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """What differs between two versions, in words of the work; with one of them, from the current version."""
    with _workshop(data) as workshop, _told(output):
        one = _bundle(workshop, before, None)
        if after is None:
            current = workshop.current(one.name)
            if current is None:
                raise CommandError(f"no version of '{one.name}' is deployed; name two versions")
            versions = current, one
        else:
            versions = one, _bundle(workshop, after, None)
        changes = workshop.differences(*versions)
    _print(output, say.diff_json(*versions, changes), say.diff(*versions, changes, language.value))


@app.command()
def approve(
    *,
    name: Which,
    number: Number,
    reason: Reason,
    as_: As = None,
    language: LanguageOption = Language.EN,
    data: DataOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Agree to another administrator's proposal: its version comes into force."""
    with _workshop(data) as workshop, _told(output):
        by = _administrator(workshop, as_, data)
        outcome = workshop.approve(name, number, by=by, reason=reason)
    _print(output, say.outcome_json(outcome), say.outcome(outcome, language.value))


@app.command()
def refuse(
    *,
    name: Which,
    number: Number,
    reason: Reason,
    as_: As = None,
    data: DataOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Say no to a proposal, or take back one's own."""
    with _workshop(data) as workshop, _told(output):
        by = _administrator(workshop, as_, data)
        proposal = workshop.refuse(name, number, by=by, reason=reason)
    _print(output, say.proposal_json(proposal), f"Proposal {number} of {name} is {proposal.state}.")


# --- what the commands share -----------------------------------------------------------------------


@contextmanager
def _workshop(data: Path | None) -> Iterator[Workshop]:
    from wenzheng.bootstrap.deploying import workshop_of
    from wenzheng.store import StoreError, open_store

    settings = load_settings(data)
    store = open_store(settings.database_url)
    try:
        store.check_schema()
        yield workshop_of(store, approval=settings.deploy_approval)
    except StoreError as error:
        raise CommandError(str(error)) from error
    finally:
        store.close()


@contextmanager
def _told(output: Format) -> Iterator[None]:
    """What stands against a version, for people on stderr and for programs as one document."""
    from wenzheng.deploying import DeployRefused

    try:
        yield
    except DefinitionRefused as refused:
        if output is Format.JSON:
            print_json({"refused": [finding.as_dict() for finding in refused.findings]})
            raise typer.Exit(1) from refused
        raise
    except DeployRefused as refused:
        if output is Format.JSON:
            print_json({"code": refused.code, "message": refused.message, "hint": refused.hint})
        raise CommandError(f"{refused} [{refused.code}]") from refused


def _print(output: Format, data: Any, text: str) -> None:
    if output is Format.JSON:
        print_json(data)
    else:
        print(text)


def _bundle(workshop: Workshop, ref: str, name: str | None) -> Bundle:
    """A version by its path, its digest, or its name: then the current one."""
    from wenzheng.catalog.bundle import Bundle, read_bundle
    from wenzheng.workshop import DIGEST

    path = Path(ref)
    if path.exists():
        found = read_bundle(path.resolve())
        return Bundle(name or found.name, found.files)
    if (current := workshop.current(ref)) is not None:
        return current
    if not DIGEST.fullmatch(ref):
        raise CommandError(
            "expected a folder, a .yaml or .bpmn file, the digest of a version or the name of a definition, "
            f"found '{ref}'; list names with `wenzheng definitions list` [deploy.unknown]"
        )
    return workshop.bundle(ref)


def _not_elsewhere(workshop: Workshop, bundle: Bundle, *, named: bool) -> None:
    """A folder of another name with the same process is a slip more often than a new definition."""
    with workshop.store.reader() as reader:
        known = reader.definition_names()
    if named or bundle.name in known:
        return
    shared = {name: _shared_files(workshop.current(name), bundle) for name in known}
    nearest = max(shared, key=lambda name: shared[name], default=None)
    if nearest is not None and shared[nearest]:
        raise CommandError(
            f"expected a folder of a name that is deployed ({', '.join(known)}), found '{bundle.name}'; "
            f"say --name {nearest} for a version of that, or --name {bundle.name} for a new definition "
            "[deploy.name]"
        )


def _shared_files(deployed: Bundle | None, bundle: Bundle) -> int:
    return 0 if deployed is None else len(set(deployed.files) & set(bundle.files))


def _somebody(workshop: Workshop, account: str | None, data: Path | None) -> str | None:
    """Who does it: the account that is named or whose token is given, else who stands at the machine."""
    if account is not None or connection.environment_token() is not None or workshop.needs_approval():
        return _administrator(workshop, account, data)
    try:
        return f"{getpass.getuser()} (shell)"
    except (OSError, KeyError):  # a container's number without a name
        return "shell"


def _administrator(workshop: Workshop, account: str | None, data: Path | None) -> str:
    """The account of a process administrator, shown by its token. Raises CommandError."""
    from wenzheng.petitions.roles import Role

    token = connection.token(Target(load_settings(data).data_dir, account=account))
    with workshop.store.reader() as reader:
        found = reader.account_by_token(token) if token else None
    if found is None or found.disabled_at is not None or found.role != Role.PROCESS_ADMIN:
        shown = "no account" if found is None else f"{found.id} ({found.role})"
        raise CommandError(
            f"expected a process administrator's account, found {shown}; give your token in "
            f"{connection.TOKEN_VARIABLE}, or name an account of tokens.json with --as [deploy.who]"
        )
    return found.id


def _write(bundle: Bundle, folder: Path) -> None:
    """A version's files, into a folder that holds nothing yet."""
    if folder.exists() and any(folder.iterdir()):
        raise CommandError(f"expected a new or empty folder, found files in {folder}; name another")
    for name, content in bundle.files.items():
        target = folder / name
        if not target.resolve().is_relative_to(folder.resolve()):
            raise CommandError(f"expected file names inside the folder, found {name}")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
