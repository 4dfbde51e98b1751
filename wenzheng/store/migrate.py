"""Running the migrations that ship inside the package."""

from __future__ import annotations

from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from wenzheng.store.errors import SchemaOutdated
from wenzheng.store.tables.base import Base
from wenzheng.store.tables.search import OWN_INDEX, OWN_TABLE


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "wenzheng.store:migrations")
    return config


def revisions() -> list[str]:
    """All revisions, the oldest first."""
    scripts = ScriptDirectory.from_config(_config()).walk_revisions()
    return [script.revision for script in scripts][::-1]


def _wait_for_others(connection: Connection) -> None:
    """Line up behind other migrators. On SQLite the transaction has done that already."""
    if connection.dialect.name == "postgresql":
        # However long another one takes: the limit is for the locks of everyday work.
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('wenzheng/migrate', 0))"))


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Migrate up to a revision, in one transaction that other migrators wait for."""
    with engine.begin() as connection:
        _wait_for_others(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Migrate down to a revision; `base` is the empty database."""
    with engine.begin() as connection:
        _wait_for_others(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def check(engine: Engine) -> None:
    """Raise SchemaOutdated unless the database is at the newest revision."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found != head:
        there = found or "an empty database"
        raise SchemaOutdated(f"expected database schema {head}, found {there}; run `wenzheng migrate-db`")


def differences(engine: Engine) -> list[Any]:
    """What the tables of the program and those of the database do not agree on; empty when all is well."""
    with engine.connect() as connection:
        options = {"compare_type": True, "include_name": _of_both}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, Base.metadata))


def _of_both(name: str | None, _kind: str, _parents: Any) -> bool:
    """Whether a name is of both databases: each keeps the index over letters' words in its own way."""
    return name is None or (name != OWN_INDEX and not name.startswith(OWN_TABLE))
