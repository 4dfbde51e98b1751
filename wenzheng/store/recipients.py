"""Who hears of a threshold: the one place where the store asks the domain."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from wenzheng.petitions.organisation import Organisation, Unit, UnitKind
from wenzheng.petitions.recipients import Recipient, resolve
from wenzheng.petitions.roles import Role
from wenzheng.store.tables.people import UnitTable


def recipient(session: Session, notify: str, department: str | None) -> Recipient:
    """Resolve a `notify` name by the organisation as it is kept now.

    A flush may never be refused for ever, so this always answers: with an organisation that is no
    tree (none was loaded yet, say) or a name no definition may use, the centre's heads are told.
    """
    try:
        return resolve(notify, department, Organisation(_tree(session)))
    except ValueError:
        if notify == "supervision":
            return Recipient(Role.SUPERVISOR, None)
        if notify == "department_head" and department is not None:
            return Recipient(Role.DEPARTMENT_HEAD, department)
        return Recipient(Role.CENTRE_HEAD, None)


def _tree(session: Session) -> list[Unit]:
    """The units, parents before children, in their order otherwise."""
    rows = session.scalars(select(UnitTable).order_by(UnitTable.position, UnitTable.id)).all()
    waiting = [
        Unit(
            id=row.id,
            parent_id=row.parent_id,
            kind=UnitKind(row.kind),
            name_zh=row.name_zh,
            name_en=row.name_en,
        )
        for row in rows
    ]
    placed: dict[str | None, Unit | None] = {None: None}
    while ready := [unit for unit in waiting if unit.parent_id in placed]:
        placed |= {unit.id: unit for unit in ready}
        waiting = [unit for unit in waiting if unit.id not in placed]
    return [unit for unit in placed.values() if unit is not None]
