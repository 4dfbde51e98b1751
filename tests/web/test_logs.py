"""Nothing that identifies a person, opens a letter or lets somebody in is ever written to a log."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.support.citizen import PAGE, token
from tests.web.conftest import City
from tests.web.test_matrix import CONTACT, NAME, PROOF, SORTS, Letter, live
from tests.web.test_sign_in import PASSWORD, sign_in

CLIENTS = ("httpx2", "httpcore", "httpcore2", "asyncio")
"""What the test itself calls with, not the house."""


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything from INFO on, ours from DEBUG on: an operator in trouble may run so. Ask for it first."""
    for name in CLIENTS:
        caplog.set_level(logging.CRITICAL, logger=name)
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.INFO, logger="sqlalchemy.engine")
    caplog.set_level(logging.DEBUG, logger="wenzheng")  # the last level is also that of the capture
    return caplog


def test_a_letters_whole_life_leaves_nobody_in_the_log(log: pytest.LogCaptureFixture, city: City) -> None:
    letter = Letter("公")
    live(city, letter, public=True)
    code, number = letter.ref["tracking_code"], letter.ref["number"]
    city.client.post(f"/api/petitions/{number}/identity", json={"reason": "回访"}, headers=city.as_("leader"))
    city.client.get(f"/follow?code={code}", headers=PAGE)
    city.client.get(f"/api/petitions/{code}", headers=PROOF)
    city.client.get(f"/api/petitions/{code}", headers={"Wenzheng-Passphrase": "falsches-Wort"})
    city.client.post("/api/petitions", json={"title": NAME, "text": letter.words("正文") * 900, "kind": "x"})
    city.client.post("/api/petitions", content=f'{{"title": "{NAME}'.encode())
    assert "INSERT INTO petitions" in log.text  # they do speak
    assert_nobody(log, code, "falsches-Wort", *(letter.words(what) for what in SORTS))


def test_signing_in_leaves_no_password_and_no_session_in_the_log(
    log: pytest.LogCaptureFixture, city: City
) -> None:
    city.password("clerk", PASSWORD)
    client = TestClient(city.app, raise_server_exceptions=False)
    sign_in(client, password="ein-falsches-Wort")
    sign_in(client, account="\x00")
    sign_in(client)
    session = client.cookies["wz_session"]
    form = {
        "csrf": token(client.get("/account")),
        "old": PASSWORD,
        "password": "neu" * 9,
        "repeat": "neu" * 9,
    }
    client.post("/account/password", data=form, headers=PAGE)
    secrets = (PASSWORD, "ein-falsches-Wort", "neu" * 9, session, client.cookies["wz_session"])
    assert_nobody(log, *secrets)


@pytest.mark.parametrize("table", ["contents", "accounts", "petitions"])
def test_an_error_of_the_database_quotes_no_values(
    log: pytest.LogCaptureFixture, city: City, table: str
) -> None:
    letter = city.submit(name=NAME, contact=CONTACT)
    city.accept_and_assign(letter["number"])
    with city.services.store.unit_of_work() as unit:
        unit.session.connection().exec_driver_sql(f"ALTER TABLE {table} RENAME TO gone")
    words = Letter("公").words("答复")
    answers: list[Any] = [
        city.act(letter["number"], "notes", "clerk", text=words),
        city.client.get(f"/api/petitions/{letter['tracking_code']}"),
        city.client.post(
            "/api/petitions", json={"title": words, "text": words, "kind": "help", "name": NAME}
        ),
    ]
    assert any(answer.status_code >= 500 for answer in answers)
    assert_nobody(log, letter["tracking_code"], words)


def test_an_incident_names_the_route_and_not_the_tracking_code(
    log: pytest.LogCaptureFixture, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = city.submit(name=NAME, contact=CONTACT)

    def broken(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr("wenzheng.web.api.letters.views.letter", broken)
    answer = city.client.get(f"/api/petitions/{letter['tracking_code']}", headers=PROOF)
    assert answer.status_code == 500
    assert "GET /petitions/{ref} failed" in log.text
    assert answer.json()["incident"] in log.text
    assert_nobody(log, letter["tracking_code"])


def assert_nobody(log: pytest.LogCaptureFixture, *more: str) -> None:
    """No name, no phone number, none of these secrets; also not as Python writes bytes and escapes."""
    phones = [CONTACT, *(Letter.phone(what) for what in SORTS)]
    assert log.text  # what captures nothing finds nothing
    for secret in (NAME, *phones, *more):
        for written in (secret, ascii(secret)[1:-1], repr(secret.encode())[2:-1]):
            assert written not in log.text, written
