"""Multi-instance activities: one run for each (BPMN 2.0.2 tables 10.30 to 10.32)."""

from __future__ import annotations

import pytest

from tests.support.bpmn import Run, definitions

REST = "user after\nstart s\ns -> x -> after\n"


def test_parallel_runs_are_open_together_and_the_activity_ends_with_the_last() -> None:
    run = Run(f"{REST}user x times=3").start()
    assert run.open == ["x", "x", "x"]
    run.complete_any("x", 1)
    run.complete_any("x", 1)
    assert run.open == ["x"]
    run.complete_any("x")
    assert run.open == ["after"]


def test_sequential_runs_follow_one_another() -> None:
    run = Run(f"{REST}user x times=3 in_turn").start()
    for _ in range(3):
        assert run.open == ["x"]
        run.complete("x")
    assert run.open == ["after"]


@pytest.mark.parametrize("in_turn", ["", "in_turn"])
def test_each_run_has_its_element_of_the_list_and_gives_its_own_result(in_turn: str) -> None:
    run = Run(f"""{REST}
        var items list = [3, 4, 5]
        var item int
        var squares list
        var square int
        script x each=items:item into=squares:square {in_turn}: square = item * item
    """).start()
    assert run.instance.variables["squares"] == [9, 16, 25]
    assert run.instance.variables["item"] is None
    assert run.instance.variables["square"] is None


def test_results_stand_in_the_order_of_the_list_whatever_ended_first() -> None:
    run = Run(f"""{REST}
        var items list = ["a", "b"]
        var item string
        var said list
        var word string
        user x each=items:item into=said:word
        field x word string
    """).start()
    run.complete_any("x", 1, word="second")
    run.complete_any("x", word="first")
    assert run.instance.variables["said"] == ["first", "second"]


@pytest.mark.parametrize("loop", ["times=0", "each=items:item into=said:word"])
def test_no_run_at_all_goes_on_at_once(loop: str) -> None:
    run = Run(f"{REST}var items list = []\nvar item int\nvar said list\nvar word int\nuser x {loop}").start()
    assert run.open == ["after"]
    assert run.instance.variables["said"] == ([] if "into" in loop else None)


def test_the_number_of_runs_may_be_computed_and_each_knows_its_own() -> None:
    run = Run(f"{REST}var n int = 2\nvar seen list = []\nscript x times='n + 1': seen = seen + [loopCounter]")
    assert run.start().instance.variables["seen"] == [1, 2, 3]


@pytest.mark.parametrize(
    ("until", "rounds"),
    [
        ("numberOfCompletedInstances >= 2", 2),
        ("numberOfCompletedInstances * 2 > numberOfInstances", 3),
        ("numberOfInstances == 4 && numberOfTerminatedInstances == 0 && numberOfCompletedInstances == 1", 1),
        ("numberOfActiveInstances <= 1", 3),
        ("false", 4),
    ],
)
def test_a_completion_condition_over_the_standards_attributes_cancels_the_rest(
    until: str, rounds: int
) -> None:
    run = Run(f'{REST}user x times=4 until="{until}"').start()
    for _ in range(rounds):
        assert "after" not in run.open
        run.complete_any("x")
    assert run.open == ["after"]
    closed = [task["reason"] for task in run.of("task_closed")]
    assert closed.count("cancelled") == 4 - rounds


def test_a_completion_condition_of_runs_in_turn_leaves_the_others_unbegun() -> None:
    run = Run(f'{REST}user x times=4 in_turn until="numberOfCompletedInstances >= 2"').start()
    run.complete("x")
    run.complete("x")
    assert run.open == ["after"]


def test_an_interrupting_boundary_event_cancels_all_runs() -> None:
    run = Run(f"{REST}user x times=3\nboundary b on=x message=stop\nuser r\nb -> r").start()
    run.message("stop")
    assert run.open == ["r"]
    assert len(run.of("task_closed")) == 3


def test_a_sub_process_runs_several_times_side_by_side_with_its_own_variables() -> None:
    run = Run(f"""{REST}
        var items list = [1, 2]
        var item int
        var out list = []
        sub x each=items:item
        start i
        user u
        script t: out = out + [item]
        i -> u -> t
        close
    """).start()
    run.complete_any("u", 1)
    run.complete_any("u")
    assert run.instance.variables["out"] == [2, 1]


def test_multi_instance_inside_multi_instance() -> None:
    run = Run(f"""{REST}
        var out list = []
        sub x times=2
        start i
        script t times=2: out = out + [loopCounter]
        i -> t
        close
    """).start()
    assert sorted(run.instance.variables["out"]) == [1, 1, 2, 2]
    assert run.open == ["after"]


@pytest.mark.parametrize("given", [None, 7])
def test_something_else_than_a_list_is_an_incident_and_can_be_retried(given: object) -> None:
    run = Run(
        f"""{REST}
        var items any
        var item any
        and f
        user give
        field give n int
        script set: items = [1]
        user x each=items:item
        f -> give -> set
    """.replace("s -> x", "s -> f\nf -> x")
    ).start(**({"items": given} if given else {}))
    assert run.codes == ["loop-items"]
    run.complete("give", n=1)
    run.resolve("retry")
    assert run.open == ["x"]


@pytest.mark.parametrize("times", ["-1", "1001", "n"])
def test_an_impossible_number_of_runs_is_an_incident_and_can_be_skipped(times: str) -> None:
    run = Run(f"{REST}var n int\nuser x times='{times}'").start()
    assert len(run.codes) == 1
    run.resolve("skip")
    assert run.open == ["after"]


def test_a_completion_condition_that_cannot_be_evaluated_stops_the_activity_once() -> None:
    run = Run(f"{REST}var n int\nuser x times=3 until='n > 1'").start()
    run.complete_any("x")
    run.complete_any("x")
    assert len(run.codes) == 1
    run.resolve("skip")
    assert run.open == ["after"]


def test_an_incident_in_one_run_stops_only_that_run() -> None:
    run = Run(f"{REST}service x times=2").start()
    run.fail()
    run.serve()
    assert run.codes == ["broken"]
    run.resolve("skip")
    assert run.open == ["after"]


def behavior(
    attributes: str, inner: str = "", boundary: str = "signalEventDefinition signalRef='sig'"
) -> Run:
    loop = "multiInstanceLoopCharacteristics"
    return Run(
        definitions(f"""
          <signal id="sig" name="sig"/><escalation id="esc" escalationCode="LATE"/>
          <signalEventDefinition id="told" signalRef="sig"/>
          <escalationEventDefinition id="late" escalationRef="esc"/>
          <process id="p" isExecutable="true">
            <startEvent id="s"/>
            <userTask id="x" wz:role="clerk">
              <{loop} {attributes}><loopCardinality>3</loopCardinality>{inner}</{loop}>
            </userTask>
            <boundaryEvent id="b" attachedToRef="x" cancelActivity="false"><{boundary}/></boundaryEvent>
            <task id="r"/><userTask id="after" wz:role="clerk"/>
            <sequenceFlow id="f1" sourceRef="s" targetRef="x"/>
            <sequenceFlow id="f2" sourceRef="b" targetRef="r"/>
            <sequenceFlow id="f3" sourceRef="x" targetRef="after"/><endEvent id="over_all"/>
            <sequenceFlow id="f4" sourceRef="r" targetRef="over_all"/>
            <sequenceFlow id="f5" sourceRef="after" targetRef="over_all"/>
          </process>""")
    ).start()


@pytest.mark.parametrize(
    ("attributes", "thrown"),
    [
        ('behavior="All"', [0, 0, 0]),
        ('behavior="One" oneBehaviorEventRef="told"', [1, 1, 1]),
        ('behavior="None" noneBehaviorEventRef="told"', [1, 2, 3]),
    ],
)
def test_the_behavior_says_for_which_runs_an_event_is_thrown(attributes: str, thrown: list[int]) -> None:
    run = behavior(attributes)
    for number in thrown:
        run.complete_any("x")
        assert run.completed.count("r") == number
    assert run.open == ["after"]


def test_an_escalation_of_the_behavior_is_caught_on_the_boundary_of_the_activity() -> None:
    run = behavior('behavior="One" oneBehaviorEventRef="late"', boundary="escalationEventDefinition")
    run.complete_any("x")
    assert run.completed.count("r") == 1


def test_complex_behavior_throws_while_its_condition_holds_and_ends_the_activity() -> None:
    run = behavior(
        'behavior="Complex"',
        """<complexBehaviorDefinition><condition>numberOfCompletedInstances == 2</condition>
           <event><signalEventDefinition signalRef="sig"/></event></complexBehaviorDefinition>""",
    )
    run.complete_any("x")
    assert (run.completed.count("r"), run.open) == (0, ["x", "x"])
    run.complete_any("x")
    assert run.completed.count("r") == 1
    assert run.open == ["after"]
