"""Polynomials with non-negative coefficients over sizes not yet known.

The bound of an expression's work is a polynomial in the sizes of its inputs. Sizes of loop
variables are symbols too, and are summed away when the loop ends: for elements x of a list
with total size T, the sum of size(x)^k is at most T^k, which is what makes bounds over strings
inside lists tight enough to be useful.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

Monomial = tuple[tuple[str, int], ...]
"""Symbols with their exponents, sorted by symbol."""

MOST_TERMS: Final = 256
"""Above this many terms the analysis itself would be slow; the bound is then taken as infinite."""


class Polynomial:
    """An immutable polynomial: monomial to coefficient."""

    __slots__ = ("terms",)

    def __init__(self, terms: Mapping[Monomial, float]) -> None:
        self.terms: dict[Monomial, float] = {m: c for m, c in terms.items() if c > 0}
        if len(self.terms) > MOST_TERMS:
            self.terms = {(): math.inf}

    @classmethod
    def constant(cls, value: float) -> Polynomial:
        """A number."""
        return cls({(): value})

    @classmethod
    def symbol(cls, name: str) -> Polynomial:
        """An unknown size."""
        return cls({((name, 1),): 1.0})

    def __add__(self, other: Polynomial) -> Polynomial:
        terms = dict(self.terms)
        for monomial, coefficient in other.terms.items():
            terms[monomial] = terms.get(monomial, 0.0) + coefficient
        return Polynomial(terms)

    def __mul__(self, other: Polynomial) -> Polynomial:
        terms: dict[Monomial, float] = {}
        for m1, c1 in self.terms.items():
            for m2, c2 in other.terms.items():
                monomial = _product(m1, m2)
                terms[monomial] = terms.get(monomial, 0.0) + c1 * c2
            if len(terms) > MOST_TERMS:
                break
        return Polynomial(terms)

    def times(self, factor: float) -> Polynomial:
        """Every coefficient times `factor`."""
        return Polynomial({m: c * factor for m, c in self.terms.items()})

    def join(self, other: Polynomial) -> Polynomial:
        """A polynomial at least as large as both, wherever they are evaluated."""
        terms = dict(self.terms)
        for monomial, coefficient in other.terms.items():
            terms[monomial] = max(terms.get(monomial, 0.0), coefficient)
        return Polynomial(terms)

    def symbols(self) -> set[str]:
        """The symbols that occur."""
        return {name for monomial in self.terms for name, _ in monomial}

    def without(self, names: set[str]) -> Polynomial:
        """Only the terms in which none of `names` occurs."""
        return Polynomial({m: c for m, c in self.terms.items() if not any(n in names for n, _ in m)})

    def replaced(self, values: Mapping[str, Polynomial]) -> Polynomial:
        """The polynomial with symbols replaced by polynomials."""
        result = Polynomial({})
        for monomial, coefficient in self.terms.items():
            rest = tuple((n, e) for n, e in monomial if n not in values)
            term = Polynomial({rest: coefficient})
            for name, exponent in monomial:
                if name in values:
                    for _ in range(exponent):
                        term *= values[name]
            result += term
        return result

    def summed(self, rounds: Polynomial, totals: Mapping[str, Polynomial], counted: str = "") -> Polynomial:
        """The sum over a loop's rounds, `totals` bounding the sum of each loop symbol.

        The total of `counted` includes the rounds themselves (a list's items count its elements
        and what is inside them), so what both would add is added once.
        """
        once = {m: c for m, c in self.terms.items() if not any(n in totals for n, _ in m)}
        more = {m: c for m, c in self.terms.items() if m not in once}
        for monomial, coefficient in once.items():
            inside = _product(monomial, ((counted, 1),))
            if inside in more:
                more[inside] -= min(coefficient, more[inside])
        rest = Polynomial(more)
        return Polynomial(once) * rounds + rest.replaced(totals)

    def evaluate(self, value_of: Callable[[Monomial], float]) -> float:
        """The number when `value_of` gives the largest value of each monomial."""
        total = 0.0
        for monomial, coefficient in self.terms.items():
            total += coefficient * value_of(monomial)
        return total


def _product(left: Monomial, right: Monomial) -> Monomial:
    if not left or not right:
        return left or right
    exponents = dict(left)
    for name, exponent in right:
        exponents[name] = exponents.get(name, 0) + exponent
    return tuple(sorted(exponents.items()))
