"""Who may call which route: one table, enforced by one dependency.

A route that is missing here stops the application from starting, so nothing is open by
accident. What a permitted caller then *sees* is decided by petitions.visibility.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from wenzheng.petitions.roles import CENTRE, DEPARTMENTS, OVERSIGHT, Role


@dataclass(frozen=True)
class Access:
    """Who may call a route.

    `public`: anyone, and a token only widens what is seen. `author`: whoever holds the
    tracking code in the path; tokens do not help. Otherwise one of `roles`.
    """

    roles: frozenset[Role] = frozenset()
    public: bool = False
    author: bool = False


PUBLIC: Final = Access(public=True)
AUTHOR: Final = Access(author=True)
OPERATORS: Final = frozenset({Role.OPERATOR})
ADMINISTRATORS: Final = frozenset({Role.PROCESS_ADMIN})
TECHNICAL: Final = OPERATORS | ADMINISTRATORS
"""Who keeps the machine running, and who mends definitions: they see what stopped, and read no letter."""
SUPERVISION: Final = frozenset({Role.SUPERVISOR})
STAFF: Final = CENTRE | DEPARTMENTS | OVERSIGHT
EVERYBODY: Final = STAFF | {Role.PROCESS_ADMIN, Role.OPERATOR}
"""Whoever has an account."""

ROUTES: Final[dict[tuple[str, str], Access]] = {
    ("GET", "/api/health"): PUBLIC,
    ("GET", "/api/units"): PUBLIC,
    ("GET", "/api/board"): PUBLIC,
    ("POST", "/api/petitions"): PUBLIC,
    ("POST", "/api/petitions/taken"): Access(CENTRE),
    ("POST", "/api/petitions/import"): Access(CENTRE),
    ("GET", "/desk/import"): Access(CENTRE),
    ("POST", "/desk/import"): Access(CENTRE),
    # Public viewers get what the visibility matrix allows, staff what their role allows.
    ("GET", "/api/petitions"): PUBLIC,
    ("GET", "/api/search"): PUBLIC,
    ("GET", "/api/petitions/{ref}"): PUBLIC,
    ("GET", "/api/petitions/{ref}/alike"): Access(CENTRE),
    ("GET", "/api/petitions/{ref}/timeline"): PUBLIC,
    ("GET", "/api/petitions/{ref}/clocks/{clock}"): PUBLIC,
    ("POST", "/api/petitions/{ref}/accept"): Access(CENTRE),
    ("POST", "/api/petitions/{ref}/assign"): Access(CENTRE),
    # Who may do which task is the definition's to say: wenzheng.web.tasks asks petitions.roles.
    ("GET", "/api/petitions/{ref}/tasks"): Access(STAFF),
    ("POST", "/api/petitions/{ref}/tasks/{element}"): Access(STAFF),
    ("POST", "/api/petitions/{ref}/sign"): Access(DEPARTMENTS),
    ("POST", "/api/petitions/{ref}/reply"): Access(DEPARTMENTS),
    ("POST", "/api/petitions/{ref}/approve"): Access(frozenset({Role.DEPARTMENT_HEAD})),
    ("POST", "/api/petitions/{ref}/check"): Access(CENTRE),
    ("POST", "/api/petitions/{ref}/complete"): Access(DEPARTMENTS),
    ("POST", "/api/petitions/{ref}/feedback"): Access(DEPARTMENTS),
    ("POST", "/api/petitions/{ref}/decide"): Access(SUPERVISION),
    ("POST", "/api/petitions/{ref}/rate"): AUTHOR,
    ("POST", "/api/petitions/{ref}/withdraw"): AUTHOR,
    # By the author (code and second factor) or by the staff who handle the letter: the handler decides.
    ("POST", "/api/petitions/{ref}/attachments"): PUBLIC,
    ("GET", "/api/petitions/{ref}/attachments"): PUBLIC,
    ("GET", "/api/petitions/{ref}/attachments/{attachment_id}"): PUBLIC,
    # Whose notes one sees, and whether one may write any, is the visibility matrix's to say.
    ("GET", "/api/petitions/{ref}/notes"): Access(STAFF),
    ("POST", "/api/petitions/{ref}/notes"): Access(STAFF),
    ("POST", "/api/petitions/{ref}/identity"): Access(OVERSIGHT),
    ("GET", "/api/petitions/{ref}/disclosures"): Access(SUPERVISION | {Role.CENTRE_HEAD}),
    ("GET", "/api/tasks"): Access(STAFF),
    ("GET", "/api/inbox"): Access(STAFF),
    ("POST", "/api/inbox/{entry_id}/acknowledge"): Access(STAFF),
    ("GET", "/api/incidents"): Access(TECHNICAL),
    ("GET", "/api/incidents/{incident}"): Access(TECHNICAL),
    ("POST", "/api/incidents/{incident}/retry"): Access(OPERATORS),
    ("POST", "/api/incidents/{incident}/skip"): Access(OPERATORS),
    ("POST", "/api/incidents/{incident}/answer"): Access(OPERATORS),
    # How days are counted is no secret; who moved them is told to those who work by them.
    ("GET", "/api/calendars/{calendar_id}"): PUBLIC,
    ("GET", "/api/calendars/{calendar_id}/versions"): Access(EVERYBODY),
    ("GET", "/api/calendars/{calendar_id}/moves"): Access(frozenset({Role.PROCESS_ADMIN})),
    ("POST", "/api/calendars/{calendar_id}/notices"): Access(frozenset({Role.PROCESS_ADMIN})),
    # How letters are handled is decided by those who answer for it, and by nobody beside.
    ("GET", "/api/definitions"): Access(ADMINISTRATORS),
    ("GET", "/api/definitions/{name}"): Access(ADMINISTRATORS),
    ("GET", "/api/definitions/{name}/versions/{digest}"): Access(ADMINISTRATORS),
    ("GET", "/api/definitions/{name}/changes"): Access(ADMINISTRATORS),
    ("POST", "/api/definitions/{name}/deployments"): Access(ADMINISTRATORS),
    ("POST", "/api/definitions/{name}/proposals/{number}/approve"): Access(ADMINISTRATORS),
    ("POST", "/api/definitions/{name}/proposals/{number}/refuse"): Access(ADMINISTRATORS),
    # Who keeps the machine running pauses what begins by itself, and so does who decides how it is handled.
    ("GET", "/api/schedules"): Access(TECHNICAL),
    ("GET", "/api/schedules/{name}/{process}/{element}"): Access(TECHNICAL),
    ("POST", "/api/schedules/{name}/{process}/{element}/pause"): Access(TECHNICAL),
    ("POST", "/api/schedules/{name}/{process}/{element}/resume"): Access(TECHNICAL),
    ("POST", "/api/schedules/{name}/{process}/{element}/run"): Access(TECHNICAL),
    # Which step or message is whose the definition says: wenzheng.web.forum asks petitions.roles.
    ("GET", "/api/forum"): Access(STAFF),
    ("POST", "/api/forum"): Access(CENTRE),
    ("GET", "/api/forum/{ref}"): Access(STAFF),
    ("GET", "/api/forum/{ref}/clocks/{clock}"): Access(STAFF),
    ("POST", "/api/forum/{ref}/tasks/{element}"): Access(STAFF),
    ("POST", "/api/forum/{ref}/messages/{element}"): Access(STAFF),
    # Whoever has signed the body with a secret of the channel; the handler checks it.
    ("POST", "/intake/{channel}"): PUBLIC,
    ("GET", "/sign-in"): PUBLIC,
    ("POST", "/sign-in"): PUBLIC,
    ("POST", "/sign-out"): PUBLIC,
    ("GET", "/account"): Access(EVERYBODY),
    ("POST", "/account"): Access(EVERYBODY),
    ("POST", "/account/password"): Access(EVERYBODY),
    ("GET", "/desk"): Access(STAFF),
    ("GET", "/desk/take"): Access(CENTRE),
    ("POST", "/desk/take"): Access(CENTRE),
    ("GET", "/desk/letters"): Access(STAFF),
    ("GET", "/desk/search"): Access(STAFF),
    ("GET", "/desk/letters/{number}"): Access(STAFF),
    ("POST", "/desk/letters/{number}/tasks/{element}"): Access(STAFF),
    ("POST", "/desk/letters/{number}/notes"): Access(STAFF),
    ("POST", "/desk/letters/{number}/identity"): Access(OVERSIGHT),
    ("GET", "/desk/letters/{number}/files/{attachment_id}"): Access(STAFF),
    ("GET", "/desk/inbox"): Access(STAFF),
    ("GET", "/desk/inbox/{entry_id}"): Access(STAFF),
    ("POST", "/desk/inbox/{entry_id}"): Access(STAFF),
    ("GET", "/desk/forum"): Access(STAFF),
    ("POST", "/desk/forum"): Access(CENTRE),
    ("GET", "/desk/forum/{number}"): Access(STAFF),
    ("POST", "/desk/forum/{number}/tasks/{element}"): Access(STAFF),
    ("POST", "/desk/forum/{number}/messages/{element}"): Access(STAFF),
    ("GET", "/incidents"): Access(TECHNICAL),
    ("GET", "/incidents/{incident}"): Access(TECHNICAL),
    ("POST", "/incidents/{incident}"): Access(OPERATORS),
    ("GET", "/definitions"): Access(ADMINISTRATORS),
    ("POST", "/definitions"): Access(ADMINISTRATORS),
    ("GET", "/definitions/{name}"): Access(ADMINISTRATORS),
    ("POST", "/definitions/{name}/proposals/{number}"): Access(ADMINISTRATORS),
    ("GET", "/definitions/{name}/{digest}"): Access(ADMINISTRATORS),
    ("POST", "/definitions/{name}/{digest}"): Access(ADMINISTRATORS),
    ("GET", "/definitions/{name}/{digest}/picture.svg"): Access(ADMINISTRATORS),
    ("POST", "/definitions/{name}/{digest}/deploy"): Access(ADMINISTRATORS),
    ("GET", "/schedules"): Access(TECHNICAL),
    ("GET", "/schedules/{name}/{process}/{element}"): Access(TECHNICAL),
    ("POST", "/schedules/{name}/{process}/{element}"): Access(TECHNICAL),
    ("GET", "/calendars"): Access(EVERYBODY),
    ("GET", "/calendars/{calendar_id}"): Access(EVERYBODY),
    ("POST", "/calendars/{calendar_id}"): Access(frozenset({Role.PROCESS_ADMIN})),
    # Pages for citizens; the author's prove the tracking code themselves.
    ("GET", "/"): PUBLIC,
    ("GET", "/letters/{number}"): PUBLIC,
    ("GET", "/search"): PUBLIC,
    ("GET", "/submit"): PUBLIC,
    ("POST", "/submit"): PUBLIC,
    ("GET", "/submit/attachments"): PUBLIC,
    ("POST", "/submit/attachments"): PUBLIC,
    ("POST", "/submit/attachments/remove"): PUBLIC,
    ("GET", "/submit/you"): PUBLIC,
    ("POST", "/submit/you"): PUBLIC,
    ("GET", "/submit/check"): PUBLIC,
    ("POST", "/submit/check"): PUBLIC,
    ("POST", "/submit/discard"): PUBLIC,
    ("GET", "/follow"): PUBLIC,
    ("POST", "/follow"): PUBLIC,
    ("POST", "/follow/forget"): PUBLIC,
    ("GET", "/follow/attachments/{attachment_id}"): AUTHOR,
    ("POST", "/follow/passphrase"): AUTHOR,
    ("POST", "/follow/rate"): AUTHOR,
    ("GET", "/follow/withdraw"): AUTHOR,
    ("POST", "/follow/withdraw"): AUTHOR,
}


def undeclared(routes: Iterable[tuple[str, str]]) -> list[str]:
    """Routes without an entry in the table, and entries without a route."""
    served = set(routes)
    missing = [f"{method} {path}: not declared" for method, path in served - ROUTES.keys()]
    stale = [f"{method} {path}: declared, not served" for method, path in ROUTES.keys() - served]
    return sorted(missing + stale)
