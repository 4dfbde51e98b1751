"""A letter with a lead and co-handlers: each does its own and has its lamp; the reply names the silent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.co_handling import co_handling
from tests.web.conftest import City

LATE = datetime(2026, 9, 8, 1, 0, tzinfo=UTC)
"""Tuesday morning a week later: the co-handlers' three working days, and the lead's four, are over."""


@pytest.fixture
def helped(make_city: Callable[..., City], tmp_path: Path) -> tuple[City, str]:
    """A letter that housing leads, with water and transport asked to help; water has."""
    folder = tmp_path / "petition"
    for name, data in co_handling().files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    city = make_city(bundle=folder)
    number = city.submit(title="路口积水")["number"]
    asked = {"department": "housing", "co_handling": ["water", "transport"]}
    assert do(city, number, "assign", "clerk", **asked).status_code == 200
    assert do(city, number, "take", "department_water", needs_time=False).status_code == 200
    assert do(city, number, "contribute", "department_water", contribution="管道已疏通。").status_code == 200
    return city, number


def do(city: City, number: str, element: str, account: str, **data: Any) -> Any:
    return city.client.post(
        f"/api/petitions/{number}/tasks/{element}", json={"data": data}, headers=city.as_(account)
    )


def clocks(city: City, number: str, account: str) -> dict[str, dict[str, Any]]:
    found = city.client.get(f"/api/petitions/{number}", headers=city.as_(account)).json()["clocks"]
    return {one["clock"]: one for one in found}


def test_each_unit_does_its_own_task_and_no_other_units(helped: tuple[City, str]) -> None:
    city, number = helped
    mine = city.client.get(f"/api/petitions/{number}/tasks", headers=city.as_("department_transport")).json()
    assert [one["element"] for one in mine["items"]] == ["take"]
    refused = do(city, number, "take", "department_health", needs_time=False)
    assert refused.status_code in {403, 404}
    assert do(city, number, "draft", "department_transport", content_id="抢答").status_code == 403
    assert do(city, number, "take", "department_transport", needs_time=True).status_code == 200
    assert do(city, number, "give_time", "head_housing", time_given=True).status_code == 403
    assert do(city, number, "give_time", "head_transport", time_given=True).status_code == 200


def test_the_desk_shows_each_units_lamp_with_its_name_in_both_languages(helped: tuple[City, str]) -> None:
    city, number = helped
    city.at(LATE)
    shown = clocks(city, number, "department_housing")
    assert shown["helper_time@transport"]["lamp"] == "yellow"
    assert shown["helper_time@transport"]["whose"] == "transport"
    assert shown["helper_time@water"]["lamp"] == "green"
    for account in ("supervisor_supervision_party", "department_housing"):
        page = city.browser(account).get(f"/desk/letters/{number}?lang=zh").text
        assert "协办时限（市交通运输局）" in page
        assert "协办时限（市水务局）" in page
        page = city.browser(account).get(f"/desk/letters/{number}?lang=en").text
        assert "The co-handler&#39;s time (" in page
        assert "协办时限" not in page


def test_only_the_late_units_head_is_told_and_only_its_task_is_late(helped: tuple[City, str]) -> None:
    city, _ = helped
    city.at(datetime(2026, 9, 4, 17, 0, tzinfo=UTC))
    inbox = city.client.get("/api/inbox", headers=city.as_("head_transport")).json()["items"]
    assert {one["clock"] for one in inbox} == {"helper_sign@transport", "helper_time@transport"}
    assert city.client.get("/api/inbox", headers=city.as_("head_water")).json()["items"] == []
    page = city.browser("head_transport").get("/desk/inbox?lang=zh").text
    assert "协办时限（市交通运输局）" in page
    tasks = {
        unit: city.client.get("/api/tasks", headers=city.as_(f"department_{unit}")).json()["items"]
        for unit in ("transport", "housing")
    }
    assert [(one["element"], one["lamp"]) for one in tasks["transport"]] == [("take", "yellow")]
    assert [(one["element"], one["lamp"]) for one in tasks["housing"]] == [("draft", "unlit")]


def test_a_units_deadline_explains_itself_by_its_name(helped: tuple[City, str]) -> None:
    city, number = helped
    found = city.client.get(
        f"/api/petitions/{number}/clocks/helper_time@transport", headers=city.as_("department_housing")
    ).json()
    assert found["limits"][0]["due"] == "2026-09-04"
    assert "协办单位三个工作日内提交意见" in found["limits"][0]["words"]["zh"][0]


def test_the_reply_names_who_was_silent_to_everybody_who_reads_it(helped: tuple[City, str]) -> None:
    city, number = helped
    assert do(city, number, "draft", "department_housing", content_id="积水已排除。").status_code == 200
    assert do(city, number, "approve", "head_housing", approved=True).status_code == 200
    letter = city.client.get(f"/api/petitions/{number}", headers=city.as_("department_housing")).json()
    reply = next(one for one in letter["contents"] if one["text"] == "积水已排除。")
    assert reply["silent"] == ["市交通运输局"]
    assert clocks(city, number, "department_housing")["helper_time@transport"]["running"] is False
    page = city.browser("department_housing").get(f"/desk/letters/{number}?lang=zh").text
    assert "协办单位届时未提交意见：市交通运输局" in page
    late = do(city, number, "take", "department_transport", needs_time=False)
    assert late.status_code == 409
