"""Opening a database, and units of work on it."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import Session

from wenzheng.contracts import Flush
from wenzheng.store import migrate
from wenzheng.store.attachments import AttachmentReads, AttachmentWrites
from wenzheng.store.authors import AuthorReads, AuthorWrites
from wenzheng.store.board import BoardReads
from wenzheng.store.calendar_moves import MoveReads
from wenzheng.store.definitions import DefinitionReads, DefinitionWrites
from wenzheng.store.deployments import DeploymentReads, DeploymentWrites
from wenzheng.store.desk import DeskReads
from wenzheng.store.errors import BadUrl, StoreAway
from wenzheng.store.forum import ForumReads, ForumWrites
from wenzheng.store.handling import HandlingReads
from wenzheng.store.inbox import InboxReads, InboxWrites
from wenzheng.store.incidents import IncidentReads, IncidentWrites
from wenzheng.store.log import LogWrites
from wenzheng.store.messages import MessageReads, MessageWrites
from wenzheng.store.organisation import OrganisationReads, OrganisationWrites
from wenzheng.store.outbox import OutboxReads, OutboxWrites
from wenzheng.store.people import PeopleReads, PeopleWrites
from wenzheng.store.petitions import ContentReads, PetitionWrites
from wenzheng.store.properties import PropertyReads, PropertyWrites
from wenzheng.store.schedules import ScheduleReads, ScheduleWrites
from wenzheng.store.search import SearchReads
from wenzheng.store.session import wall_clock
from wenzheng.store.waiting import WaitingReads

LOCK_TIMEOUT: Final = 10.0
"""Seconds we wait for a lock, SQLite's for writing (design.md §3) or PostgreSQL's of a row, and for a
connection that is free."""
_POOL: Final = 16
"""Connections kept to PostgreSQL: one for each of a worker's threads."""
_EXAMPLES: Final = "sqlite:///path/to/wenzheng.db or postgresql://user@host/database"

_READ: Final = "wenzheng_read"
_READ_ONLY: Final = "25006"
"""SQLSTATE read_only_sql_transaction: PostgreSQL is a standby that has not been promoted yet."""


class Reader(
    OrganisationReads,
    PeopleReads,
    AuthorReads,
    AttachmentReads,
    BoardReads,
    ContentReads,
    DeskReads,
    ForumReads,
    HandlingReads,
    InboxReads,
    IncidentReads,
    MessageReads,
    MoveReads,
    OutboxReads,
    DefinitionReads,
    DeploymentReads,
    PropertyReads,
    ScheduleReads,
    SearchReads,
    WaitingReads,
):
    """Every question, on one consistent picture of the database."""


class UnitOfWork(
    OrganisationWrites,
    PeopleWrites,
    AuthorWrites,
    AttachmentWrites,
    PetitionWrites,
    ForumWrites,
    LogWrites,
    InboxWrites,
    IncidentWrites,
    MessageWrites,
    OutboxWrites,
    ScheduleWrites,
    DefinitionWrites,
    DeploymentWrites,
    PropertyWrites,
    Reader,
):
    """Every question and every change, in one transaction."""


class Store:
    """A database. Safe to share between threads; make one per process, and none across a fork."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime] = wall_clock) -> None:
        self.engine = engine
        self._reading = engine.execution_options(**_reading_options(engine))
        self._clock = clock
        self._writing = threading.Lock() if engine.dialect.name == "sqlite" else None

    def use_clock(self, clock: Callable[[], datetime]) -> None:
        """From now on rows of the store's own are dated by this clock (UTC): a paced city's, say."""
        self._clock = clock

    def migrate(self) -> None:
        """Bring the schema up to this program's version. Safe from several processes at once."""
        migrate.upgrade(self.engine)

    def check_schema(self) -> None:
        """Raise SchemaOutdated unless the schema is this program's version."""
        migrate.check(self._reading)

    @contextlib.contextmanager
    def unit_of_work(self) -> Iterator[UnitOfWork]:
        """One transaction: committed at the end of the block, undone when the block raises.

        Raises StoreAway when the database cannot be reached or stays locked.
        """
        with (
            self._turn(),
            _away_named(),
            Session(self.engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield UnitOfWork(session, self._clock)

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """One writer of this process at a time, where the database has one write lock.

        SQLite lets writers poll for its lock, and who sleeps longest loses to who came last: two busy
        processes of 16 threads made one wait 7.5 s of the 10 it has; taking turns here, 2.3 s, and
        1.8 times as many transactions.
        """
        if self._writing is None:
            yield
            return
        if not self._writing.acquire(timeout=LOCK_TIMEOUT):
            raise StoreAway(
                f"expected the turn to write within {LOCK_TIMEOUT:g} s, found the database locked; try again"
            )
        try:
            yield
        finally:
            self._writing.release()

    @contextlib.contextmanager
    def reader(self) -> Iterator[Reader]:
        """Questions only. Waits for no writer and keeps none waiting. Raises StoreAway."""
        with _away_named(), Session(self._reading, expire_on_commit=False) as session, session.begin():
            yield Reader(session, self._clock)

    def apply_flush(self, flush: Flush) -> None:
        """`UnitOfWork.apply_flush` in a transaction of its own (petitions.ports.RecordSink)."""
        with self.unit_of_work() as unit:
            unit.apply_flush(flush)

    def queue_notice(
        self,
        *,
        key: str,
        instance: str,
        petition_id: str | None,
        template: str,
        recipient_role: str,
        recipient_unit: str | None,
        not_before: datetime,
        data: dict[str, Any],
    ) -> bool:
        """`UnitOfWork.queue_notice` in a transaction of its own (petitions.ports.NoticeSink)."""
        with self.unit_of_work() as unit:
            return unit.queue_notice(
                key=key,
                instance=instance,
                petition_id=petition_id,
                template=template,
                recipient_role=recipient_role,
                recipient_unit=recipient_unit,
                not_before=not_before,
                data=data,
            )

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()


@contextlib.contextmanager
def _away_named() -> Iterator[None]:
    """What the driver says about a database that is away, as an error that callers can know."""
    try:
        yield
    except NoConnectionFree as error:
        raise StoreAway(
            f"expected a free connection to the database, found none: {error}; try again"
        ) from error
    except DBAPIError as error:
        if not isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", None) != _READ_ONLY:
            raise
        raise StoreAway(f"expected the database to answer, found: {error.orig}; try again") from error


def open_store(url: str, *, clock: Callable[[], datetime] = wall_clock) -> Store:
    """Open the database of a URL: an SQLite file, made with its folder when missing, or PostgreSQL.

    A PostgreSQL database exists already; libpq's parameters may follow (`?host=…&sslmode=…`).
    Nothing is migrated here. `clock` gives the present instant (UTC) for rows that record when
    the store itself did something. Raises BadUrl.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise BadUrl(f"expected a database URL like {_EXAMPLES}; SQLAlchemy says: {error}") from error
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return Store(_sqlite_engine(parsed), clock)
    if backend in ("postgresql", "postgres"):
        return Store(_postgresql_engine(parsed), clock)
    raise BadUrl(f"expected a database URL like {_EXAMPLES}, found one of {backend!r}")


def _reading_options(engine: Engine) -> dict[str, Any]:
    if engine.dialect.name == "postgresql":
        # One picture for all questions of a reader; a reader's statement can change nothing.
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return {_READ: True}


def _postgresql_engine(url: URL) -> Engine:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        hide_parameters=True,  # an error in a log quotes no letter, no phone and no password's hash
        pool_pre_ping=True,  # a server that was restarted costs no request
        pool_size=_POOL,
        max_overflow=_POOL,
        pool_timeout=LOCK_TIMEOUT,
        connect_args={"connect_timeout": int(LOCK_TIMEOUT)},
    )
    event.listen(engine, "connect", _limit_waiting)
    return engine


def _limit_waiting(connection: Any, _record: Any) -> None:
    # As long as SQLite waits. Without a limit, one transaction nobody ends stops the whole city.
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LOCK_TIMEOUT:g}s'")
    connection.commit()


def _sqlite_engine(url: URL) -> Engine:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        # WAL and the lock rules need a file; a database in memory would behave like another product.
        raise BadUrl("expected an SQLite file, found a database in memory; use sqlite:///path/to/wenzheng.db")
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        pool_timeout=LOCK_TIMEOUT,
        connect_args={"timeout": LOCK_TIMEOUT, "check_same_thread": False},
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver must not begin transactions by itself: _begin says which sort.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    # A letter that was answered "received" must survive a power cut, not only a kill: with NORMAL
    # a database in WAL mode may lose its last commits then.
    connection.execute("PRAGMA synchronous = FULL")
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        _enter_wal(connection)


def _enter_wal(connection: sqlite3.Connection) -> None:
    """Switch the file to WAL, once in its life.

    SQLite does not wait for the lock here as it does elsewhere when two processes open a new file
    at once, so an immediate transaction of the old sort does the waiting, and the switch is tried again.
    """
    for attempt in range(50):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if attempt == 49:  # noqa: PLR2004 - the last one
                raise
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        else:
            return


def _begin(connection: Connection) -> None:
    # Deferred transactions that turn into writers are refused at once instead of waiting
    # (635,000 lock errors for 75,000 commits of four processes; immediate ones: none).
    reading = connection.get_execution_options().get(_READ, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
