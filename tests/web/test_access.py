"""Who may call what: every route with every role, with none, and with a wrong token."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.web.conftest import City
from wenzheng.petitions.roles import Role
from wenzheng.web.access import ROUTES, undeclared
from wenzheng.web.app import served

ACCOUNTS = {
    Role.CLERK: "clerk",
    Role.CENTRE_HEAD: "centre_head",
    Role.DEPARTMENT: "department_housing",
    Role.DEPARTMENT_HEAD: "head_housing",
    Role.SUPERVISOR: "supervisor_supervision_party",
    Role.LEADER: "leader",
    Role.PROCESS_ADMIN: "process_admin",
    Role.OPERATOR: "operator",
}


PAGES = [route for route in sorted(ROUTES) if not route[1].startswith("/api/")]


def call(client: TestClient, method: str, path: str, headers: dict[str, str] | None = None) -> Any:
    address = re.sub(r"\{\w+\}", "2026-000001", path)
    return client.request(method, address, headers=headers, follow_redirects=False)


def test_every_route_is_in_the_table_and_every_entry_is_a_route(city: City) -> None:
    routes = {(route.method, route.path) for route in served(city.app)}
    assert undeclared(routes) == []
    assert undeclared(routes - {("GET", "/api/tasks")})
    assert undeclared(routes | {("GET", "/api/new")})


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_every_wrong_role_and_nobody_are_kept_out(city: City, route: tuple[str, str]) -> None:
    method, path = route
    access = ROUTES[route]
    stranger = call(city.client, method, path)
    if access.public or access.author:
        assert stranger.status_code != 401
        assert "/sign-in?" not in stranger.headers.get("location", "")
    elif route not in PAGES:
        assert stranger.status_code == 401
        assert stranger.headers["www-authenticate"].startswith("Bearer")
    elif method == "GET":
        assert stranger.status_code == 303
        assert stranger.headers["location"].startswith("/sign-in?next=%2F")
    else:
        assert stranger.status_code == 401
    if access.author:
        return
    for role, account in ACCOUNTS.items():
        answer = call(city.client, method, path, city.as_(account))
        assert refusal(answer) == (None if access.public or role in access.roles else "wrong-role"), role


@pytest.mark.parametrize("route", PAGES)
def test_every_page_keeps_out_those_who_signed_in_with_a_wrong_role(
    city: City, route: tuple[str, str]
) -> None:
    method, path = route
    access = ROUTES[route]
    for role, account in ACCOUNTS.items():
        answer = call(city.browser(account), method, path)
        allowed = access.public or access.author or role in access.roles
        assert refusal(answer) == (None if allowed else "wrong-role"), role
        assert not answer.headers.get("location", "").startswith("/sign-in?"), role


def refusal(answer: Any) -> str | None:
    """The code of a refusal for the role; forms sent without their token are another matter."""
    if answer.status_code != 403 or "json" not in answer.headers["content-type"]:
        return None
    code = answer.json()["code"]
    return None if code == "bad-form" else str(code)


@pytest.mark.parametrize("route", sorted(set(ROUTES) - set(PAGES)))
def test_the_api_takes_no_session(city: City, route: tuple[str, str]) -> None:
    method, path = route
    access = ROUTES[route]
    if access.public or access.author:
        return
    assert call(city.browser("clerk"), method, path).status_code == 401


@pytest.mark.parametrize("header", ["Bearer nobody", "Basic Y2xlcms6eA==", "Bearer", "token-clerk"])
def test_a_wrong_token_is_refused_even_where_none_is_needed(city: City, header: str) -> None:
    answer = city.client.get("/api/petitions", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.json()["code"] == "not-signed-in"


def test_authors_routes_open_with_the_code_only(city: City) -> None:
    letter = city.fed_back()
    for account in ACCOUNTS.values():
        answer = city.act(letter["number"], "rate", account, solved=True, satisfaction=5)
        assert answer.status_code == 404
    assert city.act(letter["tracking_code"], "accept", "clerk").status_code == 404
