"""Authors: the letters they are writing, the browsers that proved to be theirs, their second factor.

Of a cookie's token only the sha256 is kept. Instants are given by the caller and are those of the clock
on the wall, also in a practice city whose days pass in seconds.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from wenzheng.store.errors import NotFound
from wenzheng.store.organisation import token_digest
from wenzheng.store.session import Part, maybe_view
from wenzheng.store.tables.people import AuthorSessionTable
from wenzheng.store.tables.petitions import AttachmentTable, DraftTable, PetitionTable
from wenzheng.store.types import check_text, insert_new
from wenzheng.store.views.petitions import Draft


class AuthorReads(Part):
    """Questions about authors."""

    def draft(self, token: str) -> Draft | None:
        """The draft behind a browser's token, or None."""
        return maybe_view(Draft, self.session.get(DraftTable, token_digest(token)))

    def authors_petition(self, token: str, *, now: datetime) -> str | None:
        """The id of the petition a browser's token proves to be its author's; None once it has expired."""
        query = select(AuthorSessionTable.petition_id).where(
            AuthorSessionTable.token_sha256 == token_digest(token), AuthorSessionTable.expires_at > now
        )
        return self.session.scalars(query).one_or_none()

    def passphrase_hash(self, petition_id: str) -> str | None:
        """The hash of the author's second factor; None when the tracking code alone opens the letter."""
        query = select(PetitionTable.passphrase_hash).where(PetitionTable.id == petition_id)
        return self.session.scalars(query).one_or_none()


class AuthorWrites(AuthorReads):
    """Changes by authors."""

    def save_draft(self, token: str, data: dict[str, Any], at: datetime) -> Draft:
        """Keep what was written so far, in place of what was kept before. Raises BadText."""
        check_text(**{name: value for name, value in data.items() if isinstance(value, str)})
        key = token_digest(token)
        values = {"id": key, "data": data, "created_at": at, "updated_at": at}
        if not insert_new(self.session, DraftTable, values):
            changed = {"data": data, "updated_at": at}
            self.session.execute(update(DraftTable).where(DraftTable.id == key).values(changed))
        self.session.expire_all()
        found = self.draft(token)
        assert found is not None  # written by this transaction
        return found

    def discard_draft(self, token: str) -> None:
        """Forget a draft and its files' rows; the files themselves go with the next sweep of the blobs."""
        self._drop_drafts([token_digest(token)])

    def sweep_drafts(self, before: datetime) -> int:
        """Forget drafts nobody has touched since `before`; how many there were."""
        old = list(self.session.scalars(select(DraftTable.id).where(DraftTable.updated_at < before)))
        self._drop_drafts(old)
        return len(old)

    def _drop_drafts(self, ids: list[str]) -> None:
        self.session.execute(delete(AttachmentTable).where(AttachmentTable.draft_id.in_(ids)))
        self.session.execute(delete(DraftTable).where(DraftTable.id.in_(ids)))

    def finish_draft(self, draft_id: str, petition_id: str, at: datetime) -> None:
        """A draft has become a letter: its files are the letter's, of its words nothing stays here.

        What stays is the petition's id, for whoever sends the same draft once more.
        """
        adopted = {"petition_id": petition_id, "draft_id": None}
        files = update(AttachmentTable).where(AttachmentTable.draft_id == draft_id)
        self.session.execute(files.values(adopted))
        left = {"data": {"filed": petition_id}, "updated_at": at}
        self.session.execute(update(DraftTable).where(DraftTable.id == draft_id).values(left))

    def open_author_session(self, token: str, petition_id: str, *, now: datetime, until: datetime) -> None:
        """Remember that a browser has proved to be the author's. Sweeps those away that have expired."""
        self.session.execute(delete(AuthorSessionTable).where(AuthorSessionTable.expires_at <= now))
        values = {"token_sha256": token_digest(token), "petition_id": petition_id, "expires_at": until}
        insert_new(self.session, AuthorSessionTable, values)

    def close_author_session(self, token: str) -> None:
        """Forget a browser; twice is no mistake."""
        key = token_digest(token)
        self.session.execute(delete(AuthorSessionTable).where(AuthorSessionTable.token_sha256 == key))

    def set_passphrase(self, petition_id: str, passphrase_hash: str, *, keep_session: str) -> bool:
        """Keep the second factor of a letter that has none; False when it has one already.

        Browsers that opened the letter by the code alone have to prove it anew, but that of `keep_session`.
        Raises NotFound.
        """
        self.line_up(f"passphrase/{petition_id}")
        row = self.session.get(PetitionTable, petition_id)
        if row is None:
            raise NotFound(f"expected a known petition, found {petition_id!r}; check the id")
        if row.passphrase_hash is not None:
            return False
        row.passphrase_hash = passphrase_hash
        others = delete(AuthorSessionTable).where(
            AuthorSessionTable.petition_id == petition_id,
            AuthorSessionTable.token_sha256 != token_digest(keep_session),
        )
        self.session.execute(others)
        return True
