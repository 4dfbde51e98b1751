"""A process administrator changes how letters are handled, at the pages and over the API."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.support.citizen import token
from tests.web.conftest import City
from wenzheng.catalog.rule_words import words_of_rule
from wenzheng.web.i18n import catalogue
from wenzheng.workshop import remember_approval

PAGE = {"Accept": "text/html"}
YELLOW = "yellow: {working_days: 5, lamp: yellow, notify: department_head, remind"
THREE = YELLOW.replace("5", "3")
WHY = "市长办公会决定三日内答复"


@pytest.fixture
def admin(city: City) -> TestClient:
    """The browser of the process administrator; a second one has an account as well."""
    with city.services.store.unit_of_work() as unit:
        unit.save_account(
            id="second", name="另一位管理员", role="process_admin", unit_id=None, token="token-second"
        )
    return city.browser("process_admin")


def current(city: City) -> str:
    return city.services.definition()


def text_of(city: City) -> str:
    bundle = city.services.workshop.current("petition")
    assert bundle is not None
    return bundle.files["petition.yaml"].decode()


def page(browser: TestClient, path: str) -> str:
    answer = browser.get(path, headers=PAGE)
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def send(browser: TestClient, path: str, status: int = 200, **sent: str) -> Any:
    """Send a form and follow where it leads; the token is that of the definition's page."""
    csrf = token(browser.get("/definitions/petition", headers=PAGE))
    answer = browser.post(path, data={"csrf": csrf} | sent, headers=PAGE)
    assert answer.status_code == status, answer.text
    return answer


def check(city: City, browser: TestClient, text: str) -> Any:
    """Paste a text and have it checked."""
    pasted = text.replace("\n", "\r\n")
    return send(browser, f"/definitions/petition/{current(city)}", file="petition.yaml", text=pasted)


def yellow(city: City, number: str) -> str:
    letter = city.client.get(f"/api/petitions/{number}", headers=city.as_("clerk")).json()
    [clock] = [clock for clock in letter["clocks"] if clock["clock"] == "letter"]
    return str(next(limit["due"] for limit in clock["limits"] if limit["id"] == "yellow"))


def test_three_days_instead_of_five_and_back_at_the_pages(city: City, admin: TestClient) -> None:
    first, running = current(city), city.submit()["number"]
    assert "petition" in page(admin, "/definitions")
    assert f"/definitions/petition/{first}" in page(admin, "/definitions/petition")
    looked = check(city, admin, text_of(city).replace(YELLOW, THREE))
    assert current(city) == first  # looking changes nothing
    shown = html.unescape(looked.text)
    assert "时限“答复时限”（letter）的 yellow：5 个工作日 → 3 个工作日。" in shown
    made = looked.url.path.rpartition("/")[2]
    picture = admin.get(f"/definitions/petition/{made}/picture.svg")
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/svg+xml")
    done = send(admin, f"/definitions/petition/{made}/deploy", reason=WHY, expected=first)
    assert current(city) == made
    assert "该版本已生效" in done.text
    assert WHY in done.text
    assert "流程管理员" in done.text
    new = city.submit()["number"]
    assert (yellow(city, running), yellow(city, new)) == ("2026-09-08", "2026-09-04")
    send(admin, f"/definitions/petition/{first}/deploy", reason="时间太短", expected=made)
    assert current(city) == first
    assert yellow(city, city.submit()["number"]) == "2026-09-08"


def test_findings_stand_beside_the_text_with_its_line_and_nothing_can_be_deployed(
    city: City, admin: TestClient
) -> None:
    first = current(city)
    looked = check(city, admin, text_of(city).replace(YELLOW, YELLOW.replace("5", "five")))
    shown = html.unescape(looked.text)
    line = text_of(city)[: text_of(city).index(YELLOW)].count("\n") + 1
    assert f"petition.yaml 第 {line} 行" in shown
    assert "working_days: five" in re.sub(r"<textarea.*?</textarea>", "", shown, flags=re.DOTALL)
    assert "wrong-type" in shown
    finding = shown[shown.index('<li class="finding finding--error">') :]
    finding = finding[: finding.index("</li>")]
    words = words_of_rule("wrong-type")
    assert words is not None
    for said in ("错误", "不合标准", words.title, words.remedy):
        assert said in re.sub(r'<(\w+) lang="en".*?</\1>', "", finding, flags=re.DOTALL)
    assert re.search(r'<p lang="en" dir="ltr">Expected .* found the text \'five\'', finding)
    assert "/deploy" not in shown
    made = looked.url.path.rpartition("/")[2]
    assert admin.get(f"/definitions/petition/{made}/picture.svg").status_code == 404
    refused = send(admin, f"/definitions/petition/{made}/deploy", 422, reason=WHY, expected=first)
    assert "该版本不能部署" in refused.text
    assert current(city) == first


def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_is_kept(city: City, admin: TestClient) -> None:
    first = current(city)
    made = check(city, admin, text_of(city).replace(YELLOW, THREE)).url.path
    without = send(admin, f"{made}/deploy", 422, reason=" ", expected=first)
    assert 'href="#reason"' in without.text
    late = send(admin, f"{made}/deploy", 409, reason=WHY, expected="0" * 64)
    assert "已有人部署了另一版本" in late.text
    assert WHY in late.text
    forged = admin.post(f"{made}/deploy", data={"reason": WHY, "expected": first}, headers=PAGE)
    assert forged.status_code == 403
    assert WHY in forged.text
    assert current(city) == first


def test_losses_have_to_be_ticked(city: City, admin: TestClient) -> None:
    first = current(city)
    looked = check(city, admin, text_of(city).replace("by: supervisor", "by: leader"))
    assert "将失去" in looked.text
    made = looked.url.path
    refused = send(admin, f"{made}/deploy", 409, reason=WHY, expected=first)
    assert 'href="#losses"' in refused.text
    send(admin, f"{made}/deploy", reason=WHY, expected=first, losses="seen")
    assert current(city) == made.rpartition("/")[2]


def test_files_are_uploaded_in_place_of_those_of_the_same_name(city: City, admin: TestClient) -> None:
    path = f"/definitions/petition/{current(city)}"
    csrf = token(admin.get("/definitions/petition", headers=PAGE))
    words = "有新消息\n\n您的来信 {number} 已受理。\n"
    files = [("upload", ("C:\\texts\\accepted.zh.txt", words.encode(), "text/plain"))]
    looked = admin.post(
        path, data={"csrf": csrf, "file": "petition.yaml", "text": ""}, files=files, headers=PAGE
    )
    assert looked.status_code == 200
    assert "通知 messages/accepted.zh.txt 的正文" in html.unescape(looked.text)
    bad = [("upload", ("evil.exe", b"x", "text/plain"))]
    refused = admin.post(path, data={"csrf": csrf, "file": "petition.yaml"}, files=bad, headers=PAGE)
    assert refused.status_code == 422
    assert 'href="#upload"' in refused.text


def test_a_second_administrator_agrees_or_refuses(city: City, admin: TestClient) -> None:
    remember_approval(city.services.store, needed=True)
    first = current(city)
    made = check(city, admin, text_of(city).replace(YELLOW, THREE)).url.path
    assert "已提议该版本" in send(admin, f"{made}/deploy", reason=WHY, expected=first).text
    assert current(city) == first
    decision = "/definitions/petition/proposals/1"
    assert "收回提议" in page(admin, "/definitions/petition")
    own = send(admin, decision, 409, reason="我同意我自己", decision="approve")
    assert "须由另一名管理员审批" in own.text
    second = city.browser("second")
    assert send(second, decision, 422, reason="", decision="approve").status_code == 422
    send(second, decision, reason="已与各单位核对", decision="approve")
    assert current(city) == made.rpartition("/")[2]
    shown = page(second, "/definitions/petition")
    assert "另一位管理员 同意" in shown
    assert "已同意" in shown
    assert send(second, decision, 409, reason="再来", decision="refuse").status_code == 409


def test_in_english_and_over_the_api_it_is_the_same(city: City, admin: TestClient) -> None:
    first = current(city)
    head = city.as_("process_admin")
    wish = {"reason": WHY, "expected": first}
    bundle = city.services.workshop.current("petition")
    assert bundle is not None
    files = {name: content.decode() for name, content in bundle.files.items()}
    files["petition.yaml"] = files["petition.yaml"].replace(YELLOW, THREE)
    path = "/api/definitions/petition/deployments"
    dry = city.client.post(path, json=wish | {"files": files, "dry_run": True}, headers=head)
    assert dry.status_code == 200, dry.text
    assert dry.json()["changes"][0]["code"] == "limit.length"
    assert current(city) == first
    made = city.client.post(path, json=wish | {"files": files}, headers=head).json()
    assert (made["digest"], made["deployment"]["by"]) == (current(city), "process_admin")
    again = city.client.post(path, json=wish | {"files": files}, headers=head).json()
    assert again["known"]
    late = city.client.post(path, json=wish | {"digest": first}, headers=head)
    assert (late.status_code, late.json()["code"]) == (409, "deploy.changed")
    broken = files | {"petition.yaml": "language: 1\n"}
    refused = city.client.post(path, json=wish | {"files": broken}, headers=head)
    assert (refused.status_code, refused.json()["code"]) == (422, "definition-refused")
    assert refused.json()["errors"][0]["pointer"].startswith("petition.yaml:")
    odd = city.client.post(path, json=wish | {"files": {"../x.yaml": ""}}, headers=head)
    assert (odd.status_code, odd.json()["code"]) == (422, "bad-files")
    history = city.client.get("/api/definitions/petition", headers=head).json()
    assert [one["number"] for one in history["deployments"]] == [2, 1]
    names = {one["name"]: one for one in city.client.get("/api/definitions", headers=head).json()["items"]}
    assert names.keys() == {"petition", "forum"}
    version = city.client.get(f"/api/definitions/petition/versions/{first[:12]}", headers=head).json()
    assert version["runs"]
    assert YELLOW in version["files"]["petition.yaml"]
    query = {"before": first, "after": made["digest"]}
    changes = city.client.get("/api/definitions/petition/changes", params=query, headers=head).json()
    assert changes["changes"][0]["text"]["en"].endswith("5 working days → 3 working days.")
    assert "In force since" in page(admin, "/definitions/petition?lang=en")
    unknown = city.client.get("/api/definitions/circus", headers=head)
    assert unknown.status_code == 404
    remember_approval(city.services.store, needed=True)
    proposed = city.client.post(path, json=wish | {"digest": first, "expected": made["digest"]}, headers=head)
    number = proposed.json()["proposal"]["number"]
    decide = f"/api/definitions/petition/proposals/{number}"
    no = city.client.post(f"{decide}/refuse", json={"reason": "no"}, headers=city.as_("second"))
    assert no.json()["state"] == "refused"
    yes = city.client.post(f"{decide}/approve", json={"reason": "yes"}, headers=city.as_("second"))
    assert (yes.status_code, yes.json()["code"]) == (409, "deploy.decided")


def test_letters_are_answered_while_a_version_is_deployed(city: City, admin: TestClient) -> None:
    number = city.submit()["number"]
    city.accept_and_assign(number)
    city.sign(number)
    head, first = city.as_("process_admin"), current(city)
    made = check(city, admin, text_of(city).replace("by: supervisor", "by: leader")).url.path
    wish = {"digest": made.rpartition("/")[2], "reason": WHY, "expected": first, "accept_losses": True}
    answer = city.client.post("/api/definitions/petition/deployments", json=wish, headers=head)
    assert answer.status_code == 200, answer.text
    # The letter goes its old way to the end, the supervisor's step included.
    city.answer_again(number)
    with city.services.store.reader() as reader:
        found = [reader.instance(name) for name in reader.open_instances()]
    assert [one.definition for one in found if one is not None] == [first]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_says_a_number_of_days_that_only_the_definition_knows(language: str) -> None:
    said = [text for key, text in catalogue(language).items() if not key.startswith("rate.")]
    days = re.compile(r"[0-9]+ ?(个?工作日|working days?)|(more than|within) [0-9]")
    assert [text for text in said if days.search(text)] == []
