"""Whether a data folder is one of the demo."""

from __future__ import annotations

from typing import Final

from wenzheng.store import Store

DEMO: Final = "demo"
"""The property {"now": instant, "complete": bool} of a database that holds the demo; also the folder of
its script among the definitions."""


class DemoRefused(Exception):
    """The demo does not belong into this data folder; the text says why and what to do."""


def is_demo(store: Store, *, asked: bool) -> bool:
    """Whether this is a data folder of the demo, or becomes one because it is asked for.

    Raises DemoRefused when it is asked for in a folder with other letters.
    """
    with store.reader() as reader:
        demo, latest = reader.property(DEMO), reader.latest_moment()
    if asked and demo is None and latest is not None:
        raise DemoRefused(
            "this data folder has letters of its own, and the demo is for an empty one; "
            "leave --demo out, or choose a new folder with --data"
        )
    return asked or demo is not None


def is_complete(store: Store) -> bool:
    """Whether all letters of the demo are filed."""
    with store.reader() as reader:
        demo = reader.property(DEMO)
    return demo is not None and bool(demo["complete"])
