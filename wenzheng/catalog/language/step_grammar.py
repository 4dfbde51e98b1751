"""The words of steps: forms, waits, schedules, what people and programs do, what may happen at any time."""

from __future__ import annotations

from typing import Final

from wenzheng.catalog.language.basics import EXPRESSION, ID, NAME
from wenzheng.catalog.language.deadline_grammar import STEP_DEADLINE
from wenzheng.catalog.language.shapes import (
    Choice,
    Entry,
    Group,
    Items,
    Kinds,
    Short,
    Table,
    Text,
    Value,
    Whole,
    YesNo,
)
from wenzheng.engine.clock_reader import MAX_WORKING_DAYS
from wenzheng.engine.schedules import DEFAULT_AT, EVERY
from wenzheng.engine.vocabulary import FIRST_DAYS

MAX_ROUNDS: Final = 99
_LIMIT: Final = 999_999_999

DATA_TYPES: Final = {
    "text": "string",
    "yes_no": "bool",
    "whole_number": "int",
    "number": "double",
    "date": "date",
    "moment": "timestamp",
    "list": "list",
    "map": "map",
    "any": "any",
}
"""A word of `data` and the engine's name of that type."""
FORM_TYPES: Final = {
    "text": "string",
    "yes_no": "bool",
    "whole_number": "int",
    "number": "double",
    "date": "date",
    "choice": "string",
    "unit": "unit",
    "units": "units",
    "content": "content",
    "files": "files",
}
"""A word of `form` and the engine's name of that type."""

_GO: Final = {"go": Entry(ID, "The step or outcome that follows; without it, the next step of the list.")}
_DAYS: Final = Entry(
    Whole(-MAX_WORKING_DAYS, MAX_WORKING_DAYS),
    "So many working days, counted by the calendar; with `from` also backwards: -2 is two before that day.",
    required=True,
)
_EVERY_DAY: Final = Entry(
    Whole(-MAX_WORKING_DAYS, MAX_WORKING_DAYS), "So many days, whether worked or not.", required=True
)
_ROLLED: Final = Entry(
    Whole(-MAX_WORKING_DAYS, MAX_WORKING_DAYS),
    "So many days; a last day that is off rolls to the next working day, counting back to the one before.",
    required=True,
)
_FROM: Final = Entry(
    ID, "The date of `data` or of a form from which they count; when it changes, what waits moves with it."
)
_DURATION: Final = Entry(
    Text(
        "an ISO 8601 duration such as P3D or PT8H",
        r"P(?=.)([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?(T(?=.)([0-9]+H)?([0-9]+M)?([0-9]+S)?)?",
        40,
        "P3D is three calendar days, PT8H eight hours; for working days use working_days.",
    ),
    "So much calendar time.",
    required=True,
)
_MESSAGE: Final = Entry(ID, "The name of the message that is waited for.", required=True)
_UNTIL: Final = Entry(EXPRESSION, "Until this holds.", required=True)
_LONGEST_GUIDANCE: Final = 4_000
_TEXTS: Final = Short(
    Text("what people read", longest=_LONGEST_GUIDANCE),
    Group(
        "a text in two languages",
        {
            "zh": Entry(Text("what people read in Chinese", longest=_LONGEST_GUIDANCE), "In Chinese."),
            "en": Entry(Text("what people read in English", longest=_LONGEST_GUIDANCE), "In English."),
        },
        least=1,
    ),
)
_GUIDANCE: Final = {
    "guidance": Entry(_TEXTS, "What whoever does it should know; shown beside the form, changes nothing.")
}

DATUM: Final = Group(
    "a piece of data",
    {
        "type": Entry(Choice(tuple(DATA_TYPES)), "What kind of value it holds.", required=True),
        "required": Entry(YesNo(), "Whether it must be given at the start; no unless said."),
        "initial": Entry(Value("a first value"), "Its value at the start, as it is (no expression)."),
    },
)
DATA: Final = Short(Choice(tuple(DATA_TYPES)), DATUM)
FORM_FIELD: Final = Group(
    "a form field",
    {
        "type": Entry(Choice(tuple(FORM_TYPES)), "What kind of value is asked for.", required=True),
        **NAME,
        "required": Entry(YesNo(), "Whether it must be filled in; no unless said."),
        "min": Entry(Whole(-_LIMIT, _LIMIT), "Least number, least length of a text or of a list."),
        "max": Entry(Whole(-_LIMIT, _LIMIT), "Greatest number, greatest length of a text or of a list."),
        "not_before": Entry(
            Choice(tuple(FIRST_DAYS)),
            "The first day a date may be, as of the day on which the form is sent: a promise is not made for "
            "yesterday.",
        ),
        "values": Entry(
            Items("words", Text("a word without blanks", r"\S+", 60)), "What a choice offers, in order."
        ),
        "template": Entry(_TEXTS, "What a text or content may begin with; whoever writes it changes it."),
    },
)
SCHEDULE: Final = Group(
    "a schedule",
    {
        "every": Entry(Choice(EVERY), "It comes once in each; a week begins on Monday.", required=True),
        "working_day": Entry(
            Whole(-366, 366), "On which working day of it: 1, unless said, is the first, -1 the last."
        ),
        "calendar_day": Entry(
            Whole(-366, 366),
            "On which day of it, worked or not: of a week 1 is Monday. Instead of `working_day`.",
        ),
        "at": Entry(
            Text(
                "a time of day such as 08:30",
                r"([01][0-9]|2[0-3]):[0-5][0-9]",
                5,
                "Write it as 08:30, in quotes.",
            ),
            f"At which time; {DEFAULT_AT} unless said.",
        ),
    },
)
_SCHEDULE: Final = {"schedule": Entry(SCHEDULE, "The day and time of the calendar.", required=True)}
_WAITS: Final = {
    "schedule": _SCHEDULE,
    "working_days": {"working_days": _DAYS, "from": _FROM},
    "calendar_days": {"calendar_days": _EVERY_DAY, "from": _FROM},
    "calendar_days_rolled": {"calendar_days_rolled": _ROLLED, "from": _FROM},
    "duration": {"duration": _DURATION},
    "message": {"message": _MESSAGE},
    "until": {"until": _UNTIL},
}
FORM: Final = Table("form fields", ID, FORM_FIELD, most=100)
_FORM: Final = {
    "form": Entry(Short(ID, FORM), "What is filled in: its fields, or the name of a form of `forms`.")
}
UNLESS: Final = Kinds(
    "an interruption",
    {
        key: Group(
            "an interruption",
            {**entries, **NAME, "go": Entry(ID, "The step or outcome that follows.", required=True)},
        )
        for key, entries in _WAITS.items()
    },
)
WAIT: Final = Kinds("a wait", {key: Group("a wait", entries) for key, entries in _WAITS.items()})
BRANCH: Final = Kinds(
    "a branch",
    {
        "if": Group(
            "a branch",
            {
                "if": Entry(EXPRESSION, "The condition; the first that holds is taken.", required=True),
                "go": Entry(ID, "The step or outcome that follows.", required=True),
            },
        ),
        "otherwise": Group(
            "a branch",
            {"otherwise": Entry(ID, "The step or outcome when no condition holds.", required=True)},
        ),
    },
)
_EACH: Final = {
    "for_each": Entry(ID, "A list of units, `data` or a field: each of them does it, all at the same time."),
    "collect": Entry(
        Table("lists", ID, ID, most=1),
        "Beside `for_each`: a list of `data`, and the field whose values it takes in that order.",
    ),
    "missing": Entry(
        ID,
        "Beside `for_each`: a list of `data` that holds, at every moment, the units that have not done it.",
    ),
}
_SIMPLE: Final = {
    "by": Group(
        "a step that a person does",
        {
            "by": Entry(ID, "The role that does it.", required=True),
            **NAME,
            **_GUIDANCE,
            "fact": Entry(ID, "The fact that its completion records about the letter."),
            **_FORM,
            **_EACH,
            "deadlines": Entry(
                Table("deadlines", ID, STEP_DEADLINE, most=10),
                "What is counted from when it can be done until it is, for each unit by itself.",
            ),
            "unless": Entry(
                Table("interruptions", ID, UNLESS, most=10), "What ends it before somebody does it."
            ),
            **_GO,
        },
    ),
    "tell": Group(
        "a step that tells the author",
        {"tell": Entry(ID, "The notice's template.", required=True), **NAME, **_GO},
    ),
    "mark": Group(
        "a step that marks a fact",
        {
            "mark": Entry(ID, "The fact that is reached here.", required=True),
            **NAME,
            "keeps": Entry(
                Items("data", ID, most=20),
                "Data and fields whose values belong to the fact from then on.",
            ),
            **_GO,
        },
    ),
    "call": Group(
        "a step that calls a service",
        {
            "call": Entry(ID, "The registered service.", required=True),
            **NAME,
            "with": Entry(Table("inputs", ID, EXPRESSION, most=50), "Its inputs, each an expression."),
            "output": Entry(ID, "The `data` of type map that keeps the result."),
            **_GO,
        },
    ),
    "decide": Group(
        "a step that asks a decision table",
        {
            "decide": Entry(ID, "The table, by its file's name without the ending.", required=True),
            **NAME,
            "with": Entry(
                Table("inputs", ID, EXPRESSION, most=50),
                "Its inputs, each an expression; one that is not named is the data of its name.",
            ),
            "output": Entry(
                ID, "The data that takes the result; without it each column the data of its name."
            ),
            **_GO,
        },
    ),
    "send": Group(
        "a step that sends a message",
        {
            "send": Entry(ID, "The message's name.", required=True),
            **NAME,
            "with": Entry(
                Table("what it carries", ID, EXPRESSION, most=50),
                "What it carries, each an expression; without it all data.",
            ),
            **_GO,
        },
    ),
    "do": Group(
        "a step that does a procedure",
        {
            "do": Entry(ID, "The procedure of `procedures`; it goes on when that is done.", required=True),
            **NAME,
            **_EACH,
            "unless": Entry(Table("interruptions", ID, UNLESS, most=10), "What ends it before it is done."),
            **_GO,
        },
    ),
    "set": Group(
        "a step that sets data",
        {
            "set": Entry(
                Table("data", ID, EXPRESSION, most=50),
                "Data and the expressions of their new values.",
                required=True,
            ),
            **NAME,
            **_GO,
        },
    ),
    "choose": Group(
        "a step that chooses",
        {
            "choose": Entry(
                Items("branches", BRANCH, least=2, most=50),
                "Where it leads, first match first.",
                required=True,
            ),
            **NAME,
        },
    ),
    "wait": Group(
        "a step that waits", {"wait": Entry(WAIT, "What it waits for.", required=True), **NAME, **_GO}
    ),
    "back_to": Group(
        "a step that goes back",
        {
            "back_to": Entry(ID, "The earlier step that is done again.", required=True),
            **NAME,
            "rounds": Entry(
                Whole(2, MAX_ROUNDS),
                "How often it is done at most, the first time included.",
                required=True,
            ),
            "count": Entry(ID, "The data that counts the rounds, from 1.", required=True),
        },
    ),
}
INNER_STEP: Final = Kinds("a step", _SIMPLE)
"""A step that stands in another: all but `together`."""
STEP: Final = Kinds(
    "a step",
    {
        **_SIMPLE,
        "together": Group(
            "a step of several at the same time",
            {
                "together": Entry(
                    Table("branches", ID, Table("steps", ID, INNER_STEP, most=100), least=2, most=20),
                    "Branches with their steps: all begin at once, and it goes on when all are done.",
                    required=True,
                ),
                **NAME,
                **_GO,
            },
        ),
    },
)
_TOLD: Final = {
    "message": Entry(ID, "The name of the message that does it; or `schedule`."),
    "schedule": Entry(
        SCHEDULE, "When it happens by itself; with `keep` again each time. Instead of `message`."
    ),
    **NAME,
    "by": Entry(ID, "The role that may send it; without it programs and those whom the API knows for it."),
    **_GUIDANCE,
    **_FORM,
}
ANYTIME: Final = Kinds(
    "what may happen at any time",
    {
        "go": Group(
            "what ends it at any time",
            {
                **_TOLD,
                "go": Entry(ID, "The outcome that follows; it belongs to this alone.", required=True),
            },
        ),
        "keep": Group(
            "what may happen beside it",
            {
                **_TOLD,
                "keep": Entry(YesNo(), "true: everything goes on, with the new values.", required=True),
                "steps": Entry(
                    Table("steps", ID, INNER_STEP, most=100), "What is done each time, beside the rest."
                ),
            },
        ),
    },
)
