"""The petition written in YAML is the same process as the one drawn in BPMN, whatever people answer."""

from __future__ import annotations

import random
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import pytest

from activities.services import contracts
from tests.support.bpmn import Run
from wenzheng.catalog.bundle import read_bundle
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.engine.compiled import CompiledProcess
from wenzheng.settings import definitions_dir


def shipped(folder: str) -> CompiledProcess:
    bundle = read_bundle(definitions_dir() / folder)
    return compile_bundle(bundle.digest, bundle.files, contracts()).processes["petition"]


YAML = shipped("petition")
BPMN = shipped("examples/petition-bpmn")
KINDS = ("done", "done", "question", "more_time")
DAYS = (20, 75, None)
"""A promised day lies ahead: so many days after the form is sent."""
PROMISES = [{"content_id": "c", "reply_kind": "promised", "promised_on": day} for day in DAYS]
ANSWERS: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "accept": (
        "clerk",
        [
            {"accepted": True},
            {"accepted": True, "emergency": True},
            {"accepted": False, "reason": "not_ours"},
        ],
    ),
    "assign": ("clerk", [{"department": "roads"}, {"department": "roads", "co_handling": ["water"]}]),
    "sign": ("department", [{}]),
    "reply": ("department", [{"content_id": "c", "reply_kind": kind} for kind in KINDS] + PROMISES),
    "hear_author": ("clerk", [{"content_id": "c"}]),
    "grant": (
        "clerk",
        [{"granted": True, "extension_days": 10}, {"granted": True, "extension_days": 3}, {"granted": False}],
    ),
    "approve": ("department_head", [{"approved": True}, {"approved": True}, {"approved": False}]),
    "allow": ("supervisor", [{"allowed": True}, {"allowed": False, "allow_note": "n"}]),
    "complete": (
        "department",
        [
            {"content_id": "c"},
            {"content_id": "c", "evidence": ["f1", "f2"]},
            {"content_id": "c", "renew_until": 20},
            {"content_id": "c", "renew_until": 200},
        ],
    ),
    "approve_renewal": ("department_head", [{"approved": True}, {"approved": True}, {"approved": False}]),
    "allow_renewal": ("supervisor", [{"allowed": True}, {"allowed": False}]),
    "check": ("clerk", [{"done": True}, {"done": True}, {"done": False, "check_note": "n"}]),
    "feedback": ("department", [{"content_id": "c"}]),
    "rate": ("author", [{"solved": solved, "satisfaction": 3} for solved in (True, False, False)]),
    "decide": ("supervisor", [{"content_id": "c"}]),
}


def dated(answer: dict[str, Any], now: datetime) -> dict[str, Any]:
    """An answer with its days as dates."""
    ahead = {key: answer[key] for key in ("promised_on", "renew_until") if answer.get(key)}
    return answer | {key: f"{now + timedelta(days):%Y-%m-%d}" for key, days in ahead.items()}


def walk(process: CompiledProcess, seed: int) -> Run:
    """One way through the process: who answers what and when, and what goes wrong, by the seed."""
    chance = random.Random(seed)
    lead = {"lead": "roads"} if seed % 7 == 0 else {}
    run = Run(process).start(petition_id="p", received_on="2026-09-07", **lead)
    for _ in range(90):
        if run.instance.ended:
            break
        luck = chance.random()
        if run.instance.calls:
            run.fail() if luck < 0.1 else run.serve({"queued": True})
        elif run.instance.incidents:
            run.resolve("retry")
        elif luck < 0.05:
            run.message("withdrawn")
        elif luck < 0.35:
            run.wait(days=chance.choice([1, 3, 9, 20]))
        elif run.open:
            role, answers = ANSWERS[run.open[0]]
            run.complete(run.open[0], role, **dated(chance.choice(answers), run.now))
    return run


def told(run: Run) -> list[Any]:
    return [
        [asdict(entry) for entry in run.instance.trace or []],
        [asdict(effect) for effect in run.effects],
        run.instance.variables,
        run.instance.ended,
    ]


@pytest.mark.parametrize("first", range(0, 200, 20))
def test_yaml_and_bpmn_give_the_same_trace_and_the_same_effects(first: int) -> None:
    for seed in range(first, first + 20):
        assert told(walk(YAML, seed)) == told(walk(BPMN, seed))


def test_the_walks_together_reach_every_outcome_and_every_step() -> None:
    runs = [walk(YAML, seed) for seed in range(200)]
    outcomes = {run.instance.variables["outcome"] for run in runs if run.instance.ended}
    assert outcomes == {"solved", "unconfirmed", "decided", "rejected", "withdrawn"}
    seen = {entry.element for run in runs for entry in run.instance.trace or []}
    assert seen == {element.id for element in YAML.model.all_elements()}


def _part(part: Any) -> dict[str, Any]:
    """A clock, or a part of it, without its place in the file."""
    return {name: value for name, value in vars(part).items() if name != "position"}


def test_the_models_say_the_same_of_clocks_forms_and_roles() -> None:
    def facts(process: CompiledProcess) -> Any:
        clocks = [
            {**_part(c), "pauses": [*map(_part, c.pauses)], "extensions": [*map(_part, c.extensions)]}
            for c in process.model.clocks.values()
        ]
        elements = [
            (
                e.id,
                e.type,
                e.name,
                e.name_en,
                e.scope,
                e.role,
                e.fact,
                e.keeps,
                e.fields,
                e.message,
                e.attached_to,
            )
            for e in process.model.all_elements()
        ]
        return clocks, sorted(elements, key=str), set(process.initial_variables)

    assert facts(YAML) == facts(BPMN)


def test_a_letter_nobody_answers_reddens_at_the_same_instant() -> None:
    def lamps(process: CompiledProcess) -> list[Any]:
        run = Run(process).start(petition_id="p", received_on="2026-09-07")
        for _ in range(60):
            run.wait(days=1)
        return [asdict(effect) for effect in run.effects]

    assert lamps(YAML) == lamps(BPMN)
