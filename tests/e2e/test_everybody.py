"""People whom a letter's story leaves out: a supervisor, whoever has no mouse or no scripts, a stranger."""

from __future__ import annotations

import re

import pytest

from tests.e2e.conftest import Meet
from tests.e2e.houses import House
from tests.e2e.person import Person, Way
from tests.e2e.words import PDF, WORDS

WAYS = [Way("zh", 390), Way("en", 1280)]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_supervisor_sees_a_lamp_turn_and_answers_with_an_order_a_date_and_a_reason(
    practice: House, meet: Meet, way: Way
) -> None:
    me, say, t = meet(practice, way), WORDS[way.language], way.t
    me.sign_in("supervisor_supervision_party")
    next_escalation(me)
    me.press(t("inbox.send"))
    me.has_error("kind")
    me.choose("kind", "order")
    me.press(t("inbox.send"))
    me.has_error("order")
    me.look("escalation-errors")
    me.fill(order=say["order"])
    me.press(t("inbox.send"))
    answered(me, say["order"])
    next_escalation(me)
    me.choose("kind", "date")
    me.fill(date="2030" if way.language == "zh" else "30", date__month="9")
    me.fill(**{"date__day": "30"} if way.language == "zh" else {"date__year": "2030"})
    me.press(t("inbox.send"))
    answered(me)
    next_escalation(me)
    me.choose("kind", "reason")
    me.fill(reason=say["note"])
    me.press(t("inbox.send"))
    answered(me, say["note"])
    me.look("inbox-answered")
    me.open("/desk/inbox", "inbox")
    me.open("/", "board-of-a-practice-city")
    me.sees(t("lamp.yellow"))


def next_escalation(me: Person) -> None:
    me.wait_for("/desk/inbox", "table a[href^='/desk/inbox/']")
    me.click(me.page.locator("table a[href^='/desk/inbox/']").first)
    me.look("escalation")


def answered(me: Person, text: str = "") -> None:
    me.page.locator(".govuk-notification-banner--success").wait_for()
    me.open("/desk/inbox?show=answered")
    me.sees(text)


def test_letter_is_written_followed_and_accepted_without_scripts(city: House, meet: Meet) -> None:
    way = Way("zh", 390, scripts=False)
    me, say, t = meet(city, way), WORDS["zh"], way.t
    me.open("/", "board")
    me.press(t("nav.submit"))
    me.fill(title=say["title"], text=say["text"])
    me.press(t("submit.next"))
    me.attach("files", PDF)
    me.press(t("submit.next"))
    me.fill(passphrase=say["word"])
    me.choose("second", "word")
    me.choose("public", "yes")
    me.press(t("submit.next"))
    me.sees(PDF[0])
    me.look("check")
    me.press(t("submit.send"))
    number, code = me.page.locator(".govuk-panel .code").all_inner_texts()
    me.look("receipt")
    me.press(t("follow.forget"))
    me.fill(code=code, passphrase=say["word"])
    me.press(t("follow.find"))
    me.sees(number, say["title"], PDF[0])
    clerk = meet(city, way)
    clerk.sign_in("clerk")
    clerk.wait_for(f"/desk/letters/{number}", "#do-accept form")
    clerk.choose("accept-accepted", "yes")
    clerk.press(t("send.accept"))
    clerk.page.locator(".govuk-notification-banner--success").wait_for()
    clerk.look("accepted")


def test_letter_is_written_with_the_keyboard_alone(city: House, meet: Meet) -> None:
    way = Way("en", 1280)
    me, say, t = meet(city, way), WORDS["en"], way.t
    me.open("/")
    me.keys("Tab", "Enter")
    assert me.page.evaluate("document.activeElement.id") == "main", "the skip link leads past the head"
    me.tab_to(t("nav.submit"))
    me.turn("Enter")
    me.tab_to(t("field.title"))
    me.page.keyboard.type(say["title"])
    me.tab_to(t("submit.next"))
    me.turn("Enter")
    me.has_error("text")
    me.keys("Tab")
    me.page.keyboard.press("Enter")
    assert me.page.evaluate("document.activeElement.id") == "text", "an error leads to its field"
    me.page.keyboard.type(say["text"])
    me.tab_to(t("submit.next"))
    me.turn("Enter")
    me.tab_to(t("submit.next"))
    me.turn("Enter")
    me.tab_to(t("field.second.contact"))
    me.keys("Space", "ArrowDown")
    me.tab_to(t("field.passphrase"))
    me.page.keyboard.type(say["word"])
    me.tab_to(t("field.public.yes"))
    me.keys("Space")
    me.tab_to(t("submit.next"))
    me.turn("Enter")
    me.tab_to(t("submit.send"))
    me.turn("Enter")
    me.page.wait_for_url("**/follow?received=1")


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_citizen_and_staff_search_with_the_keyboard(city: House, meet: Meet, way: Way) -> None:
    me, say, t = meet(city, way), WORDS[way.t.language], way.t
    me.open("/search")
    me.tab_to(t("search.words"))
    me.page.keyboard.type(say["title"])
    me.turn("Enter")
    me.page.locator("#found").wait_for()
    me.look("search")
    clerk = meet(city, way)
    clerk.sign_in("clerk")
    clerk.open(f"/desk/search?q={say['title']}", "search-at-the-desk")


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_somebody_at_a_page_of_another_role_is_told_so(city: House, meet: Meet, way: Way) -> None:
    me = meet(city, way)
    me.sign_in("operator")
    me.open("/desk", "page-of-another-role", says=["operator"])
    me.sees(way.t("oops.role"))


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_clerk_takes_a_call_down_and_reads_the_code_to_the_caller(city: House, meet: Meet, way: Way) -> None:
    me, say, t = meet(city, way), WORDS[way.language], way.t
    me.sign_in("clerk")
    me.follow(t("desk.take"))
    me.fill(text=say["text"])
    me.press(t("take.send"))
    for name in ("contact", "public"):
        me.has_error(name)
    me.look("call-errors")
    me.fill(title=say["title"])
    me.choose("second", "drawn")
    me.choose("public", "no")
    me.attach("files", PDF)
    me.press(t("take.send"))
    number, code = me.page.locator(".govuk-panel .code").all_inner_texts()
    word = re.search(r"\b\d{8}\b", me.page.locator("main").inner_text())
    assert word is not None
    me.look("slip", says=[me.page.locator("dd").first.inner_text()])
    caller = meet(city, way)
    caller.open("/follow")
    caller.fill(code=code, passphrase=word.group())
    caller.press(t("follow.find"))
    caller.sees(number, say["title"], PDF[0])


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_clerk_tries_a_table_of_letters_and_reads_which_row_is_wrong(
    city: House, meet: Meet, way: Way
) -> None:
    me, say, t = meet(city, way), WORDS[way.language], way.t
    heads = "正文,姓名" if way.language == "zh" else "text,name"
    table = f"{heads}\n{say['title']},\n,{say['name']}\n"
    me.sign_in("clerk")
    me.follow(t("desk.import"))
    me.press(t("import.send"))
    me.has_error("file")
    me.look("import-errors")
    me.attach("file", ("letters-1.csv", "text/csv", table.encode()))
    me.press(t("import.send"))
    me.sees(t("import.tried", taken=1))
    me.look("import-tried", says=heads.split(","))
