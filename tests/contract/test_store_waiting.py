"""Where letters wait: open tasks by process, element and lamp."""

from datetime import timedelta

from tests.contract.store_samples import YELLOW, first_round, flush, letter
from wenzheng.cli.main import execute
from wenzheng.settings import definitions_dir


def test_open_tasks_are_counted_where_they_wait_and_by_lamp(city, store_url, tmp_path, monkeypatch):
    with city.unit_of_work() as unit:
        unit.submit_petition(**letter())
    city.apply_flush(flush(first_round()[0]))
    with city.reader() as reader:
        (green,) = reader.waiting(now=YELLOW - timedelta(seconds=1))
        (yellow,) = reader.waiting(now=YELLOW)
    assert (green.process, green.element, green.lamp, green.count) == ("petition", "accept", "unlit", 1)
    assert (yellow.lamp, yellow.count, yellow.since) == ("yellow", 1, green.since)
    monkeypatch.setenv("WENZHENG_DATABASE_URL", store_url)
    output = tmp_path / "live.svg"
    folder = str(definitions_dir() / "petition")
    assert execute(["render", folder, "--live", "--data", str(tmp_path), "-o", str(output)]) == 0
    assert 'data-waiting="accept"' in output.read_text(encoding="utf-8")
    city.apply_flush(flush(first_round()[1]))
    with city.reader() as reader:
        assert [row.element for row in reader.waiting(now=YELLOW)] == ["assign"]
