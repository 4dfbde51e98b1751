"""Errors: they end the innermost scope that catches them (BPMN 2.0.2 §10.5.6, p. 255)."""

from __future__ import annotations

from tests.support.bpmn import Run, compiled, definitions, findings_of

INSIDE = """
    start s
    sub one
    start i
    user u
    and f
    user beside
    end e error=E1
    i -> f
    f -> u -> e
    f -> beside
    close
    user after
    s -> one -> after
"""


def test_an_error_end_in_a_sub_process_is_caught_on_its_boundary_and_cancels_what_runs_beside() -> None:
    run = Run(f"{INSIDE}boundary b on=one error=E1\nuser r\nb -> r").start()
    run.complete("u")
    assert run.open == ["r"]
    assert run.traced("caught") == ["b"]
    assert run.traced("cancelled") == ["one", "beside"]
    run.complete("r")
    assert run.state == "completed"


def test_an_error_passes_a_boundary_that_names_another_code() -> None:
    run = Run(f"{INSIDE}boundary b on=one error=E2\nuser r\nb -> r").start()
    run.complete("u")
    assert run.state == "failed"
    assert run.instance.ended is not None
    assert run.instance.ended["error"] == "E1"


def test_a_boundary_without_a_code_catches_every_error_but_comes_after_one_that_names_it() -> None:
    both = "boundary any on=one error\nuser r\nany -> r\n"
    assert caught(both) == ["r"]
    assert caught(f"{both}boundary named on=one error=E1\nuser n\nnamed -> n") == ["n"]


def caught(boundaries: str) -> list[str]:
    run = Run(f"{INSIDE}{boundaries}").start()
    run.complete("u")
    return run.open


def test_an_error_goes_outwards_until_somebody_catches_it() -> None:
    run = Run("""
        start s
        sub outer
        start i
        sub inner
        start j
        end e error=E1
        j -> e
        close
        boundary near on=inner error=E2
        user wrong
        i -> inner
        near -> wrong
        close
        boundary far on=outer error=E1
        user r
        s -> outer
        far -> r
    """).start()
    assert run.open == ["r"]
    assert run.traced("cancelled") == ["outer", "inner"]


def test_an_error_is_caught_by_an_event_sub_process_of_its_own_scope_before_the_boundary() -> None:
    run = Run("""
        start s
        sub one
        start i
        and f
        user beside
        end e error=E1
        i -> f
        f -> beside
        f -> e
        handler h
        start hs error=E1
        user mend
        hs -> mend
        close
        close
        boundary b on=one error=E1
        user r
        user after
        s -> one -> after
        b -> r
    """).start()
    assert run.open == ["mend"]
    assert run.traced("cancelled") == ["beside"]
    run.complete("mend")
    assert run.open == ["after"]


def test_an_error_that_an_event_sub_process_throws_itself_leaves_its_scope() -> None:
    run = Run("""
        start s
        sub one
        start i
        end e error=E1
        i -> e
        handler h
        start hs error=E1
        end again error=E1
        hs -> again
        close
        close
        boundary b on=one error=E1
        user r
        s -> one
        b -> r
    """).start()
    assert run.open == ["r"]


def test_an_event_sub_process_of_the_process_catches_what_nobody_else_does() -> None:
    run = Run("""
        start s
        script x: throw BAD
        end e
        s -> x -> e
        handler h
        start hs error=BAD
        user mend
        hs -> mend
        close
    """).start()
    assert run.open == ["mend"]
    run.complete("mend")
    assert run.state == "completed"


def test_an_error_thrown_by_a_script_is_caught_on_the_boundary_of_its_task() -> None:
    run = Run("start s\nscript x: throw BAD\nboundary b on=x error=BAD\nuser r\nend e\ns -> x -> e\nb -> r")
    run.start()
    assert run.open == ["r"]
    assert run.traced("failed") == ["x"]
    assert "x" not in run.completed


def test_what_a_script_assigns_before_it_throws_stays() -> None:
    run = Run(
        "var n int = 0\nstart s\nscript x: n = 7; throw BAD\nboundary b on=x error\nend e\ns -> x\nb -> e"
    )
    assert run.start().instance.variables["n"] == 7


def test_an_error_of_one_instance_of_a_multi_instance_activity_ends_them_all() -> None:
    run = Run("""
        start s
        sub one times=3
        start i
        user u
        end e error=E1
        i -> u -> e
        close
        boundary b on=one error=E1
        user r
        s -> one
        b -> r
    """).start()
    assert run.open == ["u", "u", "u"]
    run.complete_any("u")
    assert run.open == ["r"]


def test_an_error_of_a_called_process_is_caught_on_the_boundary_of_the_call() -> None:
    run = Run("""
        start s
        call c of=q
        boundary b on=c error=E1
        user r
        s -> c
        b -> r
        process q
        start i
        end e error=E1
        i -> e
    """).start()
    assert run.open == ["r"]
    assert run.state is None


def test_an_event_definition_at_the_top_of_the_file_serves_all_who_refer_to_it() -> None:
    run = Run(
        definitions("""
            <error id="bad" errorCode="E1"/>
            <errorEventDefinition id="top" errorRef="bad"/>
            <process id="p" isExecutable="true">
              <startEvent id="s"/><subProcess id="one"><startEvent id="i"/>
                <endEvent id="e"><eventDefinitionRef>top</eventDefinitionRef></endEvent>
                <sequenceFlow id="f1" sourceRef="i" targetRef="e"/></subProcess>
              <boundaryEvent id="b" attachedToRef="one">
                <eventDefinitionRef>top</eventDefinitionRef></boundaryEvent>
              <endEvent id="r"/><sequenceFlow id="f2" sourceRef="s" targetRef="one"/>
              <sequenceFlow id="f3" sourceRef="b" targetRef="r"/>
              <sequenceFlow id="f4" sourceRef="one" targetRef="r"/>
            </process>""")
    ).start()
    assert run.completed[-2:] == ["b", "r"]


def test_an_error_always_interrupts() -> None:
    notation = f"{INSIDE}boundary b on=one error=E1 keep\nuser r\nb -> r"
    assert "boundary-interrupting" in {finding.rule for finding in findings_of(lambda: compiled(notation))}
