"""The clocks of a definition as bars: from what starts one to what stops it, with its thresholds."""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape, quoteattr

from wenzheng.calendars.units import Unit
from wenzheng.catalog.pictures.geometry import Box
from wenzheng.catalog.pictures.picture import Picture
from wenzheng.catalog.pictures.text import width_of, wrap
from wenzheng.catalog.pictures.words import Words
from wenzheng.engine.clock_model import Clock, Threshold

_NAME: Final = 170
_WIDEST: Final = 1100
_LINE: Final = 16
_SIZE: Final = 12
_BAR: Final = 8
_TITLE: Final = 30
_BETWEEN: Final = 16


def draw_clocks(picture: Picture, words: Words, room: Box) -> tuple[list[str], int]:
    """The SVG lines of all clocks and their height; nothing and 0 when there are none.

    All bars have one scale, so that lengths can be compared. What counts back from an event is measured from
    the right end of its bar, where the event is.
    """
    clocks = list(picture.model.clocks.values())
    if not clocks:
        return [], 0
    title = "deadlines" if all(clock.unit is Unit.WORKING_DAYS for clock in clocks) else "all_deadlines"
    lines = [_text(words.say(title), room.x, room.y + 14, size=15, weight="600")]
    most = max((abs(one.after) for clock in clocks for one in clock.thresholds), default=1) or 1
    left, width = room.x + _NAME, min(room.width, _WIDEST) - _NAME
    y = room.y + _TITLE
    for clock in clocks:
        drawn, high = _clock(clock, picture, words, Box(left, y, width, 0), most)
        lines += [f"<g data-clock={quoteattr(clock.id)}>", *drawn, "</g>"]
        y += high + _BETWEEN
    return lines, y - room.y - _BETWEEN


def _clock(clock: Clock, picture: Picture, words: Words, room: Box, most: int) -> tuple[list[str], int]:
    begin, end = words.ends_of(picture, clock)
    day0 = f" ({words.say('day0', clock.day0_variable)})" if clock.day0_variable else ""
    name = wrap(picture.texts[f"deadline/{clock.id}"], _NAME - 16, _SIZE, 3)
    bar = room.y + _LINE + 6
    half = room.width / 2 - 20
    drawn = [
        *(
            _text(line, room.x - _NAME, room.y + 12 + number * _LINE, weight="600")
            for number, line in enumerate(name)
        ),
        _text("".join(wrap(f"▶ {begin}{day0}", half, _SIZE, 1)), room.x, room.y + 12),
        _text("".join(wrap(f"■ {end}", half, _SIZE, 1)), room.right, room.y + 12, anchor="end"),
        f'<rect class="wz-bar" x="{room.x}" y="{bar}" width="{room.width}" height="{_BAR}" rx="4"/>',
    ]
    low = bar + _BAR + _LINE + 2
    if not clock.thresholds:
        drawn.append(_text(words.say("measured"), room.x, low, size=11))
    to_event = any(one.after < 0 for one in clock.thresholds)
    day_0 = room.right if to_event else room.x
    ends: list[float] = []
    for threshold in clock.thresholds:
        x = day_0 + threshold.after * room.width * 0.72 / most
        said = words.threshold(threshold, clock.unit)
        at = min(x - 7, room.right - width_of(said, 11)) if to_event else x - 7
        line = _free_line(ends, at, width_of(said, 11) + 14)
        low_line = bar + _BAR + (line + 1) * _LINE + 2
        drawn += [_mark(threshold, x, bar), _text(said, round(at), low_line, size=11)]
        low = max(low, low_line)
    return drawn, max(low + 4 - room.y, len(name) * _LINE)


def _free_line(ends: list[float], begin: float, width: float) -> int:
    """The first line below the bar whose words end before there; `ends` says where each line's do."""
    line = next((number for number, end in enumerate(ends) if end < begin), len(ends))
    ends[line : line + 1] = [begin + width]
    return line


def _mark(threshold: Threshold, x: float, bar: int) -> str:
    """Where a threshold lies on the bar, in the colour of its lamp."""
    lamp = f" wz-{threshold.lamp}" if threshold.lamp in {"yellow", "red"} else ""
    return f'<circle class="wz-mark{lamp}" cx="{x:.0f}" cy="{bar + _BAR // 2}" r="7"/>'


def _text(text: str, x: int, y: int, *, anchor: str = "start", weight: str = "", size: int = _SIZE) -> str:
    more = f' font-weight="{weight}"' if weight else ""
    more += f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{x}" y="{y}" font-size="{size}"{more}>{escape(text)}</text>'
