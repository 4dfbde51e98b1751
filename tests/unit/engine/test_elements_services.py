"""Service tasks while they run: calls, failures, and what an operator may do about them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.bpmn import Run
from wenzheng.engine.events import EventRefused, ServiceFailed, ServiceFinished
from wenzheng.engine.state import digest

CALL = """
    var who string = "me"
    var result map
    start s
    service call call=tell who=who output=result
    end e
    s -> call -> e
"""


def test_a_service_task_asks_waits_and_keeps_the_output() -> None:
    run = Run(CALL).start()
    assert run.of("service_requested") == [
        {"call_id": next(iter(run.instance.calls)), "service": "tell", "input": {"who": "me"}}
    ]
    run.serve({"told": True})
    assert run.instance.variables["result"] == {"told": True}
    assert run.of("service_finished")[0]["output"] == {"told": True}
    assert run.state == "completed"


def test_a_failed_call_stops_with_an_incident_and_a_retry_calls_again() -> None:
    run = Run(CALL).start()
    run.fail("smtp", "No line.")
    assert run.codes == ["smtp"]
    assert run.of("service_finished")[0]["error"] == "No line."
    assert run.instance.calls == {}
    run.resolve("retry")
    assert len(run.of("service_requested")) == 2
    run.serve({"told": True})
    assert run.state == "completed"


def test_every_incident_has_an_id_of_its_own_also_when_the_same_task_stops_again() -> None:
    run = Run(CALL).start()
    run.fail()
    run.resolve("retry")
    run.fail()
    ids = [incident["incident_id"] for incident in run.of("incident_raised")]
    assert len(set(ids)) == 2
    assert list(run.instance.incidents) == ids[1:]


def test_a_skipped_call_goes_on_without_a_result() -> None:
    run = Run(CALL).start()
    run.fail()
    run.resolve("skip")
    assert run.state == "completed"
    assert run.instance.variables["result"] is None
    assert run.of("incident_resolved")[0]["action"] == "skip"


def test_an_answered_call_takes_the_operators_result_which_must_keep_the_contract() -> None:
    run = Run(CALL).start()
    run.fail()
    for wrong in ({}, {"told": "yes"}, {"told": True, "more": 1}):
        with pytest.raises(EventRefused, match=r"told|more"):
            run.resolve("answer", **wrong)
    run.resolve("answer", told=True)
    assert run.instance.variables["result"] == {"told": True}
    assert run.state == "completed"


def test_the_result_of_a_cancelled_call_is_ignored() -> None:
    run = Run(f"{CALL}boundary b on=call message=stop\nuser rescue\nb -> rescue").start()
    call_id = next(iter(run.instance.calls))
    run.message("stop")
    before = digest(run.instance)
    assert run.do(ServiceFinished(call_id, {"told": True})) == []
    assert run.do(ServiceFailed(call_id, "late", "Late.")) == []
    assert run.do(ServiceFinished("999", {})) == []
    assert digest(run.instance) == before


@pytest.mark.parametrize(
    "output",
    [{"told": float("inf")}, {"told": "\ud800"}, {"told": "x" * 70_000}, {"told": [[[]]] * 1_001}],
)
def test_a_result_that_cannot_be_kept_is_an_incident_not_a_crash(output: dict[str, Any]) -> None:
    run = Run(CALL).start()
    run.serve(output)
    assert run.codes == ["service-output"]
    assert run.of("service_finished")[0]["output"] is None
    digest(run.instance)


def test_an_error_message_from_outside_of_any_kind_can_be_kept() -> None:
    run = Run(CALL).start()
    run.fail("odd", "\ud800\0" + "很" * 9_000)
    message = run.of("incident_raised")[0]["message"]
    assert message == "??" + "很" * 1_998 + "…"
    digest(run.instance)


def test_an_input_that_is_null_while_running_is_an_incident() -> None:
    run = Run("var who string\nstart s\nservice call call=tell who=who\ns -> call").start()
    assert run.codes == ["variable_missing"]
    assert run.instance.calls == {}


def test_an_input_outside_its_values_while_running_is_an_incident_and_can_be_corrected() -> None:
    run = Run("""
        var how string = "c"
        start s
        and f
        user fix
        field fix how string
        service call call=tell who="'me'" how=how
        s -> f
        f -> fix
        f -> call
    """).start()
    assert run.codes == ["service-input"]
    run.complete("fix", how="a")
    run.resolve("retry")
    assert run.of("service_requested")[0]["input"] == {"who": "me", "how": "a"}
