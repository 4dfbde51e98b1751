"""Differences of what stands in files of their own: decision tables and the words of notices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from wenzheng.catalog.changes.change import Change, Name
from wenzheng.catalog.messages import BadMessage, parts
from wenzheng.catalog.sense.tuning import PARTS, read_tuning
from wenzheng.engine.compiler import MESSAGE_SUFFIX
from wenzheng.engine.decisions import decision_name, is_decision
from wenzheng.engine.decisions.files import YAML
from wenzheng.engine.decisions.reader_csv import read_table as read_csv
from wenzheng.engine.decisions.reader_yaml import read_table as read_yaml
from wenzheng.engine.decisions.text import Column, Rule, TableText
from wenzheng.engine.findings import DefinitionRefused, FindingList

_PROCESSES: Final = (".yaml", ".bpmn")


def tables(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Iterator[Change]:
    """Decision tables: their columns, and rules by what they say."""
    before, after = _tables(old), _tables(new)
    for name in sorted(before.keys() - after.keys()):
        yield Change("table.removed", (Name(name),))
    for name in sorted(after.keys() - before.keys()):
        yield Change("table.added", (Name(name),), after=len(after[name].rules))
    for name in sorted(before.keys() & after.keys()):
        yield from _table(Name(name), before[name], after[name])


def _tables(files: Mapping[str, bytes]) -> dict[str, TableText]:
    found = {}
    for file, data in files.items():
        if not is_decision(file):
            continue
        name = decision_name(file)
        reader = read_yaml if file.endswith(YAML) else read_csv
        try:
            table = reader(data, file, name, FindingList())
        except DefinitionRefused:  # was let pass once; the files are compared then
            continue
        if table is not None:
            found[name] = table
    return found


def _table(what: Name, old: TableText, new: TableText) -> Iterator[Change]:
    if old.hit.text != new.hit.text:
        yield Change("table.hit", (what,), old.hit.text, new.hit.text)
    for trait, was, now in (
        ("inputs", old.inputs, new.inputs),
        ("outputs", old.outputs, new.outputs),
    ):
        if (said := _columns(was)) != (says := _columns(now)):
            yield Change("table.columns", (what,), said, says, trait)
    before, after = ([_rule(rule) for rule in table.rules] for table in (old, new))
    for rule in before:
        if rule not in after:
            yield Change("table.rule.removed", (what,), before=rule)
    for rule in after:
        if rule not in before:
            yield Change("table.rule.added", (what,), after=rule)
    if before != after and sorted(map(str, before)) == sorted(map(str, after)):
        yield Change("table.order", (what,))


def _columns(columns: list[Column]) -> list[dict[str, Any]]:
    return [
        {
            "name": column.name,
            "type": column.type,
            **({"default": column.default.text} if column.default is not None else {}),
            **({"values": [cell.text for cell in column.values]} if column.values else {}),
        }
        for column in columns
    ]


def _rule(rule: Rule) -> dict[str, str]:
    return {name: cell.text for name, cell in rule.cells.items() if not cell.is_anything}


def messages(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Iterator[Change]:
    """The words of notices, by file: subject and body."""
    before, after = ({name for name in side if name.endswith(MESSAGE_SUFFIX)} for side in (old, new))
    for name in sorted(before - after):
        yield Change("message.removed", (Name(name),))
    for name in sorted(after - before):
        yield Change("message.added", (Name(name),), after=_words(new, name)[0])
    for name in sorted(before & after):
        (subject, body), (subject_now, body_now) = _words(old, name), _words(new, name)
        if subject != subject_now:
            yield Change("message.subject", (Name(name),), subject, subject_now)
        if body != body_now:
            yield Change("message.body", (Name(name),), body, body_now)


def _words(files: Mapping[str, bytes], name: str) -> tuple[str, str]:
    try:
        subject, body = parts(files, name)
    except BadMessage:  # was let pass once
        return "", files[name].decode("utf-8", "replace")
    return subject, body.strip()


def tunings(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Iterator[Change]:
    """Which rules of good sense count how much, where, and why, rule by rule."""
    before, after = read_tuning(old).said, read_tuning(new).said
    for rule in sorted(before.keys() - after.keys()):
        yield Change("rule.untuned", (Name(rule),), before=before[rule].get("severity"))
    for rule in sorted(after):
        was, now = before.get(rule, {}), after[rule]
        for part in (one for one in PARTS if was.get(one) != now.get(one)):
            code = "tuned" if part == "severity" and rule not in before else part
            yield Change(f"rule.{code}", (Name(rule),), was.get(part), now.get(part))


def other_files(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Iterator[Change]:
    """Files of a kind that nothing here reads: that they differ is all that can be said."""
    for name in sorted(old.keys() | new.keys()):
        if name.endswith((*_PROCESSES, MESSAGE_SUFFIX)) or is_decision(name):
            continue
        if old.get(name) != new.get(name):
            was, now = name in old, name in new
            yield Change(
                "file.changed" if was and now else "file.added" if now else "file.removed", (Name(name),)
            )
