"""A document is named by its content, and a wrong one is refused with the place and the remedy."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from wenzheng.calendars import Calendar, CalendarError
from wenzheng.calendars.china import china


def test_the_version_names_the_content_and_not_its_order() -> None:
    document = china().document()
    shuffled = dict(reversed([*document.items()]))
    shuffled["days_off"] = dict(reversed([*document["days_off"].items()]))
    shuffled["weekend"] = [7, 6]
    again = Calendar.from_document(json.loads(json.dumps(shuffled)))
    assert again == china()
    assert again.version == china().version
    assert hash(again) == hash(china())
    assert len(again.version) == 64


def test_one_day_more_is_another_version() -> None:
    document = china().document()
    document["days_off"]["2026-11-24"] = {"name_zh": "古尔邦节", "name_en": "local", "notice": "2026"}
    other = Calendar.from_document(document)
    assert other.version != china().version
    assert other.add(date(2026, 11, 23), 1).date == date(2026, 11, 25)


def test_changing_a_copy_of_the_document_leaves_the_calendar_alone() -> None:
    china().document()["days_off"].clear()
    assert not china().is_working(date(2026, 10, 1))


def test_a_calendar_survives_copy_and_pickle() -> None:
    assert copy.deepcopy(china()).add(date(2026, 9, 30), 5) == china().add(date(2026, 9, 30), 5)
    assert pickle.loads(pickle.dumps(china())) == china()  # noqa: S301 our own bytes


def without(key: str) -> Callable[[dict[str, Any]], object]:
    return lambda document: document.pop(key)


def setting(key: str, value: object) -> Callable[[dict[str, Any]], object]:
    return lambda document: document.__setitem__(key, value)


def day_off(day: str, **entry: object) -> Callable[[dict[str, Any]], object]:
    whole = {"name_zh": "日", "name_en": "day", "notice": "2026"} | entry
    return lambda document: document["days_off"].__setitem__(day, whole)


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (without("zone"), "calendar.keys"),
        (setting("extra", 1), "calendar.keys"),
        (setting("format", 2), "calendar.format"),
        (setting("id", ""), "calendar.format"),
        (setting("zone", "Asia/Nowhere"), "calendar.zone"),
        (setting("zone", "../etc/passwd"), "calendar.zone"),
        (setting("weekend", [1, 2, 3, 4, 5, 6, 7]), "calendar.weekend"),
        (setting("weekend", [6, 6]), "calendar.weekend"),
        (setting("weekend", ["sat"]), "calendar.weekend"),
        (setting("weekend", [True, "x"]), "calendar.weekend"),
        (setting("weekend", None), "calendar.weekend"),
        (setting("horizon", "2020-01-01"), "calendar.order"),
        (setting("horizon", "9999-01-01"), "calendar.too_long"),
        (setting("horizon", "20361231"), "calendar.day"),
        (setting("horizon", 2036), "calendar.day"),
        (setting("notices", []), "calendar.object"),
        (setting("notices", {"2026": {}}), "calendar.keys"),
        (day_off("2026-13-01"), "calendar.day"),
        (day_off("2026-11-24", notice="unheard of"), "calendar.no_notice"),
        (day_off("2026-11-24", more=1), "calendar.keys"),
        (day_off("2026-11-24", name_zh=1), "calendar.text"),
        (day_off("2026-10-10"), "calendar.special_day"),
        (day_off("2003-10-10"), "calendar.special_day"),
    ],
)
def test_an_administrator_hears_what_is_wrong_with_a_document(
    damage: Callable[[dict[str, Any]], object], code: str
) -> None:
    document = china().document()
    damage(document)
    with pytest.raises(CalendarError) as refused:
        Calendar.from_document(document)
    assert refused.value.code == code
    assert refused.value.remedy in str(refused.value)


def test_a_notice_is_a_decree_or_the_statute() -> None:
    document = china().document()
    document["notices"]["2026"]["kind"] = "rumour"
    with pytest.raises(CalendarError, match="decree or statute"):
        Calendar.from_document(document)


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (lambda: china().add(datetime(2026, 1, 1, tzinfo=UTC), 1), "calendar.not_a_day"),
        (lambda: china().is_working(datetime(2026, 1, 1, tzinfo=UTC)), "calendar.not_a_day"),
        (lambda: china().add(date(2026, 1, 1), True), "calendar.not_a_count"),
        (lambda: china().add(date(2026, 1, 1), 10**9), "calendar.out_of_range"),
        (lambda: china().add(date(2026, 1, 1), -(10**9)), "calendar.out_of_range"),
        (lambda: china().late_from(date(9999, 12, 30), 1), "calendar.out_of_range"),
        (lambda: china().today(datetime(2026, 1, 1)), "calendar.naive"),  # noqa: DTZ001 that is the point
        (lambda: china().instant(date(2026, 1, 1), "8:30"), "calendar.time"),
        (lambda: china().instant(date(2026, 1, 1), "24:00"), "calendar.time"),
    ],
)
def test_a_question_without_an_answer_is_refused(question: Callable[[], object], code: str) -> None:
    with pytest.raises(CalendarError) as refused:
        question()
    assert refused.value.code == code


def test_the_edges_of_time_are_counted_too() -> None:
    assert china().add(date.min, 1).date == date(1, 1, 2)
    assert china().next_working(date.max) == date.max  # a Friday
    assert china().add(date(9999, 12, 30), 1).date == date.max
    with pytest.raises(CalendarError):
        china().add(date.min, -1)
