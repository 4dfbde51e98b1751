"""When word of a passed limit goes out: an ordinary letter's in the morning, an emergency's at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from tests.support.sinks import mail_server, web_hook
from tests.web.conftest import City
from wenzheng.gateways.notices import NoticeSender
from wenzheng.notifying import StoreNotices

BEIJING = timezone(timedelta(hours=8))
FRIDAY = datetime(2026, 9, 4, 10, tzinfo=BEIJING)
"""The fifth working day after it is Friday the 11th: the lamp turns as Saturday begins."""
SATURDAY = datetime(2026, 9, 12, 0, 0, tzinfo=BEIJING)
MONDAY_MORNING = datetime(2026, 9, 14, 8, 30, tzinfo=BEIJING)
SECOND = timedelta(seconds=1)


class Told:
    """Who hears of yellow lamps in a city, by mail and by web hook."""

    def __init__(self, city: City, folder: Path, mail: int, hook: int) -> None:
        self.city = city
        path = folder / "channels.yaml"
        path.write_text(
            f"""
site: https://petitions.example
units:
  housing:
    department_head:
      - "mailto://127.0.0.1:{mail}?from=desk@petitions.example&to=head@housing.example&mode=insecure"
      - "json://127.0.0.1:{hook}/housing"
""",
            encoding="utf-8",
        )
        self.sender = NoticeSender(StoreNotices(city.services.store), path, lambda: city.clock[0])

    def until(self, now: datetime) -> None:
        """Let it be this instant, and everything go out that may."""
        self.city.at(now)
        while self.sender.send_next():
            pass


@pytest.fixture
def sinks() -> Iterator[tuple[tuple[int, list[Any]], tuple[int, list[Any]]]]:
    with mail_server() as (mail, inbox), web_hook() as (hook, calls, _):
        yield (mail, inbox.letters), (hook, calls)


@pytest.mark.parametrize(("emergency", "told_at"), [(True, SATURDAY), (False, MONDAY_MORNING)])
def test_a_head_hears_of_an_emergency_on_saturday_night_and_of_others_on_monday_morning(
    city: City, tmp_path: Path, sinks, emergency: bool, told_at: datetime
) -> None:
    (mail, letters), (hook, calls) = sinks
    told = Told(city, tmp_path, mail, hook)
    city.at(FRIDAY)
    number = city.submit()["number"]
    city.done(number, "accept", "clerk", emergency=emergency)
    city.done(number, "assign", "clerk", department="housing")
    city.sign(number)
    told.until(told_at - SECOND)
    assert [letter for letter in letters if "黄灯" in letter["Subject"]] == []
    assert [said for _, _, said in calls if "黄灯" in said["title"]] == []
    told.until(told_at)
    (letter,) = [letter for letter in letters if "黄灯" in letter["Subject"]]
    assert letter["To"] == "head@housing.example"
    assert number in letter["Subject"]
    (said,) = [said for _, _, said in calls if "黄灯" in said["title"]]
    assert number in said["title"]
    told.until(MONDAY_MORNING + timedelta(days=1))
    assert len([letter for letter in letters if "黄灯" in letter["Subject"]]) == 1
