"""What a workflow keeps about its acts: rows still to be written, and acts that may come again."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from wenzheng.contracts import ActResult, JsonObject, Record
from wenzheng.engine.effects import Effect

ACTS_KEPT: Final = 64
"""Recent acts remembered in the state; older repeats are answered from the store."""


@dataclass(slots=True)
class Journal:
    """The acts of one instance: `seq` counts them, `pending` holds rows not yet in the store."""

    seq: int = 0
    flushed_seq: int = 0
    pending: list[Record] = field(default_factory=list)
    recent: dict[str, tuple[str, ActResult]] = field(default_factory=dict)

    def record(self, act_id: str, effects: list[Effect], now: datetime) -> int:
        """Queue an act's effects as rows; returns the act's sequence number."""
        self.seq += 1
        self.pending += [
            Record(act_id, ordinal, self.seq, effect.kind, effect.element, now, effect.data)
            for ordinal, effect in enumerate(effects)
        ]
        return self.seq

    def remember(self, what: str, result: ActResult) -> None:
        """Keep a person's act, so that the same act id is one act."""
        self.recent[result.act_id] = (what, result)
        while len(self.recent) > ACTS_KEPT:
            self.recent.pop(next(iter(self.recent)))

    def flushed(self, count: int, seq: int) -> None:
        """The first `count` pending rows, up to act `seq`, are in the store."""
        del self.pending[:count]
        self.flushed_seq = seq

    @property
    def is_flushed(self) -> bool:
        """Nothing waits to be written."""
        return not self.pending

    def dump(self) -> JsonObject:
        """What continue-as-new carries.

        A workflow dumps a flushed journal; a past lived in virtual time still has all its rows to write.
        """
        pending = [{**vars(record), "at": record.at.isoformat()} for record in self.pending]
        return ({"pending": pending} if pending else {}) | {
            "seq": self.seq,
            "recent": [
                [what, {**asdict(result), "at": result.at.isoformat()}]
                for what, result in self.recent.values()
            ],
        }

    @classmethod
    def load(cls, data: JsonObject) -> Journal:
        """The journal that `dump` described."""
        pending = [Record(**_with_instant(saved)) for saved in data.get("pending", ())]
        flushed_seq = pending[0].seq - 1 if pending else data["seq"]
        journal = cls(seq=data["seq"], flushed_seq=flushed_seq, pending=pending)
        for what, saved in data["recent"]:
            result = ActResult(**_with_instant(saved))
            journal.recent[result.act_id] = (what, result)
        return journal


def _with_instant(saved: dict[str, Any]) -> dict[str, Any]:
    return {**saved, "at": datetime.fromisoformat(saved["at"])}
