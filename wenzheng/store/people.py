"""People at their pages: passwords, sessions, wrong tries in a row, and what was disclosed to whom.

Of a session's token only its sha256 is kept. Instants are given by the caller: sessions and waits run by
the clock on the wall, also in a practice city whose days pass in seconds.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update

from wenzheng.store.errors import NotFound
from wenzheng.store.organisation import token_digest
from wenzheng.store.session import Part, as_view, maybe_view
from wenzheng.store.tables.people import AccountTable, DisclosureTable, FailureTable, SessionTable, UnitTable
from wenzheng.store.types import check_text
from wenzheng.store.views.people import Account, Disclosure, Failure, SignedIn


class PeopleReads(Part):
    """Questions about people who sign in."""

    def accounts(self) -> list[Account]:
        """All accounts, by id."""
        rows = self.session.scalars(select(AccountTable).order_by(AccountTable.id))
        return [as_view(Account, row) for row in rows]

    def password_hash(self, account_id: str) -> str | None:
        """The hash of an account's password; None without a password, or without such an account."""
        query = select(AccountTable.password_hash).where(AccountTable.id == account_id)
        return self.session.scalars(query).one_or_none()

    def without_password(self) -> set[str]:
        """Ids of accounts that cannot sign in yet."""
        query = select(AccountTable.id).where(AccountTable.password_hash.is_(None))
        return set(self.session.scalars(query))

    def signed_in(self, token: str, *, now: datetime, idle: timedelta) -> SignedIn | None:
        """Who sits behind a session's token; None when it ended, rested for `idle` or is disabled."""
        query = (
            select(SessionTable, AccountTable, UnitTable)
            .join(AccountTable, AccountTable.id == SessionTable.account_id)
            .join(UnitTable, UnitTable.id == AccountTable.unit_id, isouter=True)
            .where(
                SessionTable.token_sha256 == token_digest(token),
                SessionTable.expires_at > now,
                SessionTable.seen_at > now - idle,
                AccountTable.disabled_at.is_(None),
            )
        )
        found = self.session.execute(query).one_or_none()
        if found is None:
            return None
        session, account, _ = found
        unit: UnitTable | None = found[2]
        return SignedIn(
            account=as_view(Account, account),
            csrf=session.csrf,
            created_at=session.created_at,
            seen_at=session.seen_at,
            expires_at=session.expires_at,
            unit_zh=unit.name_zh if unit else None,
            unit_en=unit.name_en if unit else None,
        )

    def failure(self, key: str) -> Failure | None:
        """The wrong tries counted under a key."""
        return maybe_view(Failure, self.session.get(FailureTable, key))

    def disclosures(self, petition_id: str) -> list[Disclosure]:
        """Who was shown what of a letter on request, and why; oldest first."""
        query = (
            select(DisclosureTable)
            .where(DisclosureTable.petition_id == petition_id)
            .order_by(DisclosureTable.at, DisclosureTable.id)
        )
        return [as_view(Disclosure, row) for row in self.session.scalars(query)]


class PeopleWrites(PeopleReads):
    """Changes of people who sign in."""

    def _account(self, account_id: str) -> AccountTable:
        row = self.session.get(AccountTable, account_id)
        if row is None:
            raise NotFound(
                f"expected a known account, found {account_id!r}; list them with `wenzheng accounts list`"
            )
        return row

    def set_password(self, account_id: str, password_hash: str) -> None:
        """Keep the hash of a new password, and end all sessions of the account. Raises NotFound."""
        self._account(account_id).password_hash = password_hash
        self.end_sessions(account_id)

    def set_disabled(self, account_id: str, at: datetime | None) -> None:
        """Shut an account out at once, or let it in again (None). Raises NotFound."""
        self._account(account_id).disabled_at = at
        if at is not None:
            self.end_sessions(account_id)

    def set_contact(self, account_id: str, contact: str | None) -> None:
        """Where notices to this person go. Raises NotFound, BadText."""
        check_text(contact=contact)
        self._account(account_id).contact = contact

    def set_language(self, account_id: str, language: str) -> None:
        """The language (zh, en) of pages and notices for this person. Raises NotFound."""
        self._account(account_id).language = language

    def open_session(
        self, *, token: str, account_id: str, csrf: str, now: datetime, expires_at: datetime, idle: timedelta
    ) -> None:
        """Keep that somebody signed in. Sweeps away whoever's sessions have ended by then."""
        self.session.execute(
            delete(SessionTable).where(
                or_(SessionTable.expires_at <= now, SessionTable.seen_at <= now - idle)
            )
        )
        self.session.add(
            SessionTable(
                token_sha256=token_digest(token),
                account_id=account_id,
                csrf=csrf,
                created_at=now,
                seen_at=now,
                expires_at=expires_at,
            )
        )

    def touch_session(self, token: str, now: datetime) -> None:
        """The person was here just now. A session that has ended meanwhile stays ended."""
        self.session.execute(
            update(SessionTable).where(SessionTable.token_sha256 == token_digest(token)).values(seen_at=now)
        )

    def close_session(self, token: str) -> None:
        """End one session; ending it twice is no mistake."""
        self.session.execute(delete(SessionTable).where(SessionTable.token_sha256 == token_digest(token)))

    def end_sessions(self, account_id: str) -> None:
        """End all sessions of an account."""
        self.session.execute(delete(SessionTable).where(SessionTable.account_id == account_id))

    def save_failure(self, failure: Failure) -> None:
        """Keep a count. Ask for the old one in the same unit of work, lined up (`line_up_failures`)."""
        check_text(key=failure.key)
        row = self.session.get(FailureTable, failure.key)
        if row is None:
            row = FailureTable(key=failure.key)
            self.session.add(row)
        row.count, row.first_at, row.blocked_until = failure.count, failure.first_at, failure.blocked_until

    def line_up_failures(self) -> None:
        """Let whoever tries at the same moment be counted one after the other."""
        self.line_up("failures")

    def forget_failures(self, key: str) -> None:
        """Somebody got it right."""
        self.session.execute(delete(FailureTable).where(FailureTable.key == key))

    def sweep_failures(self, before: datetime) -> None:
        """Forget what was counted before an instant."""
        self.session.execute(
            delete(FailureTable).where(
                FailureTable.first_at < before,
                or_(FailureTable.blocked_until.is_(None), FailureTable.blocked_until < before),
            )
        )

    def record_disclosure(
        self, *, petition_id: str, account_id: str, field_group: str, reason: str, at: datetime
    ) -> Disclosure:
        """Write down that somebody is about to be shown something. Raises BadText."""
        check_text(reason=reason)
        row = DisclosureTable(
            id=str(uuid.uuid4()),
            petition_id=petition_id,
            account_id=account_id,
            field_group=field_group,
            reason=reason,
            at=at,
        )
        self.session.add(row)
        self.session.flush()
        return as_view(Disclosure, row)
