"""The application: API and pages over given services."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import replace
from typing import Any, NamedTuple

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from wenzheng import __version__
from wenzheng.store import StoreAway
from wenzheng.web import api, pages
from wenzheng.web.access import ROUTES, undeclared
from wenzheng.web.assets import asset
from wenzheng.web.limits import SECURITY_HEADERS, BodyLimit, SecurityHeaders
from wenzheng.web.pacing import Pace, Pacing
from wenzheng.web.problems import MEDIA_TYPE, Problem, from_http, from_validation, internal, problem_response
from wenzheng.web.services import Services
from wenzheng.web.sessions import recall
from wenzheng.web.stopping import Stopping


def create_app(
    services: Services,
    *,
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None,
    submitted: Callable[[], None] | None = None,
) -> FastAPI:
    """The web application over these services.

    `lifespan` surrounds its life; `submitted` is called when a letter has been kept.
    Raises RuntimeError when a route has no entry in the table of access: it would be open by accident;
    AssetsMissing when the pages' style sheet and script were never built.
    """
    asset("site.css")  # raises here, not at the first reader's page, when frontend/ was never built
    # No interactive documentation pages: they load scripts from elsewhere, which the CSP forbids.
    app = FastAPI(
        title="Wenzheng",
        version=__version__,
        summary="Petitions: filed by citizens, answered by departments, watched by clocks.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.services = services if submitted is None else replace(services, submitted=submitted)
    app.include_router(api.router())
    app.include_router(api.gateways())
    app.include_router(pages.router())
    app.mount("/static", pages.static_files(), name="static")
    _describe_problems(app)
    _answer_errors(app)
    app.add_middleware(BodyLimit, limit=services.settings.body_limit)
    settings = services.settings

    def seconds() -> float:
        return services.wall().timestamp()

    app.add_middleware(
        Pacing,
        answer=_answer,
        letters=Pace(settings.letters_a_minute, seconds),
        gateways=Pace(settings.gateway_letters_a_minute, seconds),
    )
    app.add_middleware(Stopping, answer=_answer)
    # Added last, so outermost: also what the middleware below answers carries the headers.
    app.add_middleware(SecurityHeaders)
    app.state.access = {route.endpoint: ROUTES.get((route.method, route.path)) for route in served(app)}
    wrong = undeclared((route.method, route.path) for route in served(app))
    if wrong:
        raise RuntimeError("wenzheng.web.access.ROUTES does not match the routes: " + "; ".join(wrong))
    return app


class Served(NamedTuple):
    """A route of the application."""

    method: str
    path: str
    endpoint: Any


def served(app: FastAPI) -> Iterator[Served]:
    """Every route with an endpoint of ours, for the table of access and its test."""
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute):
            for method in route.methods or ():
                yield Served(method, route.path or "", route.endpoint)


def _describe_problems(app: FastAPI) -> None:
    """Errors are described under the media type they are sent with; FastAPI knows one type a route."""
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        described = describe()
        for path in described["paths"].values():
            for operation in path.values():
                for status, response in operation["responses"].items():
                    content = response.get("content", {})
                    if not status.startswith("2") and "application/json" in content:
                        content[MEDIA_TYPE] = content.pop("application/json")
        return described

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend it


def _answer(request: Request, problem: Problem) -> Response:
    """A problem, or for a browser a page."""
    if pages.wants_page(request):
        return pages.error_page(request, problem)
    return problem_response(problem, request.url.path)


def _answer_errors(app: FastAPI) -> None:
    """Every error becomes an answer that says what to do."""

    async def refused(request: Request, error: Any) -> Response:
        problem = from_http(error)
        if pages.wants_page(request) and not hasattr(request.state, "session"):
            # No route was found, so no guard was asked who this is: the head of the page says it.
            with suppress(StoreAway):
                request.state.session = await recall(request)
        if problem.code == "not-signed-in" and request.method == "POST" and pages.wants_page(request):
            return await pages.ask_again(request)
        return _answer(request, problem)

    async def invalid(request: Request, error: Any) -> Response:
        return _answer(request, from_validation(error))

    async def broken(request: Request, error: Exception) -> Response:
        response = _answer(request, internal(request, error))
        # This answer is made outside every middleware of ours.
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    async def away(request: Request, _error: Any) -> Response:
        detail = "The database does not answer just now. Try again with the same act id: it is still one act."
        return _answer(request, Problem(503, "store-away", detail, headers={"Retry-After": "10"}))

    async def gone(_request: Request, _error: Any) -> Response:
        # Nobody is there to read it; without this an upload that was broken off would be logged as a fault.
        return Response(status_code=400)

    app.add_exception_handler(ClientDisconnect, gone)
    app.add_exception_handler(StoreAway, away)
    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, broken)
