"""Files the letters of the demo, each with the past it has lived, in one transaction a letter.

Names follow from the script, and the demo's first instant is kept before the first letter: a load that
was killed is finished by the next run, and no letter comes twice.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from activities.ports import ServicePorts
from activities.services import service_of
from wenzheng.calendars import Calendar
from wenzheng.contracts import petition_instance_id
from wenzheng.demo.folder import DEMO
from wenzheng.demo.past import Beginning, Deed, Past, first_fails, live
from wenzheng.demo.script import Act, ScriptRefused, Story, dated, moments
from wenzheng.engine.definition import Definition
from wenzheng.engine.events import EventRefused, MessageReceived, TaskCompleted
from wenzheng.engine.model import Element
from wenzheng.matters import LEAD
from wenzheng.passwords import hashed
from wenzheng.petitions.intake import Letter, LetterRefusedError, read_letter
from wenzheng.petitions.organisation import Organisation
from wenzheng.petitions.roles import DEPARTMENTS
from wenzheng.petitions.second_factor import normal_contact
from wenzheng.petitions.tracking import new_tracking_code
from wenzheng.store import Store, UnitOfWork
from wenzheng.store.outbox import PAST
from wenzheng.web.acts import AUTHOR, MAIN_TEXT, WITHDRAWN, Intent, content_id, content_kind

_LETTERS: Final = uuid.UUID("4ab1c6c8-0f0e-5a7c-9a83-8d9c0b3e6f52")
_SUPERVISOR: Final = "supervisor_supervision_government"


@dataclass(frozen=True)
class City:
    """What the letters are filed with: the definition and the calendar of new letters, the units."""

    definition: Definition
    calendar: Calendar
    organisation: Organisation
    process_id: str
    expected_clocks: Callable[[date], Sequence[dict[str, Any]]]


def load(
    store: Store,
    city: City,
    stories: Sequence[Story],
    now: datetime,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    *,
    besides: Callable[[datetime], None] = lambda _now: None,
) -> None:
    """File the letters, the oldest first; `now` is where their past ends, unless an earlier load said so.

    `progress` hears how many of how many are filed; `besides` brings what else the demo has, given where the
    past ends. Raises ScriptRefused when the script does not
    fit the definition or the organisation.
    """
    with store.unit_of_work() as unit:
        begun = unit.property(DEMO)
        if begun is None:
            begun = {"now": now.isoformat(), "complete": False}
            unit.set_property(DEMO, begun)
            unit.set_property(PAST, {"until": begun["now"]})
    now = datetime.fromisoformat(begun["now"])
    filings = [plan(city, story, now) for story in stories]
    filings.sort(key=lambda filing: (filing.submitted_at, filing.story.id))
    for done, filing in enumerate(filings, 1):
        file_letter(store, filing)
        progress(done, len(filings))
    besides(now)
    with store.unit_of_work() as unit:
        unit.set_property(DEMO, begun | {"complete": True})


def plan(city: City, story: Story, now: datetime) -> Filing:
    """A letter of the script with the instants of its past. Raises ScriptRefused."""
    return Filing(city, story, list(moments(story, city.calendar, now)), now)


def author_to_try(store: Store, stories: Sequence[Story]) -> tuple[str, str, str] | None:
    """Number, tracking code and contact of a letter that waits for its author's verdict, or None."""
    with store.reader() as reader:
        for story in stories:
            row = reader.petition(_petition_id(story))
            tasks = reader.tasks(petition_id=row.id, open_only=True) if row is not None else []
            # Before its workflow has begun it has no task yet: then the script tells.
            asked = "rate" in {task.element for task in tasks} or (
                not tasks and bool(story.acts) and story.acts[-1].do == "feedback"
            )
            if row is not None and story.contact and asked and row.ended_at is None:
                return row.number, row.tracking_code, story.contact
    return None


def _petition_id(story: Story) -> str:
    return str(uuid.uuid5(_LETTERS, story.id))


class Filing:
    """One letter on its way into the store."""

    def __init__(self, city: City, story: Story, times: list[datetime], now: datetime) -> None:
        self.city, self.story, self.now = city, story, now
        self.submitted_at, self.times = times[0], times[1:]
        self.petition_id = _petition_id(story)
        self.instance = petition_instance_id(self.petition_id)
        today = city.calendar.today
        # What came of the forum was received on its day, and filed later.
        day = city.calendar.add(today(now), -story.received).date
        self.received_on = day if story.filed else today(self.submitted_at)
        self.letter = self._letter()
        self.intents = self._intents()

    def refused(self, why: object) -> ScriptRefused:
        """The error that names this letter."""
        return ScriptRefused(f"letter '{self.story.id}' of the demo: {why}")

    def _letter(self) -> Letter:
        story = self.story
        fields = {
            "title": story.title,
            "text": story.text,
            "kind": story.kind.value,
            "channel": story.channel.value,
            "addressee": story.addressee,
            "author_name": story.author,
            "contact": story.contact,
            "public_consent": story.public,
        }
        try:
            return read_letter(fields, self.city.organisation)
        except LetterRefusedError as wrong:
            raise self.refused("; ".join(finding.en for finding in wrong.findings)) from wrong

    @property
    def variables(self) -> dict[str, Any]:
        """What the start of a letter's process brings (web.filing)."""
        found = {
            "petition_id": self.petition_id,
            "received_on": self.received_on.isoformat(),
            "kind": self.letter.kind.value,
            "addressee": self.letter.addressee,
        }
        return found | ({LEAD: self.story.lead} if self.story.lead else {})

    # --- acts -----------------------------------------------------------------------------------

    def _intents(self) -> list[Intent]:
        found, unit_id = [], self.story.lead
        for number, act in enumerate(self.story.acts, 1):
            intent = self._intent(act, f"demo-{self.story.id}-{number}", unit_id)
            unit_id = intent.data.get("department", unit_id)
            found.append(intent)
        return found

    def _intent(self, act: Act, act_id: str, unit_id: str | None) -> Intent:
        """An act as the web would hand it on."""
        if act.do == WITHDRAWN:
            texts = {MAIN_TEXT: act.text} if act.text else {}
            return Intent(None, AUTHOR, AUTHOR, act_id, texts=texts)
        element = self.city.definition.processes[self.city.process_id].model.element(act.do)
        if element is None or element.type != "userTask":
            raise self.refused(f"expected a task or '{WITHDRAWN}', found '{act.do}'")
        role = element.role or ""
        actor, unit = self._person(role, unit_id)
        data = {field.id: True for field in element.fields if field.required and field.type == "bool"}
        data |= dated(act.fields, self.city.calendar, self.received_on)
        return Intent(act.do, actor, role, act_id, data, self._texts(act, element), unit)

    def _person(self, role: str, unit_id: str | None) -> tuple[str, str | None]:
        """The account that acts (bootstrap's first accounts), and its unit."""
        if role in DEPARTMENTS:
            kind = "head" if role == "department_head" else "department"
            return f"{kind}_{unit_id}", unit_id
        if role == "supervisor":
            return _SUPERVISOR, _SUPERVISOR.removeprefix("supervisor_")
        return role, self.city.organisation.centre.id if role == "clerk" else None

    def _texts(self, act: Act, element: Element) -> dict[str, str]:
        fields = [field.id for field in element.fields if field.type == "content"]
        main = [field for field in fields if field == MAIN_TEXT]
        other = [field for field in fields if field != MAIN_TEXT]
        texts = {}
        for text, where in ((act.text, main), (act.note, other)):
            if text is not None and not where:
                raise self.refused(f"'{act.do}' has no field for the text {text!r}")
            if text is not None:
                texts[where[0]] = text
        return texts

    def deeds(self) -> list[Deed]:
        """What happens to the process, and when."""
        return [
            Deed(intent.act_id, at, self._event(intent))
            for intent, at in zip(self.intents, self.times, strict=True)
        ]

    def _event(self, intent: Intent) -> TaskCompleted | MessageReceived:
        if intent.element is None:
            return MessageReceived(WITHDRAWN, {}, intent.actor)
        ids = {field: content_id(self.instance, intent, field) for field in intent.texts}
        return TaskCompleted(intent.element, intent.actor, intent.role, dict(intent.data) | ids)

    def live(self) -> Past:
        """The letter's past."""
        city = self.city
        start = Beginning(city.process_id, self.variables, self.submitted_at)
        try:
            return live(
                city.definition,
                city.calendar,
                self.instance,
                start,
                self.deeds(),
                until=self.now,
                services={name: first_fails(code) for name, code in self.story.fails.items()},
            )
        except EventRefused as wrong:
            raise self.refused(wrong) from wrong


def file_letter(store: Store, filing: Filing) -> Past:
    """Keep a letter with its texts and what services did for it; the same again changes nothing."""
    past = filing.live()
    with store.unit_of_work() as unit:
        _submit(unit, filing, past)
        for intent, at in zip(filing.intents, filing.times, strict=True):
            for field, text in intent.texts.items():
                unit.save_content(
                    content_id=content_id(filing.instance, intent, field),
                    petition_id=filing.petition_id,
                    kind=content_kind(intent.element, field),
                    text=text,
                    author=intent.actor,
                    unit_id=intent.unit,
                    at=at,
                )
        for at, service, call in past.calls:
            service_of(service, ServicePorts(unit, _always(at))).run(call)
    return past


def _always(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def _submit(unit: UnitOfWork, filing: Filing, past: Past) -> None:
    letter, city = filing.letter, filing.city
    start = {"process": city.process_id, "variables": filing.variables, "state": past.state}
    unit.submit_petition(
        petition_id=filing.petition_id,
        tracking_code=new_tracking_code(),
        act_id=f"demo/{filing.story.id}",
        title=letter.title,
        text=letter.text,
        kind=letter.kind.value,
        channel=letter.channel.value,
        addressee=letter.addressee,
        author_name=letter.author_name,
        author_contact=letter.contact,
        public_consent=letter.public_consent,
        received_on=filing.received_on,
        submitted_at=filing.submitted_at,
        definition=city.definition.digest,
        calendar=city.calendar.version,
        start=start,
        expected_clocks=city.expected_clocks(filing.received_on),
        # The contact is the second factor, as of a letter filed over the API (web.filing).
        passphrase_hash=hashed(contact) if (contact := normal_contact(letter.contact)) else None,
    )
