"""Writing a letter through the pages: attachments, the second factor, and nothing typed is ever lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from tests.support import files
from tests.support.citizen import (
    LETTER,
    PAGE,
    PERSON,
    WORD,
    code_of,
    field,
    file_letter,
    fill,
    follow,
    token,
    upload,
    write,
)
from tests.web.conftest import City
from wenzheng.petitions.attachments import FileLimits
from wenzheng.store import store as store_module
from wenzheng.sweeping import Sweeper
from wenzheng.web.app import create_app


def blobs(tmp_path: Path) -> list[Path]:
    return [p for p in (tmp_path / "attachments").rglob("*") if p.is_file() and p.name != "lock"]


def test_li_ming_sends_photos_with_his_letter_and_finds_them_again(city: City) -> None:
    receipt = file_letter(city.client, ("灯.jpg", files.JPG), ("说明.docx", files.DOCX), name="李明")
    assert "来信已收到" in receipt.text
    for name, content in (("灯.jpg", files.JPG), ("说明.docx", files.DOCX)):
        assert name in receipt.text
        found = receipt.text.split(f">{name}<")[0].rpartition('href="')[2].split('"')[0]
        assert city.client.get(found).content == content
        assert TestClient(city.app).get(found, follow_redirects=False).headers["location"] == "/follow"
    assert "李明" not in city.client.get("/submit").text
    listed = city.client.get("/api/petitions?limit=1", headers=city.as_("clerk")).json()["items"][0]
    path = f"/api/petitions/{listed['number']}/attachments"
    assert len(city.client.get(path, headers=city.as_("clerk")).json()["items"]) == 2


def test_a_renamed_program_is_refused_beside_the_good_files_and_the_letter_stays(
    city: City, tmp_path: Path
) -> None:
    fill(city.client, "/submit", **LETTER)
    page = upload(city.client, ("好.png", files.png()), ("照片.jpg", files.EXE), go="next")
    assert page.status_code == 422
    assert "照片.jpg：从内容看这是可执行程序，不能上传。可以上传：pdf、jpg" in page.text
    assert "已上传 1 个" in page.text
    english = upload(TestClient(city.app, cookies=city.client.cookies), ("a.jpg", files.EXE), lang="en")
    assert english.status_code == 422
    removed = city.client.post(
        "/submit/attachments/remove",
        data={"csrf": token(page), "remove": page.text.split('name="remove" value="')[1].split('"')[0]},
        headers=PAGE,
    )
    assert "已上传" not in removed.text
    assert "坏了" in city.client.get("/submit").text
    assert len(blobs(tmp_path)) == 1  # until the sweep


def test_twenty_files_are_taken_and_the_next_is_explained(city: City) -> None:
    fill(city.client, "/submit", **LETTER)
    page = upload(city.client, *((f"{n}.png", files.png(n)) for n in range(20)))
    assert "已上传 20 个" in page.text
    page = upload(city.client, ("21.png", files.png(21)))
    assert "最多 20 个附件" in page.text
    assert "已上传 20 个" in page.text


def test_too_large_a_film_is_explained_on_the_page_and_everything_else_is_kept(
    make_city: Callable[..., City], tmp_path: Path
) -> None:
    city = make_city(files=FileLimits(largest=100_000, total=300_000))
    fill(city.client, "/submit", **LETTER)
    upload(city.client, ("灯.jpg", files.JPG))
    for size in (200_000, 5_000_000):
        page = upload(city.client, ("电影.mp4", files.MP4 + bytes(size)), go="next")
        assert page.status_code == 413
        assert "text/html" in page.headers["content-type"]
        assert "没有保存" in page.text
        assert "灯.jpg" in page.text
    assert len(blobs(tmp_path)) == 1
    assert "坏了" in city.client.get("/submit").text


def test_files_sent_with_an_expired_form_are_not_kept_and_it_is_said(city: City, tmp_path: Path) -> None:
    fill(city.client, "/submit", **LETTER)
    page = upload(city.client, ("灯.jpg", files.JPG), csrf="old")
    assert page.status_code == 403
    assert "请重新选择文件" in page.text
    assert blobs(tmp_path) == []


def test_a_form_that_breaks_off_is_a_page_and_the_words_are_still_there(city: City) -> None:
    fill(city.client, "/submit", **LETTER)
    headers = PAGE | {"Content-Type": "multipart/form-data; boundary=x"}
    page = city.client.post("/submit/attachments", content=b"--x\r\nConte", headers=headers)
    assert page.status_code == 400
    assert "您写的内容还在" in page.text
    assert "路灯坏了" in city.client.get("/submit").text


@pytest.mark.parametrize("path", ["/submit/attachments", "/submit/you", "/submit/check"])
def test_a_step_without_a_letter_leads_to_the_first(city: City, path: str) -> None:
    assert city.client.get(path, follow_redirects=False).headers["location"] == "/submit"
    assert city.client.get(path).status_code == 200
    page = city.client.get("/submit")
    if path == "/submit/attachments":
        sent = upload(city.client, ("a.pdf", files.PDF), csrf=token(page))
    else:
        sent = city.client.post(path, data=PERSON | {"csrf": token(page)}, headers=PAGE)
    assert sent.status_code in {200, 422}


def test_the_check_leads_back_to_what_is_missing_and_names_it(city: City) -> None:
    fill(city.client, "/submit", **LETTER | {"title": ""})
    page = city.client.get("/submit/check")
    assert 'id="title-error"' in page.text
    fill(city.client, "/submit", **LETTER)
    page = city.client.get("/submit/check")
    for name in ("second", "public"):
        assert f'id="{name}-error"' in page.text


def test_going_back_keeps_what_was_typed_even_when_it_is_wrong(city: City) -> None:
    fill(city.client, "/submit", **LETTER)
    back = fill(city.client, "/submit/you", go="back", name="王芳", contact="123", second="", public="")
    assert back.url.path == "/submit/attachments"
    page = city.client.get("/submit/you")
    assert 'value="王芳"' in page.text
    assert 'value="123"' in page.text


def test_a_letter_outlives_a_restart_of_the_server(city: City) -> None:
    write(city.client, ("灯.jpg", files.JPG))
    restarted = TestClient(create_app(city.services), cookies=city.client.cookies)
    page = restarted.get("/submit/check")
    for words in ("路灯坏了", "灯.jpg", "王芳"):
        assert words in page.text
    assert "来信已收到" in restarted.post("/submit/check", data={"csrf": token(page)}, headers=PAGE).text


@pytest.mark.parametrize("path", ["/submit", "/submit/you", "/submit/check", "/follow"])
def test_while_the_database_is_away_everything_typed_comes_back_on_the_page(
    make_city: Callable[..., City], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(store_module, "LOCK_TIMEOUT", 0.1)
    city = make_city()
    write(city.client)
    values = {"/submit": LETTER, "/submit/you": PERSON, "/follow": {"code": "7K3M", "passphrase": WORD}}
    sent = values.get(path, {}) | {"csrf": token(city.client.get(path))}
    with closing(sqlite3.connect(tmp_path / "wenzheng.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        other.execute("UPDATE drafts SET created_at = created_at")
        page = city.client.post(
            path, data=sent | ({"code": "0" * 16} if path == "/follow" else {}), headers=PAGE
        )
    if path == "/follow":
        assert page.status_code == 404  # nothing is written before the code is known: no lock is needed
        return
    assert page.status_code == 503
    assert page.headers["retry-after"]
    assert "再提交一次" in page.text
    for value in values.get(path, {}).values():
        assert value.split("\r\n")[0].replace("<", "&lt;").replace(">", "&gt;") in page.text
    again = {"csrf": token(page)} | values.get(path, {})
    assert city.client.post(path, data=again, headers=PAGE).status_code == 200


def test_discarding_deletes_words_and_files(city: City, tmp_path: Path) -> None:
    page = write(city.client, ("灯.jpg", files.JPG))
    gone = city.client.post("/submit/discard", data={"csrf": token(page)}, headers=PAGE)
    assert "已删除" in gone.text
    assert "路灯坏了" not in gone.text
    with city.services.store.reader() as reader:
        assert reader.used_blobs([p.name for p in blobs(tmp_path)]) == set()


def test_what_nobody_goes_on_writing_is_swept_after_a_week(city: City, tmp_path: Path) -> None:
    write(city.client, ("灯.jpg", files.JPG))
    week, now = timedelta(days=7), city.services.now
    sweeper = Sweeper(city.services.store, city.services.blobs, week, now)
    assert sweeper.sweep() == (0, 0)
    city.clock[0] += timedelta(days=8)
    assert sweeper.sweep()[0] == 1
    assert "路灯坏了" not in city.client.get("/submit").text


# --- the second factor ------------------------------------------------------------------------


def test_the_code_alone_opens_nothing_neither_page_nor_api(city: City) -> None:
    code = code_of(file_letter(city.client))
    stranger = TestClient(city.app)
    for word, says in (("", "请填写您当时选择的口令"), ("猜一个吧", "查询码或口令不对")):
        page = follow(stranger, code, word)
        assert page.status_code == 403
        assert says in page.text
        assert "路灯坏了" not in page.text
        assert f'value="{code}"' in page.text
    for word in ("", "猜一个吧"):
        headers = {"Wenzheng-Passphrase": quote(word)}
        answers = [
            stranger.get(f"/api/petitions/{code}{part}", headers=headers) for part in ("", "/timeline")
        ]
        answers += [stranger.get(f"/api/petitions/{code}/attachments", headers=headers)]
        answers += [stranger.post(f"/api/petitions/{code}/attachments", headers=headers)]
        answers += [stranger.post(f"/api/petitions/{code}/withdraw", json={}, headers=headers)]
        for answer in answers:
            assert answer.status_code in {403, 429}, answer.text
            assert "路灯坏了" not in answer.text


def test_guessing_is_slowed_down_and_the_author_gets_in_afterwards(city: City) -> None:
    code = code_of(file_letter(city.client))
    stranger = TestClient(city.app)
    pages = [follow(stranger, code, f"猜测第{n}次") for n in range(7)]
    assert [page.status_code for page in pages] == [403] * 5 + [429] * 2
    assert "请等 30 秒再试" in pages[-1].text
    assert follow(stranger, code).status_code == 429
    limited = stranger.get(f"/api/petitions/{code}", headers={"Wenzheng-Passphrase": quote(WORD)})
    assert limited.status_code == 429
    assert limited.headers["retry-after"] == "30"
    city.clock[0] += timedelta(seconds=31)
    assert "路灯坏了" in follow(stranger, code).text


def test_whoever_tries_many_letters_from_one_address_waits_too(city: City) -> None:
    codes = [city.submit(passphrase=f"秘密的词{n}")["tracking_code"] for n in range(8)]
    stranger = TestClient(city.app)
    seen = [follow(stranger, code, "不是这个词").status_code for code in codes for _ in range(4)]
    assert seen[:29] == [403] * 29
    assert seen[-1] == 429


@pytest.mark.parametrize("typed", ["138 0000 0000", "13800000000", "１３８-００００-００００"])
def test_the_contact_can_be_the_second_factor_however_it_is_written(city: City, typed: str) -> None:
    code = code_of(file_letter(city.client, second="contact", contact="138-0000-0000", passphrase=""))
    assert "路灯坏了" in follow(TestClient(city.app), code, typed).text


def test_a_mail_address_as_second_factor_knows_no_capitals(city: City) -> None:
    code = code_of(file_letter(city.client, second="contact", contact="Wang@Example.cn", passphrase=""))
    assert "路灯坏了" in follow(TestClient(city.app), code, "wang@example.CN").text


@pytest.mark.parametrize(
    ("person", "field_name"),
    [
        ({"second": ""}, "second"),
        ({"second": "contact", "contact": ""}, "contact"),
        ({"second": "word", "passphrase": ""}, "passphrase"),
        ({"second": "word", "passphrase": "aaaaaaaa"}, "passphrase"),
        ({"second": "word", "passphrase": "12345"}, "passphrase"),
        ({"second": "word", "passphrase": "长" * 101}, "passphrase"),
        ({"second": "word", "passphrase": "密\u202e码很长的"}, "passphrase"),
    ],
)
def test_a_second_factor_is_needed_and_must_not_be_guessed_at_once(
    city: City, person: dict[str, str], field_name: str
) -> None:
    page = write(city.client, **person)
    assert page.status_code == 422
    assert f'id="{field_name}-error"' in page.text


def test_a_passphrase_is_kept_through_the_steps_without_being_shown_or_stored(
    city: City, tmp_path: Path
) -> None:
    write(city.client)
    page = city.client.get("/submit/you")
    assert WORD not in page.text
    assert "已经保存，不再显示" in page.text
    assert fill(city.client, "/submit/you", **PERSON | {"passphrase": ""}).url.path == "/submit/check"
    with closing(sqlite3.connect(tmp_path / "wenzheng.db")) as database:
        kept = str(database.execute("SELECT data FROM drafts").fetchall())
    assert WORD not in kept
    assert "argon2id" in kept


def test_a_letter_kept_before_there_were_second_factors_gets_one_from_its_author(
    city: City, tmp_path: Path
) -> None:
    letter = city.submit()
    with closing(sqlite3.connect(tmp_path / "wenzheng.db")) as database, database:
        database.execute("UPDATE petitions SET passphrase_hash = NULL")
    page = follow(city.client, letter["tracking_code"], "")
    assert "这封信现在只凭查询码就能打开" in page.text
    short = city.client.post(
        "/follow/passphrase", data={"csrf": token(page), "passphrase": "短"}, headers=PAGE
    )
    assert short.status_code == 422
    assert 'value="短"' in short.text
    done = city.client.post(
        "/follow/passphrase", data={"csrf": token(page), "passphrase": WORD}, headers=PAGE
    )
    assert "口令已保存" in done.text
    assert "只凭查询码" not in done.text
    bare = TestClient(city.app)
    assert bare.get(f"/api/petitions/{letter['tracking_code']}").status_code == 403
    assert follow(TestClient(city.app), letter["tracking_code"], "").status_code == 403


def test_what_was_typed_for_a_rating_survives_the_end_of_the_session(city: City) -> None:
    letter = city.fed_back(passphrase=WORD)
    page = follow(city.client, letter["tracking_code"])
    form = {name: field(page, name) for name in ("csrf", "act_id", "task")}
    city.clock[0] += timedelta(hours=13)
    asked = city.client.post(
        "/follow/rate",
        data=form | {"solved": "yes", "satisfaction": "5", "comment": "谢谢大家"},
        headers=PAGE,
    )
    assert asked.status_code == 403
    assert "您写的内容还在" in asked.text
    kept = {"solved": "yes", "satisfaction": "5", "comment": "谢谢大家"}
    proof = {"csrf": token(asked), "code": letter["tracking_code"], "passphrase": WORD}
    back = city.client.post("/follow", data=proof | kept, headers=PAGE)
    assert "谢谢大家" in back.text
    assert 'value="5" checked' in back.text


def test_the_author_is_told_in_the_language_of_the_page(city: City) -> None:
    city.client.get("/submit?lang=en")
    receipt = file_letter(city.client)
    assert "Next: the department has to reply by 8 September 2026." in receipt.text
    with city.services.store.reader() as reader:
        row = reader.petition(code_of(receipt))
    assert row is not None
    assert row.language == "en"
