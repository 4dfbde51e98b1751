"""Units and accounts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from wenzheng.store.errors import Conflict, NotFound, StoreError
from wenzheng.store.session import Part, as_view, maybe_view
from wenzheng.store.tables.people import AccountTable, UnitTable
from wenzheng.store.types import check_text
from wenzheng.store.views.people import Account, Unit

UnitSpec = tuple[str, str | None, str, str, str]
"""(id, parent_id, kind, name_zh, name_en)"""


_LINE: Final = "organisation"
"""Where changes of units and accounts line up."""


def token_digest(token: str) -> str:
    """What is kept of a token: its sha256. Tokens are long and random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


class OrganisationReads(Part):
    """Questions about units and accounts."""

    def units(self) -> list[Unit]:
        """All units, in the order in which they were saved."""
        rows = self.session.scalars(select(UnitTable).order_by(UnitTable.position, UnitTable.id))
        return [as_view(Unit, row) for row in rows]

    def unit(self, id: str) -> Unit | None:  # noqa: A002 - the binding name of the interface
        """One unit, or None."""
        row = self.session.get(UnitTable, id)
        return maybe_view(Unit, row)

    def account(self, id: str) -> Account | None:  # noqa: A002 - the binding name of the interface
        """One account, or None."""
        row = self.session.get(AccountTable, id)
        return maybe_view(Account, row)

    def account_by_token(self, token: str) -> Account | None:
        """The account a token belongs to; None for nobody's and for a disabled account's."""
        query = select(AccountTable).where(
            AccountTable.token_sha256 == token_digest(token), AccountTable.disabled_at.is_(None)
        )
        row = self.session.scalars(query).one_or_none()
        return maybe_view(Account, row)


class OrganisationWrites(OrganisationReads):
    """Changes of units and accounts."""

    def save_units(self, units: Sequence[UnitSpec]) -> None:
        """Add or change units, given in any order.

        Units that are not named stay: letters and accounts may point at them.
        Raises NotFound for a parent nobody knows, StoreError for a unit above itself.
        """
        self.line_up(_LINE)
        waiting = {unit[0]: (position, unit) for position, unit in enumerate(units)}
        while waiting:
            ready = [
                entry
                for entry in waiting.values()
                if entry[1][1] not in waiting and entry[1][1] != entry[1][0]
            ]
            if not ready:
                msg = f"expected a tree, found the units {', '.join(sorted(waiting))} above themselves"
                raise StoreError(msg + "; give one of them another parent")
            for position, unit in ready:
                self._save_unit(unit, position)
                del waiting[unit[0]]
            self.session.flush()

    def _save_unit(self, unit: UnitSpec, position: int) -> None:
        unit_id, parent_id, kind, name_zh, name_en = unit
        check_text(id=unit_id, name_zh=name_zh, name_en=name_en)
        if parent_id is not None and self.session.get(UnitTable, parent_id) is None:
            msg = f"expected a known unit as parent of {unit_id!r}, found {parent_id!r}; save that too"
            raise NotFound(msg)
        row = self.session.get(UnitTable, unit_id)
        if row is None:
            row = UnitTable(id=unit_id)
            self.session.add(row)
        row.parent_id, row.kind, row.position = parent_id, kind, position
        row.name_zh, row.name_en = name_zh, name_en

    def save_account(
        self,
        *,
        id: str,  # noqa: A002 - the binding name of the interface
        name: str,
        role: str,
        unit_id: str | None = None,
        token: str | None = None,
    ) -> Account:
        """Add or change an account. Without a token the one it has stays valid.

        Raises NotFound for an unknown unit, Conflict for a token of somebody else.
        """
        check_text(id=id, name=name)
        self.line_up(_LINE)
        if unit_id is not None and self.session.get(UnitTable, unit_id) is None:
            msg = f"expected a known unit for account {id!r}, found {unit_id!r}; save the unit first"
            raise NotFound(msg)
        if token is not None:
            query = select(AccountTable.id).where(AccountTable.token_sha256 == token_digest(token))
            if self.session.scalars(query).one_or_none() not in (None, id):
                msg = f"the token for account {id!r} belongs to another account; make a new one"
                raise Conflict(msg)
        row = self.session.get(AccountTable, id)
        if row is None:
            row = AccountTable(id=id, token_sha256=None)
            self.session.add(row)
        row.name, row.role, row.unit_id = name, role, unit_id
        if token is not None:
            row.token_sha256 = token_digest(token)
        self.session.flush()
        return as_view(Account, row)
