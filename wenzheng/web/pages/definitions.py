"""Pages for process administrators: versions of definitions, a change looked at, put in force, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from wenzheng.catalog.bundle import Bundle
from wenzheng.catalog.rule_words import words_of_rule
from wenzheng.deploying import LONGEST_REASON, Checked, Order, Outcome
from wenzheng.engine.findings import Finding
from wenzheng.store import Reader
from wenzheng.store.views.definitions import Deployment, Proposal
from wenzheng.web import definitions
from wenzheng.web.i18n import Words
from wenzheng.web.pages.desk import At, Desk
from wenzheng.web.pages.render import is_genuine, render, see_other
from wenzheng.web.problems import Problem

router = APIRouter()

SHORT: Final = 12
"""Digits of a digest that people read."""
_MOST_FILES: Final = 60
_FIELD_OF: Final = {"deploy.name": "name", "deploy.taken": "name", "deploy.empty": "text"}
"""Beside which field of the form for a new definition a refusal stands."""
_SHOWN: Final = 100
"""Findings that a page shows; the rest are counted."""


@dataclass(frozen=True)
class _Attempt:
    """What was sent and did not go through: kept, so that nothing has to be typed again."""

    reason: str = ""
    text: str | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


def _path(name: str, digest: str = "", **query: str) -> str:
    path = f"/definitions/{quote(name, safe='')}" + (f"/{digest}" if digest else "")
    return f"{path}?{urlencode(query)}" if query else path


@router.get("/definitions")
async def listed(at: At) -> Response:
    """Every definition with the version that counts, and where a new one begins."""
    return await _listed(at, "", _Attempt())


async def _listed(at: Desk, name: str, attempt: _Attempt, status: int = 200) -> Response:
    def ask(reader: Reader) -> list[dict[str, Any]]:
        return [
            {
                "name": name,
                "current": _deployment(at.t, reader, next(iter(reader.deployments(name)), None)),
                "waiting": len(reader.proposals(name, only_open=True)),
            }
            for name in reader.definition_names()
        ]

    rows, errors = await at.services.read(ask), dict(attempt.errors)
    text = attempt.text or ""
    return render(at.request, "definitions.html", status, rows=rows, name=name, text=text, errors=errors)


@router.post("/definitions")
async def begin(at: At) -> Response:
    """A definition under a name that is new here: kept to be looked at; it counts once it is deployed."""
    async with at.request.form(max_files=_MOST_FILES, max_fields=20) as form:
        name, text = _text(form, "name").strip(), _text(form, "text")
        if not is_genuine(at.request, form):
            told = _wrong(_Attempt(text=text), "name", at.t("error.expired"))
            return await _listed(at, name, told, 403)
        uploaded = await _uploaded(form)
    pasted = f"{name}.{'bpmn' if text.lstrip().startswith('<') else 'yaml'}"
    files = uploaded | ({pasted: _as_kept(text, b"")} if text.strip() else {})
    try:
        made = await definitions.begun(at.services, name, files)
    except Problem as problem:
        at_field = _FIELD_OF.get(problem.code, "upload")
        told = _wrong(_Attempt(text=text), at_field, _said(at.t, problem))
        return await _listed(at, name, told, problem.status_code)
    return see_other(_path(name, made.digest) + "#found")


def _person(t: Words, reader: Reader, account: str | None) -> str:
    if account is None:
        return t("definitions.program")
    found = reader.account(account)
    return found.name if found is not None else account


def _deployment(t: Words, reader: Reader, one: Deployment | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "number": one.number,
        "digest": one.digest,
        "short": one.digest[:SHORT],
        "at": one.at,
        "by": _person(t, reader, one.by),
        "approved_by": _person(t, reader, one.approved_by) if one.approved_by else "",
        "reason": one.reason if one.by is not None else t("definitions.shipped"),
    }


def _proposal(t: Words, reader: Reader, one: Proposal) -> dict[str, Any]:
    return {
        "number": one.number,
        "digest": one.digest,
        "short": one.digest[:SHORT],
        "at": one.at,
        "by": _person(t, reader, one.by),
        "account": one.by,
        "reason": one.reason,
        "state": one.state,
        "state_said": t(f"definitions.state.{one.state}"),
        "decided_by": _person(t, reader, one.decided_by) if one.decided_by else "",
        "decided_reason": one.decided_reason or "",
    }


# --- one definition: history and proposals ------------------------------------------------------


@router.get("/definitions/{name}")
async def show(name: str, at: At) -> Response:
    """One definition: the version that counts, those that were, what is proposed."""
    return await _definition(at, name, _Attempt())


async def _definition(at: Desk, name: str, attempt: _Attempt, status: int = 200) -> Response:
    deployments, proposals = await definitions.history(at.services, name)

    def ask(reader: Reader) -> tuple[list[Any], list[Any]]:
        return (
            [_deployment(at.t, reader, one) for one in deployments],
            [_proposal(at.t, reader, one) for one in proposals],
        )

    history, asked = await at.services.read(ask)
    done = at.request.query_params.get("done", "")
    return render(
        at.request,
        "definition.html",
        status,
        name=name,
        history=history,
        open=[one for one in asked if one["state"] == "open"],
        decided=[one for one in asked if one["state"] != "open"],
        me=at.who.account,
        attempt=attempt,
        errors=dict(attempt.errors),
        longest=LONGEST_REASON,
        done=done if done in ("deployed", "proposed", "refused", "known") and status == 200 else "",  # noqa: PLR2004
    )


@router.post("/definitions/{name}/proposals/{number}")
async def decide(name: str, number: int, at: At) -> Response:
    """Agree to a proposal, or refuse it, with a reason."""
    form = await at.request.form(max_files=0, max_fields=20)
    reason, agree = _text(form, "reason"), _text(form, "decision") == "approve"
    attempt = _Attempt(reason)
    if not is_genuine(at.request, form):
        return await _definition(at, name, _wrong(attempt, "reason", at.t("error.expired")), 403)
    try:
        await definitions.decide(at.services, name, number, by=at.who.account, reason=reason, agree=agree)
    except Problem as problem:
        told = _wrong(attempt, "reason", _said(at.t, problem))
        return await _definition(at, name, told, problem.status_code)
    return see_other(_path(name, done="deployed" if agree else "refused"))


# --- one version: text, findings, picture, difference, deploying --------------------------------


@router.get("/definitions/{name}/{digest}")
async def look(name: str, digest: str, at: At) -> Response:
    """One version, deployed or not: what is found on it, what it changes, its picture and its text."""
    bundle = await definitions.version(at.services, name, digest)
    return await _version(at, bundle, _Attempt())


@router.get("/definitions/{name}/{digest}/picture.svg")
async def picture(name: str, digest: str, at: At) -> Response:
    """The picture of a version."""
    bundle = await definitions.version(at.services, name, digest)
    svg = await definitions.asked(lambda: at.services.workshop.picture(bundle, at.t.language))
    if svg is None:
        raise Problem(404, "not-found", "A version that cannot run has no picture.")
    return Response(svg, media_type="image/svg+xml", headers={"Cache-Control": "private, max-age=3600"})


@router.post("/definitions/{name}/{digest}")
async def edit(name: str, digest: str, at: At) -> Response:
    """Check a text that was pasted, or files that were uploaded: a version of its own to be looked at."""
    bundle = await definitions.version(at.services, name, digest)
    async with at.request.form(max_files=_MOST_FILES, max_fields=20) as form:
        file = _file(bundle, _text(form, "file"))
        text = _text(form, "text")
        if not is_genuine(at.request, form):
            told = _wrong(_Attempt(text=text), "text", at.t("error.expired"))
            return await _version(at, bundle, told, 403)
        files = {file: _as_kept(text, bundle.files.get(file, b""))} if text.strip() else {}
        files |= await _uploaded(form)
    try:
        made = definitions.edited(bundle, files)
        if made.digest != bundle.digest:
            await definitions.asked(lambda: at.services.workshop.keep(made))
    except Problem as problem:
        told = _wrong(_Attempt(text=text), "upload", _said(at.t, problem))
        return await _version(at, bundle, told, problem.status_code)
    return see_other(_path(name, made.digest, file=file) + "#found")


@router.post("/definitions/{name}/{digest}/deploy")
async def deploy(name: str, digest: str, at: At) -> Response:
    """Put a version in force, or propose it."""
    bundle = await definitions.version(at.services, name, digest)
    form = await at.request.form(max_files=0, max_fields=20)
    attempt = _Attempt(_text(form, "reason"))
    if not is_genuine(at.request, form):
        return await _version(at, bundle, _wrong(attempt, "reason", at.t("error.expired")), 403)
    order = Order(
        by=at.who.account,
        reason=attempt.reason,
        expected=_text(form, "expected") or None,
        looked=True,
        losses_seen=_text(form, "losses") == "seen",
    )
    try:
        outcome = await definitions.deploy(at.services, bundle, order)
    except Problem as problem:
        at_field = "losses" if problem.code == "deploy.losses" else "reason"
        return await _version(
            at, bundle, _wrong(attempt, at_field, _said(at.t, problem)), problem.status_code
        )
    return see_other(_path(name, done=_done(outcome)))


def _done(outcome: Outcome) -> str:
    if outcome.known:
        return "known"
    return "deployed" if outcome.deployment is not None else "proposed"


async def _version(at: Desk, bundle: Bundle, attempt: _Attempt, status: int = 200) -> Response:
    t, given = at.t, at.services
    checked = await definitions.checked(given, bundle)
    deployments, proposals = await given.read(
        lambda reader: (reader.deployments(bundle.name), reader.proposals(bundle.name))
    )
    file = _file(bundle, at.request.query_params.get("file", ""))
    text = bundle.files[file].decode("utf-8", "replace") if attempt.text is None else attempt.text
    return render(
        at.request,
        "definition_version.html",
        status,
        name=bundle.name,
        digest=bundle.digest,
        short=bundle.digest[:SHORT],
        current=checked.current or "",
        current_short=(checked.current or "")[:SHORT],
        number=deployments[0].number if deployments else 0,
        has_history=bool(deployments or proposals),
        is_current=checked.current == bundle.digest,
        runs=checked.runs,
        calendars=_calendars(t, checked),
        findings=[_finding(bundle, one, t.language) for one in checked.findings[:_SHOWN]],
        more=max(0, len(checked.findings) - _SHOWN),
        changes=_changes(t, checked),
        losses=bool(checked.losses),
        approval=await definitions.asked(given.workshop.needs_approval),
        file=file,
        files=[(name, name) for name in sorted(bundle.files)],
        text=text,
        attempt=attempt,
        errors=dict(attempt.errors),
        longest=LONGEST_REASON,
    )


def _file(bundle: Bundle, wanted: str) -> str:
    """The file whose text is shown: the wanted one, else the process's."""
    if wanted in bundle.files:
        return wanted
    return min(bundle.files, key=lambda name: (not name.endswith((".yaml", ".bpmn")), "/" in name, name))


def _finding(bundle: Bundle, finding: Finding, language: str) -> dict[str, Any]:
    """A finding with the line it is about; in Chinese the words of its rule stand before its own."""
    place = finding.position
    words = words_of_rule(finding.rule) if language == "zh" else None
    lines = bundle.files.get(place.file, b"").decode("utf-8", "replace").splitlines()
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "source": finding.source,
        "text": lines[place.line - 1].strip()[:200] if 0 < place.line <= len(lines) else "",
        "element": finding.element or "",
        "rule": finding.rule,
        "kind": finding.kind.value,
        "severity": finding.severity.value,
        "message": finding.message,
        "hint": finding.hint,
        "title": f"{words.title}。" if words is not None else "",
        "remedy": f"{words.remedy}。" if words is not None else "",
    }


def _calendars(t: Words, checked: Checked) -> list[tuple[str, str]]:
    """By which calendar each process is counted."""
    return [(name, chosen or t("version.calendar.city")) for name, chosen in checked.calendars.items()]


def _changes(t: Words, checked: Checked) -> list[dict[str, Any]] | None:
    """The changes as sentences, what is lost first of all."""
    if checked.changes is None:
        return None
    found = sorted(checked.changes, key=lambda change: not change.loses)
    return [{"text": change.sentence(t.language), "loses": change.loses} for change in found]


async def _uploaded(form: FormData) -> dict[str, bytes]:
    """The files of a form by their names; one called like a message is one."""
    files: dict[str, bytes] = {}
    for sent in form.getlist("upload"):
        if isinstance(sent, UploadFile) and sent.filename:
            plain = sent.filename.replace("\\", "/").rpartition("/")[2]
            files[f"messages/{plain}" if plain.endswith(".txt") else plain] = await sent.read()
    return files


def _as_kept(text: str, before: bytes) -> bytes:
    """A text as a browser sends it, with the line ends that the file had: it is the same version then."""
    lines = text.replace("\r\n", "\n")
    return (lines.replace("\n", "\r\n") if b"\r\n" in before else lines).encode()


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _wrong(attempt: _Attempt, at_field: str, said: str) -> _Attempt:
    return _Attempt(attempt.reason, attempt.text, {at_field: said})


def _said(t: Words, problem: Problem) -> str:
    """A refusal in the reader's language; what only the program can say as it says it."""
    return t.or_else(f"error.{problem.code}", problem.detail).format(most=LONGEST_REASON)
