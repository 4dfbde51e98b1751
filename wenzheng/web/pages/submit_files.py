"""The step with the attachments: sent one by one or together, listed, taken out again."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from wenzheng.petitions.attachments import FIELD, KINDS, in_words
from wenzheng.store import NotFound, StoreAway
from wenzheng.web import drafts
from wenzheng.web.alike import answered_before
from wenzheng.web.drafts import Writing
from wenzheng.web.multipart import sent_form
from wenzheng.web.pages.again import again
from wenzheng.web.pages.render import is_genuine, render, see_other, words
from wenzheng.web.pages.submit import BACK, FILES, LETTER, YOU
from wenzheng.web.security import Given
from wenzheng.web.services import Services
from wenzheng.web.uploads import AUTHOR, Owner, Upload, take_uploads

router = APIRouter()

_SIZES: Final = frozenset({"file.too_large", "file.too_much"})


@router.get("/submit/attachments")
async def files(request: Request, given: Given) -> Response:
    """The files of the letter so far, and the form for more."""
    writing = await drafts.recall(request)
    if writing is None or writing.filed:
        return see_other(LETTER)
    return await _page(request, given, writing, [])


@router.post("/submit/attachments")
async def take_files(request: Request, given: Given) -> Response:
    """Keep the files that were chosen; with "continue" go on when nothing is wrong with any."""
    async with sent_form(request) as form:
        writing = await drafts.recall(request)
        if writing is None or writing.filed:
            return see_other(LETTER)
        if not is_genuine(request, form.fields):
            return await _page(request, given, writing, [], 403)
        assert writing.draft is not None  # recalled from the store
        try:
            owner = Owner(AUTHOR, draft_id=writing.draft.id)
            uploads = await take_uploads(given, owner, form.files)
            await drafts.save(request, writing)
        except NotFound:
            return see_other(LETTER)  # discarded in another window meanwhile
        go = form.fields.get("go")
    refused = [upload for upload in uploads if upload.finding is not None]
    if refused:
        large = any(upload.finding is not None and upload.finding.code in _SIZES for upload in refused)
        return await _page(request, given, writing, refused, 413 if large else 422)
    return see_other({"next": YOU, BACK: LETTER}.get(str(go), FILES))


@router.post("/submit/attachments/remove")
async def remove(request: Request, given: Given) -> Response:
    """Take a file out of the letter."""
    sent = await request.form(max_files=0, max_fields=50)
    try:
        writing = await drafts.recall(request)
        if writing is not None and writing.draft is not None and is_genuine(request, sent):
            draft_id, wanted = writing.draft.id, str(sent.get("remove", ""))
            await given.write(lambda unit: unit.remove_attachment(wanted, draft_id=draft_id))
    except StoreAway:
        return again(request, sent)
    return see_other(FILES)


async def _page(
    request: Request, given: Services, writing: Writing, refused: list[Upload], status: int = 200
) -> Response:
    t = words(request)
    draft = writing.draft
    assert draft is not None  # recalled from the store
    kept = await given.read(lambda reader: reader.attachments(draft_id=draft.id))
    limits = given.settings.files
    errors = {}
    if status == 403:  # noqa: PLR2004 - forbidden
        errors[FIELD] = t("error.expired.files")
    elif refused:
        errors[FIELD] = " ".join(_why(upload, t.language) for upload in refused)
    accepted = [f".{ending}" for name in sorted(limits.kinds) for ending in (name, *KINDS[name].also)]
    return render(
        request,
        "submit_files.html",
        status,
        answered=await answered_before(given, writing.text("title"), writing.text("text"), t.language),
        files=kept,
        size=in_words,
        errors=errors,
        most=limits.most,
        largest=in_words(limits.largest),
        total=in_words(limits.total),
        types=limits.endings() if t.language == "zh" else limits.endings_en(),
        accept=",".join(accepted),
    )


def _why(upload: Upload, language: str) -> str:
    assert upload.finding is not None  # only refused ones come here
    name = upload.name[:60]
    if language == "zh":
        return f"{name}：{upload.finding.zh}" if name else upload.finding.zh
    return f"{name}: {upload.finding.en}" if name else upload.finding.en
