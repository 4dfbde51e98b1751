"""The forms of tasks: what a person filled in, read by the types of the definition's fields.

A definition says which fields a task has; nothing here knows any task by name. All that is wrong is said
at once. Values come typed (from JSON) or as the texts a browser sends (`from_form`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from wenzheng.petitions.organisation import Organisation, check_assignment

LONGEST_CONTENT: Final = 20_000
"""Characters of a text said in an act: five times a letter (petitions.intake)."""
LONGEST_STRING: Final = 1_000
"""Characters of a line, where the definition gives no limit: it travels in the process's variables."""
MOST_CHOSEN: Final = 50
"""Units or files in one field."""

_INT_MAX: Final = 2**53 - 1
"""Whole numbers that every reader of JSON keeps exactly (RFC 8259, section 6)."""
_ONE_OF_MANY: Final = frozenset({"units", "files"})
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")
"""NUL and half characters: no database keeps them (store.BadText)."""
_YES_NO: Final = {"yes": True, "no": False}
# A "no" the next person has to understand: the field that then says why, if the form has it.
_EXPLAINED_BY: Final = {
    "accepted": "reason",
    "approved": "return_note",
    "done": "check_note",
    "allowed": "allow_note",
    "plan_approved": "plan_note",
    "brief_approved": "brief_note",
}
# An answer that says something only together with another field, if the form has it.
_AGREES: Final = ("approved", "allowed")
"""Answers that let a promise be given."""
_COMPLETED_BY: Final = {("reply_kind", "promised"): "promised_on"}


@dataclass(frozen=True, slots=True)
class FormField:
    """A field as the definition describes it.

    `minimum` and `maximum` bound a number's value, a text's length in characters, or how many are chosen;
    `not_before` ("today" or "tomorrow") a date, by the day on which the form is sent.
    """

    id: str
    type: str
    names: Mapping[str, str] = field(default_factory=dict)
    required: bool = False
    minimum: int | None = None
    maximum: int | None = None
    values: tuple[str, ...] = ()
    not_before: str | None = None

    def name(self, language: str) -> str:
        """The label, in another language where there is none in this one; else the id."""
        return self.names.get(language) or next(iter(self.names.values()), "") or self.id


@dataclass(frozen=True, slots=True)
class Misfit:
    """One thing wrong with a form: in which field, what was expected (in both languages), what was found."""

    field: str
    code: str
    zh: str
    en: str
    found: object = None


@dataclass(frozen=True, slots=True)
class Around:
    """What the values of a form are read beside: units of the organisation, files of the letter, the day.

    `files` are the ids of the attachments that the person's own unit added to the letter. `assigns` is
    True for the task that gives the letter to a unit: only some kinds of units answer letters.
    """

    units: Organisation
    today: date
    files: frozenset[str] = frozenset()
    assigns: bool = False
    promised: date | None = None
    """The day that the draft before this form promises; None where it promises nothing."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it was read: values by field, texts kept apart from the process, and what is wrong."""

    values: dict[str, Any]
    texts: dict[str, str]
    misfits: tuple[Misfit, ...]


def fields_of(rows: Iterable[Mapping[str, Any]]) -> tuple[FormField, ...]:
    """The fields of a task as its record lists them; a name may be one text or one for each language."""
    return tuple(
        FormField(
            id=row["id"],
            type=row["type"],
            names=_names(row.get("name")),
            required=bool(row.get("required")),
            minimum=row.get("min"),
            maximum=row.get("max"),
            values=tuple(row.get("values") or ()),
            not_before=row.get("not_before"),
        )
        for row in rows
    )


def in_two_languages(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Fields as records list them, each named by the definition in Chinese and English where it does."""
    return [
        row | {"name": {"zh": row["name"], "en": row["name_en"]}} if row.get("name_en") else row
        for row in map(dict, rows)
    ]


def _names(name: object) -> dict[str, str]:
    if isinstance(name, Mapping):
        return {str(language): str(text) for language, text in name.items() if text}
    return {"": str(name)} if name else {}


def from_form(fields: Sequence[FormField], sent: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The values of a browser's form: nothing for what was left empty, text where a type does not fit.

    What cannot be read stays as it was written, so that `fill` says what was found. Browsers send the line
    ends of a text area as CR LF whatever was typed; people typed LF.
    """
    values: dict[str, Any] = {}
    for item in fields:
        given = [text for text in sent.get(item.id, ()) if text.strip()]
        if not given:
            continue
        if item.type in _ONE_OF_MANY:
            values[item.id] = list(given)
        elif item.type == "content":
            values[item.id] = given[0].replace("\r\n", "\n")
        else:
            values[item.id] = _typed(item.type, given[0].strip())
    return values


def _typed(kind: str, text: str) -> Any:
    if kind == "bool":
        return _YES_NO.get(text, text)
    try:
        if kind == "int":
            return int(text)
        if kind == "double":
            return float(text)
    except ValueError:
        return text
    return text


def fill(fields: Sequence[FormField], given: Mapping[str, Any], around: Around) -> Filled:
    """Read typed values by the fields of a form. None and empty lists count as left empty."""
    known = {item.id: item for item in fields}
    values: dict[str, Any] = {}
    texts: dict[str, str] = {}
    misfits = [_unknown(name, known) for name in given if name not in known]
    for item in fields:
        value = given.get(item.id)
        if value is None or value == []:
            if item.required:
                misfits.append(_missing(item))
            continue
        wrong = list(_wrong(item, value, around))
        misfits += wrong
        if not wrong:
            (texts if item.type == "content" else values)[item.id] = value
    misfits += _unexplained(known, given)
    misfits += _incomplete(known, given)
    misfits += _overtaken(known, given, around)
    return Filled(values, texts, tuple(misfits))


def _unknown(name: str, known: Mapping[str, FormField]) -> Misfit:
    have = ", ".join(known)
    return Misfit(
        name,
        "form.unknown",
        f"没有这一栏，本表有：{have or '无'}。",
        f"no such field; this form has: {have or 'none'}",
        name,
    )


def _missing(item: FormField) -> Misfit:
    zh, en = _EXPECTED.get(item.type, ("内容", "a value"))
    if item.values:
        zh, en = "所列各项中的一项", "one of those that are listed"
    verb = "请填写" if item.type in _WRITTEN and not item.values else "请选择"
    return Misfit(item.id, "form.required", f"必填，{verb}{zh}。", en, None)


_WRITTEN: Final = frozenset({"string", "content", "int", "double", "date"})


_EXPECTED: Final = {
    "bool": ("“是”或“否”", "yes or no"),
    "string": ("内容", "some text"),
    "content": ("内容", "some text, not only blanks"),
    "int": ("整数", "a whole number"),
    "double": ("数字", "a number"),
    "date": ("日期", "a date as YYYY-MM-DD"),
    "unit": ("单位", "a unit of the organisation"),
    "units": ("单位", "units of the organisation"),
    "files": ("附件", "files that your unit added to this letter"),
}


def explains_a_no(fields: Sequence[FormField]) -> frozenset[str]:
    """Fields that need not be filled in unless another one of the form is answered with no."""
    ids = {item.id for item in fields}
    return frozenset(why for answer, why in _EXPLAINED_BY.items() if {answer, why} <= ids)


def _unexplained(known: Mapping[str, FormField], given: Mapping[str, Any]) -> Iterator[Misfit]:
    for answer, why in _EXPLAINED_BY.items():
        if answer in known and why in known and given.get(answer) is False:
            value = given.get(why)
            if value is None or (isinstance(value, str) and not value.strip()):
                yield Misfit(why, "form.why", "选“否”时必须说明理由。", "a reason, because the answer is no")


def _incomplete(known: Mapping[str, FormField], given: Mapping[str, Any]) -> Iterator[Misfit]:
    for (answer, said), other in _COMPLETED_BY.items():
        if answer in known and other in known and given.get(answer) == said and not given.get(other):
            yield Misfit(other, "form.with", "选择承诺时必须写明日期。", "a day, because a promise has one")


def promised_day(variables: Mapping[str, Any]) -> date | None:
    """The day that waits to be agreed to: of a draft that promises, or of a promise that is renewed."""
    day = variables.get("renew_until") or variables.get("promised_on")
    return date.fromisoformat(day) if variables.get("reply_kind") == "promised" and day else None


def _overtaken(known: Mapping[str, FormField], given: Mapping[str, Any], around: Around) -> Iterator[Misfit]:
    """A promise is not agreed to on a day after the one that it names."""
    day = around.promised
    if day is None or day >= around.today:
        return
    for answer in _AGREES:
        if answer in known and given.get(answer) is True:
            zh = f"承诺的日期（{day}）已过，请退回，改写日期。"
            en = f"no, because the promised day ({day}) is over: return it for another day"
            yield Misfit(answer, "form.overtaken", zh, en, "yes")


def _wrong(item: FormField, value: Any, around: Around) -> Iterator[Misfit]:
    check = _CHECKS.get(item.type)
    if check is not None:
        yield from check(item, value, around)


def _not(item: FormField, value: object) -> Misfit:
    zh, en = _EXPECTED[item.type]
    return Misfit(item.id, "form.type", f"应填写或选择{zh}。", en, value)


def _bool(item: FormField, value: Any, _around: Around) -> Iterator[Misfit]:
    if not isinstance(value, bool):
        yield _not(item, value)


def _string(item: FormField, value: Any, _around: Around) -> Iterator[Misfit]:
    if not isinstance(value, str):
        yield _not(item, value)
    elif item.values:
        yield from _chosen(item, value)
    else:
        yield from _written(item, value, LONGEST_STRING)


def _content(item: FormField, value: Any, _around: Around) -> Iterator[Misfit]:
    if not isinstance(value, str) or not value.strip():
        yield _not(item, value)
    else:
        yield from _written(item, value, LONGEST_CONTENT)


def _chosen(item: FormField, value: Any) -> Iterator[Misfit]:
    if str(value) not in item.values:
        have = ", ".join(item.values)
        yield Misfit(item.id, "form.choice", "请从所列各项中选择一项。", f"one of {have}", value)


def _written(item: FormField, value: str, longest: int) -> Iterator[Misfit]:
    least, most = item.minimum or 0, longest if item.maximum is None else item.maximum
    if _UNSTORABLE.search(value):
        en = "text without NUL and without half characters"
        yield Misfit(item.id, "form.characters", "含有无法保存的字符，请删去。", en, value)
    if not least <= len(value) <= most:
        zh = f"应为 {least} 至 {most} 字，现在是 {len(value)} 字。"
        yield Misfit(item.id, "form.length", zh, f"{least} to {most} characters", value)


def _number(item: FormField, value: Any, _around: Around) -> Iterator[Misfit]:
    numbers = int if item.type == "int" else int | float
    if isinstance(value, bool) or not isinstance(value, numbers) or not abs(value) <= _INT_MAX:
        yield _not(item, value)
        return
    if item.values:
        yield from _chosen(item, value)
    low, high = item.minimum, item.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        yield _out_of_range(item, value)


def _out_of_range(item: FormField, value: object) -> Misfit:
    low, high = item.minimum, item.maximum
    if low is None:
        zh, en = f"应不大于 {high}。", f"at most {high}"
    elif high is None:
        zh, en = f"应不小于 {low}。", f"at least {low}"
    else:
        zh, en = f"应为 {low} 至 {high}。", f"{low} to {high}"
    return Misfit(item.id, "form.range", zh, en, value)


_FIRST: Final = {"today": ("今天", "today"), "tomorrow": ("明天", "tomorrow")}


def _day(item: FormField, value: Any, around: Around) -> Iterator[Misfit]:
    try:
        good = isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        good = False
    if not good:
        yield _not(item, value)
    elif item.not_before is not None:
        first = around.today + timedelta(days=item.not_before == "tomorrow")
        if date.fromisoformat(value) < first:
            zh = f"应为{_FIRST[item.not_before][0]}（{first}）或以后的日期。"
            en = f"{first} ({_FIRST[item.not_before][1]}) or a later day"
            yield Misfit(item.id, "form.past", zh, en, value)


def _unit(item: FormField, value: Any, around: Around) -> Iterator[Misfit]:
    if not isinstance(value, str) or value not in around.units:
        zh = "没有这个单位，请从单位名录中选择。"
        yield Misfit(item.id, "form.unit", zh, "a unit of the organisation", value)
    elif around.assigns:
        yield from (
            Misfit(item.id, finding.code, finding.zh, finding.en, value)
            for finding in check_assignment(value, around.units)
        )


def _units(item: FormField, value: Any, around: Around) -> Iterator[Misfit]:
    if not _is_list(value):
        yield _not(item, value)
        return
    yield from _counted(item, value)
    for one in value:
        yield from _unit(item, one, around)


def _files(item: FormField, value: Any, around: Around) -> Iterator[Misfit]:
    if not _is_list(value):
        yield _not(item, value)
        return
    yield from _counted(item, value)
    for one in value:
        if one not in around.files:
            zh = "附件不在本单位为这封信上传的文件中，请重新上传。"
            yield Misfit(item.id, "form.file", zh, _EXPECTED["files"][1], one)


def _is_list(value: object) -> bool:
    """A list of different texts."""
    if not isinstance(value, list):
        return False
    return all(isinstance(one, str) for one in value) and len(set(value)) == len(value)


def _counted(item: FormField, value: list[str]) -> Iterator[Misfit]:
    least, most = item.minimum or 0, MOST_CHOSEN if item.maximum is None else item.maximum
    if not least <= len(value) <= most:
        zh = f"应为 {least} 至 {most} 个，现在是 {len(value)} 个。"
        yield Misfit(item.id, "form.count", zh, f"{least} to {most} of them", len(value))


_CHECKS: Final = {
    "bool": _bool,
    "string": _string,
    "content": _content,
    "int": _number,
    "double": _number,
    "date": _day,
    "unit": _unit,
    "units": _units,
    "files": _files,
}
