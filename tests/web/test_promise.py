"""A promise: with a day and the head's approval it stops the letter's clock; the day has one of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.web.conftest import City
from tests.web.test_desk import desk


def handed_over(city: City) -> tuple[str, str]:
    """Number and tracking code of a letter that its department has signed for."""
    letter = city.submit()
    city.accept_and_assign(letter["number"])
    city.sign(letter["number"])
    return letter["number"], letter["tracking_code"]


def promise(city: City, number: str, day: str) -> None:
    """Drafted by the department and approved by its head."""
    text = "缺配件，已向厂家订货，到货当日更换。"
    city.done(number, "reply", "department_housing", text=text, kind="promised", promised_on=day)
    city.done(number, "approve", "head_housing")


def promised(city: City, **body: Any) -> tuple[str, str]:
    number, code = handed_over(city)
    promise(city, number, **body)
    return number, code


def task(city: City, number: str, element: str, account: str, **data: Any) -> Any:
    return city.client.post(
        f"/api/petitions/{number}/tasks/{element}", json={"data": data}, headers=city.as_(account)
    )


def seen(city: City, code: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The letter as its author sees it, and its clocks by name."""
    letter = city.client.get(f"/api/petitions/{code}").json()
    return letter, {clock["clock"]: clock for clock in letter["clocks"]}


def test_a_promise_stops_the_letter_clock_and_the_author_sees_the_day_it_is_due(city: City) -> None:
    _, code = promised(city, day="2026-09-30")
    letter, clocks = seen(city, code)
    assert (letter["state"], letter["lamp"], letter["standing"]) == ("promised", "green", "promised")
    assert not clocks["letter"]["running"]
    limits = [(one["id"], one["due"], one["lamp"]) for one in clocks["promise"]["limits"]]
    assert limits == [("near", "2026-09-27", None), ("late", "2026-09-30", "red")]
    assert (clocks["promise"]["running"], clocks["promise"]["lamp"]) == (True, "unlit")
    board = city.client.get("/").text
    assert '<strong class="quiet">承诺</strong>' in board
    assert "已承诺，办理中" in board


def test_a_promise_without_a_day_is_refused_and_its_field_named(city: City) -> None:
    number, code = handed_over(city)
    body = {"text": "尽快解决。", "kind": "promised"}
    answer = city.client.post(
        f"/api/petitions/{number}/reply", json=body, headers=city.as_("department_housing")
    )
    assert answer.status_code == 422
    (wrong,) = answer.json()["errors"]
    assert "promised_on" in wrong["pointer"]
    assert seen(city, code)[1]["letter"]["running"]


def test_a_promise_for_yesterday_is_refused_and_today_is_not(city: City) -> None:
    number, code = handed_over(city)
    body = {"text": "已承诺。", "kind": "promised", "promised_on": "2026-08-31"}
    headers = city.as_("department_housing")
    answer = city.client.post(f"/api/petitions/{number}/reply", json=body, headers=headers)
    [fault] = answer.json()["errors"]
    assert (answer.status_code, fault["pointer"]) == (422, "#/promised_on")
    assert (fault["expected"], fault["found"]) == ("2026-09-01 (today) or a later day", "2026-08-31")
    assert seen(city, code)[0]["state"] == "acknowledged"
    day = {"promised_on-year": "2026", "promised_on-month": "8", "promised_on-day": "31"}
    worker = desk(city, "department_housing")
    page = worker.do(number, "reply", 422, content_id="已承诺。", reply_kind="promised", **day)
    assert "应为今天（2026-09-01）或以后的日期。" in page
    promise(city, number, "2026-09-01")
    assert seen(city, code)[0]["state"] == "promised"


def test_a_head_does_not_agree_to_a_day_that_has_passed_meanwhile(city: City) -> None:
    number, code = handed_over(city)
    draft = {"text": "明天修好。", "kind": "promised", "promised_on": "2026-09-02"}
    city.done(number, "reply", "department_housing", **draft)
    city.at(datetime(2026, 9, 3, 1, tzinfo=UTC))
    answer = task(city, number, "approve", "head_housing", approved=True)
    [fault] = answer.json()["errors"]
    assert (answer.status_code, fault["pointer"]) == (422, "#/data/approved")
    assert "2026-09-02" in fault["expected"]
    why = {"approved": False, "return_note": "日期已过。"}
    assert task(city, number, "approve", "head_housing", **why).status_code == 200
    promise(city, number, "2026-09-10")
    assert seen(city, code)[0]["state"] == "promised"


def test_a_promise_is_not_renewed_for_a_day_that_is_over(city: City) -> None:
    number, _ = promised(city, day="2026-09-30")
    ask = {"text": "厂家延期交货。", "renew_until": "2026-08-20"}
    headers = city.as_("department_housing")
    answer = city.client.post(f"/api/petitions/{number}/complete", json=ask, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/renew_until")


def test_a_promised_day_that_passes_is_red_and_told_to_head_and_supervision(city: City) -> None:
    number, code = promised(city, day="2026-09-30")
    city.at(datetime(2026, 9, 27, 1, 0, tzinfo=UTC))
    with city.services.store.reader() as reader:
        row = reader.petition(number)
        assert row is not None
        kinds = [record.kind for record in reader.timeline(row.id)]
    assert "reminder_due" in kinds
    assert seen(city, code)[1]["promise"]["lamp"] == "unlit"
    city.at(datetime(2026, 9, 30, 16, 0, tzinfo=UTC))  # midnight in the city
    letter, clocks = seen(city, code)
    assert clocks["promise"]["lamp"] == "red"
    assert letter["lamp"] == "green"  # the reply came in time, and that stays
    inbox = city.client.get("/api/inbox", headers=city.as_("head_housing")).json()["items"]
    assert [entry["number"] for entry in inbox] == [number]


def test_a_day_beyond_sixty_days_waits_for_supervision_and_the_clock_runs_meanwhile(city: City) -> None:
    number, code = promised(city, day="2026-11-01")  # 61 days after the receipt
    letter, clocks = seen(city, code)
    assert clocks["letter"]["running"]
    assert task(city, number, "allow", "head_housing", allowed=True).status_code == 403
    supervisor = "supervisor_supervision_party"
    silent = task(city, number, "allow", supervisor, allowed=False)
    assert silent.status_code == 422  # a no needs its reason
    assert task(city, number, "allow", supervisor, allowed=False, allow_note="太晚。").status_code == 200
    promise(city, number, "2026-11-01")
    assert task(city, number, "allow", supervisor, allowed=True).status_code == 200
    letter, clocks = seen(city, code)
    assert (letter["state"], clocks["promise"]["limits"][1]["due"]) == ("promised", "2026-11-01")


def test_sixty_days_are_the_departments_own(city: City) -> None:
    _, code = promised(city, day="2026-10-31")
    assert seen(city, code)[0]["state"] == "promised"


def test_a_promise_is_renewed_once_with_the_heads_approval_and_the_author_reads_why(city: City) -> None:
    number, code = promised(city, day="2026-09-30")
    ask = {"text": "厂家延期交货。", "renew_until": "2026-10-15"}
    city.done(number, "complete", "department_housing", **ask)
    assert seen(city, code)[1]["promise"]["limits"][1]["due"] == "2026-09-30"  # until the head agrees
    assert task(city, number, "approve_renewal", "head_housing", approved=True).status_code == 200
    letter, clocks = seen(city, code)
    assert letter["state"] == "renewed"
    assert clocks["promise"]["limits"][1]["due"] == "2026-10-15"
    assert "厂家延期交货。" in [content["text"] for content in letter["contents"]]
    why = city.client.get(f"/api/petitions/{code}/clocks/promise").json()
    assert "第0日由2026-09-30改为2026-10-15，期限随之改变。" in why["limits"][1]["words"]["zh"]
    # A second time nothing moves: the task is open again.
    city.done(number, "complete", "department_housing", **ask | {"renew_until": "2026-10-30"})
    letter, clocks = seen(city, code)
    assert clocks["promise"]["limits"][1]["due"] == "2026-10-15"
    city.done(number, "complete", "department_housing", text="已更换。")
    city.done(number, "check", "clerk")
    assert not seen(city, code)[1]["promise"]["running"]
