"""How likely two letters say the same: by the pairs of characters they share, and by who wrote them.

A suggestion for a person who decides, never a decision: letters above the threshold are shown, the likeliest
first. Measured on the letters of the demo (the tests): of their 780 pairs, all of different matters, none
comes above 0.14; the same matters in other words come above 0.35.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from wenzheng.petitions.searching import terms_of

THRESHOLD: Final = 0.25
"""From here on two letters are shown as likely the same."""

_SHARE: Final = 2.5
"""Two letters about one matter share some 15 to 40 of a hundred pairs: so much counts as all."""
_AUTHOR, _CONTACT, _ADDRESSEE = 0.15, 0.2, 0.05
"""What it adds that one person wrote both, can be reached at one address, or wrote to one office."""

_SAID: Final = """
请问 您好 你好 领导 尊敬 谢谢 感谢 希望 我们 你们 他们 自己 这个 那个 一个 一下 没有 什么 怎么 为什 因为 所以 但是 已经
现在 问题 有关 相关 部门 反映 投诉 举报 咨询 建议 求助 关于 能否 是否 可以 不能 应该 尽快 解决 处理 一直 时候 今年 去年
的时 我家 我是 了一 的问 题请 就是 还是 不是 都是 也不 了我 的人 到了 人的 们的 请帮 帮忙 市民 居民
"""  # noqa: E501 - a list of words
_EMPTY: Final = frozenset(_SAID.split())
"""Pairs that say nothing about the matter."""

Reason = Literal["title", "words", "author", "contact", "addressee"]


@dataclass(frozen=True)
class Matter:
    """What of a letter tells whether another says the same. Empty where the reader may not know it."""

    title: str
    text: str
    author: str = ""
    contact: str = ""
    addressee: str = ""


def pairs_of(text: str) -> frozenset[str]:
    """The pairs of characters and the words of a text that say something about its matter."""
    return frozenset(term for term in terms_of(text) if len(term) > 1 and term not in _EMPTY)


def likeness(one: Matter, other: Matter) -> tuple[float, list[Reason]]:
    """How likely two letters say the same, from 0 to 1, and what speaks for it.

    Half of it is how far one title stands in the other, half how much both share in all. Without anything
    shared the same author makes no two letters one.
    """
    title = _contained(pairs_of(one.title), pairs_of(other.title))
    words = min(
        1.0,
        _SHARE * _shared(pairs_of(one.title + "\n" + one.text), pairs_of(other.title + "\n" + other.text)),
    )
    found: list[Reason] = []
    found += ["title"] if title >= 0.3 else []  # noqa: PLR2004 - a third of a title is a word of it
    found += ["words"] if words >= 0.2 else []  # noqa: PLR2004 - a word or two say nothing yet
    score = (title + words) / 2
    if not found:
        return round(score, 3), []
    same: Iterable[tuple[Reason, str, str, float]] = (
        ("author", one.author, other.author, _AUTHOR),
        ("contact", one.contact, other.contact, _CONTACT),
        ("addressee", one.addressee, other.addressee, _ADDRESSEE),
    )
    for reason, mine, theirs, more in same:
        if mine and mine == theirs:
            found.append(reason)
            score += more
    return round(min(1.0, score), 3), found


def _contained(one: frozenset[str], other: frozenset[str]) -> float:
    least = min(len(one), len(other))
    return len(one & other) / max(least, 3) if least else 0.0


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    every = len(one | other)
    return len(one & other) / every if every else 0.0


def asked_terms(title: str, text: str, most: int = 24) -> list[str]:
    """The pairs that likely duplicates are looked for by: those of the title, then some of the whole text.

    Those of the text are taken evenly from all of it: its matter may stand at its end.
    """
    first = sorted(pairs_of(title))[:most]
    rest = [pair for pair in sorted(pairs_of(text)) if pair not in first]
    room = most - len(first)
    if room > 0 and rest:
        step = max(1, len(rest) // room)
        first += rest[::step][:room]
    return first
