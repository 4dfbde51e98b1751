"""Files that nobody should send: each is answered by a finding, soon, and never by another exception."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.services import contracts
from tests.support.bpmn import bpmn, findings_of, process
from wenzheng.engine.compiler import compile_bpmn
from wenzheng.engine.findings import DefinitionRefused, Finding

PETITION = Path(__file__).parents[3] / "definitions" / "examples" / "petition-bpmn" / "petition.bpmn"
SECONDS = 5
"""Of this process alone; far more than any of these takes (below 1 s each)."""


def refused(data: bytes) -> list[Finding]:
    return findings_of(lambda: compile_bpmn({"x.bpmn": data}, contracts()))


def of_ten_megabytes() -> bytes:
    return process("x" * 10_000_001)


def of_text_just_below_ten_megabytes() -> bytes:
    return process(f'<startEvent id="s"/><scriptTask id="x"><script>{"a" * 9_990_000}</script></scriptTask>')


def of_hundred_thousand_elements() -> bytes:
    return process("<documentation/>" * 100_001)


def of_two_hundred_levels() -> bytes:
    return process("<subProcess>" * 250)


def of_flow_nodes() -> bytes:
    return process("".join(f'<endEvent id="e{n}"/>' for n in range(30_000)))


def of_variables() -> bytes:
    declared = "".join(f'<wz:variable name="v{n}" type="int" initial="{n}"/>' for n in range(30_000))
    return process(f"<extensionElements>{declared}</extensionElements>")


def of_fields() -> bytes:
    fields = "".join(f'<wz:field id="v{n}" type="int"/>' for n in range(12_000))
    return process(f'<userTask id="u"><extensionElements>{fields}</extensionElements></userTask>')


def of_flows_to_nowhere() -> bytes:
    flows = "".join(f'<sequenceFlow id="f{n}" sourceRef="a" targetRef="b"/>' for n in range(20_000))
    return process("".join(f'<subProcess id="s{n}"/>' for n in range(9_000)) + flows)


def of_unknown_elements() -> bytes:
    return process("<auditing/>" * 50_000)


def of_attributes() -> bytes:
    return process(f'<userTask id="u" {" ".join(f"a{n}=" + chr(39) * 2 for n in range(20_000))}/>')


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "xml-not-well-formed"),
        (b" \n", "xml-not-well-formed"),
        (b"\x00" * 99, "xml-not-well-formed"),
        (b"PK\x03\x04 a zip file", "xml-not-well-formed"),
        (b"<definitions", "xml-not-well-formed"),
        (b"<a></b>", "xml-not-well-formed"),
        (b"<a/><b/>", "xml-not-well-formed"),
        (b"<a b='1' b='2'/>", "xml-not-well-formed"),
        (b"<a>&nobody;</a>", "xml-not-well-formed"),
        (b"<p:a/>", "xml-not-well-formed"),
        (b"<a>\xff\xfe</a>", "xml-not-well-formed"),
        ("<a>市</a>".encode("gbk"), "xml-not-well-formed"),
        ("<?xml version='1.0' encoding='gbk'?><a>市</a>".encode("gbk"), "xml-encoding"),
        (b"<?xml version='1.0' encoding='utf-7'?><a/>", "xml-encoding"),
        (b"<?xml version='1.0' encoding='rot13'?><a/>", "xml-encoding"),
        (b"<?xml version='1.0' encoding='nobody'?><a/>", "xml-encoding"),
        (b"<!DOCTYPE a><a/>", "xml-doctype"),
        (b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "xml-doctype"),
        (b"<!DOCTYPE a [<!ENTITY x SYSTEM 'http://localhost/'>]><a>&x;</a>", "xml-doctype"),
        (f"<!DOCTYPE a [<!ENTITY a0 'ha'>{LAUGHS}]><a>&a9;</a>".encode(), "xml-doctype"),
        (b"<html/>", "not-bpmn"),
        (b"<definitions/>", "not-bpmn"),
        (b"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'/>", "no-process"),
        (b"<process xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'/>", "not-bpmn"),
    ],
)
def test_what_is_not_bpmn_is_said_to_be_so(data: bytes, rule: str) -> None:
    (finding,) = refused(data)
    assert finding.rule == rule
    assert (finding.position.file, finding.position.line >= 1, finding.position.column >= 1) == (
        "x.bpmn",
        True,
        True,
    )


@pytest.mark.parametrize(
    ("make", "rule"),
    [
        (of_ten_megabytes, "xml-too-large"),
        (of_hundred_thousand_elements, "xml-too-many-elements"),
        (of_two_hundred_levels, "xml-too-deep"),
        (of_text_just_below_ten_megabytes, "source_too_long"),
        (of_attributes, "attribute-not-executed"),
        (of_unknown_elements, "too-many-findings"),
        (of_flow_nodes, "too-many-flow-nodes"),
        (of_variables, "too-many-variables"),
        (of_fields, "role-missing"),
        (of_flows_to_nowhere, "unknown-reference"),
    ],
)
def test_what_is_too_large_is_refused_soon(make: Callable[[], bytes], rule: str) -> None:
    data = make()
    began = time.process_time()
    assert rule in {finding.rule for finding in refused(data)}
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_files_are_read_whatever_their_byte_order_mark(encoding: str) -> None:
    text = (
        bpmn("start s\nend e\ns -> e").decode().replace('encoding="UTF-8"', "").replace('id="e"', 'id="结束"')
    )
    text = text.replace('targetRef="e"', 'targetRef="结束"')
    processes, _ = compile_bpmn({"x.bpmn": text.encode(encoding)})
    assert processes["p"].model.element("结束")


def test_sub_processes_too_deep_to_be_cancelled_are_refused() -> None:
    depth = 60
    opened = "".join(
        f'<subProcess id="b{n}"><startEvent id="s{n}"/>'
        f'<sequenceFlow id="f{n}" sourceRef="s{n}" targetRef="b{n + 1}"/>'
        for n in range(depth)
    )
    (deep, *_) = [
        finding
        for finding in refused(process(opened + "</subProcess>" * depth))
        if finding.rule == "sub-process-too-deep"
    ]
    assert deep.element == "b32"


# --- ids and places -----------------------------------------------------------------------------

PLAIN = bpmn("start s\nend e\ns -> e").decode()


@pytest.mark.parametrize(
    ("old", "new", "rule", "element"),
    [
        ('id="e"', "", "missing-id", None),
        ('id="e"', 'id=""', "missing-id", None),
        ('id="s_e"', 'id="e"', "duplicate-id", "e"),
        ('id="e"', 'id="p"', "duplicate-id", "p"),
        ('id="e"', 'id="a b"', "bad-id", "a b"),
        ('id="e"', 'id="9"', "bad-id", "9"),
        ('id="e"', 'id="&lt;script&gt;"', "bad-id", "<script>"),
        ('<process id="p"', "<process", "missing-id", None),
        (
            '<endEvent id="e"/>',
            '<endEvent id="e"><terminateEventDefinition id="s"/></endEvent>',
            "duplicate-id",
            "e",
        ),
    ],
)
def test_ids_are_there_well_formed_and_given_once(old: str, new: str, rule: str, element: str | None) -> None:
    data = PLAIN.replace('<endEvent id="e"></endEvent>', '<endEvent id="e"/>').replace(old, new, 1)
    assert (rule, element) in {(finding.rule, finding.element) for finding in refused(data.encode())}


def test_an_element_with_the_id_of_what_it_stands_in_is_refused_and_nobody_goes_round_in_it() -> None:
    variable = (
        '<extensionElements><wz:variable name="n" type="int" initial="1 + 1"/></extensionElements>'
        '<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="p"/>'
    )
    itself = f'{variable}<subProcess id="p"><startEvent id="t"/><endEvent id="u"/></subProcess>'
    each_other = (
        f'{variable}<subProcess id="a"><subProcess id="b"><scriptTask id="a"><script>n = 2</script>'
        "</scriptTask></subProcess></subProcess>"
    )
    for body in (itself, each_other):
        with pytest.raises(DefinitionRefused) as caught:
            compile_bpmn({"p.bpmn": process(body)})
        assert "duplicate-id" in {finding.rule for finding in caught.value.findings}


def test_a_duplicate_id_names_the_line_of_the_first() -> None:
    data = process('<startEvent id="s"/>\n\n<endEvent id="s"/>')
    (finding,) = [finding for finding in refused(data) if finding.rule == "duplicate-id"]
    assert finding.position.line == 7
    assert "line 5" in finding.message


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_and_columns_count_from_one_whatever_ends_a_line(newline: str) -> None:
    text = PLAIN.replace("<endEvent", "\n\n\t  市<auditing/><endEvent").replace("\n", newline)
    (finding,) = [finding for finding in refused(text.encode()) if finding.rule == "element-not-executed"]
    lines = text.split(newline)
    assert (finding.position.line, finding.position.column) == (
        next(n for n, line in enumerate(lines, 1) if "<auditing/>" in line),
        5,
    )


# --- fuzz ---------------------------------------------------------------------------------------

SOURCE = PETITION.read_bytes()
TOKENS = [
    *(b"< > / = ' \" & ; : id userTask subProcess endEvent timerEventDefinition".split()),
    *(b"process true false 0 -1 &#0; &lt; <!-- ]]> <![CDATA[ <?x ?> xmlns wz:clock".split()),
    b"\x00",
    b"\xff",
    b"\xef\xbb\xbf",
    "问".encode(),
    b"9" * 30,
    b"\r\n",
    b"<task/>",
    b"</bpmn:process>",
    b"accepted",
    b"[[[",
]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    data = bytearray(SOURCE)
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, len(data)))
        end = min(len(data), begin + draw(st.sampled_from([0, 0, 1, 3, 20, 200, 4000])))
        other = draw(st.integers(0, len(SOURCE)))
        patch = draw(
            st.one_of(
                st.sampled_from(TOKENS),
                st.binary(max_size=6),
                st.just(SOURCE[other : other + 60]),
                st.just(SOURCE[other : other + 900]),
            )
        )
        data[begin:end] = patch
    return bytes(data)


def compiles_or_is_refused(data: bytes) -> None:
    """Any exception but DefinitionRefused fails the test."""
    try:
        processes, _ = compile_bpmn({"petition.bpmn": data}, contracts())
    except DefinitionRefused as refusal:
        found: object = refusal.findings
    else:
        found = processes
    assert found


@given(mutated())
@settings(max_examples=300)
def test_a_mutilated_petition_compiles_or_is_refused_and_nothing_else(data: bytes) -> None:
    compiles_or_is_refused(data)


LINES = SOURCE.decode().splitlines(keepends=True)


@given(st.data())
@settings(max_examples=300)
def test_a_petition_with_lines_lost_doubled_or_swapped_compiles_or_is_refused(data: st.DataObject) -> None:
    lines = list(LINES)
    for _ in range(data.draw(st.integers(1, 3))):
        at, other = (data.draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        match data.draw(st.sampled_from(["lose", "double", "swap"])):
            case "lose":
                del lines[at]
            case "double":
                lines.insert(other, lines[at])
            case _:
                lines[at], lines[other] = lines[other], lines[at]
    compiles_or_is_refused("".join(lines).encode())
