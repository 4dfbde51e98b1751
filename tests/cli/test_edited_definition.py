"""An administrator edits the definition in the folder and starts again: right or wrong, the city goes on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.databases import with_tables
from wenzheng.bootstrap.deploying import deploy_shipped
from wenzheng.catalog.bundle import read_bundle
from wenzheng.cli.main import execute
from wenzheng.engine.findings import DefinitionRefused
from wenzheng.settings import definitions_dir
from wenzheng.store import Store, open_store
from wenzheng.workshop import remember_approval

GOOD = (definitions_dir() / "examples" / "petition-bpmn" / "petition.bpmn").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The administrator's folder, as shipped."""
    made = tmp_path / "petition"
    made.mkdir()
    (made / "petition.bpmn").write_text(GOOD, encoding="utf-8")
    shutil.copytree(definitions_dir() / "petition" / "messages", made / "messages")
    return made


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(with_tables(tmp_path / "wenzheng.db"))
    yield opened
    opened.close()


@contextmanager
def edited(folder: Path, old: str, new: str) -> Iterator[str]:
    """The folder with this edit; gives the line of the edit as findings name it."""
    assert GOOD.count(old) >= 1
    (folder / "petition.bpmn").write_text(GOOD.replace(old, new), encoding="utf-8")
    yield f"petition.bpmn:{GOOD[: GOOD.index(old)].count(chr(10)) + 1}:"
    (folder / "petition.bpmn").write_text(GOOD, encoding="utf-8")


def latest(store: Store) -> str:
    with store.reader() as reader:
        found = reader.latest_definition("petition")
    assert found is not None
    return found.digest


ROLE = 'role="department" wz:fact="drafted"', 'role="bureau" wz:fact="drafted"'
COUNT = '<wz:variable name="round"'
NEEDED = f'<wz:variable name="x" type="int" required="true"/>{COUNT}'

# The edit, and the finding it leads to.
WRONG = [
    ('exclusiveGateway id="is_solved"', 'adHocSubProcess id="is_solved"', "ad-hoc-empty [is_solved]"),
    (*ROLE, "unknown-role [reply]"),
    ('notify="centre_head"', 'notify="the_boss"', "unknown-recipient [centre]"),
    ('process id="petition"', 'process id="letters"', "petition-process"),
    ('name="kind" type="string"', 'name="kind" type="int"', "petition-start [petition]"),
    (COUNT, NEEDED, "petition-start [petition]"),
]


@pytest.mark.parametrize("wrong", WRONG)
def test_refused_edit_leaves_the_deployed_version_and_tells_who_deploys(
    store: Store, folder: Path, capsys: pytest.CaptureFixture[str], wrong: tuple[str, str, str]
) -> None:
    old, new, finding = wrong
    assert deploy_shipped(store, folder) == []
    before = latest(store)
    with edited(folder, old, new):
        assert execute(["deploy", str(folder), "--reason", "x", "--data", str(folder.parent)]) == 1
    assert latest(store) == before
    said = capsys.readouterr().err.splitlines()
    assert "refused" in said[-1]
    assert any(finding in note and note.startswith("petition.bpmn:") and "Expected" in note for note in said)


def test_refused_definition_with_none_deployed_stops_the_first_run(store: Store, folder: Path) -> None:
    with edited(folder, *ROLE), pytest.raises(DefinitionRefused, match="unknown-role"):
        deploy_shipped(store, folder)


def test_an_edited_file_changes_nothing_until_it_is_deployed(store: Store, folder: Path) -> None:
    deploy_shipped(store, folder)
    five = latest(store)
    with edited(folder, 'id="yellow" after="5"', 'id="yellow" after="3"'):
        [told] = deploy_shipped(store, folder)  # what `run` says when it starts again
        assert latest(store) == five
        assert f"wenzheng definitions diff petition {folder}" in told
        assert f"wenzheng deploy {folder}" in told
        assert execute(["deploy", str(folder), "--reason", "x", "--data", str(folder.parent)]) == 0
        assert deploy_shipped(store, folder) == []
        assert latest(store) == read_bundle(folder).digest != five
    with store.reader() as reader:
        assert reader.definition(five) is not None  # running letters are pinned to it
    assert execute(["deploy", five[:12], "--reason", "back", "--data", str(folder.parent)]) == 0
    assert latest(store) == five


def test_a_folder_of_another_name_is_no_new_definition_by_accident(
    store: Store, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deploy_shipped(store, folder)
    with edited(folder, 'id="yellow" after="5"', 'id="yellow" after="3"'):
        copy = shutil.copytree(folder, folder.parent / "mine")
    words = ["deploy", str(copy), "--reason", "x", "--data", str(folder.parent)]
    assert execute(words) == 1
    assert "--name petition" in capsys.readouterr().err
    assert execute([*words, "--name", "petition"]) == 0
    assert latest(store) == read_bundle(copy).digest


def test_versions_are_listed_shown_and_written_out_again(
    store: Store, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deploy_shipped(store, folder)
    data = ["--data", str(folder.parent)]
    assert execute(["definitions", "list", "--format", "json", *data]) == 0
    [row] = json.loads(capsys.readouterr().out)["items"]
    assert (row["name"], row["current"]["digest"], row["open_proposals"]) == ("petition", latest(store), 0)
    out = folder.parent / "out" / "petition"
    assert execute(["definitions", "show", "petition", "--out", str(out), *data]) == 0
    assert read_bundle(out).digest == latest(store)
    assert (
        execute(["definitions", "show", "petition", "--out", str(out), *data]) == 1
    )  # nothing is written over
    assert execute(["definitions", "show", "petitions", *data]) == 1
    assert execute(["definitions", "diff", str(out), *data]) == 0
    assert "No change." in capsys.readouterr().out


def test_at_a_shell_two_administrators_agree_by_their_tokens(
    store: Store, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy_shipped(store, folder)
    roles = {"clerk", "centre_head", "department", "department_head", "supervisor", "process_admin"}
    with store.unit_of_work() as unit:
        for role in roles:
            unit.save_account(id=role, name=role, role=role, unit_id=None, token=f"token-{role}")
        unit.save_account(id="second", name="二", role="process_admin", unit_id=None, token="token-second")
    remember_approval(store, needed=True)
    data = ["--data", str(folder.parent)]
    before = latest(store)
    with edited(folder, 'id="yellow" after="5"', 'id="yellow" after="3"'):
        order = ["deploy", str(folder), "--reason", "three days", *data]
        assert execute(order) == 1
        monkeypatch.setenv("WENZHENG_TOKEN", "token-clerk")
        assert execute(order) == 1
        assert capsys.readouterr().err.count("[deploy.who]") == 2
        monkeypatch.setenv("WENZHENG_TOKEN", "token-process_admin")
        assert execute(order) == 0
        assert "wenzheng definitions approve petition 1" in capsys.readouterr().out
        approve = ["definitions", "approve", "petition", "1", "--reason", "yes", *data]
        assert execute(approve) == 1
        assert "[deploy.four-eyes]" in capsys.readouterr().err
        assert latest(store) == before
        monkeypatch.setenv("WENZHENG_TOKEN", "token-second")
        assert execute(approve) == 0
        assert latest(store) == read_bundle(folder).digest


def test_validate_names_a_role_that_nobody_has(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["validate", str(folder)]) == 0
    with edited(folder, *ROLE) as line:
        assert execute(["validate", str(folder)]) == 1
    said = capsys.readouterr().out
    assert line in said
    assert "unknown-role [reply]" in said
    assert "Choose one of: author" in said
