"""`wenzheng forum …`: sessions of the forum over the API: open, look, do a step, postpone, cancel."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import quote

import typer

from wenzheng.cli.connection import CommandError
from wenzheng.cli.petition_options import Session, register, wrong_usage
from wenzheng.cli.petition_output import clean, table
from wenzheng.petitions.forms import FormField, from_form

app = typer.Typer(
    name="forum",
    help="Sessions of the forum, over the API of a running Wenzheng.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

CENTRE: Final = ("clerk", "centre_head")
Ref = Annotated[str, typer.Argument(metavar="SESSION", help="Number of a session (see `list`).")]
ActId = Annotated[
    str | None, typer.Option("--act-id", help="Name of this act; the same name twice is one act.")
]
Values = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="FIELD=VALUE", help="One value of the form; @FILE is a file's text. May be repeated."
    ),
]


def _path(ref: str = "", *more: str) -> str:
    return "/".join(["/api/forum", *(quote(part, safe="") for part in (ref, *more) if part)])


@register(app, "list")
def list_(session: Session) -> None:
    """All sessions, the latest opened first."""
    session.show(session.call("GET", _path(), as_=CENTRE), some_sessions)


@register(app, "open")
def open_(
    session: Session,
    *,
    title: Annotated[str, typer.Argument(help="What people read in lists, such as its month.")],
    on: Annotated[str, typer.Option(help="The day planned, YYYY-MM-DD.")],
    act_id: ActId = None,
) -> None:
    """Open a session; its first step begins at once."""
    body = {"title": title, "session_on": on}
    session.show(
        session.once(_path(), body, act_id=act_id, as_=CENTRE), lambda one: f"Opened {one['number']}."
    )


@register(app, "show")
def show(session: Session, *, ref: Ref) -> None:
    """A session: where it stands, what is yours to do with guidance and fields, what came of it."""
    session.show(session.call("GET", _path(ref), as_=CENTRE), one_session)


@register(app, "do")
def do(
    session: Session,
    *,
    ref: Ref,
    step: Annotated[str, typer.Argument(help="Id of a step that is yours (see `show`).")],
    values: Values = None,
    act_id: ActId = None,
) -> None:
    """Complete a step with its form."""
    _send(session, ref, "tasks", step, values, act_id=act_id)


@register(app, "postpone")
def postpone(
    session: Session,
    *,
    ref: Ref,
    to: Annotated[str, typer.Option(help="The new day, YYYY-MM-DD.")],
    because: Annotated[str, typer.Option(help="Why; everybody on the staff reads it.")],
    act_id: ActId = None,
) -> None:
    """Postpone a session; every limit before it moves with it."""
    given = [f"session_on={to}", f"postponed_because={because}"]
    _send(session, ref, "messages", "postponed", given, act_id=act_id)


@register(app, "guest")
def guest(
    session: Session,
    *,
    ref: Ref,
    to: Annotated[str, typer.Option(metavar="UNIT", help="The post of the leader who comes instead.")],
    act_id: ActId = None,
) -> None:
    """Change the leader who comes."""
    _send(session, ref, "messages", "guest_changed", [f"guest={to}"], act_id=act_id)


@register(app, "cancel")
def cancel(
    session: Session,
    *,
    ref: Ref,
    because: Annotated[str, typer.Option(help="Why; everybody on the staff reads it.")],
    notice: Annotated[
        str | None, typer.Option(help="The notice for the sites; @FILE is a file's text.")
    ] = None,
    act_id: ActId = None,
) -> None:
    """Call a session off, as a leader, while it has not been held."""
    given = [f"cancelled_because={because}", *([f"cancel_notice={notice}"] if notice else [])]
    _send(session, ref, "messages", "cancelled_by", given, act_id=act_id, as_=("leader",))


def _send(
    session: Session,
    ref: str,
    what: str,
    element: str,
    values: list[str] | None,
    *,
    act_id: str | None,
    as_: tuple[str, ...] = CENTRE,
) -> None:
    """Read the form first: it says of which types the values are."""
    given = _given(values)
    known = session.call("GET", _path(ref), as_=as_)
    form = next((one for one in known[what] if one["element"] == element), None)
    data: dict[str, Any] = dict(given)
    if form is not None:
        fields = [FormField(one["id"], one["type"]) for one in form["fields"]]
        lists = {one.id for one in fields if one.type in {"units", "files"}}
        texts = {name: text.split(",") if name in lists else [text] for name, text in given.items()}
        ids = {one.id for one in fields}
        data = from_form(fields, texts) | {name: text for name, text in given.items() if name not in ids}
    session.show(session.once(_path(ref, what, element), {"data": data}, act_id=act_id, as_=as_), one_session)


def _given(values: list[str] | None) -> dict[str, str]:
    pairs = [text.partition("=") for text in values or ()]
    for found, equals, _ in pairs:
        if not found or not equals:
            wrong_usage(f"--set: expected FIELD=VALUE, found {found}")
    given = {name: _text(value) for name, _, value in pairs}
    if len(given) < len(pairs):
        wrong_usage("--set: expected every field once")
    return given


def _text(value: str) -> str:
    if not value.startswith("@"):
        return value
    try:
        return Path(value[1:]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"cannot read {value[1:]}: {error}; name a file of text") from None


# --- what is printed for people ------------------------------------------------------------------


def some_sessions(answer: dict[str, Any]) -> str:
    """A list of sessions."""
    if not answer["items"]:
        return "No session yet."
    rows = [
        (one["number"], one["session_on"], one["outcome"] or one["stage"], one["title"])
        for one in answer["items"]
    ]
    return table(("SESSION", "DAY", "STANDS", "TITLE"), rows)


def one_session(answer: dict[str, Any]) -> str:
    """A session, with what the caller may do now."""
    lines = [f"{answer['number']}  {clean(answer['title'])}  {answer['session_on']}"]
    lines.append(f"stands: {answer['outcome'] or answer['stage']}")
    for one in answer["tasks"]:
        unit = f" ({one['unit']})" if one["unit"] else ""
        lines += ["", f"yours: {one['element']}{unit}  {_in_words(one['names'])}"]
        lines += [f"  {line}" for line in _in_words(one["guidance"]).splitlines()]
        lines += [f"  --set {_field(field)}" for field in one["fields"]]
    lines += [
        f"waits for {one['role']}: {one['element']} {one['unit'] or ''}".rstrip() for one in answer["others"]
    ]
    for one in answer["matters"]:
        state = one["outcome"] or one["stage"]
        lines.append(
            f"letter {one['number']}  {one['unit']}  due {one['due']}  {state}  {clean(one['title'])}"
        )
    if answer["messages"]:
        lines.append(f"at any time: {', '.join(one['element'] for one in answer['messages'])}")
    return "\n".join(lines)


def _field(field: dict[str, Any]) -> str:
    needed = "" if field["required"] else "  (optional)"
    choice = f" of {', '.join(field['values'])}" if field["values"] else ""
    return f"{field['id']}={field['type'].upper()}{choice}{needed}"


def _in_words(texts: dict[str, str]) -> str:
    return clean(texts.get("zh") or next(iter(texts.values()), ""))
