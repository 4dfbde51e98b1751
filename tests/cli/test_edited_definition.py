"""An administrator edits the definition in the folder and starts again: right or wrong, the city goes on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from wenzheng.bootstrap.deploying import deploy_or_keep
from wenzheng.catalog.bundle import read_bundle
from wenzheng.cli.main import execute
from wenzheng.engine.findings import DefinitionRefused
from wenzheng.settings import definitions_dir
from wenzheng.store import Store, open_store

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
    opened = open_store(f"sqlite:///{tmp_path / 'wenzheng.db'}")
    opened.migrate()
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


@pytest.mark.parametrize(("old", "new", "finding"), WRONG)
def test_refused_edit_leaves_the_deployed_version_and_tells_the_operator(
    store: Store, folder: Path, old: str, new: str, finding: str
) -> None:
    assert deploy_or_keep(store, folder) == []
    before = latest(store)
    with edited(folder, old, new):
        told = deploy_or_keep(store, folder)
    assert latest(store) == before
    assert "refused" in told[0]
    assert str(folder) in told[0]
    assert any(finding in note and note.startswith("petition.bpmn:") and "Expected" in note for note in told)
    assert "wenzheng validate" in told[-1]


def test_refused_definition_with_none_deployed_stops_the_first_run(store: Store, folder: Path) -> None:
    with edited(folder, *ROLE), pytest.raises(DefinitionRefused, match="unknown-role"):
        deploy_or_keep(store, folder)


def test_three_days_instead_of_five_are_a_new_version_and_the_way_back_is_one_too(
    store: Store, folder: Path
) -> None:
    deploy_or_keep(store, folder)
    five = latest(store)
    with edited(folder, 'id="yellow" after="5"', 'id="yellow" after="3"'):
        [told] = deploy_or_keep(store, folder)
        assert str(folder) in told
        assert "new letters take it" in told
        assert deploy_or_keep(store, folder) == []
        assert latest(store) == read_bundle(folder).digest != five
    with store.reader() as reader:
        assert reader.definition(five) is not None  # running letters are pinned to it
    deploy_or_keep(store, folder)
    assert latest(store) == five


def test_validate_names_a_role_that_nobody_has(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["validate", str(folder)]) == 0
    with edited(folder, *ROLE) as line:
        assert execute(["validate", str(folder)]) == 1
    said = capsys.readouterr().out
    assert line in said
    assert "unknown-role [reply]" in said
    assert "Choose one of: author" in said
