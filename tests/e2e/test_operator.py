"""An operator at night: a letter has stopped, and goes on."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import httpx2
import pytest

from tests.e2e.conftest import Meet
from tests.e2e.houses import House
from tests.e2e.person import Way
from tests.support.choice import CHOICE
from wenzheng.bootstrap.deploying import deploy
from wenzheng.catalog.bundle import Bundle
from wenzheng.store import open_store

WAYS = [Way("zh", 390), Way("en", 1280)]
SECONDS = 60


@pytest.fixture(scope="module", autouse=True)
def _stops(city: House) -> None:
    """New letters of this city may stop."""
    with contextlib.closing(open_store(f"sqlite:///{city.data / 'wenzheng.db'}")) as store:
        deploy(store, Bundle("petition", {"petition.bpmn": CHOICE.encode()}))


def api(city: House, method: str, path: str, account: str, **body: Any) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {city.tokens[account]}"}
    return httpx2.request(
        method, f"{city.url}/api{path}", json=body or None, headers=headers, trust_env=False
    )


def incident(city: House) -> dict[str, Any]:
    """What has stopped because of a new letter."""
    letter = {"title": "x", "text": "x", "passphrase": "sesame"}
    number = api(city, "POST", "/petitions", "clerk", **letter).json()["number"]
    acted = None
    for _ in range(SECONDS * 4):
        acted = api(city, "POST", f"/petitions/{number}/tasks/count", "clerk", data={"many": 7})
        found = api(city, "GET", "/incidents", "operator").json()["items"]
        if mine := [one for one in found if one["letter"] == number]:
            return dict(mine[0])
        time.sleep(0.25)
    raise AssertionError(f"expected an incident of {number}, found none; the act said {acted and acted.text}")


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_operator_sees_what_stopped_and_sends_it_where_it_belongs(city: House, meet: Meet, way: Way) -> None:
    stopped, t = incident(city), way.t
    technical = [stopped[name] for name in ("element", "message", "code", "process")]
    technical += ["多少", "few", "some", "over", "settle", "了结", "x"]
    me = meet(city, way)
    me.sign_in("operator")
    me.look("incidents", technical)
    me.click(me.page.locator(f"table a[href='/incidents/{stopped['id']}']"))
    me.look("incident", technical)
    me.press(t("incident.send"))
    me.has_error("action")
    me.has_error("reason")
    me.look("incident-errors", technical)
    me.choose("action", "answer")
    me.fill(reason="x")
    me.press(t("incident.send"))
    me.has_error("flow")
    me.choose("flow", "some")
    me.press(t("incident.send"))
    me.page.locator(".govuk-notification-banner--success").wait_for()
    me.look("incident-resolved", technical)
    me.open("/incidents?show=resolved", "incidents-resolved", technical)
    me.sees(stopped["letter"])
    me.open("/incidents?show=messages", "messages-set-aside", technical)
    tasks = api(city, "GET", f"/petitions/{stopped['letter']}/tasks", "clerk").json()["items"]
    assert [task["element"] for task in tasks] == ["settle"]
