"""Data objects, properties, inputs, outputs and associations (BPMN 2.0.2 §10.4), one short test each.

Every process runs twice: straight through, and written out and read back after each event.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from tests.support.bpmn import CALENDAR, MONDAY, Run, compiled, definitions, findings_of
from wenzheng.engine.definition import compile_definition
from wenzheng.simulation.world import World

TYPES = (
    '<itemDefinition id="text" structureRef="xsd:string"/><itemDefinition id="number" '
    'structureRef="Integer"/>'
    '<itemDefinition id="list" structureRef="xsd:string" isCollection="true"/>'
    '<itemDefinition id="own" structureRef="Order"/><message id="m" name="m"/>'
)


def flow(*ids: str) -> str:
    """Sequence flows from each element to the next."""
    pairs = itertools.pairwise(ids)
    return "".join(f'<sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairs)


def script(name: str, text: str, more: str = "") -> str:
    """A script task."""
    return f'<scriptTask id="{name}">{more}<script>{text}</script></scriptTask>'


def line(*elements: tuple[str, str]) -> str:
    """A start event, these elements and an end event, one after the other."""
    ids = [name for name, _ in elements]
    return (
        '<startEvent id="s"/><endEvent id="e"/>'
        + "".join(text for _, text in elements)
        + flow("s", *ids, "e")
    )


def model(body: str, variables: str = "", head: str = "") -> bytes:
    """A process with these variables declared."""
    extensions = f"<extensionElements>{variables}</extensionElements>" if variables else ""
    return definitions(f'{TYPES}{head}<process id="p" isExecutable="true">{extensions}{body}</process>')


def variable(name: str, kind: str, initial: str | None = None) -> str:
    """A declared variable."""
    more = f' initial="{initial}"' if initial is not None else ""
    return f'<wz:variable name="{name}" type="{kind}"{more}/>'


def io(inputs: str = "", outputs: str = "", more: str = "") -> str:
    """An ioSpecification; inputs and outputs as `id:item` with `?` behind optional ones."""

    def parts(text: str, kind: str, name: str) -> tuple[str, str]:
        declared = refs = ""
        for one in text.split():
            item_id, _, item = one.rstrip("?").partition(":")
            subject = f' itemSubjectRef="{item}"' if item else ""
            subject += ' isCollection="true"' if item == "list" else ""
            declared += f'<{kind} id="{item_id}"{subject}/>'
            refs += f"<{name}Refs>{item_id}</{name}Refs>"
            if one.endswith("?"):
                optional = name.replace("data", "optional")
                refs += f"<{optional}Refs>{item_id}</{optional}Refs>"
        return declared, refs

    declared_in, refs_in = parts(inputs, "dataInput", "dataInput")
    declared_out, refs_out = parts(outputs, "dataOutput", "dataOutput")
    return (
        f"<ioSpecification>{declared_in}{declared_out}<inputSet>{refs_in}</inputSet>{more}"
        f"<outputSet>{refs_out}</outputSet></ioSpecification>"
    )


def into(source: str, target: str, more: str = "") -> str:
    """A data input association."""
    sources = "".join(f"<sourceRef>{one}</sourceRef>" for one in source.split())
    return f"<dataInputAssociation>{sources}<targetRef>{target}</targetRef>{more}</dataInputAssociation>"


def out_of(source: str, target: str, more: str = "") -> str:
    """A data output association."""
    sources = "".join(f"<sourceRef>{one}</sourceRef>" for one in source.split())
    return f"<dataOutputAssociation>{sources}<targetRef>{target}</targetRef>{more}</dataOutputAssociation>"


def assign(source: str, target: str) -> str:
    """An assignment."""
    return f"<assignment><from>{source}</from><to>{target}</to></assignment>"


@pytest.fixture(params=[False, True], ids=["straight", "restored"])
def begun(request: pytest.FixtureRequest) -> Callable[..., Run]:
    """Start a process, with or without writing it out and reading it back after each event."""

    def begin(source: bytes, **variables: object) -> Run:
        run = Run(compiled(source), restored=request.param).start(**variables)
        assert run.codes == []
        return run

    return begin


Begun = Callable[..., Run]


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


def called(body: str, variables: str = "", more: str = "") -> str:
    """A process to be called."""
    extensions = f"<extensionElements>{variables}</extensionElements>" if variables else ""
    inner = body.replace('"s"', '"cs"').replace('"e"', '"ce"').replace('id="s_', 'id="cs_')
    inner = inner.replace('_e"', '_ce"')
    return f'</process><process id="callee" isExecutable="true">{extensions}{more}{inner}'


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


# --- what is refused ------------------------------------------------------------------------------

OBJECT = '<dataObject id="d" itemSubjectRef="text"/>'


@pytest.mark.parametrize(
    ("rule", "body"),
    [
        ("duplicate-variable", '<dataObject id="d"/><property id="x" name="d"/>'),
        ("duplicate-variable", '<property id="v" itemSubjectRef="text"/>'),
        ("name-not-ascii", '<dataObject id="数据"/>'),
        ("name-not-ascii", '<dataObject id="in"/>'),
        ("missing-id", "<dataObject/>"),
        ("unknown-item-definition", '<dataObject id="d" itemSubjectRef="nobody"/>'),
        ("data-store-not-executed", '<dataStoreReference id="d"/>'),
        ("data-set-missing", '<ioSpecification><dataInput id="i"/><inputSet/><outputSet/></ioSpecification>'),
        (
            "data-set-optional",
            "<ioSpecification><inputSet><optionalInputRefs>i</optionalInputRefs></inputSet></ioSpecification>",
        ),
        (
            "element-not-executed",
            (
                "<ioSpecification><dataInput "
                'id="i"/><inputSet><dataInputRefs>i</dataInputRefs><whileExecutingInputRefs>'
                "i</whileExecutingInputRefs></inputSet></ioSpecification>"
            ),
        ),
        ("attribute-not-executed", '<dataObject id="d" colour="red"/>'),
        ("property-place", '<dataObject id="d"><property id="x"/></dataObject>'),
    ],
)
def test_data_that_cannot_be_executed_are_refused_where_they_stand(rule: str, body: str) -> None:
    source = model(body + line(("work", script("work", "v = 1"))), variable("v", "int"))
    found = findings_of(lambda: compiled(source))
    assert [f.rule for f in found] == [rule]
    assert found[0].position.line == 4


@pytest.mark.parametrize(
    ("rule", "task"),
    [
        ("association-sources", io("i:text") + into("d d", "i")),
        ("association-end", io("i:text") + into("nobody", "i")),
        ("association-end", io("i:text") + into("d", "d")),
        ("association-end", io("", "o:text") + out_of("o", "nobody")),
        ("association-type", io("i:number") + into("d", "i")),
        ("expression-empty", io("i:text") + into("d", "i", "<transformation/>")),
        ("assignment-incomplete", io("i:text") + into("d", "i", "<assignment><from>d</from></assignment>")),
        ("assignment-target", io("i:text") + into("d", "i", assign("d", "nobody"))),
        ("wrong_result_type", io("i:number") + into("d", "i", assign("d", "i"))),
        ("not_declared", io("i:text") + into("d", "i", "<transformation>dd</transformation>")),
        (
            "duplicate-variable",
            io("i:text", "i:number")
            .replace('dataOutput id="i"', 'dataOutput id="o" name="i"')
            .replace("<dataOutputRefs>i<", "<dataOutputRefs>o<"),
        ),
    ],
)
def test_an_association_that_cannot_be_executed_is_refused(rule: str, task: str) -> None:
    source = model(OBJECT + line(("work", f'<task id="work">{task}</task>')))
    assert rule in {f.rule for f in findings_of(lambda: compiled(source))}


def test_what_the_process_takes_is_not_written_and_what_it_gives_not_read() -> None:
    ends = io("pi:text", "po:text")
    reads = f'<task id="work">{io("i:text") + into("po", "i")}</task>'
    writes = script("work", "o = 'x'", io("", "o:text") + out_of("o", "pi"))
    for task in (reads, writes):
        assert [f.rule for f in findings_of(lambda: compiled(model(ends + line(("work", task)))))] == [  # noqa: B023
            "association-end"
        ]


def test_a_process_begins_with_its_inputs(begun: Begun) -> None:
    body = io("i:text maybe:text?", "o:text") + line(("work", script("work", "o = i")))
    run = begun(model(body), i="x")
    assert run.instance.variables == {"i": "x", "maybe": None, "o": "x"}
    assert [v.required for v in compiled(model(body)).model.variables.values()] == [True, False, False]


def test_data_from_another_process_arrive_in_an_output_called_as_no_variable_is() -> None:
    sent = io("n:number") + into("d", "n")
    got = io("", "n2:number").replace('id="n2"', 'id="n2" name="n"') + out_of("n2", "got")
    sender = line(("t", f'<sendTask id="t" messageRef="m">{sent}</sendTask>'))
    receiver = line(("c", f'<receiveTask id="c" messageRef="m">{got}</receiveTask>'))
    source = model(
        sender + called('<dataObject id="got" itemSubjectRef="number"/>' + receiver),
        variable("d", "int", "7"),
    )
    source = source.replace(
        b'<startEvent id="s"/>', b'<property id="d" itemSubjectRef="number"/><startEvent id="s"/>'
    )
    world = World(compile_definition("x", {"p.bpmn": source}, {}), CALENDAR, MONDAY)
    world.start("callee")
    world.start("p")
    world.run()
    assert [one.instance.variables for one in world.inhabitants] == [{"got": 7}, {"d": 7}]
