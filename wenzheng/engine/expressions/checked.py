"""The checked syntax tree of a compiled expression.

cel-expr-python hands a compiled expression out as a protobuf (`cel.expr.CheckedExpr` inside an
Any). No package on PyPI ships those messages for Python, so the few fields we read are declared
here; numbers and names are those of cel-spec's proto/cel/expr/{syntax,checked}.proto.
Unknown fields survive decoding and encoding.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

_TYPE_URL: Final = "type.googleapis.com/cel.expr.CheckedExpr"

# message -> "name:number:type", `*` for repeated.
_MESSAGES: Final[dict[str, str]] = {
    "Constant": "null:1:int64 bool:2:bool int:3:int64 uint:4:uint64 double:5:double string:6:string "
    "bytes:7:bytes",
    "Ident": "name:1:string",
    "Select": "operand:1:Expr field:2:string test_only:3:bool",
    "Call": "target:1:Expr function:2:string args:3:Expr*",
    "CreateList": "elements:1:Expr* optional:2:int32*",
    "Entry": "id:1:int64 field_key:2:string map_key:3:Expr value:4:Expr optional:5:bool",
    "CreateStruct": "message_name:1:string entries:2:Entry*",
    "Comprehension": "iter_var:1:string iter_range:2:Expr accu_var:3:string accu_init:4:Expr "
    "loop_condition:5:Expr loop_step:6:Expr result:7:Expr iter_var2:8:string",
    "Expr": "id:2:int64 const:3:Constant ident:4:Ident select:5:Select call:6:Call list:7:CreateList "
    "struct:8:CreateStruct comprehension:9:Comprehension",
    "Empty": "",
    "ListType": "element:1:Type",
    "MapType": "key:1:Type value:2:Type",
    "AbstractType": "name:1:string",
    "Type": "dyn:1:Empty null:2:int64 primitive:3:int64 wrapper:4:int64 well_known:5:int64 list:6:ListType "
    "map:7:MapType message:9:string type:11:Type abstract:14:AbstractType",
    "Reference": "name:1:string overload_id:3:string*",
    "ReferenceEntry": "key:1:int64 value:2:Reference",
    "TypeEntry": "key:1:int64 value:2:Type",
    "PositionEntry": "key:1:int64 value:2:int32",
    "SourceInfo": "positions:4:PositionEntry*",
    "CheckedExpr": "references:2:ReferenceEntry* types:3:TypeEntry* expr:4:Expr source:5:SourceInfo",
}

_PRIMITIVES: Final = {1: "bool", 2: "int", 3: "uint", 4: "double", 5: "string", 6: "bytes"}
_WELL_KNOWN: Final = {1: "dyn", 2: "timestamp", 3: "duration"}

ORDERED: Final = "@ordered"
"""Name of the function put around what a macro iterates over; no source text can spell it."""
ORDERED_LIST: Final = "ordered_list"
ORDERED_MAP: Final = "ordered_map"


def _message_class() -> Any:
    """Build the CheckedExpr message class in a pool of its own."""
    kinds = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(
        name="wenzheng_checked.proto", package="wenzheng.cel", syntax="proto2"
    )
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for text in fields.split():
            field_name, number, kind = text.split(":")
            repeated = kinds.LABEL_REPEATED if kind.endswith("*") else kinds.LABEL_OPTIONAL
            entry = message.field.add(name=field_name, number=int(number), label=repeated)
            kind = kind.rstrip("*")
            if kind in _MESSAGES:
                entry.type, entry.type_name = kinds.TYPE_MESSAGE, f".wenzheng.cel.{kind}"
            else:
                entry.type = kinds.Type.Value(f"TYPE_{kind.upper()}")
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("wenzheng.cel.CheckedExpr"))


_CHECKED: Final[Any] = _message_class()


class TooDeepError(Exception):
    """The tree is nested deeper than protobuf reads (100 messages)."""


@dataclass(frozen=True)
class Node:
    """One node of the tree.

    `kind` is const, ident, select, call, list, struct or comprehension; `name` the identifier,
    field, function or message; `parts` its operands (a call's target first); `type` the checked
    type's head: a scalar's name, list, map, optional, null, type or dyn; `offset` the code point
    where it stands; `optional_parts` the operands written with a question mark.
    """

    kind: str
    type: str
    offset: int
    name: str = ""
    value: Any = None
    parts: tuple[Node, ...] = ()
    loop: Loop | None = None
    key_type: str = ""
    optional_parts: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Loop:
    """The parts of a comprehension, which is what CEL's macros become."""

    variable: str
    over: Node
    accumulator: str
    start: Node
    condition: Node
    step: Node
    result: Node


@dataclass
class Checked:
    """A decoded expression: the tree, and the program with ordered iteration."""

    root: Node
    program: bytes
    changed: bool


@dataclass
class _Tree:
    types: dict[int, Any]
    positions: dict[int, int]
    next_id: int
    wrapped: list[int] = field(default_factory=list)

    def head(self, message: Any) -> str:
        """The head of a checked type."""
        kind = next((d.name for d, _ in message.ListFields()), "dyn")
        if kind == "primitive":
            return _PRIMITIVES.get(message.primitive, "dyn")
        if kind == "well_known":
            return _WELL_KNOWN.get(message.well_known, "dyn")
        if kind == "abstract":
            return "optional" if message.abstract.name == "optional_type" else "dyn"
        return kind if kind in ("list", "map", "null", "type") else "dyn"

    def type_of(self, expr_id: int) -> str:
        message = self.types.get(expr_id)
        return "dyn" if message is None else self.head(message)


def decode(serialized: bytes) -> Checked:
    """Decode a compiled expression, making every macro over a map iterate in key order.

    CEL iterates a map in the order of a hash that differs from process to process (measured), so
    the same expression would give another list on replay. What a macro runs over is therefore
    passed through ORDERED unless the checker knows that it is a list.

    Raises:
        TooDeepError: the tree is deeper than can be read.
    """
    wrapper = any_pb2.Any()
    checked = _CHECKED()
    try:
        wrapper.ParseFromString(serialized)
        checked.ParseFromString(wrapper.value)
    except DecodeError as error:
        raise TooDeepError from error
    tree = _Tree(
        types={entry.key: entry.value for entry in checked.types},
        positions={entry.key: entry.value for entry in checked.source.positions},
        next_id=1 + max([e.key for e in checked.types] + [e.key for e in checked.source.positions] + [0]),
    )
    _order(checked.expr, tree)
    for wrapped in tree.wrapped:
        checked.references.add(key=wrapped).value.overload_id.extend([ORDERED_LIST, ORDERED_MAP])
        made = checked.types.add(key=wrapped)
        made.value.list.element.dyn.SetInParent()
        tree.types[wrapped] = made.value
    root = _node(checked.expr, tree, 0)
    program = any_pb2.Any(type_url=_TYPE_URL, value=checked.SerializeToString()).SerializeToString()
    return Checked(root=root, program=program, changed=bool(tree.wrapped))


def _order(expr: Any, tree: _Tree) -> None:
    """Wrap what every comprehension below `expr` runs over."""
    for child in _children(expr):
        _order(child, tree)
    if not expr.HasField("comprehension"):
        return
    over = expr.comprehension.iter_range
    if tree.type_of(over.id) == "list":
        return
    call = type(expr)(id=tree.next_id)
    call.call.function = ORDERED
    call.call.args.add().CopyFrom(over)
    tree.positions[tree.next_id] = tree.positions.get(over.id, 0)
    tree.wrapped.append(tree.next_id)
    tree.next_id += 1
    over.CopyFrom(call)


def _children(expr: Any) -> list[Any]:
    if expr.HasField("select"):
        return [expr.select.operand]
    if expr.HasField("call"):
        return ([expr.call.target] if expr.call.HasField("target") else []) + list(expr.call.args)
    if expr.HasField("list"):
        return list(expr.list.elements)
    if expr.HasField("struct"):
        return [part for e in expr.struct.entries for part in (e.map_key, e.value)]
    if expr.HasField("comprehension"):
        c = expr.comprehension
        return [c.iter_range, c.accu_init, c.loop_condition, c.loop_step, c.result]
    return []


def _node(expr: Any, tree: _Tree, offset: int) -> Node:
    """The typed picture of one message and what is below it."""
    offset = tree.positions.get(expr.id, offset)
    kind = next((d.name for d, _ in expr.ListFields() if d.name != "id"), "const")
    head = tree.type_of(expr.id)
    if kind == "comprehension":
        return Node(kind, head, offset, loop=_loop(expr.comprehension, tree, offset))
    name, value, key_type = _label(expr, kind, tree)
    parts = tuple(_node(child, tree, offset) for child in _children(expr))
    return Node(
        kind, head, offset, name, value, parts, key_type=key_type, optional_parts=_optional_parts(expr)
    )


def _optional_parts(expr: Any) -> frozenset[int]:
    if expr.HasField("struct"):
        return frozenset(2 * i + 1 for i, entry in enumerate(expr.struct.entries) if entry.optional)
    return frozenset(expr.list.optional)


def _label(expr: Any, kind: str, tree: _Tree) -> tuple[str, Any, str]:
    """Name, value and key type of a node that is no comprehension."""
    if kind == "const":
        found = expr.const.ListFields()
        return (found[0][0].name, found[0][1], "") if found else ("null", None, "")
    if kind == "struct":
        message = tree.types.get(expr.id)
        if message is None or tree.head(message) != "map":
            return expr.struct.message_name, None, "dyn"
        return expr.struct.message_name, None, tree.head(message.map.key)
    names = {"ident": expr.ident.name, "select": expr.select.field, "call": expr.call.function}
    return names.get(kind, ""), expr.select.test_only, ""


def _loop(comprehension: Any, tree: _Tree, offset: int) -> Loop:
    return Loop(
        variable=comprehension.iter_var,
        over=_node(comprehension.iter_range, tree, offset),
        accumulator=comprehension.accu_var,
        start=_node(comprehension.accu_init, tree, offset),
        condition=_node(comprehension.loop_condition, tree, offset),
        step=_node(comprehension.loop_step, tree, offset),
        result=_node(comprehension.result, tree, offset),
    )
