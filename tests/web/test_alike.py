"""The clerk is shown letters that say the same, citizens those that have been answered; nobody else is."""

from __future__ import annotations

from typing import Any

from tests.support.citizen import token
from tests.web.conftest import City

LAMP = {
    "title": "滨河路路灯坏了",
    "text": "滨河路有三盏路灯晚上不亮，走路看不见，请派人修。",
    "contact": "13800000001",
}
AGAIN = {"title": "滨河路三盏路灯不亮", "text": "晚上滨河路黑得看不见，三盏路灯都不亮，请派人来修。"}
OTHER = {"title": "食堂的菜是凉的", "text": "孩子中午吃不饱，请学校解决。", "contact": "13800000001"}


def alike(city: City, number: str, account: str = "clerk") -> list[dict[str, Any]]:
    answer = city.client.get(f"/api/petitions/{number}/alike", headers=city.as_(account))
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def test_clerk_sees_which_letters_say_the_same_and_why(city: City) -> None:
    first = str(city.submit(**LAMP, public=False)["number"])
    city.submit(**OTHER)
    report = str(city.submit(**AGAIN, kind="report")["number"])
    again = str(city.submit(**AGAIN, contact="13800000001")["number"])
    (found,) = alike(city, again)
    assert found["letter"]["number"] == first
    assert found["score"] >= 0.25
    assert {"title", "words", "contact", "addressee"} <= set(found["reasons"])
    assert report not in {one["letter"]["number"] for one in alike(city, first)}
    page = city.browser("clerk").get(f"/desk/letters/{again}").text
    assert "可能说的是同一件事" in page
    assert f'href="/desk/letters/{first}"' in page
    assert "同一联系方式" in page
    city.accept_and_assign(again)
    assert "可能说的是同一件事" not in city.browser("department_housing").get(f"/desk/letters/{again}").text
    for account in ("department_housing", "operator"):
        answer = city.client.get(f"/api/petitions/{again}/alike", headers=city.as_(account))
        assert answer.status_code == 403


def test_citizen_is_shown_a_published_answer_before_the_letter_is_sent(city: City) -> None:
    number = str(city.submit(**LAMP)["number"])
    hidden = str(city.submit(**LAMP, public=False)["number"])
    waiting = str(city.submit(**LAMP)["number"])
    for one in (number, hidden):
        city.accept_and_assign(one)
        city.sign(one)
        city.reply(one)
    city.accept_and_assign(waiting)
    page = written(city, AGAIN)
    assert "这些来信已经有了答复" in page
    assert f'href="/letters/{number}"' in page
    assert hidden not in page
    assert waiting not in page
    assert "已经有了答复" not in written(city, OTHER)


def written(city: City, letter: dict[str, str]) -> str:
    """What follows the first step."""
    form = {"csrf": token(city.client.get("/submit")), "kind": "help", "addressee": "city"}
    words = {name: letter[name] for name in ("title", "text")}
    answer = city.client.post("/submit", data=form | words)
    assert answer.status_code == 200
    assert str(answer.url).endswith("/submit/attachments")
    return answer.text
