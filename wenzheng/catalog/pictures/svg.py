"""A picture as SVG: black on white, without scripts, its text selectable and read aloud.

Every element is a group with `data-element`, every flow one with `data-flow`, so that counts and
lamps can be laid over them. Sizes are pixels. The same picture gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from wenzheng.catalog.pictures.clocks import draw_clocks
from wenzheng.catalog.pictures.geometry import LANE, Box, Point, is_event, is_gateway, is_scope
from wenzheng.catalog.pictures.icons import TASKS, event_sign, gateway_sign
from wenzheng.catalog.pictures.labels import Name
from wenzheng.catalog.pictures.layout import FLOW_SIZE, NAME_SIZE, TITLE
from wenzheng.catalog.pictures.overlay import STYLE, Overlay, draw_overlay
from wenzheng.catalog.pictures.picture import Picture
from wenzheng.catalog.pictures.text import LINE, wrap
from wenzheng.catalog.pictures.words import Words
from wenzheng.engine.model import Element

FONTS: Final = (
    "system-ui, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Source Han Sans SC', "
    "'Noto Serif CJK SC', sans-serif"
)
_MARGIN: Final = 24
_HEAD: Final = 52
_BETWEEN: Final = 40
_TASK_SIZE: Final = 13
_LEAST: Final = 640
_SLASH: Final = 12
_CORNER: Final = 6
_STYLE: Final = (
    ".wz-shape{fill:#fff;stroke:#1d1d1d;stroke-width:1.5}"
    ".wz-scope{fill:none;stroke:#1d1d1d;stroke-width:1.5}"
    ".wz-lane{fill:none;stroke:#767676;stroke-width:1}"
    ".wz-end{stroke-width:4}.wz-thin{fill:none;stroke:#1d1d1d;stroke-width:1.3}"
    ".wz-keeps{stroke-dasharray:4 3}"
    ".wz-sign{fill:none;stroke:#1d1d1d;stroke-width:1.2;stroke-linejoin:round}"
    ".wz-solid{fill:#1d1d1d}.wz-bold{fill:none;stroke:#1d1d1d;stroke-width:3}"
    ".wz-flow{fill:none;stroke:#1d1d1d;stroke-width:1.4}"
    "text{fill:#1d1d1d}.wz-small{font-size:11px;fill:#444}"
    ".wz-halo{paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}"
    ".wz-bar{fill:#e6e6e6;stroke:#1d1d1d;stroke-width:1}"
    ".wz-mark{fill:#fff;stroke:#1d1d1d;stroke-width:1.4}"
    ".wz-yellow{fill:#ffd21f}.wz-red{fill:#d4271e}"
)
_ARROW: Final = (
    '<defs><marker id="wz-arrow" viewBox="0 0 10 10" refX="9.5" refY="5" markerWidth="8" '
    'markerHeight="8" orient="auto-start-reverse"><path class="wz-solid" d="M0 1.2L10 5L0 8.8z"/>'
    "</marker></defs>"
)


def draw_svg(
    pictures: Sequence[Picture],
    language: str = "zh",
    roles: Mapping[str, str] | None = None,
    overlays: Mapping[str, Overlay] | None = None,
) -> str:
    """One SVG of all these processes, one below the other; `roles` are what people call them.

    `overlays` are laid over the pictures of the processes they are for.
    """
    words = Words(language, roles or {})
    bodies: list[str] = []
    top, width = _MARGIN, _LEAST
    for picture in pictures:
        frame = _frame(picture)
        width = max(width, frame.width)
    for picture in pictures:
        frame = _frame(picture)
        bodies.append(_heading(picture, top))
        shift = f"translate({_MARGIN - frame.x} {top + _HEAD - frame.y})"
        bodies.append(f'<g transform="{shift}">')
        bodies += _body(picture, words)
        if overlays and picture.model.id in overlays:
            bodies += draw_overlay(picture, overlays[picture.model.id], words)
        bodies.append("</g>")
        top += _HEAD + frame.height
        lines, high = draw_clocks(picture, words, Box(_MARGIN, top + _BETWEEN, width, 0))
        bodies += lines
        top += (_BETWEEN + high if high else 0) + _BETWEEN
    size = (width + 2 * _MARGIN, top - _BETWEEN + _MARGIN)
    style = _STYLE + (STYLE if overlays else "")
    return "\n".join([*_opened(pictures, words, size, style), *bodies, "</svg>"]) + "\n"


def _opened(pictures: Sequence[Picture], words: Words, size: tuple[int, int], style: str) -> list[str]:
    title = " · ".join(picture.texts[picture.model.id] for picture in pictures)
    said = " ".join(words.describe(picture) for picture in pictures)
    root = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}" '
        f'viewBox="0 0 {size[0]} {size[1]}" role="img" aria-labelledby="wz-title wz-desc" '
        f'lang="{words.language}" font-family={quoteattr(FONTS)} font-size="{_TASK_SIZE}">'
    )
    return [
        root,
        f'<title id="wz-title">{_clean(title)}</title>',
        f'<desc id="wz-desc">{_clean(said)}</desc>',
        f"<style>{style}</style>",
        _ARROW,
        f'<rect width="{size[0]}" height="{size[1]}" fill="#fff"/>',
    ]


def _frame(picture: Picture) -> Box:
    whole = picture.drawing.frame
    boxes = [whole, *(name.box for name in picture.names.values())]
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(x, y, max(box.right for box in boxes) - x, max(box.bottom for box in boxes) - y)


def _heading(picture: Picture, top: int) -> str:
    text = _clean(picture.texts[picture.model.id])
    return f'<text x="{_MARGIN}" y="{top + 20}" font-size="20" font-weight="600">{text}</text>'


def _body(picture: Picture, words: Words) -> Iterable[str]:
    """Scopes first, flows upon them, shapes upon flows, names on top; boundary events upon their hosts."""
    elements = picture.model.all_elements()
    boxes = picture.drawing.boxes
    for name, box in sorted(picture.drawing.lanes.items(), key=lambda one: -one[1].width * one[1].height):
        yield _lane(name, box, words.role(picture.texts.get(name)))
    scopes = [element for element in elements if is_scope(element.type)]
    for element in sorted(scopes, key=lambda one: -boxes[one.id].width * boxes[one.id].height):
        yield _scope(element, boxes[element.id], picture.texts[element.id])
    defaults = {element.default for element in elements if element.default}
    for flow in picture.plan.links:
        text = _text(picture.names.get(flow.id), FLOW_SIZE)
        slash = _slash(picture.drawing.edges[flow.id]) if flow.id in defaults else ""
        yield (
            f"<g data-flow={quoteattr(flow.id)}>{_title(picture.texts.get(flow.id, ''))}"
            f'<path class="wz-flow" marker-end="url(#wz-arrow)" d="{_path(picture.drawing.edges[flow.id])}"/>'
            f"{slash}{text}</g>"
        )
    for element in sorted(elements, key=lambda one: one.attached_to is not None):
        if not is_scope(element.type):
            yield _element(element, picture, words)


def _who(element: Element, picture: Picture, words: Words) -> str:
    """What the role of a task is called: in its definition, or by everybody."""
    return picture.texts.get(f"role/{element.role}") or words.role(element.role)


def _element(element: Element, picture: Picture, words: Words) -> str:
    box = picture.drawing.boxes[element.id]
    text = picture.texts[element.id]
    if is_event(element.type):
        drawn = _event(element, box) + _text(picture.names.get(element.id), NAME_SIZE)
    elif is_gateway(element.type):
        drawn = _gateway(element, box) + _text(picture.names.get(element.id), NAME_SIZE)
    else:
        drawn = _task(element, box, text, _who(element, picture, words))
    role = f" · {_who(element, picture, words)}" if element.role else ""
    kind = words.say(element.type)
    return (
        f'<g data-element={quoteattr(element.id)} data-type="{element.type}">'
        f"<title>{_clean((text or element.id) + role)} ({kind})</title>{drawn}</g>"
    )


def _lane(name: str, box: Box, text: str) -> str:
    """A lane's name runs upwards in the strip at its left."""
    x, y = box.x + LANE / 2, box.y + box.height / 2
    lines = wrap(text, box.height - 8, NAME_SIZE, 2)
    named = _lines(lines, 0, 4 - (len(lines) - 1) * NAME_SIZE * LINE / 2, NAME_SIZE)
    return (
        f"<g data-lane={quoteattr(name)}><title>{_clean(text)}</title>"
        f'<rect class="wz-lane" x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}"/>'
        f'<path class="wz-lane" d="M{box.x + LANE} {box.y}V{box.bottom}"/>'
        f'<g transform="translate({x:g} {y:g}) rotate(-90)">{named}</g></g>'
    )


def _scope(element: Element, box: Box, text: str) -> str:
    title = _clean("".join(wrap(text, box.width - 20, _TASK_SIZE, 1)))
    return (
        f'<g data-element={quoteattr(element.id)} data-type="{element.type}"><title>{_clean(text)}</title>'
        f'<rect class="wz-scope" x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="10"/>'
        f'<text x="{box.x + 12}" y="{box.y + TITLE - 7}" font-weight="600">{title}</text></g>'
    )


def _event(element: Element, box: Box) -> str:
    x, y = box.middle
    radius = min(box.width, box.height) / 2
    keeps = "" if element.interrupting else " wz-keeps"
    end = " wz-end" if element.type == "endEvent" else ""
    drawn = f'<circle class="wz-shape{end}{keeps}" cx="{x}" cy="{y}" r="{radius - (1.25 if end else 0):g}"/>'
    if element.type in {"boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent"}:
        drawn += f'<circle class="wz-thin{keeps}" cx="{x}" cy="{y}" r="{radius - 3.5:g}"/>'
    sign = event_sign(element.type, element.trigger)
    return drawn + _at(sign, x, y, radius / 18)


def _gateway(element: Element, box: Box) -> str:
    x, y = box.middle
    points = f"M{x} {box.y}L{box.right} {y}L{x} {box.bottom}L{box.x} {y}z"
    return f'<path class="wz-shape" d="{points}"/>' + _at(gateway_sign(element.type), x, y, box.width / 50)


def _task(element: Element, box: Box, text: str, role: str) -> str:
    """A box with its sign, who does it, and its name; small boxes of other drawings leave the former out."""
    drawn = (
        f'<rect class="wz-shape" x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="10"/>'
    )
    top = 0
    if box.height >= 44 and box.width >= 60:  # noqa: PLR2004 - room for a line above the name
        top = 20
        drawn += _at(TASKS.get(element.type, ""), box.x + 14, box.y + 13, 1)
        for line in wrap(role, box.width - 34, 11, 1):
            drawn += f'<text class="wz-small" x="{box.x + 26}" y="{box.y + 17}">{_clean(line)}</text>'
    room = box.height - top - 4
    size = _TASK_SIZE
    lines = wrap(text, box.width - 12, size, 99)
    while size > 10 and len(lines) * size * LINE > room:  # noqa: PLR2004 - smaller is not readable
        size -= 1
        lines = wrap(text, box.width - 12, size, 99)
    lines = wrap(text, box.width - 12, size, max(int(room / (size * LINE)), 1))
    x = box.x + box.width / 2
    y = box.y + top + (room - len(lines) * size * LINE) / 2 + size
    return drawn + _lines(lines, x, y, size)


def _at(sign: str, x: float, y: float, scale: float) -> str:
    if not sign:
        return ""
    scaled = "" if scale == 1 else f" scale({scale:.3g})"
    return f'<g transform="translate({x:g} {y:g}){scaled}">{sign}</g>'


def _text(name: Name | None, size: int) -> str:
    if name is None:
        return ""
    x = name.box.x + name.box.width / 2
    return _lines(list(name.lines), x, name.box.y + size - 0.5, size, halo=True)


def _lines(lines: list[str], x: float, y: float, size: int, *, halo: bool = False) -> str:
    spans = "".join(
        f'<tspan x="{x:g}" y="{y + number * size * LINE:g}">{_clean(line)}</tspan>'
        for number, line in enumerate(lines)
    )
    style = ' class="wz-halo"' if halo else ""
    return f'<text{style} text-anchor="middle" font-size="{size}">{spans}</text>' if spans else ""


def _slash(points: list[Point]) -> str:
    """The stroke across a gateway's default flow, a little behind its beginning."""
    (x, y), (a, b) = points[0], points[1]
    length = max(((a - x) ** 2 + (b - y) ** 2) ** 0.5, 1)
    far = min(_SLASH, length / 2)
    x, y = round(x + (a - x) * far / length), round(y + (b - y) * far / length)
    return f'<path class="wz-flow" d="M{x - 5} {y + 5}L{x + 5} {y - 5}"/>'


def _path(points: list[Point]) -> str:
    """A line through the points with rounded corners."""
    parts = [f"M{points[0][0]} {points[0][1]}"]
    for before, at, after in zip(points, points[1:], points[2:], strict=False):
        one, other = _towards(at, before), _towards(at, after)
        parts.append(f"L{one[0]:g} {one[1]:g}Q{at[0]} {at[1]} {other[0]:g} {other[1]:g}")
    parts.append(f"L{points[-1][0]} {points[-1][1]}")
    return "".join(parts)


def _towards(at: Point, end: Point) -> tuple[float, float]:
    length = ((end[0] - at[0]) ** 2 + (end[1] - at[1]) ** 2) ** 0.5
    share = min(_CORNER, length / 2) / length if length else 0
    return round(at[0] + (end[0] - at[0]) * share, 1), round(at[1] + (end[1] - at[1]) * share, 1)


def _title(text: str) -> str:
    """The whole of a name that may have been cut."""
    return f"<title>{_clean(text)}</title>" if text else ""


def _clean(text: str) -> str:
    return escape(" ".join(text.split()))
