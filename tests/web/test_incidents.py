"""What an operator sees of a branch that has stopped, and what the operator may do about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.support.choice import CHOICE
from tests.support.citizen import token
from tests.web.conftest import RECEIVED, City
from wenzheng.contracts import MESSAGE_THROWN, Flush, Record, Routing

PAGE = {"Accept": "text/html"}
MENDED = {"reason": "邮件服务器已恢复"}


@pytest.fixture
def stopped(city: City) -> str:
    """The name of the incident of a letter whose author cannot be told that it was accepted."""
    city.processes.broken["notify_author"] = "Cannot reach 13811112222 or a.b@example.org."
    letter = city.submit(name="欧阳小明")
    city.done(letter["number"], "accept", "clerk")
    return f"{letter['number']}-{the(city)['id'].rpartition('-')[2]}"


@pytest.fixture
def choosing(make_city: Callable[..., City], tmp_path: Path) -> tuple[City, str]:
    """A city, and the name of the incident of a gateway there that knows no way."""
    folder = tmp_path / "choice"
    folder.mkdir()
    (folder / "petition.bpmn").write_text(CHOICE, encoding="utf-8")
    city = make_city(bundle=folder)
    number = city.submit()["number"]
    city.done(number, "tasks/count", "clerk", data={"many": 7})
    return city, the(city)["id"]


def get(city: City, path: str = "", account: str = "operator") -> Any:
    answer = city.client.get(f"/api/incidents{path}", headers=city.as_(account))
    assert answer.status_code == 200, answer.text
    return answer.json()


def the(city: City) -> Any:
    """The only open incident."""
    (only,) = get(city)["items"]
    return only


def post(city: City, name: str, action: str, account: str = "operator", **body: Any) -> Any:
    return city.client.post(f"/api/incidents/{name}/{action}", json=MENDED | body, headers=city.as_(account))


def open_tasks(city: City, number: str) -> list[str]:
    answer = city.client.get(f"/api/petitions/{number}/tasks", headers=city.as_("clerk"))
    return [item["element"] for item in answer.json()["items"]]


def test_an_operator_sees_what_stopped_and_why_but_nothing_of_the_author(city: City, stopped: str) -> None:
    found = the(city)
    number = found["letter"]
    assert (found["id"], found["element"], found["process"]) == (stopped, "tell_accepted", "petition")
    assert (found["code"], found["message"]) == (
        "service-failed",
        "Cannot reach *********22 or ***@example.org.",
    )
    assert found["raised_at"] == "2026-09-01T02:00:00Z"
    assert (found["resolved_at"], found["action"]) == (None, None)
    page = city.browser("operator").get("/incidents", headers=PAGE).text
    one = city.browser("operator").get(f"/incidents/{stopped}", headers=PAGE).text
    assert "*********22" in one
    for text in (page, one):
        assert number in text
        assert "tell_accepted" in text
        assert "外部服务失败" in text
        assert not [word for word in ("欧阳小明", "13811112222", "a.b@", "路灯") if word in text]
    assert open_tasks(city, number) == []


def test_a_service_that_failed_may_be_retried_skipped_or_answered(city: City, stopped: str) -> None:
    found = get(city, f"/{stopped}")
    assert (found["type"], found["actions"]) == ("serviceTask", ["retry", "skip", "answer"])
    assert (found["output"], found["flows"]) == ({"queued": "bool"}, [])


def test_a_gateway_that_knows_no_way_takes_one_from_the_operator(choosing: tuple[City, str]) -> None:
    city, name = choosing
    found = get(city, f"/{name}")
    assert (found["name"], found["type"], found["actions"]) == (
        "多少",
        "exclusiveGateway",
        ["retry", "answer"],
    )
    assert found["flows"] == [
        {"flow": "few", "to": "over", "name": "over"},
        {"flow": "some", "to": "settle", "name": "了结"},
    ]
    refused = post(city, name, "skip")
    assert (refused.status_code, refused.json()["code"]) == (422, "bad-action")
    assert refused.json()["errors"][0]["expected"] == "one of retry, answer"
    refused = post(city, name, "answer", data={"flow": "none", "more": 1})
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["#/data/flow", "#/data/more"]
    assert post(city, name, "answer", data={"flow": "some"}).status_code == 200
    assert get(city)["items"] == []
    assert open_tasks(city, found["letter"]) == ["settle"]


def test_a_retry_after_the_repair_lets_the_letter_go_on(city: City, stopped: str) -> None:
    city.processes.broken.clear()
    done = post(city, stopped, "retry").json()
    assert (done["action"], done["resolved_by"], done["reason"]) == ("retry", "operator", MENDED["reason"])
    assert done["open"] == []
    assert get(city) == {"open": 0, "items": []}
    (resolved,) = get(city, "?show=resolved")["items"]
    assert resolved["id"] == stopped
    assert open_tasks(city, done["letter"]) == ["assign"]


def test_a_retry_in_vain_says_what_stopped_again(city: City, stopped: str) -> None:
    done = post(city, stopped, "retry").json()
    assert done["resolved_at"]
    assert done["open"] == [the(city)["id"]] != [stopped]


def test_skipping_goes_on_without_what_the_element_would_have_given(city: City, stopped: str) -> None:
    done = post(city, stopped, "skip").json()
    assert (done["action"], done["open"]) == ("skip", [])
    assert open_tasks(city, done["letter"]) == ["assign"]


def test_an_answer_gives_what_the_service_would_have_given(city: City, stopped: str) -> None:
    done = post(city, stopped, "answer", data={"queued": True}).json()
    assert (done["action"], done["open"]) == ("answer", [])
    assert open_tasks(city, done["letter"]) == ["assign"]


def test_a_wrong_answer_is_refused_with_all_that_is_wrong_and_resolves_nothing(
    city: City, stopped: str
) -> None:
    refused = post(city, stopped, "answer", data={"queued": "yes", "odd": 1})
    assert (refused.status_code, refused.json()["code"]) == (422, "bad-data")
    assert [(fault["pointer"], fault["found"]) for fault in refused.json()["errors"]] == [
        ("#/data/queued", "yes"),
        ("#/data/odd", "odd"),
    ]
    assert post(city, stopped, "answer").json()["errors"][0]["found"] == "nothing"
    assert the(city)["id"] == stopped


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2_001, None])
def test_nobody_resolves_anything_without_a_reason(city: City, stopped: str, reason: str | None) -> None:
    assert post(city, stopped, "skip", reason=reason).status_code == 422
    assert the(city)["id"] == stopped


def test_a_reason_that_no_database_keeps_is_refused(city: City, stopped: str) -> None:
    refused = post(city, stopped, "skip", reason="a\0b")
    assert (refused.status_code, refused.json()["code"]) == (422, "bad-text")
    assert the(city)["id"] == stopped


def test_the_same_act_sent_twice_is_one_act(city: City, stopped: str) -> None:
    first = post(city, stopped, "skip", act_id="one")
    again = post(city, stopped, "skip", act_id="one")
    assert first.status_code == again.status_code == 200
    assert first.json() | {"open": []} == again.json() | {"open": []}


def test_an_act_id_that_was_used_for_another_decision_is_refused(city: City, stopped: str) -> None:
    post(city, stopped, "skip", act_id="one")
    for other in ({"reason": "another one"}, {"account": "operator", "action": "retry"}):
        refused = post(city, stopped, other.pop("action", "skip"), act_id="one", **other)
        assert (refused.status_code, refused.json()["code"]) == (409, "act-id-taken")


def test_an_act_id_is_free_again_when_its_answer_was_refused(city: City, stopped: str) -> None:
    assert post(city, stopped, "answer", act_id="one", data={}).status_code == 422
    assert post(city, stopped, "answer", act_id="one", data={"queued": False}).status_code == 200


def test_of_two_operators_the_second_hears_who_was_first_when_and_how(city: City, stopped: str) -> None:
    post(city, stopped, "skip")
    city.at(RECEIVED + timedelta(hours=1))
    refused = post(city, stopped, "retry")
    said = refused.json()
    assert (refused.status_code, said["code"]) == (409, "already-done")
    assert (said["by"], said["at"], said["action"]) == ("operator", "2026-09-01T02:00:00+00:00", "skip")
    assert "operator resolved" in said["detail"]
    assert "2026-09-01 10:00" in said["detail"]


def test_what_was_cancelled_meanwhile_needs_nobody_any_more(city: City, stopped: str) -> None:
    number = the(city)["letter"]
    with city.services.store.reader() as reader:
        row = reader.petition(number)
    assert row is not None
    assert city.act(row.tracking_code, "withdraw", None).status_code == 200
    assert get(city)["items"] == []
    refused = post(city, stopped, "retry")
    assert (refused.status_code, refused.json()["code"], refused.json()["by"]) == (409, "already-done", None)
    assert "Nobody need decide" in refused.json()["detail"]


def test_while_the_engine_is_away_incidents_are_seen_and_nothing_is_decided(city: City, stopped: str) -> None:
    city.processes.away = True
    assert get(city, f"/{stopped}")["actions"] is None
    refused = post(city, stopped, "retry", act_id="one")
    assert (refused.status_code, refused.json()["code"]) == (503, "process-away")
    assert "稍后" in city.browser("operator").get(f"/incidents/{stopped}", headers=PAGE).text
    city.processes.away = False
    assert post(city, stopped, "retry", act_id="one").status_code == 200


def test_a_process_administrator_looks_and_an_operator_decides(city: City, stopped: str) -> None:
    assert get(city, account="process_admin")["open"] == 1
    refused = post(city, stopped, "skip", "process_admin")
    assert (refused.status_code, refused.json()["code"]) == (403, "wrong-role")
    page = city.browser("process_admin").get(f"/incidents/{stopped}", headers=PAGE).text
    assert '<form method="post" action="/incidents' not in page
    assert "运维员处理" in page


@pytest.mark.parametrize("name", ["nothing", "2026-000001-0", "2026-000009-1", "-1", "petition-x-1", "a-"])
def test_an_incident_that_is_not_there_is_not_found(city: City, stopped: str, name: str) -> None:
    answer = city.client.get(f"/api/incidents/{name}", headers=city.as_("operator"))
    assert (answer.status_code, answer.json()["code"]) == (404, "no-incident")


# --- pages --------------------------------------------------------------------------------------


def send(browser: TestClient, name: str, **sent: str) -> Any:
    page = browser.get(f"/incidents/{name}", headers=PAGE)
    return browser.post(f"/incidents/{name}", data={"csrf": token(page)} | sent, headers=PAGE)


def test_an_operator_begins_at_the_incidents_after_signing_in(city: City) -> None:
    browser = city.browser("operator")
    assert browser.get("/sign-in", follow_redirects=False).headers["location"] == "/incidents"
    assert "目前没有故障" in browser.get("/incidents", headers=PAGE).text
    assert 'href="/incidents"' not in city.browser("clerk").get("/desk", headers=PAGE).text


@pytest.mark.parametrize(("language", "words"), [("zh", "故障已处理"), ("en", "The incident is resolved")])
def test_an_operator_skips_on_the_page_in_either_language(
    city: City, stopped: str, language: str, words: str
) -> None:
    browser = city.browser("operator")
    browser.get(f"/incidents?lang={language}", headers=PAGE)
    page = send(browser, stopped, action="skip", reason="Not needed")
    assert page.status_code == 200
    assert words in page.text
    assert "Not needed" in page.text
    resolved = browser.get("/incidents?show=resolved", headers=PAGE).text
    assert "tell_accepted" in resolved
    assert "运维员" in resolved


def test_an_answer_is_given_by_the_fields_that_the_service_would_have_filled(
    city: City, stopped: str
) -> None:
    browser = city.browser("operator")
    page = send(browser, stopped, action="answer", reason="By hand", **{"value-queued": "yes"})
    assert "故障已处理" in page.text
    assert get(city)["items"] == []


def test_a_page_says_all_that_is_wrong_and_keeps_what_was_typed(city: City, stopped: str) -> None:
    browser = city.browser("operator")
    empty = send(browser, stopped)
    assert empty.status_code == 422
    for place in ('href="#action"', 'href="#reason"'):
        assert place in empty.text
    page = send(browser, stopped, action="answer", reason="看过日志")
    assert page.status_code == 422
    assert 'href="#value-queued"' in page.text
    assert "看过日志" in page.text
    assert the(city)["id"] == stopped


def test_a_gateway_is_shown_its_flows_and_where_they_lead(choosing: tuple[City, str]) -> None:
    city, name = choosing
    browser = city.browser("operator")
    page = browser.get(f"/incidents/{name}", headers=PAGE).text
    assert 'value="some"' in page
    assert "了结" in page
    assert 'value="skip"' not in page
    wrong = send(browser, name, action="answer", reason="x")
    assert 'href="#flow"' in wrong.text
    assert send(browser, name, action="skip", reason="x").status_code == 422
    assert "故障已处理" in send(browser, name, action="answer", reason="x", flow="some").text


def test_a_page_that_was_open_too_long_decides_nothing(city: City, stopped: str) -> None:
    browser = city.browser("operator")
    answer = browser.post(f"/incidents/{stopped}", data={"action": "skip", "reason": "x"}, headers=PAGE)
    assert answer.status_code == 403
    assert the(city)["id"] == stopped


def test_who_decides_second_on_the_page_reads_who_was_first_and_keeps_the_words(
    city: City, stopped: str
) -> None:
    browser = city.browser("operator")
    page = browser.get(f"/incidents/{stopped}", headers=PAGE)
    post(city, stopped, "skip")
    sent = {"csrf": token(page), "action": "retry", "reason": "我来重试"}
    late = browser.post(f"/incidents/{stopped}", data=sent, headers=PAGE)
    assert late.status_code == 409
    assert "运维员 已于" in late.text
    assert "我来重试" in late.text


def test_a_page_while_the_engine_is_away_keeps_what_was_typed(city: City, stopped: str) -> None:
    browser = city.browser("operator")
    page = browser.get(f"/incidents/{stopped}", headers=PAGE)
    city.processes.away = True
    sent = {"csrf": token(page), "action": "retry", "reason": "我来重试"}
    away = browser.post(f"/incidents/{stopped}", data=sent, headers=PAGE)
    assert away.status_code == 503
    assert "我来重试" in away.text
    assert the(city)["id"] == stopped


def test_who_handles_the_letter_reads_that_it_has_stopped_and_the_public_does_not(
    city: City, stopped: str
) -> None:
    number = the(city)["letter"]
    clerk = city.browser("clerk")
    assert "有一个环节停住了" in clerk.get(f"/desk/letters/{number}", headers=PAGE).text
    assert "停住" not in city.client.get(f"/letters/{number}", headers=PAGE).text
    post(city, stopped, "skip")
    assert "停住" not in clerk.get(f"/desk/letters/{number}", headers=PAGE).text


@pytest.mark.parametrize(("language", "why"), [("zh", "长期无人接收"), ("en", "Nobody has taken it")])
def test_messages_that_nobody_takes_are_shown_but_not_what_they_say(
    city: City, language: str, why: str
) -> None:
    thrown = {"message": "hello", "keys": {"by": ["13811112222"]}, "data": {"who": "欧阳小明"}}
    record = Record("go", 0, 1, MESSAGE_THROWN, "e", RECEIVED, thrown)
    store = city.services.store
    store.apply_flush(Flush("digest-1", "b" * 64, "c" * 64, [record], "d" * 64, {}, Routing()))
    browser = city.browser("operator")
    browser.get(f"/incidents?lang={language}", headers=PAGE)
    with store.unit_of_work() as unit:
        assert unit.set_aside_kept(RECEIVED + timedelta(days=1)) == 1
    page = browser.get("/incidents?show=messages", headers=PAGE).text
    for words in ("digest-1", "hello", why, "wenzheng messages discard", "message-"):
        assert words in page
    assert not [words for words in ("13811112222", "欧阳小明") if words in page]
