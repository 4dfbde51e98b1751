"""Letters that the centre takes down for callers and at the counter, and the slip they are followed with."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import typer
from fastapi.testclient import TestClient

from tests.support import files
from tests.support.citizen import PAGE, code_of, field, follow
from tests.web.conftest import RECEIVED, City
from wenzheng.cli import connection
from wenzheng.cli.petition_intake import app

CALL = {
    "title": "自来水发黄",
    "text": "打来电话说水发黄三天了。",
    "kind": "help",
    "contact": "13800000001",
    "received_at": "2026-08-31T23:50:00+08:00",
}
FORM = {
    "channel": "counter",
    "received_at-year": "2026",
    "received_at-month": "8",
    "received_at-day": "31",
    "received-time": "16:40",
    "kind": "complaint",
    "addressee": "mayor",
    "title": "噪声",
    "text": "半夜施工。",
    "name": "",
    "contact": "",
    "second": "drawn",
    "passphrase": "",
    "citizen_group": "",
    "citizen_area": "",
    "public": "no",
}
NOT_THE_CENTRE = ["department_housing", "head_housing", "supervisor_supervision_party", "operator"]


def take(city: City, **more: Any) -> Any:
    return city.client.post("/api/petitions/taken", json=CALL | more, headers=city.as_("clerk"))


def sent(browser: TestClient, *papers: tuple[str, bytes], **more: str) -> Any:
    page = browser.get("/desk/take", headers=PAGE)
    hidden = {name: field(page, name) for name in ("csrf", "act_id", "drawn")}
    parts = [("files", paper) for paper in papers] or [("files", ("", b""))]
    return browser.post("/desk/take", data=hidden | FORM | more, files=parts, headers=PAGE)


def test_day_0_of_a_call_just_before_midnight_is_the_day_of_the_call(city: City) -> None:
    receipt = take(city)
    assert receipt.status_code == 201
    assert receipt.json()["received_on"] == "2026-08-31"
    city.processes.start_waiting()
    path = f"/api/petitions/{receipt.json()['number']}"
    seen = city.client.get(path, headers=city.as_("clerk")).json()
    assert (seen["channel"], seen["taken_by"]) == ("phone", "clerk")
    assert datetime.fromisoformat(seen["received_at"]) == datetime.fromisoformat(CALL["received_at"])
    assert {clock["day0"] for clock in seen["clocks"]} == {"2026-08-31"}
    desk = city.browser("clerk").get(f"/desk/letters/{receipt.json()['number']}").text
    assert "2026年8月31日 23:50" in desk


def test_the_caller_follows_the_letter_with_what_was_read_to_them(city: City) -> None:
    code = take(city).json()["tracking_code"]
    city.processes.start_waiting()
    assert "噪声" not in (page := follow(TestClient(city.app), code, "138-0000-0001")).text
    assert "自来水发黄" in page.text
    assert take(city, act_id="call-1").json() == take(city, act_id="call-1").json()


@pytest.mark.parametrize("account", NOT_THE_CENTRE)
def test_nobody_but_the_centre_takes_letters_down(city: City, account: str) -> None:
    answer = city.client.post("/api/petitions/taken", json=CALL, headers=city.as_(account))
    assert (answer.status_code, answer.json()["code"]) == (403, "wrong-role")
    browser = city.browser(account)
    assert browser.get("/desk/take", headers=PAGE).status_code == 403
    assert browser.post("/desk/take", data=FORM, headers=PAGE).status_code == 403
    assert "/desk/take" not in browser.get("/desk", headers=PAGE).text
    assert city.client.post("/api/petitions/taken", json=CALL).status_code == 401
    assert city.client.get("/api/board").json()["total"] == 0


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"received_at": (RECEIVED + timedelta(hours=1)).isoformat()}, "letter.received_later"),
        ({"received_at": (RECEIVED - timedelta(days=61)).isoformat()}, "letter.received_long_ago"),
        ({"contact": None}, "second_factor.missing"),
        ({"addressee": "housing_property"}, "letter.addressee_kind"),
    ],
)
def test_what_cannot_have_been_is_not_taken_down(city: City, wrong: dict[str, Any], code: str) -> None:
    answer = take(city, **wrong)
    assert answer.status_code == 422
    assert [fault["expected"] for fault in answer.json()["errors"]] == [code]
    assert take(city, channel="web").status_code == 422
    assert take(city, received_at="2026-08-31T23:50:00").status_code == 422


def test_somebody_at_the_counter_without_a_phone_gets_a_slip_with_code_and_number(city: City) -> None:
    browser = city.browser("clerk")
    assert "/desk/take" in browser.get("/desk", headers=PAGE).text
    slip = sent(browser, ("来信.pdf", files.PDF), ("照片.jpg", files.EXE))
    assert slip.status_code == 200
    code = code_of(slip)
    assert "照片.jpg：从内容看这是可执行程序" in slip.text
    assert "，".join(" ".join(group) for group in code.split("-")) in slip.text
    word = slip.text.split("数字口令 ")[1][:8]
    city.processes.start_waiting()
    page = follow(TestClient(city.app), code, word)
    assert "半夜施工" in page.text
    assert "来信.pdf" in page.text
    assert "2026年8月31日" in page.text


def test_a_slip_that_is_sent_twice_is_one_letter_with_the_same_slip(city: City) -> None:
    browser = city.browser("clerk")
    page = browser.get("/desk/take", headers=PAGE)
    data = FORM | {name: field(page, name) for name in ("csrf", "act_id", "drawn")}
    first, second = (browser.post("/desk/take", data=data, headers=PAGE) for _ in range(2))
    assert code_of(first) == code_of(second)
    changed = browser.post("/desk/take", data=data | {"text": "另一件事"}, headers=PAGE)
    assert changed.status_code == 409
    assert "另一件事" in changed.text
    assert city.client.get("/api/board").json()["total"] == 1


def test_everything_wrong_on_the_form_is_said_at_once_and_nothing_typed_is_lost(city: City) -> None:
    wrong = {"title": "", "received-time": "noon", "second": "contact", "public": "", "text": "水管爆了"}
    page = sent(city.browser("clerk"), **wrong)
    assert page.status_code == 422
    for name in ("received_at", "contact", "public"):
        assert f'id="{name}-error"' in page.text
    assert "水管爆了" in page.text
    titled = sent(city.browser("clerk"), title="", text="水管爆了")
    assert 'id="title-error"' in titled.text
    old = sent(city.browser("clerk"), csrf="old")
    assert old.status_code == 403
    assert "半夜施工" in old.text


def test_the_centre_takes_a_call_down_from_a_shell(
    shell_of: Callable[[typer.Typer], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = shell_of(app)
    monkeypatch.delenv(connection.PASSPHRASE_VARIABLE)
    words = ("take", "--text", "水发黄", "--channel", "counter", "--received", "2026-08-31T16:40+08:00")
    out = shell(*words).stdout
    assert "2026-08-31" in out
    assert "Tracking code" in out
    assert "Passphrase     " in out
    answer = json.loads(shell(*words, "--contact", "13800000001", "--format", "json").stdout)
    assert answer["second_factor"] == "contact"
    assert "--received" in shell("take", "--text", "水", "--received", "yesterday", code=2).output
