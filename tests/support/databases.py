"""SQLite files with this program's tables: migrated once a process, then copied."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from wenzheng.store import open_store


@cache
def _tables() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "wenzheng.db"
        store = open_store(f"sqlite:///{path}")
        store.migrate()
        store.close()  # the last connection of a file writes its log into it
        return path.read_bytes()


def with_tables(path: Path) -> str:
    """The URL of a file with all tables and no row; one that is there already is left as it is.

    To migrate takes a third of a second of CPU time, a copy nothing that can be measured.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_tables())
    return f"sqlite:///{path}"
