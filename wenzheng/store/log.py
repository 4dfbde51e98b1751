"""The log of instances: how a flush is written, and what happens to a future that was lost.

After a crash Temporal may hand out acts in another order than the one the store has seen: the
store is then ahead, with rows of acts that never happened, or that happen later. The order in
Temporal is the truth (design.md §2, "Rows are keyed").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.orm import Session

from wenzheng.contracts import Flush, Record
from wenzheng.store.calendar_moves import MoveWrites
from wenzheng.store.errors import Overtaken, StoreError
from wenzheng.store.projection import Projection, new_instance
from wenzheng.store.router import RouterWrites
from wenzheng.store.search import SearchWrites
from wenzheng.store.tables.instances import InstanceTable
from wenzheng.store.tables.log import RecordTable, VoidedRecordTable
from wenzheng.store.types import canonical

Kept = dict[tuple[str, int], RecordTable]
"""Rows by (act id, ordinal)."""

_COLUMNS = ("act_id", "ordinal", "seq", "kind", "element", "at", "data")


class LogWrites(RouterWrites, MoveWrites, SearchWrites):
    """Writing flushes."""

    def apply_flush(self, flush: Flush) -> None:
        """Write what one activation of an instance produced.

        The incoming acts are taken in the order of `seq`. An act whose rows are all kept as they
        come (same seq, kind, element, instant, data) is a late duplicate and changes nothing. The
        first act that is not shows where the kept future parts from the true one: every row at
        its seq or later, and every row of the act itself at another seq, is moved to
        voided_records before it is recorded. So a sequence number is never held by two acts.
        Rows an act continues with (higher ordinals, same seq) are added to it.

        New records at the end of the log are applied to the read model; otherwise it is built again
        from the log. `digest` and `variables` are kept with the instance unless nothing
        changed. The caller's transaction holds all of it.

        Raises Overtaken when the last write was asked for later than this one and does not hold it: it is
        then this flush that belongs to a lost future, and it changes nothing. Raises StoreError for a flush
        in which two acts hold one sequence number.
        """
        records = sorted(flush.records, key=lambda record: (record.seq, record.ordinal))
        _check_order(flush.instance, records)
        row = self._instance_row(flush)
        kept = self._kept_rows(flush.instance, records)
        new: list[Record] = []
        gone: list[RecordTable] = []
        again = False
        for _, group in groupby(records, key=lambda record: (record.seq, record.act_id)):
            act = list(group)
            if all(_same(kept.get((record.act_id, record.ordinal)), record) for record in act):
                continue
            _refuse_overtaken(row, flush)
            lost = _lost_rows(kept, act)
            if lost:
                self._void(lost, because=act[0])
                gone += lost
                for one in lost:
                    del kept[one.act_id, one.ordinal]
                again = True
            missing = [record for record in act if (record.act_id, record.ordinal) not in kept]
            again = again or any(_place(row) > _place(missing[0]) for row in kept.values())
            kept.update(self._write(flush.instance, missing))
            new.extend(missing)
        row.asked_at = max(filter(None, (row.asked_at, flush.asked_at)), default=None)
        if not new and not again and row.digest:
            return
        before = row.windows
        row.definition, row.calendar = flush.definition, flush.calendar
        row.digest, row.variables, row.windows = flush.digest, flush.variables, flush.windows
        self._project(row, None if again else new)
        self.index_facts(row, new, again=again)
        self.settle_moves(row, flush, before)
        self.route(flush, gone)

    def rebuild(self, instance: str) -> None:
        """Build the read model of an instance again from its log."""
        row = self.session.get_one(InstanceTable, instance)
        self._project(row, None)
        self.index_facts(row, (), again=True)

    def _project(self, row: InstanceTable, new: Sequence[Record] | None) -> None:
        projection = Projection(self.session, row)
        if new is not None:
            projection.apply(new)
            return
        projection.reset()
        projection.apply(_log(self.session, row.instance))
        projection.drop_unasked()

    def _instance_row(self, flush: Flush) -> InstanceTable:
        """The instance's row, locked where the database locks rows."""
        row = self._locked(flush.instance)
        if row is not None:
            return row
        # A process that handles no petition: petitions get their row at submission.
        self.line_up(f"instance/{flush.instance}")
        row = self._locked(flush.instance)  # another flush may have come in between
        if row is None:
            row = new_instance(
                flush.instance, petition_id=None, definition=flush.definition, calendar=flush.calendar
            )
            self.session.add(row)
            self.session.flush()
        return row

    def _locked(self, instance: str) -> InstanceTable | None:
        return self.session.get(InstanceTable, instance, with_for_update=True, populate_existing=True)

    def _kept_rows(self, instance: str, records: Sequence[Record]) -> Kept:
        """What an incoming flush may touch: rows from its first seq on and rows of its acts."""
        if not records:
            return {}
        acts = {record.act_id for record in records}
        query = select(RecordTable).where(
            RecordTable.instance == instance,
            or_(RecordTable.seq >= records[0].seq, RecordTable.act_id.in_(acts)),
        )
        return {(row.act_id, row.ordinal): row for row in self.session.scalars(query)}

    def _write(self, instance: str, act: Iterable[Record]) -> Kept:
        written = {}
        for record in act:
            values = {name: getattr(record, name) for name in _COLUMNS}
            row = RecordTable(instance=instance, **values)
            self.session.add(row)
            written[record.act_id, record.ordinal] = row
        self.session.flush()
        return written

    def _void(self, lost: Sequence[RecordTable], *, because: Record) -> None:
        now = self.clock()
        for row in lost:
            held = "its seq was taken by" if row.act_id != because.act_id else "the act came again as"
            reason = f"{held} {because.act_id} at seq {because.seq}"
            if row.seq > because.seq and row.act_id != because.act_id:
                reason = f"it follows a future that was lost: {because.act_id} came at seq {because.seq}"
            values = {name: getattr(row, name) for name in (*_COLUMNS, "instance")}
            self.session.execute(insert(VoidedRecordTable).values(**values, voided_at=now, reason=reason))
            self.session.execute(
                delete(RecordTable).where(
                    RecordTable.instance == row.instance,
                    RecordTable.act_id == row.act_id,
                    RecordTable.ordinal == row.ordinal,
                )
            )
            self.session.expunge(row)


def _log(session: Session, instance: str) -> Sequence[RecordTable]:
    query = select(RecordTable).where(RecordTable.instance == instance)
    return session.scalars(query.order_by(RecordTable.seq, RecordTable.ordinal)).all()


def _check_order(instance: str, records: Sequence[Record]) -> None:
    holder: dict[int, str] = {}
    for record in records:
        first = holder.setdefault(record.seq, record.act_id)
        if first != record.act_id:
            msg = (
                f"expected one act at seq {record.seq} of {instance}, found {first} and {record.act_id}"
                " in one flush; the engine must count acts"
            )
            raise StoreError(msg)


def _refuse_overtaken(row: InstanceTable, flush: Flush) -> None:
    if flush.asked_at is None or row.asked_at is None or flush.asked_at >= row.asked_at:
        return
    msg = (
        f"expected a write of {flush.instance} that was asked for at {row.asked_at.isoformat()} or later, "
        f"found one of {flush.asked_at.isoformat()}: another worker has gone on with it"
    )
    raise Overtaken(msg)


def _place(row: RecordTable | Record) -> tuple[int, int]:
    return row.seq, row.ordinal


def _same(row: RecordTable | None, record: Record) -> bool:
    return (
        row is not None
        and (row.seq, row.kind, row.element, row.at) == (record.seq, record.kind, record.element, record.at)
        and canonical(row.data) == canonical(record.data)
    )


def _lost_rows(kept: Kept, act: Sequence[Record]) -> list[RecordTable]:
    """The kept rows an incoming act shows to be of a lost future."""
    first = act[0]
    own = [row for row in kept.values() if row.act_id == first.act_id]
    incoming = {record.ordinal: record for record in act}
    continued = all(
        row.seq == first.seq and (row.ordinal not in incoming or _same(row, incoming[row.ordinal]))
        for row in own
    )
    return [
        row
        for row in kept.values()
        if (row.act_id == first.act_id and not continued)
        or (row.act_id != first.act_id and row.seq >= first.seq)
    ]
