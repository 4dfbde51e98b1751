"""Schedules at the API, on pages and from a shell: who sees them, pauses them, and does not wait for them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import typer

from tests.support.deployable import INSPECTION
from tests.web.conftest import City, Shell
from wenzheng.catalog.bundle import Bundle
from wenzheng.cli.schedules import app

OPERATOR, ADMINISTRATOR = "operator", "process_admin"
PATH = "/schedules/inspection/inspection/month_begins"
OCTOBER = datetime(2026, 10, 9, 2, tzinfo=UTC)
"""The day after the first working day of October."""


@pytest.fixture
def town(city: City) -> City:
    """A city with an inspection each month, deployed on the first of September at ten."""
    bundle = Bundle("inspection", {"inspection.yaml": INSPECTION.encode()})
    with city.services.store.unit_of_work() as unit:
        unit.save_definition(digest=bundle.digest, name=bundle.name, files=bundle.files, at=city.clock[0])
    return city


@pytest.fixture
def shell(town: City, shell_of: Callable[[typer.Typer], Shell]) -> Shell:
    """Runs `wenzheng schedules` in that city."""
    assert town.clock
    return shell_of(app)


@pytest.mark.parametrize("account", [OPERATOR, ADMINISTRATOR])
def test_operators_and_administrators_pause_resume_and_run(town: City, account: str) -> None:
    head, url = town.as_(account), f"/api{PATH}"
    [item] = town.client.get("/api/schedules", headers=head).json()["items"]
    assert (item["id"], item["names"]["en"]) == (
        "inspection/inspection/month_begins",
        "The monthly inspection",
    )
    assert item["rule"] == {"every": "month", "working": True, "number": 1, "at": "09:00"}
    assert item["next"][0] == {"period": "2026-10", "at": "2026-10-08T01:00:00Z"}
    paused = town.client.post(f"{url}/pause", json={"reason": "搬家"}, headers=head)
    assert (paused.status_code, paused.json()["paused"]) == (200, True)
    town.clock[0] = OCTOBER
    resumed = town.client.post(f"{url}/resume", json={"reason": "搬完"}, headers=head).json()
    assert (resumed["paused"], resumed["at_hand"], resumed["last"]) == (False, "2026-10", [])
    again = town.client.post(f"{url}/resume", json={"reason": "搬完"}, headers=head)
    assert (again.status_code, again.json()["code"]) == (409, "schedule.not-paused")
    done = town.client.post(f"{url}/run", json={"reason": "补办"}, headers=head).json()
    assert (done["period"], done["cause"]) == ("2026-10", "by_hand")
    town.at(OCTOBER)
    variables = town.processes.instances[done["instance"]].engine.variables
    assert (variables["occasion"], variables["occasion_before"]) == ("2026-10", "2026-09")
    twice = town.client.post(f"{url}/run", json={"reason": "补办"}, headers=head)
    assert (twice.status_code, twice.json()["code"]) == (409, "schedule.begun")
    acts = town.client.get(url, headers=head).json()["acts"]
    assert [(act["kind"], act["by"]) for act in acts] == [
        ("run", account),
        ("resume", account),
        ("pause", account),
    ]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/pause", {"reason": "  "}, 422),
        ("/pause", {}, 422),
        ("/run", {"reason": "x", "period": "2026-W40"}, 422),
        ("/run", {"reason": "x", "period": "1999-01"}, 422),
        ("/run", {"reason": "x", "when": "now"}, 422),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_changes(
    town: City, path: str, body: dict[str, str], status: int
) -> None:
    head = town.as_(OPERATOR)
    answer = town.client.post(f"/api{PATH}{path}", json=body, headers=head)
    assert answer.status_code == status
    found = town.client.get(f"/api{PATH}", headers=head).json()
    assert (found["paused"], found["last"], found["acts"]) == (False, [], [])


def test_a_schedule_nobody_has_is_not_found(town: City) -> None:
    answer = town.client.get(f"/api{PATH}x", headers=town.as_(OPERATOR))
    assert (answer.status_code, answer.json()["code"]) == (404, "schedule.unknown")
    assert town.browser(OPERATOR).get(f"{PATH}x").status_code == 404


def test_letters_have_no_schedule_and_the_page_says_so(city: City) -> None:
    page = city.browser(OPERATOR).get("/schedules?lang=en")
    assert "No definition in force begins by the calendar." in page.text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ("每月检查", "每月第 1 个工作日 09:00", "2026-10", "2026年10月8日 09:00")),
        ("en", ("The monthly inspection", "working day 1 of each month at 09:00", "8 October 2026 09:00")),
    ],
)
def test_pages_say_in_both_languages_when_it_comes(town: City, language: str, words: tuple[str, ...]) -> None:
    browser = town.browser(ADMINISTRATOR)
    for path in ("/schedules", PATH):
        page = browser.get(f"{path}?lang={language}")
        assert page.status_code == 200
        for word in words:
            assert word in page.text


def sent(town: City, account: str, **fields: str) -> tuple[int, str]:
    """A form sent at the page, as its buttons do; the page that follows."""
    browser = town.browser(account)
    page = browser.get(f"{PATH}?lang=en").text
    csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
    answer = browser.post(PATH, data={"csrf": csrf, **fields})
    return answer.status_code, answer.text


def test_at_the_page_it_is_paused_resumed_and_run_with_a_reason(town: City) -> None:
    status, page = sent(town, OPERATOR, action="pause", reason="moving house")
    assert (status, "It is paused." in page, "moving house" in page) == (200, True, True)
    status, page = sent(town, OPERATOR, action="resume", reason="moved")
    assert (status, "It is in force again." in page) == (200, True)
    town.clock[0] = OCTOBER
    status, page = sent(town, ADMINISTRATOR, action="run", reason="early", period="2026-11")
    assert (status, "It begins now." in page, "by hand" in page) == (200, True, True)


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"action": "pause", "reason": ""}, 422, "Give a reason of at most 2000 characters"),
        ({"action": "run", "reason": "x", "period": "soon"}, 422, "Name a period as in the tables above"),
        ({"action": "resume", "reason": "x"}, 409, "It is not paused"),
        ({"action": "dance", "reason": "x"}, 422, "Expected one of"),
        ({"action": "pause", "reason": "typed", "csrf": "stolen"}, 403, "typed"),
    ],
)
def test_a_form_that_does_not_go_through_keeps_what_was_typed(
    town: City, fields: dict[str, str], status: int, said: str
) -> None:
    found, page = sent(town, OPERATOR, **fields)
    assert found == status
    assert said in page
    assert fields["reason"] in page


def test_at_a_shell_few_words_do_it(town: City, shell: Shell) -> None:
    listed = shell("list").stdout
    assert "inspection/inspection/month_begins" in listed
    assert "working day 1 of each month 09:00" in listed
    assert "State     paused" in shell("pause", "inspection", "--reason", "moving").stdout
    assert "State     in force" in shell("resume", "inspection", "--reason", "moved").stdout
    town.clock[0] = OCTOBER
    begun = shell("run", "inspection", "--reason", "early", "--period", "2026-11").stdout
    assert begun.startswith("2026-11: begins as inspection-2026-11-")
    shown = shell("show", "inspection/inspection/month_begins").stdout
    assert "run 2026-11 by operator: early" in shown
    assert json.loads(shell("list", "--format", "json").stdout)["items"][0]["name"] == "inspection"
    wrong = shell("show", "petition", code=1)
    assert "expected one schedule called petition, found 0" in wrong.stderr
