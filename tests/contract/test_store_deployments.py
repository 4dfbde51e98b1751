"""Definitions and calendars by digest."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.contract.store_samples import day
from wenzheng.store import Conflict

FILES = {"petition.bpmn": "<来信/>".encode(), "forms/reply.yaml": b"\x00\xff"}


def test_a_bundle_comes_back_byte_for_byte(store):
    with store.unit_of_work() as unit:
        unit.save_definition(digest="a", name="petition", files=FILES, at=day(0))
    with store.reader() as reader:
        found = reader.definition("a")
        assert (found.name, found.files, found.saved_at) == ("petition", FILES, day(0))
        assert reader.definition("b") is None
        assert reader.latest_definition("forum") is None


def test_the_latest_definition_is_the_one_deployed_last(store):
    with store.unit_of_work() as unit:
        unit.save_definition(digest="b", name="petition", files=FILES, at=day(0))
        unit.save_definition(digest="a", name="petition", files={}, at=day(1))
        unit.save_definition(digest="z", name="forum", files={}, at=day(9))
        assert unit.latest_definition("petition").digest == "a"
        unit.save_definition(digest="b", name="petition", files=FILES, at=day(2))
        assert unit.latest_definition("petition").digest == "b", (
            "going back to an old version deploys it again"
        )


def test_a_digest_names_one_content_for_ever(store):
    with store.unit_of_work() as unit:
        unit.save_definition(digest="a", name="petition", files=FILES, at=day(0))
        unit.save_calendar(digest="a", id="cn", document={"x": 1}, at=day(0))
    with pytest.raises(Conflict), store.unit_of_work() as unit:
        unit.save_definition(digest="a", name="petition", files=FILES | {"new": b""}, at=day(1))
    with pytest.raises(Conflict), store.unit_of_work() as unit:
        unit.save_calendar(digest="a", id="cn", document={"x": True}, at=day(1))


def test_calendars_are_kept_by_version(store):
    with store.unit_of_work() as unit:
        unit.save_calendar(digest="a", id="cn", document={"zone": "Asia/Shanghai"}, at=day(0))
        unit.save_calendar(digest="b", id="cn", document={"zone": "Asia/Urumqi"}, at=day(1))
    with store.reader() as reader:
        assert reader.calendar("a").document == {"zone": "Asia/Shanghai"}
        assert reader.latest_calendar("cn").digest == "b"
        assert reader.calendar("c") is None
        assert reader.latest_calendar("us") is None


def test_the_version_in_force_is_the_one_taken_last_whatever_the_clock_said(store):
    with store.unit_of_work() as unit:
        for digest, at in (("a", day(5)), ("b", day(1)), ("a", day(0))):
            unit.save_calendar(digest=digest, id="cn", document={"of": digest}, at=at)
            assert unit.calendar_in_force("cn") == unit.latest_calendar("cn").digest == digest
        unit.save_calendar(digest="c", id="de", document={}, at=day(9))
    with store.reader() as reader:
        assert [(change.number, change.digest) for change in reader.calendar_changes("cn")] == [
            (3, "a"),
            (2, "b"),
            (1, "a"),
        ]
        assert reader.calendar_ids() == ["cn", "de"]
        assert reader.calendar_in_force("fr") is None
        assert reader.calendar("a").saved_at == day(5)


def test_a_version_says_who_put_it_in_force_and_why(store):
    data = {"notice": {"number": "国办发明电〔2026〕9号"}, "days": []}
    with store.unit_of_work() as unit:
        unit.save_calendar(
            digest="a", id="cn", document={}, at=day(0), kind="notice", by="admin", reason="通知", data=data
        )
    with store.reader() as reader:
        (change,) = reader.calendar_changes("cn")
    assert (change.kind, change.by, change.reason, change.data, change.at) == (
        "notice",
        "admin",
        "通知",
        data,
        day(0),
    )


def test_of_two_who_take_a_version_at_once_the_second_waits_and_comes_after(store):
    # Whoever decides by the version in force must find it unchanged when it writes.
    def take(name):
        with store.unit_of_work() as unit:
            unit.hold_calendars()
            before = unit.calendar_in_force("cn")
            document = {"of": name, "after": before}
            unit.save_calendar(digest=name, id="cn", document=document, at=day(0))
            return before

    with ThreadPoolExecutor(4) as threads:
        before = list(threads.map(take, "abcd"))
    with store.reader() as reader:
        order = [change.digest for change in reader.calendar_changes("cn")][::-1]
    assert len(order) == 4
    assert [before["abcd".index(name)] for name in order] == [None, *order[:-1]]
