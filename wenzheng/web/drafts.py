"""A letter being written, step by step: everything typed so far lies on the server, behind a cookie's token.

It holds personal data: its author can discard it, and the sweeper does after some days (setting). Of the
second factor only a hash is kept; once the letter is filed, nothing but the letter's id.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from wenzheng.petitions.findings import Finding
from wenzheng.petitions.intake import check_letter
from wenzheng.petitions.organisation import Organisation
from wenzheng.store.views.petitions import Draft
from wenzheng.web.acts import new_act_id
from wenzheng.web.forms import set_cookie
from wenzheng.web.services import services_of

COOKIE: Final = "wz_draft"
LETTER: Final = ("title", "text", "kind", "addressee")
"""Fields of the first step."""
ABOUT: Final = ("citizen_group", "citizen_area")
"""What the author may say of themselves."""
PERSON: Final = ("name", "contact", *ABOUT, "second", "public")
"""Fields of the step about the author; the passphrase is not among them."""
WORD: Final = "word"
CONTACT: Final = "contact"
SECONDS: Final = (WORD, CONTACT)
"""What may be chosen as second factor."""

_TOKEN_BYTES: Final = 32
_LONGEST: Final = 100
_ONCE_MORE: Final = timedelta(hours=1)
"""For so long a draft that was filed still leads to its letter: whoever clicks twice has one letter."""
_DOMAIN: Final = {"name": "author_name"}


@dataclass
class Writing:
    """A draft and the browser it belongs to."""

    token: str
    data: dict[str, Any]
    draft: Draft | None = None

    @property
    def filed(self) -> str | None:
        """The id of the letter it has become, if it has."""
        found = self.data.get("filed")
        return str(found) if found else None

    @property
    def act_id(self) -> str:
        """The name of its filing: sent twice it is one letter."""
        return str(self.data["act_id"])

    def text(self, name: str) -> str:
        """What was typed into a field."""
        return str(self.data.get(name, ""))

    def submission(self) -> dict[str, Any]:
        """It as the domain reads a submission."""
        fields = {_DOMAIN.get(name, name): self.text(name) for name in (*LETTER, "name", "contact", *ABOUT)}
        return fields | {"public_consent": self.text("public") == "yes", "channel": "web"}

    def findings(self, units: Organisation, names: tuple[str, ...]) -> list[Finding]:
        """What is wrong with some of its fields, under the names of the pages."""
        domain = {_DOMAIN.get(name, name): name for name in names}
        return [
            Finding(finding.code, domain[finding.field], finding.zh, finding.en)
            for finding in check_letter(self.submission(), units)
            if finding.field in domain
        ]

    def has_second_factor(self) -> bool:
        """Whether the author has chosen, and given, a second factor."""
        match self.text("second"):
            case "word":
                return bool(self.text("passphrase_hash"))
            case "contact":
                return bool(self.text("contact").strip())
        return False


def blank() -> Writing:
    """A new letter."""
    return Writing(secrets.token_urlsafe(_TOKEN_BYTES), {"act_id": new_act_id(), "kind": "help"})


async def recall(request: Request) -> Writing | None:
    """The draft behind the browser's cookie."""
    services, token = services_of(request), request.cookies.get(COOKIE, "")[:_LONGEST]
    if not token:
        return None
    draft = await services.read(lambda reader: reader.draft(token))
    if draft is None:
        return None
    writing = Writing(token, dict(draft.data), draft)
    if writing.filed and services.wall() - draft.updated_at > _ONCE_MORE:
        return None
    return writing


async def recall_or_begin(request: Request) -> Writing:
    """The draft of this browser, or a new one where there is none or it has become a letter."""
    found = await recall(request)
    return blank() if found is None or found.filed else found


async def save(request: Request, writing: Writing) -> None:
    """Keep it. Raises StoreAway, BadText."""
    services = services_of(request)
    at = services.wall()
    writing.draft = await services.write(lambda unit: unit.save_draft(writing.token, writing.data, at))


def remember(request: Request, response: Response, writing: Writing) -> Response:
    """Give the browser the draft's cookie; it ends with the browser, because other people use it too."""
    if writing.draft is not None and request.cookies.get(COOKIE) != writing.token:
        set_cookie(request, response, COOKIE, writing.token)
    return response


async def discard(request: Request, response: Response) -> None:
    """Delete the draft and its files' rows, and the cookie."""
    token = request.cookies.get(COOKIE, "")[:_LONGEST]
    await services_of(request).write(lambda unit: unit.discard_draft(token))
    response.delete_cookie(COOKIE, path="/")
