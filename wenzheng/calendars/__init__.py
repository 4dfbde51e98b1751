"""Working-day arithmetic over decreed calendars: pure data and functions, no clock, no I/O.

`Calendar` counts; `wenzheng.calendars.china.china()` builds the calendar of the People's Republic of
China from the `holidays` package and is imported on its own, so that code which only counts
(workflows above all) never loads that package.
"""

from wenzheng.calendars.calendar import Calendar, Counted
from wenzheng.calendars.document import Notice, SpecialDay
from wenzheng.calendars.errors import CalendarError
from wenzheng.calendars.explanation import Explanation, Step
from wenzheng.calendars.units import Limit, Unit, limit, limit_after_pauses, used

__all__ = [
    "Calendar",
    "CalendarError",
    "Counted",
    "Explanation",
    "Limit",
    "Notice",
    "SpecialDay",
    "Step",
    "Unit",
    "limit",
    "limit_after_pauses",
    "used",
]
