"""The past as a pattern for the future: a calendar moved by whole weeks, for servers that cannot go back."""

from __future__ import annotations

from datetime import date, timedelta

from wenzheng.calendars import Calendar

WEEKS = 400
"""Moves the notices of calendar.md §6 from 2020 to 2027, and keeps every weekday."""


def shifted(day: str, weeks: int = WEEKS) -> date:
    return date.fromisoformat(day) + timedelta(weeks=weeks)


def shifted_calendar(calendar: Calendar, weeks: int = WEEKS) -> Calendar:
    """The same calendar so many weeks later."""
    document = calendar.document()
    for key in ("decreed_from", "decreed_through", "horizon"):
        document[key] = shifted(document[key], weeks).isoformat()
    for part in ("days_off", "days_worked"):
        document[part] = {shifted(day, weeks).isoformat(): what for day, what in document[part].items()}
    return Calendar.from_document(document)
