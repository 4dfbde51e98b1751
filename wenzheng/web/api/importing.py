"""Files of letters over the API."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from wenzheng.petitions.importing import LONGEST_SOURCE, BadFileError
from wenzheng.web.importing import Brought, Imported, Wish, import_letters
from wenzheng.web.multipart import SentFile, sent_form
from wenzheng.web.problems import Fault, Problem, refused
from wenzheng.web.schemas.intake import BroughtView, ImportReport, RowFaultView
from wenzheng.web.security import Given, Staff

router = APIRouter(prefix="/petitions", tags=["letters"])

_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}
Source = Annotated[str, Query(max_length=LONGEST_SOURCE, description="Where the ids of the rows come from")]
Trial = Annotated[bool, Query(description="Only say what would become of each row")]


@router.post("/import", openapi_extra=_BODY)
async def bring(
    request: Request, given: Given, who: Staff, *, source: Source = "", trial: Trial = False
) -> ImportReport:
    """Bring in the letters of a CSV file (UTF-8 or GB 18030): good rows are taken, the others named.

    The first row names the columns: text, and any of id, title, kind, addressee, name, contact, public,
    channel, received_at, citizen_group, citizen_area, or their Chinese names. The same row again is no
    second letter.
    """
    async with sent_form(request) as form:
        raw = await content_of(form.files)
        try:
            return report(await import_letters(given, raw, Wish(who, source, trial)))
        except BadFileError as error:
            raise refused(
                "bad-file", "The file cannot be read. Nothing was taken.", error.findings
            ) from error


async def content_of(files: list[SentFile]) -> bytes:
    """The bytes of the one file of a form. Raises Problem: 422 without one, 413 for too large a one."""
    file = next((file for file in files if file.name), None)
    if file is None or (file.spooled is None and file.refused is None):
        fault = Fault(
            pointer="#/file", expected="a CSV file", found="none", hint="Send it in a field 'file'."
        )
        raise Problem(422, "bad-file", "The form holds no file.", [fault])
    if file.spooled is None:
        assert file.refused is not None  # for the type checker
        fault = Fault(pointer="#/file", expected=file.refused.code, found=file.name, hint=file.refused.en)
        raise Problem(413, "too-large", "The file is too large. Nothing was taken.", [fault])
    file.spooled.close()
    return await run_in_threadpool(Path(file.spooled.path).read_bytes)


def report(done: Imported) -> ImportReport:
    """It as the API shows it."""
    return ImportReport(
        trial=done.trial,
        encoding=done.encoding,
        rows=done.total,
        taken=[_brought(one) for one in done.taken],
        known=[_brought(one) for one in done.known],
        faults=[
            RowFaultView(
                row=one.row, column=one.column, code=one.finding.code, zh=one.finding.zh, en=one.finding.en
            )
            for one in done.faults
        ],
    )


def _brought(one: Brought) -> BroughtView:
    return BroughtView(row=one.row, number=one.number or None, tracking_code=one.tracking_code)
