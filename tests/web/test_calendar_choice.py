"""A definition names its calendar: an office that is closed on a day of its own counts its letters so."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.web.conftest import City
from wenzheng.bootstrap.city import CALENDAR, CityCalendars, registry_of
from wenzheng.calendar_versions import take_overlay
from wenzheng.catalog.bundle import Bundle, read_bundle
from wenzheng.deploying import Order
from wenzheng.engine.findings import DefinitionRefused
from wenzheng.settings import definitions_dir
from wenzheng.store.properties import PACE

NOW = datetime(2026, 9, 1, 2, tzinfo=UTC)
OFFICE = """\
calendar: cn-office
on: cn
title: 区政府关于办公楼搬迁的通知
days_off:
  - {name: 搬迁, name_en: Moving, from: 2026-09-03, to: 2026-09-03}
"""
SHIPPED = read_bundle(definitions_dir() / "petition")


def counted_by(calendar: str) -> Bundle:
    """The shipped petition, counted by a calendar."""
    text = SHIPPED.files["petition.yaml"].decode()
    assert "\nprocess: petition\n" in text
    text = text.replace("\nprocess: petition\n", f"\nprocess: petition\ncalendar: {calendar}\n", 1)
    return Bundle("petition", {**SHIPPED.files, "petition.yaml": text.encode()})


def deploy(city: City, bundle: Bundle) -> None:
    city.services.workshop.deploy(bundle, Order("process_admin", "The office has moved"))


def overlay(city: City, text: str) -> Any:
    return take_overlay(city.services.store, text, by=None, now=NOW)


def clock(city: City, letter: dict[str, Any]) -> dict[str, Any]:
    found = city.client.get(f"/api/petitions/{letter['tracking_code']}").json()
    (one,) = [one for one in found["clocks"] if one["clock"] == "letter"]
    return dict(one)


def due(city: City, letter: dict[str, Any]) -> str:
    return str(clock(city, letter)["limits"][0]["due"])


def test_a_calendar_that_the_city_does_not_have_is_refused_at_deploy_with_its_line(city: City) -> None:
    for name, remedy in (("cn-office", "calendar overlay FILE"), ("de", "check --calendar de --take")):
        bundle = counted_by(name)
        with pytest.raises(DefinitionRefused) as refused:
            deploy(city, bundle)
        (finding,) = [one for one in refused.value.findings if one.rule == "calendar-unknown"]
        lines = bundle.files["petition.yaml"].decode().splitlines()
        assert lines[finding.position.line - 1] == f"calendar: {name}"
        assert (finding.position.file, finding.element) == ("petition.yaml", "petition")
        assert f"that this city has (cn), found '{name}'" in finding.message
        assert remedy in finding.hint


def test_new_letters_are_counted_by_the_office_and_those_from_before_by_the_city(city: City) -> None:
    before = city.submit()
    overlay(city, OFFICE)
    deploy(city, counted_by("cn-office"))
    after = city.submit(title="第二封")
    # Received on Tuesday 1 September; the office is closed on Thursday.
    assert (due(city, before), due(city, after)) == ("2026-09-08", "2026-09-09")
    city.accept_and_assign(after["number"])
    assert due(city, after) == "2026-09-09"  # so it is once its process runs
    with city.services.store.reader() as reader:
        rows = [reader.instance(one) for one in instances(city, before, after)]
        ids = [found.id for row in rows if row and (found := reader.kept_calendar(row.calendar))]
    assert ids == ["cn", "cn-office"]
    why = city.client.get(f"/api/petitions/{after['tracking_code']}/clocks/letter").json()
    words = why["limits"][0]["words"]["en"]
    assert words[-1].startswith("Counted by calendar cn-office, version ")
    assert any("Moving" in line for line in words)


def instances(city: City, *letters: dict[str, Any]) -> list[str]:
    with city.services.store.reader() as reader:
        return [row.instance for one in letters if (row := reader.petition(one["number"]))]


def test_the_desk_says_what_is_left_by_the_calendar_of_the_letter(city: City) -> None:
    overlay(city, OFFICE)
    deploy(city, counted_by("cn-office"))
    letter = city.submit()
    city.accept_and_assign(letter["number"])
    shown = city.browser("clerk").get(f"/desk/letters/{letter['number']}").text
    # Tuesday 1 to Wednesday 9 September: 2, 4, 7, 8, 9; by the city's calendar it would be six.
    assert "还剩 5 个工作日" in shown
    assert "还剩 6 个工作日" not in shown


def test_news_of_the_office_touches_only_letters_of_the_office(city: City) -> None:
    of_the_city = city.submit()
    overlay(city, OFFICE)
    deploy(city, counted_by("cn-office"))
    of_the_office = city.submit(title="第二封")
    city.accept_and_assign(of_the_city["number"])
    city.accept_and_assign(of_the_office["number"])
    taken = overlay(city, OFFICE.replace("to: 2026-09-03", "to: 2026-09-04"))
    assert taken.moves.instances == 1
    assert city.tell_moves() == 1
    assert (due(city, of_the_city), due(city, of_the_office)) == ("2026-09-08", "2026-09-10")


def test_a_definition_that_names_none_again_is_counted_by_the_city(city: City) -> None:
    overlay(city, OFFICE)
    deploy(city, counted_by("cn-office"))
    shown = city.services.workshop.check(SHIPPED)
    (change,) = shown.changes or ()
    assert (change.code, change.before, change.after) == ("calendar.dropped", "cn-office", None)
    assert "no longer by cn-office" in change.sentence("en")
    deploy(city, SHIPPED)
    assert due(city, city.submit()) == "2026-09-08"


def test_a_practice_city_keeps_the_calendar_it_began_with(city: City) -> None:
    overlay(city, OFFICE)
    deploy(city, counted_by("cn-office"))
    store = city.services.store
    calendars = CityCalendars(store, registry_of(store))
    digest = counted_by("cn-office").digest
    assert calendars.of(digest, "petition").id == "cn-office"
    with store.unit_of_work() as unit:
        unit.set_property(PACE, {"working_day": 5_000_000})
    assert calendars.of(digest, "petition").id == CALENDAR


def test_administrators_see_the_calendar_of_a_version(city: City) -> None:
    overlay(city, OFFICE)
    bundle = counted_by("cn-office")
    deploy(city, bundle)
    admin = city.as_("process_admin")
    for digest, named in ((SHIPPED.digest, None), (bundle.digest, "cn-office")):
        found = city.client.get(f"/api/definitions/petition/versions/{digest}", headers=admin).json()
        assert found["calendars"] == {"petition": named}
    browser = city.browser("process_admin")
    assert "cn-office" in browser.get(f"/definitions/petition/{bundle.digest}").text
    assert "本市日历" in browser.get(f"/definitions/petition/{SHIPPED.digest}").text


HEARING = """\
language: 1
process: {name}
{calendar}data: {{received_on: date}}
start: {{asked: Asked}}
steps:
  hold: {{by: clerk, form: {{held: {{type: yes_no, required: true}}}}, go: done}}
outcomes: {{done: Done}}
"""


def test_what_begins_with_a_message_has_the_calendar_of_its_own_process(city: City) -> None:
    overlay(city, OFFICE)
    store = city.services.store

    def kept(office: str) -> str:
        files = {
            f"{name}.yaml": HEARING.format(name=name, calendar=calendar).encode()
            for name, calendar in (("asks", ""), ("hears", office))
        }
        bundle = Bundle("hearings", files)
        city.services.workshop.keep(bundle)
        return bundle.digest

    calendars = CityCalendars(store, registry_of(store))
    named, plain = kept("calendar: cn-office\n"), kept("")
    with store.reader() as reader:
        of_the_office, of_the_city = map(reader.calendar_in_force, ("cn-office", "cn"))
    assert calendars.begun_by_message(named, "hears") == of_the_office
    assert calendars.begun_by_message(named, "asks") == of_the_city
    assert calendars.begun_by_message(plain, "hears") is None  # that of whoever begins it
