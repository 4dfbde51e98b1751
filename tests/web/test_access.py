"""Who may call what: every route with every role, with none, and with a wrong token."""

from __future__ import annotations

import re
from typing import Any

import pytest

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


def call(city: City, method: str, path: str, headers: dict[str, str]) -> Any:
    address = re.sub(r"\{\w+\}", "2026-000001", path)
    return city.client.request(method, address, headers=headers, follow_redirects=False)


def test_every_route_is_in_the_table_and_every_entry_is_a_route(city: City) -> None:
    routes = {(route.method, route.path) for route in served(city.app)}
    assert undeclared(routes) == []
    assert undeclared(routes - {("GET", "/api/tasks")})
    assert undeclared(routes | {("GET", "/api/new")})


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_every_wrong_role_and_nobody_are_kept_out(city: City, route: tuple[str, str]) -> None:
    method, path = route
    access = ROUTES[route]
    stranger = call(city, method, path, {})
    if access.public or access.author:
        assert stranger.status_code != 401
    else:
        assert stranger.status_code == 401
        assert stranger.headers["www-authenticate"].startswith("Bearer")
    if access.author:
        return
    for role, account in ACCOUNTS.items():
        answer = call(city, method, path, city.as_(account))
        allowed = access.public or role in access.roles
        assert (answer.json().get("code") if answer.status_code == 403 and not allowed else None) == (
            None if allowed else "wrong-role"
        ), (role, answer.text)


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
