"""Whatever is sent to any route, in the API's own shape or out of it, the web never answers with 500.

The routes are those of the table of access, names of parameters and fields those of the OpenAPI document.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.conftest import City
from wenzheng.web.access import ROUTES

pytestmark = pytest.mark.slow

ACCOUNTS = ("clerk", "department_housing", "head_housing", "supervisor_inspection", "leader", "operator", "")
FORM = "application/x-www-form-urlencoded"
TYPES = (
    "application/json",
    FORM,
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "multipart/form-data; boundary=x; charset=none",
    "text/plain; charset=utf-16",
    "",
)
PARTS = (
    b'--x\r\nContent-Disposition: form-data; name="text"; filename="\0"\r\n\r\nb\r\n--x--',
    b"--x\r\nContent-Disposition: form-data\r\n\r\nb\r\n--x--",
    b"--x\r\nContent-Disposition\r\n\r\n",
)
FIELDS = (
    "act_id",
    "code",
    "text",
    "title",
    "task",
    "kind",
    "solved",
    "satisfaction",
    "unit",
    "department",
    "next",
)

VALID = {
    "csrf": "t",
    "title": "路灯坏了",
    "text": "坏了三个星期。",
    "kind": "help",
    "addressee": "city",
    "solved": "yes",
    "satisfaction": "5",
}
"""A form that is taken where nothing odd is put into it."""

NEVER = "MDAwMS0wMS0wMVQwMDowMDowMCsyMzo1OXx4"
"""A cursor of an instant that has no place in UTC."""
BREAKERS = ("\0", "9" * 5000, NEVER, "[", "x" * 300)
"""Texts that broke somebody's program before."""

odd_text = st.one_of(
    st.sampled_from(
        [
            *BREAKERS,
            "",
            "-1",
            "²",
            "灯",
            "../..",
            "%00",
            "\u202e灯",
            "1e400",
            "NaN",
            "true",
            "０",
            "{}",
            "'<>",
        ]
    ),
    st.text(max_size=20),
)
odd_bytes = st.one_of(st.binary(max_size=12), odd_text.map(lambda text: text.encode("utf-8", "replace")))
odd_value = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), odd_text),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(odd_text, inner, max_size=3)),
    max_leaves=5,
)


def properties(described: Mapping[str, Any]) -> list[str]:
    """Names of all fields of all bodies."""
    return sorted(
        {
            name
            for schema in described["components"]["schemas"].values()
            for name in schema.get("properties", {})
        }
    )


def parameters(described: Mapping[str, Any]) -> list[str]:
    """Names of all parameters in queries."""
    operations = (operation for path in described["paths"].values() for operation in path.values())
    found = {
        found["name"]
        for operation in operations
        for found in operation.get("parameters", ())
        if found["in"] == "query"
    }
    return sorted(found | {"code", "lang", "received", "next"})


def filled(template: str, path: str) -> str:
    return re.sub(r"{\w+}", path, template)


def test_no_single_odd_value_ends_in_an_incident(city: City) -> None:
    described = city.client.get("/api/openapi.json").json()
    letter = city.fed_back()
    valid = VALID | {"code": letter["tracking_code"]}
    pages = {"Accept": "text/html", "Cookie": "wz_form=t"}
    for method, template in ROUTES:
        path = filled(template, letter["number"])
        for odd in BREAKERS:
            sent = [city.client.request(method, filled(template, quote_from_bytes(odd.encode(), safe="")))]
            if method == "GET":
                sent += [city.client.get(path, params={name: odd}) for name in parameters(described)]
            elif not path.startswith("/api"):
                sent += [city.client.post(path, data=valid | {name: odd}, headers=pages) for name in FIELDS]
            for answer in sent:
                assert answer.status_code < 500, f"{method} {template} {odd[:30]!r}: {answer.text}"


def test_no_request_ends_in_an_incident(city: City) -> None:
    described = city.client.get("/api/openapi.json").json()
    letter = city.fed_back()
    known = st.sampled_from([letter["number"], letter["id"], letter["tracking_code"], "accept", "rate"])
    fields = st.one_of(st.sampled_from([*FIELDS, *properties(described)]), odd_text)
    queries = st.dictionaries(st.sampled_from(parameters(described)), odd_bytes, max_size=3)
    bodies = st.one_of(
        st.dictionaries(fields, odd_value, max_size=5).map(lambda body: json.dumps(body).encode()),
        st.dictionaries(fields, odd_bytes, max_size=5).map(
            lambda form: urlencode(VALID | {"code": letter["tracking_code"]} | form).encode()
        ),
        st.sampled_from(
            [b"[" * 50_000, b'{"text":"\\ud800"}', b"\xff\xfe", b"null", b'{"satisfaction":1e999}', *PARTS]
        ),
        st.binary(max_size=30),
    )
    headers = st.fixed_dictionaries(
        {
            "Content-Type": st.sampled_from(TYPES),
            "Accept": st.sampled_from(["text/html", "*/*", ""]),
            "Cookie": st.one_of(
                st.just("wz_form=t"),
                odd_bytes.map(lambda odd: f"wz_form=t; wz_letter={quote_from_bytes(odd)}"),
            ),
        },
        optional={
            "Idempotency-Key": st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=120),
            "Accept-Language": st.sampled_from(["zh;q=x", ";;=,", "en;q=nan", "*"]),
            "Range": st.sampled_from(["bytes=-1", "bytes=9-1", "x"]),
            "Authorization": st.sampled_from(
                ["", "Bearer", "Basic x", *(f"Bearer token-{name}" for name in ACCOUNTS)]
            ),
        },
    )
    routes = st.sampled_from(
        [*ROUTES, ("GET", "/static/{path}"), ("HEAD", "/"), ("OPTIONS", "/api/petitions"), ("PUT", "/x")]
    )

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def one(data: st.DataObject) -> None:
        method, template = data.draw(routes)
        path = re.sub(
            r"{\w+}",
            lambda _: quote_from_bytes(data.draw(st.one_of(known.map(str.encode), odd_bytes)), safe=""),
            template,
        )
        query = urlencode(data.draw(queries))
        content = data.draw(bodies) if method == "POST" else None
        answer = city.client.request(
            method, f"{path}?{query}", headers=data.draw(headers), content=content, follow_redirects=False
        )
        assert answer.status_code < 500, answer.text

    one()
