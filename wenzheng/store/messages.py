"""Messages between instances that nobody has taken, for an operator: listed, offered again, discarded.

A message is kept until somebody waits for it. One that nobody has taken for long, or that its receiver cannot
take because of its data, is set aside: it is on its way to nobody, and stands here until an operator decides.
Nothing is dropped by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select, update

from wenzheng.engine.router import MESSAGE, Router, Waiting
from wenzheng.store.errors import NotFound, StoreError
from wenzheng.store.router import TableBoard, thrown_of
from wenzheng.store.session import Part
from wenzheng.store.tables.messages import MessageTable
from wenzheng.store.types import check_text
from wenzheng.store.views.messages import MessageRow, MessageState

NOBODY: Final = "nobody has taken it"
"""Why a message was set aside that was kept for too long."""

_WAITING: Final = MessageTable.arrived_at.is_(None) & MessageTable.discarded_at.is_(None)
_STATES: Final[dict[MessageState, ColumnElement[bool]]] = {
    "kept": _WAITING & MessageTable.set_aside_at.is_(None) & MessageTable.receiver.is_(None),
    "on_its_way": _WAITING & MessageTable.set_aside_at.is_(None) & MessageTable.receiver.is_not(None),
    "set_aside": _WAITING & MessageTable.set_aside_at.is_not(None),
    "discarded": MessageTable.discarded_at.is_not(None),
}


def _state(row: MessageTable) -> MessageState:
    if row.discarded_at is not None:
        return "discarded"
    if row.set_aside_at is not None:
        return "set_aside"
    return "kept" if row.receiver is None else "on_its_way"


def _view(row: MessageTable) -> MessageRow:
    return MessageRow(
        key=row.key,
        name=row.name,
        instance=row.instance,
        definition=row.bundle,
        receiver=row.receiver,
        state=_state(row),
        why=row.discarded_why or row.set_aside_why,
        thrown_at=row.thrown_at,
        since=row.discarded_at or row.set_aside_at or row.offered_at or row.thrown_at,
    )


class MessageReads(Part):
    """Questions about messages that have not arrived."""

    def messages(self, state: MessageState, *, limit: int = 500) -> list[MessageRow]:
        """The messages in a state, the oldest first."""
        query = select(MessageTable).where(_STATES[state]).order_by(MessageTable.id).limit(limit)
        return [_view(row) for row in self.session.scalars(query)]

    def messages_set_aside(self) -> int:
        """How many wait for an operator."""
        query = select(func.count()).select_from(MessageTable).where(_STATES["set_aside"])
        return self.session.scalar(query) or 0


class MessageWrites(MessageReads):
    """Setting aside, and what operators decide."""

    def set_aside_kept(self, before: datetime) -> int:
        """Set aside what nobody has taken since an instant; how many."""
        since = func.coalesce(MessageTable.offered_at, MessageTable.thrown_at)
        query = update(MessageTable).where(_STATES["kept"], since < before)
        done = self.session.execute(
            query.values(set_aside_at=self.clock(), set_aside_why=NOBODY).execution_options(
                synchronize_session=False
            )
        )
        return int(done.rowcount)  # type: ignore[attr-defined]  # an update's result has it

    def set_aside_delivery(self, instance: str, delivery: Mapping[str, Any], why: str) -> None:
        """A receiver waits for a message, but cannot take this one. It goes on waiting for others."""
        message = self._message(delivery["act_id"])
        if message is None or message.arrived_at is not None or message.receiver != instance:
            return
        board = self._board(message)
        waits = [row for wait, row in board.of(instance).items() if wait in delivery["waits"]]
        board.set_aside(message.key, self._readable(why))
        for waiting in waits:
            Router(board).take_kept(
                Waiting(message.bundle, instance, waiting.id, MESSAGE, message.name, waiting.keys)
            )

    def offer_again(self, key: str) -> MessageRow:
        """Let a message that was set aside look for a receiver again. Raises NotFound."""
        message = self._aside(key)
        board = self._board(message)
        message.set_aside_at = message.set_aside_why = None
        message.offered_at = self.clock()
        self.session.flush()
        Router(board).throw(thrown_of(message))
        self.session.refresh(message)
        return _view(message)

    def discard(self, key: str, why: str) -> MessageRow:
        """Give up a message that was set aside: its data are deleted, that it was there is not.

        Raises NotFound, and StoreError without a reason.
        """
        check_text(why=why)
        if not why.strip():
            raise StoreError("expected a reason, found nothing; say why nobody needs the message")
        message = self._aside(key)
        message.discarded_at, message.discarded_why, message.data = self.clock(), why, {}
        self.session.flush()
        return _view(message)

    def _aside(self, key: str) -> MessageTable:
        message = self._message(key)
        if message is None or _state(message) != "set_aside" or message.arrived_at is not None:
            raise NotFound(
                f"expected a message that was set aside, found none named {key!r}; list them first"
            )
        return message

    def _message(self, key: str) -> MessageTable | None:
        query = select(MessageTable).where(MessageTable.key == key)
        message = self.session.scalar(query)
        if message is None:
            return None
        # Whoever routes in this bundle meanwhile is waited for, and what it changed is seen.
        self.line_up(f"router/{message.bundle}")
        self.session.refresh(message)
        return message

    def _board(self, message: MessageTable) -> TableBoard:
        return TableBoard(self.session, self.clock(), message.calendar)

    @staticmethod
    def _readable(why: str) -> str:
        return why.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")
