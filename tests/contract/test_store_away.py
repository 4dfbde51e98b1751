"""Whatever takes a database away is one error that callers know, and that asks them to try again."""

import contextlib

import psycopg
import pytest

from wenzheng.store import StoreAway, open_store
from wenzheng.store import store as store_module

UNIT = ("sea", None, "city", "滨海市", "Sea")
MORE_THAN_A_POOL = 40


def order(url, statement):
    # Also where everybody else may only read.
    with psycopg.connect(url, autocommit=True, options="-c default_transaction_read_only=off") as connection:
        connection.execute(statement)


def end_other_sessions(url):
    """As a restart of the server does: every other connection is gone."""
    order(
        url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database()",
    )


def test_more_readers_at_once_than_connections_are_asked_to_try_again(store_url, monkeypatch):
    monkeypatch.setattr(store_module, "LOCK_TIMEOUT", 0.1)
    with contextlib.closing(open_store(store_url)) as store:
        # Which of them is too many is the pool's affair.
        with contextlib.ExitStack() as reading, pytest.raises(StoreAway):  # noqa: PT012
            for _ in range(MORE_THAN_A_POOL):
                with store.reader() as reader:
                    reader.units()
                reading.enter_context(store.reader()).units()
        with store.reader() as reader:
            assert reader.units() == []


@pytest.mark.parametrize("then", ["a statement", "the commit"])
def test_server_that_is_restarted_amid_a_change(postgresql_migrated, then):
    def change(store):
        with store.unit_of_work() as unit:
            unit.save_units([UNIT])
            end_other_sessions(postgresql_migrated)
            if then == "a statement":
                unit.units()

    with contextlib.closing(open_store(postgresql_migrated)) as store:
        with pytest.raises(StoreAway):
            change(store)
        with store.reader() as reader:
            assert reader.units() == []


def test_server_that_only_reads_until_it_is_promoted(postgresql_migrated):
    with contextlib.closing(open_store(postgresql_migrated)) as store:
        name = store.engine.url.database
        order(postgresql_migrated, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        with pytest.raises(StoreAway), store.unit_of_work() as unit:
            unit.save_units([UNIT])
        order(postgresql_migrated, f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
        store.engine.dispose()
        with store.unit_of_work() as unit:
            unit.save_units([UNIT])
