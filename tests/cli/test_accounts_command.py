"""`wenzheng accounts …`: an operator runs the people of a city without touching the database."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.support.databases import with_tables
from wenzheng import passwords
from wenzheng.accounts import save_first_accounts
from wenzheng.cli.main import app, execute
from wenzheng.petitions.organisation import read_organisation
from wenzheng.settings import Settings, definitions_dir
from wenzheng.store import open_store

Shell = Callable[..., Result]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder as the first run leaves it; the first passwords cost time and are all the same here."""
    organisation = read_organisation((definitions_dir() / "organisation.yaml").read_text(encoding="utf-8"))
    settings = Settings(data_dir=tmp_path)
    store = open_store(with_tables(tmp_path / "wenzheng.db"))
    one = passwords.hashed("first-password")
    with monkeypatch.context() as quick:
        quick.setattr(passwords, "hashed", lambda _password: one)
        with store.unit_of_work() as unit:
            unit.save_units(organisation.rows())
        save_first_accounts(store, organisation, settings, password="first-password")
    store.close()
    monkeypatch.setenv("WENZHENG_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def shell(data: Path) -> Shell:
    def run(*words: str, stdin: str = "", code: int = 0) -> Result:
        result = CliRunner().invoke(app, ["accounts", *words], input=stdin)
        assert result.exit_code == code, (result.output, result.exception)
        return result

    return run


def listed(shell: Shell) -> dict[str, dict[str, Any]]:
    accounts = json.loads(shell("list", "--format", "json").stdout)["accounts"]
    return {account["id"]: account for account in accounts}


def fits(data: Path, account: str, password: str) -> bool:
    store = open_store(Settings(data_dir=data).database_url)
    with store.reader() as reader:
        kept = reader.password_hash(account)
    store.close()
    return passwords.verified(password, kept)


def test_all_accounts_are_listed(shell: Shell) -> None:
    text = shell("list").stdout
    assert "department_housing" in text
    assert "市住房和城乡建设局经办人" in text
    clerk = listed(shell)["clerk"]
    assert (clerk["role"], clerk["unit"], clerk["password"], clerk["disabled_at"]) == (
        "clerk",
        "centre",
        True,
        None,
    )
    assert "argon2" not in text + str(clerk)


def test_a_new_clerk_gets_a_password_from_a_pipe(shell: Shell, data: Path) -> None:
    shell("add", "wang", "--name", "王芳", "--role", "clerk", stdin="vier-alte-Bäume\n")
    assert listed(shell)["wang"]["unit"] == "centre"
    assert fits(data, "wang", "vier-alte-Bäume")


def test_a_made_up_password_is_printed_once(shell: Shell, data: Path) -> None:
    words = ("add", "li", "--name", "李", "--role", "department", "--unit", "housing_property", "--make-up")
    answer = json.loads(shell(*words, "--format", "json").stdout)
    assert fits(data, "li", answer["made_up_password"])
    assert answer["made_up_password"] not in shell("list").stdout
    fresh = shell("password", "li", "--make-up").stdout
    assert not fits(data, "li", answer["made_up_password"])
    assert fits(data, "li", fresh.split("password is ")[1].split(";")[0])


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("Wang", "--role", "clerk"), "small letters"),
        (("clerk", "--role", "clerk"), "taken"),
        (("w", "--role", "department"), "housing"),
        (("w", "--role", "department", "--unit", "centre"), "transport"),
        (("w", "--role", "supervisor", "--unit", "nowhere"), "supervision_party"),
        (("w", "--role", "operator", "--unit", "centre"), "no unit"),
        (("w", "--role", "author"), "citizens need no account"),
    ],
)
def test_an_account_that_cannot_be_is_explained_and_not_added(
    shell: Shell, words: tuple[str, ...], why: str
) -> None:
    before = listed(shell)
    result = shell("add", *words, "--name", "王", stdin="vier-alte-Bäume\n", code=1)
    assert why in str(result.exception)
    assert listed(shell) == before


def test_a_short_password_is_refused_in_one_line_without_showing_it(
    shell: Shell, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = shell("password", "clerk", stdin="kurz-hier\n", code=1)
    assert "at least 12" in str(result.exception)
    assert "kurz-hier" not in str(result.exception)
    assert fits(data, "clerk", "first-password")
    assert execute(["accounts", "password", "nobody", "--make-up"]) == 1
    assert "accounts list" in capsys.readouterr().err


def test_a_new_password_is_no_longer_the_first_one_of_the_file(shell: Shell, data: Path) -> None:
    shell("password", "clerk", stdin="vier-alte-Bäume\n")
    first = json.loads((data / "passwords.json").read_text(encoding="utf-8"))
    assert "clerk" not in first
    assert first["operator"] == "first-password"
    assert (data / "passwords.json").stat().st_mode & 0o777 == 0o600


def test_disabled_and_enabled_again(shell: Shell) -> None:
    shell("disable", "leader")
    assert listed(shell)["leader"]["disabled_at"]
    assert "disabled since" in shell("list").stdout
    shell("enable", "leader")
    assert listed(shell)["leader"]["disabled_at"] is None
    assert "nobody" in str(shell("disable", "nobody", code=1).exception)


def test_a_contact_is_a_mail_address_a_phone_or_nothing(shell: Shell) -> None:
    shell("contact", "leader", "139 1234 5678")
    assert listed(shell)["leader"]["contact"] == "13912345678"
    shell("contact", "leader", "leader@example.cn")
    assert listed(shell)["leader"]["contact"] == "leader@example.cn"
    assert "mail address" in str(shell("contact", "leader", "somewhere", code=1).exception)
    shell("contact", "leader", "")
    assert listed(shell)["leader"]["contact"] is None


def test_before_the_first_run_there_is_nothing_to_list(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["accounts", "list", "--data", str(tmp_path / "new")]) == 1
    assert "migrate-db" in capsys.readouterr().err
