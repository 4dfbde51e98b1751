"""The visibility matrix of defaults.md, seen through the API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.web.conftest import City
from tests.web.test_access import ACCOUNTS

NAME, PHONE, MAIL = "欧阳小明", "13912345678", "ming@example.cn"
SECRET = f"我的电话{PHONE}，邮箱{MAIL}。"


def read(city: City, ref: str, account: str | None) -> Any:
    headers = city.as_(account) if account else {"Wenzheng-Passphrase": PHONE}
    return city.client.get(f"/api/petitions/{ref}", headers=headers)


def public_letter(city: City, **more: Any) -> dict[str, Any]:
    letter = city.submit(text=SECRET, name=NAME, contact=PHONE, **more)
    city.accept_and_assign(letter["number"])
    return letter


def test_a_letter_is_not_public_before_it_is_accepted(city: City) -> None:
    letter = city.submit()
    assert read(city, letter["number"], None).status_code == 404
    assert city.client.get("/api/petitions").json()["items"] == []
    city.done(letter["number"], "accept", "clerk")
    assert read(city, letter["number"], None).status_code == 200
    assert len(city.client.get("/api/petitions").json()["items"]) == 1


def test_the_public_never_sees_who_wrote_or_how_to_call_them(city: City) -> None:
    letter = public_letter(city)
    city.answer(letter["number"])
    city.done(
        letter["tracking_code"], "rate", None, solved=True, satisfaction=5, comment=SECRET, passphrase=PHONE
    )
    answers = [
        read(city, letter["number"], None),
        read(city, letter["id"], None),
        city.client.get(f"/api/petitions/{letter['number']}/timeline"),
        city.client.get("/api/petitions"),
        city.client.get("/api/board"),
        city.client.get("/"),
        city.client.get(f"/letters/{letter['number']}"),
        read(city, letter["number"], "department_transport"),
        read(city, letter["number"], "operator"),
        read(city, letter["number"], "process_admin"),
    ]
    for answer in answers:
        assert answer.status_code == 200
        assert all(word not in answer.text for word in (NAME, PHONE, MAIL, letter["tracking_code"]))
        assert "department_housing" not in answer.text
    assert "市住房和城乡建设局" in answers[2].text


@pytest.mark.parametrize(
    ("account", "text", "identity"),
    [
        (None, "masked", False),
        ("clerk", "full", True),
        ("centre_head", "full", True),
        ("department_housing", "full", True),
        ("head_housing", "full", True),
        ("department_transport", "masked", False),
        ("supervisor_supervision_party", "full", False),
        ("leader", "full", False),
        ("process_admin", None, False),
        ("operator", None, False),
    ],
)
def test_every_row_of_the_matrix(city: City, account: str | None, text: str | None, identity: bool) -> None:
    letter = public_letter(city)
    seen = read(city, letter["number"], account).json()
    masked = seen["text"] is not None and PHONE not in seen["text"] and "我的电话" in seen["text"]
    assert {"full": seen["text"] == SECRET, "masked": masked, None: seen["text"] is None}[text]
    assert (seen["author"] is not None) is identity


def test_without_consent_a_letter_is_counted_and_not_shown(city: City) -> None:
    letter = public_letter(city, public=False)
    for account in (None, "department_transport"):
        assert read(city, letter["number"], account).status_code == 404
    board = city.client.get("/api/board").json()
    assert (board["total"], board["letters"]) == (1, [])
    assert read(city, letter["number"], "department_housing").status_code == 200
    assert len(city.client.get("/api/petitions", headers=city.as_("clerk")).json()["items"]) == 1
    assert city.client.get("/api/petitions", headers=city.as_("department_transport")).json()["items"] == []


def test_a_report_of_wrongdoing_is_read_by_named_receivers_only(city: City) -> None:
    letter = city.submit(kind="report", text=SECRET)
    for account in [None, *ACCOUNTS.values()]:
        answer = read(city, letter["number"], account)
        assert answer.status_code == 404 or answer.json()["text"] is None
        assert SECRET not in answer.text
    assert city.client.get("/api/board").json()["letters"] == []


def test_lists_filter_by_lamp_department_state_and_kind(city: City) -> None:
    first = public_letter(city, kind="complaint")
    city.at(datetime(2026, 9, 1, 3, 0, tzinfo=UTC))
    second = city.submit(kind="enquiry")
    headers = city.as_("clerk")

    def numbers(query: str) -> list[str]:
        items = city.client.get(f"/api/petitions?{query}", headers=headers).json()["items"]
        return [item["number"] for item in items]

    assert numbers("kind=complaint") == [first["number"]]
    assert numbers("department=housing") == [first["number"]]
    assert numbers("state=submitted") == [second["number"]]
    assert numbers("state=assigned") == [first["number"]]
    assert numbers("lamp=unlit") == [second["number"], first["number"]]
    assert numbers("lamp=red") == []
    page = city.client.get("/api/petitions?limit=1", headers=headers).json()
    rest = city.client.get(f"/api/petitions?limit=1&cursor={page['next']}", headers=headers).json()
    assert [page["items"][0]["number"], rest["items"][0]["number"]] == [second["number"], first["number"]]


def test_an_unanswered_letter_turns_yellow_and_red_and_the_heads_hear_of_it(city: City) -> None:
    letter = public_letter(city)
    mine = read(city, letter["tracking_code"], None).json()
    limits = {limit["id"]: limit["due"] for limit in mine["clocks"][0]["limits"]}
    city.sign(letter["number"])
    # Received on Tuesday 1 September; 20 September is a decreed working Sunday.
    assert limits["yellow"] == "2026-09-08"
    city.at(datetime(2026, 9, 8, 15, 59, tzinfo=UTC))
    assert read(city, letter["number"], None).json()["lamp"] == "unlit"
    city.at(datetime(2026, 9, 8, 16, 1, tzinfo=UTC))
    assert read(city, letter["number"], None).json()["lamp"] == "yellow"
    inbox = city.client.get("/api/inbox", headers=city.as_("head_housing")).json()["items"]
    assert [entry["lamp"] for entry in inbox] == ["yellow"]
    assert city.client.get("/api/inbox", headers=city.as_("head_transport")).json()["items"] == []
    city.at(datetime(2026, 10, 8, 2, 0, tzinfo=UTC))
    board = city.client.get("/api/board").json()
    assert board["lamps"] == {"unlit": 0, "green": 0, "yellow": 0, "red": 1}
    supervisors = city.client.get("/api/inbox", headers=city.as_("supervisor_supervision_government")).json()[
        "items"
    ]
    assert [entry["lamp"] for entry in supervisors] == ["red"]


def test_a_notice_is_acknowledged_once_with_an_order_a_date_or_a_reason(city: City) -> None:
    public_letter(city)
    city.at(datetime(2026, 10, 8, 2, 0, tzinfo=UTC))
    who = city.as_("supervisor_supervision_party")
    entry = city.client.get("/api/inbox", headers=who).json()["items"][0]
    path = f"/api/inbox/{entry['id']}/acknowledge"
    assert city.client.post(path, json={}, headers=who).status_code == 422
    assert city.client.post(path, json={"order": "x", "reason": "y"}, headers=who).status_code == 422
    assert city.client.post(path, json={"order": "x"}, headers=city.as_("clerk")).status_code == 404
    done = city.client.post(path, json={"date": "2026-10-12"}, headers=who)
    assert done.status_code == 200
    assert done.json()["acknowledged_by"] == "supervisor_supervision_party"
    assert city.client.post(path, json={"date": "2026-10-12"}, headers=who).status_code == 200
    late = city.client.post(
        path, json={"order": "马上办"}, headers=city.as_("supervisor_supervision_government")
    )
    assert late.status_code == 409
    assert late.json()["by"] == "supervisor_supervision_party"


def test_everybody_sees_their_own_tasks(city: City) -> None:
    letter = public_letter(city)

    def elements(account: str) -> list[str]:
        items = city.client.get("/api/tasks", headers=city.as_(account)).json()["items"]
        return [item["element"] for item in items]

    assert elements("clerk") == []
    assert elements("department_housing") == elements("head_housing") == ["sign"]
    city.sign(letter["number"])
    assert elements("department_housing") == elements("head_housing") == ["reply"]
    city.done(letter["number"], "reply", "department_housing", text="今晚修。")
    assert elements("department_housing") == elements("department_transport") == []
    assert elements("head_housing") == ["approve"]
    assert elements("department_transport") == []
    city.submit()
    assert elements("clerk") == elements("centre_head") == ["accept"]
    assert letter["number"]
