"""Forms of tasks on a page: each field of the definition as the control that suits its type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from starlette.datastructures import FormData

from wenzheng.petitions.forms import LONGEST_CONTENT, FormField, Misfit, explains_a_no, fields_of, from_form
from wenzheng.petitions.organisation import ASSIGNABLE, Organisation
from wenzheng.web.i18n import Words

_DATE_PARTS: Final = ("year", "month", "day")
_ASSIGNED: Final = "assigned"
_INDENT: Final = "\u3000"
"""A wide space: sections stand below their department in a list of units."""


class Formed(Protocol):
    """What has a form: an open task, or a message that may be sent."""

    @property
    def element(self) -> str:
        """The element of the definition."""

    @property
    def task_id(self) -> str:
        """The opening of a task; empty for a message."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def fact(self) -> str | None:
        """The fact that it establishes."""

    @property
    def fields(self) -> Sequence[Mapping[str, Any]]:
        """The fields as the record lists them."""


@dataclass(frozen=True)
class File:
    """A file that the person's unit has added to the letter: it may be ticked again."""

    id: str
    name: str


@dataclass(frozen=True)
class Widget:
    """A control. `name` is its name and id on the page; `values` is what it holds as texts."""

    name: str
    kind: str
    label: str
    hint: str
    options: Sequence[tuple[str, str]]
    values: Sequence[str]
    limit: int = 0

    @property
    def value(self) -> str:
        """The one text of a control that holds one."""
        return self.values[0] if self.values else ""

    @property
    def date(self) -> dict[str, str]:
        """A day in its three parts, as they were typed."""
        parts = self.value.split("-", 2)
        return dict(zip(_DATE_PARTS, [*parts, "", "", ""], strict=False))


@dataclass(frozen=True)
class TaskForm:
    """The form of an open task on a page."""

    element: str
    task_id: str
    title: str
    act_id: str
    widgets: Sequence[Widget]
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def takes_files(self) -> bool:
        """Whether the form must be sent as multipart."""
        return any(widget.kind == "files" for widget in self.widgets)


def step_name(t: Words, element: str, name: str) -> str:
    """What a step is called: in Chinese as the definition says, in English by our words if there are any."""
    return name if t.language == "zh" and name else t.or_else(f"step.{element}", name or element)


def control_name(element: str, field_id: str) -> str:
    """Name and id of a field's control: two open tasks on one page may have fields of the same id."""
    return f"{element}-{field_id}"


def upload_name(element: str, field_id: str) -> str:
    """Name and id of the control by which new files join a field; the ones that are there are ticked."""
    return f"{control_name(element, field_id)}-new"


def sent_values(fields: Sequence[FormField], element: str, form: FormData) -> dict[str, list[str]]:
    """What a form holds for each field, as texts; a day comes in three parts."""
    sent: dict[str, list[str]] = {}
    for item in fields:
        name = control_name(element, item.id)
        sent[item.id] = [text for text in form.getlist(name) if isinstance(text, str)]
        if item.type == "date":
            parts = [str(form.get(f"{name}-{part}", "")).strip() for part in _DATE_PARTS]
            sent[item.id] = ["-".join(parts)] if any(parts) else []
    return sent


def read_sent(fields: Sequence[FormField], sent: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Typed values of what a form holds."""
    days = {item.id for item in fields if item.type == "date"}
    return from_form(
        fields,
        {name: [_day(text) for text in texts] if name in days else texts for name, texts in sent.items()},
    )


def _day(text: str) -> str:
    """A day as people type it: 2026-9-3 is the third of September."""
    parts = text.split("-")
    if len(parts) != len(_DATE_PARTS) or not all(part.isdecimal() for part in parts):
        return text
    year, month, day = (int(part) for part in parts)
    return f"{year:04}-{month:02}-{day:02}"


def task_form(
    t: Words,
    task: Formed,
    act_id: str,
    units: Organisation,
    *,
    files: Sequence[File] = (),
    sent: Mapping[str, Sequence[str]] | None = None,
    errors: Mapping[str, str] | None = None,
    answering: bool = False,
) -> TaskForm:
    """The form of a task, with what was typed and what was wrong with it.

    `answering`: where several units are chosen, only those that answer letters are offered.
    """
    held = sent or {}
    fields = fields_of(task.fields)
    if_no = explains_a_no(fields)
    widgets = [
        _widget(
            t,
            task,
            item,
            held.get(item.id, ()),
            _options(t, task, item, units, files, answering=answering),
            if_no=item.id in if_no,
        )
        for item in fields
    ]
    return TaskForm(
        task.element, task.task_id, step_name(t, task.element, task.name), act_id, widgets, errors or {}
    )


def field_label(t: Words, element: str, item: FormField) -> str:
    """The label of a field: the definition's in the reader's language, else ours, else what there is."""
    given = item.names.get(t.language)
    if given:
        return given
    if t.language == "zh" and "" in item.names:
        return item.names[""]
    return t.or_else(f"label.{element}.{item.id}", item.name(t.language))


def _widget(
    t: Words,
    task: Formed,
    item: FormField,
    held: Sequence[str],
    options: Sequence[tuple[str, str]],
    *,
    if_no: bool,
) -> Widget:
    label = field_label(t, task.element, item)
    kind = _KINDS.get(item.type, "input")
    if item.type == "string" and item.values:
        kind = "radios" if len(item.values) <= _MOST_RADIOS else "select"
    if not item.required:
        label = t("form.if_no" if if_no else "form.optional", label=label)
    limit = (item.maximum or LONGEST_CONTENT) if kind == "textarea" else 0
    return Widget(
        control_name(task.element, item.id), kind, label, _hint(t, task, item, kind), options, held, limit
    )


_MOST_RADIOS: Final = 6
_KINDS: Final = {
    "bool": "radios",
    "content": "textarea",
    "unit": "select",
    "units": "checkboxes",
    "files": "files",
    "date": "date",
}


def _hint(t: Words, task: Formed, item: FormField, kind: str) -> str:
    said = t.or_else(f"hint.{task.element}.{item.id}", "")
    if kind == "input" and item.minimum is not None and item.maximum is not None:
        bounds = t("form.bounds", low=item.minimum, high=item.maximum)
        return f"{said} {bounds}".strip()
    return said


def _options(
    t: Words, task: Formed, item: FormField, units: Organisation, files: Sequence[File], *, answering: bool
) -> list[tuple[str, str]]:
    match item.type:
        case "bool":
            return [
                (answer, t.or_else(f"{item.id}.{answer}", t(f"answer.{answer}"))) for answer in ("yes", "no")
            ]
        case "unit":
            return [("", t("form.choose")), *_unit_options(t, units, assigns=task.fact == _ASSIGNED)]
        case "units":
            return _unit_options(t, units, assigns=answering or task.fact == _ASSIGNED)
        case "files":
            return [(file.id, file.name) for file in files]
    return [(value, value_name(t, item.id, value)) for value in item.values]


def value_name(t: Words, field_id: str, value: str) -> str:
    """One of a field's values in words; the value itself where an administrator has added one."""
    return t.or_else(f"{field_id}.{value}", t.or_else(f"{field_id.removesuffix('_kind')}.{value}", value))


def _unit_options(t: Words, units: Organisation, *, assigns: bool) -> list[tuple[str, str]]:
    def depth(unit_id: str) -> int:
        above = units.line(unit_id)[1:]
        return sum(unit.kind in ASSIGNABLE for unit in above)

    return [
        (unit.id, _INDENT * depth(unit.id) + (unit.name_en if t.language == "en" else unit.name_zh))
        for unit in units
        if not assigns or unit.kind in ASSIGNABLE
    ]


def error_texts(
    t: Words, element: str, fields: Sequence[FormField], misfits: Iterable[Misfit]
) -> dict[str, str]:
    """The first thing wrong with each control, in the reader's language, with the field's label."""
    known = {item.id: item for item in fields}
    errors: dict[str, str] = {}
    for misfit in misfits:
        item = known.get(misfit.field)
        said = misfit.zh if t.language == "zh" else t("error.expected", expected=misfit.en)
        label = (field_label(t, element, item) if item else misfit.field).rstrip("?？")
        separator = "：" if t.language == "zh" else ": "
        name = upload_name if item and item.type == "files" else control_name
        errors.setdefault(name(element, misfit.field), f"{label}{separator}{said}")
    return errors
