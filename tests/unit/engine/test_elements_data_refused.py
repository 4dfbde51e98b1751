"""Data that cannot be executed are refused; and how a process begins with its inputs."""

from __future__ import annotations

import pytest

from tests.support.bpmn import CALENDAR, MONDAY, compiled, findings_of
from tests.support.data_models import Begun, assign, called, into, io, line, model, out_of, script, variable
from wenzheng.engine.definition import compile_definition
from wenzheng.simulation.world import World

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
            "process-data-end"
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
