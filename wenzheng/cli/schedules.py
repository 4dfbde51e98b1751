"""`wenzheng schedules …`: what begins by the calendar, over the API of a running Wenzheng."""

from __future__ import annotations

from typing import Annotated, Any, Final
from urllib.parse import quote

import typer

from wenzheng.cli.connection import CommandError
from wenzheng.cli.petition_options import Session, register
from wenzheng.cli.petition_output import clean, minute, table

app = typer.Typer(
    name="schedules",
    help="What begins by the calendar: when next, for what it did; pause, resume, run now.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

AS: Final = ("operator", "process_admin")
_PARTS: Final = 3
Which = Annotated[
    str,
    typer.Argument(
        metavar="SCHEDULE", help="NAME/PROCESS/ELEMENT (see `list`), or the definition's name if it has one."
    ),
]
Reason = Annotated[str, typer.Option(help="Why; kept for whoever asks later.")]
Period = Annotated[
    str | None,
    typer.Option(metavar="PERIOD", help="Such as 2026-11 or 2026-W48.", show_default="the one at hand"),
]


@register(app, "list")
def list_(session: Session) -> None:
    """Every schedule of the definitions in force: when it comes next, for what it began last."""
    session.show(session.call("GET", "/api/schedules", as_=AS), _rows)


@register(app, "show")
def show(session: Session, *, which: Which) -> None:
    """One schedule: its next occasions, the last ones with what began for them, what people did."""
    session.show(session.call("GET", _path(session, which), as_=AS), _one)


@register(app, "pause")
def pause(session: Session, *, which: Which, reason: Reason) -> None:
    """From now on nothing begins by it; what is due already begins first."""
    path = _path(session, which)
    session.show(session.call("POST", f"{path}/pause", body={"reason": reason}, as_=AS), _one)


@register(app, "resume")
def resume(session: Session, *, which: Which, reason: Reason) -> None:
    """From now on it begins again; what came during the pause does not (see `run`)."""
    path = _path(session, which)
    session.show(session.call("POST", f"{path}/resume", body={"reason": reason}, as_=AS), _one)


@register(app, "run")
def run(session: Session, *, which: Which, reason: Reason, period: Period = None) -> None:
    """Begin for a period now: the one at hand, one that was missed, one to come. A period begins once."""
    body = {"reason": reason, "period": period}
    session.show(session.call("POST", f"{_path(session, which)}/run", body=body, as_=AS), _begun)


def _path(session: Session, which: str) -> str:
    """The API path of a schedule, which may be named by its definition where that has one only."""
    parts = which.split("/")
    if len(parts) != _PARTS:
        items = session.call("GET", "/api/schedules", as_=AS)["items"]
        found = [item["id"] for item in items if item["name"] == which]
        if len(found) != 1:
            known = ", ".join(found or [item["id"] for item in items]) or "none"
            raise CommandError(
                f"expected one schedule called {which}, found {len(found)}; there are: {known}"
            )
        parts = found[0].split("/")
    return "/api/schedules/" + "/".join(quote(part, safe="") for part in parts)


def _when(item: dict[str, Any]) -> str:
    rule = item["rule"]
    kind = "working day" if rule["working"] else "day"
    if rule["every"] == "day":
        return f"each {kind} {rule['at']}"
    end = " from the end" if rule["number"] < 0 else ""
    return f"{kind} {abs(rule['number'])}{end} of each {rule['every']} {rule['at']}"


def _rows(answer: dict[str, Any]) -> str:
    if not answer["items"]:
        return "No definition in force begins by the calendar."
    return table(
        ("SCHEDULE", "WHEN", "NEXT", "LAST", "STATE"),
        [
            (
                item["id"],
                _when(item),
                f"{item['next'][0]['period']} {minute(item['next'][0]['at'])}" if item["next"] else "",
                item["last"][0]["period"] if item["last"] else "",
                "paused" if item["paused"] else "in force",
            )
            for item in answer["items"]
        ],
    )


def _one(item: dict[str, Any]) -> str:
    lines = [
        f"Schedule  {item['id']}",
        f"When      {_when(item)}",
        f"State     {'paused' if item['paused'] else 'in force'}",
        f"Version   {item['definition'][:12]}",
    ]
    if item["trouble"]:
        lines.append(f"Trouble   {clean(item['trouble'])}")
    lines += [f"Next      {one['period']}  {minute(one['at'])}" for one in item["next"]]
    lines += [
        f"Had       {one['period']}  {minute(one['at'])}  {one['cause']}  {one['instance'] or ''}".rstrip()
        for one in item["last"]
    ]
    for act in item["acts"]:
        about = f" {act['period']}" if act["period"] else ""
        said = f"{act['kind']}{about} by {clean(act['by'])}: {clean(act['reason'])}"
        lines.append(f"Done      {minute(act['at'])}  {said}")
    return "\n".join(lines)


def _begun(answer: dict[str, Any]) -> str:
    return f"{answer['period']}: begins as {answer['instance']}"
