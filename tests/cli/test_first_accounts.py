"""The accounts a new data folder begins with: who can sign in, and what stands in files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.databases import with_tables
from wenzheng import passwords
from wenzheng.accounts import DEMO_PASSWORD, first_accounts, save_first_accounts
from wenzheng.cli.sign_in_hint import how_to_sign_in
from wenzheng.petitions.organisation import read_organisation
from wenzheng.settings import Settings, definitions_dir
from wenzheng.store import Store, open_store

ORGANISATION = read_organisation((definitions_dir() / "organisation.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    store = open_store(with_tables(settings.data_dir / "wenzheng.db"))
    with store.unit_of_work() as unit:
        unit.save_units(ORGANISATION.rows())
    yield store
    store.close()


def fits(store: Store, account: str, password: str) -> bool:
    with store.reader() as reader:
        return passwords.verified(password, reader.password_hash(account))


def test_every_first_account_has_a_readable_password_that_only_the_owner_can_read(
    store: Store, settings: Settings
) -> None:
    save_first_accounts(store, ORGANISATION, settings)
    written = json.loads(settings.passwords_file.read_text(encoding="utf-8"))
    assert list(written) == [account for account, *_ in first_accounts(ORGANISATION)]
    assert len(set(written.values())) == len(written)
    assert all(re.fullmatch(r"([a-z2-9]{4}-){3}[a-z2-9]{4}", password) for password in written.values())
    for file in (settings.passwords_file, settings.tokens_file):
        assert file.stat().st_mode & 0o777 == 0o600
    assert fits(store, "clerk", written["clerk"])
    assert not fits(store, "clerk", written["operator"])
    with store.reader() as reader:
        kept = reader.session.connection().exec_driver_sql("SELECT * FROM accounts").all()
        assert not reader.without_password()
    assert written["clerk"] not in str(kept)


def test_running_again_changes_nothing_and_no_changed_password_comes_back(
    store: Store, settings: Settings
) -> None:
    save_first_accounts(store, ORGANISATION, settings)
    with store.unit_of_work() as unit:
        unit.set_password("clerk", passwords.hashed("another-one-now"))
    before = settings.passwords_file.read_bytes(), settings.tokens_file.read_bytes()
    save_first_accounts(store, ORGANISATION, settings)
    settings.passwords_file.unlink()
    save_first_accounts(store, ORGANISATION, settings)
    assert not settings.passwords_file.exists()
    assert settings.tokens_file.read_bytes() == before[1]
    assert fits(store, "clerk", "another-one-now")
    assert how_to_sign_in(settings, "http://127.0.0.1:8080") is None


def test_a_kill_between_file_and_store_is_made_good_by_the_next_run(store: Store, settings: Settings) -> None:
    save_first_accounts(store, ORGANISATION, settings)
    written = json.loads(settings.passwords_file.read_text(encoding="utf-8"))
    with store.unit_of_work() as unit:
        unit.session.connection().exec_driver_sql(
            "UPDATE accounts SET password_hash = NULL WHERE id = 'clerk'"
        )
    save_first_accounts(store, ORGANISATION, settings)
    assert json.loads(settings.passwords_file.read_text(encoding="utf-8")) == written
    assert fits(store, "clerk", written["clerk"])


def test_accounts_of_an_older_version_get_passwords_and_keep_what_they_are(
    store: Store, settings: Settings
) -> None:
    save_first_accounts(store, ORGANISATION, settings)
    settings.passwords_file.unlink()
    with store.unit_of_work() as unit:
        unit.save_account(id="clerk", name="王芳", role="centre_head", unit_id="centre")
        unit.session.connection().exec_driver_sql("UPDATE accounts SET password_hash = NULL")
    save_first_accounts(store, ORGANISATION, settings)
    written = json.loads(settings.passwords_file.read_text(encoding="utf-8"))
    assert fits(store, "clerk", written["clerk"])
    with store.reader() as reader:
        clerk = reader.account("clerk")
    assert clerk is not None
    assert (clerk.name, clerk.role) == ("王芳", "centre_head")


def test_a_demo_has_one_known_password_and_run_says_how_to_sign_in(store: Store, settings: Settings) -> None:
    save_first_accounts(store, ORGANISATION, settings, password=DEMO_PASSWORD)
    assert fits(store, "leader", DEMO_PASSWORD)
    hint = how_to_sign_in(settings, "http://127.0.0.1:8080") or ""
    assert "http://127.0.0.1:8080/sign-in" in hint
    assert f"everybody's password is {DEMO_PASSWORD}" in hint
    shown = [line.split()[0] for line in hint.splitlines()[1:]]
    assert set(shown) <= {account for account, *_ in first_accounts(ORGANISATION)}
    assert {"clerk", "leader"} < set(shown)
