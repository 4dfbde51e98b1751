"""The router's board in tables: who waits for what, and the messages between instances.

Every change is made in the transaction of the flush that causes it, under one lock for each bundle, so
that to subscribe and to take a kept message are one. What is decided goes out by the outbox.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, delete, insert, select, update
from sqlalchemy.orm import Session

from wenzheng.contracts import (
    MESSAGE_CAUGHT,
    MESSAGE_THROWN,
    SIGNAL_THROWN,
    Delivery,
    Flush,
    Record,
    Routing,
)
from wenzheng.engine.router import MESSAGE, SIGNAL, Router, Thrown, Waiting
from wenzheng.store.calendar_moves import newest
from wenzheng.store.outbox import DELIVER, START_WORKFLOW, outbox_values
from wenzheng.store.session import Part
from wenzheng.store.tables.log import RecordTable
from wenzheng.store.tables.messages import MessageTable, SubscriptionTable
from wenzheng.store.tables.notices import OutboxTable
from wenzheng.store.types import canonical, insert_new, row_id

BY_ROUTER: Final = "router"
"""Origin of the outbox rows that stand here."""
_NONE: Final = ""
_SEVERAL: Final = "*"


def throw_key(instance: str, act_id: str, ordinal: int) -> str:
    """The name of a throw for ever; the act that it causes in its receiver has this id."""
    return f"message-{row_id(f'{instance}/{act_id}/{ordinal}')}"


def lead(keys: Mapping[str, Any]) -> str:
    """Few words for correlation keys: rows with other words cannot fit."""
    if len(keys) > 1:
        return _SEVERAL
    return next(iter(_leads(keys)), _NONE)


def _leads(keys: Mapping[str, Any]) -> list[str]:
    return [row_id(canonical([key, list(value)])) for key, value in keys.items()]


class TableBoard:
    """See router.Board. `at` dates what happens, `calendar` is that of whatever begins."""

    def __init__(self, session: Session, at: datetime, calendar: str) -> None:
        self._session = session
        self._now = self._at = at
        self._calendar = calendar

    def of(self, instance: str) -> Mapping[str, Waiting]:
        """See Board."""
        query = select(SubscriptionTable).where(SubscriptionTable.instance == instance)
        return {row.wait: _waiting(row) for row in self._rows(query.order_by(SubscriptionTable.id))}

    def listeners(self, thrown: Thrown) -> Iterable[Waiting]:
        """See Board."""
        table = SubscriptionTable
        query = select(table).where(
            table.bundle == thrown.bundle,
            table.kind == thrown.kind,
            table.name == thrown.name,
            table.message.is_(None),
        )
        if thrown.kind == MESSAGE:
            query = query.where(table.lead.in_([_NONE, _SEVERAL, *_leads(thrown.keys)]))
        return [_waiting(row) for row in self._rows(query.order_by(table.id))]

    def kept(self, waiting: Waiting) -> Iterable[Thrown]:
        """See Board."""
        table = MessageTable
        query = select(table).where(
            table.bundle == waiting.bundle,
            table.name == waiting.name,
            table.receiver.is_(None),
            table.set_aside_at.is_(None),
            table.discarded_at.is_(None),
        )
        if waiting.keys:
            query = query.where(table.lead.in_([_SEVERAL, *_leads(waiting.keys)]))
        return [thrown_of(row) for row in self._rows(query.order_by(table.id))]

    def add(self, waiting: Waiting) -> None:
        """See Board."""
        keys = {key: list(value) for key, value in waiting.keys.items()}
        place = {"instance": waiting.instance, "wait": waiting.id}
        values = {
            "bundle": waiting.bundle,
            "kind": waiting.kind,
            "name": waiting.name,
            "keys": keys,
            "lead": lead(keys),
        }
        row = self._subscription(waiting)
        if row is None:
            self._session.add(SubscriptionTable(**place, **values, message=None))
        else:
            row.keys, row.lead = keys, lead(keys)
        self._session.flush()

    def remove(self, waiting: Waiting) -> Thrown | None:
        """See Board."""
        row = self._subscription(waiting)
        if row is None:
            return None
        key = row.message
        self._session.delete(row)
        self._session.flush()
        message = self._message(key) if key is not None else None
        if message is None or message.arrived_at is not None:
            return None
        message.receiver = message.wait = None
        self._session.flush()
        self.recall(message.key)
        return thrown_of(message)

    def is_free(self, waiting: Waiting) -> bool:
        """See Board."""
        row = self._subscription(waiting)
        return row is not None and row.message is None

    def hand_over(self, thrown: Thrown, waiting: Waiting) -> None:
        """See Board."""
        self._assign(thrown, waiting.instance, waiting.id)
        row = self._subscription(waiting)
        assert row is not None  # whoever is handed something waits
        row.message = thrown.key
        self._session.flush()
        self._deliver(thrown, waiting.instance, [waiting.id], f"{waiting.instance}/{waiting.id}")

    def tell(self, thrown: Thrown, instance: str, waits: Sequence[str]) -> None:
        """See Board."""
        self._deliver(thrown, instance, waits, instance)

    def begin(self, thrown: Thrown, process: str) -> None:
        """See Board."""
        instance = f"{process}-{row_id(f'{thrown.key}/{process}')}"
        if thrown.kind == MESSAGE:
            self._assign(thrown, instance, None)
        start = {"process": process, "variables": {}, "event": asdict(_delivery(thrown, []))}
        # Who throws may count by a version that is the same to it: what begins now counts days of its own.
        version = newest(self._session, self._calendar)
        calendar = self._calendar if version is None else version.digest
        data = {"definition": thrown.bundle, "calendar": calendar, "start": start}
        self._put(thrown.key, process, START_WORKFLOW, instance, data)

    def keep(self, thrown: Thrown) -> None:
        """See Board."""
        self._assign(thrown, None, None)

    def arrived(self, key: str, instance: str) -> None:
        """See Board."""
        message = self._message(key)
        if message is None:
            return
        message.receiver, message.arrived_at = instance, message.arrived_at or self._at
        message.set_aside_at = message.set_aside_why = None
        self._session.execute(
            update(SubscriptionTable).where(SubscriptionTable.message == key).values(message=None)
        )
        self._session.flush()

    def set_aside(self, key: str, why: str) -> None:
        """A message is on its way to nobody until an operator decides; who should have got it waits on."""
        message = self._message(key)
        assert message is not None  # whoever asks has seen it
        self._session.execute(
            update(SubscriptionTable).where(SubscriptionTable.message == key).values(message=None)
        )
        message.receiver = message.wait = None
        message.set_aside_at, message.set_aside_why = self._at, why
        self._session.flush()
        self.recall(key)

    # --- futures that were lost ------------------------------------------------------------------

    def unsaid(self, key: str) -> Waiting | None:
        """A throw did not happen: what has not gone out stays. Returns a wait that is free again."""
        self.recall(key)
        message = self._message(key)
        if message is None or message.arrived_at is not None or self._is_out(key):
            return None
        self._session.delete(message)
        query = select(SubscriptionTable).where(SubscriptionTable.message == key)
        row = next(iter(self._rows(query)), None)
        if row is not None:
            row.message = None
        self._session.flush()
        return _waiting(row) if row is not None else None

    def not_arrived(self, key: str, instance: str) -> Thrown | None:
        """What arrived at an instance in a future that was lost has not; it looks for a receiver again."""
        message = self._message(key)
        if message is None or message.receiver != instance or message.wait is None or not message.arrived_at:
            return None
        message.receiver = message.wait = message.arrived_at = None
        self._session.flush()
        return thrown_of(message)

    def is_known(self, key: str) -> bool:
        """Whether a throw has been routed before."""
        return self._message(key) is not None or self._is_out(key)

    def recall(self, key: str) -> None:
        """Take back what is to be handed over and has not been."""
        self._session.execute(
            delete(OutboxTable).where(
                OutboxTable.key.startswith(f"route/{key}/", autoescape=True), OutboxTable.sent_at.is_(None)
            )
        )

    # --- rows --------------------------------------------------------------------------------------

    def _rows(self, query: Select[Any]) -> Sequence[Any]:
        return self._session.scalars(query.execution_options(populate_existing=True)).all()

    def _subscription(self, waiting: Waiting) -> SubscriptionTable | None:
        query = select(SubscriptionTable).where(
            SubscriptionTable.instance == waiting.instance, SubscriptionTable.wait == waiting.id
        )
        return next(iter(self._rows(query)), None)

    def _message(self, key: str) -> MessageTable | None:
        return next(iter(self._rows(select(MessageTable).where(MessageTable.key == key))), None)

    def _is_out(self, key: str) -> bool:
        query = select(OutboxTable.id).where(OutboxTable.key.startswith(f"route/{key}/", autoescape=True))
        return self._session.execute(query.limit(1)).first() is not None

    def _assign(self, thrown: Thrown, receiver: str | None, wait: str | None) -> None:
        message = self._message(thrown.key)
        if message is not None:
            message.receiver, message.wait = receiver, wait
            self._session.flush()
            return
        keys = {key: list(value) for key, value in thrown.keys.items()}
        values = {
            "key": thrown.key,
            "instance": thrown.instance,
            "bundle": thrown.bundle,
            "calendar": self._calendar,
            "name": thrown.name,
            "keys": keys,
            "lead": lead(keys),
            "data": thrown.data,
            "begins": list(thrown.begins),
            "receiver": receiver,
            "wait": wait,
            "thrown_at": self._at,
            "arrived_at": None,
        }
        self._session.execute(insert(MessageTable).values(**values))

    def _deliver(self, thrown: Thrown, instance: str, waits: Sequence[str], place: str) -> None:
        self._put(thrown.key, place, DELIVER, instance, asdict(_delivery(thrown, waits)))

    def _put(self, key: str, place: str, kind: str, instance: str, data: dict[str, Any]) -> None:
        self._at += timedelta(microseconds=1)  # what is decided first goes out first
        values = outbox_values(
            key=f"route/{key}/{place}",
            kind=kind,
            origin=BY_ROUTER,
            instance=instance,
            at=self._at,
            not_before=self._now,
            data=data,
        )
        if not insert_new(self._session, OutboxTable, values):
            again = update(OutboxTable).where(OutboxTable.key == values["key"])
            self._session.execute(again.values(sent_at=None, not_before=self._now))


def _waiting(row: SubscriptionTable) -> Waiting:
    return Waiting(row.bundle, row.instance, row.wait, row.kind, row.name, row.keys)


def thrown_of(row: MessageTable) -> Thrown:
    """A message as the router sees it."""
    return Thrown(row.bundle, row.key, row.instance, MESSAGE, row.name, row.keys, row.data, tuple(row.begins))


def _delivery(thrown: Thrown, waits: Sequence[str]) -> Delivery:
    keys = {key: list(value) for key, value in thrown.keys.items()}
    return Delivery(
        thrown.key, thrown.kind, thrown.name, thrown.instance, list(waits), dict(thrown.data), keys
    )


class RouterWrites(Part):
    """What a flush, or a delivery that was refused, means to the router."""

    def route(self, flush: Flush, lost: Sequence[RecordTable]) -> None:
        """Route what an instance throws in a flush and waits for after it.

        `lost` are the rows that the flush has shown to be of a future that did not happen.
        """
        if flush.routing is None:
            return
        self.line_up(f"router/{flush.definition}")
        board = TableBoard(self.session, self.clock(), flush.calendar)
        router = Router(board)
        again = self._undo(router, board, flush, lost)
        waits = [
            Waiting(flush.definition, flush.instance, one.id, one.kind, one.name, one.keys)
            for one in flush.routing.subscriptions
        ]
        router.stands(
            flush.instance, waits, [one.act_id for one in flush.records if one.kind == MESSAGE_CAUGHT]
        )
        for record in flush.records:
            if record.kind in {MESSAGE_THROWN, SIGNAL_THROWN}:
                thrown = _throw(flush, flush.routing, record)
                if not board.is_known(thrown.key):
                    router.throw(thrown)
        for thrown in again:
            router.throw(thrown)

    def _undo(
        self, router: Router, board: TableBoard, flush: Flush, lost: Sequence[RecordTable]
    ) -> list[Thrown]:
        """What was thrown or has arrived in a lost future; returns what looks for a receiver again."""
        acts = {one.act_id for one in flush.records}
        found = []
        for row in lost:
            if row.kind in {MESSAGE_THROWN, SIGNAL_THROWN}:
                freed = board.unsaid(throw_key(flush.instance, row.act_id, row.ordinal))
                if freed is not None:
                    router.take_kept(freed)
            elif row.kind == MESSAGE_CAUGHT and row.act_id not in acts:
                thrown = board.not_arrived(row.act_id, flush.instance)
                if thrown is not None:
                    found.append(thrown)
        return found

    def refuse_delivery(self, instance: str, delivery: Mapping[str, Any]) -> None:
        """An instance does not wait for a message any more: it looks for somebody else.

        Signals are for those who waited when they were thrown; nothing follows from a refusal.
        """
        message = self.session.scalar(
            select(MessageTable).where(
                MessageTable.key == delivery["act_id"], MessageTable.arrived_at.is_(None)
            )
        )
        if delivery["kind"] == SIGNAL or message is None:
            return
        self.line_up(f"router/{message.bundle}")
        board = TableBoard(self.session, self.clock(), message.calendar)
        for wait in delivery["waits"]:
            waiting = Waiting(message.bundle, instance, wait, MESSAGE, message.name)
            row = board.of(instance).get(wait)
            if row is not None and (message.receiver, message.wait) == (instance, wait):
                Router(board).refused(waiting)


def _throw(flush: Flush, routing: Routing, record: Record) -> Thrown:
    what = MESSAGE if record.kind == MESSAGE_THROWN else SIGNAL
    name = record.data[what]
    return Thrown(
        flush.definition,
        throw_key(flush.instance, record.act_id, record.ordinal),
        flush.instance,
        what,
        name,
        record.data.get("keys", {}),
        record.data.get("data", {}),
        tuple(routing.begins.get(f"{what}/{name}", ())),
    )
