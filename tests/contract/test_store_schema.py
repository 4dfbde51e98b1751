"""The schema: migrations, pragmas, instants."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import inspect
from sqlalchemy.exc import StatementError

from tests.contract.store_samples import SUBMITTED, letter
from wenzheng.store import SchemaOutdated, migrate, open_store
from wenzheng.store.errors import BadUrl


def test_migrations_and_tables_agree(store):
    assert migrate.differences(store.engine) == []


def test_a_difference_between_migrations_and_tables_is_found(store):
    with store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE petitions ADD COLUMN mood TEXT")
        connection.exec_driver_sql("DROP INDEX ix_contents_petition_id")
    found = [change[0] for change in migrate.differences(store.engine)]
    assert sorted(found) == ["add_index", "remove_column"]


def test_migrating_again_changes_nothing(store):
    store.migrate()
    store.check_schema()


def test_the_first_migration_can_be_taken_back(store):
    migrate.downgrade(store.engine, "base")
    assert inspect(store.engine).get_table_names() == ["alembic_version"]
    store.migrate()
    assert migrate.differences(store.engine) == []


def test_an_operator_who_forgot_to_migrate_is_told_the_command(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'new.db'}")
    with pytest.raises(SchemaOutdated, match="migrate-db"):
        store.check_schema()
    store.close()


def test_worker_and_web_that_start_together_migrate_once(tmp_path):
    stores = [open_store(f"sqlite:///{tmp_path / 'deep' / 'new.db'}") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda store: store.migrate(), stores))
    for store in stores:
        store.check_schema()
        store.close()


def test_sqlite_runs_as_the_design_says(store):
    if store.engine.dialect.name != "sqlite":
        pytest.skip("SQLite's own settings")
    with store.engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        }
    assert found == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 10_000, "synchronous": 1}


def test_a_database_in_memory_is_refused():
    for url in ("sqlite://", "sqlite:///:memory:", "nonsense"):
        with pytest.raises(BadUrl, match="expected"):
            open_store(url)


def test_an_instant_of_another_zone_comes_back_as_the_same_instant_in_utc(city):
    beijing = datetime(2026, 9, 1, 9, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    with city.unit_of_work() as unit:
        row = unit.submit_petition(**letter(submitted_at=beijing))
    assert row.submitted_at == beijing
    with city.reader() as reader:
        found = reader.petition("p1")
    assert found.submitted_at == SUBMITTED.replace(microsecond=123456)
    assert found.submitted_at.tzinfo is UTC


def test_an_instant_without_a_zone_is_refused(city):
    with pytest.raises(StatementError, match="timezone"), city.unit_of_work() as unit:
        unit.submit_petition(**letter(submitted_at=datetime(2026, 9, 1, 9, 0)))  # noqa: DTZ001


def test_a_block_that_fails_leaves_nothing_behind(city):
    def file_and_fail():
        with city.unit_of_work() as unit:
            unit.submit_petition(**letter())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        file_and_fail()
    with city.reader() as reader:
        assert reader.petition("p1") is None
        assert reader.due(now=SUBMITTED) == []
