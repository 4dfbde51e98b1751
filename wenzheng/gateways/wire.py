"""The messages of every act, spelled for the history: short, and without a look at type hints.

Temporal's JSON converter copies a dataclass field by field and asks its type hints anew for every
record it reads: measured, a third of what interpreting a letter costs. And a field that holds its
default says nothing, but is kept in the history of every letter. What is read may be spelled either
way: histories of earlier versions are.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from temporalio.api.common.v1 import Payload
from temporalio.converter import JSONPlainPayloadConverter

from wenzheng.contracts import (
    ActResult,
    CompleteTask,
    Delivery,
    Flush,
    JsonObject,
    PaceInput,
    Record,
    Revision,
    Routing,
    SendMessage,
    StartProcess,
    Subscription,
)

_UPDATE_ID_BYTES: Final = 6
_REVISION: Final = "v"


def update_id(act_id: str) -> str:
    """The id of an act's update: Temporal writes it five times into the history, so it is short.

    The same act has the same one whoever sends it. Two acts of one letter share it once in 10^14.
    """
    return base64.urlsafe_b64encode(hashlib.sha256(act_id.encode()).digest()[:_UPDATE_ID_BYTES]).decode()


class WireConverter(JSONPlainPayloadConverter):
    """JSON as Temporal spells it, but for the messages named here."""

    def to_payload(self, value: Any) -> Payload | None:
        """See base class."""
        spell = _SPELLED.get(type(value))
        if spell is None:
            return super().to_payload(value)
        text = json.dumps(spell(value), separators=(",", ":"), sort_keys=True)
        return Payload(metadata={"encoding": self.encoding.encode()}, data=text.encode())

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        """See base class. What is not spelled as expected is left to it, with its errors."""
        read = _READ.get(type_hint)
        if read is not None:
            try:
                return read(json.loads(payload.data))
            except (AttributeError, KeyError, TypeError, ValueError):
                pass
        return super().from_payload(payload, type_hint)


def _without(data: JsonObject, defaults: Mapping[str, Any]) -> JsonObject:
    return {key: value for key, value in data.items() if key not in defaults or value != defaults[key]}


def _spell_flush(flush: Flush) -> JsonObject:
    records = [{**vars(record), "at": record.at.isoformat()} for record in flush.records]
    said = {**vars(flush), "records": records}
    if flush.asked_at is None:
        del said["asked_at"]
    else:
        said["asked_at"] = flush.asked_at.isoformat()
    if flush.windows is None:
        del said["windows"]
    if flush.routing is None:
        del said["routing"]
        return said
    return said | {"routing": asdict(flush.routing)}


def _read_flush(said: JsonObject) -> Flush:
    records = [Record(**{**record, "at": datetime.fromisoformat(record["at"])}) for record in said["records"]]
    routing = said.get("routing")
    if routing is not None:
        waits = [Subscription(**one) for one in routing["subscriptions"]]
        routing = Routing(waits, routing["begins"])
    read = said | {"records": records, "routing": routing}
    if (asked_at := said.get("asked_at")) is not None:
        read["asked_at"] = datetime.fromisoformat(asked_at)
    return Flush(**read)


def _spell_result(result: ActResult) -> JsonObject:
    """Without the act's id, which the asker knows."""
    said = {"at": result.at.isoformat().replace("+00:00", "Z"), "seq": result.seq, "ended": result.ended}
    said |= {"actor": result.actor, "open": result.open_elements}
    return _without(said, {"actor": "", "open": [], "ended": False})


def _read_result(said: JsonObject) -> ActResult:
    opened: list[str] = said.get("open") or said.get("open_elements") or []
    return ActResult(
        said.get("act_id", ""),
        said["seq"],
        said.get("actor", ""),
        datetime.fromisoformat(said["at"]),
        opened,
        said.get("ended", False),
    )


def _spell_task(act: CompleteTask) -> JsonObject:
    return _without(vars(act), {"data": {}, "task_id": None})


def _read_task(said: JsonObject) -> CompleteTask:
    names = [said["act_id"], said["element"], said["actor"], said["role"]]
    data, task_id = said.get("data", {}), said.get("task_id")
    right = isinstance(data, dict) and isinstance(task_id, str | None)
    if not right or not all(isinstance(name, str) for name in names):
        raise TypeError
    return CompleteTask(names[0], names[1], names[2], names[3], data, task_id)


def _spell_message(act: SendMessage) -> JsonObject:
    return _without(vars(act), {"data": {}})


def _spell_delivery(delivery: Delivery) -> JsonObject:
    return _without(vars(delivery), {"waits": [], "data": {}, "keys": {}})


def _spell_start(start: StartProcess) -> JsonObject:
    said = dict(vars(start))
    said[_REVISION] = said.pop("revision")
    pace = start.pace
    if pace is not None:
        instants = {"epoch_real": pace.epoch_real.isoformat(), "epoch_shown": pace.epoch_shown.isoformat()}
        said["pace"] = {**vars(pace), **instants}
    if start.event is not None:
        said["event"] = _spell_delivery(start.event)
    return _without(said, _START)


def _read_start(said: JsonObject) -> StartProcess:
    read = dict(said)
    # Every letter keeps its revision in its history: it is one letter there. The flags are of earlier starts.
    in_turn, from_start = read.pop("in_turn", False), read.pop("from_start", False)
    of_flags = Revision.FROM_START if from_start else Revision.IN_TURN if in_turn else Revision.FIRST
    read["revision"] = Revision(read.pop(_REVISION, said.get("revision", of_flags)))
    if (pace := said.get("pace")) is not None:
        instants = {name: datetime.fromisoformat(pace[name]) for name in ("epoch_real", "epoch_shown")}
        read["pace"] = PaceInput(**{**pace, **instants})
    if (event := said.get("event")) is not None:
        read["event"] = Delivery(**event)
    return StartProcess(**read)


_START: Final[JsonObject] = {
    "variables": {},
    "state": None,
    "history_limit": 0,
    "pace": None,
    "event": None,
    _REVISION: Revision.FIRST,
}
_SPELLED: Final[dict[type, Callable[[Any], JsonObject]]] = {
    Flush: _spell_flush,
    ActResult: _spell_result,
    CompleteTask: _spell_task,
    SendMessage: _spell_message,
    Delivery: _spell_delivery,
    StartProcess: _spell_start,
}
_READ: Final[dict[type | None, Callable[[JsonObject], Any]]] = {
    Flush: _read_flush,
    ActResult: _read_result,
    CompleteTask: _read_task,
    StartProcess: _read_start,
}
