"""The schema: migrations, pragmas, instants."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import DateTime, MetaData, inspect, select
from sqlalchemy.exc import StatementError

from tests.contract.store_samples import SUBMITTED, day, letter
from wenzheng.store import SchemaOutdated, migrate, open_store
from wenzheng.store.errors import BadUrl
from wenzheng.store.tables.search import OWN_TABLE


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


@pytest.mark.parametrize("revision", ["base", *migrate.revisions()])
def test_what_an_earlier_version_kept_is_there_after_the_update_and_after_going_back(new_url, revision):
    with contextlib.closing(open_store(new_url)) as store:
        if revision != "base":
            migrate.upgrade(store.engine, revision)
        fill(store.engine)
        before = rows(store.engine)
        store.migrate()
        store.check_schema()
        assert migrate.differences(store.engine) == []
        assert_kept(before, rows(store.engine))
        migrate.downgrade(store.engine, revision)
        assert_kept(before, rows(store.engine))
        assert {name for name in inspect(store.engine).get_table_names() if not own(name)} == set(before)


def fill(engine):
    """One row in every table there is, whatever version the tables are of."""
    sample = {object: [1, None], str: "x", int: 7, bool: True, bytes: b"\xff\x00", date: day(0).date()}
    found = MetaData()
    found.reflect(engine)
    with engine.begin() as connection:
        for table in found.sorted_tables:
            if not own(table.name):
                connection.execute(
                    table.insert().values(
                        {
                            column.name: SUBMITTED.replace(tzinfo=None)
                            if isinstance(column.type, DateTime)
                            else sample[column.type.python_type]
                            for column in table.columns
                        }
                    )
                )


def rows(engine):
    """Every row of every table, by table."""
    found = MetaData()
    found.reflect(engine)
    with engine.connect() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in found.sorted_tables
            if not own(table.name)
        }


def own(name):
    """Tables in which nobody writes rows: Alembic's and those of SQLite's index over words."""
    return name == "alembic_version" or name.startswith(OWN_TABLE)


def assert_kept(before, after):
    """Rows stay with what they said, in the columns that stayed."""
    for name, kept in before.items():
        there = after.get(name, [])
        assert len(there) == len(kept), name
        for old, new in zip(kept, there, strict=True):
            assert {column: new[column] for column in old if column in new} == {
                column: value for column, value in old.items() if column in new
            }


def test_the_first_migration_can_be_taken_back(store):
    migrate.downgrade(store.engine, "base")
    assert inspect(store.engine).get_table_names() == ["alembic_version"]
    store.migrate()
    assert migrate.differences(store.engine) == []


def test_an_operator_who_forgot_to_migrate_is_told_the_command(new_url):
    store = open_store(new_url)
    with pytest.raises(SchemaOutdated, match="migrate-db"):
        store.check_schema()
    store.close()


def test_worker_and_web_that_start_together_migrate_once(new_url):
    stores = [open_store(new_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda store: store.migrate(), stores))
    for store in stores:
        store.check_schema()
        store.close()


def test_sqlite_runs_as_the_design_says(tmp_path):
    with (
        contextlib.closing(open_store(f"sqlite:///{tmp_path / 'wenzheng.db'}")) as store,
        store.engine.connect() as connection,
    ):
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        }
    assert found == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 10_000, "synchronous": 2}


def test_a_database_in_memory_is_refused():
    for url in ("sqlite://", "sqlite:///:memory:"):
        with pytest.raises(BadUrl, match="expected"):
            open_store(url)


@pytest.mark.parametrize("url", ["nonsense", "mysql://root@localhost/wenzheng"])
def test_an_operator_who_mistypes_the_url_is_shown_one_that_works(url):
    with pytest.raises(BadUrl, match=r"sqlite:///path.* or postgresql://user@host/database"):
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


def test_calendars_of_an_earlier_version_stay_in_force_in_their_order(new_url):
    with contextlib.closing(open_store(new_url)) as store:
        migrate.upgrade(store.engine, "0005")
        with store.engine.begin() as connection:
            found = MetaData()
            found.reflect(connection)
            for digest, at in (("b", day(0)), ("a", day(1)), ("z", day(0))):
                calendar_id = "de" if digest == "z" else "cn"
                values = {"digest": digest, "calendar_id": calendar_id, "document": {}}
                connection.execute(
                    found.tables["calendars"].insert().values(saved_at=at.replace(tzinfo=None), **values)
                )
        store.migrate()
        with store.reader() as reader:
            latest = [reader.latest_calendar(calendar) for calendar in ("cn", "de")]
            assert [version.digest for version in latest if version is not None] == ["a", "z"]
            assert [change.number for change in reader.calendar_changes("cn")] == [2, 1]
            assert reader.calendar_changes("cn")[0].at == day(1)


def test_definitions_of_an_earlier_version_stay_current_in_their_order(new_url):
    with contextlib.closing(open_store(new_url)) as store:
        migrate.upgrade(store.engine, "0010")
        with store.engine.begin() as connection:
            found = MetaData()
            found.reflect(connection)
            for digest, at in (("b", day(0)), ("a", day(1)), ("z", day(0))):
                name = "forum" if digest == "z" else "petition"
                values = {"digest": digest, "name": name, "deployed_at": at.replace(tzinfo=None)}
                connection.execute(found.tables["definitions"].insert().values(**values))
        store.migrate()
        with store.reader() as reader:
            assert [reader.current_definition(name) for name in ("petition", "forum")] == ["a", "z"]
            rows = [(one.number, one.digest, one.before) for one in reader.deployments("petition")]
            assert rows == [(2, "a", "b"), (1, "b", None)]
        with store.unit_of_work() as unit:
            unit.save_definition(digest="b", name="petition", files={}, at=day(5))  # back
        migrate.downgrade(store.engine, "0010")
        with store.engine.connect() as connection:
            query = select(found.tables["definitions"]).order_by("deployed_at")
            assert [row.digest for row in connection.execute(query)] == ["z", "a", "b"]
