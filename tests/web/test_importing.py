"""Files of letters that the centre brings in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from tests.support.citizen import PAGE, field
from tests.web.conftest import City
from wenzheng.cli.petition_intake import app

ROWS = 200
FILE = "编号,正文,联系方式,收到时间,渠道\n"
BROKEN = {
    0: "{n},,,2026-08-31,电话",
    1: "{n},坏了,call me,2026-08-31,电话",
    2: "{n},坏了,,tomorrow,电话",
    3: "{n},坏了,,2026-08-31,pigeon",
    4: "{n},坏了",
}


def table(rows: int) -> str:
    """Every twentieth row is broken, in one of five ways."""
    lines = []
    for n in range(rows):
        good = f"{n},第{n}盏路灯坏了,{'13800000001' if n == 1 else ''},2026-08-31,电话"
        lines.append(BROKEN[n // 20 % 5].format(n=n) if n % 20 == 19 else good)
    return FILE + "\n".join(lines)


def bring(city: City, content: str | bytes, account: str = "clerk", **query: str) -> Any:
    raw = content if isinstance(content, bytes) else content.encode()
    sent = {"file": ("letters.csv", raw, "text/csv")}
    return city.client.post("/api/petitions/import", files=sent, params=query, headers=city.as_(account))


def total(city: City) -> int:
    return int(city.client.get("/api/board").json()["total"])


def test_broken_rows_keep_nobody_waiting_and_a_rerun_doubles_no_letter(
    city: City,
) -> None:
    tried = bring(city, table(ROWS), trial="true").json()
    assert (tried["rows"], len(tried["taken"]), total(city)) == (ROWS, 190, 0)
    done = bring(city, table(ROWS).encode("gb18030")).json()
    assert (done["encoding"], len(done["taken"]), len(done["known"])) == ("gb18030", 190, 0)
    assert [fault["row"] for fault in done["faults"]] == list(range(21, ROWS + 2, 20))
    assert {fault["code"] for fault in done["faults"]} >= {"letter.missing", "letter.contact", "import.cells"}
    again = bring(city, table(ROWS)).json()
    assert (len(again["taken"]), len(again["known"]), again["faults"]) == (0, 190, done["faults"])
    assert total(city) == 190
    mended = bring(city, FILE + "19,第19盏路灯坏了,,2026-08-31,电话").json()
    assert len(mended["taken"]) == 1
    first = done["taken"][0]
    seen = city.client.get(f"/api/petitions/{first['number']}", headers=city.as_("clerk")).json()
    assert (seen["channel"], seen["received_on"], seen["taken_by"]) == ("phone", "2026-08-31", "clerk")


def test_the_id_of_another_letter_is_named_and_changes_nothing(city: City) -> None:
    assert len(bring(city, "id,text\n7,甲").json()["taken"]) == 1
    answer = bring(city, "id,text\n7,乙\n8,丙\n8,丁\n9,戊\n9,戊").json()
    assert [(fault["row"], fault["code"]) for fault in answer["faults"]] == [
        (2, "import.another"),
        (4, "import.another"),
    ]
    assert ([one["row"] for one in answer["taken"]], [one["row"] for one in answer["known"]]) == ([3, 5], [6])
    assert len(bring(city, "id,text\n7,乙", source="post").json()["taken"]) == 1
    assert total(city) == 4


def test_nobody_but_the_centre_brings_files_in(city: City) -> None:
    for account in ("department_housing", "supervisor_supervision_party", "process_admin", "operator"):
        assert bring(city, "text\n坏了", account).status_code == 403
        assert city.browser(account).get("/desk/import", headers=PAGE).status_code == 403
        assert city.browser(account).post("/desk/import", headers=PAGE).status_code == 403
    sent = {"file": ("letters.csv", b"text\nx", "text/csv")}
    assert city.client.post("/api/petitions/import", files=sent).status_code == 401
    assert total(city) == 0


def test_a_file_that_is_no_table_is_refused_whole(city: City) -> None:
    answer = bring(city, b"\x89PNG\r\n\x1a\n\x00\x00")
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-file")
    empty = city.client.post("/api/petitions/import", data={"a": "b"}, files={}, headers=city.as_("clerk"))
    assert empty.status_code in {415, 422}


def test_the_clerk_tries_a_table_at_the_page_before_it_counts(city: City) -> None:
    browser = city.browser("clerk")

    def send(trial: str, content: str = "正文,类别\n路灯坏了,求助\n坏了,诗\n", lang: str = "zh") -> Any:
        page = browser.get("/desk/import", headers=PAGE)
        data = {"csrf": field(page, "csrf"), "source": "", "trial": trial}
        sent = {"file": ("来信.csv", content.encode(), "text/csv")}
        return browser.post("/desk/import", params={"lang": lang}, data=data, files=sent, headers=PAGE)

    tried = send("yes")
    assert "没有登记任何来信。其中 1 行可以登记" in tried.text
    assert "请从以下选项中选择" in tried.text
    assert total(city) == 0
    assert "已登记 1 封来信" in send("no").text
    assert "Taken down before" in send("no", lang="en").text
    assert total(city) == 1
    assert 'id="file-error"' in send("no", "心情\n好", lang="zh").text


def test_a_file_is_brought_in_from_a_shell(shell_of: Callable[[typer.Typer], Any], tmp_path: Path) -> None:
    shell = shell_of(app)
    path = tmp_path / "letters.csv"
    path.write_text("text,contact\n路灯坏了,\n坏了,call me\n", encoding="gb18030")
    out = shell("import", str(path), "--dry-run", code=1).output
    assert "2 rows (gb18030): 1 can be taken, 0 brought in before, 1 with faults." in out
    assert "row 3, contact: expected a phone number" in out
    answer = json.loads(shell("import", str(path), "--format", "json", code=1).stdout)
    assert answer["taken"][0]["tracking_code"]
    assert "1 brought in before" in shell("import", str(path), code=1).output
    assert "cannot read" in shell("import", str(tmp_path / "none.csv"), code=1).output
