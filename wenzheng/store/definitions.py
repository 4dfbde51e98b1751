"""Definitions by the sha256 of their content: kept for ever once deployed, and which one counts.

The name of a definition is that under which its versions follow one another. Of each name the version
deployed last is current; going back deploys an older one once more.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, func, select

from wenzheng.store.errors import Conflict, NotFound
from wenzheng.store.session import Part, as_view
from wenzheng.store.tables.definitions import (
    DefinitionFileTable,
    DefinitionTable,
    DeploymentTable,
    ProposalTable,
)
from wenzheng.store.types import check_text, insert_new
from wenzheng.store.views.definitions import Definition, Deployment, Draft, Proposal, ProposalState


class DefinitionReads(Part):
    """Questions about definitions."""

    def definition(self, digest: str) -> Definition | None:
        """A bundle with its files, or None."""
        row = self.session.get(DefinitionTable, digest)
        if row is None:
            return None
        files = self.session.execute(
            select(DefinitionFileTable.path, DefinitionFileTable.content)
            .where(DefinitionFileTable.digest == digest)
            .order_by(DefinitionFileTable.path)
        )
        return as_view(Definition, row, files={row.path: row.content for row in files})

    def current_definition(self, name: str) -> str | None:
        """The digest of the version of that name that counts, or None: cheap, without the files."""
        found = self._last(name)
        return None if found is None else found.digest

    def deployment_in_force(self, name: str) -> Deployment | None:
        """How the version of that name that counts came into force, or None."""
        row = self._last(name)
        return None if row is None else as_view(Deployment, row)

    def latest_definition(self, name: str) -> Definition | None:
        """The bundle of that name that was deployed last, or None."""
        digest = self.current_definition(name)
        return None if digest is None else self.definition(digest)

    def definition_names(self) -> list[str]:
        """The names there are deployed versions or proposals of."""
        deployed = select(DeploymentTable.name)
        return sorted(set(self.session.scalars(deployed.union(select(ProposalTable.name)))))

    def deployments(self, name: str) -> list[Deployment]:
        """Every time a version of that name came into force, the last first."""
        rows = self.session.scalars(
            select(DeploymentTable)
            .where(DeploymentTable.name == name)
            .order_by(DeploymentTable.number.desc())
        )
        return [as_view(Deployment, row) for row in rows]

    def proposals(self, name: str, *, only_open: bool = False) -> list[Proposal]:
        """What was proposed for that name, the last first."""
        query = select(ProposalTable).where(ProposalTable.name == name)
        if only_open:
            query = query.where(ProposalTable.state == "open")
        rows = self.session.scalars(query.order_by(ProposalTable.number.desc()))
        return [as_view(Proposal, row) for row in rows]

    def proposal(self, name: str, number: int) -> Proposal | None:
        """One proposal, or None."""
        row = self.session.get(ProposalTable, (name, number))
        return None if row is None else as_view(Proposal, row)

    def definitions_like(self, prefix: str, most: int = 10) -> list[Draft]:
        """Versions whose digest begins so, at most so many; without their files."""
        rows = self.session.scalars(
            select(DefinitionTable)
            .where(DefinitionTable.digest.startswith(prefix, autoescape=True))
            .order_by(DefinitionTable.digest)
            .limit(most)
        )
        return [as_view(Draft, row) for row in rows]

    def _last(self, name: str) -> DeploymentTable | None:
        return self.session.scalars(
            select(DeploymentTable)
            .where(DeploymentTable.name == name)
            .order_by(DeploymentTable.number.desc())
            .limit(1)
        ).one_or_none()


class DefinitionWrites(DefinitionReads):
    """New versions, and which of them count."""

    def hold_definitions(self, name: str) -> None:
        """From here to the end of this unit of work no version of that name comes into force but by this one.

        For who decides by the version that is current.
        """
        self.line_up(f"definitions/{name}")

    def keep_definition(self, *, digest: str, name: str, files: Mapping[str, bytes], at: datetime) -> None:
        """Keep a bundle without putting it in force: a draft, or one that is proposed.

        Raises Conflict when the digest stands for other files, or is kept under another name.
        """
        if insert_new(self.session, DefinitionTable, {"digest": digest, "name": name, "saved_at": at}):
            for path, content in files.items():
                self.session.add(DefinitionFileTable(digest=digest, path=path, content=content))
            self.session.flush()
            return
        known = self.definition(digest)
        if known is None or known.files != dict(files):
            msg = f"definition {digest} is kept with other files; a digest names one content for ever"
            raise Conflict(msg)
        if known.name != name:
            msg = f"definition {digest} is kept as a version of '{known.name}'; deploy it under that name"
            raise Conflict(msg)

    def save_definition(
        self,
        *,
        digest: str,
        name: str,
        files: Mapping[str, bytes],
        at: datetime,
        by: str | None = None,
        reason: str = "",
        approved_by: str | None = None,
    ) -> int:
        """Keep a bundle and put it in force; a known one comes into force once more.

        Returns its number among the deployments of its name; deploying what is current changes nothing and
        returns the number it has. Raises Conflict as `keep_definition`.
        """
        check_text(by=by, reason=reason, approved_by=approved_by)
        self.hold_definitions(name)
        self.keep_definition(digest=digest, name=name, files=files, at=at)
        last = self._last(name)
        if last is not None and last.digest == digest:
            return last.number
        number = (last.number if last is not None else 0) + 1
        self.session.add(
            DeploymentTable(
                name=name,
                number=number,
                digest=digest,
                before=last.digest if last is not None else None,
                by=by,
                reason=reason,
                approved_by=approved_by,
                at=at,
            )
        )
        self.session.flush()
        return number

    def propose_definition(self, *, name: str, digest: str, by: str, reason: str, at: datetime) -> Proposal:
        """Write down that somebody wants a kept version in force; the same wish again adds none."""
        check_text(by=by, reason=reason)
        self.hold_definitions(name)
        before = self.current_definition(name)
        for known in self.proposals(name, only_open=True):
            if (known.digest, known.by, known.before) == (digest, by, before):
                return known
        last = self.session.scalar(select(func.max(ProposalTable.number)).where(ProposalTable.name == name))
        row = ProposalTable(
            name=name,
            number=(last or 0) + 1,
            digest=digest,
            before=before,
            by=by,
            reason=reason,
            at=at,
            state="open",
        )
        self.session.add(row)
        self.session.flush()
        return as_view(Proposal, row)

    def decide_proposal(
        self, *, name: str, number: int, state: ProposalState, by: str, reason: str, at: datetime
    ) -> Proposal:
        """Write down what came of a proposal. Raises NotFound, and Conflict when it was decided before."""
        check_text(by=by, reason=reason)
        self.hold_definitions(name)
        row = self.session.get(ProposalTable, (name, number), with_for_update=True, populate_existing=True)
        if row is None:
            raise NotFound(f"expected proposal {number} of '{name}', found none")
        if row.state != "open":
            msg = f"expected an open proposal, found {number} of '{name}' {row.state} by {row.decided_by}"
            raise Conflict(msg, by=row.decided_by, at=row.decided_at)
        row.state, row.decided_by, row.decided_reason, row.decided_at = state, by, reason, at
        self.session.flush()
        return as_view(Proposal, row)

    def forget_drafts(self, saved_before: datetime) -> int:
        """Delete versions saved before an instant that were never deployed nor proposed; how many."""
        used = select(DeploymentTable.digest).union(select(ProposalTable.digest))
        found = list(
            self.session.scalars(
                select(DefinitionTable.digest)
                .where(DefinitionTable.saved_at < saved_before)
                .where(DefinitionTable.digest.not_in(used))
            )
        )
        self.session.execute(delete(DefinitionFileTable).where(DefinitionFileTable.digest.in_(found)))
        self.session.execute(delete(DefinitionTable).where(DefinitionTable.digest.in_(found)))
        return len(found)
