"""The demo's script: letters that an administrator can read, and that can be lived."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from activities.services import contracts
from wenzheng.bootstrap.city import PETITION, clocks_at_start
from wenzheng.calendars.china import china
from wenzheng.catalog.bundle import read_bundle
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.demo.load import City, plan
from wenzheng.demo.script import ScriptRefused, Story, moments, read_stories
from wenzheng.petitions.kinds import Kind
from wenzheng.petitions.organisation import read_organisation
from wenzheng.settings import definitions_dir

STORIES = read_stories(definitions_dir() / "demo")
# A Monday, a Sunday in a holiday of a week, and just after midnight.
DAYS = [
    datetime(2026, 11, 23, 8, tzinfo=UTC),
    datetime(2026, 10, 4, 12, tzinfo=UTC),
    datetime(2026, 11, 23, 16, 0, 1, tzinfo=UTC),
]


@pytest.fixture(scope="module")
def city() -> City:
    bundle = read_bundle(definitions_dir() / PETITION)
    definition = compile_bundle(bundle.digest, bundle.files, contracts())
    organisation = read_organisation((definitions_dir() / "organisation.yaml").read_text(encoding="utf-8"))

    def clocks(received_on: date) -> list[dict[str, Any]]:
        return clocks_at_start(definition.processes[PETITION], china(), received_on)

    return City(definition, china(), organisation, PETITION, clocks)


def test_there_are_forty_letters_of_all_kinds_and_many_channels() -> None:
    assert len(STORIES) == 40
    assert {story.kind for story in STORIES} == set(Kind)
    assert len({story.channel for story in STORIES}) >= 7
    assert len({story.text for story in STORIES}) == len({story.title for story in STORIES}) == 40
    assert Counter(story.public for story in STORIES)[False] >= 3


def test_nobody_real_can_be_reached() -> None:
    contacts = [story.contact for story in STORIES if story.contact]
    assert len(set(contacts)) == len(contacts)
    # No Chinese number begins with 100 and goes on for eleven digits; example.org is reserved (RFC 2606).
    assert all(re.fullmatch(r"100\d{8}|[\w.]+@example\.org", contact) for contact in contacts)


@pytest.mark.parametrize("now", DAYS, ids=str)
def test_every_past_can_be_lived_on_whatever_day_the_demo_begins(city: City, now: datetime) -> None:
    for story in STORIES:
        times = list(moments(story, city.calendar, now))
        assert all(before < after for before, after in pairwise([*times, now])), story.id
        assert plan(city, story, now).live().state


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"do": "praise"}, "expected a task or 'withdrawn', found 'praise'"),
        ({"do": "reply"}, "to be open, found it is not"),
        ({"text": "谢谢"}, "has no field for the text"),
        ({"fields": {"accepted": "perhaps"}}, "accepted"),
    ],
)
def test_act_that_is_not_possible_is_named_with_its_letter(
    city: City, change: dict[str, Any], words: str
) -> None:
    act: dict[str, Any] = {"do": "accept", "day": 0, "at": "09:00"} | change
    story = {"id": "lamp", "title": "路灯", "text": "坏了", "kind": "help", "channel": "web", "public": True}
    read = Story.model_validate(story | {"received": 3, "at": "08:00", "acts": [act]})
    with pytest.raises(ScriptRefused, match=r"letter 'lamp' of the demo: ") as refused:
        plan(city, read, DAYS[0]).live()
    assert words in str(refused.value)


NINE = '"09:00"'
GOOD = f"{{id: a, title: b, text: c, kind: help, channel: web, public: true, received: 1, at: {NINE}}}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- {id: a, titel: b}", "titel"),
        ("- {id: a", "expected ',' or '}'"),
        ("[]", "no letter at all"),
        (f"- {GOOD}\n- {GOOD}", "a twice"),
        (f"- {GOOD.replace(NINE, '10:00')}", "at"),  # YAML 1.1 reads 600
    ],
)
def test_script_that_cannot_be_read_names_file_and_place(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "letters.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ScriptRefused) as refused:
        read_stories(tmp_path)
    assert words in str(refused.value)
    assert str(tmp_path) in str(refused.value)


def test_what_lies_later_today_has_happened_in_the_minutes_before() -> None:
    early = china().instant(date(2026, 11, 23), "00:03")
    story = next(story for story in STORIES if story.id == "gas-smell-market")
    today = story.model_copy(update={"received": 0})
    times = list(moments(today, china(), early))
    assert times[-1] == early - timedelta(minutes=1)
    assert times[0] == early - timedelta(minutes=len(times))
