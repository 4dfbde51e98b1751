"""Internal notes on a letter: said by one colleague to the others, never to the author or the public."""

from __future__ import annotations

import hashlib
import uuid
from typing import Final

from wenzheng.petitions.forms import LONGEST_CONTENT
from wenzheng.petitions.visibility import Access, FieldGroup
from wenzheng.store import BadText
from wenzheng.store.views.petitions import Content
from wenzheng.web.acts import unstorable
from wenzheng.web.problems import Fault, Problem
from wenzheng.web.reading import open_letter
from wenzheng.web.schemas.desk import Notes, NoteView
from wenzheng.web.security import Principal
from wenzheng.web.seeing import Sight
from wenzheng.web.services import Services
from wenzheng.web.views import Dossier

NOTE: Final = "note"
"""Kind of the content."""
_NAMES: Final = uuid.UUID("0e5a1c56-4a0d-5f0e-8a63-3b1d0f0c9b52")


def notes(file: Dossier, sight: Sight) -> list[Content]:
    """The notes somebody sees, the oldest first: all, or those of the own department (defaults.md)."""
    every = (content for content in file.contents.values() if content.kind == NOTE)
    return [note for note in every if sight.whole(FieldGroup.NOTES, note.unit_id)]


async def add_note(services: Services, ref: str, who: Principal, text: str, act_id: str) -> NoteView:
    """Keep a note; the same act id by the same person with the same words is one note.

    Who sees notes may write them. Raises Problem: 404 for a letter the caller may not know of, 403 for
    one they see without its notes, 422 for no words or too many.
    """
    file, sight = await open_letter(services, ref, who)
    if sight.author or sight.levels[FieldGroup.NOTES] not in {Access.FULL, Access.OWN_PART}:
        detail = f"Letter {file.row.number} is not handled by {who.account}: only its handlers write notes."
        raise Problem(403, "not-your-letter", detail)
    if not text.strip() or len(text) > LONGEST_CONTENT:
        fault = Fault(
            pointer="#/text",
            expected=f"1 to {LONGEST_CONTENT} characters, not only blanks",
            found=f"{len(text)} characters",
            hint="Write what your colleagues should know.",
        )
        raise Problem(422, "bad-data", "The note has no words, or too many.", [fault])
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    identity = str(uuid.uuid5(_NAMES, f"{file.row.id}\0{act_id}\0{who.account}\0{digest}"))
    at = services.now()
    try:
        kept = await services.write(
            lambda unit: unit.save_content(
                content_id=identity,
                petition_id=file.row.id,
                kind=NOTE,
                text=text,
                author=who.account,
                unit_id=who.unit,
                at=at,
            )
        )
    except BadText as error:
        raise unstorable("#/text", error) from error
    return note_view(kept)


def note_view(content: Content) -> NoteView:
    """A note as the API gives it."""
    return NoteView(
        id=content.id, text=content.text, author=content.author, unit=content.unit_id, at=content.at
    )


async def notes_of(services: Services, ref: str, who: Principal) -> Notes:
    """The notes of a letter that the caller sees."""
    file, sight = await open_letter(services, ref, who)
    return Notes(items=[note_view(note) for note in notes(file, sight)])
