"""`wenzheng messages …`: messages between instances that nobody has taken. For an operator at the machine.

What a message says and its correlation keys are not shown: they may be of a letter.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from wenzheng.cli.connection import CommandError
from wenzheng.cli.options import DataOption, Format, FormatOption, load_settings, print_json

app = typer.Typer(
    name="messages",
    help="Messages between instances that nobody has taken: list, offer again, discard.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Key = Annotated[str, typer.Argument(metavar="MESSAGE", help="Name of a message (see `list`).")]


@contextmanager
def _store(settings: Any) -> Iterator[Any]:
    from wenzheng.practice import city_clock
    from wenzheng.store import StoreError, open_store

    store = open_store(settings.database_url)
    try:
        store.check_schema()
        store.use_clock(city_clock(store).now)
        yield store
    except StoreError as error:
        raise CommandError(str(error)) from error
    finally:
        store.close()


@app.command("list")
def list_messages(
    *,
    kept: Annotated[bool, typer.Option("--kept", help="Those kept until somebody waits for them.")] = False,
    on_its_way: Annotated[
        bool, typer.Option("--on-its-way", help="Those handed over that have not arrived.")
    ] = False,
    discarded: Annotated[bool, typer.Option("--discarded", help="Those that were discarded.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 100,
    data: DataOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Messages that were set aside, or those in another state, the oldest first. Also while the city runs."""
    asked = {"kept": kept, "on_its_way": on_its_way, "discarded": discarded}
    chosen = [state for state, on in asked.items() if on]
    if len(chosen) > 1:
        raise typer.BadParameter(f"expected one of --kept, --on-its-way and --discarded, found {len(chosen)}")
    with _store(load_settings(data)) as store, store.reader() as reader:
        found = [_shown(row) for row in reader.messages(chosen[0] if chosen else "set_aside", limit=limit)]
    if output is Format.JSON:
        print_json({"messages": found})
        return
    print(_table(found))


def _shown(row: Any) -> dict[str, Any]:
    from wenzheng.petitions.masking import mask

    return {
        "message": row.key,
        "name": row.name,
        "from": row.instance,
        "to": row.receiver,
        "state": row.state,
        "why": mask(row.why) if row.why else None,
        "thrown_at": row.thrown_at.isoformat(),
        "since": row.since.isoformat(),
    }


def _table(found: list[dict[str, Any]]) -> str:
    from wenzheng.cli.petition_output import minute, table

    if not found:
        return "No messages."
    head = ("message", "name", "from", "to", "state", "since", "why")
    return table(
        head,
        [(one["message"], one["name"], one["from"], one["to"], one["state"], minute(one["since"]), one["why"])
         for one in found],
    )  # fmt: skip


@app.command()
def offer(message: Key, data: DataOption = None, output: FormatOption = Format.TEXT) -> None:
    """Let a message that was set aside look for a receiver again."""
    with _store(load_settings(data)) as store, store.unit_of_work() as unit:
        row = unit.offer_again(message)
    if output is Format.JSON:
        print_json(_shown(row))
    else:
        where = f"on its way to {row.receiver}" if row.receiver else "kept until somebody waits for it"
        print(f"{row.key} is {where}.")


@app.command()
def discard(
    *,
    message: Key,
    reason: Annotated[str, typer.Option(help="Why nobody needs it; kept.")],
    data: DataOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Give up a message that was set aside: what it says is deleted, that it was is not."""
    with _store(load_settings(data)) as store, store.unit_of_work() as unit:
        row = unit.discard(message, reason)
    if output is Format.JSON:
        print_json(_shown(row))
    else:
        print(f"{row.key} is discarded.")
