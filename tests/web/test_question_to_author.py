"""A department asks the author, or for more time: who reads what, and what the clock shows meanwhile."""

from __future__ import annotations

from typing import Any

from tests.web.conftest import City


def letter_clock(city: City, ref: str) -> dict[str, Any]:
    clocks = city.client.get(f"/api/petitions/{ref}").json()["clocks"]
    found: dict[str, Any] = next(clock for clock in clocks if clock["clock"] == "letter")
    return found


def handed_over(city: City, **more: Any) -> dict[str, Any]:
    letter = city.submit(**more)
    city.accept_and_assign(letter["number"])
    city.sign(letter["number"])
    return letter


def task(city: City, number: str, element: str, account: str, **data: Any) -> Any:
    return city.client.post(
        f"/api/petitions/{number}/tasks/{element}", json={"data": data}, headers=city.as_(account)
    )


def test_the_author_reads_the_question_the_public_does_not_and_the_clock_is_paused(city: City) -> None:
    letter = handed_over(city, public=True)
    number, code = letter["number"], letter["tracking_code"]
    city.done(number, "reply", "department_housing", text="请问是哪一栋楼？", kind="question")
    mine = city.client.get(f"/api/petitions/{code}").json()
    assert [content["text"] for content in mine["contents"]] == ["请问是哪一栋楼？"]
    assert mine["state"] == "asked"
    (listed,) = city.client.get("/api/petitions").json()["items"]
    assert (listed["lamp"], listed["standing"]) == ("unlit", "paused")
    assert '<strong class="quiet">暂停</strong>' in city.client.get("/").text
    assert city.client.get(f"/api/petitions/{number}").json()["contents"] == []
    clock = letter_clock(city, code)
    assert (clock["standing"], clock["paused_on"]) == ("paused", "2026-09-01")
    answered = task(city, number, "hear_author", "clerk", content_id="三号楼。")
    assert answered.status_code == 200, answered.text
    clock = letter_clock(city, code)
    assert (clock["standing"], clock["limits"][0]["due"]) == ("running", "2026-09-08")


def test_the_author_reads_until_when_the_handling_was_extended_and_why(city: City) -> None:
    letter = handed_over(city)
    number, code = letter["number"], letter["tracking_code"]
    city.done(number, "reply", "department_housing", text="需要开挖路面。", kind="more_time")
    assert city.client.get(f"/api/petitions/{code}").json()["contents"] == []
    assert task(city, number, "grant", "department_housing", granted=True).status_code == 403
    granted = task(city, number, "grant", "clerk", granted=True, extension_days=10)
    assert granted.status_code == 200, granted.text
    mine = city.client.get(f"/api/petitions/{code}").json()
    assert [content["text"] for content in mine["contents"]] == ["需要开挖路面。"]
    clock = letter_clock(city, code)
    assert (clock["standing"], clock["extended_until"]) == ("extended", "2026-09-21")
    why = city.client.get(f"/api/petitions/{code}/clocks/letter").json()["limits"][0]["words"]["zh"]
    assert why[0].startswith("依据：五个工作日内答复")
    assert why[2:4] == ["2026-09-01批准延期10个工作日。", "原为5个工作日，延期后共15个工作日。"]
