"""A letter's whole way through the JSON API."""

from __future__ import annotations

import pytest

from tests.web.conftest import City


def test_citizen_gets_number_and_code_and_reads_the_letter_back_exactly(city: City) -> None:
    text = "第一行\r\n\t💡<script>alert(1)</script> مرحبا بالعالم  \n末行"
    letter = city.submit(text=text, name="王小明", contact="138 0000 0000")
    assert letter["number"].startswith("2026-")
    assert letter["state"] == "submitted"
    assert letter["received_on"] == "2026-09-01"
    own = {"Wenzheng-Passphrase": "138-0000-0000"}
    mine = city.client.get(f"/api/petitions/{letter['tracking_code']}", headers=own).json()
    assert mine["text"] == text
    assert mine["author"] == {"name": "王小明", "contact": "13800000000", "group": None, "area": None}


@pytest.mark.parametrize("text", ["灯", "灯" * 4000, "👨‍👩‍👧‍👦" * 10, "\u202eمرحبا\u202c", "<b>&amp;</b>"])
def test_texts_of_any_sort_arrive_as_they_were_sent(city: City, text: str) -> None:
    letter = city.submit(text=text)
    assert city.client.get(f"/api/petitions/{letter['tracking_code']}").json()["text"] == text


def test_a_letter_goes_from_submission_to_solved(city: City) -> None:
    letter = city.fed_back()
    number, code = letter["number"], letter["tracking_code"]
    done = city.done(code, "rate", None, solved=True, satisfaction=5, comment="谢谢")
    assert done["ended"]
    assert done["state"] == "closed"
    mine = city.client.get(f"/api/petitions/{code}").json()
    assert mine["outcome"] == "solved"
    assert mine["lamp"] == "green"
    assert [content["kind"] for content in mine["contents"]] == ["reply", "completion", "feedback", "rating"]
    assert mine["contents"][0]["reply_kind"] == "done"
    timeline = city.client.get(f"/api/petitions/{number}/timeline", headers=city.as_("clerk")).json()
    elements = [event["element"] for event in timeline["events"] if event["event"] == "task_closed"]
    assert elements == [
        "accept", "assign", "sign", "reply", "approve", "complete", "check", "feedback", "rate"
    ]  # fmt: skip


def test_unsolved_twice_goes_to_the_supervisor(city: City) -> None:
    letter = city.fed_back()
    number, code = letter["number"], letter["tracking_code"]
    city.done(code, "rate", None, solved=False, satisfaction=1)
    city.answer_again(number)
    done = city.done(code, "rate", None, solved=False, satisfaction=1)
    assert done["open"] == ["decide"]
    done = city.done(number, "decide", "supervisor_supervision_party", text="责成重新办理。")
    assert done["ended"]
    assert city.client.get(f"/api/petitions/{code}").json()["outcome"] == "decided"


def test_a_refused_letter_needs_a_reason_and_its_author_reads_it(city: City) -> None:
    letter = city.submit()
    refused = city.act(letter["number"], "accept", "clerk", accepted=False)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "#/reason"
    city.done(letter["number"], "accept", "clerk", accepted=False, reason="not_ours")
    events = city.client.get(f"/api/petitions/{letter['tracking_code']}/timeline").json()["events"]
    assert any(event["data"].get("reason") == "not_ours" for event in events)


def test_the_author_withdraws_and_nothing_more_happens(city: City) -> None:
    letter = city.submit()
    done = city.done(letter["tracking_code"], "withdraw", None, reason="已自行解决")
    assert done["ended"]
    late = city.act(letter["number"], "accept", "clerk")
    assert late.status_code == 409
    assert late.json()["code"] == "ended"
    mine = city.client.get(f"/api/petitions/{letter['tracking_code']}").json()
    assert [content["text"] for content in mine["contents"]] == ["已自行解决"]
    again = city.done(letter["tracking_code"], "withdraw", None, reason="已自行解决", act_id=done["act_id"])
    assert again["ended"]


def test_the_same_submission_twice_is_one_letter(city: City) -> None:
    body = {"title": "路灯", "text": "坏了", "passphrase": "芝麻开门"}
    first, second = (
        city.client.post("/api/petitions", json=body, headers={"Idempotency-Key": "phone-1"}).json()
        for _ in range(2)
    )
    assert first == second
    other = city.client.post(
        "/api/petitions", json=body | {"text": "又坏了"}, headers={"Idempotency-Key": "phone-1"}
    )
    assert other.status_code == 409
    assert first["number"] not in other.text


def test_the_same_act_twice_is_one_act_also_after_the_end(city: City) -> None:
    letter = city.fed_back()
    act = {"solved": True, "satisfaction": 4, "act_id": "verdict-1"}
    first = city.done(letter["tracking_code"], "rate", None, **act)
    again = city.done(letter["tracking_code"], "rate", None, **act)
    assert (first["at"], first["actor"]) == (again["at"], again["actor"])
    other = city.act(letter["tracking_code"], "withdraw", None, act_id="verdict-1")
    assert other.status_code == 409
    accept = {"act_id": "accept-1"}
    fresh = city.submit()
    assert city.done(fresh["number"], "accept", "clerk", **accept) == city.done(
        fresh["number"], "accept", "clerk", **accept
    )


def test_the_loser_of_a_race_hears_who_was_first_and_when(city: City) -> None:
    letter = city.submit()
    city.done(letter["number"], "accept", "clerk")
    lost = city.act(letter["number"], "accept", "centre_head")
    assert lost.status_code == 409
    problem = lost.json()
    assert problem["code"] == "already-done"
    assert problem["by"] == "clerk"
    assert problem["at"].startswith("2026-09-01T02:00")
    assert "clerk" in problem["detail"]


def test_somebody_elses_act_id_is_not_ones_own(city: City) -> None:
    letter = city.submit()
    city.done(letter["number"], "accept", "clerk", act_id="x-1")
    assert city.act(letter["number"], "accept", "centre_head", act_id="x-1").status_code == 409


def test_while_temporal_is_away_letters_are_taken_and_acts_wait(city: City) -> None:
    city.processes.away = True
    letter = city.submit()
    early = city.act(letter["number"], "accept", "clerk", act_id="early")
    assert early.status_code == 503
    assert early.headers["retry-after"]
    assert early.json()["code"] == "process-away"
    city.processes.away = False
    city.processes.start_waiting()
    assert city.done(letter["number"], "accept", "clerk", act_id="early")["state"] == "accepted"


def test_a_text_whose_act_was_refused_was_never_said(city: City) -> None:
    letter = city.submit()
    city.accept_and_assign(letter["number"])
    city.sign(letter["number"])
    refused = city.act(letter["number"], "complete", "department_housing", text="还没答复就说办结")
    assert refused.status_code == 409
    assert refused.json()["code"] == "not-open"
    assert city.client.get(f"/api/petitions/{letter['tracking_code']}").json()["contents"] == []


def test_a_department_acts_on_its_own_letters_only(city: City) -> None:
    letter = city.submit()
    city.accept_and_assign(letter["number"], "housing_property")
    refused = city.act(letter["number"], "reply", "department_transport", text="不归我们")
    assert refused.status_code == 403
    assert refused.json()["code"] == "not-your-letter"
    # The department above an assigned section answers for it.
    city.done(letter["number"], "sign", "department_housing")
    city.done(letter["number"], "reply", "head_housing", text="马上办。")


@pytest.mark.parametrize("unit", ["nowhere", "city", "mayor", "centre", ""])
def test_a_letter_is_assigned_to_units_that_answer_letters_only(city: City, unit: str) -> None:
    letter = city.submit()
    city.done(letter["number"], "accept", "clerk")
    refused = city.act(letter["number"], "assign", "clerk", department=unit)
    assert refused.status_code == 422
    assert refused.json()["code"] == "bad-unit"


def test_the_public_number_is_no_key_for_the_authors_acts(city: City) -> None:
    letter = city.fed_back()
    for ref in (letter["number"], letter["id"]):
        assert city.act(ref, "rate", None, solved=True, satisfaction=5).status_code == 404
        assert city.act(ref, "withdraw", None).status_code == 404


def test_act_id_used_again_for_other_words_or_the_opposite_is_refused(city: City) -> None:
    number = city.submit()["number"]
    city.done(number, "accept", "clerk", act_id="a-1")
    assert city.done(number, "accept", "clerk", act_id="a-1")["state"] == "accepted"
    opposite = city.act(number, "accept", "clerk", act_id="a-1", accepted=False, reason="duplicate")
    assert opposite.status_code == 409
    assert opposite.json()["code"] == "act-id-taken"
    city.done(number, "assign", "clerk", department="housing")
    city.sign(number)
    city.done(number, "reply", "department_housing", act_id="a-2", text="今晚修。")
    city.done(number, "reply", "department_housing", act_id="a-2", text="今晚修。")
    other = city.act(number, "reply", "department_housing", act_id="a-2", text="明天修。")
    assert other.json()["code"] == "act-id-taken"


def test_act_id_of_a_closed_letter_still_names_only_what_was_done(city: City) -> None:
    number = city.submit()["number"]
    refusal = {"act_id": "a-1", "accepted": False, "reason": "duplicate"}
    city.done(number, "accept", "clerk", **refusal)
    assert city.done(number, "accept", "clerk", **refusal)["state"] == "rejected"
    assert city.act(number, "accept", "clerk", act_id="a-1").json()["code"] == "act-id-taken"


def test_clerk_who_loses_the_race_for_the_last_act_hears_who_closed_the_letter(city: City) -> None:
    number = city.submit()["number"]
    city.done(number, "accept", "centre_head", accepted=False, reason="duplicate")
    lost = city.act(number, "accept", "clerk")
    assert lost.status_code == 409
    assert lost.json()["code"] == "ended"
    assert lost.json()["by"] == "centre_head"
    assert lost.json()["at"]
    assert "centre_head" in lost.json()["detail"]


@pytest.mark.parametrize("blank", [" ", "\n\t", "　"])
def test_reply_of_blanks_does_not_light_the_green_lamp(city: City, blank: str) -> None:
    letter = city.submit()
    city.accept_and_assign(letter["number"])
    refused = city.act(letter["number"], "reply", "department_housing", text=blank)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["expected"] == "some text, not only blanks"
    assert city.client.get(f"/api/petitions/{letter['tracking_code']}").json()["lamp"] == "unlit"
