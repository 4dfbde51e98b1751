"""The pictures of the documentation that are drawn from the shipped definition: python scripts/reference.py.

They are written together with the reference pages, and the same test says when they are behind.
"""

from __future__ import annotations

import functools
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape, quoteattr

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from wenzheng.catalog.drawing import ROLES  # noqa: E402
from wenzheng.catalog.pictures.svg import FONTS, draw_svg  # noqa: E402  # after the path is set
from wenzheng.cli.render import pictures  # noqa: E402

DEFINITION: Final = ROOT / "definitions" / "petition"
_SHOWN: Final = "letter"
"""The deadline that the README shows."""
_TITLE: Final = "A deadline in YAML and its picture"
_WORDS: Final = (
    "Above, the deadline of a letter as it stands in petition.yaml: yellow after 5 working days, red after "
    "15. Below, the picture that wenzheng render draws: the steps of the definition, and that deadline as "
    "a bar."
)
_SIZE: Final = 18
_LINE: Final = 26
_MARGIN: Final = 28
_MONOSPACE: Final = f"ui-monospace, 'Cascadia Mono', Consolas, 'DejaVu Sans Mono', monospace, {FONTS}"
_STYLE: Final = ".wz-key{fill:#0b5394;font-weight:600}.wz-page{fill:#f6f7f9;stroke:#c9ced6}"
_KEY: Final = re.compile(r"( *(?:- )?)([a-z_0-9]+:)(.*)")


def petition_picture(language: str) -> str:
    """The shipped definition as `wenzheng render` draws it."""
    return draw_svg(pictures(DEFINITION, language), language, ROLES[language])


def yaml_picture() -> str:
    """A deadline as the administrator writes it, above the steps and the bar it becomes."""
    (picture,) = pictures(DEFINITION, "en")
    model = replace(picture.model, clocks={_SHOWN: picture.model.clocks[_SHOWN]})
    drawn = draw_svg([replace(picture, model=model)], "en", ROLES["en"])
    size = re.match(r'<svg [^>]*?width="(\d+)" height="(\d+)"', drawn)
    assert size is not None
    lines = _part((DEFINITION / "petition.yaml").read_text(encoding="utf-8"))
    code = 2 * _MARGIN + len(lines) * _LINE
    width, height = int(size[1]), int(size[2]) + code + 8
    # One title for both: what is inside is part of it.
    inner = drawn.replace("<svg ", f'<svg y="{code + 8}" ', 1).replace(' role="img"', "", 1)
    inner = re.sub(r' aria-labelledby="[^"]*"', "", inner, count=1)
    root = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-labelledby="wz-all wz-words">'
    )
    return "\n".join(
        [
            root,
            f'<title id="wz-all">{_TITLE}</title><desc id="wz-words">{_WORDS}</desc>',
            f"<style>{_STYLE}</style>",
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
            f'<rect class="wz-page" x="8" y="8" width="{width - 16}" height="{code}" rx="10"/>',
            f'<g font-family={quoteattr(_MONOSPACE)} font-size="{_SIZE}">',
            *_code(lines, _MARGIN),
            f"</g>\n{inner.rstrip()}\n</svg>\n",
        ]
    )


def _part(text: str) -> list[str]:
    """The lines of the deadline, as they stand in the file, below their heading."""
    lines = text.splitlines()
    begin = lines.index("deadlines:")
    start = lines.index(f"  {_SHOWN}:", begin)
    end = next(n for n in range(start + 1, len(lines)) if not lines[n].startswith("   "))
    return [lines[begin], *lines[start:end]]


def _code(lines: list[str], x: int) -> list[str]:
    drawn = []
    for number, line in enumerate(lines):
        y = _MARGIN + 8 + (number + 0.8) * _LINE
        found = _KEY.fullmatch(line)
        words = escape(line)
        if found is not None:
            key = f'<tspan class="wz-key">{escape(found[2])}</tspan>'
            words = f"{found[1]}{key}{escape(found[3])}"
        drawn.append(f'<text x="{x}" y="{y:g}" xml:space="preserve">{words}</text>')
    return drawn


@functools.cache
def images() -> dict[Path, str]:
    """Path to content."""
    folder = ROOT / "docs" / "images"
    return {
        folder / "petition.svg": petition_picture("en"),
        folder / "petition.zh.svg": petition_picture("zh"),
        folder / "yaml.svg": yaml_picture(),
    }
