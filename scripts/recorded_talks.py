"""Stories for `record_histories` in which instances send each other messages and signals."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from tests.support.conversations import ALARM, EARLY, ORDERS, PATIENT, UNFIT
from tests.workflow.test_processes_that_talk import Town, until
from wenzheng.contracts import RESOLVE_INCIDENT_UPDATE, SEND_MESSAGE_UPDATE, ResolveIncident, SendMessage

Talk = Callable[[Town], Awaitable[dict[str, str]]]
"""Lets instances talk, and says which took part in which role."""


async def orders(place: Town) -> dict[str, str]:
    """An order begins a supplier, and its confirmation is correlated."""
    await place.start("customer", "customer-1", order="A")
    await place.start("customer", "customer-2", order="B")
    suppliers = await place.until_begun("supplier", 2)
    for supplier in suppliers:
        await place.complete(supplier, "s_check", price=5)
    await place.until_ended("customer-1", "customer-2", *suppliers)
    return {"customer": "customer-1", "supplier": suppliers[0]}


async def early(place: Town) -> dict[str, str]:
    """A message is sent before anybody waits for it."""
    await place.start("sender", "sender-1")
    await place.until_ended("sender-1")
    await place.start("receiver", "receiver-1")
    await place.complete("receiver-1", "r_ready")
    await place.until_ended("receiver-1")
    return {"sender": "sender-1", "receiver": "receiver-1"}


async def alarm(place: Town) -> dict[str, str]:
    """A signal reaches who waits for it, and begins a brigade."""
    await place.start("watcher", "watcher-1")
    await until("a watcher", lambda: _waits(place, "watcher-1"))
    await place.start("guard", "guard-1")
    (brigade,) = await place.until_begun("brigade", 1)
    await place.complete(brigade, "b_drive")
    await place.until_ended("guard-1", "watcher-1", brigade)
    return {"guard": "guard-1", "watcher": "watcher-1", "brigade": brigade}


async def _waits(place: Town, instance: str) -> bool:
    return bool(place.waits(instance))


async def patient(place: Town) -> dict[str, str]:
    """Acts without rows move what is waited for."""
    await place.start("receiver", "receiver-1")
    handle = place.client.get_workflow_handle("receiver-1")
    now = SendMessage("act-now", "now", "li")
    await handle.execute_update(SEND_MESSAGE_UPDATE, now, id=now.act_id)
    await place.start("sender", "sender-1")
    await place.until_ended("receiver-1", "sender-1")
    return {"receiver": "receiver-1"}


async def unfit(place: Town) -> dict[str, str]:
    """What cannot begin with what it is sent waits for an operator."""
    await place.start("customer", "customer-1", order="A", price="ten")
    (supplier,) = await place.until_begun("supplier", 1)
    await until("an incident", lambda: _stopped(place, supplier))
    (found,) = (await place.snapshot(supplier)).incidents
    data = {"price": 10, "day": "2026-09-08"}
    act = ResolveIncident("act-1", found["incident_id"], "operator", "answer", data)
    await place.client.get_workflow_handle(supplier).execute_update(
        RESOLVE_INCIDENT_UPDATE, act, id=act.act_id
    )
    await place.complete(supplier, "s_check")
    await place.until_ended(supplier)
    return {"supplier": supplier}


async def _stopped(place: Town, instance: str) -> bool:
    return bool((await place.snapshot(instance)).incidents)


TALKS: Final[dict[str, tuple[bytes, Talk]]] = {
    "orders": (ORDERS, orders),
    "early-message": (EARLY, early),
    "alarm": (ALARM, alarm),
    "patient": (PATIENT, patient),
    "unfit-start": (UNFIT, unfit),
}
