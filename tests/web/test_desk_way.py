"""A letter's whole way over the desks: clerk, department, its head, the centre, supervision."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.support.citizen import field, token
from tests.support.files import EXE, PDF, png
from tests.web.conftest import City
from tests.web.test_desk import PAGE, SUPERVISOR, Desk, _form, banner, desk, titles

PROMISED: dict[str, Any] = {
    "reply_kind": "promised",
    "promised_on-year": "2026",
    "promised_on-month": "9",
    "promised_on-day": "30",
}


def drafted(city: City, **more: Any) -> str:
    """A letter whose reply waits for the head."""
    number = str(city.submit(**more)["number"])
    city.accept_and_assign(number)
    worker = desk(city, "department_housing")
    assert "下一步：拟办答复" in banner(worker.do(number, "sign"))
    worker.do(number, "reply", content_id="今晚派人修理。", **PROMISED)
    return number


def test_head_reads_the_draft_beside_the_decision_and_approves(city: City) -> None:
    letter = city.submit()
    number = letter["number"]
    city.accept_and_assign(number)
    city.sign(number)
    worker, head = desk(city, "department_housing"), desk(city, "head_housing")
    done = worker.do(number, "reply", content_id="今晚派人修理。", **PROMISED)
    assert banner(done) == "已完成：拟办答复。下一步：审核答复。"
    assert titles(worker.see("/desk")) == []
    assert titles(head.see("/desk")) == ["路灯坏了"]
    page = head.see(f"/desk/letters/{number}")
    section = page[page.index('id="do-approve"') :]
    assert section.index("今晚派人修理。") < section.index("同意，送达来信人") < section.index("提交审核意见")
    for path in (f"/letters/{number}", f"/api/petitions/{letter['tracking_code']}"):
        assert "今晚派人修理" not in city.client.get(path).text
    assert "下一步：报告办结" in banner(head.do(number, "approve", approved="yes"))
    assert "今晚派人修理" in city.client.get(f"/letters/{number}").text


def test_a_draft_that_came_back_is_changed_and_not_typed_again(city: City) -> None:
    number = drafted(city)
    head = desk(city, "head_housing")
    page = head.do(number, "approve", 422, approved="no")
    assert 'id="approve-return_note-error"' in page
    done = banner(head.do(number, "approve", approved="no", return_note="请写明完成日期"))
    assert done == "已完成：答复退回修改。下一步：拟办答复。"
    page = desk(city, "department_housing").see(f"/desk/letters/{number}")
    section = page[page.index('id="do-reply"') :]
    assert "请写明完成日期" in section
    assert re.search(r"<textarea[^>]*>\n今晚派人修理。</textarea>", section)
    assert 'value="promised" checked' in section
    assert "请写明完成日期" not in city.client.get(f"/letters/{number}").text


def test_head_who_returned_a_draft_decides_on_the_next_one_with_an_empty_form(city: City) -> None:
    number = drafted(city)
    head, worker = desk(city, "head_housing"), desk(city, "department_housing")
    head.do(number, "approve", approved="no", return_note="请写明完成日期")
    worker.do(number, "reply", content_id="九月三日前修好。", **PROMISED)
    page = head.see(f"/desk/letters/{number}")
    section = page[page.index('id="do-approve"') : page.index('id="notes"')]
    assert "请写明完成日期" not in section
    assert "checked" not in section
    head.do(number, "approve", approved="yes")
    # Said once: the approval repeats nothing.
    assert worker.see(f"/desk/letters/{number}").count("请写明完成日期") == 1


def evidence(
    worker: Desk, number: str, files: list[tuple[str, bytes]], status: int = 200, **more: Any
) -> str:
    """Report completion with files."""
    page, path = f"/desk/letters/{number}", f"/desk/letters/{number}/tasks/complete"
    form = _form(worker.see(page), path) | {f"complete-{name}": value for name, value in more.items()}
    sent = [("complete-evidence-new", (name, content)) for name, content in files]
    answer = worker.client.post(path, data=form, files=sent, headers=PAGE)
    assert answer.status_code == status, answer.text
    return answer.text


def test_department_reports_with_evidence_and_the_centre_looks_at_it(city: City) -> None:
    number = drafted(city)
    desk(city, "head_housing").do(number, "approve", approved="yes")
    worker, clerk = desk(city, "department_housing"), desk(city, "clerk")
    files = [("修好.png", png(1)), ("单据.pdf", PDF)]
    done = evidence(worker, number, files, content_id="路灯已更换。")
    assert banner(done) == "已完成：报告办结。下一步：办结审核。"
    page = clerk.see(f"/desk/letters/{number}")
    section = page[page.index('id="do-check"') :]
    assert "路灯已更换。" in section
    links = re.findall(rf'href="(/desk/letters/{number}/files/[^"]+)">([^<]+)', section)
    assert [name for _, name in links] == ["修好.png", "单据.pdf"]
    assert clerk.client.get(links[0][0]).content == png(1)
    assert desk(city, "department_transport").client.get(links[0][0], headers=PAGE).status_code == 404
    assert "下一步：反馈" in banner(clerk.do(number, "check", done="yes"))


def test_words_of_a_report_whose_session_had_ended_are_kept_and_its_film_is_named_as_lost(
    city: City, tmp_path: Path
) -> None:
    number = drafted(city)
    desk(city, "head_housing").do(number, "approve", approved="yes")
    worker = desk(city, "department_housing")
    path = f"/desk/letters/{number}/tasks/complete"
    form = _form(worker.see(f"/desk/letters/{number}"), path)
    city.clock[0] += timedelta(days=8)
    asked = worker.client.post(
        path,
        data=form | {"complete-content_id": "路灯已更换。"},
        # Larger than any request without files may be.
        files=[("complete-evidence-new", ("修好.png", png(1) + bytes(3_000_000)))],
        headers=PAGE,
    )
    assert asked.status_code == 401
    assert not [
        file for file in (tmp_path / "attachments").rglob("*") if file.is_file() and file.name != "lock"
    ]
    kept = {"csrf": token(asked), "kept": html.unescape(field(asked, "kept"))}
    city.password(worker.account, "vier-alte-Bäume")
    entered = {"account": worker.account, "password": "vier-alte-Bäume"}
    again = worker.client.post("/sign-in", data=kept | entered, headers=PAGE)
    assert f'action="{path}"' in again.text
    assert "路灯已更换。" in again.text
    assert "<li>修好.png</li>" in again.text


def test_a_refused_file_and_a_missing_text_lose_neither_the_words_nor_the_good_file(city: City) -> None:
    number = drafted(city)
    desk(city, "head_housing").do(number, "approve", approved="yes")
    worker = desk(city, "department_housing")
    files = [("照片.png", png(1)), ("程序.png", EXE)]
    page = evidence(worker, number, files, 422, content_id="路灯已更换。")
    assert 'id="complete-evidence-new-error"' in page
    assert "可执行程序" in page
    assert re.search(r"<textarea[^>]*>\n路灯已更换。</textarea>", page)
    kept = re.search(r'name="complete-evidence" id="complete-evidence" value="([^"]+)" checked', page)
    assert kept
    page = evidence(worker, number, [], 422, content_id=" ", evidence=kept.group(1))
    assert 'id="complete-content_id-error"' in page
    assert kept.group(1) in page
    done = evidence(worker, number, [], content_id="路灯已更换。", evidence=kept.group(1))
    assert "下一步：办结审核" in banner(done)


def test_nobody_names_a_file_of_another_unit_as_evidence(city: City) -> None:
    number = drafted(city)
    desk(city, "head_housing").do(number, "approve", approved="yes")
    added = city.client.post(
        f"/api/petitions/{number}/attachments",
        files=[("file", ("中心.png", png(2)))],
        headers=city.as_("clerk"),
    ).json()["items"][0]["id"]
    page = evidence(desk(city, "department_housing"), number, [], 422, content_id="好了", evidence=added)
    assert 'id="complete-evidence-new-error"' in page


def test_centre_returns_a_report_and_the_department_reads_why(city: City) -> None:
    number = drafted(city)
    desk(city, "head_housing").do(number, "approve", approved="yes")
    worker, clerk = desk(city, "department_housing"), desk(city, "clerk")
    evidence(worker, number, [("照片.png", png(1))], content_id="路灯已更换。")
    done = banner(clerk.do(number, "check", done="no", check_note="照片看不清"))
    assert done == "已完成：办结退回继续办理。下一步：报告办结。"
    page = worker.see(f"/desk/letters/{number}")
    section = page[page.index('id="do-complete"') :]
    assert "照片看不清" in section
    assert re.search(r"<textarea[^>]*>\n路灯已更换。</textarea>", section)
    assert re.search(r'name="complete-evidence"[^>]* checked', section)


def test_co_handling_department_reads_along_and_sees_its_own_notes_only(city: City) -> None:
    number = str(city.submit(name="王小明", public=False)["number"])
    city.done(number, "accept", "clerk")
    desk(city, "clerk").do(number, "assign", department="housing", co_handling=["transport", "health"])
    helper = desk(city, "department_transport")
    page, path = f"/desk/letters/{number}", f"/desk/letters/{number}/notes"
    desk(city, "department_housing").send(page, path, text="主办的备注")
    desk(city, "department_health").send(page, path, text="卫健的备注")
    helper.send(page, path, text="我们先占道施工")
    shown = helper.see(page)
    assert "路灯坏了三个星期" in shown
    assert "我们先占道施工" in shown
    for hidden in ("主办的备注", "卫健的备注", "王小明"):
        assert hidden not in shown
    assert "/tasks/" not in shown
    assert titles(helper.see("/desk")) == []
    assert "我们先占道施工" in desk(city, "head_housing").see(page)


def test_emergency_stands_before_what_is_due_sooner(city: City) -> None:
    city.accept_and_assign(city.submit(title="普通的信")["number"])
    urgent = str(city.submit(title="燃气泄漏")["number"])
    clerk = desk(city, "clerk")
    clerk.do(urgent, "accept", accepted="yes", emergency="yes")
    clerk.do(urgent, "assign", department="housing")
    page = desk(city, "head_housing").see("/desk")
    assert titles(page) == ["燃气泄漏", "普通的信"]
    assert page.count(">紧急</strong>") == 1


def test_supervisor_decides_what_two_rounds_did_not_solve(city: City) -> None:
    letter = city.fed_back()
    number, code = letter["number"], letter["tracking_code"]
    city.done(code, "rate", None, solved=False, satisfaction=1)
    city.answer_again(number)
    city.done(code, "rate", None, solved=False, satisfaction=1)
    boss = desk(city, SUPERVISOR)
    assert titles(boss.see("/desk")) == ["路灯坏了"]
    done = boss.do(number, "decide", content_id="责成重新办理。")
    assert banner(done) == "已完成：督办复核。这封信已结案。"
    assert titles(boss.see("/desk")) == []


def test_staff_read_in_the_timeline_which_limit_passed(city: City) -> None:
    number = drafted(city)
    city.at(datetime(2026, 9, 9, 2, tzinfo=UTC))
    for language, wanted in (
        ("zh", [("亮黄灯", "答复时限"), ("超过时限", "承办时限")]),
        ("en", [("Yellow lamp", "Time to reply")]),
    ):
        page = desk(city, "head_housing").see(f"/desk/letters/{number}?lang={language}")
        timeline = page[page.index('<ol class="timeline">') :]
        found = re.findall(
            r'<strong>([^<]+)</strong><time[^>]*>[^<]*</time> <span class="quiet">([^<]+)', timeline
        )
        assert set(wanted) <= set(found)
