"""What begins by the calendar, at the pages: looked at, paused with a reason, resumed, and not waited for."""

from __future__ import annotations

from typing import Final

import httpx2
import pytest

from tests.e2e.conftest import Meet
from tests.e2e.houses import House
from tests.e2e.person import Way

WAYS: Final = [Way("zh", 390), Way("en", 1280, scripts=False)]
TEXT: Final = """language: 1
process: inspection
start:
  year_begins: {zh: 每年检查, en: The yearly inspection, schedule: {every: year, working_day: 1, at: "09:00"}}
data: {occasion: text}
steps:
  inspect:
    name: {zh: 检查, en: Inspect}
    by: supervisor
    go: done
outcomes:
  done: {zh: 已检查, en: Inspected}
"""
REASONS: Final = {"zh": "机关搬迁", "en": "The offices move"}


def deployed(city: House, name: str) -> None:
    """An inspection that begins each year, put in force while the city runs."""
    head = {"Authorization": f"Bearer {city.tokens['process_admin']}"}
    wish = {"files": {"inspection.yaml": f"# {name}\n{TEXT}"}, "reason": "x", "expected": None}
    url = f"{city.url}/api/definitions/{name}/deployments"
    httpx2.post(url, json=wish, headers=head, trust_env=False).raise_for_status()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_a_schedule_is_paused_resumed_and_run_at_its_page(city: House, meet: Meet, way: Way) -> None:
    t, name = way.t, f"inspection_{way.language}"
    deployed(city, name)
    path = f"/schedules/{name}/inspection/year_begins"
    technical = [*REASONS.values(), name, "x", "inspection-"]
    me = meet(city, way)
    me.sign_in("operator")
    me.open("/schedules")
    me.look("schedules", [*technical, "inspection_zh", "inspection_en"])
    me.click(me.page.locator(f"main a[href='{path}']"))
    me.sees("每年检查" if way.language == "zh" else "The yearly inspection")
    me.look("schedule", technical)
    me.press(t("schedule.pause"))
    me.has_error("reason")
    me.look("schedule-errors", technical)
    me.fill(reason=REASONS[way.language])
    me.press(t("schedule.pause"))
    me.sees(t("schedule.done.pause"), REASONS[way.language])
    me.look("schedule-paused", technical)
    me.fill(reason=REASONS[way.language])
    me.press(t("schedule.resume"))
    me.sees(t("schedule.done.resume"))
    begun = me.value("period")
    me.fill(reason=REASONS[way.language], period="1999")
    me.press(t("schedule.run"))
    me.has_error("period")
    me.fill(period=begun)
    me.press(t("schedule.run"))
    me.sees(t("schedule.done.run"), t("schedule.cause.by_hand"))
    me.wait_for(path, f"td:has-text('inspection-{begun}-')")
    [instance] = me.page.locator("td:has-text('inspection-')").all_inner_texts()
    me.look("schedule-run", [*technical, instance])
