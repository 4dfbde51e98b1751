"""Staff at their desk, as people: what waits for them, what they do with it, what they are told."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.web.conftest import City

PAGE = {"Accept": "text/html"}
SUPERVISOR = "supervisor_supervision_party"
LATE = datetime(2026, 9, 9, 2, tzinfo=UTC)
"""The day after the fifth working day of a letter received on 1 September."""
VERY_LATE = datetime(2026, 9, 24, 2, tzinfo=UTC)


@dataclass
class Desk:
    """A person at a browser."""

    city: City
    account: str
    client: TestClient

    def see(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path, headers=PAGE)
        assert answer.status_code == status, answer.text
        assert answer.url.path != "/sign-in", "signed out"
        return answer.text

    def send(self, page: str, path: str, status: int = 200, **values: Any) -> str:
        """Fill in a form of a page and send it; what the page hides in the form is sent along."""
        form = _form(self.see(page), path)
        answer = self.client.post(path, data=form | values, headers=PAGE)
        assert answer.status_code == status, answer.text
        return answer.text

    def do(self, number: str, element: str, status: int = 200, **values: Any) -> str:
        """Complete a task of a letter by its form."""
        page = f"/desk/letters/{number}"
        named = {f"{element}-{name}": value for name, value in values.items()}
        return self.send(page, f"{page}/tasks/{element}", status, **named)


def _form(page: str, action: str) -> dict[str, str]:
    found = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert found, f"no form for {action}"
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found.group(1))
    return {name: html.unescape(value) for name, value in hidden}


def desk(city: City, account: str) -> Desk:
    return Desk(city, account, city.browser(account))


def titles(page: str) -> list[str]:
    """Titles of the letters in a table, in their order."""
    return re.findall(r'scope="row"[^>]*>.*?<a[^>]*>([^<]+)</a>', page)


def banner(page: str) -> str:
    found = re.search(r'banner__heading">([^<]*)', page)
    return found.group(1) if found else ""


# --- the queue -------------------------------------------------------------------------------


def test_clerk_accepts_and_assigns_and_is_told_what_comes_next(city: City) -> None:
    number = city.submit(title="路灯坏了", name="王小明", contact="13800000000")["number"]
    clerk = desk(city, "clerk")
    assert titles(clerk.see("/desk")) == ["路灯坏了"]
    page = clerk.see(f"/desk/letters/{number}")
    for words in ("路灯坏了三个星期", "王小明", "13800000000", "是否受理"):
        assert words in page
    assert banner(clerk.do(number, "accept", accepted="yes")) == "已完成：受理。下一步：转办。"
    assert "下一步" in banner(clerk.do(number, "assign", department="housing"))
    assert titles(clerk.see("/desk")) == []
    assert "现在没有等您办理的事" in clerk.see("/desk")
    assert titles(desk(city, "department_housing").see("/desk")) == ["路灯坏了"]


def test_clerk_who_refuses_has_to_say_why_and_loses_nothing(city: City) -> None:
    number = city.submit()["number"]
    page = desk(city, "clerk").do(number, "accept", 422, accepted="no")
    assert 'href="#accept-reason"' in page
    assert 'id="accept-reason-error"' in page
    assert re.search(r'value="no" checked', page)
    page = desk(city, "clerk").do(number, "accept", accepted="no", reason="not_ours")
    assert "不予受理" in banner(page)
    assert "已结案" in banner(page)


def test_the_other_language_is_there_on_the_page_of_a_form_that_was_wrong(city: City) -> None:
    number = city.submit()["number"]
    clerk = desk(city, "clerk")
    page = clerk.do(number, "accept", 422, accepted="no")
    other = re.search(r'href="([^"]+)" lang="en"', page)
    assert other
    assert "Why" in clerk.see(html.unescape(other.group(1)))


@pytest.mark.parametrize("account", ["department_transport", "head_transport", "department_heyang"])
def test_department_never_sees_the_queue_of_another(city: City, account: str) -> None:
    hidden = city.submit(title="不公开的信", public=False)["number"]
    public = city.submit(title="公开的信")["number"]
    for number in (hidden, public):
        city.accept_and_assign(number)
    other = desk(city, account)
    assert titles(other.see("/desk")) == []
    assert titles(other.see("/desk?unit=housing")) == []
    assert titles(other.see("/desk/letters")) == ["公开的信"]
    other.see(f"/desk/letters/{hidden}", 404)
    answer = other.client.get(f"/desk/letters/{public}", headers=PAGE, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/letters/{public}")
    refused = other.client.post(
        f"/desk/letters/{hidden}/tasks/reply", data={"csrf": f"csrf-{account}"}, headers=PAGE
    )
    assert refused.status_code in {404, 409}


def test_section_and_its_department_share_the_work_of_the_section(city: City) -> None:
    number = city.submit(title="物业")["number"]
    city.accept_and_assign(number, "housing_property")
    assert titles(desk(city, "department_housing").see("/desk")) == ["物业"]


def test_tasks_come_late_ones_first_with_lamp_day_and_working_days_left(city: City) -> None:
    old = city.submit(title="旧信")["number"]
    city.accept_and_assign(old)
    city.sign(old)
    city.at(datetime(2026, 9, 7, 2, tzinfo=UTC))
    new = city.submit(title="新信")["number"]
    city.accept_and_assign(new)
    city.sign(new)
    worker = desk(city, "head_housing")
    page = worker.see("/desk")
    assert titles(page) == ["旧信", "新信"]
    city.at(datetime(2026, 9, 10, 2, tzinfo=UTC))
    worker = desk(city, "head_housing")  # the session of three days ago has ended
    page = worker.see("/desk")
    assert titles(page) == ["旧信", "新信"]
    first, second = re.findall(r'<tr class="govuk-table__row">\s*<td.*?</tr>', page, re.DOTALL)
    assert "黄灯" in first
    assert "已超 2 个工作日" in first
    assert "未亮灯" in second
    assert titles(worker.see("/desk?lamp=yellow")) == ["旧信"]
    assert titles(worker.see("/desk?lamp=red")) == []
    assert "没有符合条件的来信" in worker.see("/desk?lamp=red")
    assert titles(worker.see("/desk?lamp=blue&step=dance")) == []


def test_numbers_beside_the_queue_are_those_of_all_its_pages(make_city: Callable[..., City]) -> None:
    city = make_city(page_size=2)
    for n in range(5):
        city.submit(title=f"第{n}封")
    clerk = desk(city, "clerk")
    first = clerk.see("/desk")
    assert len(titles(first)) == 2
    assert '<span class="counts__number">5</span>' in first
    assert "第 1 页，共 3 页，5 件" in first
    seen = titles(first)
    for page in (2, 3):
        assert f"page={page}" in clerk.see(f"/desk?page={page - 1}")
        seen += titles(clerk.see(f"/desk?page={page}"))
    assert sorted(seen) == [f"第{n}封" for n in range(5)]
    assert titles(clerk.see("/desk?page=99")) == titles(clerk.see("/desk?page=3"))
    for nonsense in ("0", "-1", "x", "9" * 30):
        assert titles(clerk.see(f"/desk?page={nonsense}")) == titles(first)


def test_clerk_sees_a_report_waiting_but_not_what_it_says(city: City) -> None:
    number = city.submit(title="举报某人", kind="report", public=False)["number"]
    clerk = desk(city, "clerk")
    assert "举报某人" not in clerk.see("/desk")
    assert number in clerk.see("/desk")
    page = clerk.see(f"/desk/letters/{number}")
    assert "举报某人" not in page
    assert "路灯坏了三个星期" not in page
    assert "举报某人" not in clerk.see("/desk/letters")
    assert "接收人尚未指定" in page


def test_clerk_is_told_who_reads_a_report(make_city: Callable[..., City]) -> None:
    city = make_city(report_receivers=frozenset({"centre_head", "nobody_at_all"}))
    number = city.submit(title="举报某人", kind="report", public=False)["number"]
    with city.services.store.reader() as reader:
        head = reader.account("centre_head")
    assert head is not None
    page = desk(city, "clerk").see(f"/desk/letters/{number}")
    assert f"请先问接收人：{head.name}。" in page
    assert "举报某人" in desk(city, "centre_head").see(f"/desk/letters/{number}")


# --- acting ----------------------------------------------------------------------------------


def test_clerk_who_was_slower_is_told_who_was_first_and_keeps_the_words(city: City) -> None:
    number = city.submit()["number"]
    first, second = desk(city, "clerk"), desk(city, "centre_head")
    path = f"/desk/letters/{number}/tasks/accept"
    form = _form(second.see(f"/desk/letters/{number}"), path)
    first.do(number, "accept", accepted="yes")
    late = second.client.post(
        path, data=form | {"accept-accepted": "no", "accept-reason": "duplicate"}, headers=PAGE
    )
    assert late.status_code == 409
    assert "受理员 已于 2026年9月1日 10:00 办理" in late.text
    assert "duplicate" in late.text


def test_pressing_the_button_twice_is_one_act(city: City) -> None:
    number = city.submit()["number"]
    clerk = desk(city, "clerk")
    path = f"/desk/letters/{number}/tasks/accept"
    form = _form(clerk.see(f"/desk/letters/{number}"), path) | {"accept-accepted": "yes"}
    for _ in range(2):
        answer = clerk.client.post(path, data=form, headers=PAGE)
        assert answer.status_code == 200
        assert "已完成：受理" in banner(answer.text)


@pytest.mark.parametrize("act_id", ["中 文", "x" * 101, "a\nb"])
def test_an_act_id_or_task_nobody_was_given_is_not_kept(city: City, act_id: str) -> None:
    number = city.submit()["number"]
    clerk = desk(city, "clerk")
    sent: dict[str, Any] = {"act_id": act_id, "accept-accepted": "yes", "task": "y" * 100_000}
    page = clerk.send(f"/desk/letters/{number}", f"/desk/letters/{number}/tasks/accept", **sent)
    assert "已完成：受理" in banner(page)
    path = f"/desk/letters/{number}/notes"
    clerk.send(f"/desk/letters/{number}", path, text="已联系来信人", act_id=act_id)
    with city.services.store.reader() as reader:
        row = reader.petition(number)
        assert row is not None
        kept = {record.act_id for record in reader.records(row.instance)}
    assert act_id not in kept


def test_department_keeps_its_words_while_the_engine_is_away(city: City) -> None:
    number = city.submit()["number"]
    city.processes.away = True
    page = desk(city, "clerk").do(number, "accept", 503, accepted="no", reason="unlawful")
    assert "您写的内容还在本页" in page
    assert re.search(r'value="unlawful"\s+checked', page) or re.search(r'value="unlawful" checked', page)
    act_id = _form(page, f"/desk/letters/{number}/tasks/accept")["act_id"]
    assert act_id


def test_a_form_of_another_site_does_nothing_and_keeps_the_words(city: City) -> None:
    number = city.submit()["number"]
    clerk = desk(city, "clerk")
    path = f"/desk/letters/{number}/tasks/accept"
    for data, headers in (
        ({"accept-accepted": "no"}, {}),
        ({"accept-accepted": "no", "csrf": "csrf-clerk"}, {"Sec-Fetch-Site": "cross-site"}),
    ):
        answer = clerk.client.post(path, data=data, headers=PAGE | headers)
        assert answer.status_code == 403
        assert re.search(r'value="no" checked', answer.text)
    assert titles(clerk.see("/desk")) == ["路灯坏了"]


def test_a_step_nobody_knows_is_said_to_be_gone(city: City) -> None:
    number = city.submit()["number"]
    answer = desk(city, "clerk").client.post(
        f"/desk/letters/{number}/tasks/dance", data={"csrf": "csrf-clerk"}, headers=PAGE
    )
    assert answer.status_code == 409
    assert "没有这项待办" in answer.text


def test_supervisor_does_not_do_the_clerks_work(city: City) -> None:
    number = city.submit()["number"]
    other = desk(city, SUPERVISOR)
    assert "/tasks/accept" not in other.see(f"/desk/letters/{number}")
    refused = other.client.post(
        f"/desk/letters/{number}/tasks/accept",
        data={"csrf": f"csrf-{SUPERVISOR}", "accept-accepted": "yes"},
        headers=PAGE,
    )
    assert refused.status_code == 403
    assert titles(desk(city, "clerk").see("/desk")) == ["路灯坏了"]


# --- what a letter's page shows ----------------------------------------------------------------


def test_page_explains_each_deadline_by_the_calendar(city: City) -> None:
    city.at(datetime(2026, 9, 23, 2, tzinfo=UTC))
    number = city.submit()["number"]
    page = desk(city, "clerk").see(f"/desk/letters/{number}")
    assert "从 2026年9月23日 起算" in page
    assert "国庆节" in page
    assert "还剩 5 个工作日" in page
    english = desk(city, "clerk").see(f"/desk/letters/{number}?lang=en")
    assert "5 working days left" in english
    assert "National Day" in english


def test_supervisor_is_not_shown_the_author_unasked(city: City) -> None:
    number = city.submit(name="王小明", contact="13800000000")["number"]
    page = desk(city, SUPERVISOR).see(f"/desk/letters/{number}")
    assert "王小明" not in page
    assert "13800000000" not in page


def test_supervisor_who_says_why_is_shown_the_author_and_it_is_recorded(city: City) -> None:
    number = city.submit(name="王小明", contact="13800000000")["number"]
    other = desk(city, SUPERVISOR)
    page, path = f"/desk/letters/{number}", f"/desk/letters/{number}/identity"
    assert 'id="reason-error"' in other.send(page, path, 422, reason=" ")
    shown = other.send(page, path, reason="电话核实")
    assert "王小明" in shown
    assert "13800000000" in shown
    assert "王小明" not in other.see(page)
    log = city.client.get(f"/api/petitions/{number}/disclosures", headers=city.as_(SUPERVISOR)).json()
    assert [entry["reason"] for entry in log["items"]] == ["电话核实"]


def test_notes_stay_among_those_who_handle_the_letter(city: City) -> None:
    letter = city.submit()
    number = letter["number"]
    city.accept_and_assign(number)
    worker = desk(city, "department_housing")
    page, path = f"/desk/letters/{number}", f"/desk/letters/{number}/notes"
    assert 'id="note-error"' in worker.send(page, path, 422, text=" \n")
    assert "先查电缆" in worker.send(page, path, text="先查电缆")
    for colleague in ("head_housing", "clerk", SUPERVISOR, "leader"):
        assert "先查电缆" in desk(city, colleague).see(page)
        notes = city.client.get(f"/api/petitions/{number}/notes", headers=city.as_(colleague))
        assert [note["text"] for note in notes.json()["items"]] == ["先查电缆"]
    for path in (
        f"/letters/{number}",
        f"/api/petitions/{number}",
        f"/api/petitions/{letter['tracking_code']}",
    ):
        assert "先查电缆" not in city.client.get(path).text
    other = city.client.get(f"/api/petitions/{number}/notes", headers=city.as_("department_transport"))
    assert other.json()["items"] == []
    refused = city.act(number, "notes", "department_transport", text="我也说一句")
    assert refused.status_code == 403


def test_note_sent_twice_is_one_note(city: City) -> None:
    number = city.submit()["number"]
    for _ in range(2):
        assert city.act(number, "notes", "clerk", text="已电话联系", act_id="n-1").status_code == 200
    notes = city.client.get(f"/api/petitions/{number}/notes", headers=city.as_("clerk")).json()["items"]
    assert len(notes) == 1


def test_clerk_finds_a_letter_by_number_or_title(city: City) -> None:
    first = city.submit(title="路灯坏了")["number"]
    city.submit(title="井盖松动 100%_")
    clerk = desk(city, "clerk")
    assert sorted(titles(clerk.see("/desk/letters"))) == ["井盖松动 100%_", "路灯坏了"]
    assert titles(clerk.see(f"/desk/letters?q={first}")) == ["路灯坏了"]
    assert titles(clerk.see("/desk/letters?q=井盖")) == ["井盖松动 100%_"]
    assert titles(clerk.see("/desk/letters?q=%25_")) == ["井盖松动 100%_"]
    assert titles(clerk.see("/desk/letters?q=没有")) == []
    assert titles(clerk.see("/desk/letters?state=accepted")) == []
    assert len(titles(clerk.see("/desk/letters?cursor=nonsense&kind=nothing"))) == 2


# --- the inbox -------------------------------------------------------------------------------


def escalated(city: City) -> str:
    """A letter that is so late that supervision has heard of it."""
    number = str(city.submit(title="迟迟不复")["number"])
    city.accept_and_assign(number)
    city.at(VERY_LATE)
    return number


def entry_of(page: str) -> str:
    found = re.search(r'href="(/desk/inbox/[^"?]+)"', page)
    assert found
    return found.group(1)


def test_supervisor_answers_an_escalation_and_opening_it_is_not_enough(city: City) -> None:
    number = escalated(city)
    boss = desk(city, SUPERVISOR)
    page = boss.see("/desk/inbox")
    assert titles(page) == ["迟迟不复"]
    assert "红灯" in page
    entry = entry_of(page)
    for _ in range(2):
        boss.see(entry)
    assert titles(boss.see("/desk/inbox")) == ["迟迟不复"]
    done = boss.send(entry, entry, kind="order", order="三日内修好并回复。")
    assert banner(done) == f"来信 {number} 的提醒已答复。"
    assert titles(done) == []
    answered = boss.see("/desk/inbox?show=answered")
    assert titles(answered) == ["迟迟不复"]
    assert "命令：三日内修好并回复" in answered
    assert "2026年9月24日" in answered


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({}, "kind"),
        ({"kind": "order"}, "order"),
        ({"kind": "order", "order": " \n"}, "order"),
        ({"kind": "reason", "order": "不是理由"}, "reason"),
        ({"kind": "reason", "reason": "长" * 4001}, "reason"),
        ({"kind": "date"}, "date"),
        ({"kind": "date", "date-year": "2026", "date-month": "2", "date-day": "30"}, "date"),
        ({"kind": "date", "date-year": "2026", "date-month": "9", "date-day": "23"}, "date"),
    ],
)
def test_supervisor_reads_what_is_wrong_with_an_answer(
    city: City, values: dict[str, Any], wrong: str
) -> None:
    escalated(city)
    boss = desk(city, SUPERVISOR)
    entry = entry_of(boss.see("/desk/inbox"))
    page = boss.send(entry, entry, 422, **values)
    assert f'href="#{wrong}"' in page
    assert f'id="{wrong}-error"' in page
    for value in values.values():
        assert html.escape(value.strip()) in page
    assert titles(boss.see("/desk/inbox")) == ["迟迟不复"]


def test_second_supervisor_is_told_who_was_first_and_keeps_the_words(city: City) -> None:
    escalated(city)
    first, second = desk(city, SUPERVISOR), desk(city, "supervisor_supervision_government")
    entry = entry_of(second.see("/desk/inbox"))
    form = _form(second.see(entry), entry)
    day: dict[str, Any] = {"kind": "date", "date-year": "2026", "date-month": "9", "date-day": "30"}
    first.send(entry, entry, **day)
    late = second.client.post(entry, data=form | {"kind": "order", "order": "立即办理"}, headers=PAGE)
    assert late.status_code == 409
    assert "市委督查室督办员" in late.text or "督办员" in late.text
    assert "2026年9月30日" in late.text
    assert "立即办理" in late.text
    assert '<form method="post" action="/desk/inbox/' not in late.text


def test_an_entry_of_somebody_else_is_as_if_it_were_not_there(city: City) -> None:
    escalated(city)
    for owner in (SUPERVISOR, "head_housing"):
        entry = entry_of(desk(city, owner).see("/desk/inbox"))
        for account in {"clerk", "head_transport", "head_housing", "leader"} - {owner}:
            other = desk(city, account)
            other.see(entry, 404)
            refused = other.client.post(
                entry, data={"csrf": f"csrf-{account}", "kind": "order", "order": "x"}, headers=PAGE
            )
            assert refused.status_code == 404


def test_department_head_hears_of_a_yellow_lamp(city: City) -> None:
    number = city.submit(title="超过五天")["number"]
    city.accept_and_assign(number)
    city.sign(number)
    city.at(LATE)
    head = desk(city, "head_housing")
    assert titles(head.see("/desk/inbox")) == ["超过五天"]
    assert titles(desk(city, "head_transport").see("/desk/inbox")) == []
    section = re.search(r'督办提醒 <span class="subnav__number">(\d+)</span>', head.see("/desk"))
    assert section
    assert section.group(1) == "1"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_of_the_desk_is_there_in_both_languages(city: City, language: str) -> None:
    number = escalated(city)
    boss = desk(city, SUPERVISOR)
    entry = entry_of(boss.see("/desk/inbox"))
    for path in ("/desk", "/desk/inbox", "/desk/letters", f"/desk/letters/{number}", entry):
        page = boss.see(f"{path}?lang={language}")
        assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in page
        assert ("工作台" if language == "zh" else "Desk") in page
