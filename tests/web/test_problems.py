"""Every refusal is a problem of RFC 9457 that says what to do."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.types import Receive

from tests.web.conftest import City
from wenzheng.store import store as store_module
from wenzheng.web import limits
from wenzheng.web.app import create_app


def problem_of(answer: Any, status: int) -> dict[str, Any]:
    """The problem of an answer, its shape checked."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["type"] == f"urn:wenzheng:problem:{body['code']}"
    assert body["title"]
    assert body["detail"]
    assert body["instance"]
    for fault in body["errors"]:
        assert fault.keys() == {"pointer", "expected", "found", "hint"}
    assert "Traceback" not in answer.text
    return body


def test_unknown_paths_and_methods(city: City) -> None:
    problem_of(city.client.get("/api/nothing"), 404)
    problem_of(city.client.get("/nothing"), 404)
    answer = city.client.delete("/api/petitions")
    problem_of(answer, 405)
    assert answer.headers["allow"]


def test_broken_json_says_where(city: City) -> None:
    answer = city.client.post(
        "/api/petitions", content=b'{"title": ', headers={"Content-Type": "application/json"}
    )
    assert problem_of(answer, 400)["errors"][0]["hint"]


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b"[1,2]", b'"text"', b"null", b"", b'{"title":"\\ud800","text":"x"}']
)
def test_bodies_that_are_no_letter(city: City, content: bytes) -> None:
    answer = city.client.post("/api/petitions", content=content, headers={"Content-Type": "application/json"})
    problem_of(answer, answer.status_code)
    assert answer.status_code in {400, 422}


def test_a_form_sent_to_the_api_is_refused(city: City) -> None:
    answer = city.client.post("/api/petitions", data={"title": "x", "text": "y"})
    problem_of(answer, 422)


def test_all_faults_of_a_letter_come_at_once(city: City) -> None:
    letter = {
        "title": "x" * 201,
        "text": "灯" * 4001,
        "contact": "nobody",
        "addressee": "nowhere",
        "channel": "pigeon",
    }
    body = problem_of(city.client.post("/api/petitions", json=letter), 422)
    pointers = {fault["pointer"] for fault in body["errors"]}
    assert pointers == {"#/title", "#/text", "#/contact", "#/addressee", "#/channel"}
    assert any("4001" in fault["hint"] for fault in body["errors"])


def test_unknown_and_missing_fields_are_named(city: City) -> None:
    body = problem_of(city.client.post("/api/petitions", json={"text": "x", "titel": "y"}), 422)
    assert {fault["pointer"] for fault in body["errors"]} == {"#/title", "#/titel"}


def test_nul_is_refused_wherever_it_is_written(city: City) -> None:
    refused = city.client.post("/api/petitions", json={"title": "x", "text": "a\0b"})
    problem_of(refused, 422)
    letter = city.submit()
    city.accept_and_assign(letter["number"])
    city.sign(letter["number"])
    problem_of(city.act(letter["number"], "reply", "department_housing", text="a\0b"), 422)


def test_five_megabytes_are_refused_before_they_are_read(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = 0
    throw_away = limits.throw_away

    async def counted(receive: Receive, most: int) -> bool:
        nonlocal waits
        waits += 1
        return await throw_away(receive, most)

    monkeypatch.setattr(limits, "throw_away", counted)

    def chunks() -> Any:
        for _ in range(80):
            yield b"x" * 65536

    headers = {"Content-Type": "application/json"}
    declared = city.client.post("/api/petitions", content=b"x" * 5_000_000, headers=headers)
    assert problem_of(declared, 413)["errors"][0]["found"] == "5000000 bytes"
    assert waits == 1
    streamed = city.client.post("/api/petitions", content=chunks(), headers=headers)
    problem_of(streamed, 413)
    assert waits == 1, "of a sender who has sent everything nothing more is awaited"


def test_the_body_limit_is_a_setting(make_city: Callable[..., City]) -> None:
    small = make_city(body_limit=100)
    problem_of(small.client.post("/api/petitions", json={"title": "x", "text": "y" * 100}), 413)
    assert (
        small.client.post(
            "/api/petitions", json={"title": "x", "text": "y", "passphrase": "芝麻开门"}
        ).status_code
        == 201
    )


def test_an_error_inside_shows_an_incident_and_no_traceback(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(city.services.store, "reader", broken)
    answer = city.client.get("/api/units")
    body = problem_of(answer, 500)
    assert body["incident"] in body["detail"]
    assert "secret" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_two_act_ids_in_one_request_are_refused(city: City) -> None:
    letter = city.submit()
    answer = city.client.post(
        f"/api/petitions/{letter['number']}/accept",
        json={"act_id": "one"},
        headers=city.as_("clerk") | {"Idempotency-Key": "two"},
    )
    problem_of(answer, 422)


NEVER = base64.urlsafe_b64encode(b"0001-01-01T00:00:00+23:59|x").decode()
"""A cursor of an instant that has no place in UTC."""


@pytest.mark.parametrize(
    "query", ["lamp=blue", "limit=0", "limit=9999", "state=lost", "cursor=x", f"cursor={NEVER}", "kind=y"]
)
def test_filters_nobody_knows_are_refused(city: City, query: str) -> None:
    problem_of(city.client.get(f"/api/petitions?{query}", headers=city.as_("clerk")), 422)


def test_the_description_of_the_api_holds_every_route(city: City) -> None:
    described = city.client.get("/api/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert "/api/petitions/{ref}/reply" in described["paths"]
    assert "ProblemDetails" in json.dumps(described)
    assert "/submit" not in described["paths"]


def test_openapi_gives_errors_the_media_type_they_are_sent_with(city: City) -> None:
    described = city.client.get("/api/openapi.json").json()
    for path in described["paths"].values():
        for operation in path.values():
            assert {"4XX", "5XX"} <= operation["responses"].keys()
            for status, response in operation["responses"].items():
                sent = "application/json" if status.startswith("2") else "application/problem+json"
                assert list(response["content"]) in ([sent], ["application/octet-stream"])


def test_author_is_asked_to_send_again_while_the_database_is_locked(
    monkeypatch: pytest.MonkeyPatch, make_city: Callable[..., City], tmp_path: Path
) -> None:
    monkeypatch.setattr(store_module, "LOCK_TIMEOUT", 0.1)
    city = make_city()
    letter = {"title": "路灯坏了", "text": "路灯坏了三个星期。", "act_id": "a-1", "passphrase": "芝麻开门"}
    with closing(sqlite3.connect(tmp_path / "wenzheng.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        answer = city.client.post("/api/petitions", json=letter)
    assert problem_of(answer, 503)["code"] == "store-away"
    assert answer.headers["retry-after"]
    assert city.client.post("/api/petitions", json=letter).status_code == 201


def test_nobody_waits_for_a_letter_whose_clocks_are_still_counted(city: City) -> None:
    def count(definition: str, received_on: date) -> Sequence[dict[str, Any]]:
        # In a thread of its own: a store that is written to already would wait for itself.
        with ThreadPoolExecutor(1) as other:
            other.submit(write).result(5)
        return city.services.expected_clocks(definition, received_on)

    def write() -> None:
        with city.services.store.unit_of_work() as unit:
            unit.units()

    client = TestClient(create_app(replace(city.services, expected_clocks=count)))
    assert (
        client.post(
            "/api/petitions", json={"title": "路灯坏了", "text": "坏了三周。", "passphrase": "芝麻开门"}
        ).status_code
        == 201
    )
