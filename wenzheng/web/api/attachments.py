"""Files of a letter over the API: sent by its author or by the staff who handle it, listed, fetched."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from wenzheng.store import Reader
from wenzheng.store.views.petitions import Attachment, PetitionRow
from wenzheng.web.files import file_response, one_of, told_files, visible_files
from wenzheng.web.multipart import sent_form
from wenzheng.web.problems import Fault, Problem
from wenzheng.web.proof import Proof, Proven
from wenzheng.web.reading import sight_for
from wenzheng.web.schemas.letters import Attachments, AttachmentView
from wenzheng.web.security import Caller, Given, Principal
from wenzheng.web.seeing import Sight
from wenzheng.web.services import Services
from wenzheng.web.uploads import AUTHOR, Owner, Upload, take_uploads
from wenzheng.web.views import attachment_view

router = APIRouter(prefix="/petitions/{ref}/attachments", tags=["attachments"])

_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {"type": "array", "items": {"type": "string", "format": "binary"}}
                    },
                }
            }
        },
    }
}


@router.post("", status_code=201, openapi_extra=_BODY)
async def add(ref: str, request: Request, given: Given, who: Caller, proof: Proven) -> Attachments:
    """Add files to a letter: as its author with code and second factor, or as staff who handle it.

    What staff add is a draft of theirs until an act carries its id in a field of type `files`. The same file
    twice is one. When one of several is refused, the answer is 422 or 413 and names those that were kept.
    """
    row, sight = await sight_for(given, ref, who, proof=proof)
    owner = await owner_of(given, row, sight, who)
    async with sent_form(request) as form:
        uploads = await take_uploads(given, owner, form.files)
    if not uploads:
        fault = Fault(pointer="#/file", expected="a file", found="none", hint="Send it in a field 'file'.")
        raise Problem(422, "bad-file", "The form holds no file.", [fault])
    refused = [upload for upload in uploads if upload.finding is not None]
    kept = [attachment_view(upload.attachment) for upload in uploads if upload.attachment is not None]
    if refused:
        raise refusal(refused, kept)
    return Attachments(items=kept)


async def owner_of(given: Services, row: PetitionRow, sight: Sight, who: Principal | None) -> Owner:
    """As whose a file joins a letter. Raises Problem: 403 for who may not, 409 for a closed letter."""
    if row.ended_at is not None:
        raise Problem(409, "ended", f"Letter {row.number} is closed. Nothing can be added to it.")
    if sight.author:
        return Owner(AUTHOR, petition_id=row.id)
    if who is None or not sight.staff:
        detail = (
            "Files are added by the author, with tracking code and second factor, or by those who handle it."
        )
        raise Problem(403, "not-your-letter", detail)
    settled = await given.read(lambda reader: told_files(reader, row.id))
    return Owner(who.account, petition_id=row.id, unit_id=who.unit or who.account, settled=settled)


def refusal(refused: list[Upload], kept: list[AttachmentView]) -> Problem:
    """What was wrong with which file; `kept` are those that were taken all the same."""
    faults = []
    for upload in refused:
        assert upload.finding is not None  # for the type checker: these were refused
        pointer = f"#/{upload.field}"
        faults.append(
            Fault(pointer=pointer, expected=upload.finding.code, found=upload.name, hint=upload.finding.en)
        )
    sizes = {"file.too_large", "file.too_much"}
    large = all(upload.finding is not None and upload.finding.code in sizes for upload in refused)
    extra = {"kept": [view.model_dump(mode="json") for view in kept]}
    detail = f"{len(refused)} file(s) were not taken, {len(kept)} were."
    return Problem(413 if large else 422, "too-large" if large else "bad-file", detail, faults, extra=extra)


@router.get("")
async def listed(ref: str, given: Given, who: Caller, proof: Proven) -> Attachments:
    """The files of a letter that I may see."""
    files = await _visible(given, ref, who, proof)
    return Attachments(items=[attachment_view(file) for file in files])


@router.get(
    "/{attachment_id}",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {}}, "description": "The file, of its own type"}
    },
)
async def fetch(ref: str, attachment_id: str, given: Given, who: Caller, proof: Proven) -> Response:
    """One file, to save."""
    return await file_response(given, one_of(await _visible(given, ref, who, proof), attachment_id))


async def _visible(given: Services, ref: str, who: Principal | None, proof: Proof) -> list[Attachment]:
    row, sight = await sight_for(given, ref, who, proof=proof)

    def ask(reader: Reader) -> list[Attachment]:
        return visible_files(reader, row.id, sight)

    return await given.read(ask)
