"""POST /api/petitions/{ref}/VERB: what clerks, departments, supervisors and authors do to a letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends

from wenzheng.web.acts import AUTHOR, MAIN_TEXT, Intent, new_act_id, perform
from wenzheng.web.api.letters import Key, one_act_id
from wenzheng.web.lookup import authors_letter
from wenzheng.web.notes import add_note, notes_of
from wenzheng.web.proof import Proven, authors_proof
from wenzheng.web.schemas.acts import (
    Accept,
    Act,
    Approve,
    Assign,
    Check,
    Complete,
    Done,
    Perform,
    Rate,
    Reply,
    Statement,
    Withdraw,
    WriteNote,
)
from wenzheng.web.schemas.desk import Notes, NoteView, TaskForms
from wenzheng.web.security import Given, Staff
from wenzheng.web.tasks import Completion, open_forms
from wenzheng.web.tasks import complete as complete_task

router = APIRouter(prefix="/petitions/{ref}", tags=["acts"])


def _act_id(key: str | None, body: Act) -> str:
    return one_act_id(key, body) or new_act_id()


@dataclass(frozen=True)
class Staffer:
    """The signed-in person and the services, as every act of staff needs them."""

    services: Given
    who: Staff
    key: Key = None

    async def do(self, ref: str, element: str, body: Act, values: Mapping[str, Any], **more: Any) -> Done:
        """Complete a user task of the letter in this person's name; None is left out."""
        wish = Completion(
            who=self.who,
            ref=ref,
            element=element,
            act_id=_act_id(self.key, body),
            values={name: value for name, value in values.items() if value is not None},
            task_id=body.task_id,
            **more,
        )
        return await complete_task(self.services, wish)

    async def verb(self, ref: str, element: str, body: Act, **values: tuple[str, Any]) -> Done:
        """A verb with its own words for the shipped form: by field, the word and the value."""
        said = {name: value for name, (_, value) in values.items()}
        pointers = {name: f"#/{word}" for name, (word, _) in values.items()}
        return await self.do(ref, element, body, said, role=_TASK_ROLES[element], pointers=pointers)


By = Annotated[Staffer, Depends()]

# The role an element of the shipped definition is written for: who hears what before it is open.
_TASK_ROLES: Final = {
    "accept": "clerk",
    "assign": "clerk",
    "sign": "department",
    "reply": "department",
    "approve": "department_head",
    "complete": "department",
    "check": "clerk",
    "feedback": "department",
    "decide": "supervisor",
}


@router.get("/tasks")
async def tasks(ref: str, given: Given, who: Staff) -> TaskForms:
    """The open tasks of a letter that I may complete, with the fields of their forms."""
    return await open_forms(given, ref, who)


@router.post("/tasks/{element}")
async def perform_task(ref: str, element: str, body: Perform, by: By) -> Done:
    """Complete any open task with its own form; a text stands in its field as it was written."""
    return await by.do(ref, element, body, body.data)


@router.get("/notes")
async def read_notes(ref: str, given: Given, who: Staff) -> Notes:
    """The internal notes of a letter, as far as I see them."""
    return await notes_of(given, ref, who)


@router.post("/notes")
async def write_note(ref: str, body: WriteNote, given: Given, who: Staff, key: Key = None) -> NoteView:
    """Write an internal note: those who handle the letter read it, nobody else."""
    return await add_note(given, ref, who, body.text, one_act_id(key, body) or new_act_id())


@router.post("/accept")
async def accept(ref: str, body: Accept, by: By) -> Done:
    """Accept a letter, or refuse it with a reason."""
    accepted, reason = ("accepted", body.accepted), ("reason", body.reason or None)
    emergency = ("emergency", body.emergency)
    return await by.verb(ref, "accept", body, accepted=accepted, reason=reason, emergency=emergency)


@router.post("/assign")
async def assign(ref: str, body: Assign, by: By) -> Done:
    """Pass a letter to the unit that shall answer it."""
    department, helpers = ("department", body.department), ("co_handling", body.co_handling)
    return await by.verb(ref, "assign", body, department=department, co_handling=helpers)


@router.post("/sign")
async def sign(ref: str, body: Act, by: By) -> Done:
    """Sign for a letter (签收), as the department it is assigned to."""
    return await by.verb(ref, "sign", body)


@router.post("/reply")
async def reply(ref: str, body: Reply, by: By) -> Done:
    """Draft the answer to a letter, as the department it is assigned to."""
    text, kind = ("text", body.text), ("kind", body.kind)
    said: dict[str, tuple[str, Any]] = {"content_id": text, "reply_kind": kind}
    if body.promised_on is not None:  # letters of before have no such field
        said["promised_on"] = ("promised_on", body.promised_on.isoformat())
    return await by.verb(ref, "reply", body, **said)


@router.post("/approve")
async def approve(ref: str, body: Approve, by: By) -> Done:
    """Approve the draft of a reply, or return it with a note, as the department's head."""
    approved, note = ("approved", body.approved), ("note", body.note)
    return await by.verb(ref, "approve", body, approved=approved, return_note=note)


@router.post("/complete")
async def complete(ref: str, body: Complete, by: By) -> Done:
    """Report what was done, or ask for a later day of what was promised."""
    said: dict[str, tuple[str, Any]] = {"content_id": ("text", body.text)}
    if body.renew_until is not None:
        said["renew_until"] = ("renew_until", body.renew_until.isoformat())
    return await by.verb(ref, "complete", body, **said)


@router.post("/check")
async def check(ref: str, body: Check, by: By) -> Done:
    """Accept the report of completion, or return it with a note, as the centre."""
    done, note = ("done", body.done), ("note", body.note)
    return await by.verb(ref, "check", body, done=done, check_note=note)


@router.post("/feedback")
async def feedback(ref: str, body: Statement, by: By) -> Done:
    """Tell the author the result."""
    return await by.verb(ref, "feedback", body, content_id=("text", body.text))


@router.post("/decide")
async def decide(ref: str, body: Statement, by: By) -> Done:
    """Decide a letter that two rounds have not solved."""
    return await by.verb(ref, "decide", body, content_id=("text", body.text))


def rating(body: Rate, act_id: str) -> Intent:
    """The author's verdict as an act."""
    return Intent(
        element="rate",
        actor=AUTHOR,
        role=AUTHOR,
        act_id=act_id,
        data={"solved": body.solved, "satisfaction": body.satisfaction},
        texts={MAIN_TEXT: body.comment} if body.comment else {},
        task_id=body.task_id,
    )


@router.post("/rate")
async def rate(ref: str, body: Rate, given: Given, proof: Proven, key: Key = None) -> Done:
    """Say whether the matter is solved; `ref` is the author's tracking code.

    The second factor comes in the header or in the body.
    """
    row = await authors_letter(given, ref, authors_proof(proof, body.passphrase))
    return await perform(given, row, rating(body, _act_id(key, body)))


def withdrawal(reason: str | None, act_id: str) -> Intent:
    """The author's taking back as an act."""
    return Intent(None, AUTHOR, AUTHOR, act_id, texts={MAIN_TEXT: reason} if reason else {})


@router.post("/withdraw")
async def withdraw(ref: str, body: Withdraw, given: Given, proof: Proven, key: Key = None) -> Done:
    """Take a letter back; `ref` is the author's tracking code.

    The second factor comes in the header or in the body.
    """
    row = await authors_letter(given, ref, authors_proof(proof, body.passphrase))
    return await perform(given, row, withdrawal(body.reason, _act_id(key, body)))
