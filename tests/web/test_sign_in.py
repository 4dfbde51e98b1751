"""Signing in and out, sessions, passwords, and forms that only our own pages can send."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.support.citizen import PAGE, token
from tests.support.citizen import fill as send
from tests.web.conftest import City
from wenzheng.web.pages.sign_in import HOME, local

PASSWORD = "vier-alte-Bäume"


@pytest.fixture
def staffed(city: City) -> City:
    """A city whose clerk has a password."""
    city.password("clerk", PASSWORD)
    return city


def browser(city: City) -> TestClient:
    return TestClient(city.app, raise_server_exceptions=False)


def sign_in(client: TestClient, account: str = "clerk", password: str = PASSWORD, **more: str) -> Any:
    form = {"csrf": token(client.get("/sign-in")), "account": account, "password": password} | more
    return client.post("/sign-in", data=form, headers=PAGE, follow_redirects=False)


def later(city: City, **time: float) -> None:
    city.clock[0] += timedelta(**time)


def is_in(client: TestClient) -> bool:
    return client.get("/account", follow_redirects=False).status_code == 200


def test_a_clerk_signs_in_is_named_on_the_page_and_signs_out(staffed: City) -> None:
    client = browser(staffed)
    assert "工作人员登录" in client.get("/").text
    assert not is_in(client)
    answer = sign_in(client)
    assert (answer.status_code, answer.headers["location"]) == (303, HOME)
    page = client.get("/")
    for word in ("受理员", "市信息中心", "退出"):
        assert word in page.text
    kept = client.cookies["wz_session"]
    gone = client.post("/sign-out", data={"csrf": token(page)}, headers=PAGE, follow_redirects=False)
    assert gone.headers["location"] == "/sign-in"
    assert not is_in(client)
    client.cookies.set("wz_session", kept)
    assert not is_in(client)


def test_whoever_has_signed_in_is_named_also_where_there_is_no_page(staffed: City) -> None:
    client = browser(staffed)
    assert "工作人员登录" in client.get("/no-such-page", headers=PAGE).text
    sign_in(client)
    page = client.get("/no-such-page", headers=PAGE)
    assert page.status_code == 404
    assert "受理员" in page.text
    assert "工作人员登录" not in page.text
    client.post("/sign-out", data={"csrf": token(page)}, headers=PAGE)
    assert not is_in(client)


def test_the_cookie_is_for_pages_only_and_bound_to_the_host_where_secure(
    make_city: Callable[..., City],
) -> None:
    city = make_city(secure_cookies=True)
    city.password("clerk", PASSWORD)
    client = TestClient(city.app, base_url="https://testserver")
    cookie = sign_in(client).headers["set-cookie"]
    assert cookie.startswith("__Host-wz_session=")
    for attribute in ("HttpOnly", "Path=/", "SameSite=lax", "Secure"):
        assert attribute in cookie
    assert "Domain" not in cookie
    assert "Max-Age" not in cookie.split("wz_form")[0]
    assert is_in(client)


def test_only_a_hash_of_the_session_is_kept(staffed: City) -> None:
    client = browser(staffed)
    sign_in(client)
    secret = client.cookies["wz_session"]
    assert len(secret) >= 43
    with staffed.services.store.reader() as reader:
        kept = reader.session.connection().exec_driver_sql("SELECT * FROM sessions").all()
    assert len(kept) == 1
    assert secret not in str(kept)


def test_signing_in_gives_a_new_session_and_ends_the_one_before(staffed: City) -> None:
    client = browser(staffed)
    sign_in(client)
    first = client.cookies["wz_session"]
    client.post("/sign-out", data={"csrf": token(client.get("/"))}, headers=PAGE)
    for known in ("planted-by-somebody", staffed.browser("clerk").cookies["wz_session"]):
        client.cookies.clear()
        form = {"csrf": token(client.get("/sign-in")), "account": "clerk", "password": PASSWORD}
        planted = {"Cookie": f"wz_form={client.cookies['wz_form']}; wz_session={known}"}
        # Whoever is signed in already carries the session's token.
        form["csrf"] = "csrf-clerk" if known.startswith("session-") else form["csrf"]
        answer = client.post("/sign-in", data=form, headers=PAGE | planted, follow_redirects=False)
        fresh = re.search(r"wz_session=([^;]+)", answer.headers["set-cookie"])
        assert fresh
        assert fresh.group(1) not in {known, first}
        old = browser(staffed)
        old.cookies.set("wz_session", known)
        assert not is_in(old)


def test_a_session_ends_after_rest(staffed: City) -> None:
    client = browser(staffed)
    sign_in(client)
    for _ in range(3):
        later(staffed, hours=7.9)
        assert is_in(client)
    later(staffed, hours=8)
    assert not is_in(client)


def test_a_session_that_is_used_all_the_time_still_ends_after_a_week(staffed: City) -> None:
    client = browser(staffed)
    sign_in(client)
    for hour in range(0, 7 * 24, 6):
        assert is_in(client), hour
        later(staffed, hours=6)
    assert not is_in(client)


def test_ended_sessions_are_swept_away(staffed: City) -> None:
    for _ in range(3):
        sign_in(browser(staffed))
    later(staffed, hours=9)
    sign_in(browser(staffed))
    with staffed.services.store.reader() as reader:
        assert reader.session.connection().exec_driver_sql("SELECT count(*) FROM sessions").scalar() == 1


def test_a_disabled_account_is_out_at_once_with_session_and_token(staffed: City) -> None:
    client = browser(staffed)
    sign_in(client)
    with staffed.services.store.unit_of_work() as unit:
        unit.set_disabled("clerk", staffed.services.wall())
    assert not is_in(client)
    assert sign_in(browser(staffed)).status_code == 422
    assert staffed.client.get("/api/tasks", headers=staffed.as_("clerk")).status_code == 401
    with staffed.services.store.unit_of_work() as unit:
        unit.set_disabled("clerk", None)
    assert sign_in(browser(staffed)).status_code == 303
    assert staffed.client.get("/api/tasks", headers=staffed.as_("clerk")).status_code == 200


def test_wrong_password_and_unknown_name_look_the_same(staffed: City) -> None:
    answers = [
        sign_in(browser(staffed), *pair) for pair in (("clerk", "falsch-falsch"), ("nobody", PASSWORD))
    ]
    texts = {re.sub(r'value="[^"]*"', "", answer.text) for answer in answers}
    assert {answer.status_code for answer in answers} == {422}
    assert len(texts) == 1
    assert "falsch" not in texts.pop()
    # An account without a password lets nobody in, not even without one.
    assert sign_in(browser(staffed), "operator", "x").status_code == 422
    assert sign_in(browser(staffed), "operator", "").status_code == 422


@pytest.mark.parametrize("name", ["cle\x00rk", "x" * 5000, "'; --", "ክ\u202e", " "])
def test_strange_names_are_only_wrong(staffed: City, name: str) -> None:
    assert sign_in(browser(staffed), name).status_code == 422
    assert sign_in(browser(staffed), "clerk", name + "\x00").status_code == 422


def test_a_password_may_be_typed_on_another_keyboard(staffed: City) -> None:
    assert sign_in(browser(staffed), password="vier-alte-Ba\u0308ume").status_code == 303


def test_guessing_makes_wait_longer_each_time_and_says_until_when(staffed: City) -> None:
    for _ in range(5):
        assert sign_in(browser(staffed), password="falsch").status_code == 422
    for wait in (30, 60, 120, 240, 480, 900, 900):
        blocked = sign_in(browser(staffed))
        assert blocked.status_code == 429
        assert blocked.headers["retry-after"] == str(wait)
        until = (staffed.clock[0] + timedelta(seconds=wait, hours=8)).strftime("%H:%M:%S")
        assert until in blocked.text
        # Asking again while blocked makes nobody wait longer.
        assert sign_in(browser(staffed)).headers["retry-after"] == str(wait)
        later(staffed, seconds=wait)
        if wait == 900:
            break
        assert sign_in(browser(staffed), password="falsch").status_code == 422
    assert sign_in(browser(staffed)).status_code == 303
    # The count begins anew after the right one.
    assert sign_in(browser(staffed), password="falsch").status_code == 422
    assert sign_in(browser(staffed)).status_code == 303


def test_trying_one_password_on_many_names_is_slowed_down_by_address(staffed: City) -> None:
    codes = [sign_in(browser(staffed), f"somebody{number}").status_code for number in range(31)]
    assert codes == [422] * 30 + [429]
    # Having an account of one's own among the tries does not help.
    later(staffed, seconds=31)
    assert sign_in(browser(staffed)).status_code == 303
    assert sign_in(browser(staffed), "somebody").status_code == 422
    assert sign_in(browser(staffed), "somebody").status_code == 429
    later(staffed, days=1, seconds=1)
    assert sign_in(browser(staffed), "somebody").status_code == 422


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/",
        "/\t/evil.example",
        "\\\\evil.example",
        "evil",
        "/a\r\nSet-Cookie: x=y",
        "/ä",
        "javascript:alert(1)",
        "/api/tasks",
        "/sign-in?next=/",
        "",
    ],
)
def test_after_signing_in_nobody_is_sent_to_another_site(staffed: City, wanted: str) -> None:
    assert local(wanted) == HOME
    assert sign_in(browser(staffed), next=wanted).headers["location"] == HOME


def test_a_page_that_needs_a_person_is_shown_after_signing_in(staffed: City) -> None:
    client = browser(staffed)
    answer = client.get("/account?x=1&y=%E4%BD%A0", headers=PAGE, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/sign-in")
    page = client.get(answer.headers["location"])
    wanted = re.search(r'name="next" value="([^"]*)"', page.text)
    assert wanted
    assert wanted.group(1) == "/account?x=1&amp;y=%E4%BD%A0"
    form = {"csrf": token(page), "account": "clerk", "password": PASSWORD, "next": "/account?x=1"}
    assert "我的账号" in client.post("/sign-in", data=form, headers=PAGE).text
    # Signed in already: straight on.
    assert client.get("/sign-in?next=/account", follow_redirects=False).headers["location"] == "/account"


def test_a_form_sent_after_the_session_ended_is_kept_through_signing_in(staffed: City) -> None:
    client = browser(staffed)
    sign_in(client)
    page = client.get("/account")
    later(staffed, hours=9)
    sent = {"csrf": token(page), "language": "en", "contact": 'ming@example.cn"><b>'}
    asked = client.post("/account", data=sent, headers=PAGE)
    assert asked.status_code == 401
    assert "您写的内容" in asked.text
    assert "<b>" not in asked.text
    kept = re.search(r'name="kept" value="([^"]*)"', asked.text)
    assert kept
    form = {"csrf": token(asked), "account": "clerk", "kept": html.unescape(kept.group(1))}
    wrong = client.post("/sign-in", data=form | {"password": "falsch"}, headers=PAGE)
    assert kept.group(0) in wrong.text
    again = client.post("/sign-in", data=form | {"csrf": token(wrong), "password": PASSWORD}, headers=PAGE)
    assert again.status_code == 200
    assert 'action="/account"' in again.text
    assert "ming@example.cn&#34;&gt;&lt;b&gt;" in again.text
    fixed = sent | {"csrf": token(again), "contact": "ming@example.cn"}
    assert "Saved." in client.post("/account", data=fixed, headers=PAGE).text


@pytest.mark.parametrize(
    "kept", ["[", '["//evil.example", []]', '["/account", [1]]', "7", '["https://a/", []]']
)
def test_a_kept_form_that_is_not_ours_is_dropped(staffed: City, kept: str) -> None:
    assert sign_in(browser(staffed), kept=kept).headers["location"] == HOME


def test_a_signed_in_persons_form_needs_the_sessions_token(staffed: City) -> None:
    client = staffed.browser("clerk")
    sent = {"language": "en", "contact": ""}
    client.cookies.set("wz_form", "tossed")
    for forged in ({}, {"csrf": ""}, {"csrf": "tossed"}, {"csrf": "csrf-operator"}):
        assert client.post("/account", data=sent | forged, headers=PAGE).status_code == 403
        assert client.post("/sign-out", data=forged, headers=PAGE).status_code == 403
    for headers in (
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        forged = {"csrf": "csrf-clerk"}
        assert client.post("/account", data=sent | forged, headers=PAGE | headers).status_code == 403
    genuine = PAGE | {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/account", data=sent | {"csrf": "csrf-clerk"}, headers=genuine).status_code == 200


def test_citizens_forms_work_for_whoever_has_signed_in(staffed: City) -> None:
    client = staffed.browser("clerk")
    page = client.get("/submit")
    letter = {"title": "路灯", "text": "坏了", "kind": "help", "addressee": "city"}
    answer = client.post("/submit", data={"csrf": token(page)} | letter, headers=PAGE)
    assert "有照片或材料吗" in answer.text
    assert "退出" in answer.text


def test_changing_the_password_ends_other_sessions(staffed: City) -> None:
    client, elsewhere = browser(staffed), browser(staffed)
    sign_in(client)
    sign_in(elsewhere)
    changed = send(
        client,
        "/account/password",
        "/account",
        old=PASSWORD,
        password="neue-alte-Türen",
        repeat="neue-alte-Türen",
    )
    assert "密码已修改" in changed.text
    assert is_in(client)
    assert not is_in(elsewhere)
    assert sign_in(browser(staffed)).status_code == 422
    assert sign_in(browser(staffed), password="neue-alte-Türen").status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "repeat", "field"),
    [
        ("falsch", "lang-genug-und-neu", "lang-genug-und-neu", "old"),
        ("", "lang-genug-und-neu", "lang-genug-und-neu", "old"),
        (PASSWORD, "kurz", "kurz", "password"),
        (PASSWORD, "x" * 257, "x" * 257, "password"),
        (PASSWORD, "aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "password"),
        (PASSWORD, " lang-genug-und-neu", " lang-genug-und-neu", "password"),
        (PASSWORD, "lang-genug-und-neu", "lang-genug-und-alt", "repeat"),
    ],
)
def test_a_bad_new_password_is_explained_and_changes_nothing(
    staffed: City, old: str, new: str, repeat: str, field: str
) -> None:
    client = browser(staffed)
    sign_in(client)
    page = send(client, "/account/password", "/account", old=old, password=new, repeat=repeat)
    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text
    assert len(new) < 5 or new not in page.text
    assert sign_in(browser(staffed)).status_code == 303


def test_guessing_the_present_password_at_an_open_page_is_slowed_down_too(staffed: City) -> None:
    client = staffed.browser("clerk")
    new = {"password": "lang-genug-und-neu", "repeat": "lang-genug-und-neu"}
    codes = [send(client, "/account/password", "/account", old="falsch", **new).status_code for _ in range(6)]
    assert codes == [422] * 5 + [429]


def test_the_accounts_language_is_the_usual_one_and_an_explicit_choice_wins(staffed: City) -> None:
    client = staffed.browser("clerk")
    headers = PAGE | {"Accept-Language": "en"}
    assert "我的账号" in client.get("/account", headers=headers).text
    assert "My account" in client.get("/account?lang=en", headers=headers).text
    assert "My account" in client.get("/account").text
    saved = client.post(
        "/account", data={"csrf": "csrf-clerk", "language": "zh", "contact": "139 1234 5678"}, headers=headers
    )
    assert "我的账号" in saved.text
    assert 'value="13912345678"' in saved.text
    bad = client.post(
        "/account", data={"csrf": "csrf-clerk", "language": "zh", "contact": "nobody"}, headers=PAGE
    )
    assert bad.status_code == 422
    assert 'value="nobody"' in bad.text
