"""Data that come and go with events, loops and calls (BPMN 2.0.2 §10.4)."""

from __future__ import annotations

import pytest

from tests.support.bpmn import compiled, findings_of
from tests.support.data_models import (
    Begun,
    assign,
    called,
    flow,
    into,
    io,
    line,
    model,
    out_of,
    script,
    variable,
)

# --- events -------------------------------------------------------------------------------------


@pytest.mark.parametrize("sent", [{"answer": "yes"}, {"answer": "yes", "other": 1}])
def test_a_caught_message_fills_the_outputs_and_nothing_else(sent: dict[str, object], begun: Begun) -> None:
    event = (
        '<intermediateCatchEvent id="c"><dataOutput id="answer" itemSubjectRef="text"/>'
        + out_of("answer", "d")
        + "<outputSet><dataOutputRefs>answer</dataOutputRefs></outputSet><messageEventDefinition "
        'messageRef="m"/>'
        "</intermediateCatchEvent>"
    )
    run = begun(model('<dataObject id="d" itemSubjectRef="text"/>' + line(("c", event))))
    run.message("m", **sent)
    assert (run.state, run.instance.variables) == ("completed", {"d": "yes"})


def test_one_output_takes_a_message_whole(begun: Begun) -> None:
    task = f'<receiveTask id="c" messageRef="m">{io("", "all") + out_of("all", "d")}</receiveTask>'
    run = begun(model('<dataObject id="d"/>' + line(("c", task))))
    run.message("m", a=1, b=2)
    assert run.instance.variables == {"d": {"a": 1, "b": 2}}


def test_a_boundary_event_that_does_not_interrupt_gives_each_messages_data(begun: Begun) -> None:
    event = (
        '<boundaryEvent id="b" attachedToRef="ask" cancelActivity="false"><dataOutput id="n" '
        'itemSubjectRef="number"/>'
        + out_of("n", "total", assign("total + n", "total"))
        + '<messageEventDefinition messageRef="m"/></boundaryEvent><endEvent id="e2"/>'
        + flow("b", "e2")
    )
    run = begun(
        model(
            line(("ask", '<userTask id="ask" wz:role="clerk"/>'))
            + event
            + '<property id="total" itemSubjectRef="number"/>',
            variable("total", "int", "0"),
        )
    )
    run.message("m", n=2)
    run.message("m", n=3)
    assert run.instance.variables == {"total": 5}


def test_a_thrown_message_carries_the_inputs_and_nothing_else(begun: Begun) -> None:
    event = (
        '<intermediateThrowEvent id="t"><dataInput id="n" itemSubjectRef="number"/>'
        + into("total", "n", "<transformation>total * 2</transformation>")
        + '<messageEventDefinition messageRef="m"/></intermediateThrowEvent>'
    )
    body = '<property id="total" itemSubjectRef="number"/>' + line(
        ("set", script("set", "total = 2")), ("t", event)
    )
    assert begun(model(body)).of("message_thrown")[0]["data"] == {"n": 4}


# --- loops ----------------------------------------------------------------------------------------

MANY = (
    "<multiInstanceLoopCharacteristics {how}><loopDataInputRef>{items}</loopDataInputRef>"
    "<loopDataOutputRef>{results}</loopDataOutputRef><inputDataItem id='one' itemSubjectRef='text'/>"
    "<outputDataItem id='made' itemSubjectRef='text'/></multiInstanceLoopCharacteristics>"
)


@pytest.mark.parametrize("how", ['isSequential="true"', ""])
def test_a_loop_runs_for_the_list_in_a_data_object_and_fills_another(how: str, begun: Begun) -> None:
    task = script("work", "made = one + '!'", MANY.format(how=how, items="r", results="results"))
    body = (
        '<dataObject id="names" isCollection="true"/><dataObjectReference id="r" dataObjectRef="names"/>'
        '<property id="results" itemSubjectRef="list"/>'
        + line(("set", script("set", "names = ['a', 'b']")), ("work", task))
    )
    assert begun(model(body)).instance.variables == {"names": ["a", "b"], "results": ["a!", "b!"]}


def test_a_loops_own_input_is_filled_before_it_and_its_output_given_after_it(begun: Begun) -> None:
    loop = MANY.format(how="", items="todo", results="done")
    data = (
        io("todo:list name:text", "done:list answer:text")
        + into("names", "todo")
        + into("one", "name")
        + out_of("answer", "made")
        + out_of("done", "results")
    )
    task = script("work", "answer = name + '!'", data + loop)
    body = (
        '<dataObject id="names" itemSubjectRef="list" isCollection="true"/>'
        '<dataObject id="results" itemSubjectRef="list" isCollection="true"/>'
        + line(("set", script("set", "names = ['a', 'b']")), ("work", task))
    )
    assert begun(model(body)).instance.variables == {"names": ["a", "b"], "results": ["a!", "b!"]}


def test_each_round_of_a_loop_reads_and_gives_anew(begun: Begun) -> None:
    task = script(
        "add",
        "n_out = n_in + 1",
        io("n_in:number", "n_out:number")
        + into("n", "n_in")
        + out_of("n_out", "n")
        + "<standardLoopCharacteristics><loopCondition>n &lt; "
        "4</loopCondition></standardLoopCharacteristics>",
    )
    body = '<property id="n" itemSubjectRef="number"/>' + line(("add", task))
    assert begun(model(body, variable("n", "int", "0"))).instance.variables == {"n": 4}


def test_a_loop_over_something_that_is_no_list_is_refused() -> None:
    task = script("work", "made = one", MANY.format(how="", items="n", results="nobody"))
    body = '<property id="n" itemSubjectRef="number"/>' + line(("work", task))
    assert [f.rule for f in findings_of(lambda: compiled(model(body)))] == ["loop-data", "loop-data"]


# --- calls ----------------------------------------------------------------------------------------


CALL = '<callActivity id="call" calledElement="callee">{}</callActivity>'


def test_a_call_shares_variables_of_one_name_and_type_and_nothing_else(begun: Begun) -> None:
    callee = called(
        line(("work", script("work", "n = n + 1\nlabel = 2\nmine = 3"))),
        variable("n", "int", "0") + variable("label", "int", "0") + variable("mine", "int"),
    )
    run = begun(
        model(
            line(("call", CALL.format(""))) + callee,
            variable("n", "int", "41") + variable("label", "string", "'x'"),
        )
    )
    assert run.instance.variables == {"n": 42, "label": "x"}


def test_parallel_calls_bring_back_only_what_they_changed(begun: Begun) -> None:
    callee = called(
        '<startEvent id="s"/><endEvent id="e"/><exclusiveGateway id="x" default="x_ask"/>'
        '<userTask id="ask" wz:role="clerk"/>'
        + script("add", "n = n + 1")
        + flow("s", "x")
        + flow("x", "ask", "e")
        + flow("add", "e")
        + '<sequenceFlow id="xa" sourceRef="x" '
        'targetRef="add"><conditionExpression>loopy</conditionExpression>'
        "</sequenceFlow>",
        variable("n", "int", "0") + variable("loopy", "bool", "false"),
    )
    calls = (
        '<startEvent id="s"/><endEvent id="e"/>'
        '<callActivity id="a" calledElement="callee"/>'
        + script("more", "n = 10")
        + '<userTask id="later" wz:role="clerk"/>'
        + flow("s", "a", "e")
        + flow("s", "later", "more", "e")
    )
    run = begun(model(calls + callee, variable("n", "int", "0") + variable("loopy", "bool", "false")))
    run.complete("later")
    run.complete("ask")
    assert run.instance.variables["n"] == 10


def test_a_call_with_inputs_and_outputs_gives_and_takes_these_and_nothing_else(begun: Begun) -> None:
    callee = called(
        line(("work", script("work", "answer = question * 2\nn = 99"))),
        variable("n", "int", "0"),
        io("question:number", "answer:number"),
    )
    callee = (
        callee.replace('id="work"', 'id="inner"').replace('"work"', '"inner"').replace("cs_work", "cs_inner")
    )
    callee = callee.replace("work_ce", "inner_ce")
    call = CALL.format(
        '<ioSpecification><dataInput id="i" name="question" itemSubjectRef="number"/>'
        '<dataOutput id="o" name="answer" itemSubjectRef="number"/><inputSet><dataInputRefs>i</dataInputRefs>'
        "</inputSet><outputSet><dataOutputRefs>o</dataOutputRefs></outputSet></ioSpecification>"
        + into("n", "i").replace(">n<", ">d<")
        + out_of("o", "d")
    )
    run = begun(
        model(
            '<dataObject id="d" itemSubjectRef="number"/>'
            + line(("set", script("set", "d = 21")), ("call", call))
            + callee,
            variable("n", "int", "7"),
        )
    )
    assert run.instance.variables == {"n": 7, "d": 42}


def test_a_call_that_does_not_match_what_it_calls_is_refused() -> None:
    callee = called(line(("work", script("work", "n = 1"))), variable("n", "int"), io("question:number"))
    call = CALL.format(io("other:text maybe:text?"))
    rules = {f.rule for f in findings_of(lambda: compiled(model(line(("call", call)) + callee)))}
    assert rules == {"called-data"}


def test_each_run_of_a_call_has_the_called_variables_for_itself(begun: Begun) -> None:
    callee = called(
        line(("work", script("work", "mine = mine + 1\nmade = one + string(mine)"))),
        variable("mine", "int", "0") + variable("one", "string") + variable("made", "string"),
    )
    call = CALL.format(MANY.format(how="", items="names", results="results"))
    body = (
        '<property id="names" itemSubjectRef="list"/><property id="results" itemSubjectRef="list"/>'
        + line(("set", script("set", "names = ['a', 'b']")), ("call", call))
    )
    assert begun(model(body + callee)).instance.variables["results"] == ["a1", "b1"]
