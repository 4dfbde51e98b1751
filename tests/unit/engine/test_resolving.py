"""What an operator is offered about an incident is what the engine takes, whatever has stopped."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from tests.support.bpmn import Run
from tests.support.random_processes import choices, notations, play
from tests.unit.engine.test_engine_properties import few
from wenzheng.contracts import REFUSED_DATA
from wenzheng.engine.events import EventRefused, IncidentResolved
from wenzheng.engine.resolving import ANSWER, RETRY, SKIP, described
from wenzheng.engine.step import check

EXAMPLES: dict[str, Any] = {"string": "x", "bool": True, "int": 1, "double": 1.5, "date": "2026-09-08"}


def answers(seen: dict[str, Any]) -> dict[str, Any]:
    """The least that an answer to an incident holds."""
    if seen["flows"]:
        return {"flow": seen["flows"][-1]["flow"]}
    return {name: EXAMPLES[kind] for name, kind in (seen["output"] or {}).items()}


@given(notations(), choices)
@few
def test_what_is_offered_is_taken_and_nothing_else(notation: str, numbers: list[int]) -> None:
    run = Run(notation, restored=False).start()
    for number in numbers:
        try:
            run.do(play(run, number))
        except EventRefused:
            continue
        for seen in described(run.instance):
            for action in (RETRY, SKIP, ANSWER):
                event = IncidentResolved(seen["incident_id"], action, "op", answers(seen))
                if action in seen["actions"]:
                    check(run.instance, event, run.now)
                else:
                    with pytest.raises(EventRefused) as refused:
                        check(run.instance, event, run.now)
                    assert refused.value.code == REFUSED_DATA


STOPS = {
    "a service": ("service x call=tell who=\"'me'\"", "serviceTask", [RETRY, SKIP, ANSWER], {"told": "bool"}),
    "a script": ("var n int\nscript x: n = n + 1", "scriptTask", [RETRY, SKIP], {}),
    "one of three runs": ("service x call=ping times=3", "serviceTask", [RETRY, SKIP, ANSWER], {}),
}


@pytest.mark.parametrize("what", STOPS)
def test_what_may_be_done_depends_on_what_stopped(what: str) -> None:
    element, kind, actions, output = STOPS[what]
    run = Run(
        f"{element}\nuser beside\nuser after\nand f\nstart s\ns -> f\nf -> x -> after\nf -> beside"
    ).start()
    if run.instance.calls:
        run.fail()
    (seen,) = described(run.instance)
    assert (seen["element"], seen["type"]) == ("x", kind)
    assert (seen["actions"], seen["output"], seen["flows"]) == (actions, output, [])
    assert "beside" in run.open, "the branch beside it goes on"
    run.resolve(SKIP)
    assert run.instance.incidents == {}


def test_an_element_that_has_to_choose_offers_its_flows_by_where_they_lead() -> None:
    run = Run("""
        var n int = 7
        start s
        xor g
        user few
        user some
        s -> g
        g -> few if n < 3
        g -> some if n == 3
    """).start()
    (seen,) = described(run.instance)
    assert (seen["actions"], seen["output"]) == ([RETRY, ANSWER], {})
    assert [(flow["flow"], flow["to"]) for flow in seen["flows"]] == [("g_few", "few"), ("g_some", "some")]
    run.resolve(ANSWER, flow="g_some")
    assert run.open == ["some"]
