"""A city that keeps its letters in PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.support.house import TEXT, house, skipping_server
from tests.support.ledger import FACTS
from tests.support.postgres import PostgresServer


async def test_a_letter_goes_its_whole_way_with_its_words_and_its_log_in_postgresql(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    with postgres.database() as url:
        async with skipping_server() as server, house(tmp_path, server, database_url=url) as home:
            letter = await home.submit(datetime.now(UTC).date() + timedelta(days=2))
            assert await letter.close() == "solved"
        # Read by another store: what the house has written is in the database, not in its memory.
        with postgres.store(url) as store, store.reader() as reader:
            row = reader.petition(letter.number)
            assert row is not None
            assert (row.state, row.outcome, row.text) == ("closed", "solved", TEXT)
            facts = [fact.fact for fact in reader.facts(letter.id)]
            assert facts == list(FACTS)
            assert reader.tasks(petition_id=letter.id, open_only=True) == []
            assert [clock.stop_reason for clock in reader.clocks(letter.id)].count(None) == 0
            assert reader.voided_records(letter.instance) == []
            assert {row.template for row in reader.outbox(petition_id=letter.id)} >= {"accepted", "replied"}
