"""A session of the forum at its pages: editor, unit and supervision, each with a browser."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from tests.e2e.conftest import Meet
from tests.e2e.houses import House
from tests.e2e.person import Person, Way
from tests.e2e.words import FORUM_WORDS
from wenzheng.bootstrap.city import FORUM, latest_calendar
from wenzheng.store import open_store

WAYS = [Way("zh", 390), Way("en", 1280)]
SUPERVISOR = "supervisor_supervision_party"


def session_of_today(city: House, title: str) -> str:
    """A session that is held on the day on which it is opened, which no page would open."""
    with contextlib.closing(open_store(f"sqlite:///{city.data / 'wenzheng.db'}")) as store:
        calendar, now = latest_calendar(store), datetime.now(UTC)
        day = calendar.today(now)
        with store.unit_of_work() as unit:
            definition = unit.latest_definition(FORUM)
            assert definition is not None
            return unit.open_forum_session(
                session_id=title,
                act_id=f"open-{title}",
                title=title,
                session_on=day,
                opened_by="clerk",
                opened_at=now,
                definition=definition.digest,
                calendar=calendar.version,
                start={"process": FORUM, "variables": {"session_id": title, "session_on": day.isoformat()}},
            ).number


def does(city: House, account: str, number: str, step: str, **data: Any) -> None:
    """A step over the API; the ones that are the same at every page are not filled in by hand."""
    for _ in range(600):
        answer = httpx2.post(
            f"{city.url}/api/forum/{number}/tasks/{step}",
            json={"data": data},
            headers={"Authorization": f"Bearer {city.tokens[account]}"},
            trust_env=False,
        )
        if answer.status_code == 200:
            return
        assert answer.json()["code"] in {"not-open", "not-started", "try-again"}, answer.text


def at_step(me: Person, number: str, step: str) -> None:
    me.wait_for(f"/desk/forum/{number}", f"form[action$='/{step}']")


def complete(me: Person, step: str) -> None:
    form = me.page.locator(f"form[action$='/{step}']")
    me.click(form.get_by_role("button"))
    me.page.locator(".govuk-notification-banner--success").wait_for()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_a_session_is_prepared_held_and_handed_over_at_its_pages(city: House, meet: Meet, way: Way) -> None:
    say, t = FORUM_WORDS[way.language], way.t
    number = session_of_today(city, say["title"])
    editor = meet(city, way)
    editor.sign_in("clerk")
    editor.open("/desk/forum", "forum")
    editor.wait_for("/desk", f"table a[href='/desk/forum/{number}']")  # beside the letters
    editor.look("tasks-with-the-forum")
    editor.follow(say["title"])
    at_step(editor, number, "topic_vote")
    editor.look("session-vote")
    editor.fill(topic_vote__topic=say["topic"])
    complete(editor, "topic_vote")
    at_step(editor, number, "plan")
    editor.click(editor.page.locator("form[action$='/plan']").get_by_role("button"))
    editor.has_error("plan-guest")
    editor.look("session-plan-errors")
    editor.select("plan-guest", "mayor")
    editor.choose("plan-units", "housing")
    complete(editor, "plan")
    does(city, "leader", number, "approve_plan", plan_approved=True)
    does(city, "clerk", number, "announce", notice_text=say["topic"])
    unit = meet(city, way)
    unit.sign_in("department_housing")
    unit.wait_for("/desk", f"table a[href='/desk/forum/{number}']")
    at_step(unit, number, "prepare_material")
    unit.look("session-material")
    complete(unit, "prepare_material")
    does(city, "clerk", number, "collect", questions=say["topic"], asked_by=40)
    does(city, "clerk", number, "brief", brief_text=say["topic"])
    does(city, "leader", number, "approve_brief", brief_approved=True)
    does(city, "clerk", number, "live", asked_live=18, answered_live=17)
    at_step(editor, number, "transcript")
    editor.choose("transcript-open_matters", "yes")
    complete(editor, "transcript")
    supervisor = meet(city, way)
    supervisor.sign_in(SUPERVISOR)
    at_step(supervisor, number, "dispatch")
    supervisor.fill(dispatch__matter_text=say["matter"])
    supervisor.choose("dispatch-matter_kind", "promised")
    supervisor.select("dispatch-matter_unit", "housing")
    supervisor.choose("dispatch-more_matters", "no")
    supervisor.click(supervisor.page.locator("form[action$='/dispatch']").get_by_role("button"))
    supervisor.has_error("dispatch-promised_by")
    supervisor.look("session-promise-without-a-day")
    for part, value in {"year": "2030", "month": "9", "day": "30"}.items():
        supervisor.page.locator(f"input[name='dispatch-promised_by-{part}']").fill(value)
    complete(supervisor, "dispatch")
    supervisor.wait_for(f"/desk/forum/{number}", "a[href^='/desk/letters/']")
    supervisor.look("session-supervision")
    supervisor.sees(say["matter"].splitlines()[0], t("matter.promised"))
    complete(supervisor, "supervise")
    supervisor.open("/desk/forum")
    supervisor.sees(t("forum.stage.dispatched"))
