"""A service task is held to its activity's contract when the definition is loaded."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.bpmn import bpmn, compiled, findings_of
from wenzheng.engine.findings import Finding
from wenzheng.engine.services import ServiceContract, ServiceInput

SOUND = """
    var name string
    var result map
    start s
    service call call=tell who=name how="'a'" output=result
    s -> call
"""


def refused(notation: str) -> list[Finding]:
    return findings_of(lambda: compiled(notation))


def test_a_sound_call_compiles() -> None:
    compiled(SOUND)


@pytest.mark.parametrize(
    ("old", "new", "rule", "found"),
    [
        ("call=tell", "call=shout", "unknown-service", "shout"),
        ("who=name ", "", "service-input", "who"),
        ("who=name", "who=name whom=name", "service-input", "whom"),
        ("who=name", "who=1", "wrong_result_type", "string"),
        ("who=name", "who=nobody", "not_declared", "nobody"),
        ("who=name", "who=", "extension-missing", "value"),
        ("who=name", "who=name+", "syntax", "who"),
        ("\"'a'\"", "\"'c'\"", "service-input", "one of a, b"),
        ("\"'a'\"", "\"'a'+'b'\"", "service-input", "one of a, b"),
        ("\"'a'\"", '"string(1/0)"', "service-input", "how"),
        ("output=result", "output=nobody", "service-output", "nobody"),
        ("var result map", "var result string", "service-output", "type map"),
    ],
)
def test_a_call_that_breaks_its_contract_is_refused(old: str, new: str, rule: str, found: str) -> None:
    assert old in SOUND
    (finding, *rest) = refused(SOUND.replace(old, new))
    assert not rest
    assert finding.rule == rule
    assert found in finding.message
    assert finding.element == "call"
    assert finding.hint


def test_a_choice_that_depends_on_a_variable_is_judged_while_running() -> None:
    compiled(SOUND.replace("how=\"'a'\"", "how=name"))


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("</extensionElements>", '<wz:service name="ping"/></extensionElements>', "element-repeated"),
        ('<wz:input name="how"', '<wz:input name="who"', "service-input"),
        ("<wz:input ", '<wz:input method="x" ', "extension-attribute"),
        ("<wz:service ", '<wz:service retries="x" ', "extension-attribute"),
        ("</wz:service>", "<wz:field/></wz:service>", "extension-value"),
        ("<extensionElements>", "<extensionElements><wz:field id='x' type='int'/>", "vendor-extension"),
    ],
)
def test_the_markup_of_a_call_is_read_strictly(old: str, new: str, rule: str) -> None:
    data = bpmn(SOUND).decode()
    at = data.index("<serviceTask")
    broken = data[:at] + data[at:].replace(old, new, 1)
    found = findings_of(lambda: compiled(broken.encode()))
    assert rule in {finding.rule for finding in found}


def test_a_service_task_without_a_service_is_refused() -> None:
    data = bpmn("start s\nend e\ns -> c\nc -> e\nservice c").decode()
    cut = (
        data[: data.index("<extensionElements><wz:service")]
        + "</serviceTask>"
        + data.partition("</serviceTask>")[2]
    )
    (finding,) = findings_of(lambda: compiled(cut.encode()))
    assert (finding.rule, finding.element) == ("service-missing", "c")


@pytest.mark.parametrize(
    ("field", "rule"),
    [
        ("x int values=1,2 min=1", None),
        ("x strange", "extension-value"),
        ("x bool min=1", "field-limit"),
        ("x date max=1", "field-limit"),
        ("x double values=1", "field-limit"),
        ("x int min=3 max=2", "field-limit"),
        ("x int min=a", "extension-value"),
        ("x int max=9999999999", "extension-value"),
        ("x int required=yes", "extension-value"),
        ("x int colour=red", "extension-attribute"),
        ("问 int", "name-not-ascii"),
        ("x int\nfield u x int", "duplicate-field"),
        ("n string", "field-type"),
    ],
)
def test_fields_of_a_form_are_read_strictly(field: str, rule: str | None) -> None:
    notation = f"var n int\nstart s\nuser u\ns -> u\nfield u {field}"
    if rule is None:
        compiled(notation)
    else:
        assert rule in {finding.rule for finding in refused(notation)}


def test_a_user_task_says_who_does_it() -> None:
    data = bpmn("start s\nuser u\ns -> u").replace(b' wz:role="clerk"', b"")
    (finding,) = findings_of(lambda: compiled(data))
    assert (finding.rule, finding.element) == ("role-missing", "u")


# --- the contract itself ------------------------------------------------------------------------

CONTRACT = ServiceContract(
    "count",
    {"text": ServiceInput("string"), "kind": ServiceInput("string", required=False, values=("a",))},
    {"number": "int", "when": "date"},
    timedelta(seconds=1),
)


@pytest.mark.parametrize(
    ("output", "problems"),
    [
        ({"number": 1, "when": "2026-09-07"}, []),
        ({"number": 1}, ["missing 'when'"]),
        ({"number": 1, "when": "2026-09-07", "more": 1}, ["unexpected 'more'"]),
        ({"number": "1", "when": "2026-09-07"}, ["'number' must be a value of type int"]),
        ({"number": 1.5, "when": None}, ["'number'", "'when'"]),
    ],
)
def test_a_result_is_compared_with_the_contract(output: dict[str, object], problems: list[str]) -> None:
    found = CONTRACT.check_output(output)
    assert len(found) == len(problems)
    assert all(part in text for part, text in zip(problems, found, strict=True))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400, True, "1", None])
def test_a_number_is_one_that_json_and_expressions_can_hold(value: object) -> None:
    assert ServiceInput("double").problem(value) == "a value of type double"
    assert ServiceInput("double").problem(1) is ServiceInput("double").problem(1.5) is None


def test_a_contract_knows_its_required_inputs_and_its_activity() -> None:
    assert CONTRACT.required == {"text"}
    assert CONTRACT.activity == "wenzheng.service.count"
    with pytest.raises(ValueError, match="service name"):
        ServiceContract("Count It", {}, {}, timedelta(seconds=1))
