"""Every component of the pages, in both languages: fields are labelled, hints and errors are tied to them."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from wenzheng.web.i18n import Words
from wenzheng.web.pages.render import _templates

ERRORS = {name: f"{name} is wrong" for name in ("text", "long", "pick", "one", "many", "when", "files")}
SHOWN = """
{% import "macros.html" as ui with context %}
{{ ui.summary(errors) }}
{{ ui.token() }}
{{ ui.input("text", "L", "V", errors, "H", short=true, autocomplete="name", type="email") }}
{{ ui.textarea("long", "L", "V", errors, "H", limit=40) }}
{{ ui.select("pick", "L", [("a", "A"), ("b", "B")], "b", errors, "H") }}
{{ ui.radios("one", "L", [("a", "A"), ("b", "B")], "b", errors, row=true, hint="H") }}
{{ ui.checkboxes("many", "L", [("a", "A"), ("b", "B"), ("c", "C")], ["a", "c"], errors, "H") }}
{{ ui.date_input("when", "L", {"year": "2026", "month": "9", "day": "8"}, errors, "H") }}
{{ ui.file_input("files", "L", errors, count=5, size="10 MB", types="PDF", accept=".pdf") }}
{{ ui.file_input("file", "L", {}, size="10 MB", types="PDF") }}
{{ ui.button("B", "bad", "act", "go") }}{{ ui.button_link("/a", "B", quiet=true) }}
{{ ui.lamp("red", means=true) }}{{ ui.tag("T", "grey") }}
{{ ui.timeline([{"label": "L", "at": at, "by": "B"}]) }}
{{ ui.said([{"kind": "reply", "reply_kind": "done", "by": "B", "at": at, "text": "<b>T</b>"}]) }}
{{ ui.table("C", ["A", "B"], [["1", ui.link("/a", "<2>")]], main=1, fit=[0]) }}
{{ ui.summary_list([("K", "V"), ("K", "V", ui.link("/a", "A"))]) }}
{{ ui.subnav("L", [("/a", "A", 3), ("/b", "B")], "/a") }}
{{ ui.navigation([("/", "A"), ("/b", "B")]) }}
{{ ui.pagination("/1", "/3") }}{{ ui.pagination() }}
{% call ui.panel("P") %}B{% endcall %}
{% call ui.details("D") %}B{% endcall %}
{{ ui.notice("N", done=true) }}{{ ui.phase("P", "T") }}{{ ui.inset("I") }}{{ ui.warning("W") }}
{{ ui.back("/", "B") }}{{ ui.progress(2, 4, "N") }}{{ ui.live() }}
"""


class Elements(HTMLParser):
    """All start tags with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def all(self, *tags: str) -> list[dict[str, Any]]:
        return [attributes for tag, attributes in self.found if tag in tags]

    def values(self, name: str) -> list[str]:
        return [value for _, attributes in self.found if (value := attributes.get(name)) is not None]


@pytest.fixture(params=["zh", "en"])
def page(request: pytest.FixtureRequest) -> Elements:
    t = Words(request.param, ZoneInfo("Asia/Shanghai"))
    at = datetime(2026, 9, 8, 2, tzinfo=UTC)
    shown = _templates().from_string(SHOWN)
    return Elements(
        shown.render(t=t, csrf="T", here="/b/c", at=at, errors=ERRORS, asset=lambda name: f"/static/{name}")
    )


def test_no_id_stands_twice(page: Elements) -> None:
    ids = page.values("id")
    assert len(ids) == len(set(ids))


def test_every_field_has_a_label_and_every_label_a_field(page: Elements) -> None:
    fields = {
        field["id"] for field in page.all("input", "textarea", "select") if field.get("type") != "hidden"
    }
    assert fields == {label["for"] for label in page.all("label")}


def test_hints_and_errors_are_tied_to_their_field(page: Elements) -> None:
    ids = set(page.values("id"))
    for reference in [*page.values("aria-describedby"), *page.values("aria-labelledby")]:
        assert set(reference.split()) <= ids
    tied = {part for value in page.values("aria-describedby") for part in value.split()}
    for name in ERRORS:
        assert {f"{name}-hint", f"{name}-error"} <= tied


def test_each_error_in_the_summary_leads_to_a_field(page: Elements) -> None:
    fields = {field.get("id") for field in page.all("input", "textarea", "select")}
    led_to = {link["href"][1:] for link in page.all("a") if (link["href"] or "").startswith("#")}
    assert led_to == set(ERRORS) <= fields


def test_choices_keep_what_was_chosen(page: Elements) -> None:
    checked = {(field["name"], field["value"]) for field in page.all("input") if "checked" in field}
    assert checked == {("one", "b"), ("many", "a"), ("many", "c")}


def test_a_date_is_asked_in_the_order_people_write_it(page: Elements) -> None:
    asked = [field["name"] for field in page.all("input") if (field["name"] or "").startswith("when-")]
    chinese, english = ["when-year", "when-month", "when-day"], ["when-day", "when-month", "when-year"]
    assert asked in (chinese, english)
    assert next(field["id"] for field in page.all("input") if field["name"] == asked[0]) == "when"


def test_what_a_person_wrote_never_becomes_markup(page: Elements) -> None:
    assert page.all("b") == []


def test_every_navigation_has_a_name_of_its_own(page: Elements) -> None:
    names = [nav["aria-label"] for nav in page.all("nav")]
    assert len(names) == len(set(names)) == 4
