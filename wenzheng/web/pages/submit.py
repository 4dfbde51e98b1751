"""The form to write a letter. What was typed survives every error."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from wenzheng.petitions.findings import Finding
from wenzheng.petitions.intake import LetterRefusedError
from wenzheng.petitions.organisation import ADDRESSABLE
from wenzheng.web.acts import act_id_of, new_act_id
from wenzheng.web.filing import in_api_words, take_letter
from wenzheng.web.i18n import Words
from wenzheng.web.pages.board import KINDS
from wenzheng.web.pages.follow import remember
from wenzheng.web.pages.render import is_genuine, render, see_other, typed, words
from wenzheng.web.problems import Problem
from wenzheng.web.schemas import Submission
from wenzheng.web.security import Given
from wenzheng.web.services import Services

router = APIRouter()

_WORDS: Final = ("title", "text", "kind", "addressee", "name", "contact")
_FIELDS: Final = (*_WORDS, "public", "act_id")


@router.get("/submit")
async def blank(request: Request, given: Given) -> Response:
    """An empty form."""
    form = dict.fromkeys(_FIELDS, "") | {"kind": "help"}
    return await _form(request, given, form, {})


@router.post("/submit")
async def send(request: Request, given: Given) -> Response:
    """Take the letter, then show its code on a page of its own."""
    t = words(request)
    sent = await request.form(max_files=0, max_fields=50)
    form = typed(sent, _FIELDS)
    if not is_genuine(request, sent):
        return await _form(request, given, form, {"title": t("error.expired")}, 403)
    # Unchecked on purpose: the domain says what is wrong with it, in the reader's language.
    values: dict[str, Any] = {
        name: form[name] for name in ("title", "text", "kind", "addressee", "name", "contact")
    }
    values |= {"public": form["public"] == "yes", "channel": "web", "act_id": None}
    body = Submission.model_construct(**values)
    try:
        row = await take_letter(given, body, act_id_of(form["act_id"]))
    except LetterRefusedError as error:
        return await _form(request, given, form, _errors(t, in_api_words(error.findings)), 422)
    except Problem as problem:
        if problem.code != "act-id-taken":
            raise
        # The page was sent before with other words: this is another letter.
        row = await take_letter(given, body, new_act_id())
    response = see_other("/follow?received=1")
    remember(request, response, row.tracking_code)
    return response


def _errors(t: Words, findings: list[Finding]) -> dict[str, str]:
    """The first finding of each field, in the reader's language."""
    errors: dict[str, str] = {}
    for finding in findings:
        text = (
            finding.zh if t.language == "zh" else f"{t.or_else(f'field.{finding.field}', '')}: {finding.en}"
        )
        errors.setdefault(finding.field, text)
    return errors


async def _form(
    request: Request, given: Services, form: dict[str, str], errors: dict[str, str], status: int = 200
) -> Response:
    t = words(request)
    units = await given.read(lambda reader: reader.units())
    shown: dict[str, Any] = {
        "form": form,
        "errors": errors,
        "act_id": act_id_of(form["act_id"]),
        "kinds": [(kind, t(f"kind.{kind}")) for kind in KINDS],
        "units": [
            (unit.id, unit.name_en if t.language == "en" else unit.name_zh)
            for unit in units
            if unit.kind in ADDRESSABLE
        ],
    }
    return render(request, "submit.html", status, **shown)
