"""The limits of one evaluation, all in one place.

CEL bounds neither memory nor time by itself (design.md §2: a 170-character chain of `map`
took 5 GB). These numbers together bound an accepted expression to about 0.1 s and 100 MB.
"""

from __future__ import annotations

from typing import Final

MAX_DEPTH: Final = 32
"""Nesting of lists and maps in an input or a result; a scalar has depth 0."""

MAX_BYTES: Final = 65_536
"""UTF-8 bytes of the serialised JSON: of all variables one evaluation uses together, and of a result."""

MAX_ITEMS: Final = 1_000
"""List elements and map entries at all levels, counted like the bytes.

CEL's `map` and `filter` copy the list built so far for every element (measured: 45 ns and
about 24 bytes an element copied), so a list's length counts squared.
"""

MAX_SOURCE: Final = 4_096
"""UTF-8 bytes of one expression."""

MAX_SCRIPT: Final = 16_384
"""UTF-8 bytes of one script."""

MAX_WORK: Final = 1_000_000
"""Upper bound of one expression's work, in units of about 0.1 µs."""

MAX_SCRIPT_WORK: Final = 5_000_000
"""Upper bound of the work of all lines of a script together."""

MAX_SIZE: Final = 1_000_000
"""Upper bound of a result's size (items and bytes) that may be *possible*; what really comes out
is held to MAX_BYTES and MAX_ITEMS."""

MAX_NAME: Final = 64
"""Characters of a variable's name."""

MAX_TYPE_DEPTH: Final = 4
"""Nesting of `list<…>` and `map<…>` in a declared type."""

INT_MIN: Final = -(2**63)
INT_MAX: Final = 2**63 - 1

MIN_YEAR: Final = 1900
MAX_YEAR: Final = 2190
"""Dates and timestamps outside these years are refused: cel-expr-python 0.1.3 subtracts in 64-bit
nanoseconds and silently stops at 292 years (measured), so no two days may be further apart."""

FUNCTIONS: Final = (
    "size, contains, startsWith, endsWith, matches, lower, date, days_between, add_days, year, month, day, "
    "weekday, int, double, string, bool, timestamp, duration, type, optional.of, optional.none, orValue"
)
"""What an expression may call, for hints."""
