"""What is laid over a picture: how many wait where, how long, with which lamp; and the way that was taken.

Everything is said in words and lines as well as in colour: a number, the lamp's name, a thicker line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from wenzheng.catalog.pictures.geometry import Box
from wenzheng.catalog.pictures.picture import Picture
from wenzheng.catalog.pictures.text import width_of
from wenzheng.catalog.pictures.words import Words

STYLE: Final = (
    ".wz-heat{fill:#d4271e;stroke:none}.wz-badge{fill:#fff;stroke:#1d1d1d;stroke-width:1.4}"
    ".wz-green{fill:#2e9e4f}.wz-unlit{fill:#fff}.wz-lamp{stroke:#1d1d1d;stroke-width:1}"
    ".wz-passed{fill:none;stroke:#0b5cad;stroke-width:3.5}"
    ".wz-way{fill:none;stroke:#0b5cad;stroke-width:4;stroke-opacity:.75}"
)
_SIZE: Final = 12
_HIGH: Final = 20
_FAINT, _STRONG = 0.06, 0.34


@dataclass(frozen=True)
class Mark:
    """What stands at one element: how many wait there, the worst lamp among them, and how long, in days."""

    count: int
    lamp: str | None = None
    days: float | None = None


@dataclass(frozen=True)
class Overlay:
    """What is laid over the picture of one process; `passed` are elements, `taken` flows gone along."""

    marks: Mapping[str, Mark] = field(default_factory=dict)
    passed: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()


def draw_overlay(picture: Picture, overlay: Overlay, words: Words) -> Iterable[str]:
    """The way below, heat and badges on top of it; unknown elements and flows are left out."""
    for flow in sorted(overlay.taken & picture.drawing.edges.keys()):
        points = " ".join(f"{x},{y}" for x, y in picture.drawing.edges[flow])
        yield f'<polyline class="wz-way" data-taken={quoteattr(flow)} points="{points}"/>'
    for element in sorted(overlay.passed & picture.drawing.boxes.keys()):
        yield _framed(element, picture.drawing.boxes[element])
    most = max((mark.count for mark in overlay.marks.values()), default=0)
    for element, mark in sorted(overlay.marks.items()):
        box = picture.drawing.boxes.get(element)
        if box is not None and mark.count:
            name = picture.texts.get(element) or element
            yield _heat(box, mark.count / most) + _badge(element, name, box, mark, words)


def _framed(element: str, box: Box) -> str:
    return (
        f'<rect class="wz-passed" data-passed={quoteattr(element)} x="{box.x - 3}" y="{box.y - 3}" '
        f'width="{box.width + 6}" height="{box.height + 6}" rx="11"/>'
    )


def _heat(box: Box, share: float) -> str:
    opacity = _FAINT + (_STRONG - _FAINT) * share
    return (
        f'<rect class="wz-heat" fill-opacity="{opacity:.2f}" x="{box.x}" y="{box.y}" width="{box.width}" '
        f'height="{box.height}" rx="10"/>'
    )


def _badge(element: str, name: str, box: Box, mark: Mark, words: Words) -> str:
    """Above the upper right corner: the lamp, the count, for how long the oldest waits, the lamp in words."""
    parts = [f"{mark.count:,}"]
    if mark.days is not None:
        parts.append(words.say("days_short", f"{mark.days:g}"))
    if mark.lamp:
        parts.append(words.say(mark.lamp))
    text = " · ".join(parts)
    lamp = _HIGH if mark.lamp else 0
    width = round(width_of(text, _SIZE)) + 14 + lamp
    x, y = box.right - width + 10, box.y - _HIGH + 3
    drawn = f'<rect class="wz-badge" x="{x}" y="{y}" width="{width}" height="{_HIGH}" rx="10"/>'
    if mark.lamp:
        drawn += f'<circle class="wz-lamp wz-{mark.lamp}" cx="{x + 11}" cy="{y + _HIGH / 2:g}" r="6.5"/>'
    said = escape(words.say("waiting", name, mark.count))
    return (
        f"<g data-waiting={quoteattr(element)}><title>{said}</title>{drawn}"
        f'<text x="{x + 7 + lamp}" y="{y + 14.5:g}" font-size="{_SIZE}" font-weight="600">'
        f"{escape(text)}</text></g>"
    )
