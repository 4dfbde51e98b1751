"""Bringing in a file of letters: tried first, then done; every row that was not taken is named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import Response

from wenzheng.petitions.attachments import in_words
from wenzheng.petitions.findings import Finding
from wenzheng.petitions.importing import COLUMNS, LONGEST_SOURCE, MOST_ROWS, BadFileError
from wenzheng.store import StoreAway
from wenzheng.web.api.importing import content_of
from wenzheng.web.i18n import Words
from wenzheng.web.importing import Imported, Wish, import_letters
from wenzheng.web.multipart import SentForm, sent_form
from wenzheng.web.pages.again import again
from wenzheng.web.pages.desk import At, Desk, sections
from wenzheng.web.pages.render import is_genuine, render, typed
from wenzheng.web.problems import Problem

router = APIRouter()

_FIELDS: Final = ("source", "trial")
_SHOWN: Final = 500
"""Faults on the page; the API and the command tell all."""


@router.get("/desk/import")
async def form(at: At) -> Response:
    """The form; it tries first unless one says otherwise."""
    return await _page(at, {"source": "", "trial": "yes"}, {})


@router.post("/desk/import")
async def bring(at: At) -> Response:
    """Try the file or bring it in, and say what became of each row."""
    async with sent_form(at.request) as sent:
        values = typed(sent.fields, _FIELDS)
        if not is_genuine(at.request, sent.fields):
            return await _page(at, values, {"file": at.t("error.expired.files")}, status=403)
        if len(values["source"]) > LONGEST_SOURCE:
            errors = {"source": at.t("error.import.source", most=LONGEST_SOURCE)}
            return await _page(at, values, errors, status=422)
        try:
            return await _bring(at, values, sent)
        except StoreAway:
            return again(at.request, FormData(values))


async def _bring(at: Desk, values: Mapping[str, str], sent: SentForm) -> Response:
    wish = Wish(at.who, values["source"].strip(), trial=values["trial"] != "no")
    try:
        done = await import_letters(at.services, await content_of(sent.files), wish)
    except Problem as problem:
        if problem.code not in {"bad-file", "too-large"}:
            raise
        key = "error.import.large" if problem.code == "too-large" else "error.import.none"
        return await _page(at, values, {"file": at.t(key)}, status=problem.status_code)
    except BadFileError as error:
        said = " ".join(_said(at.t, one) for one in error.findings)
        return await _page(at, values, {"file": said}, status=422)
    return await _page(at, values, {}, done=done)


async def _page(
    at: Desk,
    values: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    done: Imported | None = None,
    status: int = 200,
) -> Response:
    t = at.t
    return render(
        at.request,
        "desk_import.html",
        status,
        sections=await sections(t, at.services, at.who),
        form=values,
        errors=errors,
        done=done,
        faults=_faults(t, done),
        more=max(0, len(done.faults) - _SHOWN) if done else 0,
        columns=[name for name in COLUMNS if name.isascii() == (t.language == "en")],
        size=in_words(at.services.settings.files.largest),
        most=MOST_ROWS,
    )


def _faults(t: Words, done: Imported | None) -> list[list[str]]:
    """Row, column and reason of each fault."""
    shown = done.faults[:_SHOWN] if done else []
    return [
        [
            str(one.row),
            one.column or t("import.whole_row"),
            _said(t, one.finding),
        ]
        for one in shown
    ]


def _said(t: Words, finding: Finding) -> str:
    return finding.zh if t.language == "zh" else finding.en
