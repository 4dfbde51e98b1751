"""What `wenzheng incidents` prints for people."""

from __future__ import annotations

from typing import Any

from wenzheng.cli.petition_output import clean, minute, table


def some_incidents(answer: dict[str, Any]) -> str:
    """A list of incidents."""
    if not answer["items"]:
        return f"No incidents like that; open: {answer['open']}." if answer["open"] else "No incidents."
    return table(
        ("INCIDENT", "ELEMENT", "SINCE", "CODE", "CAUSE", "RESOLVED"),
        [
            (item["id"], item["element"], minute(item["raised_at"]), item["code"], item["message"],
             _how(item) or "no")
            for item in answer["items"]
        ],
    )  # fmt: skip


def _how(item: dict[str, Any]) -> str:
    if not item["resolved_at"]:
        return ""
    by = f" by {clean(item['resolved_by'])}" if item["resolved_by"] else ""
    return f"{item['action']}{by}, {minute(item['resolved_at'])}"


def one_incident(answer: dict[str, Any]) -> str:
    """An incident, and the commands by which it may be resolved."""
    facts = [
        ("Incident", answer["id"]), ("Letter", answer["letter"]), ("Instance", answer["instance"]),
        ("Process", answer["process"]), ("Element", answer["element"]), ("Name", answer["name"]),
        ("Type", answer["type"]), ("Code", answer["code"]), ("Cause", answer["message"]),
        ("Since", minute(answer["raised_at"])), ("Resolved", _how(answer)), ("Reason", answer["reason"]),
    ]  # fmt: skip
    lines = [f"{name:<10}{clean(value)}" for name, value in facts if value]
    if answer["actions"] is None:
        return "\n".join([*lines, "The process engine does not answer just now: try again in a moment."])
    return "\n".join([*lines, *(_command(answer, action) for action in answer["actions"])])


def _command(answer: dict[str, Any], action: str) -> str:
    """How to do it."""
    values = "".join(f" --set {name}={kind.upper()}" for name, kind in (answer["output"] or {}).items())
    if answer["flows"]:
        values = " --set flow=" + "|".join(flow["flow"] for flow in answer["flows"])
    more = values if action == "answer" else ""
    return f"Next: wenzheng incidents {action} {answer['id']}{more} --reason WHY"


def resolved(answer: dict[str, Any]) -> str:
    """After an act."""
    if not answer["resolved_at"]:
        return f"{answer['id']}: taken; `wenzheng incidents list` will show it resolved in a moment."
    lines = [f"{answer['id']}: {_how(answer)}"]
    lines += [f"Open in the same instance: wenzheng incidents show {name}" for name in answer["open"]]
    return "\n".join(lines)
