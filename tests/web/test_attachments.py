"""Files that come with letters: who may send and see them, what is refused, what a huge one costs."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.support import files
from tests.support.citizen import WORD
from tests.web.conftest import City
from tests.web.test_cut_short import served
from wenzheng.petitions.attachments import FileLimits
from wenzheng.store import UnitOfWork
from wenzheng.store.tables.instances import FactTable
from wenzheng.sweeping import Sweeper
from wenzheng.web.proof import HEADER


def send(city: City, ref: str, *sent: tuple[str, bytes], account: str | None = None) -> Any:
    headers = city.as_(account) if account else {}
    parts = [("file", (name, content)) for name, content in sent]
    return city.client.post(f"/api/petitions/{ref}/attachments", files=parts, headers=headers)


def kept_files(tmp_path: Path) -> list[Path]:
    return [p for p in (tmp_path / "attachments").rglob("*") if p.is_file() and p.name != "lock"]


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    return body


def test_wang_fang_sends_twenty_photos_and_reads_each_back(city: City) -> None:
    letter = city.submit()
    photos = [(f"路灯{n}.png", files.png(n)) for n in range(20)]
    answer = send(city, letter["tracking_code"], *photos)
    assert answer.status_code == 201, answer.text
    listed = city.client.get(f"/api/petitions/{letter['tracking_code']}/attachments").json()["items"]
    assert [item["name"] for item in listed] == [name for name, _ in photos]
    for item, (_, content) in zip(listed, photos, strict=True):
        fetched = city.client.get(f"/api/petitions/{letter['tracking_code']}/attachments/{item['id']}")
        assert fetched.content == content
    full = problem(send(city, letter["tracking_code"], ("21.png", files.png(21))), 422)
    assert full["errors"][0]["expected"] == "file.too_many"
    assert "20" in full["errors"][0]["hint"]
    mine = city.client.get(f"/api/petitions/{letter['tracking_code']}").json()
    assert len(mine["attachments"]) == 20


def test_a_file_is_given_to_save_and_never_to_run(city: City) -> None:
    code = city.submit()["tracking_code"]
    item = send(city, code, ("情况说明.txt", files.TXT)).json()["items"][0]
    fetched = city.client.get(f"/api/petitions/{code}/attachments/{item['id']}")
    headers = fetched.headers
    assert headers["content-disposition"].startswith("attachment; filename*=utf-8''")
    assert headers["content-type"] == "text/plain; charset=utf-8"
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers["content-security-policy"]
    assert headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("照片.jpg", files.EXE, "file.program"),
        ("照片.jpg", files.ELF, "file.program"),
        ("说明.pdf", files.HTML, "file.page"),
        ("图.png", files.SVG, "file.page"),
        ("说明.txt", files.SHELL, "file.script"),
        ("照片.jpg", files.JPG + files.ZIP, "file.two-kinds"),
        ("材料.docx", files.ZIP, "file.archive"),
        ("材料.docx", files.MACROS, "file.macros"),
        ("材料.docx", files.OLD_DOC, "file.old-office"),
        ("材料.docx", files.DOCX[:200], "file.damaged"),
        ("空.pdf", b"", "file.empty"),
        ("setup.exe", files.JPG, "file.name"),
    ],
)
def test_what_could_harm_a_clerk_is_refused_readably_and_not_kept(
    city: City, tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    letter = city.submit()
    body = problem(send(city, letter["tracking_code"], (name, content)), 422)
    assert body["errors"][0]["expected"] == code
    assert body["errors"][0]["found"] == name
    assert body["kept"] == []
    assert kept_files(tmp_path) == []
    assert city.client.get(f"/api/petitions/{letter['tracking_code']}/attachments").json()["items"] == []


def test_a_bad_file_does_not_stop_the_good_ones(city: City) -> None:
    code = city.submit()["tracking_code"]
    body = problem(send(city, code, ("好.pdf", files.PDF), ("坏.jpg", files.EXE)), 422)
    assert [item["name"] for item in body["kept"]] == ["好.pdf"]
    assert len(city.client.get(f"/api/petitions/{code}/attachments").json()["items"]) == 1


def test_the_same_file_twice_is_one(city: City, tmp_path: Path) -> None:
    code = city.submit()["tracking_code"]
    first = send(city, code, ("一.pdf", files.PDF)).json()["items"][0]
    again = send(city, code, ("二.pdf", files.PDF), ("三.pdf", files.PDF)).json()["items"]
    assert {item["id"] for item in again} == {first["id"]}
    other = city.submit()["tracking_code"]
    send(city, other, ("一.pdf", files.PDF))
    assert len(kept_files(tmp_path)) == 1


def test_size_limits_hold_for_one_file_and_for_all_together(
    make_city: Callable[..., City], tmp_path: Path
) -> None:
    city = make_city(files=FileLimits(largest=50_000, total=120_000))
    code = city.submit()["tracking_code"]
    large = problem(send(city, code, ("大.pdf", files.PDF + bytes(50_000))), 413)
    assert "49 KB" in large["errors"][0]["hint"]
    for n in range(3):
        answer = send(city, code, (f"{n}.txt", b"a" * 39_000 + str(n).encode()))
        assert answer.status_code == 201
    full = problem(send(city, code, ("4.txt", b"b" * 39_000)), 413)
    assert full["errors"][0]["expected"] == "file.too_much"
    # The file that no longer fitted was put before the row: the sweep takes it.
    assert len(kept_files(tmp_path)) in {3, 4}


def test_a_huge_upload_is_thrown_away_as_it_comes(make_city: Callable[..., City], tmp_path: Path) -> None:
    city = make_city(files=FileLimits(largest=1_000_000, total=3_000_000))
    code = city.submit()["tracking_code"]
    seen: list[int] = []

    def body() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="film.mp4"\r\n\r\n'
        for _ in range(200):
            yield bytes(100_000)
            seen.append(sum(path.stat().st_size for path in kept_files(tmp_path)))
        yield b"\r\n--x--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    path = f"/api/petitions/{code}/attachments"
    answer = city.client.post(path, content=body(), headers=headers)
    assert problem(answer, 413)["errors"][0]["found"] == "film.mp4"
    assert max(seen) <= 1_000_000
    assert kept_files(tmp_path) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x\r\n",
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7',
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n' + bytes(2_500_000),
        b"no form at all",
        b"--x\r\n" * 1000,
        b'--x\r\nContent-Disposition: form-data; name="n"\r\n\r\n' + bytes(2_000_000) + b"\r\n--x--\r\n",
    ],
)
def test_a_form_that_breaks_off_leaves_nothing_and_is_explained(
    city: City, tmp_path: Path, body: bytes
) -> None:
    code = city.submit()["tracking_code"]
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = city.client.post(f"/api/petitions/{code}/attachments", content=body, headers=headers)
    assert problem(answer, 400)["code"] == "broken-form"
    assert kept_files(tmp_path) == []


def test_a_fault_between_file_and_row_leaves_a_file_that_the_sweep_takes(
    city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = city.submit()["tracking_code"]
    sweeper = Sweeper(city.services.store, city.services.blobs, timedelta(days=7), city.services.now)
    with monkeypatch.context() as fault:
        fault.setattr(UnitOfWork, "add_attachment", lambda *_, **__: 1 / 0)
        assert send(city, code, ("a.pdf", files.PDF)).status_code == 500
    assert len(kept_files(tmp_path)) == 1
    sweeper.sweep()
    assert len(kept_files(tmp_path)) == 1  # its row may be about to be written
    for path in kept_files(tmp_path):
        os.utime(path, (1, 1))
    assert send(city, code, ("b.png", files.png())).status_code == 201
    assert sweeper.sweep() == (0, 1)
    assert [path.read_bytes() for path in kept_files(tmp_path)] == [files.png()]


def test_what_facts_have_told_the_author_is_theirs_to_see(city: City) -> None:
    letter = city.submit()
    number, code = letter["number"], letter["tracking_code"]
    city.accept_and_assign(number)
    told, draft = (
        send(city, number, (name, files.png(n)), account="department_housing").json()["items"][0]["id"]
        for n, name in enumerate(("修好了.png", "草稿.png"))
    )
    fact = {"instance": "x", "act_id": "a", "ordinal": 0, "seq": 9, "round": 1, "actor": None}
    with city.services.store.unit_of_work() as unit:
        at = city.services.now()
        for ordinal, (name, ids) in enumerate((("completed", [told]), ("drafted", [draft]))):
            values = fact | {"ordinal": ordinal, "fact": name, "data": {"evidence": ids}, "at": at}
            unit.session.add(FactTable(petition_id=letter["id"], **values))
    listed = city.client.get(f"/api/petitions/{code}/attachments").json()["items"]
    assert [item["id"] for item in listed] == [told]
    assert city.client.get(f"/api/petitions/{code}/attachments/{told}").status_code == 200
    assert city.client.get(f"/api/petitions/{code}/attachments/{draft}").status_code == 404
    handlers = city.client.get(f"/api/petitions/{number}/attachments", headers=city.as_("clerk")).json()
    assert len(handlers["items"]) == 2


async def test_a_sender_who_goes_away_amid_a_file_leaves_nothing(city: City, tmp_path: Path) -> None:
    code = city.submit()["tracking_code"]
    head = (
        f"POST /api/petitions/{code}/attachments HTTP/1.1",
        "Host: x",
        f"{HEADER}: {quote(WORD)}",
        "Content-Length: 9000000",
        "Content-Type: multipart/form-data; boundary=x",
        "",
        "--x",
        'Content-Disposition: form-data; name="file"; filename="film.mp4"',
        "",
        "",
    )
    async with served(city.services) as (_, url):
        _reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        try:
            writer.write("\r\n".join(head).encode() + bytes(3_000_000))
            await writer.drain()
            await until(lambda: sum(path.stat().st_size for path in kept_files(tmp_path)) >= 2_000_000)
        finally:
            writer.close()
            await writer.wait_closed()
        await until(lambda: kept_files(tmp_path) == [])


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - a folder tells nobody that it has changed
            await asyncio.sleep(0.02)


def test_other_media_types_and_forms_without_a_file_are_refused(city: City) -> None:
    code = city.submit()["tracking_code"]
    path = f"/api/petitions/{code}/attachments"
    assert city.client.post(path, json={"file": "x"}).status_code == 415
    assert (
        city.client.post(path, content=b"x", headers={"Content-Type": "multipart/form-data"}).status_code
        == 415
    )
    assert problem(city.client.post(path, files={"file": ("", b"")}), 422)["code"] == "bad-file"


def test_nobody_but_author_and_handlers_sees_files(city: City) -> None:
    letter = city.submit()
    city.accept_and_assign(letter["number"])
    item = send(city, letter["tracking_code"], ("照片.jpg", files.JPG)).json()["items"][0]
    path = f"/api/petitions/{letter['number']}/attachments"
    for account in ("clerk", "department_housing", "head_housing", "supervisor_supervision_party", "leader"):
        listed = city.client.get(path, headers=city.as_(account)).json()["items"]
        assert [one["id"] for one in listed] == [item["id"]], account
        assert city.client.get(f"{path}/{item['id']}", headers=city.as_(account)).content == files.JPG
    for headers in ({}, city.as_("department_transport")):
        assert city.client.get(path, headers=headers).json()["items"] == []
        assert city.client.get(f"{path}/{item['id']}", headers=headers).status_code == 404
        assert (
            city.client.get(f"/api/petitions/{letter['number']}", headers=headers).json()["attachments"] == []
        )
    for account in ("process_admin", "operator"):
        assert city.client.get(f"{path}/{item['id']}", headers=city.as_(account)).status_code == 404


def test_evidence_of_a_department_is_not_seen_before_it_is_told(city: City) -> None:
    letter = city.submit()
    number, code = letter["number"], letter["tracking_code"]
    city.accept_and_assign(number)
    item = send(city, number, ("修好了.jpg", files.JPG), account="department_housing").json()["items"][0]
    assert item["unit"] == "housing"
    assert city.client.get(f"/api/petitions/{code}/attachments").json()["items"] == []
    assert city.client.get(f"/api/petitions/{code}/attachments/{item['id']}").status_code == 404
    for account in ("head_housing", "clerk"):
        path = f"/api/petitions/{number}/attachments/{item['id']}"
        assert city.client.get(path, headers=city.as_(account)).content == files.JPG


def test_others_add_nothing(city: City) -> None:
    letter = city.submit()
    number = letter["number"]
    assert send(city, number, ("a.pdf", files.PDF)).status_code == 404
    city.accept_and_assign(number)
    assert send(city, number, ("a.pdf", files.PDF)).status_code == 403
    assert send(city, number, ("a.pdf", files.PDF), account="department_transport").status_code == 403
    city.done(letter["tracking_code"], "withdraw", None)
    closed = send(city, letter["tracking_code"], ("a.pdf", files.PDF))
    assert problem(closed, 409)["code"] == "ended"


def test_a_file_that_is_missing_on_disk_is_said_so(city: City, tmp_path: Path) -> None:
    code = city.submit()["tracking_code"]
    item = send(city, code, ("a.pdf", files.PDF)).json()["items"][0]
    for path in kept_files(tmp_path):
        path.unlink()
    answer = city.client.get(f"/api/petitions/{code}/attachments/{item['id']}")
    assert problem(answer, 503)["code"] == "file-missing"
