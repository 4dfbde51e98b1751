"""`wenzheng accounts …`: who may act, for an operator at the machine. Also while the city runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from wenzheng.cli.connection import CommandError
from wenzheng.cli.options import DataOption, Format, FormatOption, load_settings, print_json
from wenzheng.petitions.roles import Role

app = typer.Typer(
    name="accounts",
    help="Who may act: list, add, give a password, disable. On the store of this machine.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

AccountArgument = Annotated[str, typer.Argument(metavar="ACCOUNT", help="Id of an account (see `list`).")]
MakeUp = Annotated[
    bool, typer.Option("--make-up", help="Make up a readable password and print it, instead of asking.")
]


@contextmanager
def _store(settings: Any) -> Iterator[Any]:
    from wenzheng.store import StoreError, open_store

    store = open_store(settings.database_url)
    try:
        store.check_schema()
        yield store
    except StoreError as error:
        raise CommandError(str(error)) from error
    finally:
        store.close()


def _shown(account: Any, lacking: set[str]) -> dict[str, Any]:
    return {
        "id": account.id,
        "name": account.name,
        "role": account.role,
        "unit": account.unit_id,
        "language": account.language,
        "contact": account.contact,
        "password": account.id not in lacking,
        "disabled_at": account.disabled_at.isoformat() if account.disabled_at else None,
    }


def _print(store: Any, account_id: str, output: Format, sentence: str, **more: Any) -> None:
    """What stands now, in JSON or in one sentence."""
    if output is Format.TEXT:
        print(sentence)
        return
    with store.reader() as reader:
        account = reader.account(account_id)
        print_json(_shown(account, reader.without_password()) | more)


@app.command("list")
def list_accounts(data: DataOption = None, output: FormatOption = Format.TEXT) -> None:
    """All accounts: role, unit, contact, and whether they can sign in."""
    from wenzheng.cli.petition_output import table

    with _store(load_settings(data)) as store, store.reader() as reader:
        lacking = reader.without_password()
        accounts = [_shown(account, lacking) for account in reader.accounts()]
    if output is Format.JSON:
        print_json({"accounts": accounts})
        return
    head = ("account", "name", "role", "unit", "contact", "can sign in")
    rows = [(a["id"], a["name"], a["role"], a["unit"], a["contact"], _can_sign_in(a)) for a in accounts]
    print(table(head, rows))


def _can_sign_in(account: dict[str, Any]) -> str:
    if account["disabled_at"]:
        return f"disabled since {account['disabled_at'][:10]}"
    return "yes" if account["password"] else "no password"


@app.command()
def add(
    *,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="New id: small letters, digits, _ - .")],
    name: Annotated[str, typer.Option("--name", help="The person's name, as others see it.")],
    role: Annotated[Role, typer.Option("--role", help="What the person is.")],
    unit: Annotated[str | None, typer.Option("--unit", help="Id of the person's unit.")] = None,
    make_up: MakeUp = False,
    data: DataOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Add an account. Its password is asked for, or read as the first line of standard input."""
    from wenzheng.accounts import AccountRefused, add_account
    from wenzheng.petitions.organisation import Organisation, Unit, UnitKind

    settings = load_settings(data)
    with _store(settings) as store:
        with store.reader() as reader:
            units = [Unit(u.id, u.parent_id, UnitKind(u.kind), u.name_zh, u.name_en) for u in reader.units()]
        password = _password(account, make_up=make_up)
        try:
            add_account(store, Organisation(units), account=account, name=name, role=role, unit_id=unit)
        except AccountRefused as error:
            raise CommandError(str(error)) from error
        _keep(store, settings, account, password)
        made = {"made_up_password": password} if make_up else {}
        _print(store, account, output, f"Added {account}.{_told(password, make_up=make_up)}", **made)


@app.command()
def password(
    account: AccountArgument,
    make_up: MakeUp = False,
    data: DataOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Give an account a new password; asked for, or the first line of standard input. Ends its sessions."""
    settings = load_settings(data)
    with _store(settings) as store:
        _known(store, account)
        fresh = _password(account, make_up=make_up)
        _keep(store, settings, account, fresh)
        made = {"made_up_password": fresh} if make_up else {}
        sentence = (
            f"{account} has a new password and is signed out everywhere.{_told(fresh, make_up=make_up)}"
        )
        _print(store, account, output, sentence, **made)


@app.command()
def disable(account: AccountArgument, data: DataOption = None, output: FormatOption = Format.TEXT) -> None:
    """Shut an account out at once: sessions and token. What the person did stays."""
    with _store(load_settings(data)) as store:
        with store.unit_of_work() as unit:
            unit.set_disabled(account, datetime.now(UTC))
        _print(store, account, output, f"{account} is disabled: neither password nor token work.")


@app.command()
def enable(account: AccountArgument, data: DataOption = None, output: FormatOption = Format.TEXT) -> None:
    """Let a disabled account in again, with the password and token it had."""
    with _store(load_settings(data)) as store:
        with store.unit_of_work() as unit:
            unit.set_disabled(account, None)
        _print(store, account, output, f"{account} can sign in again.")


@app.command()
def contact(
    account: AccountArgument,
    address: Annotated[str, typer.Argument(metavar="CONTACT", help='Mail or phone; "" for none.')],
    data: DataOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Where notices to this person go."""
    from wenzheng.petitions.intake import contact_or_none

    try:
        kept = contact_or_none(address)
    except ValueError as error:
        raise CommandError(str(error)) from error
    with _store(load_settings(data)) as store:
        with store.unit_of_work() as unit:
            unit.set_contact(account, kept)
        told = f"Notices to {account} go to {kept}." if kept else f"Notices to {account} stay in the inbox."
        _print(store, account, output, told)


def _known(store: Any, account: str) -> None:
    with store.reader() as reader:
        if reader.account(account) is None:
            raise CommandError(
                f"expected a known account, found {account!r}; list them with `wenzheng accounts list`"
            )


def _password(account: str, *, make_up: bool) -> str:
    """A new password: made up, asked for twice, or read from a pipe. Never an argument: all see those."""
    from wenzheng import passwords

    if make_up:
        return passwords.made_up()
    if sys.stdin.isatty():
        given = str(typer.prompt("New password", hide_input=True, confirmation_prompt=True, err=True))
    else:
        given = sys.stdin.readline().rstrip("\r\n")
    try:
        return passwords.check(given, account)
    except passwords.PasswordRefused as error:
        raise CommandError(f"the password: {error}") from error


def _keep(store: Any, settings: Any, account: str, password: str) -> None:
    from wenzheng import passwords
    from wenzheng.accounts import forget_first_password

    fresh = passwords.hashed(password)
    with store.unit_of_work() as unit:
        unit.set_password(account, fresh)
        # Whoever forgot it has tried: the new one works at once.
        unit.forget_failures(f"password:account:{account}")
    forget_first_password(settings, account)


def _told(password: str, *, make_up: bool) -> str:
    return f" The password is {password}; tell it to that person only." if make_up else ""
