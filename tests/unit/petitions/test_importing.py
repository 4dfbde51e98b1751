"""Tables of letters: good rows are read, broken ones named, whatever a spreadsheet wrote them in."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from wenzheng.petitions.importing import MOST_ROWS, BadFileError, Reading, Sheet, read_sheet
from wenzheng.petitions.kinds import Channel, CitizenGroup, Kind
from wenzheng.petitions.organisation import Organisation, read_organisation
from wenzheng.settings import definitions_dir

UNITS: Organisation = read_organisation((definitions_dir() / "organisation.yaml").read_text(encoding="utf-8"))
NOW = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
BY = Reading(UNITS, ZoneInfo("Asia/Shanghai"), NOW)
HEAD = "编号,正文,类别,收信单位,联系方式,是否公开,渠道,收到时间,群体,所在地区"
GOOD = "H-1,路灯坏了,投诉,市住房和城乡建设局,138 0000 0001,是,电话,2026/8/31 23:50,农民,本市以外"


def read(text: str, by: Reading = BY) -> Sheet:
    return read_sheet(text.encode(), by)


def test_the_hotlines_table_is_read_in_its_own_words() -> None:
    (row,) = read(f"{HEAD}\n{GOOD}\n").letters
    letter = row.letter
    assert (letter.title, letter.text, letter.kind) == ("路灯坏了", "路灯坏了", Kind.COMPLAINT)
    assert (letter.addressee, letter.contact) == ("housing", "13800000001")
    assert (letter.channel, letter.public_consent) == (Channel.PHONE, True)
    assert (letter.citizen_group, letter.citizen_area) == (CitizenGroup.FARMER, "elsewhere")
    assert row.received_at == datetime(2026, 8, 31, 15, 50, tzinfo=UTC)
    assert row.row == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_whatever_the_spreadsheet_wrote_is_read_and_names_the_same_row(encoding: str) -> None:
    sheet = read_sheet(f"{HEAD}\r\n{GOOD}\r\n".encode(encoding), BY)
    assert sheet.encoding == encoding.removesuffix("-sig")
    assert [row.act_id for row in sheet.letters] == [row.act_id for row in read(f"{HEAD}\n{GOOD}").letters]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_one_broken_byte_costs_one_letter(encoding: str) -> None:
    rows = [f"路灯坏了{n}".encode(encoding) for n in range(9)]
    rows[4] = rows[4][:3] + b"\xff" + rows[4][4:]
    sheet = read_sheet("正文\n".encode(encoding) + b"\n".join(rows), BY)
    assert (sheet.encoding, len(sheet.letters)) == (encoding, 8)
    assert {(fault.row, fault.finding.code) for fault in sheet.faults} == {(6, "letter.surrogate")}


def test_each_fault_of_a_row_is_named_with_its_column() -> None:
    sheet = read(f"{HEAD}\n,,poem,moon,12,maybe,pigeon,yesterday,queen,mars\n{GOOD}\n")
    assert len(sheet.letters) == 1
    assert {(fault.row, fault.column, fault.finding.code) for fault in sheet.faults} == {
        (2, "正文", "letter.missing"),
        (2, "类别", "letter.unknown_choice"),
        (2, "收信单位", "letter.addressee"),
        (2, "联系方式", "letter.contact"),
        (2, "是否公开", "letter.not_a_choice"),
        (2, "渠道", "letter.unknown_choice"),
        (2, "收到时间", "import.received_at"),
        (2, "群体", "letter.unknown_choice"),
        (2, "所在地区", "letter.unknown_choice"),
    }


def test_who_reads_chinese_is_told_the_choices_in_chinese() -> None:
    (fault,) = read("正文,类别\n坏了,诗\n").faults
    assert "咨询、求助、投诉、建议、举报" in fault.finding.zh
    assert "enquiry" in fault.finding.en


def test_rows_are_counted_as_a_spreadsheet_counts_them() -> None:
    sheet = read('正文,标题\n"一行\n又一行",甲\n\n坏,了,吗\n乙\n末行,丁\n')
    assert [row.row for row in sheet.letters] == [2, 6]
    assert [(fault.row, fault.finding.code) for fault in sheet.faults] == [
        (4, "import.cells"),
        (5, "import.cells"),
    ]
    assert sheet.total == 4


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "import.no_text"),
        ("标题\n路灯\n", "import.no_text"),
        ("text,正文\na,b\n", "import.column_twice"),
        ("text,心情\na,b\n", "import.unknown_column"),
        ("text\n" + "坏\n" * (MOST_ROWS + 1), "import.too_many"),
    ],
)
def test_a_file_that_is_no_table_of_letters_is_refused_whole(text: str, code: str) -> None:
    with pytest.raises(BadFileError) as refused:
        read(text)
    assert code in {finding.code for finding in refused.value.findings}
    assert "心情" not in str(refused.value)


def test_a_row_keeps_its_name_when_columns_change_places_and_loses_it_when_its_words_do() -> None:
    def name(text: str, source: str = "") -> str:
        return read(text, Reading(UNITS, BY.zone, NOW, source)).letters[0].act_id

    assert name("text,name\na,b") == name("name,text\nb,a") == name("name,text,contact\nb,a,")
    assert name("text,name\na,b") != name("text,name\na,c")
    assert name("id,text\n7,a") == name("id,text\n7,b") != name("id,text\n8,a")
    assert name("id,text\n7,a", "hotline") != name("id,text\n7,a", "post")


def test_of_two_thousand_rows_the_hundred_broken_ones_are_named_and_the_others_read() -> None:
    broken = [",,电话", "坏了,call me,电话", "坏了,,pigeon", "坏了", "坏了,,电话,多"]
    good = "第{n}盏路灯坏了,,电话"
    rows = [broken[n // 20 % 5] if n % 20 == 19 else good.format(n=n) for n in range(2_000)]
    sheet = read("正文,联系方式,渠道\n" + "\n".join(rows))
    assert (sheet.total, len(sheet.letters)) == (2_000, 1_900)
    assert sorted({fault.row for fault in sheet.faults}) == list(range(21, 2_002, 20))
    assert len({row.act_id for row in sheet.letters}) == 1_900
