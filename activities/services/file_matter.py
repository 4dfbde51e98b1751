"""Makes a matter of a forum session a letter of its own; the session is told when it ends."""

from __future__ import annotations

from datetime import date, timedelta

from temporalio.exceptions import ApplicationError

from activities.ports import ServicePorts
from wenzheng.contracts import JsonObject, ServiceCall
from wenzheng.engine.services import ServiceContract, ServiceInput
from wenzheng.petitions.findings import RefusedError
from wenzheng.petitions.matters import MATTER_KINDS, Matter

CONTRACT = ServiceContract(
    name="file_matter",
    inputs={
        "session_id": ServiceInput("string"),
        "session_on": ServiceInput("date"),
        "text": ServiceInput("string"),
        "kind": ServiceInput("string", values=MATTER_KINDS),
        "unit": ServiceInput("string"),
        "promised_by": ServiceInput("any", required=False),
    },
    output={"petition_id": "string", "latest_due": "date"},
    timeout=timedelta(seconds=5),
    local=True,
)


class Service:
    """Files the letter; the same call files it once."""

    def __init__(self, ports: ServicePorts) -> None:
        self._matters = ports.matters
        self._now = ports.now

    def run(self, call: ServiceCall) -> JsonObject:
        """`latest_due` is the latest day for which a matter of the session was promised, or is due."""
        given = call.input
        promised = given.get("promised_by")
        matter = Matter(
            session_id=given["session_id"],
            session_on=date.fromisoformat(given["session_on"]),
            content_id=given["text"],
            kind=given["kind"],
            unit=given["unit"],
            promised_by=date.fromisoformat(promised) if promised else None,
        )
        try:
            filed = self._matters.file_matter(call.key, matter, self._now())
        except (LookupError, RefusedError) as refused:
            # Trying again changes nothing: an operator is to see it.
            raise ApplicationError(str(refused), type="matter-refused", non_retryable=True) from refused
        return {"petition_id": filed.petition_id, "latest_due": filed.latest_due.isoformat()}
