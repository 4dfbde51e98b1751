"""Errors of the API as RFC 9457 problem details.

Every refusal is a `Problem`: a stable code, what was expected, what was found and what
to do. Internal errors never show a traceback, only an id that also stands in the log.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from wenzheng.petitions.findings import Finding

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:wenzheng:problem:"
_FOUND_LIMIT: Final = 80
"""Characters of a refused value that are shown again; letters can be long."""

log = logging.getLogger(__name__)


class Fault(BaseModel):
    """One thing wrong with the request: where, what was expected, found, and what to do."""

    pointer: str = Field(description="JSON pointer into the body (#/title), or query:NAME")
    expected: str
    found: str
    hint: str


class ProblemDetails(BaseModel):
    """The body of every error response (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[Fault] = Field(default_factory=list)


@dataclass
class Problem(HTTPException):
    """A refusal that becomes a problem response.

    `code` is stable and documented; `extra` members are added to the body as they are
    (for example `by` and `at` of a lost race).
    """

    status_code: int
    code: str
    detail: str
    faults: Sequence[Fault] = ()
    headers: dict[str, str] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.status_code} {self.code}: {self.detail}"


def shown(value: object) -> str:
    """A refused value as it is shown again: short, and safe to encode as UTF-8."""
    text = value if isinstance(value, str) else repr(value)
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text if len(text) <= _FOUND_LIMIT else f"{text[:_FOUND_LIMIT]}… ({len(text)} characters)"


def refused(code: str, detail: str, findings: Iterable[Finding], found: str = "") -> Problem:
    """A refusal by the domain: its findings become faults, with its sentence as the hint."""
    faults = [
        Fault(pointer=f"#/{finding.field}", expected=finding.code, found=found, hint=finding.en)
        for finding in findings
    ]
    return Problem(422, code, detail, faults)


def problem_response(problem: Problem, path: str) -> Response:
    """The response of a problem; `path` becomes its `instance`."""
    body: dict[str, Any] = {
        "type": TYPE_PREFIX + problem.code,
        "title": HTTPStatus(problem.status_code).phrase,
        "status": problem.status_code,
        "detail": problem.detail,
        "instance": path,
        "code": problem.code,
        "errors": [fault.model_dump() for fault in problem.faults],
        **problem.extra,
    }
    content = json.dumps(body, ensure_ascii=False).encode("utf-8", "backslashreplace")
    return Response(content, problem.status_code, problem.headers, MEDIA_TYPE)


_PLAIN: Final[dict[int, tuple[str, str]]] = {
    400: ("bad-request", "The request could not be read. Check that the body is valid JSON."),
    404: ("not-found", "There is nothing here. GET /api/openapi.json lists what there is."),
    405: ("method-not-allowed", "Use one of the methods of the Allow header."),
    415: ("unsupported-media-type", "Send the body as application/json."),
}


def from_http(error: HTTPException) -> Problem:
    """Give an error that the framework raised its code and remedy."""
    if isinstance(error, Problem):
        return error
    code, detail = _PLAIN.get(error.status_code, ("http-error", str(error.detail)))
    headers = dict(error.headers) if error.headers else None
    return Problem(error.status_code, code, detail, headers=headers)


def from_validation(error: RequestValidationError) -> Problem:
    """All faults of a request at once; broken JSON is 400, everything else 422."""
    found = error.errors()
    if any(item["type"] == "json_invalid" for item in found):
        reason = found[0].get("ctx", {}).get("error", "")
        fault = Fault(
            pointer="#",
            expected="a JSON object in UTF-8",
            found=f"text that is not JSON at character {found[0]['loc'][-1]} ({reason})",
            hint="Check quotes, commas and the encoding.",
        )
        return Problem(400, "bad-json", "The body is not JSON.", [fault])
    faults = faults_of(found)
    where = ", ".join(dict.fromkeys(fault.pointer for fault in faults))
    return Problem(422, "bad-data", f"The request has {len(faults)} fault(s): {where}.", faults)


def faults_of(found: Iterable[Mapping[str, Any]]) -> list[Fault]:
    """What pydantic found wrong, in our words; places outside a request are of a body."""
    places = {"body", "query", "path", "header"}
    return [
        _fault(
            item if item["loc"][:1] and item["loc"][0] in places else {**item, "loc": ("body", *item["loc"])}
        )
        for item in found
    ]


def _fault(item: Mapping[str, Any]) -> Fault:
    """A finding of pydantic in our words."""
    place, *path = item["loc"]
    pointer = "#" + "".join(f"/{part}" for part in path) if place == "body" else f"{place}:{path[0]}"
    if item["type"] == "missing":
        return Fault(pointer=pointer, expected="a value", found="nothing", hint="Add this field.")
    expected = item["msg"].removeprefix("Input should be ")
    hint = "GET /api/openapi.json describes every field."
    if item["type"] == "extra_forbidden":
        expected, hint = "no such field", "Remove it or correct its name."
    return Fault(pointer=pointer, expected=expected, found=shown(item["input"]), hint=hint)


def internal(request: Request, error: Exception) -> Problem:
    """Log an unforeseen error under a fresh id and tell the caller only that id."""
    incident = secrets.token_hex(6)
    # The route, not the path: that may hold a tracking code, and a log is read by many.
    route = getattr(request.scope.get("route"), "path", "(no route)")
    log.error("incident %s: %s %s failed", incident, request.method, route, exc_info=error)
    detail = f"Something went wrong here, not with you. Quote incident {incident} to the operator."
    return Problem(500, "internal-error", detail, extra={"incident": incident})
