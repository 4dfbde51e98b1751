"""Floods: whoever sends more letters than anybody writes waits, and nobody else does."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.support.citizen import PAGE, code_of, file_letter, token, write
from tests.web.conftest import City
from wenzheng.web.pacing import Pace, counted_as

LETTER = {"title": "路灯坏了", "text": "坏了", "contact": "13800000001"}
FLOOD = ("203.0.113.7", 50000)


def test_of_ten_thousand_letters_a_minute_the_pace_passes_and_a_neighbour_is_served() -> None:
    now = [0.0]
    pace = Pace(60, lambda: now[0])
    passed = []
    for n in range(10_000):
        now[0] = n * 0.006
        if pace.wait("203.0.113.7") == 0.0:
            passed.append(n)
        if n % 1_000 == 0:
            assert pace.wait("198.51.100.1") == 0.0
    assert 60 <= len(passed) <= 120
    wait = pace.wait("203.0.113.7")
    assert 0 < wait <= 1
    now[0] += wait
    assert pace.wait("203.0.113.7") == 0.0


def test_memory_is_bounded_however_many_addresses_send(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wenzheng.web.pacing._MOST_ADDRESSES", 10)
    pace = Pace(60, lambda: 0.0)
    assert not any(pace.wait(str(n)) for n in range(1_000))
    assert len(pace._paid_until) <= 10


def test_a_household_is_one_address_and_this_machine_none() -> None:
    assert counted_as("2001:db8::1") == counted_as("2001:db8::ffff:2") != counted_as("2001:db8:0:1::1")
    assert counted_as("::ffff:203.0.113.7") == counted_as("203.0.113.7") == "203.0.113.7"
    assert {counted_as(one) for one in ("127.0.0.1", "::1", "::ffff:127.0.0.1", "unix", None)} == {None}


def test_a_flood_hears_when_to_come_back_and_its_letters_are_not_kept(city: City) -> None:
    flood = TestClient(city.app, client=FLOOD)
    answers = [flood.post("/api/petitions", json=LETTER | {"text": ""}) for _ in range(70)]
    assert [answer.status_code for answer in answers] == [422] * 60 + [429] * 10
    late = answers[-1]
    assert late.json()["code"] == "too-many-letters"
    assert 1 <= int(late.headers["Retry-After"]) <= 60
    assert flood.get("/").status_code == 200
    neighbour = TestClient(city.app, client=("203.0.113.8", 50000))
    assert neighbour.post("/api/petitions", json=LETTER).status_code == 201
    assert code_of(file_letter(neighbour))
    browser = TestClient(city.app, client=FLOOD)
    page = write(browser, text="我的信")
    refused = browser.post("/submit/check", data={"csrf": token(page)}, headers=PAGE)
    assert refused.status_code == 429
    assert "短时间内收到的信太多" in refused.text
    assert "我的信" in browser.get("/submit").text
    assert city.client.get("/api/board").json()["total"] == 2
