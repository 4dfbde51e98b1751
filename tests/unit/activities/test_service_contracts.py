"""Every activity has its contract, its test and its page, and definitions are held to the contract."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

import pytest

from activities import services
from tests.support.bpmn import SERVICES, compiled, findings_of
from wenzheng.engine import vocabulary as words
from wenzheng.engine.services import ServiceContract, ServiceInput

ROOT = Path(__file__).resolve().parents[3]
HOW_TO = ROOT / "docs" / "how-to" / "add-an-activity.md"


def names_in(root: Path) -> list[str]:
    """The services of a checkout, by their files."""
    found = (root / "activities" / "services").glob("*.py")
    return sorted(path.stem for path in found if path.stem != "__init__")


def missing(root: Path) -> list[str]:
    """The tests and pages that services of a checkout should have and do not."""
    wanted = [
        place.format(name)
        for name in names_in(root)
        for place in ("tests/unit/activities/test_{}.py", "docs/reference/services/{}.md")
    ]
    return [place for place in wanted if not (root / place).is_file()]


def test_every_service_has_its_test_and_its_page() -> None:
    assert missing(ROOT) == []


def test_a_service_is_called_like_its_file() -> None:
    assert sorted(services.contracts()) == names_in(ROOT)


@pytest.mark.parametrize("contract", services.contracts().values(), ids=lambda contract: contract.name)
def test_the_page_names_every_input_value_and_output(contract: ServiceContract) -> None:
    page = (ROOT / f"docs/reference/services/{contract.name}.md").read_text(encoding="utf-8")
    for name, declared in contract.inputs.items():
        row = re.search(rf"^\| `{name}` \| {declared.type} \| (.*) \|$", page, re.MULTILINE)
        assert row, name
        assert all(f"`{value}`" in row[1] for value in declared.values)
    for name, kind in contract.output.items():
        assert f"| `{name}` | {kind} |" in page


@pytest.mark.parametrize("contract", services.contracts().values(), ids=lambda contract: contract.name)
def test_types_of_a_contract_are_types_of_variables(contract: ServiceContract) -> None:
    declared = {given.type for given in contract.inputs.values()} | set(contract.output.values())
    assert declared <= words.VARIABLE_TYPES
    assert contract.timeout > timedelta(0)


@pytest.fixture
def more_services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose files are services too."""
    monkeypatch.setattr(services, "__path__", [*services.__path__, str(tmp_path)])
    before = set(sys.modules)
    services._modules.cache_clear()
    services.contracts.cache_clear()
    yield tmp_path
    services._modules.cache_clear()
    services.contracts.cache_clear()
    for name in set(sys.modules) - before:
        if name.startswith(services.__name__):
            del sys.modules[name]


def test_two_services_of_one_name_are_refused(more_services: Path) -> None:
    (more_services / "twin.py").write_text(
        "from activities.services.notify_author import CONTRACT, Service\n"
    )
    with pytest.raises(RuntimeError, match="name of its own"):
        services.contracts()


def test_a_name_that_no_definition_could_write_is_refused() -> None:
    with pytest.raises(ValueError, match="service name"):
        ServiceContract("Tell Author", {}, {}, timedelta(seconds=1))


# --- held when a definition is loaded --------------------------------------------------------

CALLING = """
    var who string
    var amount int
    start s
    service ask {}
    end e
    s -> ask -> e
"""


@pytest.mark.parametrize(
    ("call", "rule", "words"),
    [
        ("call=sing", "unknown-service", "Registered are: note, ping, tell."),
        ("call=tell", "service-input", "input 'who'"),
        ("call=tell who=who loud=true", "service-input", "found 'loud'"),
        ("call=tell who=amount", "wrong_result_type", "string"),
        ("call=tell who=7", "wrong_result_type", "string"),
        ("call=tell who=nobody", "not_declared", "nobody"),
        ("call=tell who=who how=\"'c'\"", "service-input", "one of a, b"),
        ("call=tell who=who output=amount", "service-output", "type map"),
    ],
)
def test_a_call_against_the_contract_is_refused_at_load_with_its_place(
    call: str, rule: str, words: str
) -> None:
    (finding,) = findings_of(lambda: compiled(CALLING.format(call), SERVICES))
    assert (finding.rule, finding.element) == (rule, "ask")
    assert words in f"{finding.message} {finding.hint}"
    assert finding.position.line > 1
    assert finding.hint


@pytest.mark.parametrize("call", ["call=tell who=who", "call=tell who=\"'x'\" how=\"'b'\"", "call=ping"])
def test_a_call_that_keeps_the_contract_is_taken(call: str) -> None:
    assert compiled(CALLING.format(call), SERVICES).initial_variables == {"who": None, "amount": None}


# --- held when the result comes back ---------------------------------------------------------


@pytest.mark.parametrize(
    ("output", "problems"),
    [
        ({"told": True}, []),
        ({}, ["missing 'told'"]),
        ({"told": "yes"}, ["'told' must be a value of type bool"]),
        ({"told": None}, ["'told' must be a value of type bool"]),
        ({"told": True, "why": 1}, ["unexpected 'why'"]),
    ],
)
def test_a_result_is_checked_part_by_part(output: dict[str, Any], problems: list[str]) -> None:
    assert SERVICES["tell"].check_output(output) == problems


def test_a_required_input_is_one_that_is_not_declared_optional() -> None:
    contract = ServiceContract(
        "x", {"a": ServiceInput("int"), "b": ServiceInput("int", required=False)}, {}, timedelta(seconds=1)
    )
    assert contract.required == {"a"}
    assert contract.activity == "wenzheng.service.x"


# --- the how-to, followed to the letter ------------------------------------------------------


def blocks(page: str) -> dict[str, str]:
    """The files a page shows: path to content."""
    found = re.findall(r"^`([\w./-]+)`:\n\n```\w+\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return dict(found)


@pytest.mark.slow
def test_somebody_who_follows_the_how_to_has_a_service_that_works(tmp_path: Path) -> None:
    files = blocks(HOW_TO.read_text(encoding="utf-8"))
    assert len(files) == 4
    copytree(ROOT / "activities", tmp_path / "activities", ignore=ignore_patterns("__pycache__"))
    for place, content in files.items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(content, encoding="utf-8")
    shipped = ("notify_author", "file_matter")
    added = [place for place in missing(tmp_path) if not any(name in place for name in shipped)]
    assert added == []
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    tested = run("pytest", "-q", "--import-mode=importlib", "-p", "no:cacheprovider", "tests")
    assert "1 passed" in tested
    said = re.search(
        r"^\$ wenzheng (.+)\n([^`]*(?:`[^`]+`[^`]*)*)\n```$", HOW_TO.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert said
    assert run("wenzheng", *said[1].split()).strip() == said[2]
    bpmn = tmp_path / "definitions/alarm/alarm.bpmn"
    bpmn.write_text(bpmn.read_text(encoding="utf-8").replace("'high'", "'very high'"), encoding="utf-8")
    with pytest.raises(AssertionError, match="service-input"):
        run("wenzheng", *said[1].split())
