"""Intake: a submission becomes a letter, or all that is wrong with it is said at once.

What an author writes is kept exactly: no trimming, no Unicode normalisation, no new line endings.
Characters are counted as Unicode code points. Nothing is ever cut off; what is too long is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from wenzheng.petitions.findings import Finding, RefusedError
from wenzheng.petitions.kinds import ELSEWHERE, Channel, CitizenGroup, Kind
from wenzheng.petitions.organisation import ADDRESSABLE, Organisation, UnitKind

LONGEST_TITLE: Final = 200
LONGEST_TEXT: Final = 4000
LONGEST_NAME: Final = 100
LONGEST_CONTACT: Final = 254
"""Longest mail address (RFC 5321, 4.5.3.1.3)."""

_FIELDS: Final = {
    "title": "标题",
    "text": "正文",
    "author_name": "姓名",
    "contact": "联系方式",
    "addressee": "收信单位",
    "kind": "类别",
    "channel": "渠道",
    "public_consent": "是否同意公开",
    "citizen_group": "群体",
    "citizen_area": "所在地区",
}
_MAIL: Final = re.compile(r"[^\s@<>\"(),;:\\\[\]]{1,64}@[^\s@<>\"(),;:\\\[\]]+\.[^\s@<>\"(),;:\\\[\].]{2,}")
_PHONE: Final = re.compile(r"\+?[0-9]{5,20}(?:[x#][0-9]{1,6})?", re.ASCII)
_PHONE_FILLERS: Final = str.maketrans("", "", " -()./‐‑–—")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that may be taken in.

    `author_name` and `contact` are empty if the author gave none: a tracking code is enough to follow a
    letter. `contact` is a mail address as written, or a phone number without its spaces and dashes.
    `addressee` is the id of a unit; the city if the author named none. `citizen_group` and `citizen_area` (a
    county, or `ELSEWHERE`) are None if the author did not say.
    """

    title: str
    text: str
    author_name: str
    contact: str
    addressee: str
    kind: Kind
    channel: Channel
    public_consent: bool
    citizen_group: CitizenGroup | None = None
    citizen_area: str | None = None


class LetterRefusedError(RefusedError):
    """A submission that is no letter; `findings` hold everything that is wrong with it."""


def read_letter(submission: Mapping[str, Any], units: Organisation) -> Letter:
    """The letter a submission holds.

    Needed: `title`, `text`, `kind`. The rest of the fields of `Letter` may be missing or None.

    Raises:
        LetterRefusedError: with all findings, in the order of the fields.
    """
    findings = check_letter(submission, units)
    if findings:
        raise LetterRefusedError(findings)
    group = _optional(submission, "citizen_group")
    return Letter(
        title=submission["title"],
        text=submission["text"],
        author_name=_optional(submission, "author_name"),
        contact=_contact(_optional(submission, "contact")),
        addressee=_optional(submission, "addressee") or units.root.id,
        kind=Kind(submission["kind"]),
        channel=Channel(_optional(submission, "channel") or Channel.WEB),
        public_consent=submission.get("public_consent") or False,
        citizen_group=CitizenGroup(group) if group else None,
        citizen_area=_optional(submission, "citizen_area") or None,
    )


def title_of(text: str) -> str:
    """A title for a letter that came without one: its first line with words, as far as a title goes."""
    lines = (line.strip() for line in text.splitlines())
    return next((line for line in lines if line), "")[:LONGEST_TITLE]


def areas(units: Organisation) -> tuple[str, ...]:
    """Where an author may say they live: a county of the city, or elsewhere."""
    return (*(unit.id for unit in units.of_kind(UnitKind.COUNTY)), ELSEWHERE)


def check_letter(submission: Mapping[str, Any], units: Organisation) -> tuple[Finding, ...]:
    """Everything that is wrong with a submission, in the order of the fields; empty when it is a letter."""
    return tuple(_findings(submission, units))


def _optional(submission: Mapping[str, Any], field: str) -> str:
    """The text of an optional field; a form sends blanks for what was left empty."""
    value: str = submission.get(field) or ""
    return value if value.strip() else ""


def _findings(submission: Mapping[str, Any], units: Organisation) -> Iterator[Finding]:
    yield from _written(submission, "title", LONGEST_TITLE, needed=True)
    yield from _written(submission, "text", LONGEST_TEXT, needed=True)
    yield from _written(submission, "author_name", LONGEST_NAME, needed=False)
    for field in ("title", "author_name"):
        value = submission.get(field)
        if isinstance(value, str) and len(value.splitlines()) > 1:
            yield _finding(
                "line_break",
                field,
                "只能写一行，请去掉换行。",
                "expected one line, found several. Join them.",
            )
    yield from _reachable(submission)
    yield from _addressed(submission, units)
    yield from _chosen(submission, "kind", tuple(Kind), needed=True)
    yield from _chosen(submission, "channel", tuple(Channel), needed=False)
    yield from _chosen(submission, "citizen_group", tuple(CitizenGroup), needed=False)
    yield from _chosen(submission, "citizen_area", areas(units), needed=False)
    consent = submission.get("public_consent")
    if consent is not None and not isinstance(consent, bool):
        yield _finding(
            "not_a_choice",
            "public_consent",
            "请选择是或否。",
            "expected true or false, found something else. Tick the box or leave it.",
        )
    for field in submission:
        if field not in _FIELDS:
            yield Finding(
                "letter.unknown_field",
                str(field)[:50].encode("ascii", "replace").decode(),
                f"没有这个栏目，可用的栏目：{'、'.join(_FIELDS)}。",
                f"expected only the fields {', '.join(_FIELDS)}, found another one. Take it out.",
            )


def _finding(code: str, field: str, zh: str, en: str) -> Finding:
    return Finding(f"letter.{code}", field, f"{_FIELDS[field]}：{zh}", en)


def _written(submission: Mapping[str, Any], field: str, longest: int, *, needed: bool) -> Iterator[Finding]:
    """What is wrong with something the author wrote."""
    value = submission.get(field)
    if value is None or value == "":
        if needed:
            yield _finding("missing", field, "请填写。", "expected some text, found none. Write it.")
        return
    if not isinstance(value, str):
        yield _finding(
            "not_text", field, "应为文字。", f"expected a text, found a {type(value).__name__}. Send text."
        )
        return
    if needed and not value.strip():
        yield _finding(
            "blank", field, "只有空白，请填写内容。", "expected some text, found only blanks. Write it."
        )
    if len(value) > longest:
        yield _finding(
            "too_long",
            field,
            f"最多{longest}个字符，现有{len(value)}个，请删减；系统不会自动截断。",
            f"expected at most {longest} characters, found {len(value)}. "
            "Shorten it: nothing is cut off for you.",
        )
    yield from _storable(value, field)


def _storable(value: str, field: str) -> Iterator[Finding]:
    """Characters that no database and no page can carry: NUL, and halves of surrogate pairs."""
    nul = value.find("\0")
    if nul >= 0:
        yield _finding(
            "nul",
            field,
            f"第{nul + 1}个字符是空字符（U+0000），请删除。",
            f"expected characters that can be written, found U+0000 in place {nul + 1}. Delete it.",
        )
    try:
        value.encode()
    except UnicodeEncodeError as broken:
        place = broken.start + 1
        yield _finding(
            "surrogate",
            field,
            f"第{place}个字符不完整（可能是截断的表情符号），请删除或重新输入。",
            f"expected whole characters, found half of one (a cut emoji?) in place {place}. "
            "Delete it or type it again.",
        )


def _contact(value: str) -> str:
    """A contact as it is kept: mail as written, phone in plain digits."""
    if "@" in value:
        return value.strip()
    return unicodedata.normalize("NFKC", value).translate(_PHONE_FILLERS).strip()


def contact_or_none(value: str) -> str | None:
    """A mail address or phone number as it is kept; None for nothing. Raises ValueError for anything else."""
    contact = _contact(value)
    if not contact:
        return None
    if len(contact) > LONGEST_CONTACT or not _is_contact(contact):
        raise ValueError("expected a mail address or a phone number, found neither; correct it")
    return contact


def _is_contact(contact: str) -> bool:
    return (_MAIL if "@" in contact else _PHONE).fullmatch(contact) is not None


def _reachable(submission: Mapping[str, Any]) -> Iterator[Finding]:
    found = tuple(_written(submission, "contact", LONGEST_CONTACT, needed=False))
    yield from found
    value = submission.get("contact")
    if found or not isinstance(value, str) or not value.strip():
        return
    if not _is_contact(_contact(value)):
        yield _finding(
            "contact",
            "contact",
            "请填写手机号码、固定电话（含区号）或电子邮箱。",
            "expected a phone number or a mail address, found neither. Correct it or leave it empty.",
        )


def _addressed(submission: Mapping[str, Any], units: Organisation) -> Iterator[Finding]:
    value = submission.get("addressee")
    if value is None or value == "":
        return
    unit = units.get(value) if isinstance(value, str) else None
    if unit is None:
        yield _finding(
            "addressee",
            "addressee",
            "没有这个单位，请从名录中选择。",
            "expected the id of a unit, found an unknown one. "
            "Choose one of the list, or leave it to the city.",
        )
    elif unit.kind not in ADDRESSABLE:
        yield _finding(
            "addressee_kind",
            "addressee",
            f"不能直接写给“{unit.name_zh}”，请选择市、市领导、部门或县区。",
            f"expected the city, a leader, a department or a county, found {unit.name_en}. Choose another.",
        )


def _chosen(
    submission: Mapping[str, Any], field: str, choices: tuple[str, ...], *, needed: bool
) -> Iterator[Finding]:
    value = submission.get(field)
    if value is None or value == "":
        if needed:
            yield _finding(
                "missing", field, "请选择。", f"expected one of {', '.join(choices)}, found none. Choose one."
            )
    elif not isinstance(value, str) or value not in choices:
        yield _finding(
            "unknown_choice",
            field,
            f"请从以下选项中选择：{'、'.join(choices)}。",
            f"expected one of {', '.join(choices)}, found something else. Choose one.",
        )
