"""`POST /intake/{channel}`: letters that other machines hand in under a signature.

Text messages, kiosks, the information posts of villages. What a gateway says is believed only when it is
signed with a secret of its channel (wenzheng.gateways.webhooks); anything else leaves no trace.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from wenzheng.gateways.webhooks import ID, SIGNATURE, TIMESTAMP, BadSecrets, NotGenuine, Secret, verify
from wenzheng.petitions.arrival import Arrival
from wenzheng.petitions.intake import LetterRefusedError, title_of
from wenzheng.petitions.kinds import GATEWAY_CHANNELS
from wenzheng.web.filing import in_api_words, take_letter
from wenzheng.web.problems import Fault, Problem, faults_of, refused, shown
from wenzheng.web.schemas.acts import HandedIn, Receipt, Submission
from wenzheng.web.security import Given
from wenzheng.web.services import Services
from wenzheng.web.taking import receipt_of

router = APIRouter(prefix="/intake", tags=["intake"])

_STATUS: Final = {"missing-signature": 401, "bad-signature": 401, "too-old": 401, "too-early": 401}
_EVENT: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["type", "timestamp", "data"],
    "properties": {
        "type": {"const": "letter.received"},
        "timestamp": {"type": "string", "format": "date-time", "description": "When it was received"},
        "data": {
            "type": "object",
            "description": "The letter: fields of POST /api/petitions without channel and act_id; without a "
            "title, the first line of the text is it",
        },
    },
}
_SIGNED: Final[dict[str, Any]] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": _EVENT}}},
    "parameters": [
        {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
        for name in (ID, TIMESTAMP, SIGNATURE)
    ],
}
"""FastAPI reads no body here: what is signed are the bytes as they were sent."""

Channel = Annotated[str, Path(max_length=50, description="sms, kiosk, village, app or mail")]


@router.post("/{channel}", status_code=201, openapi_extra=_SIGNED)
async def hand_in(channel: Channel, request: Request, given: Given) -> Receipt:
    """Hand a letter in, signed as Standard Webhooks says. The same webhook-id again: the same receipt."""
    secrets = await _secrets(given, channel)
    body = await request.body()
    try:
        webhook_id = verify(secrets, request.headers, body, given.wall())
    except NotGenuine as error:
        raise Problem(_STATUS.get(error.code, 400), error.code, str(error)) from error
    event = _read(body)
    letter = Submission(
        **event.data.model_dump(exclude={"title"}),
        title=title_of(event.data.text) if event.data.title is None else event.data.title,
        channel=channel,
    )
    # The clock of a practice city is nobody else's.
    arrival = Arrival(event.timestamp if given.working_day is None else None)
    try:
        row = await take_letter(given, letter, f"intake/{channel}/{webhook_id}", arrival)
    except LetterRefusedError as error:
        findings = in_api_words(error.findings)
        raise refused("bad-letter", "The letter cannot be taken as it is.", findings) from error
    except Problem as error:
        if error.code != "act-id-taken":
            raise
        detail = "This webhook-id has handed in another letter. Send this one under an id of its own."
        raise Problem(409, "webhook-id-taken", detail) from error
    return receipt_of(row, word=letter.passphrase is not None)


async def _secrets(services: Services, channel: str) -> tuple[Secret, ...]:
    """The secrets of a channel. Raises Problem 404 for one that has none: it is not open."""
    try:
        found = await run_in_threadpool(services.gateways)
    except BadSecrets as error:
        detail = "The secrets of the gateways cannot be read. Tell the operator; nothing was kept."
        raise Problem(503, "no-secrets", detail) from error
    secrets = found.get(channel, ()) if channel in GATEWAY_CHANNELS else ()
    if not secrets:
        detail = f"Expected a channel that is open here, found {shown(channel)}. Ask the operator which are."
        raise Problem(404, "unknown-channel", detail)
    return secrets


def _read(body: bytes) -> HandedIn:
    """The event a body holds. Raises Problem: 400 for no JSON, 422 with everything that is wrong."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        fault = Fault(
            pointer="#",
            expected="a JSON object in UTF-8",
            found="something that is not JSON",
            hint="Check quotes, commas and the encoding.",
        )
        raise Problem(400, "bad-json", "The body is not JSON.", [fault]) from error
    try:
        return HandedIn.model_validate(found)
    except ValidationError as error:
        faults = faults_of(error.errors(include_url=False))
        where = ", ".join(dict.fromkeys(fault.pointer for fault in faults))
        raise Problem(422, "bad-data", f"The event has {len(faults)} fault(s): {where}.", faults) from error
