"""The words of the language, version 1: the one source of the checker, the schema and the reference page."""

from __future__ import annotations

from typing import Final

from wenzheng.calendars.overlays import NAME as CALENDAR_NAME
from wenzheng.catalog.language.basics import ID, LABEL, NAME
from wenzheng.catalog.language.deadline_grammar import DEADLINE, PROCEDURE_DEADLINE
from wenzheng.catalog.language.shapes import Entry, Group, Items, JsonSchema, Short, Table, Text, Whole
from wenzheng.catalog.language.step_grammar import ANYTIME, DATA, FORM, SCHEDULE, STEP
from wenzheng.engine.extensions import MAX_VARIABLES

VERSION: Final = 1
MAX_STEPS: Final = 400

START: Final = Short(
    Text("what people read", longest=200),
    Group(
        "the beginning",
        {
            "zh": Entry(Text("what people read in Chinese", longest=200), "In Chinese."),
            "en": Entry(Text("what people read in English", longest=200), "In English."),
            "message": Entry(
                ID, "The message that begins it; what it carries becomes the data of its names."
            ),
            "schedule": Entry(SCHEDULE, "When it begins by itself, once in each day, week, month …"),
        },
        least=1,
    ),
)
ROLE: Final = Short(
    Text("what people read", longest=200),
    Group(
        "a role",
        {
            "zh": Entry(Text("what people read in Chinese", longest=200), "In Chinese."),
            "en": Entry(Text("what people read in English", longest=200), "In English."),
            "any_of": Entry(
                Items("roles", ID, least=1, most=10),
                "The roles that it stands for: each of them may do it, and each is told.",
            ),
        },
        least=1,
    ),
)
PROCEDURE: Final = Group(
    "a procedure",
    {
        **NAME,
        "deadlines": Entry(
            Table("deadlines", ID, PROCEDURE_DEADLINE, most=20),
            "What is counted each time it is done, for each unit by itself.",
        ),
        "steps": Entry(
            Table("steps", ID, STEP, most=100),
            "What is done, in order; its own name leads to its end.",
            required=True,
        ),
    },
)
_IMPORT: Final = {
    "import": Entry(
        Items(
            "files",
            Text(
                "a file of the folder, such as shared/forms.yaml",
                r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*\.yaml",
                200,
                "Name a fragment of this folder by its path in it, with '/' and without '..'.",
            ),
            most=50,
        ),
        "Fragments of this folder; what they name can be used as if it stood here.",
    )
}
REUSED: Final = {
    "roles": Entry(
        Table("roles", ID, ROLE, most=50), "What roles are called here, and groups of several roles."
    ),
    "data": Entry(Table("data", ID, DATA, most=MAX_VARIABLES), "What is known of a letter while it runs."),
    "forms": Entry(Table("forms", ID, FORM, most=100), "Forms by name, for the `form` of several steps."),
    "deadlines": Entry(
        Table("deadlines", ID, DEADLINE, most=100), "What is counted, in working days unless said."
    ),
    "procedures": Entry(
        Table("procedures", ID, PROCEDURE, most=100), "Steps that are done in several places, with `do`."
    ),
    "outcomes": Entry(Table("outcomes", ID, LABEL, most=100), "How it can end."),
    "anytime": Entry(
        Table("events", ID, ANYTIME, most=10), "What can end it, or happen beside it, at any time."
    ),
}
"""What a definition can take over from a fragment."""
FRAGMENT: Final = Group(
    "a fragment",
    {
        "language": Entry(Whole(VERSION, VERSION), "The version of this language: 1.", required=True),
        "fragment": Entry(
            ID,
            "What it is called; it makes the file a fragment, which runs only where imported.",
            required=True,
        ),
        **NAME,
        **_IMPORT,
        **REUSED,
    },
)
DEFINITION: Final = Group(
    "a definition",
    {
        "language": Entry(Whole(VERSION, VERSION), "The version of this language: 1.", required=True),
        "process": Entry(ID, "The name of the process; programs know it by this.", required=True),
        **NAME,
        **_IMPORT,
        "calendar": Entry(
            Text(
                "the name of a calendar, such as cn or de",
                CALENDAR_NAME.pattern,
                40,
                "Name it in small letters; leave the line out for the city's.",
            ),
            "The calendar that its days are counted by: `cn`, another country such as `de`, or one that the "
            "city has set up for a region or an office; the city's unless said.",
        ),
        **{name: REUSED[name] for name in ("roles", "data")},
        "start": Entry(
            Table("the start", ID, START, most=1), "The name of the beginning; `start` unless said."
        ),
        **{name: REUSED[name] for name in ("forms", "deadlines")},
        "steps": Entry(Table("steps", ID, STEP, most=MAX_STEPS), "What is done, in order.", required=True),
        **{name: REUSED[name] for name in ("procedures", "outcomes", "anytime")},
    },
)


def schema() -> JsonSchema:
    """The JSON Schema of a definition."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Wenzheng definition language, version {VERSION}",
        "anyOf": [DEFINITION.schema(), FRAGMENT.schema()],
    }
