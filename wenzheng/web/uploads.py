"""Keeping the files of a form: looked at, put in the blob store, then named by a row.

One function for citizens' letters and for staff's evidence: `take_uploads`. Which files somebody may
see is decided in `wenzheng.web.files`.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.concurrency import run_in_threadpool

from wenzheng.gateways.file_kinds import content_kind
from wenzheng.gateways.ports import BlobsFull, Spooled
from wenzheng.petitions import attachments as rules
from wenzheng.petitions.attachments import KINDS
from wenzheng.petitions.findings import Finding
from wenzheng.store import NotFound, UnitOfWork
from wenzheng.store.views.petitions import Attachment
from wenzheng.web.multipart import SentFile, disk_full
from wenzheng.web.services import Services

AUTHOR: Final = "author"

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Owner:
    """Whose list a file joins: a draft's or a letter's; `unit_id` is None for the author.

    `settled` are files that no longer count against the limits: those of replies already given.
    """

    by: str
    draft_id: str | None = None
    petition_id: str | None = None
    unit_id: str | None = None
    settled: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Upload:
    """What became of a file. `fresh` is False when the same one was there already."""

    field: str
    name: str
    attachment: Attachment | None = None
    finding: Finding | None = None
    fresh: bool = False


async def take_uploads(services: Services, owner: Owner, files: Sequence[SentFile]) -> list[Upload]:
    """Keep files of a form (`multipart.sent_form`), each for itself: a bad one does not stop the others.

    Raises StoreAway; NotFound when the draft or letter is gone.
    """
    return [await take_upload(services, owner, file) for file in files]


async def take_upload(services: Services, owner: Owner, file: SentFile) -> Upload:
    """Keep one file, or say why not."""
    if file.refused is not None or file.spooled is None:
        return Upload(file.field, file.name, finding=file.refused or rules.empty())
    spooled = file.spooled
    kind = await run_in_threadpool(_look, spooled)
    limits = services.settings.files
    finding = rules.empty() if spooled.size == 0 else rules.wrong_kind(file.name, kind, limits)
    if finding is not None:
        return Upload(file.field, file.name, finding=finding)
    name = rules.clean_name(file.name, kind)
    at = services.now()

    def keep(unit: UnitOfWork) -> Upload:
        attachment, fresh = unit.add_attachment(
            name=name,
            media_type=KINDS[kind].media_type,
            size=spooled.size,
            sha256=spooled.sha256,
            added_by=owner.by,
            at=at,
            petition_id=owner.petition_id,
            draft_id=owner.draft_id,
            unit_id=owner.unit_id,
        )
        # Asked after it was added, in one transaction: of two uploads at once only one fits.
        room = rules.no_room(_beside(unit, owner, attachment), spooled.size, limits) if fresh else None
        if room is not None:
            raise _NoRoom(room)
        return Upload(file.field, name, attachment, fresh=fresh)

    try:
        # The file first, the row last: a kill in between leaves a file that a sweep removes.
        await run_in_threadpool(services.blobs.put, spooled)
        return await services.write(keep)
    except BlobsFull as error:
        _LOG.error("an upload was refused: %s", error)
        return Upload(file.field, name, finding=disk_full())
    except _NoRoom as error:
        return Upload(file.field, name, finding=error.finding)


class _NoRoom(Exception):
    """Undoes the transaction."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


def _look(spooled: Spooled) -> str:
    spooled.close()
    return content_kind(spooled.path)


def _beside(unit: UnitOfWork, owner: Owner, new: Attachment) -> list[int]:
    """Sizes of the other files that count against the same limits."""
    here = unit.attachments(petition_id=owner.petition_id, draft_id=owner.draft_id)
    return [
        item.size
        for item in here
        if item.id != new.id and item.unit_id == owner.unit_id and item.id not in owner.settled
    ]


__all__ = ["AUTHOR", "NotFound", "Owner", "Upload", "take_upload", "take_uploads"]
