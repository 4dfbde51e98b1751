"""A letter on the time-skipping server: its path, its clocks, and who hears of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.support.house import house, skipping_server


async def test_citizen_sees_a_letter_go_from_submission_to_closed(tmp_path: Path) -> None:
    async with skipping_server() as server, house(tmp_path, server.client) as home:
        letter = await home.submit(date(2026, 9, 30))
        assert await letter.close() == "solved"
        with home.store.reader() as reader:
            facts = [fact.fact for fact in reader.facts(letter.id)]
        assert facts == ["accepted", "assigned", "replied", "completed", "fed_back", "verdict"]
