"""What `wenzheng petition` prints for people: aligned with Chinese text, safe in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from rich.cells import cell_len, set_cell_size

_WIDEST: Final = 40
"""Cells of the widest column; letters have titles of 200 characters."""
TITLE_LIMIT: Final = 200


def clean(text: object) -> str:
    """Text without control characters: a letter must not be able to drive a terminal."""
    return "".join(c if c in "\n\t" or (c.isprintable() and c != "\x7f") else "\ufffd" for c in str(text))


def first_line(text: str) -> str:
    """The first line with words in it, as a title."""
    lines = (line.strip() for line in text.splitlines())
    return next((line for line in lines if line), "")[:TITLE_LIMIT]


def _cell(value: object) -> str:
    text = " ".join(clean("" if value is None else value).split())
    return text if cell_len(text) <= _WIDEST else set_cell_size(text, _WIDEST - 1) + "…"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Columns aligned by the cells a terminal uses: a Chinese character is two wide."""
    lines = [list(head), *([_cell(value) for value in row] for row in rows)]
    widths = [max(cell_len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            text + " " * (width - cell_len(text)) for text, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    )


def minute(at: str | None) -> str:
    """By the city's clock, wherever this machine stands: its dates are the city's too."""
    from wenzheng.calendars.china import ZONE  # not before something is printed

    return datetime.fromisoformat(at).astimezone(ZONE).strftime("%Y-%m-%d %H:%M") if at else ""


_NEXT: Final = {
    "accept": "wenzheng petition accept {number}",
    "assign": "wenzheng petition assign {number} UNIT   (ids: wenzheng petition units)",
    "sign": "wenzheng petition sign {number}",
    "reply": "wenzheng petition reply {number} TEXT",
    "approve": "wenzheng petition approve {number}   (or --back NOTE)",
    "complete": "wenzheng petition complete {number} TEXT",
    "check": "wenzheng petition check {number}   (or --back NOTE)",
    "feedback": "wenzheng petition feedback {number} TEXT",
    "rate": "the author: wenzheng petition rate TRACKING --solved --satisfaction 5",
    "decide": "wenzheng petition decide {number} TEXT",
}


_SECOND: Final = {
    "passphrase": "the passphrase",
    "contact": "the contact",
}


def receipt(answer: dict[str, Any]) -> str:
    """After submitting; a word that was drawn is told this once."""
    drawn = [f"Passphrase     {answer['passphrase']}"] if "passphrase" in answer else []
    return "\n".join(
        [
            f"Letter         {answer['number']}",
            f"Tracking code  {answer['tracking_code']}",
            f"Received on    {answer['received_on']}",
            f"Second factor  {_SECOND[answer['second_factor']]}",
            *drawn,
            "Keep both: with them the author follows and rates the letter.",
            f"Next: wenzheng petition accept {answer['number']}",
            f"      wenzheng petition show {answer['tracking_code']}",
        ]
    )


def done(answer: dict[str, Any]) -> str:
    """After an act."""
    lines = [f"{answer['number']}: {answer['state']} (by {clean(answer['actor'])}, {minute(answer['at'])})"]
    if answer["ended"]:
        lines.append("The letter is closed.")
    lines += [
        "Next: " + _NEXT[element].format(number=answer["number"])
        for element in answer["open"]
        if element in _NEXT
    ]
    return "\n".join(lines)


def hits(answer: dict[str, Any]) -> str:
    """What was found: number, lamp, title, and below it the part with the words, these in brackets."""
    if not answer["items"]:
        return "No letter found. Try another word, or one word less."
    lines = []
    for hit in answer["items"]:
        brief = hit["letter"]
        lines.append(f"{brief['number']}  {brief['lamp']}  {_pieces(hit['title'])}")
        lines.append(f"    {_pieces(hit['excerpt'])}")
    found = f"{'at least ' if answer['more'] else ''}{answer['found']} found"
    lines.append(f"Page {answer['page']} of {answer['pages']}, {found}.")
    return "\n".join(lines)


def _pieces(pieces: Sequence[dict[str, Any]]) -> str:
    text = "".join(f"[{one['text']}]" if one["marked"] else one["text"] for one in pieces)
    return " ".join(clean(text).split())


def letter(answer: dict[str, Any]) -> str:
    """One letter with everything the caller may see."""
    author = answer.get("author")
    who = " ".join(filter(None, [author["name"], author["contact"]])) if author else None
    facts = [
        ("Letter", answer["number"]), ("Title", answer["title"]), ("State", answer["state"]),
        ("Lamp", answer["lamp"]), ("Kind", answer["kind"]), ("Received on", answer["received_on"]),
        ("Department", answer["department_name"] or answer["department"]), ("Author", who),
        ("Open", ", ".join(answer["open"])), ("Outcome", answer["outcome"]),
    ]  # fmt: skip
    lines = [f"{name:<13}{clean(value)}" for name, value in facts if value]
    for clock in answer["clocks"]:
        limits = ", ".join(f"{limit['id']} after {limit['due'] or '…'}" for limit in clock["limits"])
        state = "running" if clock["running"] else "stopped"
        said = ", ".join(part for part in (clock["lamp"], state, limits) if part)
        whose = f" ({clean(clock['whose_name'] or clock['whose'])})" if clock.get("whose") else ""
        lines.append(f"{'Clock':<13}{clean(clock['name'])}{whose}: {said}")
    if answer["text"] is not None:
        lines += ["", clean(answer["text"])]
    for content in answer["contents"]:
        lines += [
            "",
            f"--- {content['kind']} by {clean(content['author'])}, {minute(content['at'])}",
            clean(content["text"]),
        ]
        if content.get("silent"):
            lines.append(f"Asked to help, no answer by then: {', '.join(map(clean, content['silent']))}")
    lines += [
        "",
        *(
            f"{minute(event['at'])}  {_EVENTS[event['event']]:<14}{_who(event)}"
            for event in answer["timeline"]
            if event["event"] in _EVENTS
        ),
    ]
    return "\n".join(lines)


_EVENTS: Final = {
    "submitted": "submitted",
    "task_opened": "opens",
    "task_closed": "done",
    "clock_started": "clock starts",
    "clock_stopped": "clock stops",
    "threshold_passed": "late",
    "reminder_due": "reminder",
    "fact_reached": "fact",
    "incident_raised": "incident",
    "incident_resolved": "resolved",
    "instance_ended": "closed",
}
"""What `show` tells of the timeline, in words; the inner steps are in --format json."""


def _who(event: dict[str, Any]) -> str:
    """What an event was about, the lamp it lit and who did it."""
    data = event["data"]
    if event["event"] == "instance_ended":
        return clean(data.get("outcome") or data.get("state") or "")
    lamp = f" {data['lamp']}" if data.get("lamp") else ""
    actor = f" by {clean(event['actor'])}" if event["actor"] else ""
    cancelled = " (cancelled)" if data.get("reason") == "cancelled" else ""
    return f"{clean(event['name'])}{lamp}{actor}{cancelled}"


def letters(answer: dict[str, Any], *, filtered: bool = False) -> str:
    """A list of letters; `filtered` when only some were asked for."""
    if not answer["items"] and filtered:
        return "No letters like that. All of them: wenzheng petition list"
    if not answer["items"]:
        return "No letters. Submit one: wenzheng petition submit --text TEXT"
    text = table(
        ("NUMBER", "LAMP", "STATE", "RECEIVED", "KIND", "DEPARTMENT", "TITLE"),
        [
            (item["number"], item["lamp"], item["state"], item["received_on"], item["kind"],
             item["department_name"] or "-", item["title"] or "(not shown)")
            for item in answer["items"]
        ],
    )  # fmt: skip
    return text + (f"\nMore: --cursor {answer['next']}" if answer["next"] else "")


def tasks(answer: dict[str, Any]) -> str:
    """Open tasks."""
    if not answer["items"]:
        return "No open tasks."
    return table(
        ("NUMBER", "TASK", "NAME", "LAMP", "OPENED", "TITLE"),
        [
            (
                item["number"],
                item["element"],
                item["name"],
                item["lamp"],
                minute(item["opened_at"]),
                item["title"],
            )
            for item in answer["items"]
        ],
    )


def inbox(answer: dict[str, Any]) -> str:
    """Notices of passed limits."""
    if not answer["items"]:
        return "The inbox is empty."
    return table(
        ("ENTRY", "NUMBER", "CLOCK", "LIMIT", "LAMP", "DUE", "TO", "ACKNOWLEDGED"),
        [
            (item["id"], item["number"], item["clock"], item["threshold"], item["lamp"] or "-", item["due"],
             item["recipient_unit"] or item["recipient_role"], minute(item["acknowledged_at"]) or "no")
            for item in answer["items"]
        ],
    )  # fmt: skip


def acknowledged(answer: dict[str, Any]) -> str:
    """After acknowledging a notice."""
    return f"Notice {answer['id']} acknowledged by {clean(answer['acknowledged_by'])}."


def units(answer: dict[str, Any]) -> str:
    """The organisation."""
    return table(
        ("ID", "KIND", "NAME", "ENGLISH", "PART OF"),
        [(u["id"], u["kind"], u["name_zh"], u["name_en"], u["parent"]) for u in answer["items"]],
    )


def imported(answer: dict[str, Any]) -> str:
    """After bringing in a file: what became of it, then every row that was not taken."""
    word = "can be taken" if answer["trial"] else "taken"
    bad = {fault["row"] for fault in answer["faults"]}
    rows = f"{answer['rows']} rows ({answer['encoding']}): {len(answer['taken'])} {word}"
    lines = [f"{rows}, {len(answer['known'])} brought in before, {len(bad)} with faults."]
    if answer["trial"]:
        lines.append("Nothing was kept. Without --dry-run the good rows become letters.")
    elif answer["taken"]:
        lines.append("--format json prints each letter's number and tracking code, this once.")
    for fault in answer["faults"]:
        column = f", {clean(fault['column'])}" if fault["column"] else ""
        lines.append(f"row {fault['row']}{column}: {fault['en']} [{fault['code']}]")
    return "\n".join(lines)
