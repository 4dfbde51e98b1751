"""What a YAML definition says of a deadline, with the place of everything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wenzheng.calendars.units import Unit
from wenzheng.catalog.language.deadline_grammar import LIMIT
from wenzheng.catalog.language.parts import (
    Label,
    Part,
    Word,
    days_at,
    expression_of,
    label_of,
    pairs,
    word_at,
    words_of,
)
from wenzheng.engine.vocabulary import LAMPS
from wenzheng.engine.yaml_tree import Key, YamlNode


@dataclass(frozen=True)
class Limit(Part):
    """A limit of a deadline; `after` is negative before the day of an event.

    `kind` is the key under which it was written: working_days, after or before.
    """

    after: int | None
    lamp: str | None
    notify: tuple[Word, ...]
    remind: tuple[Word, ...] | None
    remind_before: int | None
    kind: str | None = None


@dataclass(frozen=True)
class RuleText:
    """The rule that a deadline quotes."""

    text: Label
    article: Label
    day_0: Label


@dataclass(frozen=True)
class Pause(Part):
    """What pauses a deadline."""

    on: tuple[Word, ...]
    resumes: tuple[Word, ...]
    at_most: int | None
    unit: str | None
    times: int | None
    within: int | None
    of: Word | None
    reason: Word | None


@dataclass(frozen=True)
class Extension(Part):
    """What lengthens a deadline."""

    on: tuple[Word, ...]
    by: Word | None
    at_most: int | None
    times: int | None
    asked: Word | None
    reason: Word | None


@dataclass(frozen=True)
class Restart:
    """What begins a deadline anew."""

    on: tuple[Word, ...]
    day_0: Word | None
    position: YamlNode


@dataclass(frozen=True)
class Deadline(Part):
    """A clock."""

    starts: tuple[Word, ...]
    stops: tuple[Word, ...]
    day_0: Word | None
    limits: tuple[Limit, ...]
    at_once_if: Word | None = None
    unit: Unit = Unit.WORKING_DAYS
    rule: RuleText | None = None
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()
    restart: Restart | None = None
    whose: Word | None = None

    def elements(self) -> Iterator[Word]:
        """Every step, event or start that it names."""
        yield from (*self.starts, *self.stops)
        for pause in self.pauses:
            yield from (*pause.on, *pause.resumes)
        for extension in self.extensions:
            yield from extension.on
            if extension.asked is not None:
                yield extension.asked
        if self.restart is not None:
            yield from self.restart.on

    def reasons(self) -> Iterator[Word]:
        """Every piece of data that says why."""
        reasons = [pause.reason for pause in self.pauses] + [one.reason for one in self.extensions]
        yield from (reason for reason in reasons if reason is not None)


def read_deadline(key: Key, node: YamlNode) -> Deadline:
    """The deadline of a key of `deadlines`."""
    return Deadline(
        key.text,
        key.position,
        label_of(node.get("name")),
        words_of(node.get("starts")),
        words_of(node.get("stops")),
        word_at(node, "day_0"),
        tuple(_limit(name, value) for name, value in pairs(node, "limits")),
        expression_of(node.get("at_once_if")),
        _unit(node) or Unit.WORKING_DAYS,
        _rule(node.get("rule")),
        tuple(_pause(name, value) for name, value in pairs(node, "pauses")),
        tuple(_extension(name, value) for name, value in pairs(node, "extends")),
        _restart(node.get("restarts")),
        word_at(node, "whose"),
    )


def _unit(node: YamlNode) -> Unit | None:
    word = word_at(node, "unit")
    return Unit(word.text) if word is not None and word.text in set(Unit) else None


def _limit(key: Key, node: YamlNode) -> Limit:
    kind = LIMIT.kind_of(node)
    count = days_at(node, kind) if kind is not None else None
    lamp = word_at(node, "lamp")
    return Limit(
        key.text,
        key.position,
        {},
        -count if kind == "before" and count is not None else count,
        lamp.text if lamp and lamp.text in LAMPS else None,
        words_of(node.get("notify")),
        words_of(node.get("remind")) if node.get("remind") is not None else None,
        days_at(node, "remind_before"),
        kind,
    )


def _rule(node: YamlNode | None) -> RuleText | None:
    if node is None:
        return None
    return RuleText(*(label_of(node.get(name)) for name in ("text", "article", "day_0")))


def _pause(key: Key, node: YamlNode) -> Pause:
    return Pause(
        key.text,
        key.position,
        {},
        words_of(node.get("on")),
        words_of(node.get("resumes")),
        days_at(node, "at_most"),
        unit if (unit := _unit(node)) is None else str(unit),
        days_at(node, "times"),
        days_at(node, "within"),
        word_at(node, "of"),
        word_at(node, "reason"),
    )


def _extension(key: Key, node: YamlNode) -> Extension:
    return Extension(
        key.text,
        key.position,
        {},
        words_of(node.get("on")),
        expression_of(node.get("by")),
        days_at(node, "at_most"),
        days_at(node, "times"),
        word_at(node, "asked"),
        word_at(node, "reason"),
    )


def _restart(node: YamlNode | None) -> Restart | None:
    if node is None:
        return None
    return Restart(words_of(node.get("on")), word_at(node, "day_0"), node)
