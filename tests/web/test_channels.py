"""By which channel a letter came in, and what its author said of themselves."""

from __future__ import annotations

import pytest

from tests.support.citizen import PERSON, code_of, file_letter, fill
from tests.web.conftest import City

LETTER = {"title": "路灯坏了", "text": "路灯坏了三个星期。", "contact": "13800000001"}


@pytest.mark.parametrize("channel", ["phone", "counter", "sms", "kiosk", "village", "import", "forum"])
def test_nobody_can_say_of_their_own_letter_that_the_house_took_it_down(city: City, channel: str) -> None:
    answer = city.client.post("/api/petitions", json=LETTER | {"channel": channel})
    assert answer.status_code == 422
    assert [fault["expected"] for fault in answer.json()["errors"]] == ["letter.channel_of_the_house"]
    assert city.client.get("/api/board").json()["total"] == 0


@pytest.mark.parametrize("act_id", ["intake/sms/1", "import/1"])
def test_nobody_can_take_the_name_of_a_gateways_letter_beforehand(city: City, act_id: str) -> None:
    answer = city.client.post("/api/petitions", json=LETTER | {"act_id": act_id})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-act-id")


def test_a_farmer_of_the_county_is_counted_as_one_and_the_public_is_not_told(city: City) -> None:
    area = next(
        unit["id"] for unit in city.client.get("/api/units").json()["items"] if unit["kind"] == "county"
    )
    page = file_letter(city.client, **PERSON)  # who says nothing is served as well
    assert code_of(page)
    letter = city.submit(contact="13800000001", citizen_group="farmer", citizen_area=area)
    path = f"/api/petitions/{letter['number']}"
    seen = city.client.get(path, headers=city.as_("clerk")).json()
    assert (seen["author"]["group"], seen["author"]["area"], seen["channel"]) == ("farmer", area, "web")
    city.done(letter["number"], "accept", "clerk")
    public = city.client.get(path).json()
    assert (public["author"], public["channel"], public["received_at"]) == (None, None, None)
    desk = city.browser("clerk").get(f"/desk/letters/{letter['number']}").text
    assert "农民" in desk


def test_what_somebody_says_of_themselves_is_shown_again_before_it_is_sent(city: City) -> None:
    fill(city.client, "/submit", title="路灯", text="坏了", kind="help", addressee="city")
    page = fill(city.client, "/submit/you", **PERSON, citizen_group="retired", citizen_area="elsewhere")
    assert page.url.path == "/submit/check"
    assert "离退休人员" in page.text
    assert "本市以外" in page.text
    wrong = fill(city.client, "/submit/you", **PERSON, citizen_group="queen", citizen_area="moon")
    assert wrong.status_code == 422
    assert 'id="citizen_group-error"' in wrong.text
    assert 'id="citizen_area-error"' in wrong.text
