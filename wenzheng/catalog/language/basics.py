"""Shapes that stand everywhere in the language: names, expressions, what people read."""

from __future__ import annotations

from typing import Final

from wenzheng.catalog.language.shapes import Entry, Group, Short, Text, Value

ID: Final = Text(
    "a name of letters a-z, digits and _",
    r"[A-Za-z_][A-Za-z0-9_]*",
    60,
    "Names are ASCII and begin with a letter; what people read, in Chinese or English, goes into 'name:'.",
)
EXPRESSION: Final = Value("an expression such as accepted, !solved or round + 1")
LABEL: Final = Short(
    Text("what people read", longest=200),
    Group(
        "a name in two languages",
        {
            "zh": Entry(Text("what people read in Chinese", longest=200), "In Chinese."),
            "en": Entry(Text("what people read in English", longest=200), "In English."),
        },
        least=1,
    ),
)
NAME: Final = {"name": Entry(LABEL, "What people read: a text, or {zh: …, en: …}.")}
