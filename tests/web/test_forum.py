"""A session of the forum through the API, the pages and the command: every step by the people it names."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import typer
from fastapi.testclient import TestClient
from typer.testing import Result

from tests.web.conftest import City
from wenzheng.cli.forum import app

Shell = Callable[..., Result]
DAY = "2026-09-25"
"""A Friday, three weeks after the city's Tuesday; what is put off goes to the Tuesday after."""
LATER = "2026-09-29"
SUPERVISOR = "supervisor_supervision_party"


class Forum:
    """A session at work."""

    def __init__(self, city: City, title: str = "九月论坛") -> None:
        self.city = city
        body = {"title": title, "session_on": DAY}
        answer = city.client.post("/api/forum", json=body, headers=city.as_("clerk"))
        assert answer.status_code == 201, answer.text
        self.number = answer.json()["number"]
        city.processes.start_waiting()

    def see(self, account: str) -> dict[str, Any]:
        answer = self.city.client.get(f"/api/forum/{self.number}", headers=self.city.as_(account))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def ask(self, account: str, what: str, element: str, **data: Any) -> Any:
        path = f"/api/forum/{self.number}/{what}/{element}"
        return self.city.client.post(path, json={"data": data}, headers=self.city.as_(account))

    def do(self, account: str, element: str, **data: Any) -> dict[str, Any]:
        answer = self.ask(account, "tasks", element, **data)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def announce(self) -> None:
        self.do("clerk", "topic_vote", topic="供暖", votes=321)
        self.do("clerk", "plan", guest="mayor", units=["housing", "transport"], plan_text="方案")
        self.do("leader", "approve_plan", plan_approved=True)
        self.do("clerk", "announce", notice_text="公告")

    def prepare(self) -> None:
        self.announce()
        for unit in ("housing", "transport"):
            self.do(f"department_{unit}", "prepare_material", material=f"{unit}的材料")
        self.do("clerk", "collect", questions="十五个问题", asked_by=40)
        self.do("clerk", "brief", brief_text="手册")
        self.do("leader", "approve_brief", brief_approved=True)

    def hold(self, day: str = DAY) -> None:
        self.city.at(datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(hours=3))
        self.do("clerk", "live", asked_live=18, answered_live=16)

    def hand_over(self) -> list[dict[str, Any]]:
        """Two matters: a promise and a question."""
        self.do("clerk", "transcript", transcript_text="实录", open_matters=True)
        matter = {"matter_text": "北街暖气\n月底前修好", "matter_kind": "promised", "matter_unit": "housing"}
        self.do(SUPERVISOR, "dispatch", **matter, promised_by="2026-10-30", more_matters=True)
        matter = {"matter_text": "公交何时延长？", "matter_kind": "unanswered", "matter_unit": "transport"}
        return list(self.do(SUPERVISOR, "dispatch", **matter, more_matters=False)["matters"])


@pytest.fixture
def forum(city: City) -> Forum:
    return Forum(city)


def elements(seen: dict[str, Any]) -> set[str]:
    return {task["element"] for task in seen["tasks"]}


def settle(city: City, number: str) -> None:
    """A letter reaches its end: its author has nobody to say so, and time closes it."""
    unit = "housing" if _title(city, number) == "北街暖气" else "transport"
    city.answer(number, unit)
    city.at(city.clock[0] + timedelta(days=40))


def _title(city: City, number: str) -> str:
    with city.services.store.reader() as reader:
        row = reader.petition(number)
    assert row is not None
    return row.title


def test_a_session_goes_its_nine_steps_and_closes_when_every_promise_is_kept(forum: Forum) -> None:
    forum.prepare()
    forum.hold()
    matters = forum.hand_over()
    assert [(one["title"], one["unit"], one["due"]) for one in matters] == [
        ("北街暖气", "housing", "2026-10-30"),
        # 15 working days after 09-25: 09-28 to 30, 10-08 to 10 (a worked Saturday), 12 to 16, 19 to 22.
        ("九月论坛（2）", "transport", "2026-10-22"),
    ]
    forum.do(SUPERVISOR, "supervise", circular="通报")
    assert forum.see("clerk")["stage"] == "dispatched"
    assert elements(forum.see("clerk")) == set()
    for matter in matters:
        assert forum.see("clerk")["state"] == "running"
        settle(forum.city, matter["number"])
    forum.city.processes.start_waiting()
    assert [one["outcome"] for one in forum.see("clerk")["matters"]] == ["unconfirmed", "unconfirmed"]
    done = forum.do("clerk", "feedback", results_text="全部办结")
    assert (done["state"], done["outcome"]) == ("completed", "completed")


def test_each_unit_has_a_task_of_its_own_and_does_not_do_the_other_ones(forum: Forum) -> None:
    forum.announce()
    assert elements(forum.see("department_housing")) == {"prepare_material"}
    assert elements(forum.see("department_health")) == set()
    assert forum.ask("department_health", "tasks", "prepare_material", material="x").status_code == 403
    forum.do("department_housing", "prepare_material", material="一")
    assert elements(forum.see("department_housing")) == set()
    assert elements(forum.see("department_transport")) == {"prepare_material"}


def test_who_does_a_step_is_shown_guidance_and_templates_in_both_languages(forum: Forum) -> None:
    (task,) = forum.see("clerk")["tasks"]
    assert set(task["guidance"]) == {"zh", "en"}
    assert task["names"] == {"zh": "1 网上预告·选题投票", "en": "1 Online preview: vote on the topic"}
    forum.do("clerk", "topic_vote", topic="供暖")
    (task,) = forum.see("clerk")["tasks"]
    plan = next(field for field in task["fields"] if field["id"] == "plan_text")
    assert plan["template"]["en"].startswith("Topic:")
    assert plan["name_en"] == "The plan"


def test_postponed_the_limits_before_it_move_and_after_it_nothing_does(forum: Forum) -> None:
    forum.announce()
    before = {clock["clock"]: clock["limits"][0]["due"] for clock in forum.see("clerk")["clocks"]}
    assert before == {"questions": "2026-09-23", "material": "2026-09-24"}
    answer = forum.ask("clerk", "messages", "postponed", session_on=LATER, postponed_because="台风")
    assert answer.status_code == 200, answer.text
    after = {clock["clock"]: clock["limits"][0]["due"] for clock in answer.json()["clocks"]}
    # Friday 09-25 is off (Mid-Autumn): two working days before Tuesday 09-29 is Thursday 09-24.
    assert after == {"questions": "2026-09-24", "material": "2026-09-28", "new_day": "2026-09-01"}
    assert (answer.json()["session_on"], answer.json()["planned_on"]) == (LATER, DAY)
    assert "announce_change" in elements(answer.json())


def test_a_session_is_not_postponed_into_the_past_nor_to_today(forum: Forum) -> None:
    for day in ("2026-08-31", "2026-09-01"):
        answer = forum.ask("clerk", "messages", "postponed", session_on=day, postponed_because="台风")
        [fault] = answer.json()["errors"]
        assert (answer.status_code, fault["pointer"], fault["found"]) == (422, "#/data/session_on", day)
        assert fault["expected"] == "2026-09-02 (tomorrow) or a later day"


def test_another_leader_comes_instead_and_it_is_announced(forum: Forum) -> None:
    forum.announce()
    answer = forum.ask("centre_head", "messages", "guest_changed", guest="party_secretary")
    assert "announce_guest" in elements(answer.json())
    forum.do("clerk", "announce_guest", guest_notice="改由市委书记参加")


def test_a_session_that_was_held_is_not_postponed_any_more(forum: Forum) -> None:
    forum.prepare()
    forum.hold()
    refused = forum.ask("clerk", "messages", "postponed", session_on="2026-10-29", postponed_because="x")
    assert (refused.status_code, refused.json()["code"]) == (409, "already-held")
    assert {one["element"] for one in forum.see("clerk")["messages"]} == set()


def test_a_session_that_was_held_is_not_called_off_either_for_its_promises_are_kept(forum: Forum) -> None:
    forum.prepare()
    assert {one["element"] for one in forum.see("leader")["messages"]} == {"cancelled_by"}
    forum.hold()
    forum.hand_over()
    refused = forum.ask("leader", "messages", "cancelled_by", cancelled_because="x")
    assert (refused.status_code, refused.json()["code"]) == (409, "already-held")
    assert forum.see("leader")["messages"] == []


def test_a_promise_has_a_day_and_none_before_the_session(forum: Forum) -> None:
    forum.prepare()
    forum.hold()
    forum.do("clerk", "transcript", transcript_text="实录", open_matters=True)
    matter = {"matter_text": "北街暖气", "matter_unit": "housing", "more_matters": False}
    for day in ({}, {"promised_by": "2026-09-24"}):
        wrong = forum.ask(SUPERVISOR, "tasks", "dispatch", **matter, matter_kind="promised", **day)
        pointers = [fault["pointer"] for fault in wrong.json()["errors"]]
        assert (wrong.status_code, pointers) == (422, ["#/data/promised_by"])
    done = forum.do(SUPERVISOR, "dispatch", **matter, matter_kind="promised", promised_by=DAY)
    assert [one["due"] for one in done["matters"]] == [DAY]


def test_a_session_hears_of_its_letters_answers_and_results_before_they_end(forum: Forum) -> None:
    forum.prepare()
    forum.hold()
    promised, unanswered = forum.hand_over()
    forum.city.processes.start_waiting()
    due = {clock["clock"]: clock["limits"][-1]["due"] for clock in forum.see("clerk")["clocks"]}
    # Five working days after Friday 09-25; and the first of both promised days.
    assert due == {"replies": "2026-10-09", "promises": "2026-10-22"}
    forum.city.answer(unanswered["number"], "transport")
    forum.city.processes.start_waiting()
    due = {clock["clock"]: clock["limits"][-1]["due"] for clock in forum.see("clerk")["clocks"]}
    assert due == {"replies": "2026-10-09", "promises": "2026-10-30"}
    forum.city.answer(promised["number"], "housing")
    forum.city.processes.start_waiting()
    assert forum.see("clerk")["clocks"] == []
    assert [one["outcome"] for one in forum.see("clerk")["matters"]] == [None, None]


def test_a_leader_calls_a_session_off_and_nobody_else(forum: Forum) -> None:
    for account in ("clerk", SUPERVISOR, "department_housing"):
        assert forum.ask(account, "messages", "cancelled_by", cancelled_because="x").status_code == 403
    done = forum.ask("leader", "messages", "cancelled_by", cancelled_because="疫情").json()
    assert (done["state"], done["outcome"]) == ("completed", "cancelled")
    assert forum.ask("clerk", "tasks", "topic_vote", topic="x").status_code == 409


@pytest.mark.parametrize(
    ("account", "element"),
    [("leader", "topic_vote"), ("department_housing", "topic_vote"), (SUPERVISOR, "topic_vote")],
)
def test_the_wrong_role_is_refused_a_step(forum: Forum, account: str, element: str) -> None:
    refused = forum.ask(account, "tasks", element, topic="x")
    assert (refused.status_code, refused.json()["code"]) == (403, "wrong-role")


def test_only_the_centre_opens_sessions_and_everybody_signed_in_at_the_desk_sees_them(city: City) -> None:
    body = {"title": "论坛", "session_on": DAY}
    for account in ("leader", "department_housing", SUPERVISOR, "operator"):
        assert city.client.post("/api/forum", json=body, headers=city.as_(account)).status_code == 403
    assert city.client.get("/api/forum").status_code == 401
    assert city.client.get("/api/forum", headers=city.as_("operator")).status_code == 403
    assert city.client.get("/api/forum", headers=city.as_("department_health")).json() == {"items": []}


def test_the_same_opening_twice_is_one_session_and_next_months_opens_meanwhile(city: City) -> None:
    def opened(title: str, day: str, act: str) -> Any:
        body = {"title": title, "session_on": day, "act_id": act}
        return city.client.post("/api/forum", json=body, headers=city.as_("clerk"))

    first = opened("九月", DAY, "a")
    assert opened("九月", DAY, "a").json()["number"] == first.json()["number"] == "F2026-01"
    assert opened("十月", "2026-10-23", "a").status_code == 409
    assert opened("十月", "2026-10-23", "b").json()["number"] == "F2026-02"
    assert opened("旧的", "2026-08-01", "c").status_code == 422


def test_the_same_step_sent_twice_is_one_act_and_a_later_one_is_told_who_was_first(forum: Forum) -> None:
    path = f"/api/forum/{forum.number}/tasks/topic_vote"
    body = {"data": {"topic": "供暖"}, "act_id": "vote-1"}
    answers = [forum.city.client.post(path, json=body, headers=forum.city.as_("clerk")) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert [text["text"] for text in answers[1].json()["texts"]] == ["供暖"]
    late = forum.city.client.post(
        path, json=body | {"act_id": "vote-2"}, headers=forum.city.as_("centre_head")
    )
    assert late.status_code == 409


def test_a_form_says_all_that_is_wrong_with_it(forum: Forum) -> None:
    forum.do("clerk", "topic_vote", topic="供暖")
    wrong = forum.ask("clerk", "tasks", "plan", guest="nobody", units=["centre"])
    pointers = {fault["pointer"] for fault in wrong.json()["errors"]}
    assert (wrong.status_code, pointers) == (422, {"#/data/guest", "#/data/plan_text"})
    wrong = forum.ask("clerk", "tasks", "plan", guest="mayor", units=["centre"], plan_text="x")
    assert {fault["pointer"] for fault in wrong.json()["errors"]} == {"#/data/units"}


def test_a_department_reads_what_is_published_and_its_own(forum: Forum) -> None:
    forum.announce()
    forum.do("department_housing", "prepare_material", material="住建的材料")
    assert {text["kind"] for text in forum.see("department_housing")["texts"]} == {"notice_text", "material"}
    assert {text["kind"] for text in forum.see("department_transport")["texts"]} == {"notice_text"}
    kinds = {text["kind"] for text in forum.see("leader")["texts"]}
    assert kinds == {"topic", "plan_text", "notice_text", "material"}


def test_what_was_handed_over_is_a_letter_like_any_other_on_the_board(forum: Forum) -> None:
    forum.prepare()
    forum.hold()
    promised, _ = forum.hand_over()
    letter = forum.city.client.get(f"/api/petitions/{promised['number']}", headers=forum.city.as_("clerk"))
    assert letter.json()["received_on"] == DAY
    assert (letter.json()["department"], letter.json()["state"]) == ("housing", "assigned")
    forum.city.done(promised["number"], "sign", "department_housing")
    assert letter.json()["text"] == "北街暖气\n月底前修好"


def test_a_late_unit_is_told_and_so_is_supervision(forum: Forum) -> None:
    forum.announce()
    forum.do("department_transport", "prepare_material", material="材料")
    forum.city.at(datetime(2026, 9, 26, 2, 0, tzinfo=UTC))
    head = forum.city.client.get("/api/inbox", headers=forum.city.as_("head_housing")).json()["items"]
    assert [(one["clock"], one["number"]) for one in head] == [("material", forum.number)]
    other = forum.city.client.get("/api/inbox", headers=forum.city.as_("head_transport")).json()["items"]
    assert other == []
    page = forum.city.browser("head_housing").get(f"/desk/inbox/{head[0]['id']}").text
    assert f'href="/desk/forum/{forum.number}"' in page
    assert "材料时限" in page


def test_whoever_works_on_letters_finds_the_steps_of_a_session_in_the_same_list(forum: Forum) -> None:
    letter = forum.city.submit()
    mine = forum.city.client.get("/api/tasks", headers=forum.city.as_("clerk")).json()["items"]
    assert {(one["about"], one["number"], one["element"]) for one in mine} == {
        ("letter", letter["number"], "accept"),
        ("forum", forum.number, "topic_vote"),
    }
    (vote,) = [one for one in mine if one["about"] == "forum"]
    assert (vote["title"], vote["due"], vote["lamp"]) == ("九月论坛", "2026-09-11", "unlit")
    forum.announce()
    unit = forum.city.client.get("/api/tasks", headers=forum.city.as_("department_housing")).json()["items"]
    assert [(one["element"], one["department"]) for one in unit] == [("prepare_material", "housing")]
    other = forum.city.client.get("/api/tasks", headers=forum.city.as_("department_health")).json()["items"]
    assert other == []


def test_the_list_of_tasks_leads_to_the_session_and_says_its_step_in_both_languages(forum: Forum) -> None:
    clerk = forum.city.browser("clerk")
    page = clerk.get("/desk").text
    assert f'href="/desk/forum/{forum.number}"' in page
    assert "1 网上预告·选题投票" in page
    clerk.get("/desk?lang=en")
    page = clerk.get("/desk").text
    assert "1 Online preview: vote on the topic" in page
    assert "选题" not in page
    assert f'href="/desk/forum/{forum.number}"' in clerk.get("/desk?step=topic_vote").text


# --- pages -----------------------------------------------------------------------------------------


def hidden(page: str, path: str) -> dict[str, str]:
    form = page[page.index(f'action="{path}"') :]
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form[: form.index("</form>")])
    return {name: html.unescape(value) for name, value in found}


def sent(client: TestClient, number: str, what: str, element: str, **values: Any) -> Any:
    page = client.get(f"/desk/forum/{number}")
    path = f"/desk/forum/{number}/{what}/{element}"
    data = hidden(page.text, path) | {f"{element}-{name}": value for name, value in values.items()}
    return client.post(path, data=data)


def test_the_editor_opens_a_session_and_does_a_step_at_pages_without_a_script(city: City) -> None:
    clerk = city.browser("clerk")
    page = clerk.get("/desk/forum")
    values = {"title": "九月论坛", "day-year": "2026", "day-month": "9", "day-day": "25"}
    opened = clerk.post("/desk/forum", data=hidden(page.text, "/desk/forum") | values)
    assert opened.status_code == 200
    city.processes.start_waiting()
    page = clerk.get("/desk/forum/F2026-01")
    assert "1 网上预告·选题投票" in page.text
    assert "至少提前十四天" in page.text  # the guidance beside the form
    done = sent(clerk, "F2026-01", "tasks", "topic_vote", topic="供暖", votes="321")
    assert "已办好" in done.text
    assert "议题：" in done.text  # the template of the plan


def test_only_units_that_answer_are_offered_to_take_part_and_leaders_to_come(forum: Forum) -> None:
    forum.do("clerk", "topic_vote", topic="供暖")
    page = forum.city.browser("clerk").get(f"/desk/forum/{forum.number}").text
    boxes = set(re.findall(r'name="plan-units"[^>]* value="([^"]+)"', page))
    assert "housing" in boxes
    assert boxes.isdisjoint({"mayor", "centre", "supervision_party"})
    assert '<option value="mayor"' in page


def test_what_is_wrong_with_a_form_is_said_beside_it_and_nothing_is_lost(forum: Forum) -> None:
    clerk = forum.city.browser("clerk")
    forum.do("clerk", "topic_vote", topic="供暖")
    wrong = sent(clerk, forum.number, "tasks", "plan", guest="mayor", plan_text="我写的方案")
    assert wrong.status_code == 422
    assert "我写的方案" in wrong.text
    assert 'href="#plan-units"' in wrong.text


def test_the_editor_postpones_at_the_page(forum: Forum) -> None:
    clerk = forum.city.browser("clerk")
    parts = {"session_on-year": "2026", "session_on-month": "9", "session_on-day": "29"}
    done = sent(clerk, forum.number, "messages", "postponed", postponed_because="台风", **parts)
    assert "2026年9月29日" in done.text
    assert "原定日期" in done.text


def test_the_page_speaks_english(forum: Forum) -> None:
    clerk = forum.city.browser("clerk")
    page = clerk.get(f"/desk/forum/{forum.number}?lang=en")
    page = clerk.get(f"/desk/forum/{forum.number}") if "The topic that won" not in page.text else page
    assert "The topic that won" in page.text
    assert "At least fourteen days ahead" in page.text


def test_everybody_at_the_desk_reads_why_a_limit_of_the_session_is_that_day(forum: Forum) -> None:
    forum.announce()
    path = f"/api/forum/{forum.number}/clocks/questions"
    answer = forum.city.client.get(path, headers=forum.city.as_("department_housing"))
    assert answer.status_code == 200, answer.text
    [limit] = answer.json()["limits"]
    assert (answer.json()["day0"], limit["count"], limit["due"]) == (DAY, -2, "2026-09-23")
    for language in ("zh", "en"):
        page = forum.city.browser("clerk").get(f"/desk/forum/{forum.number}?lang={language}").text
        assert html.escape(limit["words"][language][0]) in page
    other = forum.city.client.get(f"/api/forum/{forum.number}/clocks/letter", headers=forum.city.as_("clerk"))
    assert (other.status_code, other.json()["code"]) == (404, "no-clock")
    assert "questions, material" in other.json()["detail"] or "material, questions" in other.json()["detail"]


def test_a_postponed_session_says_that_its_limits_moved_with_it(forum: Forum) -> None:
    forum.announce()
    forum.ask("clerk", "messages", "postponed", session_on=LATER, postponed_because="台风")
    page = forum.city.browser("clerk").get(f"/desk/forum/{forum.number}?lang=zh").text
    assert f"第0日由{DAY}改为{LATER}，期限随之改变。" in page


# --- commands --------------------------------------------------------------------------------------


def test_a_session_from_a_shell(city: City, shell_of: Callable[[typer.Typer], Shell], tmp_path: Any) -> None:
    shell = shell_of(app)
    assert "Opened F2026-01" in shell("open", "九月论坛", "--on", DAY).stdout
    assert "yours: topic_vote" in shell("show", "F2026-01").stdout
    shell("do", "F2026-01", "topic_vote", "--set", "topic=供暖", "--set", "votes=321")
    (tmp_path / "plan.txt").write_text("方案", encoding="utf-8")
    plan = [
        "--set",
        "guest=mayor",
        "--set",
        "units=housing,transport",
        "--set",
        f"plan_text=@{tmp_path}/plan.txt",
    ]
    assert "waits for leader: approve_plan" in shell("do", "F2026-01", "plan", *plan).stdout
    assert LATER in shell("postpone", "F2026-01", "--to", LATER, "--because", "台风").stdout
    shell("guest", "F2026-01", "--to", "party_secretary")
    said = shell("do", "F2026-01", "approve_plan", "--set", "plan_approved=yes", code=1).stderr
    assert "[wrong-role]" in said
    answer = json.loads(shell("show", "F2026-01", "--as", "leader", "--format", "json").stdout)
    assert elements(answer) == {"approve_plan"}
    shell("do", "F2026-01", "approve_plan", "--as", "leader", "--set", "plan_approved=yes")
    assert "F2026-01" in shell("list").stdout
    assert "cancelled" in shell("cancel", "F2026-01", "--because", "疫情").stdout
