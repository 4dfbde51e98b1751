"""`wenzheng worker`, `web` and `migrate-db`: the parts of `run`, one by one, for production."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path
from typing import Annotated

import typer

from wenzheng.cli.connection import CommandError
from wenzheng.cli.options import DataOption, load_settings
from wenzheng.settings import Settings

DEFAULT_PORT = 8080


def with_temporal(settings: Settings) -> Settings:
    """The settings with a Temporal server: the configured one, else the one that `run` started here."""
    if settings.temporal_address is not None:
        return settings
    try:
        found = json.loads(settings.run_file.read_text(encoding="utf-8"))["temporal"]
    except (OSError, ValueError, KeyError) as error:
        raise CommandError(
            "no Temporal server is known; set WENZHENG_TEMPORAL_ADDRESS=HOST:PORT, or use `wenzheng run`"
        ) from error
    return settings.model_copy(update={"temporal_address": str(found)})


def worker(data: DataOption = None) -> None:
    """Run the processes: a Temporal worker, until SIGTERM or Ctrl-C."""
    from wenzheng.bootstrap.worker import run_worker

    work = run_worker(with_temporal(load_settings(data)))
    try:
        import uvloop  # measured: 13 % less CPU in the worker; not there on every platform
    except ImportError:
        asyncio.run(work)
    else:
        uvloop.run(work)


def web(
    data: DataOption = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.", show_default="8080")] = None,
    inherited: Annotated[
        int | None, typer.Option("--socket", hidden=True, help="An inherited listening socket's descriptor.")
    ] = None,
) -> None:
    """Serve the API and the pages, until SIGTERM or Ctrl-C."""
    settings = with_temporal(load_settings(data, host=host, port=port))
    listening = socket.socket(fileno=inherited) if inherited is not None else _listen(settings)
    _serve(settings, listening)


def _listen(settings: Settings) -> socket.socket:
    from wenzheng.cli.listening import listen, url_of

    listening = listen(settings.host, settings.port or DEFAULT_PORT)
    print(f"Wenzheng: {url_of(listening)}", flush=True)
    return listening


def _serve(settings: Settings, listening: socket.socket) -> None:
    import uvicorn

    from wenzheng.bootstrap.web import web_app

    config = uvicorn.Config(
        web_app(settings),
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    server.run(sockets=[listening])
    if not server.started:
        raise CommandError("the web could not start; the reason stands above")


def migrate_db(
    data: DataOption = None,
    url: Annotated[
        str | None, typer.Option("--url", help="SQLAlchemy URL of the store (also WENZHENG_DATABASE_URL).")
    ] = None,
) -> None:
    """Make the store ready for this version: tables, calendar, first accounts, shipped definitions.

    Safe to repeat; what is already there stays.
    """
    from wenzheng.bootstrap.preparing import prepare

    settings = load_settings(data, database_url=url)
    folder: Path = settings.data_dir
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    notes = prepare(settings)
    print("The store is up to date.")
    for note in notes:
        print(note)
