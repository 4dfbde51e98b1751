"""`wenzheng notices …`: what waits to be told, what failed and why, what was sent. For an operator.

An operator keeps the machine running and reads no letter: shown are the letter's number, the role that
is told and masked contacts, nothing else of anybody.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from wenzheng.cli.connection import CommandError
from wenzheng.cli.options import DataOption, Format, FormatOption, load_settings, print_json

app = typer.Typer(
    name="notices",
    help="What waits to be told, what failed and why, what was sent.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def about() -> None:
    """What waits to be told, what failed and why, what was sent."""


@app.command("list")
def list_notices(
    *,
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those not tried yet.")] = False,
    failed: Annotated[
        bool, typer.Option("--failed", help="Only those tried in vain; with the reason.")
    ] = False,
    sent: Annotated[bool, typer.Option("--sent", help="Only those that were sent.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 100,
    data: DataOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Notices of this installation, the unsent first. Contacts are masked. Also while the city runs."""
    chosen = [name for name, on in (("waiting", waiting), ("failed", failed), ("sent", sent)) if on]
    if len(chosen) > 1:
        raise typer.BadParameter(f"expected one of --waiting, --failed and --sent, found {len(chosen)}")
    found = _notices(load_settings(data), chosen[0] if chosen else None, limit)
    if output is Format.JSON:
        print_json({"notices": found})
        return
    print(_table(found))


def _notices(settings: Any, state: str | None, limit: int) -> list[dict[str, Any]]:
    from wenzheng.store import StoreError, open_store

    store = open_store(settings.database_url)
    try:
        store.check_schema()
        with store.reader() as reader:
            return [_shown(reader, row) for row in reader.notices(state=state, limit=limit)]
    except StoreError as error:
        raise CommandError(str(error)) from error
    finally:
        store.close()


def _shown(reader: Any, row: Any) -> dict[str, Any]:
    from wenzheng.notifying import people_of
    from wenzheng.petitions.masking import mask

    petition = reader.petition(row.petition_id) if row.petition_id else None
    unsent = "failed" if row.attempts else "waiting"
    return {
        "id": row.id,
        "state": "sent" if row.sent_at else unsent,
        "template": row.template,
        "letter": petition.number if petition is not None else None,
        "role": row.recipient_role,
        "unit": row.recipient_unit,
        "contacts": [mask(person.contact) for person in people_of(reader, row)],
        "not_before": row.not_before.isoformat(),
        "attempts": row.attempts,
        "last_error": mask(row.last_error) if row.last_error else None,
        "sent_at": row.sent_at.isoformat() if row.sent_at else None,
    }


def _table(found: list[dict[str, Any]]) -> str:
    from wenzheng.cli.petition_output import table

    if not found:
        return "No notices."
    head = ("state", "letter", "notice", "to", "not before", "sent at", "tries", "last error")
    rows = [
        (
            one["state"],
            one["letter"],
            one["template"],
            " ".join(filter(None, (one["role"], one["unit"], *one["contacts"]))),
            one["not_before"],
            one["sent_at"],
            one["attempts"],
            one["last_error"],
        )
        for one in found
    ]
    return table(head, rows)
