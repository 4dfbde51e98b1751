"""Stores for the contract tests: every test runs on each database in BACKENDS.

Another database is one more entry and two fixtures, `NAME_new` and `NAME_migrated`: each gives the
URL of a database nobody else uses, the second with this program's tables in it.
"""

import pytest

from tests.support.databases import with_tables
from tests.support.postgres import TEMPLATE
from wenzheng.store import open_store

BACKENDS = ["sqlite", "postgresql"]


@pytest.fixture
def sqlite_new(tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'deep' / 'new.db'}"


@pytest.fixture
def sqlite_migrated(tmp_path) -> str:
    return with_tables(tmp_path / "wenzheng.db")


@pytest.fixture
def postgresql_new(postgres):
    with postgres.database() as url:
        yield url


@pytest.fixture
def postgresql_migrated(postgres):
    with postgres.database(TEMPLATE) as url:
        yield url


@pytest.fixture(params=BACKENDS)
def new_url(request) -> str:
    """URL of a database without tables."""
    url: str = request.getfixturevalue(f"{request.param}_new")
    return url


@pytest.fixture(params=BACKENDS)
def store_url(request) -> str:
    """URL of an empty, migrated database."""
    url: str = request.getfixturevalue(f"{request.param}_migrated")
    return url


@pytest.fixture
def store(store_url):
    """An empty, migrated store."""
    store = open_store(store_url)
    yield store
    store.close()


@pytest.fixture
def city(store):
    """A store that knows a small city: centre, two supervision offices, two departments, a section."""
    with store.unit_of_work() as unit:
        unit.save_units(
            [
                ("city", None, "city", "滨江市", "Binjiang"),
                ("centre", "city", "centre", "市信息中心", "Information centre"),
                ("party_office", "city", "supervision", "市委督办", "Party supervision"),
                ("gov_office", "city", "supervision", "市府督办", "Government supervision"),
                ("water", "city", "department", "水务局", "Water"),
                ("pipes", "water", "section", "管网科", "Pipes"),
                ("roads", "city", "department", "交通局", "Roads"),
            ]
        )
    return store
