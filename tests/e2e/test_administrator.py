"""A process administrator at the pages: a limit is shortened and taken back, next year's notice is tried."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import httpx2
import pytest

from tests.e2e.conftest import Meet
from tests.e2e.houses import House
from tests.e2e.person import Person, Way
from tests.support.deployable import HEARING
from wenzheng.calendars.china import china
from wenzheng.settings import definitions_dir

WAYS = [Way("zh", 390), Way("en", 1280), Way("zh", 1280, scripts=False)]
YELLOW: Final = "yellow: {working_days: 5, lamp: yellow, notify: department_head, remind"
TEXT: Final = (definitions_dir() / "petition" / "petition.yaml").read_text(encoding="utf-8")
REASONS: Final = {
    "zh": ("市长办公会决定三日内答复", "县里来不及"),
    "en": ("Three days, says the mayor", "Too short for the counties"),
}
SAID: Final = [reason for pair in REASONS.values() for reason in pair]
"""Every reason stays in the history, whoever reads it later."""


NUMBER: Final = "国办发明电〔2026〕9号"
NOTICE: Final = """\
number: {number}
published: {before}-11-20
title: 国务院办公厅关于{year}年部分节假日安排的通知
year: {year}
days_off:
  - {{name: 春节, from: {year}-02-05, to: {year}-02-13}}
days_worked: [{worked}]
"""


def yellow(city: House, number: str) -> int:
    """Working days from the day a letter came to the last one before it turns yellow."""
    head = {"Authorization": f"Bearer {city.tokens['clerk']}"}
    url = f"{city.url}/api/petitions/{number}"
    letter: dict[str, Any] = httpx2.get(url, headers=head, trust_env=False).json()
    [clock] = [clock for clock in letter["clocks"] if clock["clock"] == "letter"]
    [due] = [limit["due"] for limit in clock["limits"] if limit["id"] == "yellow"]
    came = date.fromisoformat(letter["received_on"])
    return next(days for days in range(20) if china().add(came, days).date.isoformat() == due)


def write(city: House) -> str:
    letter = {"title": "x", "text": "x", "passphrase": "sesame"}
    answer = httpx2.post(f"{city.url}/api/petitions", json=letter, trust_env=False)
    return str(answer.raise_for_status().json()["number"])


def as_written(me: Person) -> list[str]:
    """What stands on a page as the definition has it: names of files, findings, digests, ids."""
    found = me.page.locator(
        "select option, .finding, main h1, main li[dir], main .govuk-back-link, main td, main th, main dt, "
        "main dd, label[for='text'], .govuk-inset-text, h2#changes"
    ).all_inner_texts()
    back = me.page.locator(".govuk-back-link").all_inner_texts()
    ids = ["petition", "hearing", "messages"]
    return [*SAID, *found, *back, me.page.title(), *ids, ".yaml", ".bpmn", ".txt", ".csv", ".dmn"]


def look(me: Person, name: str) -> None:
    me.look(name, as_written(me))


def next_years_notice(me: Person) -> None:
    """A notice with a slip of the pen, then without; what it would do is shown, and it is not taken."""
    t, year = me.way.t, china().decreed_through.year + 1
    said = ["cn", "Asia", "Shanghai", NUMBER, *("notice.both", "notice.festival", "notice.no_effect")]
    said += [*("YAML", "number", "published", "title", "year", "days_off", "days_worked")]
    good = NOTICE.format(number=NUMBER, year=year, before=year - 1, worked=f"{year}-02-20")
    me.open("/calendars")
    me.look("calendars", said)
    me.follow("cn")
    me.look("calendar", said)
    me.fill(notice=good.replace(f"{year}-02-20", f"{year}-02-11"))
    me.press(t("calendar.try"))
    me.has_error("notice")
    me.look("calendar-notice-with-a-fault", said)
    me.fill(notice=good)
    me.press(t("calendar.try"))
    me.sees(t("calendar.would"), t.day(f"{year}-02-20"), t("calendar.take"))
    me.look("calendar-notice-tried", said)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_administrator_shortens_a_limit_and_takes_it_back(city: House, meet: Meet, way: Way) -> None:
    t = way.t
    why, back = REASONS[way.language]
    running = write(city)
    me = meet(city, way)
    me.sign_in("process_admin")
    me.open("/definitions")
    look(me, "definitions")
    me.follow("petition")
    look(me, "definition")
    me.click(me.page.get_by_role("button", name=t("definition.change")))
    before = me.page.url
    assert me.value("text") == TEXT
    look(me, "version-current")
    me.fill(text=TEXT.replace(YELLOW, YELLOW.replace("5", "five")))
    me.press(t("version.check"))
    me.sees("wrong-type", "working_days: five")
    look(me, "version-refused")
    me.fill(text=TEXT.replace(YELLOW, YELLOW.replace("5", "3")))
    me.press(t("version.check"))
    me.sees("5 个工作日 → 3 个工作日" if way.language == "zh" else "5 working days → 3 working days")
    assert me.page.locator("img.picture").evaluate("image => image.decode().then(() => image.naturalWidth)")
    look(me, "version-new")
    me.press(t("version.deploy"))
    me.has_error("reason")
    look(me, "version-without-reason")
    me.fill(reason=why)
    me.press(t("version.deploy"))
    me.sees(t("definition.done.deployed"), why)
    look(me, "definition-deployed")
    assert (yellow(city, running), yellow(city, write(city))) == (5, 3)
    next_years_notice(me)
    me.open(before)
    me.fill(reason=back)
    me.press(t("version.deploy"))
    me.sees(t("definition.done.deployed"), back)
    assert yellow(city, write(city)) == 5


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_administrator_brings_a_definition_of_a_new_name(city: House, meet: Meet, way: Way) -> None:
    t = way.t
    why = REASONS[way.language][0]
    name = f"hearing-{way.name}".replace(" ", "-")
    text = f"# {name}\n{HEARING}"  # one content has one name
    me = meet(city, way)
    me.sign_in("process_admin")
    me.open("/definitions")
    me.fill(name="petition", text=text)
    me.press(t("version.check"))
    me.has_error("name")
    assert me.value("text") == text
    look(me, "definitions-taken")
    me.fill(name=name, text=text.replace("by: clerk", "by: judge"))
    me.press(t("version.check"))
    me.sees("unknown-role")
    look(me, "version-of-a-new-name-refused")
    me.fill(text=text)
    me.press(t("version.check"))
    me.fill(reason=why)
    look(me, "version-of-a-new-name")
    me.press(t("version.deploy"))
    me.sees(t("definition.done.deployed"), why)
    me.open("/definitions")
    me.sees(name)
