"""POST /api/petitions/{ref}/VERB: what clerks, departments, supervisors and authors do to a letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends

from wenzheng.petitions.organisation import check_assignment
from wenzheng.store.views import PetitionRow
from wenzheng.web import schemas
from wenzheng.web.acts import AUTHOR, Intent, new_act_id, perform
from wenzheng.web.api.letters import Key, one_act_id
from wenzheng.web.lookup import authors_letter, department_that_may_act, organisation, staff_letter
from wenzheng.web.problems import Fault, Problem, refused, shown
from wenzheng.web.schemas import Done
from wenzheng.web.security import Given, Staff

router = APIRouter(prefix="/petitions/{ref}", tags=["acts"])


def _act_id(key: str | None, body: schemas.Act) -> str:
    return one_act_id(key, body) or new_act_id()


@dataclass(frozen=True)
class Staffer:
    """The signed-in person and the services, as every act of staff needs them."""

    services: Given
    who: Staff
    key: Key = None

    async def do(self, row: PetitionRow, element: str, body: schemas.Act, **more: Any) -> Done:
        """Complete a user task of the letter in this person's name."""
        intent = Intent(
            element=element,
            actor=self.who.account,
            role=_TASK_ROLES[element],
            act_id=_act_id(self.key, body),
            task_id=body.task_id,
            **more,
        )
        return await perform(self.services, row, intent)

    async def department_letter(self, ref: str) -> PetitionRow:
        """The letter, if this person's department may act on it."""
        return await department_that_may_act(self.services, ref, self.who)


By = Annotated[Staffer, Depends()]

# The role an element is written for: a head acts in the place of those under them.
_TASK_ROLES: Final = {
    "accept": "clerk",
    "assign": "clerk",
    "reply": "department",
    "complete": "department",
    "feedback": "department",
    "decide": "supervisor",
}


@router.post("/accept")
async def accept(ref: str, body: schemas.Accept, by: By) -> Done:
    """Accept a letter, or refuse it with a reason."""
    if not body.accepted and not (body.reason or "").strip():
        fault = Fault(
            pointer="#/reason", expected="a reason", found="nothing", hint="Say why; the author is told."
        )
        raise Problem(422, "bad-data", "A letter is refused only with a reason.", [fault])
    row = await staff_letter(by.services, ref)
    data: dict[str, Any] = {"accepted": body.accepted}
    if body.reason:
        data["reason"] = body.reason
    return await by.do(row, "accept", body, data=data)


@router.post("/assign")
async def assign(ref: str, body: schemas.Assign, by: By) -> Done:
    """Pass a letter to the unit that shall answer it."""
    row = await staff_letter(by.services, ref)
    wrong = check_assignment(body.department, await by.services.read(organisation))
    if wrong:
        raise refused("bad-unit", "The letter cannot be assigned there.", wrong, found=shown(body.department))
    return await by.do(row, "assign", body, data={"department": body.department})


@router.post("/reply")
async def reply(ref: str, body: schemas.Reply, by: By) -> Done:
    """Answer a letter, as the department it is assigned to."""
    row = await by.department_letter(ref)
    return await by.do(
        row, "reply", body, data={"reply_kind": body.kind}, content_kind="reply", text=body.text
    )


@router.post("/complete")
async def complete(ref: str, body: schemas.Statement, by: By) -> Done:
    """Report what was done."""
    row = await by.department_letter(ref)
    return await by.do(row, "complete", body, content_kind="completion", text=body.text)


@router.post("/feedback")
async def feedback(ref: str, body: schemas.Statement, by: By) -> Done:
    """Tell the author the result."""
    row = await by.department_letter(ref)
    return await by.do(row, "feedback", body, content_kind="feedback", text=body.text)


@router.post("/decide")
async def decide(ref: str, body: schemas.Statement, by: By) -> Done:
    """Decide a letter that two rounds have not solved."""
    row = await staff_letter(by.services, ref)
    return await by.do(row, "decide", body, content_kind="decision", text=body.text)


def rating(body: schemas.Rate, act_id: str) -> Intent:
    """The author's verdict as an act."""
    return Intent(
        element="rate",
        actor=AUTHOR,
        role=AUTHOR,
        act_id=act_id,
        data={"solved": body.solved, "satisfaction": body.satisfaction},
        content_kind="rating",
        text=body.comment,
        task_id=body.task_id,
    )


@router.post("/rate")
async def rate(ref: str, body: schemas.Rate, given: Given, key: Key = None) -> Done:
    """Say whether the matter is solved; `ref` is the author's tracking code."""
    row = await authors_letter(given, ref)
    return await perform(given, row, rating(body, _act_id(key, body)))


def withdrawal(reason: str | None, act_id: str) -> Intent:
    """The author's taking back as an act."""
    return Intent(None, AUTHOR, AUTHOR, act_id, content_kind="withdrawal", text=reason)


@router.post("/withdraw")
async def withdraw(ref: str, body: schemas.Withdraw, given: Given, key: Key = None) -> Done:
    """Take a letter back; `ref` is the author's tracking code."""
    row = await authors_letter(given, ref)
    return await perform(given, row, withdrawal(body.reason, _act_id(key, body)))
