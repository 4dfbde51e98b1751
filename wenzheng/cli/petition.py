"""`wenzheng petition …`: letters from a shell, over the JSON API."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from wenzheng.cli import connection
from wenzheng.cli import petition_output as output
from wenzheng.cli.connection import CommandError
from wenzheng.cli.petition_options import (
    HOW_TO_PROVE,
    Session,
    path_of,
    read_text,
    register,
    wrong_usage,
)

app = typer.Typer(
    name="petition",
    help="Letters from submission to closing, over the API of a running Wenzheng.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class Kind(StrEnum):
    """Kind of a letter: 咨询, 求助, 投诉, 建议, 举报."""

    ENQUIRY = "enquiry"
    HELP = "help"
    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    REPORT = "report"


class ReplyKind(StrEnum):
    """Kind of a reply: done, promised, explained why it cannot be done; else a question, or more time."""

    DONE = "done"
    PROMISED = "promised"
    EXPLAINED = "explained"
    QUESTION = "question"
    MORE_TIME = "more_time"


class LampName(StrEnum):
    """Lamp of a letter."""

    UNLIT = "unlit"
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


Ref = Annotated[str, typer.Argument(metavar="PETITION", help="Number or id of the letter.")]
Tracking = Annotated[str, typer.Argument(metavar="TRACKING", help="The author's tracking code.")]
TextArgument = Annotated[
    str | None, typer.Argument(metavar="[TEXT]", help="The text; '-' reads it from standard input.")
]
Words = Annotated[str | None, typer.Option(help="The letter; '-' reads it from standard input.")]
Title = Annotated[str | None, typer.Option(help="One sentence; default: the first line of the text.")]
Addressee = Annotated[str | None, typer.Option(metavar="UNIT", help="Unit (see `units`); default: the city.")]
KindOption = Annotated[Kind, typer.Option(help="Kind of the letter.")]
Name = Annotated[str | None, typer.Option(help="The author's name; never published.")]
Contact = Annotated[str | None, typer.Option(help="Mobile phone or mail; never published.")]
Public = Annotated[bool, typer.Option("--public", help="The author agrees to publication.")]
TextFile = Annotated[Path | None, typer.Option("--text-file", help="Read the text from this file (UTF-8).")]
Back = Annotated[
    str | None, typer.Option("--back", metavar="NOTE", help="Send it back, with what is to be changed.")
]
ActId = Annotated[
    str | None, typer.Option("--act-id", help="Name of this act; the same name twice is one act.")
]


@register(app, "submit", account=False, author=True)
def submit(
    session: Session,
    *,
    text: Words = None,
    text_file: TextFile = None,
    title: Title = None,
    addressee: Addressee = None,
    kind: KindOption = Kind.HELP,
    name: Name = None,
    contact: Contact = None,
    public: Public = False,
    act_id: ActId = None,
) -> None:
    """Submit a letter; prints its number and tracking code (写信).

    The author reads it again with the code and the passphrase, or without one with the code and the contact.
    """
    words = read_text(text, text_file)
    body = {
        "title": title or output.first_line(words),
        "text": words,
        "kind": kind.value,
        "addressee": addressee,
        "name": name,
        "contact": contact,
        "public": public,
        "passphrase": session.passphrase(),
    }
    try:
        answer = session.once("/api/petitions", body, act_id=act_id)
    except CommandError as error:
        if "#/passphrase:" in str(error):
            raise CommandError(f"{error} {HOW_TO_PROVE}") from error
        raise
    session.show(answer, output.receipt)


@register(app, "accept")
def accept(
    session: Session,
    *,
    ref: Ref,
    reject: Annotated[bool, typer.Option("--reject", help="Do not accept the letter.")] = False,
    reason: Annotated[
        str | None, typer.Option(help="incomplete, not_ours, duplicate or unlawful, as shipped.")
    ] = None,
    emergency: Annotated[
        bool, typer.Option("--emergency", help="Word of its limits goes out at once, at any hour.")
    ] = False,
    act_id: ActId = None,
) -> None:
    """Accept a letter, or refuse it with --reject --reason (受理)."""
    if reject and not reason:
        wrong_usage("--reject needs --reason: the author is told why")
    body = {"accepted": not reject, "reason": reason, "emergency": emergency or None}
    session.show(session.act(ref, "accept", body, act_id=act_id, as_=("clerk",)), output.done)


@register(app, "assign")
def assign(
    session: Session,
    *,
    ref: Ref,
    unit: Annotated[str, typer.Argument(help="Unit that shall answer (see `units`).")],
    helper: Annotated[
        list[str] | None, typer.Option("--with", metavar="UNIT", help="A unit that helps; may be repeated.")
    ] = None,
    act_id: ActId = None,
) -> None:
    """Assign a letter to a department, county or section (转办)."""
    body = {"department": unit, "co_handling": helper or None}
    session.show(session.act(ref, "assign", body, act_id=act_id, as_=("clerk",)), output.done)


@register(app, "sign")
def sign(session: Session, *, ref: Ref, act_id: ActId = None) -> None:
    """Sign for a letter that was assigned, as the department (签收)."""
    _as_department(session, ref, "sign", {}, act_id)


@register(app, "reply")
def reply(
    session: Session,
    *,
    ref: Ref,
    text: TextArgument = None,
    text_file: TextFile = None,
    kind: Annotated[ReplyKind, typer.Option(help="What the reply says.")] = ReplyKind.DONE,
    by: Annotated[
        str | None, typer.Option("--by", metavar="DAY", help="Of a promise: the day, YYYY-MM-DD.")
    ] = None,
    act_id: ActId = None,
) -> None:
    """Draft the reply to a letter, as the department it is assigned to (拟办答复)."""
    body = {"text": read_text(text, text_file), "kind": kind.value, "promised_on": by}
    _as_department(session, ref, "reply", body, act_id)


@register(app, "approve")
def approve(session: Session, *, ref: Ref, back: Back = None, act_id: ActId = None) -> None:
    """Approve the department's draft, as its head, or send it back (审核答复)."""
    _as_department(session, ref, "approve", {"approved": back is None, "note": back}, act_id, account="head")


@register(app, "complete")
def complete(
    session: Session,
    *,
    ref: Ref,
    text: TextArgument = None,
    text_file: TextFile = None,
    renew: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="Not done: what was promised is renewed until then, once."),
    ] = None,
    act_id: ActId = None,
) -> None:
    """Report a letter as done, saying what was done (报告办结)."""
    body = {"text": read_text(text, text_file), "renew_until": renew}
    _as_department(session, ref, "complete", body, act_id)


@register(app, "check")
def check(session: Session, *, ref: Ref, back: Back = None, act_id: ActId = None) -> None:
    """Accept the department's report as done, as the centre, or send it back (办结审核)."""
    body = {"done": back is None, "note": back}
    session.show(session.act(ref, "check", body, act_id=act_id, as_=("clerk",)), output.done)


@register(app, "feedback")
def feedback(
    session: Session, *, ref: Ref, text: TextArgument = None, text_file: TextFile = None, act_id: ActId = None
) -> None:
    """Tell the author the result (反馈)."""
    _as_department(session, ref, "feedback", {"text": read_text(text, text_file)}, act_id)


def _as_department(
    session: Session,
    ref: str,
    verb: str,
    body: dict[str, Any],
    act_id: str | None,
    *,
    account: str = "department",
) -> None:
    """An act of the department the letter is assigned to, or of its head, unless somebody else is named."""
    named = session.target.account is not None or connection.environment_token() is not None
    as_ = () if named else _accounts_of_department(session, ref, account)
    session.show(session.act(ref, verb, body, act_id=act_id, as_=as_), output.done)


def _accounts_of_department(session: Session, ref: str, account: str) -> tuple[str, ...]:
    """Names under which tokens.json may keep the account of the letter's department."""
    unit = session.call("GET", path_of(ref), as_=("clerk",)).get("department")
    if not unit:
        raise CommandError(f"letter {ref} has no department yet: wenzheng petition assign {ref} UNIT")
    return (f"{account}_{unit}",)


@register(app, "rate", account=False, author=True)
def rate(
    session: Session,
    *,
    tracking: Tracking,
    solved: Annotated[bool, typer.Option("--solved/--not-solved", help="Is the matter solved?")],
    satisfaction: Annotated[
        int, typer.Option(min=1, max=5, help="From 1, very dissatisfied, to 5, very satisfied.")
    ],
    comment: Annotated[str | None, typer.Option(help="Anything else.")] = None,
    act_id: ActId = None,
) -> None:
    """Rate the result, as the author (评价)."""
    body = {"solved": solved, "satisfaction": satisfaction, "comment": comment}
    session.show(session.authors_act(tracking, "rate", body, act_id=act_id), output.done)


@register(app, "decide")
def decide(
    session: Session, *, ref: Ref, text: TextArgument = None, text_file: TextFile = None, act_id: ActId = None
) -> None:
    """Decide a letter that two rounds have not solved, as the supervision office (复核)."""
    body = {"text": read_text(text, text_file)}
    session.show(session.act(ref, "decide", body, act_id=act_id, as_=("supervisor",)), output.done)


@register(app, "withdraw", account=False, author=True)
def withdraw(
    session: Session,
    *,
    tracking: Tracking,
    reason: Annotated[str | None, typer.Option(help="Why.")] = None,
    act_id: ActId = None,
) -> None:
    """Take a letter back, as its author (撤回)."""
    session.show(session.authors_act(tracking, "withdraw", {"reason": reason}, act_id=act_id), output.done)


@register(app, "show", author=True)
def show(
    session: Session,
    *,
    ref: Annotated[
        str, typer.Argument(metavar="PETITION", help="Number, id, or the author's tracking code.")
    ],
) -> None:
    """Show a letter: facts, clocks, what was said, what happened."""

    def ask(passphrase: str | None) -> dict[str, Any]:
        found = session.call("GET", path_of(ref), as_=("clerk",), passphrase=passphrase)
        timeline = session.call("GET", path_of(ref, "timeline"), as_=("clerk",), passphrase=passphrase)
        return found | {"timeline": timeline["events"]}

    letter = session.as_author(ask)
    session.show(letter, output.letter)


@register(app, "list")
def list_(
    session: Session,
    *,
    lamp: Annotated[LampName | None, typer.Option(help="Only this lamp.")] = None,
    department: Annotated[str | None, typer.Option(metavar="UNIT", help="Only this unit.")] = None,
    state: Annotated[str | None, typer.Option(help="Only this state, for example assigned.")] = None,
    kind: Annotated[Kind | None, typer.Option(help="Only this kind.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many.")] = 50,
    cursor: Annotated[str | None, typer.Option(help="Continue where the page before ended.")] = None,
) -> None:
    """List letters, newest first."""
    query = {
        "lamp": lamp,
        "department": department,
        "state": state,
        "kind": kind,
        "limit": limit,
        "cursor": cursor,
    }
    filtered = any(asked is not None for asked in (lamp, department, state, kind, cursor))
    found = session.call("GET", "/api/petitions", query=query, as_=("clerk",))
    session.show(found, lambda answer: output.letters(answer, filtered=filtered))


@register(app, "search")
def search(
    session: Session,
    words: Annotated[
        list[str], typer.Argument(metavar="WORDS", help="Words that all stand in a letter or its replies.")
    ],
    page: Annotated[int, typer.Option(min=1, help="Which page of what is found.")] = 1,
) -> None:
    """Search the words of letters, the best first (全文搜索): those that the account may read."""
    query = {"q": " ".join(words), "page": page}
    session.show(session.call("GET", "/api/search", query=query, as_=("clerk",)), output.hits)


@register(app, "tasks")
def tasks(session: Session) -> None:
    """Open tasks of an account (default: the clerk)."""
    session.show(session.call("GET", "/api/tasks", as_=("clerk",)), output.tasks)


@register(app, "inbox")
def inbox(session: Session) -> None:
    """Notices of passed limits for an account (default: the supervisor)."""
    session.show(session.call("GET", "/api/inbox", as_=("supervisor",)), output.inbox)


@register(app, "acknowledge")
def acknowledge(
    session: Session,
    *,
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="Id of the notice (see `inbox`).")],
    order: Annotated[str | None, typer.Option(help="An order to the department.")] = None,
    day: Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="A new date.")] = None,
    reason: Annotated[str | None, typer.Option(help="A reason.")] = None,
) -> None:
    """Acknowledge a notice with an order, a date or a reason."""
    if sum(value is not None for value in (order, day, reason)) != 1:
        wrong_usage("give one of --order, --date, --reason: opening a notice is not enough")
    if day is not None:
        try:
            date.fromisoformat(day)
        except ValueError:
            wrong_usage(f"--date: expected YYYY-MM-DD, found {day}")
    body = {"order": order, "date": day, "reason": reason}
    path = f"/api/inbox/{quote(entry, safe='')}/acknowledge"
    session.show(session.call("POST", path, body=body, as_=("supervisor",)), output.acknowledged)


@register(app, "units", account=False)
def units(session: Session) -> None:
    """Units of the organisation and their ids."""
    session.show(session.call("GET", "/api/units"), output.units)
