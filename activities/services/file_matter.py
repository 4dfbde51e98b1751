"""Makes a matter of a forum session a letter of its own; the session is told when it ends."""

from __future__ import annotations

from datetime import date, timedelta

from temporalio.exceptions import ApplicationError

from activities.ports import ServicePorts
from wenzheng.contracts import JsonObject, ServiceCall
from wenzheng.engine.services import ServiceContract, ServiceInput
from wenzheng.petitions.findings import RefusedError
from wenzheng.petitions.matters import MATTER, MATTER_KINDS, RESULT_DAYS, Matter

CONTRACT = ServiceContract(
    name="file_matter",
    inputs={
        "session_id": ServiceInput("string"),
        "session_on": ServiceInput("date"),
        "text": ServiceInput("string"),
        "kind": ServiceInput("string", values=MATTER_KINDS),
        "unit": ServiceInput("string"),
        "promised_by": ServiceInput("any", required=False),
        "result_days": ServiceInput("int", required=False),
    },
    output={"petition_id": "string", "latest_due": "date", "schedule": "list"},
    timeout=timedelta(seconds=5),
    local=True,
)


class Service:
    """Files the letter; the same matter is filed once, also by another call."""

    def __init__(self, ports: ServicePorts) -> None:
        self._matters = ports.matters
        self._now = ports.now

    def run(self, call: ServiceCall) -> JsonObject:
        """`schedule` is what of the session is due when, the earliest first; `latest_due` its last day."""
        given = call.input
        promised = given.get("promised_by")
        matter = Matter(
            session_id=given["session_id"],
            session_on=date.fromisoformat(given["session_on"]),
            content_id=given["text"],
            kind=given["kind"],
            unit=given["unit"],
            promised_by=date.fromisoformat(promised) if promised else None,
            result_days=RESULT_DAYS if given.get("result_days") is None else given["result_days"],
        )
        try:
            filed = self._matters.file_matter(matter, self._now())
        except (LookupError, RefusedError) as refused:
            # Trying again changes nothing: an operator is to see it.
            raise ApplicationError(str(refused), type="matter-refused", non_retryable=True) from refused
        schedule = [{MATTER: petition_id, "due": due.isoformat()} for petition_id, due in filed.schedule]
        return {
            "petition_id": filed.petition_id,
            "latest_due": schedule[-1]["due"],
            "schedule": schedule,
        }
