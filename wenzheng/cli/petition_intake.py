"""`wenzheng petition take` and `import`: letters that the centre brings in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from wenzheng.cli import petition_output as output
from wenzheng.cli.connection import CommandError
from wenzheng.cli.petition import (
    ActId,
    Addressee,
    Contact,
    Kind,
    KindOption,
    Name,
    Public,
    TextFile,
    Title,
    Words,
    app,
)
from wenzheng.cli.petition_options import Session, read_text, register, wrong_usage
from wenzheng.petitions.second_factor import drawn_word

__all__ = ["app"]


class Taken(StrEnum):
    """How a letter came in that the centre takes down."""

    PHONE = "phone"
    COUNTER = "counter"
    POST = "post"
    MAIL = "mail"


def _instant(text: str | None) -> str | None:
    """An instant with its zone; without one it is of this machine's."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone().isoformat()
    except (ValueError, OverflowError):
        wrong_usage(f"--received: expected YYYY-MM-DDTHH:MM, found {text}")


@register(app, "take", author=True)
def take(
    session: Session,
    *,
    channel: Annotated[Taken, typer.Option(help="How it came in.")] = Taken.PHONE,
    received: Annotated[
        str | None,
        typer.Option(
            metavar="YYYY-MM-DDTHH:MM", help="When the call was, or it was handed in; default: now."
        ),
    ] = None,
    text: Words = None,
    text_file: TextFile = None,
    title: Title = None,
    addressee: Addressee = None,
    kind: KindOption = Kind.HELP,
    name: Name = None,
    contact: Contact = None,
    group: Annotated[str | None, typer.Option(help="Whom the author counts themselves among.")] = None,
    area: Annotated[str | None, typer.Option(help="County the author lives in, or elsewhere.")] = None,
    public: Public = False,
    act_id: ActId = None,
) -> None:
    """Take a letter down for a caller or somebody at the counter; prints what to read to them (登记).

    Without a passphrase and a contact a number is drawn, and printed with the tracking code.
    """
    words = read_text(text, text_file)
    passphrase = session.passphrase()
    drawn = None
    if passphrase is None and not contact:
        passphrase = drawn = drawn_word()
    body = {
        "channel": channel.value,
        "received_at": _instant(received),
        "title": title or output.first_line(words),
        "text": words,
        "kind": kind.value,
        "addressee": addressee,
        "name": name,
        "contact": contact,
        "citizen_group": group,
        "citizen_area": area,
        "public": public,
        "passphrase": passphrase,
    }
    answer = session.once("/api/petitions/taken", body, act_id=act_id, as_=("clerk",))
    session.show(answer | ({"passphrase": drawn} if drawn else {}), output.receipt)


@register(app, "import")
def import_(
    session: Session,
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="CSV in UTF-8 or GB 18030.")],
    source: Annotated[
        str, typer.Option(help="Where the ids of the rows come from: an id stands once in a source.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would become of the rows.")
    ] = False,
) -> None:
    """Bring in the letters of a file: good rows are taken, bad ones named with row, column and reason (导入).

    The first row names the columns: text, and any of id, title, kind, addressee, name, contact, public,
    channel, received_at, citizen_group, citizen_area, or their Chinese names. Brought in again, a row is no
    second letter. Ends with 1 when a row was not taken.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CommandError(f"cannot read {file}: {error.strerror}; check the path") from error
    answer = session.call(
        "POST",
        "/api/petitions/import",
        as_=("clerk",),
        query={"source": source or None, "trial": "true" if dry_run else None},
        file=(file.name, content),
    )
    session.show(answer, output.imported)
    if answer["faults"]:
        raise typer.Exit(1)
