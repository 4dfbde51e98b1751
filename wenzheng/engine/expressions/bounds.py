"""An upper bound of what an expression can cost, from its checked tree.

Every node gets three polynomials over the sizes of the inputs: the items and bytes of its value,
and the work of computing it. One unit of work is about 0.1 µs and never creates more than 64
bytes of text or one copied list slot, so a bound on work bounds memory too. The weights were
measured with cel-expr-python 0.1.3; tests/unit/engine/expressions/test_bombs.py runs the
dearest accepted expressions under a memory limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wenzheng.engine.expressions import limits
from wenzheng.engine.expressions.checked import ORDERED, Loop, Node
from wenzheng.engine.expressions.errors import ExpressionRefused, refused
from wenzheng.engine.expressions.patterns import program_size
from wenzheng.engine.expressions.polynomial import Monomial, Polynomial
from wenzheng.engine.expressions.source import position
from wenzheng.engine.expressions.types import VarType

_REMEDY: Final = "Loop over fewer things, limit an input as in string[200] or list<string>[50]"

_ZERO: Final = Polynomial({})
_STEP: Final = Polynomial.constant(0.25)  # one node evaluated once
_SCALAR_BYTES: Final = Polynomial.constant(24)

_COPIED: Final = 1 / 64  # a byte of text made anew: the time, and the memory it takes
_READ: Final = 1 / 512  # a byte of text compared or hashed
_COUNTED: Final = 1 / 128  # a byte of text whose characters are counted
_ITEM: Final = 1 / 2  # an item compared
_GROWN: Final = 1 / 4  # an accumulated element copied in a later round, half of the rounds on average
_SEARCH: Final = 1 / 4096  # a pair of bytes compared by contains()
_MATCH: Final = 1 / 20  # a byte of text met by an instruction of a regular expression

_SCALARS: Final = frozenset({"bool", "int", "uint", "double", "null", "timestamp", "duration", "type"})

# Functions that look at few bytes and give a scalar; all others are named below, or refused.
_LOGIC: Final = frozenset({"_&&_", "_||_", "!_", "@not_strictly_false", "hasValue", "optional.none"})
_NUMBERS: Final = frozenset({"-_", "_-_", "_*_", "_/_", "_%_"})
_CONVERSIONS: Final = frozenset({"type", "int", "uint", "double", "bool", "timestamp", "duration"})
_DURATIONS: Final = frozenset({"getHours", "getMinutes", "getSeconds", "getMilliseconds"})
_PLAIN: Final = _LOGIC | _NUMBERS | _CONVERSIONS | _DURATIONS
_LESS: Final = frozenset({"_<_", "_<=_", "_>_", "_>=_", "_==_", "_!=_", "startsWith", "endsWith"})
# The value is one of the operands, or a part of one.
_ACCESS: Final = frozenset({"dyn", "_[_]", "_?._", "_[?_]", "first", "last"})
_OPTIONAL: Final = frozenset({"optional.of", "optional.ofNonZeroValue", "value", "or", "orValue"})
_OWN: Final = frozenset({"lower", "date", "days_between", "add_days", "year", "month", "day", "weekday"})
_PASS: Final = _ACCESS | _OPTIONAL | _OWN | {ORDERED}
# CEL's accessors without a zone answer in UTC, where a day in China begins on the day before;
# with the name of a zone they depend on the machine's own zone files.
_DATES: Final = frozenset(
    {"getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear"}
)
_ZONELESS: Final = _DATES | _DURATIONS


@dataclass(frozen=True)
class Bound:
    """Upper bounds of one node: its value's items and bytes, and the work done for it."""

    items: Polynomial
    size: Polynomial
    work: Polynomial

    def clamped(self, kind: str) -> Bound:
        """The same, knowing the checked type."""
        if kind in _SCALARS:
            return Bound(_ZERO, _SCALAR_BYTES, self.work)
        if kind == "string":
            return Bound(_ZERO, self.size, self.work)
        return self

    def weight(self) -> Polynomial:
        """The work of looking at all of the value once."""
        return self.items.times(_ITEM) + self.size.times(_READ)


Scope = dict[str, tuple[Polynomial, Polynomial]]


class Analysis:
    """Computes the bounds of one expression. `uses` names the declared variables it reads."""

    def __init__(self, text: str, declared: dict[str, VarType]) -> None:
        self.uses: set[str] = set()
        self._text = text
        self._declared = declared
        self._caps: dict[str, float] = {}
        self._loops = 0

    def run(self, root: Node) -> float:
        """The work of the whole expression.

        Raises:
            ExpressionRefused: `too_much_work`, `result_too_large`, `function_not_available`, and
                the like, with the position of the element at fault.
        """
        return self.number(self._visit(root, {}).work)

    # --- numbers ---------------------------------------------------------------------------

    def number(self, polynomial: Polynomial) -> float:
        """The largest value: inputs together have MAX_ITEMS items and MAX_BYTES bytes.

        Loop symbols that are still open count as 1, so this is a lower estimate inside a loop.
        """
        return polynomial.evaluate(self._largest)

    def _largest(self, monomial: Monomial) -> float:
        """The maximum of a product of sizes whose sum is limited: equal shares by exponent."""
        value = 1.0
        for prefix, budget in (("I:", limits.MAX_ITEMS), ("B:", limits.MAX_BYTES)):
            wanted = [(n, e) for n, e in monomial if n.startswith(prefix)]
            free = [(n, e) for n, e in wanted if n not in self._caps]
            capped = 1.0
            for name, exponent in wanted:
                if name in self._caps:
                    capped *= min(self._caps[name], budget) ** exponent
            value *= min(_shares(wanted, budget), capped * _shares(free, budget))
        return value

    def _guard(self, node: Node, bound: Bound) -> None:
        work = self.number(bound.work)
        if work > limits.MAX_WORK:
            raise self._refuse(
                node,
                "too_much_work",
                f"This may take up to {work:.1e} steps; at most {limits.MAX_WORK:.0e} are allowed.",
                f"{_REMEDY}, or prepare the data in a service.",
            )
        size = max(self.number(bound.items), self.number(bound.size))
        if size > limits.MAX_SIZE:
            raise self._refuse(
                node,
                "result_too_large",
                f"The result may grow to {size:.1e}; at most {limits.MAX_SIZE:.0e} is allowed.",
                f"{_REMEDY}, or build a smaller value.",
            )

    def _refuse(self, node: Node, code: str, message: str, hint: str) -> ExpressionRefused:
        return refused(code, message, hint, *position(self._text, node.offset))

    # --- nodes -----------------------------------------------------------------------------

    def _visit(self, node: Node, scope: Scope) -> Bound:
        if node.loop is not None:
            bound = self._visit_loop(node.loop, node, scope)
        elif node.kind == "const":
            bound = self._visit_const(node)
        elif node.kind == "ident":
            bound = self._visit_ident(node, scope)
        elif node.kind == "call":
            bound = self._visit_call(node, [self._visit(p, scope) for p in node.parts])
            entry = scope.get(_entry(node)) if node.name == "_[_]" else None
            if entry is not None:
                bound = Bound(*entry, bound.work)
        elif node.kind == "select":
            inner = self._visit(node.parts[0], scope)
            bound = Bound(inner.items, inner.size, inner.work + _STEP)
        else:
            bound = self._visit_collection(node, [self._visit(p, scope) for p in node.parts])
        bound = bound.clamped("bool" if node.kind == "select" and node.value else node.type)
        self._guard(node, bound)
        return bound

    def _visit_const(self, node: Node) -> Bound:
        if node.name == "bytes":
            raise self._refuse(node, "not_json", "Bytes are not available.", "Use text.")
        if node.name != "string":
            return Bound(_ZERO, _SCALAR_BYTES, _STEP)
        if "\0" in node.value:
            raise self._refuse(node, "nul_in_text", "A text holds a NUL character.", "Remove it.")
        size = float(len(node.value.encode())) + 2
        return Bound(_ZERO, Polynomial.constant(size), _STEP)

    def _visit_ident(self, node: Node, scope: Scope) -> Bound:
        if node.name in scope:
            items, size = scope[node.name]
            return Bound(items, size, _STEP)
        declared = self._declared.get(node.name)
        if declared is None:
            if node.type == "type":  # int, string … as values
                return Bound(_ZERO, _SCALAR_BYTES, _STEP)
            raise self._refuse(
                node, "not_declared", f"{node.name!r} is not declared.", "Declare the variable."
            )
        self.uses.add(node.name)
        if declared.limit is not None:
            if declared.base == "string":
                self._caps[f"B:{node.name}"] = 4.0 * declared.limit + 2
            elif declared.element is not None and declared.element.base not in ("list", "map", "any"):
                self._caps[f"I:{node.name}"] = float(declared.limit)
        return Bound(Polynomial.symbol(f"I:{node.name}"), Polynomial.symbol(f"B:{node.name}"), _STEP)

    def _visit_collection(self, node: Node, parts: list[Bound]) -> Bound:
        if node.name:
            raise self._refuse(
                node,
                "not_json",
                f"Messages such as {node.name} are not available.",
                "Use a map: {'name': value}.",
            )
        if node.key_type in ("int", "uint", "bool", "double"):
            raise self._refuse(
                node, "not_json", "The keys of a map must be text.", "Write the keys in quotes."
            )
        count = Polynomial.constant(len(node.parts))
        items, size, work = count, count.times(2) + Polynomial.constant(2), count + _STEP
        for part in parts:
            items, size, work = items + part.items, size + part.size, work + part.work
        return Bound(items, size, work)

    def _visit_call(self, node: Node, args: list[Bound]) -> Bound:
        name = node.name
        if name == "_?_:_":
            return _either(args)
        work = sum((a.work for a in args), _STEP)
        if name in _ZONELESS and node.parts[0].type != "duration":
            hint = "Write year(x), month(x), day(x) or weekday(x): they answer in the process's time zone."
            raise self._refuse(node, "zone_missing", f"{name} would answer in UTC.", hint)
        if name == "_+_":
            return self._visit_plus(node, args, work)
        if name in _PASS:
            return self._visit_pass(name, args, work)
        if name == "string":
            return Bound(_ZERO, args[0].size + _SCALAR_BYTES, work + args[0].size.times(_COPIED) + _STEP)
        return Bound(_ZERO, _SCALAR_BYTES, work + self._call_work(node, args))

    def _call_work(self, node: Node, args: list[Bound]) -> Polynomial:
        """The work of a function that gives a scalar, beside that of its operands."""
        name = node.name
        if name in _LESS:
            return self._smaller(args[0].weight(), args[1].weight())
        if name in _PLAIN:
            return sum((a.size.times(_READ) for a in args), _STEP)
        if name == "size":
            return args[0].size.times(_COUNTED)
        if name == "@in":
            return args[0].weight() + args[1].weight()
        if name == "contains":
            pairs = (args[0].size * args[1].size).times(_SEARCH)
            return args[0].weight() + args[1].weight() + pairs
        if name == "matches":
            return self._match_work(node, args)
        hint = f"The functions are: {limits.FUNCTIONS}."
        raise self._refuse(node, "function_not_available", f"{name} is not available.", hint)

    def _visit_pass(self, name: str, args: list[Bound], work: Polynomial) -> Bound:
        items, size = args[0].items, args[0].size
        if name in ("or", "orValue"):
            items, size = items.join(args[1].items), size.join(args[1].size)
        if name in ("_[_]", "_[?_]"):
            work += args[1].size.times(_READ)
        if name == ORDERED:  # a round trip through Python
            work += items.times(20) + size.times(_COPIED * 2) + Polynomial.constant(20)
        if name in _OWN:  # lower() may lengthen a text by half
            work += sum((a.size.times(_COPIED * 4) for a in args), Polynomial.constant(40))
            size = size.times(2)
        return Bound(items, size, work)

    def _visit_plus(self, node: Node, args: list[Bound], work: Polynomial) -> Bound:
        left, right = args
        items, size = left.items + right.items, left.size + right.size
        if node.type in _SCALARS:
            return Bound(_ZERO, _SCALAR_BYTES, work)
        if node.type != "list":
            work += size.times(_COPIED)
        if node.type != "string":
            work += left.items.times(_GROWN) + right.items.times(_ITEM)
        return Bound(items, size, work)

    def _match_work(self, node: Node, args: list[Bound]) -> Polynomial:
        pattern = node.parts[1]
        if pattern.kind != "const":
            hint = "Give it as text in quotes."
            raise self._refuse(node, "pattern_not_constant", "A pattern must be written out.", hint)
        program = program_size(pattern.value)
        # Compiling takes about 0.5 µs an instruction, each time.
        return args[0].size.times(program * _MATCH) + Polynomial.constant(20 + 5 * program)

    def _smaller(self, left: Polynomial, right: Polynomial) -> Polynomial:
        """The cheaper of two bounds, each of which holds: what belongs to a loop sums up better."""
        inside_left = any(s[0] in "ib" for s in left.symbols())
        inside_right = any(s[0] in "ib" for s in right.symbols())
        if inside_left != inside_right and left.symbols() and right.symbols():
            return left if inside_left else right
        return left if self.number(left) <= self.number(right) else right

    # --- loops -----------------------------------------------------------------------------

    def _visit_loop(self, loop: Loop, node: Node, scope: Scope) -> Bound:
        """Sum the step over the rounds.

        A macro's accumulator is a flag, a count, or a list that grows by what the round adds.
        Any other growth (twice itself, say) is refused.
        """
        over, start = self._visit(loop.over, scope), self._visit(loop.start, scope)
        self._loops += 1
        inner_items, inner_size = f"i{self._loops}", f"b{self._loops}"
        acc_items, acc_size = f"a{self._loops}", f"c{self._loops}"
        element = (Polynomial.symbol(inner_items), Polynomial.symbol(inner_size))
        inner = _enter(scope, loop, element)
        inner[loop.accumulator] = (Polynomial.symbol(acc_items), Polynomial.symbol(acc_size))
        step = self._visit(loop.step, inner)
        condition = self._visit(loop.condition, inner)
        totals = {inner_items: over.items, inner_size: over.size}
        accumulators = {acc_items, acc_size}
        # An empty list is no rounds; anything else at least one, and no more than it has items.
        rounds = over.items
        ends: dict[str, Polynomial] = {}
        for name, begin, after in ((acc_items, start.items, step.items), (acc_size, start.size, step.size)):
            held = {m: c for m, c in after.terms.items() if any(n in accumulators for n, _ in m)}
            if any(m != ((name, 1),) or c > 1 for m, c in held.items()):
                raise self._refuse(
                    node,
                    "too_much_work",
                    "This loop grows by itself.",
                    "Build the list from its elements only.",
                )
            added = after.without(accumulators)
            ends[name] = (
                begin + added.summed(rounds, totals, inner_items)
                if held
                else begin.join(added.replaced(totals))
            )
        result = self._visit(loop.result, {**scope, loop.accumulator: (ends[acc_items], ends[acc_size])})
        each = (step.work + condition.work + _STEP).replaced(ends)
        work = over.work + start.work + result.work + each.summed(rounds, totals, inner_items)
        return Bound(result.items, result.size, work)


def _shares(wanted: list[tuple[str, int]], budget: float) -> float:
    """The largest product of powers of sizes that add up to `budget`."""
    degree = sum(e for _, e in wanted)
    value = 1.0
    for _, exponent in wanted:
        value *= (budget * exponent / degree) ** exponent
    return value


def _either(args: list[Bound]) -> Bound:
    """A conditional: the larger of both branches."""
    test, yes, no = args
    work = _STEP + test.work + yes.work.join(no.work)
    return Bound(yes.items.join(no.items), yes.size.join(no.size), work)


def _entry(access: Node) -> str:
    """The key under which a scope knows `map[key]` of the map that is being walked."""
    container, key = access.parts
    return f"{container.name}[{key.name}]" if container.kind == key.kind == "ident" else ""


def _enter(scope: Scope, loop: Loop, element: tuple[Polynomial, Polynomial]) -> Scope:
    """The scope inside a loop.

    Where a macro walks the keys of a map that has a name, the loop's element stands for the whole
    entry: the keys differ, so all m[k] together are no larger than m.
    """
    hidden = (loop.variable, loop.accumulator)
    inner = {name: sizes for name, sizes in scope.items() if not any(part in hidden for part in _names(name))}
    inner[loop.variable] = element
    walked = loop.over.parts[0] if loop.over.name == ORDERED else loop.over
    if walked.kind == "ident" and walked.type == "map" and walked.name not in hidden:
        inner[f"{walked.name}[{loop.variable}]"] = element
    return inner


def _names(name: str) -> list[str]:
    return name.rstrip("]").split("[")
