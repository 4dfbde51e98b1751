"""Tells the author of a petition how it stands: one notice in the outbox."""

from __future__ import annotations

from datetime import timedelta

from activities.ports import ServicePorts
from wenzheng.contracts import JsonObject, ServiceCall
from wenzheng.engine.services import ServiceContract, ServiceInput
from wenzheng.petitions.roles import Role

CONTRACT = ServiceContract(
    name="notify_author",
    inputs={
        "petition_id": ServiceInput("string"),
        "template": ServiceInput(
            "string",
            values=("accepted", "rejected", "question", "extended", "replied", "renewed", "fed_back"),
        ),
    },
    output={"queued": "bool"},
    timeout=timedelta(seconds=5),
    local=True,
)


class Service:
    """Queues the notice; the same call queues the same words once."""

    def __init__(self, ports: ServicePorts) -> None:
        self._notices = ports.notices
        self._now = ports.now

    def run(self, call: ServiceCall) -> JsonObject:
        """`queued` is False when an earlier attempt of this call has queued the notice."""
        template = call.input["template"]
        queued = self._notices.queue_notice(
            # Calls are numbered anew after a crash: what a lost call said is no reason to be silent.
            key=f"{call.key}/{template}",
            instance=call.instance,
            petition_id=call.input["petition_id"],
            template=template,
            recipient_role=Role.AUTHOR.value,
            recipient_unit=None,
            not_before=self._now(),
            data={},
        )
        return {"queued": queued}
