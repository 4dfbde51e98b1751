"""docs/reference/rules: a page for each rule with a wrong and a right example, and what validate says."""

from __future__ import annotations

import atexit
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from scripts.rule_examples import EXAMPLES, Example
from tests.support.notation import bpmn, definitions
from wenzheng.bootstrap.deploying import workshop_of
from wenzheng.catalog.bundle import Bundle
from wenzheng.catalog.checking import check_bundle
from wenzheng.cli.validate import ORGANISATION, checked, city
from wenzheng.engine.findings import Finding
from wenzheng.engine.rules.kinds import Kind, kind_of
from wenzheng.store import Store, open_store

PLAIN: Final = frozenset({"no-bpmndi", "label-required"})
"""Rules of the picture: examples leave the picture and the names out, except on the pages of these rules."""
_DI: Final = (
    'xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
)
_LINTED: Final = frozenset(
    {
        *("no-complex-gateway", "no-inclusive-gateway", "no-gateway-join-fork", "no-implicit-end"),
        *("no-implicit-split", "no-implicit-start", "no-disconnected", "no-duplicate-sequence-flows"),
        *("no-bpmndi", "no-overlapping-elements", "standard-size", "label-required", "fake-join"),
        *("single-blank-start-event", "single-event-definition", "superfluous-termination"),
        *("start-event-required", "end-event-required", "conditional-flows"),
    }
)
_KINDS: Final = {
    Kind.SENSE: "Good sense: a warning, unless `rules.yaml` says otherwise.",
    Kind.STRUCTURE: "Structure: against the standard. It refuses the definition.",
    Kind.EXECUTABILITY: "Executability: not run here. It refuses the definition.",
}

INDEX: Final = """\
# Rules

`wenzheng validate` keeps three kinds of findings apart: **structure** is what breaks the standard (BPMN
2.0.2, XML, YAML, the definition language), **executability** what this engine does not run, **good sense**
what runs and is probably not meant. Each finding has file, line, column, element, rule, kind, severity,
message and remedy; `--format json` prints them for programs.

`--language zh` says in Chinese what the rule is about and what to do, before what was found exactly.

Structure and executability refuse a definition; what is run is listed on the pages of
[BPMN elements](../elements.md), [decision tables](../decisions.md) and [the YAML language](../yaml.md). Good
sense warns. It never stops what is deployed already: a worker does not ask these rules.

## Tuning

`rules.yaml` in a definition's folder says which rule of good sense counts how much, each with its reason:

```yaml
no-bpmndi: {severity: off, reason: Written by hand; `wenzheng render` draws it.}
deadlock: {severity: error, reason: Nothing here may wait for ever.}
task-without-deadline: {severity: off, elements: [filed], reason: Filing is nobody's right.}
standard-size: {severity: warning, reason: Our template., sizes: {activity: [120, 80]}}
```

`severity` is off, warning or error; `elements` limits it to some elements. A line without a reason does not
count and is a finding itself. The file is part of the definition's digest.

"""


SENSE: Final = """\
## Good sense

The examples leave out pictures and names, of which `no-bpmndi` and `label-required` tell. Rules marked *
find what bpmnlint's rule of that name finds.

| rule | finds |
|---|---|"""
STANDARD: Final = """
## Structure

The examples break and keep the standard; the engine may refuse them for something else.

| rule | finds |
|---|---|"""
HERE: Final = """
## Executability

| rule | finds |
|---|---|"""
END: Final = """
This page is written by `scripts/reference.py`; do not edit it by hand.
"""


def _rows(examples: Mapping[str, Example]) -> str:
    return "\n".join(
        f"| [{rule}]({rule}.md){' *' if rule in _LINTED else ''} | {example.what} |"
        for rule, example in sorted(examples.items())
    )


def files_of(example: str) -> dict[str, bytes]:
    """The files of an example, by name."""
    if example.startswith("==="):
        parts = re.split(r"^=== (\S+)(?: \((\S+)\))?\n", example, flags=re.MULTILINE)[1:]
        named = zip(parts[::3], parts[1::3], parts[2::3], strict=True)
        return {name: _file(name, text, encoding or "utf-8") for name, encoding, text in named}
    if example.startswith(("language:", "%YAML", "process: p\nname")):
        return {"p.yaml": example.encode()}
    if example.startswith("<"):
        return {"p.bpmn": _elements(example)}
    return {"p.bpmn": bpmn(example, as_it_is=True)}


def _elements(example: str) -> bytes:
    return definitions(example).replace(b"<definitions ", f"<definitions {_DI}".encode(), 1)


def _file(name: str, text: str, encoding: str) -> bytes:
    if not name.endswith(".bpmn"):
        return text.encode(encoding)
    if text.startswith("<"):
        return _elements(text)
    return text[1:].encode() if text.startswith("!") else bpmn(text, as_it_is=True)


def found_in(rule: str, example: str) -> list[Finding]:
    """What validate finds in an example, or deploying it does, but for what examples leave out."""
    findings = _found(rule, files_of(example))
    if kind_of(rule) is Kind.EXECUTABILITY:
        return [one for one in findings if one.kind is not Kind.SENSE and one.rule != "operation-missing"]
    if kind_of(rule) is Kind.STRUCTURE:
        asked = {"operation-missing"} - {rule}  # examples name messages only
        return [one for one in findings if one.kind is Kind.STRUCTURE and one.rule not in asked]
    left_out = PLAIN if not example.startswith("<") or rule not in PLAIN | {"standard-size"} else frozenset()
    return [one for one in findings if one.rule not in left_out | {"operation-missing"}]


def _found(rule: str, files: Mapping[str, bytes]) -> list[Finding]:
    if EXAMPLES[rule].deployed:
        return list(workshop_of(_clerks_only()).check(Bundle("petition", files)).findings)
    if not rule.startswith("bundle-") and ORGANISATION not in files:
        return list(check_bundle(Bundle("example", files), city()).findings)
    with TemporaryDirectory() as folder:  # what is asked of folders only
        where = Path(folder) / "example"
        where.mkdir()
        for name, data in files.items():
            (where / name).write_bytes(data)
        found = checked(where / ORGANISATION if ORGANISATION in files else where).findings
        if ORGANISATION in files:
            return list(found)
        return [replace(one, position=replace(one.position, file=where.name)) for one in found]


@cache
def _clerks_only() -> Store:
    """A store in which only a clerk has an account."""
    folder = TemporaryDirectory()
    store = open_store(f"sqlite:///{folder.name}/wenzheng.db")
    atexit.register(folder.cleanup)
    atexit.register(store.close)  # before the folder: what was registered last comes first
    store.migrate()
    with store.unit_of_work() as unit:
        unit.save_account(id="clerk", name="Clerk", role="clerk")
    return store


def rule_page(rule: str, example: Example) -> str:
    """The page of one rule."""
    finding = next(one for one in found_in(rule, example.wrong) if one.rule == rule)
    also = "".join(
        f", [{other}]({other}.md)" if other in EXAMPLES else f", `{other}`"
        for other in sorted(example.beside)
    )
    beside = f" It breaks other rules, too: {also.removeprefix(', ')}." if also else ""
    return "\n".join(
        [
            f"# {rule}",
            "",
            f"{example.what[0].upper()}{example.what[1:]}. {example.why}".strip(),
            "",
            _KINDS[kind_of(rule)],
            "",
            "## Wrong",
            "",
            *(_shortened(example) if example.shown else _shown(example.wrong)),
            f"What `wenzheng {'deploy' if example.deployed else 'validate'}` says:{beside}",
            "",
            "```text",
            str(finding),
            "```",
            "",
            "## Right",
            "",
            *_shown(example.right),
            "This page is written by `scripts/reference.py`; do not edit it by hand.",
            "",
        ]
    )


def _shortened(example: Example) -> Iterator[str]:
    yield from ("```text", example.shown.strip(), "```", "")


def _linked(rule: str) -> str:
    return f"[{rule}]({rule}.md)" if rule in EXAMPLES else f"`{rule}`"


def _shown(example: str) -> Iterator[str]:
    files = files_of(example)
    for name, data in files.items():
        text, encoding = _decoded(data)
        if len(files) > 1 or encoding:
            yield f"`{name}`{encoding}:"
            yield ""
        language = {"bpmn": "xml", "yaml": "yaml"}.get(name.rpartition(".")[2], "text")
        if language == "xml":
            text = re.sub(r"<\?xml.*?\?>\n|<definitions[^>]*>\n|</definitions>\n", "", text, flags=re.DOTALL)
            text = re.sub(r"<([\w:]+)([^<>]*)></\1>", r"<\1\2/>", text).replace("><", ">\n<")
        yield f"```{language}"
        yield text.strip()
        yield "```"
        yield ""


def _decoded(data: bytes) -> tuple[str, str]:
    """The text of a file, and how it is saved where that is what is wrong."""
    try:
        return data.decode(), ""
    except UnicodeDecodeError:
        return data.decode("gb18030"), ", saved as GB 18030"


def pages() -> Iterator[tuple[str, str]]:
    """The name and text of each page."""
    tables = [
        _rows(_of(Kind.SENSE)),
        STANDARD,
        _rows(_of(Kind.STRUCTURE)),
        HERE,
        _rows(_of(Kind.EXECUTABILITY)),
    ]
    yield "index.md", "\n".join([INDEX, SENSE, *tables, END])
    for rule, example in EXAMPLES.items():
        yield f"{rule}.md", rule_page(rule, example)


def _of(kind: Kind) -> dict[str, Example]:
    return {rule: example for rule, example in EXAMPLES.items() if kind_of(rule) is kind}
