"""Units and accounts."""

import pytest
from sqlalchemy import text

from wenzheng.store import Conflict, NotFound, StoreError


def test_units_may_come_children_first_and_keep_their_order(store):
    with store.unit_of_work() as unit:
        unit.save_units(
            [
                ("pipes", "water", "section", "管网科", "Pipes"),
                ("water", None, "department", "水务局", "Water"),
            ]
        )
    with store.reader() as reader:
        assert [u.id for u in reader.units()] == ["pipes", "water"]
        assert reader.unit("pipes").parent_id == "water"
        assert reader.unit("nobody") is None


def test_saving_a_unit_again_changes_it(city):
    with city.unit_of_work() as unit:
        unit.save_units([("water", "city", "department", "水利局", "Waters")])
    with city.reader() as reader:
        assert reader.unit("water").name_zh == "水利局"
        assert len(reader.units()) == 7


def test_a_unit_below_an_unknown_one_is_refused(store):
    with pytest.raises(NotFound, match="'nowhere'"), store.unit_of_work() as unit:
        unit.save_units([("a", "nowhere", "section", "甲", "A")])


@pytest.mark.parametrize("parents", [{"a": "b", "b": "a"}, {"a": "a"}])
def test_units_above_themselves_are_refused(store, parents):
    units = [(child, parent, "section", child, child) for child, parent in parents.items()]
    with pytest.raises(StoreError, match="above themselves"), store.unit_of_work() as unit:
        unit.save_units(units)


def test_a_clerk_is_known_by_token_and_the_token_is_not_kept(city):
    with city.unit_of_work() as unit:
        unit.save_account(id="li", name="李明", role="clerk", unit_id="centre", token="s3cret-token")
    with city.reader() as reader:
        account = reader.account_by_token("s3cret-token")
        assert (account.id, account.name, account.role, account.unit_id) == ("li", "李明", "clerk", "centre")
        assert reader.account_by_token("another") is None
        assert reader.account("li") == account
        kept = reader.session.execute(text("SELECT * FROM accounts")).all()
    assert "s3cret" not in str(kept)


def test_a_new_token_ends_the_old_one_and_no_token_keeps_it(city):
    with city.unit_of_work() as unit:
        unit.save_account(id="li", name="李明", role="clerk", unit_id="centre", token="one")
        unit.save_account(id="li", name="李明", role="centre_head", unit_id="centre")
        assert unit.account_by_token("one").role == "centre_head"
        unit.save_account(id="li", name="李明", role="centre_head", unit_id="centre", token="two")
        assert unit.account_by_token("one") is None


def test_two_people_never_share_a_token(city):
    with city.unit_of_work() as unit:
        unit.save_account(id="li", name="李明", role="clerk", token="one")
    with pytest.raises(Conflict), city.unit_of_work() as unit:
        unit.save_account(id="zhao", name="赵强", role="clerk", token="one")


def test_an_account_of_an_unknown_unit_is_refused(store):
    with pytest.raises(NotFound, match="nowhere"), store.unit_of_work() as unit:
        unit.save_account(id="li", name="李明", role="clerk", unit_id="nowhere", token="x")
