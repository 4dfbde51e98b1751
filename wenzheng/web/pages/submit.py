"""Writing a letter in steps. What was typed survives every error; nothing is filed before the last step."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from wenzheng.petitions.findings import Finding
from wenzheng.petitions.intake import read_letter
from wenzheng.petitions.organisation import ADDRESSABLE, Organisation
from wenzheng.petitions.second_factor import FIELD, check_word
from wenzheng.store import BadText, StoreAway
from wenzheng.store.views.petitions import PetitionRow
from wenzheng.web import drafts, following
from wenzheng.web.acts import new_act_id
from wenzheng.web.drafts import Writing
from wenzheng.web.filing import Authors, keep_letter
from wenzheng.web.i18n import Words
from wenzheng.web.lookup import organisation
from wenzheng.web.pages.again import again
from wenzheng.web.pages.board import KINDS
from wenzheng.web.pages.citizens import area_choices, area_name, group_choices, group_name
from wenzheng.web.pages.render import is_genuine, render, see_other, typed, words
from wenzheng.web.problems import Problem
from wenzheng.web.proof import contact_hash, word_hash
from wenzheng.web.security import Given
from wenzheng.web.services import Services

router = APIRouter()

LETTER: Final = "/submit"
FILES: Final = "/submit/attachments"
YOU: Final = "/submit/you"
CHECK: Final = "/submit/check"
BACK: Final = "back"


# --- first step: the letter -----------------------------------------------------------------


@router.get("/submit")
async def letter(request: Request, given: Given) -> Response:
    """The form of the letter itself, with what this browser has typed before."""
    writing = await drafts.recall_or_begin(request)
    units = await given.read(organisation)
    errors = _letter_errors(words(request), writing, units) if "check" in request.query_params else {}
    return _letter_page(request, writing, units, errors)


@router.post("/submit")
async def take_letter(request: Request, given: Given) -> Response:
    """Keep the letter's words, then go on to the attachments."""
    sent = await request.form(max_files=0, max_fields=50)
    t = words(request)
    try:
        units = await given.read(organisation)
        writing = await drafts.recall_or_begin(request)
        writing.data |= typed(sent, drafts.LETTER)
        if not is_genuine(request, sent):
            return _letter_page(request, writing, units, {"title": t("error.expired")}, 403)
        errors = _letter_errors(t, writing, units)
        await _save(request, writing)
    except StoreAway:
        return again(request, sent)
    response = _letter_page(request, writing, units, errors, 422) if errors else see_other(FILES)
    return drafts.remember(request, response, writing)


async def _save(request: Request, writing: Writing) -> None:
    """Keep what was typed, also with faults in it; what no database can keep is only shown again."""
    try:
        await drafts.save(request, writing)
    except BadText:
        return


def _letter_errors(t: Words, writing: Writing, units: Organisation) -> dict[str, str]:
    return errors_of(t, writing.findings(units, drafts.LETTER))


def errors_of(t: Words, findings: list[Finding]) -> dict[str, str]:
    """The first finding of each field, in the reader's language."""
    errors: dict[str, str] = {}
    for finding in findings:
        text = (
            finding.zh if t.language == "zh" else f"{t.or_else(f'field.{finding.field}', '')}: {finding.en}"
        )
        errors.setdefault(finding.field, text)
    return errors


def _letter_page(
    request: Request, writing: Writing, units: Organisation, errors: dict[str, str], status: int = 200
) -> Response:
    t = words(request)
    return render(
        request,
        "submit.html",
        status,
        form={name: writing.text(name) for name in drafts.LETTER},
        errors=errors,
        kinds=[(kind, t(f"kind.{kind}")) for kind in KINDS],
        units=[(unit.id, _name(unit, t)) for unit in units.of_kind(*ADDRESSABLE)],
        begun=writing.draft is not None,
        discarded="discarded" in request.query_params,
    )


def _name(unit: Any, t: Words) -> str:
    return str(unit.name_en if t.language == "en" else unit.name_zh)


# --- third step: the author ------------------------------------------------------------------


@router.get("/submit/you")
async def you(request: Request, given: Given) -> Response:
    """Who writes, how to reach them, what opens the letter to them, whether it may be published."""
    writing = await drafts.recall(request)
    if writing is None or writing.filed:
        return see_other(LETTER)
    errors = {}
    if "check" in request.query_params:
        errors = await _person_errors(request, given, writing, "")
    return await _you_page(request, given, writing, errors)


@router.post("/submit/you")
async def take_you(request: Request, given: Given) -> Response:
    """Keep the author's details, then go on to the check; going back keeps them as well."""
    sent = await request.form(max_files=0, max_fields=50)
    word = typed(sent, (FIELD,))[FIELD]
    try:
        writing = await drafts.recall_or_begin(request)
        writing.data |= typed(sent, drafts.PERSON)
        if not is_genuine(request, sent):
            expired = {"name": words(request)("error.expired")}
            return await _you_page(request, given, writing, expired, word=word, status=403)
        if word and writing.text("second") == drafts.WORD and check_word(word) is None:
            writing.data["passphrase_hash"] = await word_hash(word)
            word = ""
        errors = await _person_errors(request, given, writing, word)
        await _save(request, writing)
    except StoreAway:
        return again(request, sent)
    if sent.get("go") == BACK:
        response: Response = see_other(FILES)
    else:
        response = see_other(CHECK)
        if errors:
            response = await _you_page(request, given, writing, errors, word=word, status=422)
    return drafts.remember(request, response, writing)


async def _person_errors(request: Request, given: Services, writing: Writing, word: str) -> dict[str, str]:
    """What is wrong with the author's details; `word` is a passphrase that was not taken."""
    t = words(request)
    units = await given.read(organisation)
    findings = writing.findings(units, ("name", "contact", *drafts.ABOUT))
    errors = errors_of(t, findings)
    second = writing.text("second")
    wrong = check_word(word) if second == drafts.WORD and (word or not writing.has_second_factor()) else None
    if wrong is not None:
        errors |= errors_of(t, [wrong])
    elif second == drafts.CONTACT and not writing.has_second_factor():
        errors.setdefault("contact", t("error.second.contact"))
    elif second not in drafts.SECONDS:
        errors["second"] = t("error.second")
    if writing.text("public") not in {"yes", "no"}:
        errors["public"] = t("error.public")
    return errors


async def _you_page(
    request: Request,
    given: Services,
    writing: Writing,
    errors: dict[str, str],
    *,
    word: str = "",
    status: int = 200,
) -> Response:
    t, units = words(request), await given.read(organisation)
    form = {name: writing.text(name) for name in drafts.PERSON} | {FIELD: word}
    kept = bool(writing.text("passphrase_hash")) and writing.text("second") == drafts.WORD
    return render(
        request,
        "submit_you.html",
        status,
        form=form,
        errors=errors,
        kept=kept,
        groups=group_choices(t),
        areas=area_choices(t, units),
    )


# --- last step: check and send ---------------------------------------------------------------


@router.get("/submit/check")
async def check(request: Request, given: Given) -> Response:
    """Everything that will be sent, each with a way to change it."""
    writing = await drafts.recall(request)
    if writing is None or writing.filed:
        return see_other(LETTER)
    incomplete = await _incomplete(request, given, writing)
    return see_other(incomplete) if incomplete else await _check_page(request, given, writing, {})


async def _incomplete(request: Request, given: Services, writing: Writing) -> str | None:
    """The first step with something missing or wrong."""
    units = await given.read(organisation)
    if _letter_errors(words(request), writing, units):
        return f"{LETTER}?check=1"
    return f"{YOU}?check=1" if await _person_errors(request, given, writing, "") else None


async def _check_page(
    request: Request, given: Services, writing: Writing, errors: dict[str, str], status: int = 200
) -> Response:
    t = words(request)
    draft = writing.draft
    files = await given.read(lambda reader: reader.attachments(draft_id=draft.id)) if draft else []
    units = await given.read(organisation)
    unit = units.get(writing.text("addressee")) or units.root
    return render(
        request,
        "submit_check.html",
        status,
        form={name: writing.text(name) for name in (*drafts.LETTER, *drafts.PERSON)},
        addressee=_name(unit, t),
        group=group_name(t, writing.text("citizen_group")),
        area=area_name(t, writing.text("citizen_area"), units),
        files=files,
        errors=errors,
    )


@router.post("/submit/check")
async def send(request: Request, given: Given) -> Response:
    """File the letter, once however often this is sent, then show its number and code."""
    sent = await request.form(max_files=0, max_fields=50)
    try:
        writing = await drafts.recall(request)
        if writing is None:
            return see_other(LETTER)
        if not is_genuine(request, sent):
            return await _not_genuine(request, given, writing)
        if not writing.filed:
            incomplete = await _incomplete(request, given, writing)
            if incomplete:
                return see_other(incomplete)
            writing.data["filed"] = (await _file(request, given, writing)).id
        response = see_other("/follow?received=1")
        await following.begin(request, response, str(writing.filed))
    except StoreAway:
        return again(request, sent)
    return response


async def _not_genuine(request: Request, given: Services, writing: Writing) -> Response:
    if writing.filed:
        return see_other(LETTER)
    return await _check_page(request, given, writing, {"send": words(request)("error.expired")}, 403)


async def _file(request: Request, given: Services, writing: Writing) -> PetitionRow:
    letter = read_letter(writing.submission(), await given.read(organisation))
    kept: str | None = writing.text("passphrase_hash")
    if writing.text("second") == drafts.CONTACT:
        kept = await contact_hash(letter.contact)
    draft_id = writing.draft.id if writing.draft else None
    authors = Authors(kept, words(request).language, draft_id)
    try:
        return await keep_letter(given, letter, writing.act_id, authors)
    except Problem as problem:
        if problem.code != "act-id-taken":
            raise
        # Somebody went back and changed the letter while an earlier click was still on its way.
        return await keep_letter(given, letter, new_act_id(), authors)


@router.post("/submit/discard")
async def discard(request: Request) -> Response:
    """Delete everything typed and uploaded so far."""
    sent: FormData = await request.form(max_files=0, max_fields=50)
    if not is_genuine(request, sent):
        return see_other(LETTER)
    response = see_other(f"{LETTER}?discarded=1")
    try:
        await drafts.discard(request, response)
    except StoreAway:
        return again(request, sent)
    return response
