"""Letters that gateways hand in: text messages, kiosks, information posts of villages."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from fastapi.testclient import TestClient

from tests.support.citizen import follow
from tests.web.conftest import RECEIVED, City
from wenzheng.gateways.webhooks import ID, SIGNATURE, TIMESTAMP, BadSecrets, Secret, headers
from wenzheng.web.app import create_app

SMS, KIOSK, STRANGE = Secret(b"s" * 32), Secret(b"k" * 32), Secret(b"x" * 32)
TEXT = {"text": "村口的路灯坏了，晚上看不见路。\n请来修", "contact": "13800000001"}

WRONG: Final[list[tuple[dict[str, Any], int, str]]] = [
    ({"secret": STRANGE}, 401, "bad-signature"),
    ({"secret": KIOSK}, 401, "bad-signature"),
    ({"change": {ID: "msg_2"}}, 401, "bad-signature"),
    ({"change": {SIGNATURE: "v1,AAAA"}}, 401, "bad-signature"),
    ({"change": {SIGNATURE: ""}}, 401, "missing-signature"),
    ({"change": {TIMESTAMP: "soon"}}, 400, "bad-timestamp"),
    ({"webhook_id": "a.b"}, 400, "bad-webhook-id"),
    ({"late": timedelta(minutes=6)}, 401, "too-old"),
    ({"late": -timedelta(minutes=6)}, 401, "too-early"),
    ({"channel": "pigeon"}, 404, "unknown-channel"),
    ({"channel": "web"}, 404, "unknown-channel"),
    ({"channel": "mail"}, 404, "unknown-channel"),
    ({"raw": b"{"}, 400, "bad-json"),
    ({"raw": b"\xff"}, 400, "bad-json"),
    ({"raw": b"[" * 100_000}, 400, "bad-json"),
    ({"raw": b"[]"}, 422, "bad-data"),
    ({"raw": b" " * 2_000_000}, 413, "too-large"),
    ({"type": "letter.lost"}, 422, "bad-data"),
    ({"timestamp": "2026-08-31T23:59:00"}, 422, "bad-data"),
    ({"timestamp": "2026-09-02T00:00:00Z"}, 422, "bad-letter"),
    ({"data": TEXT | {"contact": None}}, 422, "bad-letter"),
    ({"data": TEXT | {"channel": "web"}}, 422, "bad-data"),
    ({"data": TEXT | {"addressee": "moon"}}, 422, "bad-letter"),
    ({"data": TEXT | {"text": "x" * 4001}}, 422, "bad-letter"),
]
"""What is not genuine, or no letter; the answer to it."""


class Gateway:
    """A machine with a secret."""

    def __init__(self, city: City) -> None:
        self.city = city
        secrets = {"sms": (SMS,), "kiosk": (KIOSK,), "web": (SMS,), "village": (KIOSK,)}
        self.app = create_app(replace(city.services, gateways=lambda: secrets))
        self.client = TestClient(self.app, raise_server_exceptions=False)

    def hand_in(
        self,
        data: Any = None,
        *,
        channel: str = "sms",
        secret: Secret = SMS,
        webhook_id: str = "msg_1",
        late: timedelta = timedelta(),
        raw: bytes | None = None,
        change: dict[str, str] | None = None,
        **event: Any,
    ) -> Any:
        told = {"type": "letter.received", "timestamp": "2026-08-31T23:59:00+08:00", "data": data or TEXT}
        body = raw if raw is not None else json.dumps(told | event, ensure_ascii=False).encode()
        signed = headers([secret], webhook_id, self.city.services.wall() - late, body)
        return self.client.post(f"/intake/{channel}", content=body, headers=signed | (change or {}))

    @property
    def letters(self) -> int:
        return int(self.client.get("/api/board").json()["total"])


@pytest.fixture
def gateway(city: City) -> Gateway:
    return Gateway(city)


def test_whoever_has_no_browser_writes_by_text_message_and_has_the_same_clock(gateway: Gateway) -> None:
    answer = gateway.hand_in()
    assert answer.status_code == 201, answer.text
    receipt = answer.json()
    assert (receipt["received_on"], receipt["second_factor"]) == ("2026-08-31", "contact")
    gateway.city.processes.start_waiting()
    path = f"/api/petitions/{receipt['number']}"
    seen = gateway.client.get(path, headers=gateway.city.as_("clerk")).json()
    assert (seen["channel"], seen["title"]) == ("sms", "村口的路灯坏了，晚上看不见路。")
    assert seen["text"] == TEXT["text"]
    assert {clock["day0"] for clock in seen["clocks"]} == {"2026-08-31"}
    assert "请来修" in follow(TestClient(gateway.app), receipt["tracking_code"], "138 0000 0001").text


def test_a_gateway_that_repeats_itself_gets_the_same_receipt_and_there_is_one_letter(
    gateway: Gateway,
) -> None:
    first = gateway.hand_in()
    again = gateway.hand_in(late=timedelta(minutes=4))
    assert (again.status_code, again.json()) == (201, first.json())
    other = gateway.hand_in(TEXT | {"text": "另一件事"})
    assert (other.status_code, other.json()["code"]) == (409, "webhook-id-taken")
    assert gateway.letters == 1
    assert gateway.hand_in(channel="kiosk", secret=KIOSK).json()["number"] != first.json()["number"]


def test_what_is_not_genuine_or_no_letter_leaves_no_trace(gateway: Gateway) -> None:
    answers = [(wrong, gateway.hand_in(**wrong)) for wrong, *_ in WRONG]
    found = [(wrong, answer.status_code, answer.json()["code"]) for wrong, answer in answers]
    assert found == WRONG
    assert not any("whsec" in answer.text for _, answer in answers)
    assert gateway.letters == 0


def test_a_letter_overheard_cannot_be_sent_again_later(gateway: Gateway) -> None:
    body = json.dumps(
        {"type": "letter.received", "timestamp": "2026-09-01T09:00:00+08:00", "data": TEXT}
    ).encode()
    overheard = headers([SMS], "msg_9", RECEIVED, body)
    assert gateway.client.post("/intake/sms", content=body, headers=overheard).status_code == 201
    gateway.city.at(RECEIVED + timedelta(minutes=6))
    late = gateway.client.post("/intake/sms", content=body, headers=overheard)
    assert (late.status_code, late.json()["code"]) == (401, "too-old")
    assert gateway.letters == 1


def test_a_village_post_names_the_county_whose_head_shall_answer(gateway: Gateway) -> None:
    units = gateway.client.get("/api/units").json()["items"]
    county = next(unit["id"] for unit in units if unit["kind"] == "county")
    data = TEXT | {
        "addressee": county,
        "citizen_group": "farmer",
        "citizen_area": county,
        "kind": "complaint",
    }
    receipt = gateway.hand_in(data, channel="village", secret=KIOSK).json()
    gateway.city.processes.start_waiting()
    path = f"/api/petitions/{receipt['number']}"
    seen = gateway.client.get(path, headers=gateway.city.as_("clerk")).json()
    assert (seen["addressee"], seen["author"]["area"], seen["kind"]) == (county, county, "complaint")


def test_a_broken_file_of_secrets_lets_nobody_in(city: City) -> None:
    def broken() -> dict[str, tuple[Secret, ...]]:
        raise BadSecrets("gateways.yaml, sms: expected whsec_")

    client = TestClient(create_app(replace(city.services, gateways=broken)), raise_server_exceptions=False)
    answer = client.post("/intake/sms", content=b"{}")
    assert (answer.status_code, answer.json()["code"]) == (503, "no-secrets")
