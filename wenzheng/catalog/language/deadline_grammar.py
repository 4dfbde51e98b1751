"""The words of deadlines: limits, the rule behind them, and what pauses, lengthens or restarts them."""

from __future__ import annotations

from typing import Final

from wenzheng.calendars.units import Unit
from wenzheng.catalog.language.basics import EXPRESSION, ID, LABEL, NAME
from wenzheng.catalog.language.shapes import Choice, Entry, Group, Items, Kinds, Short, Table, Value, Whole
from wenzheng.engine.clock_reader import MAX_WORKING_DAYS

_ELEMENTS: Final = Short(ID, Items("names", ID, most=20))
_ROLES: Final = Short(ID, Items("roles", ID, most=10))
_COUNT: Final = Whole(0, MAX_WORKING_DAYS)
_POSITIVE: Final = Whole(1, MAX_WORKING_DAYS)
_DAY_UNITS: Final = tuple(str(unit) for unit in Unit if unit.counts_days)
_REASON: Final = {"reason": Entry(ID, "The `data` or field that says why.")}
_LIMIT: Final = {
    "lamp": Entry(Choice(("yellow", "red")), "The lamp that is lit from the day after."),
    "notify": Entry(_ROLES, "Whose inbox it comes into, to be answered: the escalation after a limit."),
    "remind": Entry(
        _ROLES, "Who is told in the morning when it draws near, and need not answer: the reminder."
    ),
    "remind_before": Entry(_COUNT, "So many working days before the last day; 1 unless said."),
}
_LIMITS: Final = {
    "working_days": "How many working days after day 0 it is reached.",
    "after": "In another unit: how many units after day 0 it is reached.",
    "before": "How many units before day 0, which is the day of an event.",
}
LIMIT: Final = Kinds(
    "a limit",
    {
        key: Group("a limit", {key: Entry(_COUNT, about, required=True), **_LIMIT})
        for key, about in _LIMITS.items()
    },
)
RULE: Final = Group(
    "a rule",
    {
        "text": Entry(LABEL, "The rule, as its law puts it."),
        "article": Entry(LABEL, "The law and its article."),
        "day_0": Entry(LABEL, "What makes day 0, such as the day on which both sides confirmed."),
    },
    least=1,
)
PAUSE: Final = Group(
    "a pause",
    {
        "on": Entry(_ELEMENTS, "The step or event that pauses it, or several.", required=True),
        "resumes": Entry(_ELEMENTS, "The step or event that lets it go on, or several.", required=True),
        "at_most": Entry(_POSITIVE, "After so many days it goes on by itself."),
        "unit": Entry(Choice(_DAY_UNITS), "What `at_most` counts; what the deadline counts, unless said."),
        "times": Entry(_POSITIVE, "How often it may pause."),
        "within": Entry(_POSITIVE, "Only within so many days of day 0; later it runs on."),
        "of": Entry(ID, "The deadline whose day 0 `within` means; its own unless said."),
        **_REASON,
    },
)
EXTENSION: Final = Group(
    "an extension",
    {
        "on": Entry(_ELEMENTS, "The step or event that lengthens it, or several.", required=True),
        "by": Entry(Value("a number, or the name of data"), "By how much.", required=True),
        "at_most": Entry(_POSITIVE, "How much at most, of all its times together."),
        "times": Entry(_POSITIVE, "How often."),
        "asked": Entry(ID, "The step in which it is asked for: what is over by then stays over."),
        **_REASON,
    },
)
RESTART: Final = Group(
    "a restart",
    {
        "on": Entry(_ELEMENTS, "The step or event with which it begins anew, or several.", required=True),
        "day_0": Entry(ID, "The date of `data` or of a form that is day 0 then; else the day of the event."),
    },
)
_COUNTED: Final = {
    **NAME,
    "rule": Entry(RULE, "The rule behind it; the explanation of each day quotes it."),
    "unit": Entry(Choice(tuple(map(str, Unit))), "What is counted; working_days unless said."),
}
_DAY_0: Final = {
    "day_0": Entry(
        ID,
        "The date of `data` or of a form that is day 0 (of hours: the moment); without it the day on "
        "which it starts. When the date changes, the limits move with it.",
    ),
}
_WHOSE: Final = {
    "whose": Entry(
        ID,
        "The data or field with the unit whose limit it is: its people are told and named. Of what is done "
        "`for_each` unit it is that unit's, unless said.",
    ),
}
_AT_ONCE: Final = {
    "at_once_if": Entry(
        EXPRESSION, "While it holds, word of a limit goes out at once; else on the next working morning."
    ),
}
_CHANGES: Final = {
    "restarts": Entry(RESTART, "What begins the count anew from another day 0."),
    "pauses": Entry(Table("pauses", ID, PAUSE, most=20), "While what the days do not count."),
    "extends": Entry(Table("extensions", ID, EXTENSION, most=20), "What lengthens the limits."),
}
_ENDS: Final = {
    "limits": Entry(Table("limits", ID, LIMIT, most=20), "What happens after how many days, in their order."),
}
DEADLINE: Final = Group(
    "a deadline",
    {
        **_COUNTED,
        "starts": Entry(
            _ELEMENTS, "The step, event or start with which the count begins, or several.", required=True
        ),
        **_DAY_0,
        "stops": Entry(_ELEMENTS, "The step or event that stops it, or several; without it the end does."),
        **_WHOSE,
        **_AT_ONCE,
        **_CHANGES,
        **_ENDS,
    },
)
PROCEDURE_DEADLINE: Final = Group(
    "a deadline of a procedure",
    {
        **_COUNTED,
        "starts": Entry(
            _ELEMENTS,
            "The step or event of the procedure with which the count begins; its beginning unless said.",
        ),
        **_DAY_0,
        "stops": Entry(
            _ELEMENTS,
            "The step or event of the procedure that stops it, or several; without it its end does.",
        ),
        **_WHOSE,
        **_AT_ONCE,
        **_CHANGES,
        **_ENDS,
    },
)
"""A deadline that begins anew each time a procedure is done: for each unit its own."""
STEP_DEADLINE: Final = Group("a deadline of a step", {**_COUNTED, **_DAY_0, **_WHOSE, **_AT_ONCE, **_ENDS})
"""A deadline from when somebody has to do a step until they have done it: for each unit its own."""
