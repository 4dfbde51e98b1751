"""The JSON Schema for editors and the checker say the same; whatever comes, a sentence comes back."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.services import contracts
from scripts.yaml_examples import EXAMPLES, everything_beside
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.catalog.language import grammar
from wenzheng.engine.findings import DefinitionRefused, FindingList
from wenzheng.engine.yaml_tree import read_yaml
from wenzheng.settings import definitions_dir

SCHEMA = json.loads((definitions_dir() / "language-1.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
SHIPPED = (definitions_dir() / "petition" / "petition.yaml").read_bytes()
TEXTS = [SHIPPED.decode(), *EXAMPLES.values()]


def plain(text: str) -> Any:
    findings = FindingList()
    found = read_yaml(text.encode(), "p.yaml", findings).plain()
    assert not findings.items
    return found


def accepted(text: str | bytes) -> bool:
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    try:
        compile_bundle("d", {**everything_beside(), "p.yaml": data}, contracts())
    except DefinitionRefused as refused:
        findings = refused.findings
    else:
        return True
    assert findings
    assert all(f.hint and f.message and f.position.line >= 1 for f in findings)
    files = {**everything_beside(), "p.yaml": data}
    for one in findings:  # in a file that somebody wrote, never in the BPMN that was made of it
        assert (
            one.position.line
            <= len(re.split(rb"\r\n|[\n\r]|\xc2\x85|\xe2\x80[\xa8\xa9]", files[one.position.file])) + 1
        )
    return False


def test_the_schema_is_a_schema_and_is_the_grammar() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert grammar.schema() == SCHEMA


@pytest.mark.parametrize("text", TEXTS, ids=["petition", *EXAMPLES])
def test_what_is_shipped_fits_the_schema_and_is_accepted(text: str) -> None:
    VALIDATOR.validate(plain(text))
    assert accepted(text)


def test_the_shipped_file_names_its_schema_for_editors() -> None:
    first = SHIPPED.decode().splitlines()[0]
    path = first.removeprefix("# yaml-language-server: $schema=")
    assert (definitions_dir() / "petition" / path).resolve() == definitions_dir() / "language-1.schema.json"


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path]
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in children:
        found += places(child, (*path, key))
    return found


ODD = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        5,
        5.5,
        10**9,
        "",
        "five",
        "reply",
        "名",
        "a b",
        "x" * 600,
        [],
        ["a"],
        {},
        {"go": "reply"},
    ]
)
KEYS = st.sampled_from(["by", "tell", "go", "on", "name", "unknown", "名", "if", "working_days", ""])


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    document = copy.deepcopy(plain(draw(st.sampled_from(TEXTS))))
    for _ in range(draw(st.integers(1, 2))):
        path = draw(st.sampled_from([path for path in places(document) if path]))
        parent = document
        for key in path[:-1]:
            parent = parent[key]
        match draw(st.sampled_from(["replace", "remove", "add"])):
            case "replace":
                parent[path[-1]] = copy.deepcopy(draw(ODD))
            case "remove":
                del parent[path[-1]]
            case "add" if isinstance(parent, dict):
                parent[draw(KEYS)] = copy.deepcopy(draw(ODD))
        if not document:
            break
    return document


@settings(max_examples=300, deadline=None)
@given(mutated())
def test_what_the_schema_refuses_is_refused(document: Any) -> None:
    text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
    if not VALIDATOR.is_valid(document):
        assert not accepted(text)
    else:
        accepted(text)  # and if not, in sentences


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(TEXTS), st.data())
def test_whatever_is_typed_into_it_gives_findings_and_nothing_else(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    typed = data.draw(
        st.one_of(st.text(max_size=5), st.sampled_from(["\t", "&a ", "*a", "- ", ": ", "{", "'", "\0"]))
    )
    accepted(text[:at] + typed + text[at + data.draw(st.integers(0, 5)) :])


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_whatever_bytes_come_give_findings_and_nothing_else(data: bytes) -> None:
    assert not accepted(data)
