"""Who wrote a letter, shown to supervision and leaders on request: the reason is written down first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.web.conftest import City

NAME, PHONE = "欧阳小明", "13912345678"
OVERSIGHT = ("supervisor_supervision_party", "supervisor_supervision_government", "leader")


@pytest.fixture
def number(city: City) -> str:
    """The number of a letter that is not public, at the housing bureau."""
    letter = city.submit(name=NAME, contact=PHONE, public=False)
    city.accept_and_assign(letter["number"])
    return str(letter["number"])


def ask(city: City, ref: str, account: str | None, **body: Any) -> Any:
    headers = city.as_(account) if account else {}
    return city.client.post(f"/api/petitions/{ref}/identity", json=body, headers=headers)


def log(city: City, ref: str, account: str = "centre_head") -> list[dict[str, Any]]:
    answer = city.client.get(f"/api/petitions/{ref}/disclosures", headers=city.as_(account))
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


@pytest.mark.parametrize("account", OVERSIGHT)
def test_supervision_and_leaders_are_shown_the_author_for_a_reason_that_is_kept(
    city: City, number: str, account: str
) -> None:
    shown = city.client.get(f"/api/petitions/{number}", headers=city.as_(account))
    assert shown.json()["author"] is None
    assert NAME not in shown.text
    answer = ask(city, number, account, reason=" 电话回访 ")
    assert answer.status_code == 200, answer.text
    assert (answer.json()["name"], answer.json()["contact"]) == (NAME, PHONE)
    assert answer.headers["cache-control"] == "no-store"
    (entry,) = log(city, number)
    assert (entry["account"], entry["field_group"], entry["reason"]) == (account, "identity", "电话回访")
    assert entry == answer.json()["disclosure"]
    # Once is not for ever: without asking, the letter still hides its author.
    again = city.client.get(f"/api/petitions/{number}", headers=city.as_(account))
    assert again.json()["author"] is None


@pytest.mark.parametrize("reason", ["", "   ", "　\n", "x" * 501, None, 7, "a\x00b"])
def test_without_a_reason_nobody_is_shown_and_nothing_is_written(
    city: City, number: str, reason: Any
) -> None:
    answer = ask(city, number, "leader", reason=reason)
    assert answer.status_code == 422
    assert NAME not in answer.text
    assert "#/reason" in answer.text
    assert log(city, number) == []


def test_when_the_log_cannot_be_written_nobody_is_shown(
    city: City, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with city.services.store.unit_of_work() as unit:
        unit.session.connection().exec_driver_sql("DROP TABLE disclosures")
    answer = ask(city, number, "leader", reason="回访")
    assert answer.status_code == 503
    assert NAME not in answer.text
    assert PHONE not in answer.text


@pytest.mark.parametrize(
    "account",
    [
        *(None, "clerk", "centre_head", "department_housing", "head_housing"),
        *("department_transport", "process_admin", "operator"),
    ],
)
def test_nobody_else_asks(city: City, number: str, account: str | None) -> None:
    answer = ask(city, number, account, reason="好奇")
    assert answer.status_code == (403 if account else 401)
    assert NAME not in answer.text
    assert log(city, number) == []


def test_a_tracking_code_is_no_name_for_staff_and_a_missing_letter_is_not_there(city: City) -> None:
    letter = city.submit(name=NAME, contact=PHONE)
    assert ask(city, letter["tracking_code"], "leader", reason="回访").status_code == 404
    assert ask(city, "2026-999999", "leader", reason="回访").status_code == 404
    assert log(city, letter["number"]) == []


def test_the_author_of_a_report_is_not_shown_on_request(city: City) -> None:
    letter = city.submit(kind="report", name=NAME, contact=PHONE)
    answer = ask(city, letter["number"], "leader", reason="回访")
    assert answer.status_code == 403
    assert answer.json()["code"] == "not-on-request"
    assert log(city, letter["number"]) == []


def test_the_log_is_for_the_head_of_the_centre_and_supervision(city: City, number: str) -> None:
    ask(city, number, "leader", reason="一")
    city.clock[0] += timedelta(minutes=1)
    ask(city, number, "leader", reason="二")
    for account in ("centre_head", *OVERSIGHT[:2]):
        assert [entry["reason"] for entry in log(city, number, account)] == ["一", "二"]
    for account in ("clerk", "leader", "department_housing", "head_housing", "operator", "process_admin"):
        path = f"/api/petitions/{number}/disclosures"
        assert city.client.get(path, headers=city.as_(account)).status_code == 403
