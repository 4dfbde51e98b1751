"""`wenzheng incidents …`: what has stopped, why, and what an operator does about it, over the API."""

from __future__ import annotations

from typing import Annotated, Any, Final
from urllib.parse import quote

import typer

from wenzheng.cli.incidents_output import one_incident, resolved, some_incidents
from wenzheng.cli.petition_options import Session, register, wrong_usage
from wenzheng.web.answering import typed

app = typer.Typer(
    name="incidents",
    help="What has stopped and waits for an operator, over the API of a running Wenzheng.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

AS: Final = ("operator",)
Name = Annotated[str, typer.Argument(metavar="INCIDENT", help="Name of an incident (see `list`).")]
Reason = Annotated[
    str, typer.Option(help="What you found, and why you decide like this; kept for the audit.")
]
ActId = Annotated[
    str | None, typer.Option("--act-id", help="Name of this act; the same name twice is one act.")
]
Values = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="One value of the answer; may be repeated."),
]


def _path(name: str, action: str = "") -> str:
    return f"/api/incidents/{quote(name, safe='')}" + (f"/{action}" if action else "")


@register(app, "list")
def list_(
    session: Session,
    *,
    done: Annotated[bool, typer.Option("--resolved", help="Those that were resolved, latest first.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many.")] = 100,
) -> None:
    """What has stopped and waits for an operator, the longest waiting first."""
    query = {"show": "resolved" if done else "open", "limit": limit}
    session.show(session.call("GET", "/api/incidents", query=query, as_=AS), some_incidents)


@register(app, "show")
def show(session: Session, *, name: Name) -> None:
    """One incident: element, cause, and what may be done about it."""
    session.show(session.call("GET", _path(name), as_=AS), one_incident)


@register(app, "retry")
def retry(session: Session, *, name: Name, reason: Reason, act_id: ActId = None) -> None:
    """Let the element do its work again, after a repair of what it needs."""
    _resolve(session, name, "retry", {"reason": reason}, act_id)


@register(app, "skip")
def skip(session: Session, *, name: Name, reason: Reason, act_id: ActId = None) -> None:
    """Go on behind the element as if it were done, without what it would have given."""
    _resolve(session, name, "skip", {"reason": reason}, act_id)


@register(app, "answer")
def answer(
    session: Session, *, name: Name, reason: Reason, values: Values = None, act_id: ActId = None
) -> None:
    """Give in place of the element what it was to give: the values of a service, or flow=ID."""
    pairs = [text.partition("=") for text in values or ()]
    for found, equals, _ in pairs:
        if not found or not equals:
            wrong_usage(f"--set: expected NAME=VALUE, found {found}")
    given = {found: text for found, _, text in pairs}
    if len(given) < len(pairs):
        wrong_usage("--set: expected every name once")
    known = session.call("GET", _path(name), as_=AS)
    data = {found: _value(known, found, text) for found, text in given.items()}
    _resolve(session, name, "answer", {"reason": reason, "data": data}, act_id)


def _value(known: dict[str, Any], name: str, text: str) -> Any:
    """A value of the type that the incident asks for."""
    if known.get("flows"):
        return text
    return typed((known.get("output") or {}).get(name), text)


def _resolve(session: Session, name: str, action: str, body: dict[str, Any], act_id: str | None) -> None:
    session.show(session.once(_path(name, action), body, act_id=act_id, as_=AS), resolved)
