"""What the people and services of a simulated world do: answers by element, in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from wenzheng.contracts import JsonObject
from wenzheng.engine.model import FormField
from wenzheng.engine.services import ServiceContract
from wenzheng.engine.timers import Duration, parse_duration
from wenzheng.engine.vocabulary import FIRST_DAYS, LISTED

AT_ONCE: Final = Duration(0, 0, 0)
_BY_TYPE: Final[Mapping[str, Any]] = {
    "string": "",
    "int": 0,
    "double": 0.0,
    "bool": True,
    "unit": "unit",
    "content": "content",
    "list": [],
    "map": {},
}


class AnswersRefusedError(ValueError):
    """The answers are not of the form {element: [{data, after, fail}]}; the text says where."""


@dataclass(frozen=True)
class Answer:
    """One answer: `data` after `after`; `fail` is the code with which a service fails instead, `says` why."""

    data: JsonObject | None = None
    after: Duration = AT_ONCE
    fail: str | None = None
    says: str = ""


@dataclass
class Answers:
    """Answers by element.

    An element that is not named is answered at once with the least that its form or contract
    allows; one whose list is used up is answered no more. Those of an element that waits for a message
    are messages from outside, each so long after it began to wait; nobody sends one that is not named.
    """

    by_element: dict[str, list[Answer]] = field(default_factory=dict)

    @classmethod
    def read(cls, given: Any) -> Answers:
        """Answers from JSON. Raises AnswersRefusedError with every fault."""
        faults: list[str] = []
        if not isinstance(given, dict):
            raise AnswersRefusedError("expected an object of elements, each with a list of answers")
        by_element = {}
        for element, answers in given.items():
            if not isinstance(answers, list):
                faults.append(f"{element}: expected a list of answers")
                continue
            by_element[element] = [
                _read(answer, f"{element}[{number}]", faults) for number, answer in enumerate(answers)
            ]
        if faults:
            raise AnswersRefusedError("; ".join(faults))
        return cls(by_element)

    def next(self, element: str) -> Answer | None:
        """The next answer of an element, or None when nobody will answer."""
        if element not in self.by_element:
            return Answer()
        answers = self.by_element[element]
        return answers.pop(0) if answers else None


def _read(given: Any, where: str, faults: list[str]) -> Answer:
    known = {"data", "after", "fail"}
    if not isinstance(given, dict) or set(given) - known:
        faults.append(f"{where}: expected an object with {', '.join(sorted(known))}")
        return Answer()
    after = parse_duration(given["after"]) if isinstance(given.get("after"), str) else AT_ONCE
    if after is None or not isinstance(given.get("after", ""), str):
        faults.append(f"{where}: expected after as an ISO 8601 duration such as P3D")
    data = given.get("data")
    if data is not None and not isinstance(data, dict):
        faults.append(f"{where}: expected data as an object")
    fail = given.get("fail")
    if fail is not None and not isinstance(fail, str):
        faults.append(f"{where}: expected fail as an error code")
    return Answer(data, after or AT_ONCE, fail)


def least_form(fields: list[FormField] | tuple[FormField, ...], today: str) -> JsonObject:
    """The least data a form accepts: its required fields, yes where it asks yes or no."""
    return {form.id: _least(form, today) for form in fields if form.required}


def _least(form: FormField, today: str) -> Any:
    if form.values:
        return form.values[0]
    if form.type == "date":
        ahead = FIRST_DAYS[form.not_before] if form.not_before else 0
        return (date.fromisoformat(today) + timedelta(ahead)).isoformat()
    if form.type in LISTED:
        return [f"{form.id}-{number + 1}" for number in range(form.min or 0)]
    value = _BY_TYPE[form.type]
    if isinstance(value, str):
        return value.ljust(form.min or 0, "x")
    if form.min is not None and not isinstance(value, bool):
        return max(value, form.min)
    return value


def least_output(contract: ServiceContract) -> JsonObject:
    """An output that keeps a service's contract."""
    return {name: _BY_TYPE.get(kind) for name, kind in contract.output.items()}
