"""Calendars of other countries: Monday to Friday, and the days their law makes free."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from wenzheng.calendars import CalendarError, Unit, limit
from wenzheng.calendars import countries as module
from wenzheng.calendars.china import china
from wenzheng.calendars.countries import country, country_document, shipped


def test_germany_works_from_monday_to_friday_but_for_its_holidays() -> None:
    germany = country("de")
    assert germany.add(date(2026, 12, 23), 3) == (date(2026, 12, 29), False)  # 25 Dec is a Friday
    assert germany.add(date(2026, 4, 2), 1).date == date(2026, 4, 7)  # over Good Friday and Easter Monday
    assert germany.document()["weekend"] == [6, 7]
    assert limit(germany, Unit.WORKING_DAYS, date(2026, 4, 2), 1).late_from == datetime(
        2026, 4, 7, 22, tzinfo=UTC
    )


def test_a_part_of_a_country_has_days_of_its_own() -> None:
    assert country("de").is_working(date(2026, 1, 6))
    assert not country("de-by").is_working(date(2026, 1, 6))  # Epiphany in Bavaria
    assert country("de-by").zone.key == "Europe/Berlin"


@pytest.mark.parametrize(
    ("name", "zone", "weekend"),
    [("us", "America/New_York", [6, 7]), ("fr", "Europe/Paris", [6, 7]), ("sa", "Asia/Riyadh", [5, 6])],
)
def test_zone_and_weekend_are_the_countrys(name: str, zone: str, weekend: list[int]) -> None:
    found = country(name)
    assert (found.zone.key, found.document()["weekend"]) == (zone, weekend)


def test_hungary_works_its_saturdays() -> None:
    assert country("hu").is_working(date(2024, 8, 3))
    assert not country("hu").is_working(date(2024, 8, 19))


def test_days_by_the_moon_that_are_only_estimated_are_provisional() -> None:
    assert country("sg").decreed_through < date(2036, 12, 31)
    assert country("sg").add(date(2035, 1, 3), 5).provisional
    assert not country("de").add(date(2035, 1, 3), 5).provisional


def test_the_version_does_not_depend_on_the_machines_language(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for language in ("en_US", "tr", "C"):
        for name in ("LANGUAGE", "LC_ALL", "LANG"):
            monkeypatch.setenv(name, language)
        found.append(country_document("tr"))
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("name", ["xx", "de-zz", "DE", "de/..", "", "germany", "cn-office"])
def test_a_name_nobody_knows_is_refused(name: str) -> None:
    with pytest.raises(CalendarError) as refused:
        shipped(name)
    assert refused.value.code == "calendar.unknown"


def test_china_is_the_one_made_from_its_notices() -> None:
    assert shipped("cn") is china()


def test_a_country_whose_zone_nobody_knows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_zone_table", lambda: iter([("FR", "Europe/Paris"), ("FR", "Europe/Nice")]))
    with pytest.raises(CalendarError) as refused:
        country_document("fr")
    assert refused.value.code == "calendar.zone"
