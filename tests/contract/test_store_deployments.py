"""Definitions and calendars by digest."""

import pytest

from tests.contract.store_samples import day
from wenzheng.store import Conflict

FILES = {"petition.bpmn": "<来信/>".encode(), "forms/reply.yaml": b"\x00\xff"}


def test_a_bundle_comes_back_byte_for_byte(store):
    with store.unit_of_work() as unit:
        unit.save_definition(digest="a", name="petition", files=FILES, at=day(0))
    with store.reader() as reader:
        found = reader.definition("a")
        assert (found.name, found.files, found.deployed_at) == ("petition", FILES, day(0))
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
