"""Data objects, properties, inputs, outputs and associations (BPMN 2.0.2 §10.4), one short test each."""

from __future__ import annotations

import pytest

from tests.support.bpmn import Run, compiled, findings_of
from tests.support.data_models import (
    Begun,
    assign,
    flow,
    into,
    io,
    line,
    model,
    out_of,
    script,
    variable,
)

# --- data objects and properties as variables ------------------------------------------------


@pytest.mark.parametrize(
    "declared",
    [
        '<dataObject id="data" itemSubjectRef="text"/>',
        '<dataObject id="o1" name="data" itemSubjectRef="text"/>',
        (
            '<dataObject id="data" name="Data Object" itemSubjectRef="text"/><dataObjectReference id="r" '
            'dataObjectRef="data"/>'
        ),
        '<property id="data" itemSubjectRef="text"/>',
        '<property id="p1" name="data"/>',
    ],
)
def test_what_one_task_writes_into_the_process_data_another_reads(declared: str, begun: Begun) -> None:
    run = begun(
        model(
            declared + line(("set", script("set", "data = 'String'")), ("get", script("get", "seen = data"))),
            variable("seen", "string"),
        )
    )
    assert (run.state, run.instance.variables["seen"]) == ("completed", "String")


@pytest.mark.parametrize("declared", ["dataObject", "property"])
def test_a_sub_process_sees_the_data_of_the_process_around_it(declared: str, begun: Begun) -> None:
    inner = line(("set", script("set", "data = 'String'"))).replace('"s"', '"s2"').replace('"e"', '"e2"')
    inner = inner.replace('id="s_set"', 'id="f1"').replace('id="set_e"', 'id="f2"')
    run = begun(
        model(
            f'<{declared} id="data" itemSubjectRef="text"/>'
            + line(
                ("sub", f'<subProcess id="sub">{inner}</subProcess>'),
                ("get", script("get", "seen = data")),
            ),
            variable("seen", "string"),
        )
    )
    assert run.instance.variables["seen"] == "String"


@pytest.mark.parametrize("declared", ["dataObject", "property"])
def test_data_of_a_sub_process_live_as_long_as_it_and_hide_those_around_it(
    declared: str, begun: Begun
) -> None:
    inner = (
        f'<{declared} id="d2" name="data" itemSubjectRef="number"/>'
        '<startEvent id="s2"/><endEvent id="e2"/>'
        '<userTask id="ask" wz:role="clerk"/>'
        + script("set", "data = 5\nseen = data")
        + flow("s2", "set", "ask", "e2")
    )
    run = begun(
        model(
            '<dataObject id="data" itemSubjectRef="text"/>'
            + line(
                ("first", script("first", "data = 'outer'")),
                ("sub", f'<subProcess id="sub">{inner}</subProcess>'),
            ),
            variable("seen", "int"),
        )
    )
    assert run.instance.variables == {"seen": 5, "data": "outer"}
    run.complete("ask")
    assert (run.state, run.instance.variables["data"]) == ("completed", "outer")


def test_data_of_a_sub_process_cannot_be_seen_outside_it() -> None:
    inner = '<dataObject id="data"/><startEvent id="s2"/><endEvent id="e2"/>' + flow("s2", "e2")
    body = line(("sub", f'<subProcess id="sub">{inner}</subProcess>'), ("get", script("get", "data = 1")))
    assert [f.rule for f in findings_of(lambda: compiled(model(body)))] == ["not_declared"]


def test_each_run_of_a_sub_process_begins_with_empty_data(begun: Begun) -> None:
    inner = (
        '<standardLoopCharacteristics loopMaximum="3"/>'
        '<dataObject id="mine" itemSubjectRef="number"/><startEvent id="s2"/><endEvent id="e2"/>'
        + script("add", "mine = [mine] == [null] ? 1 : 99\ntotal = total + mine")
        + flow("s2", "add", "e2")
    )
    body = line(("sub", f'<subProcess id="sub">{inner}</subProcess>'))
    run = begun(model(body.replace('"number"', '"own"'), variable("total", "int", "0")))
    assert run.instance.variables == {"total": 3}


def test_an_activitys_property_is_its_own_and_is_gone_afterwards(begun: Begun) -> None:
    task = script("work", "note = 'x'\nseen = note", '<property id="note" itemSubjectRef="text"/>')
    run = begun(model(line(("work", task)), variable("seen", "string")))
    assert run.instance.variables == {"seen": "x"}


def test_the_types_of_item_definitions_hold_for_expressions() -> None:
    body = '<dataObject id="n" itemSubjectRef="number"/>' + line(("set", script("set", "n = 'text'")))
    assert [f.rule for f in findings_of(lambda: compiled(model(body)))] == ["wrong_result_type"]


def test_a_declared_variable_of_the_same_name_says_how_data_begin(begun: Begun) -> None:
    body = '<dataObject id="n" itemSubjectRef="number"/>' + line(("add", script("add", "n = n + 1")))
    assert begun(model(body, variable("n", "int", "41"))).instance.variables == {"n": 42}


# --- what goes into an activity and what comes out ---------------------------------------------


def test_an_input_is_filled_before_the_task_and_an_output_goes_out_after_it(begun: Begun) -> None:
    task = script(
        "double",
        "result = given * 2",
        io("given:number", "result:number") + into("r", "given") + out_of("result", "total"),
    )
    run = begun(
        model(
            '<dataObject id="amount" itemSubjectRef="number"/><dataObjectReference id="r" '
            'dataObjectRef="amount"/>'
            '<property id="total" itemSubjectRef="number"/>'
            + line(("set", script("set", "amount = 21")), ("double", task))
        )
    )
    assert run.instance.variables == {"amount": 21, "total": 42}


def test_a_transformation_and_assignments_say_what_the_target_gets(begun: Begun) -> None:
    task = script(
        "work",
        "note = sum + '/' + first",
        io("sum:text first:text?", "note:text")
        + into("a b", "sum", "<transformation>a + b</transformation>" + assign("a", "first"))
        + out_of("note", "a", assign("note + '!'", "a") + assign("string(size(a))", "b")),
    )
    body = '<dataObject id="a" itemSubjectRef="text"/><dataObject id="b" itemSubjectRef="text"/>' + line(
        ("set", script("set", "a = 'x'\nb = 'y'")), ("work", task)
    )
    assert begun(model(body)).instance.variables == {"a": "xy/x!", "b": "5"}


def test_an_activity_waits_until_the_data_of_an_input_set_are_there(begun: Begun) -> None:
    task = script("work", "seen = given", io("given:text") + into("d", "given"))
    body = (
        '<dataObject id="d" itemSubjectRef="text"/><startEvent id="s"/><endEvent id="e"/>'
        '<userTask id="ask" wz:role="clerk"><extensionElements><wz:field id="d" '
        'type="string"/></extensionElements>'
        "</userTask>" + task + flow("s", "work", "e") + flow("s", "ask", "e")
    )
    run = begun(model(body, variable("seen", "string")))
    assert (run.open, run.at) == (["ask"], ["work", "ask"])
    run.complete("ask", d="now")
    assert (run.state, run.instance.variables["seen"]) == ("completed", "now")


def test_what_waits_for_data_is_cancelled_with_its_scope(begun: Begun) -> None:
    task = f'<userTask id="ask" wz:role="clerk">{io("given:text") + into("d", "given")}</userTask>'
    body = (
        '<dataObject id="d" itemSubjectRef="text"/><startEvent id="s"/><endEvent id="e"/>'
        '<boundaryEvent id="late" attachedToRef="ask"><timerEventDefinition><timeDuration>P1D</timeDuration>'
        '</timerEventDefinition></boundaryEvent><endEvent id="e2"/>'
        + task
        + flow("s", "ask", "e")
        + flow("late", "e2")
    )
    run = begun(model(body))
    assert (run.open, run.of("task_opened")) == ([], [])
    run.wait(days=2)
    assert (run.state, run.of("task_closed"), run.instance.waiting) == ("completed", [], {})


def test_the_first_input_set_that_is_there_is_used(begun: Begun) -> None:
    data = (
        "<ioSpecification>"
        '<dataInput id="one" itemSubjectRef="text"/><dataInput id="two" itemSubjectRef="text"/>'
        "<inputSet><dataInputRefs>one</dataInputRefs></inputSet>"
        "<inputSet><dataInputRefs>two</dataInputRefs></inputSet><outputSet/></ioSpecification>"
    )
    task = script("work", "seen = [one, two]", data + into("a", "one") + into("b", "two"))
    body = '<dataObject id="a" itemSubjectRef="text"/><dataObject id="b" itemSubjectRef="text"/>' + line(
        ("set", script("set", "b = 'b'")), ("work", task)
    )
    body = body.replace('<dataInput id="one" itemSubjectRef="text"/>', '<dataInput id="one"/>')
    assert begun(model(body, variable("seen", "list"))).instance.variables["seen"] == [None, "b"]


def test_an_optional_input_without_data_is_empty(begun: Begun) -> None:
    task = script("work", "seen = [given]", io("given?") + into("d", "given"))
    body = '<dataObject id="d" itemSubjectRef="text"/>' + line(("work", task))
    assert begun(model(body, variable("seen", "list"))).instance.variables["seen"] == [None]


def test_an_output_that_was_not_given_is_an_incident_that_can_be_retried_or_skipped() -> None:
    def asked() -> Run:
        form = '<extensionElements><wz:field id="answer" type="string"/></extensionElements>'
        data = io("", "answer:text") + out_of("answer", "d")
        task = f'<userTask id="ask" wz:role="clerk">{form}{data}</userTask>'
        run = Run(model('<dataObject id="d" itemSubjectRef="text"/>' + line(("ask", task)))).start()
        run.complete("ask")
        assert run.codes == ["output-missing"]
        return run

    run = asked()
    run.resolve("retry")
    assert run.codes == ["output-missing"]
    run.resolve("skip")
    assert (run.state, run.instance.variables["d"]) == ("completed", None)


def test_an_output_that_nothing_sets_is_a_warning_and_copies_nothing(begun: Begun) -> None:
    task = script("set", "data = 'String'", io("", "o:text") + out_of("o", "data"))
    source = model('<dataObject id="data" itemSubjectRef="text"/>' + line(("set", task)))
    run = begun(source)
    assert run.instance.variables["data"] == "String"


def test_what_a_modeler_draws_without_inputs_and_outputs_copies_nothing(begun: Begun) -> None:
    drawn = (
        '<property id="Property_1" name="__targetRef_placeholder"/>'
        "<dataInputAssociation id='i'><sourceRef>r</sourceRef><targetRef>Property_1</targetRef>"
        "</dataInputAssociation><dataOutputAssociation "
        "id='o'><targetRef>r</targetRef></dataOutputAssociation>"
    )
    body = (
        '<dataObject id="d"/><dataObjectReference id="r" name="Order [paid]" dataObjectRef="d">'
        '<dataState name="paid"/></dataObjectReference>'
        + line(("set", script("set", "d = 1")), ("work", f'<task id="work">{drawn}</task>'))
    )
    assert begun(model(body)).instance.variables == {"d": 1}


def test_conditions_behind_an_activity_see_what_it_gave_not_what_it_had(begun: Begun) -> None:
    task = script("work", "x = 1", io("", "x:number") + out_of("x", "total"))
    body = (
        '<property id="total" itemSubjectRef="number"/><startEvent id="s"/><endEvent id="e"/><endEvent '
        'id="e2"/>'
        + task
        + flow("s", "work")
        + '<sequenceFlow id="f" sourceRef="work" targetRef="e"><conditionExpression>total == 1'
        '</conditionExpression></sequenceFlow><sequenceFlow id="g" sourceRef="work" targetRef="e2">'
        "<conditionExpression>total != 1</conditionExpression></sequenceFlow>"
    )
    assert begun(model(body)).completed[-1] == "e"
    assert "not_declared" in {
        f.rule for f in findings_of(lambda: compiled(model(body.replace("total == 1", "x == 1"))))
    }
