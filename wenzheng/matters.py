"""Wires the forum's matters to the intake and the store: used by bootstrap, knows both."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from wenzheng.calendars import Calendar
from wenzheng.engine.compiled import CompiledProcess
from wenzheng.petitions.intake import Letter, read_letter
from wenzheng.petitions.matters import Filed, Matter, submission_of
from wenzheng.petitions.organisation import Organisation, Unit, UnitKind
from wenzheng.petitions.tracking import new_tracking_code
from wenzheng.store import NotFound, Store, UnitOfWork

LEAD: Final = "lead"
"""The variable that gives a letter its lead unit from the start, in definitions that have it."""
_LETTERS: Final = uuid.UUID("5a1c4c2e-5b0f-5d7e-9d55-2f9a4e0b7c31")

ClocksAtStart = Callable[[CompiledProcess, Calendar, Mapping[str, str]], Sequence[dict[str, Any]]]
"""The clocks with which an instance begins, given its start variables."""


@dataclass(frozen=True)
class _Start:
    """What a letter is filed with besides its words."""

    petition_id: str
    received_on: date
    variables: dict[str, str]
    definition: str
    calendar: str
    clocks: Sequence[dict[str, Any]]


class CityMatters:
    """Files the letters of matters in a city (petitions.ports.MatterSink).

    `definition` gives the digest that new letters are pinned to and their process, `calendar` the version by
    which the process of a definition is counted, `clocks` those that they start with.
    """

    def __init__(
        self,
        store: Store,
        definition: Callable[[], tuple[str, CompiledProcess]],
        calendar: Callable[[str, str], Calendar],
        clocks: ClocksAtStart,
    ) -> None:
        self._store = store
        self._definition = definition
        self._calendar = calendar
        self._clocks = clocks

    def file_matter(self, matter: Matter, now: datetime) -> Filed:
        """See MatterSink."""
        petition_id = str(uuid.uuid5(_LETTERS, matter.key))
        # Before the transaction: nobody waits for its lock while a definition is compiled.
        digest, process = self._definition()
        calendar = self._calendar(digest, process.model.id)
        with self._store.unit_of_work() as unit:
            try:
                text = unit.session_text(matter.session_id, matter.content_id).text
            except NotFound as missing:
                raise LookupError(str(missing)) from missing
            position = unit.next_matter(matter.session_id)
            filed = {one.petition_id: one.due for one in unit.forum_matters(matter.session_id)}
            if petition_id not in filed:
                letter = _letter(unit, matter, text, position)
                # A letter is not received before it is there: a day that is still to come counts as today.
                received_on = min(matter.session_on, calendar.today(now))
                variables = {
                    "petition_id": petition_id,
                    "received_on": received_on.isoformat(),
                    "kind": letter.kind.value,
                    "addressee": letter.addressee,
                }
                if LEAD in process.model.variables:
                    variables[LEAD] = matter.unit
                clocks = self._clocks(process, calendar, variables)
                start = _Start(petition_id, received_on, variables, digest, calendar.version, clocks)
                _submit(unit, f"forum/{matter.key}", letter, start, process=process.model.id, now=now)
                due = matter.promised_by or calendar.add(received_on, matter.result_days).date
                filed[petition_id] = due
                unit.add_matter(
                    petition_id=petition_id,
                    session_id=matter.session_id,
                    position=position,
                    kind=matter.kind,
                    unit_id=matter.unit,
                    content_id=matter.content_id,
                    promised_by=matter.promised_by,
                    due=due,
                    at=now,
                )
        return Filed(petition_id, tuple(sorted(filed.items(), key=lambda one: (one[1], one[0]))))


def _letter(unit: UnitOfWork, matter: Matter, text: str, position: int) -> Letter:
    """The letter of a matter, by the intake's own rules. Raises LetterRefusedError, LookupError."""
    session = unit.forum_session(matter.session_id)
    if session is None:
        raise LookupError(f"expected session {matter.session_id!r}, found none; check the id")
    units = Organisation(
        Unit(one.id, one.parent_id, UnitKind(one.kind), one.name_zh, one.name_en) for one in unit.units()
    )
    return read_letter(submission_of(matter, text, session.title, position, units), units)


def _submit(
    unit: UnitOfWork, act_id: str, letter: Letter, start: _Start, *, process: str, now: datetime
) -> None:
    unit.submit_petition(
        petition_id=start.petition_id,
        tracking_code=new_tracking_code(),
        act_id=act_id,
        title=letter.title,
        text=letter.text,
        kind=letter.kind.value,
        channel=letter.channel.value,
        addressee=letter.addressee,
        author_name=letter.author_name,
        author_contact=letter.contact,
        public_consent=letter.public_consent,
        received_on=start.received_on,
        submitted_at=now,
        definition=start.definition,
        calendar=start.calendar,
        start={"process": process, "variables": start.variables},
        expected_clocks=start.clocks,
    )
