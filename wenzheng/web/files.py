"""Files of a letter as somebody may see them, and sending one to a browser.

The author's files go by the matrix's column "attachments". A file that staff added is part of a draft until
the fact it belongs to has come to pass (replied, completed, …); then whoever sees attachments sees it.
"""

from __future__ import annotations

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response

from wenzheng.petitions.visibility import FieldGroup
from wenzheng.store import Reader
from wenzheng.store.views.petitions import Attachment
from wenzheng.web.lookup import no_letter
from wenzheng.web.problems import Problem
from wenzheng.web.seeing import Sight
from wenzheng.web.services import Services

_TOLD: Final = frozenset({"replied", "completed", "fed_back", "decided"})
"""Facts that tell the author something, with the files they carry."""

_HEADERS: Final = {
    # Should a browser open it after all: nothing in it runs, loads or is kept.
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def told_files(reader: Reader, petition_id: str) -> frozenset[str]:
    """Ids of the files that facts which tell the author something have carried."""
    return frozenset(
        item
        for fact in reader.facts(petition_id)
        if fact.fact in _TOLD
        for value in fact.data.values()
        if isinstance(value, list)
        for item in value
        if isinstance(item, str)
    )


def visible_files(reader: Reader, petition_id: str, sight: Sight) -> list[Attachment]:
    """The files of a letter that somebody with this sight may see, in their order."""
    if not sight.whole(FieldGroup.ATTACHMENTS):
        return []
    told = told_files(reader, petition_id)

    def shows(file: Attachment) -> bool:
        return file.unit_id is None or file.id in told or sight.whole(FieldGroup.NOTES, file.unit_id)

    return [file for file in reader.attachments(petition_id=petition_id) if shows(file)]


def one_of(files: list[Attachment], attachment_id: str) -> Attachment:
    """The file of an id among those somebody may see. Raises Problem 404: others are as if not there."""
    found = next((file for file in files if file.id == attachment_id), None)
    if found is None:
        raise no_letter()
    return found


async def file_response(services: Services, file: Attachment) -> Response:
    """A file to save, under its cleaned name. Raises Problem when its bytes are not where they should be."""
    path = await run_in_threadpool(services.blobs.path, file.sha256)
    if path is None:
        detail = f"The file {file.id} is not in the folder of attachments. Tell the operator."
        raise Problem(503, "file-missing", detail)
    media_type = "text/plain; charset=utf-8" if file.media_type == "text/plain" else file.media_type
    return FileResponse(
        path,
        media_type=media_type,
        filename=file.name,
        content_disposition_type="attachment",
        headers=_HEADERS,
    )
