"""Files of drafts and letters: what they are called, where they belong. Their bytes lie in the blob store."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, func, select

from wenzheng.store.errors import NotFound
from wenzheng.store.session import Part, as_view, maybe_view
from wenzheng.store.tables.petitions import AttachmentTable, DraftTable, PetitionTable
from wenzheng.store.types import check_text
from wenzheng.store.views.petitions import Attachment


class AttachmentReads(Part):
    """Questions about files."""

    def attachment(self, attachment_id: str) -> Attachment | None:
        """One file, or None."""
        return maybe_view(Attachment, self.session.get(AttachmentTable, attachment_id))

    def attachments(self, *, petition_id: str | None = None, draft_id: str | None = None) -> list[Attachment]:
        """The files of a letter or of a draft, in their order."""
        query = select(AttachmentTable).order_by(AttachmentTable.position, AttachmentTable.id)
        query = query.where(
            AttachmentTable.petition_id == petition_id
            if petition_id is not None
            else AttachmentTable.draft_id == draft_id
        )
        return [as_view(Attachment, row) for row in self.session.scalars(query)]

    def used_blobs(self, digests: Collection[str]) -> set[str]:
        """Which of these sha256 digests a file of ours names."""
        query = select(AttachmentTable.sha256).where(AttachmentTable.sha256.in_(list(digests)))
        return set(self.session.scalars(query))


class AttachmentWrites(AttachmentReads):
    """Changes of files."""

    def add_attachment(
        self,
        *,
        name: str,
        media_type: str,
        size: int,
        sha256: str,
        added_by: str,
        at: datetime,
        petition_id: str | None = None,
        draft_id: str | None = None,
        unit_id: str | None = None,
        content_id: str | None = None,
    ) -> tuple[Attachment, bool]:
        """Add a file whose bytes are in the blob store, to a letter or a draft; True when it is new.

        The same bytes from the same side (the author, a unit) are one file: the one that is there is given
        back. Raises NotFound for an unknown letter or draft, BadText.
        """
        check_text(name=name)
        owner = petition_id if petition_id is not None else draft_id
        self.line_up(f"attachments/{owner}")
        self._check_owner(petition_id, draft_id)
        here = self.attachments(petition_id=petition_id, draft_id=draft_id)
        same = (item for item in here if item.sha256 == sha256 and item.unit_id == unit_id)
        known = next(same, None)
        if known is not None:
            return known, False
        row = AttachmentTable(
            id=str(uuid.uuid4()),
            petition_id=petition_id,
            draft_id=draft_id,
            content_id=content_id,
            position=1 + max((item.position for item in here), default=-1),
            name=name,
            media_type=media_type,
            size=size,
            sha256=sha256,
            added_by=added_by,
            unit_id=unit_id,
            added_at=at,
        )
        self.session.add(row)
        self.session.flush()
        return as_view(Attachment, row), True

    def _check_owner(self, petition_id: str | None, draft_id: str | None) -> None:
        table = PetitionTable if petition_id is not None else DraftTable
        owner = petition_id if petition_id is not None else draft_id
        if owner is None or self.session.scalar(select(func.count()).where(table.id == owner)) == 0:
            raise NotFound(f"expected a known letter or draft for a file, found {owner!r}; check the id")

    def remove_attachment(self, attachment_id: str, *, draft_id: str) -> bool:
        """Take a file out of a draft; False when it is not there. What was filed stays."""
        query = delete(AttachmentTable).where(
            AttachmentTable.id == attachment_id, AttachmentTable.draft_id == draft_id
        )
        result = self.session.execute(query.returning(AttachmentTable.id))
        return result.first() is not None
