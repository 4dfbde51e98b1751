"""What each rule is about and what to do, in Chinese: words of `validate --language zh` and of Chinese pages.

A finding's own message is English and says exactly what was found; these words stand before it, by its rule.
A test asks for every rule that the program knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from wenzheng.engine.rules.kinds import Kind, kind_of


@dataclass(frozen=True, slots=True)
class RuleWords:
    """What is wrong, and what to do about it."""

    title: str
    remedy: str


KINDS_ZH: Mapping[Kind, str] = {
    Kind.STRUCTURE: "不合标准",
    Kind.EXECUTABILITY: "本系统不执行",
    Kind.SENSE: "多半不是本意",
}


def words_of_rule(rule: str) -> RuleWords | None:
    """The Chinese words of a rule; None for one that has none, which a test does not let happen."""
    return _catalogue(kind_of(rule)).get(rule)


@cache
def _catalogue(kind: Kind) -> Mapping[str, RuleWords]:
    text = files(__package__).joinpath(f"{kind.value}.zh.yaml").read_text("utf-8")
    loaded = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe ones
    return {rule: RuleWords(*words) for rule, words in loaded.items()}


def catalogued() -> dict[Kind, frozenset[str]]:
    """The rules that have words, by the kind that they are kept under."""
    return {kind: frozenset(_catalogue(kind)) for kind in Kind}
