"""A browser and running cities; without Chromium its tests say so and are skipped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.houses import House, house
from tests.e2e.person import Person, Way
from tests.e2e.words import PRACTICE

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_MISSING = (
    "no Chromium: expected one of " + ", ".join(_PROGRAMS) + " on PATH (Debian, Ubuntu: apt install chromium)"
)
# No sandbox: CI and containers run as root. The rest keeps the browser from asking for its own news.
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# Read before any test: settings from outside are hidden from tests.
_REQUIRED = bool(os.environ.get("WENZHENG_REQUIRE_CHROMIUM"))
_ALBUM = Path(os.environ["WENZHENG_SCREENSHOTS"]) if os.environ.get("WENZHENG_SCREENSHOTS") else None
"""Where pictures of all pages go; nobody looks at them unless asked for, and they take time."""

Meet = Callable[..., Person]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker has the browser and the cities: starting them costs more than a second worker saves."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.xdist_group("browser"))


# Not for the whole session: while Playwright runs, its event loop does too, and no other test of the worker
# could start one of its own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or another on PATH."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        if _REQUIRED:
            pytest.fail(f"{_MISSING}; WENZHENG_REQUIRE_CHROMIUM asks for the browser tests", pytrace=False)
        pytest.skip(_MISSING)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=list(_FLAGS))
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def city(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The city that the stories of a module share. The browser comes first: without it nothing is started."""
    with house(tmp_path_factory.mktemp("city")) as running:
        yield running


@pytest.fixture(scope="module")
def practice(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A city where a working day is a second, with letters for the mayor that nobody handles."""
    with house(tmp_path_factory.mktemp("practice"), "--pace", "1s") as running:
        for title in PRACTICE * 2:
            letter = {"title": title, "text": title, "kind": "help", "addressee": "mayor", "public": True}
            httpx2.post(
                f"{running.url}/api/petitions", json=letter | {"passphrase": "sesame"}, trust_env=False
            ).raise_for_status()
        yield running


@pytest.fixture
def meet(browser: Browser) -> Iterator[Meet]:
    """People with browsers of their own, closed after the test; it fails with all they saw that was wrong."""
    met: list[Person] = []

    def meet_one(at: House, way: Way) -> Person:
        met.append(Person(browser, at, way, _ALBUM))
        return met[-1]

    yield meet_one
    for person in met:
        person.context.close()
    wrong = [fault for person in met for fault in (*person.wrong, *person.faults)]
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)
