"""How large a regular expression becomes when RE2 compiles it.

RE2 is linear in the text but multiplies by the size of the program when its state cache
overflows (measured: 5 ns for each byte of text and instruction), and `{n}` repeats what stands
before it.
"""

from __future__ import annotations

import re
from typing import Final

_ATOM: Final = re.compile(
    r"""
    (?P<unicode>\\[pP](?:\{[^}]*\}|.))
  | (?P<escape>\\(?:x\{[^}]*\}|x[0-9A-Fa-f]{2}|[0-7]{3}|.))
  | (?P<set>\[\^?\]?(?:\[:[^\]]*:\]|\\.|[^\]\\])*\])
  | (?P<open>\()
  | (?P<close>\))
  | (?P<count>\{(?P<low>[0-9]+)(?P<comma>,(?P<high>[0-9]*))?\})
  | (?P<any>[.])
  | (?P<plain>(?s:.))
    """,
    re.VERBOSE | re.ASCII,
)
# A set or `.` of UTF-8 text is about this many instructions; a Unicode class has hundreds of ranges.
_UNICODE: Final = 1500.0
_ANY: Final = 12.0


def program_size(pattern: str) -> float:
    """An upper estimate of the instructions RE2 needs for `pattern`."""
    stack: list[float] = []
    total, last = 1.0, 0.0
    for atom in _ATOM.finditer(pattern):
        kind = atom.lastgroup or "plain"
        if kind == "open":
            stack.append(total)
            total, last = 1.0, 0.0
        elif kind == "close":
            last = total + 2.0
            total = (stack.pop() if stack else 0.0) + last
        elif atom["count"]:
            times = max(int(atom["low"][:6]), int((atom["high"] or "0")[:6]), 1)
            total += last * (times - 1)
            last *= times
        else:
            last = _atom_size(kind, atom.group())
            total += last
    return total + sum(stack)


def _atom_size(kind: str, text: str) -> float:
    """Instructions of one atom: a byte range each, alternatives of UTF-8 lengths for what is not ASCII."""
    if kind == "unicode":
        return _UNICODE
    if kind == "set":
        return _ANY + len(text.encode()) + (_UNICODE if "\\p" in text or "\\P" in text else 0.0)
    if kind == "any" or (kind == "escape" and text[1:].isupper()):
        return _ANY
    return len(text.encode()) + 1.0
