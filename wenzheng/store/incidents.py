"""Incidents: which elements have stopped, and what operators decide about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from wenzheng.store.errors import Conflict
from wenzheng.store.session import Part, as_view, maybe_view
from wenzheng.store.tables.incidents import IncidentTable, ResolutionTable
from wenzheng.store.tables.instances import InstanceTable
from wenzheng.store.tables.petitions import PetitionTable
from wenzheng.store.types import check_text
from wenzheng.store.views.incidents import Incident, Resolution


def _rows() -> Select[Any, Any, Any, Any]:
    """Every incident with its letter, its process and what was given as the reason of its resolution."""
    incident, resolution = IncidentTable, ResolutionTable
    return (
        select(incident, PetitionTable.number, InstanceTable.process, resolution.reason)
        .outerjoin(PetitionTable, PetitionTable.id == incident.petition_id)
        .outerjoin(InstanceTable, InstanceTable.instance == incident.instance)
        .outerjoin(
            resolution,
            (resolution.instance == incident.instance)
            & (resolution.act_id == incident.act_id)
            & (resolution.incident_id == incident.incident_id),
        )
    )


def _incident(row: Any) -> Incident:
    found, number, process, reason = row
    return as_view(Incident, found, number=number, process=process, reason=reason)


class IncidentReads(Part):
    """Questions about incidents."""

    def incidents(self, *, open_only: bool = True, limit: int = 500) -> list[Incident]:
        """Elements that stopped, the oldest first."""
        query = _rows()
        if open_only:
            query = query.where(IncidentTable.resolved_at.is_(None))
        query = query.order_by(IncidentTable.raised_at, IncidentTable.instance, IncidentTable.incident_id)
        return [_incident(row) for row in self.session.execute(query.limit(limit))]

    def resolved_incidents(self, *, offset: int = 0, limit: int = 500) -> list[Incident]:
        """Those that are resolved, the latest first."""
        query = _rows().where(IncidentTable.resolved_at.is_not(None))
        query = query.order_by(
            IncidentTable.resolved_at.desc(), IncidentTable.instance, IncidentTable.incident_id
        )
        return [_incident(row) for row in self.session.execute(query.offset(offset).limit(limit))]

    def incident(self, instance: str, incident_id: str) -> Incident | None:
        """One incident, or None."""
        query = _rows().where(IncidentTable.instance == instance, IncidentTable.incident_id == incident_id)
        row = self.session.execute(query).one_or_none()
        return None if row is None else _incident(row)

    def incidents_of_letter(self, number: str) -> list[Incident]:
        """All incidents in the handling of a letter, the oldest first."""
        query = _rows().where(PetitionTable.number == number).order_by(IncidentTable.raised_at)
        return [_incident(row) for row in self.session.execute(query)]

    def has_stopped(self, instance: str) -> bool:
        """Whether something of an instance waits for an operator."""
        query = select(IncidentTable.incident_id).where(
            IncidentTable.instance == instance, IncidentTable.resolved_at.is_(None)
        )
        return self.session.scalar(query.limit(1)) is not None

    def open_incidents(self) -> int:
        """How many wait for an operator."""
        query = select(func.count()).select_from(IncidentTable).where(IncidentTable.resolved_at.is_(None))
        return self.session.scalar(query) or 0

    def resolution(self, instance: str, act_id: str) -> Resolution | None:
        """What an act is, or was, to do about an incident."""
        return maybe_view(Resolution, self.session.get(ResolutionTable, (instance, act_id)))


class IncidentWrites(IncidentReads):
    """What operators decide."""

    def save_resolution(
        self,
        *,
        instance: str,
        act_id: str,
        incident_id: str,
        action: str,
        actor: str,
        data: dict[str, Any],
        reason: str,
        at: datetime,
    ) -> Resolution:
        """Keep a decision before its act is sent. The act itself decides whether it counts.

        Until then it may be corrected under the same name by whoever wrote it. Raises Conflict when the name
        is somebody else's, or that of an act that was done and was another one.
        """
        check_text(act_id=act_id, reason=reason, incident_id=incident_id)
        self.line_up(f"resolution/{instance}/{act_id}")
        values = {
            "incident_id": incident_id,
            "action": action,
            "actor": actor,
            "data": data,
            "reason": reason,
        }
        row = self.session.get(ResolutionTable, (instance, act_id))
        if row is None:
            row = ResolutionTable(instance=instance, act_id=act_id, at=at, **values)
            self.session.add(row)
        elif any(getattr(row, name) != value for name, value in values.items()):
            if row.actor != actor or self._is_done(row):
                msg = f"the act id {act_id} already names another decision; take a fresh one for this"
                raise Conflict(msg, by=row.actor, at=row.at)
            for name, value in values.items():
                setattr(row, name, value)
            row.at = at
        self.session.flush()
        return as_view(Resolution, row)

    def _is_done(self, row: ResolutionTable) -> bool:
        incident = self.session.get(IncidentTable, (row.instance, row.incident_id))
        return incident is not None and incident.act_id == row.act_id
