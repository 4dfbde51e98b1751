"""When the database is away for a moment: what was typed comes back on a page that can be sent again."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from wenzheng.web.forms import TOKEN_FIELD
from wenzheng.web.pages.render import render


def again(request: Request, form: FormData) -> Response:
    """A page that holds everything of a form that could not be kept, and sends it to the same address."""
    fields = [
        (name, value) for name, value in form.multi_items() if isinstance(value, str) and name != TOKEN_FIELD
    ]
    response = render(request, "again.html", 503, action=request.url.path, fields=fields)
    response.headers["Retry-After"] = "10"
    return response
