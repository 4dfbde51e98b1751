"""Letters out of a file: a table in CSV becomes letters, and what is wrong with which row is said.

A good row is a letter whatever the others are. A row has a key, its id in the source or else its content, so
that the same file read again brings in nothing twice. Spreadsheets write CSV in UTF-8 or in GB 18030.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Final

from wenzheng.petitions.arrival import Arrival, check_arrival
from wenzheng.petitions.findings import Finding, RefusedError
from wenzheng.petitions.intake import Letter, LetterRefusedError, read_letter, title_of
from wenzheng.petitions.kinds import ELSEWHERE, Channel, CitizenGroup, Kind
from wenzheng.petitions.organisation import Organisation

MOST_ROWS: Final = 10_000
"""Rows of one file: a larger one is cut up by whoever sends it."""
LONGEST_SOURCE: Final = 100

# Names of columns as people write them, and the domain's.
COLUMNS: Final[Mapping[str, str]] = {
    "id": "id",
    "编号": "id",
    "title": "title",
    "标题": "title",
    "text": "text",
    "正文": "text",
    "来信内容": "text",
    "kind": "kind",
    "类别": "kind",
    "addressee": "addressee",
    "收信单位": "addressee",
    "写给谁": "addressee",
    "name": "author_name",
    "姓名": "author_name",
    "contact": "contact",
    "联系方式": "contact",
    "public": "public_consent",
    "是否公开": "public_consent",
    "channel": "channel",
    "渠道": "channel",
    "received_at": "received_at",
    "收到时间": "received_at",
    "citizen_group": "citizen_group",
    "群体": "citizen_group",
    "citizen_area": "citizen_area",
    "所在地区": "citizen_area",
}
"""A file has `text`, and any of the others; each once, in any order."""
_CONSENT: Final = dict.fromkeys(("yes", "true", "1", "是"), True) | dict.fromkeys(
    ("no", "false", "0", "否"), False
)
_KINDS: Final = {
    "咨询": Kind.ENQUIRY,
    "求助": Kind.HELP,
    "投诉": Kind.COMPLAINT,
    "建议": Kind.SUGGESTION,
    "举报": Kind.REPORT,
}
_CHANNELS: Final = {
    "网上": Channel.WEB,
    "手机应用": Channel.APP,
    "电话": Channel.PHONE,
    "来访": Channel.COUNTER,
    "短信": Channel.SMS,
    "电子邮件": Channel.MAIL,
    "信件": Channel.POST,
    "自助终端": Channel.KIOSK,
    "村级信息站": Channel.VILLAGE,
}
_GROUPS: Final = {
    "农民": CitizenGroup.FARMER,
    "职工": CitizenGroup.WORKER,
    "进城务工人员": CitizenGroup.MIGRANT,
    "企业和个体经营者": CitizenGroup.BUSINESS,
    "学生": CitizenGroup.STUDENT,
    "离退休人员": CitizenGroup.RETIRED,
    "机关事业单位人员": CitizenGroup.OFFICIAL,
    "其他": CitizenGroup.OTHER,
}
_CHOICES: Final[Mapping[str, Mapping[str, str]]] = {
    "kind": _KINDS,
    "channel": _CHANNELS,
    "citizen_group": _GROUPS,
}
_MOMENTS: Final = tuple(
    f"{day}{time}" for day in ("%Y-%m-%d", "%Y/%m/%d") for time in ("", " %H:%M", " %H:%M:%S")
)


class BadFileError(RefusedError):
    """A file no row of which can be read; `findings` say why."""


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with a row: its number as a spreadsheet shows it (the head is 1), and the column."""

    row: int
    column: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class RowLetter:
    """A row that is a letter; `act_id` names its filing for ever."""

    row: int
    act_id: str
    letter: Letter
    received_at: datetime | None


@dataclass(slots=True)
class Sheet:
    """What a file holds; `total` counts the rows below the head that are not empty."""

    encoding: str
    total: int = 0
    letters: list[RowLetter] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reading:
    """What rows are read by: the city's units and zone, the present, and where the ids of rows come from."""

    units: Organisation
    zone: tzinfo
    now: datetime
    source: str = ""


def read_sheet(raw: bytes, by: Reading) -> Sheet:
    """The letters of a CSV file, and everything that is wrong with its other rows.

    Raises:
        BadFileError: there is no head, or it names columns nobody knows, or there are too many rows.
    """
    encoding, text = _decoded(raw)
    records = _records(text)
    head = next(records, None)
    columns = _head([] if head is None or isinstance(head, csv.Error) else head)
    sheet = Sheet(encoding)
    rows = [
        (number, record)
        for number, record in enumerate(records, 2)
        if isinstance(record, csv.Error) or any(cell.strip() for cell in record)
    ]
    sheet.total = len(rows)
    if sheet.total > MOST_ROWS:
        raise BadFileError((_too_many(),))
    for number, record in rows:
        found = _row(number, record, columns, by)
        if isinstance(found, RowLetter):
            sheet.letters.append(found)
        else:
            sheet.faults.extend(found)
    return sheet


def _decoded(raw: bytes) -> tuple[str, str]:
    """The text of a file, and what it was written in: what most of its lines can be read in.

    A byte that is broken becomes a character that no letter may hold, so that only its row is refused.
    """
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    lines = [line for line in raw.split(b"\n") if not line.isascii()]
    good = sum(1 for line in lines if _is_utf8(line))
    encoding = "utf-8" if 2 * good >= len(lines) else "gb18030"
    return encoding, raw.decode(encoding, "surrogateescape")


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _records(text: str) -> Iterator[list[str] | csv.Error]:
    """The records of the text; an error of the format ends them, because nobody knows where it ends."""
    reader = csv.reader(io.StringIO(text, newline=""))
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield error
            return


def _head(head: Sequence[str]) -> list[tuple[str, str]]:
    """(name in the file, the domain's name) of each column. Raises BadFileError."""
    columns = [(name.strip(), COLUMNS.get(name.strip().lower(), "")) for name in head]
    known = [field for _, field in columns if field]
    # Their places, not their names: of a file without a head these are somebody's words.
    wrong = ", ".join(str(place) for place, (_, field) in enumerate(columns, 1) if not field)
    findings = []
    if wrong:
        findings.append(
            Finding(
                "import.unknown_column",
                "head",
                f"第 1 行第 {wrong} 栏的名称不认识。可用的栏目：{'、'.join(COLUMNS)}。",
                f"row 1: expected columns of {', '.join(COLUMNS)}, found others in place {wrong}. "
                "Rename or remove them.",
            )
        )
    if len(known) != len(set(known)):
        findings.append(
            Finding(
                "import.column_twice",
                "head",
                "第 1 行有重复的栏目。",
                "row 1: a column stands twice. Remove one.",
            )
        )
    if "text" not in known:
        findings.append(
            Finding(
                "import.no_text",
                "head",
                "第 1 行缺少栏目：正文（text）。",
                "row 1: expected a column text, found none. The first row names the columns.",
            )
        )
    if findings:
        raise BadFileError(tuple(findings))
    return columns


def _too_many() -> Finding:
    return Finding(
        "import.too_many",
        "file",
        f"一次最多导入 {MOST_ROWS} 行，请分成几个文件。",
        f"expected at most {MOST_ROWS} rows, found more. Cut the file up.",
    )


def _unreadable() -> Finding:
    return Finding(
        "import.unreadable",
        "row",
        "从这一行起无法读取，请检查引号是否成对。",
        "the file cannot be read from here on. Check that every quotation mark has its partner.",
    )


def _row(
    number: int, record: Sequence[str] | csv.Error, columns: Sequence[tuple[str, str]], by: Reading
) -> RowLetter | list[RowFault]:
    if isinstance(record, csv.Error):
        return [RowFault(number, "", _unreadable())]
    if len(record) != len(columns):
        said = Finding(
            "import.cells",
            "row",
            f"应有 {len(columns)} 格，实有 {len(record)} 格，请检查逗号和引号。",
            f"expected {len(columns)} cells, found {len(record)}. Check commas and quotation marks.",
        )
        return [RowFault(number, "", said)]
    names = {field: name for name, field in columns}
    cells = {field: cell for (_, field), cell in zip(columns, record, strict=True)}
    row_id = cells.pop("id", "").strip()
    key = {"source": by.source, "id": row_id} if row_id else dict(cells)
    received, findings = _received(cells.pop("received_at", "").strip(), by)
    submission = _submission(cells, by.units)
    letter: Letter | None = None
    try:
        letter = read_letter(submission, by.units)
    except LetterRefusedError as error:
        findings = [*(_given(error.findings, cells) or error.findings), *findings]
    if findings or letter is None:
        return [RowFault(number, names.get(one.field, one.field), _in_words(one)) for one in findings]
    return RowLetter(number, f"import/{_digest(key)}", letter, received)


def _given(findings: Sequence[Finding], cells: Mapping[str, str]) -> list[Finding]:
    """Without those of a title that was made of the text: what is wrong with that is said of the text."""
    return [one for one in findings if one.field != "title" or cells.get("title", "").strip()]


def _in_words(finding: Finding) -> Finding:
    """A finding about a choice as a reader of the table knows the choices: by their Chinese names."""
    choices = _CHOICES.get(finding.field)
    if finding.code != "letter.unknown_choice" or choices is None:
        return finding
    zh = f"请从以下选项中选择：{'、'.join(choices)}。"
    return Finding(finding.code, finding.field, zh, finding.en)


def _digest(values: Mapping[str, str]) -> str:
    """Names what a row says; what is left empty says nothing, so that a new empty column changes no row."""
    said = {name: value for name, value in values.items() if value.strip()}
    text = json.dumps(said, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _received(text: str, by: Reading) -> tuple[datetime | None, list[Finding]]:
    """When the city received it; of a day without a time, its beginning."""
    if not text:
        return None, []
    moment = _moment(text, by.zone)
    if moment is None:
        wrong = Finding(
            "import.received_at",
            "received_at",
            "请写成 2026-09-01 或 2026-09-01 09:30。",
            "expected a day such as 2026-09-01 or 2026-09-01 09:30, found something else. Correct it.",
        )
        return None, [wrong]
    return moment, list(check_arrival(Arrival(moment), by.now))


def _moment(text: str, zone: tzinfo) -> datetime | None:
    for form in _MOMENTS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=zone)
        except ValueError:
            continue
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)


def _submission(cells: Mapping[str, str], units: Organisation) -> dict[str, Any]:
    """A row as the domain reads a submission: Chinese names of choices and units become their ids."""
    text = cells["text"]
    unit_ids = {name: unit.id for unit in units for name in (unit.name_zh, unit.name_en)}
    areas = unit_ids | {"本市以外": ELSEWHERE}
    consent = cells.get("public_consent", "").strip().lower()
    return {
        "title": cells["title"] if cells.get("title", "").strip() else title_of(text),
        "text": text,
        "kind": _named(cells, "kind", _KINDS) or Kind.HELP.value,
        "addressee": _named(cells, "addressee", unit_ids),
        "author_name": cells.get("author_name", ""),
        "contact": cells.get("contact", ""),
        "public_consent": _CONSENT.get(consent, consent) if consent else False,
        "channel": _named(cells, "channel", _CHANNELS) or Channel.IMPORT.value,
        "citizen_group": _named(cells, "citizen_group", _GROUPS),
        "citizen_area": _named(cells, "citizen_area", areas),
    }


def _named(cells: Mapping[str, str], name: str, names: Mapping[str, str]) -> str:
    value = cells.get(name, "").strip()
    return str(names.get(value, value))
