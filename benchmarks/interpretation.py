"""What interpreting a process costs beside plain SpiffWorkflow: the same models, in one run.

    python benchmarks/interpretation.py [--rounds N] [--petitions N] [--json]

Models of five and of twenty user tasks in a row, each task with two non-interrupting boundary timers, as a
letter's steps have a yellow and a red deadline. A petition is started and all its tasks are completed. Each
side runs in processes of its own, because the engine gives SpiffWorkflow its ids and time; the two take
turns. CPU time of the process, in milliseconds a petition; medians of the rounds, the ratio of the medians,
and the raw numbers. `flat` is the cost of a step of twenty over that of a step of five.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SIZES = (5, 20)
SIDES = ("plain", "ours")
WARM = 20
"""Petitions before the clock starts: imports, caches."""


def model(steps: int) -> str:
    """A BPMN process of so many user tasks in a row; without markup of ours but the role."""
    parts = ['<startEvent id="s"/>', '<endEvent id="e"/>']
    names = ["s", *(f"t{i}" for i in range(steps)), "e"]
    for i in range(steps):
        parts.append(f'<userTask id="t{i}" name="t{i}" wz:role="clerk"/>')
        for lamp, days in (("y", 5), ("r", 15)):
            parts += [
                f'<boundaryEvent id="{lamp}{i}" attachedToRef="t{i}" cancelActivity="false">',
                f"<timerEventDefinition><timeDuration>{{{lamp}}}P{days}D{{{lamp}}}</timeDuration>",
                "</timerEventDefinition></boundaryEvent>",
                f'<endEvent id="{lamp}e{i}"/>',
                f'<sequenceFlow id="{lamp}f{i}" sourceRef="{lamp}{i}" targetRef="{lamp}e{i}"/>',
            ]
    parts += [
        f'<sequenceFlow id="f{i}" sourceRef="{a}" targetRef="{b}"/>'
        for i, (a, b) in enumerate(itertools.pairwise(names))
    ]
    body = "".join(parts)
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:wz="urn:wenzheng:bpmn:1" '
        f'targetNamespace="urn:bench"><process id="p" isExecutable="true">{body}</process></definitions>'
    )


def quoted(text: str, quote: str) -> str:
    """SpiffWorkflow reads a duration as a Python expression, so there it stands in quotes."""
    return text.replace("{y}", quote).replace("{r}", quote)


def plain(steps: int) -> Callable[[], None]:
    """One petition with SpiffWorkflow as it comes."""
    from SpiffWorkflow.bpmn.parser import BpmnParser  # noqa: PLC0415  # each side imports its own
    from SpiffWorkflow.bpmn.workflow import BpmnWorkflow  # noqa: PLC0415
    from SpiffWorkflow.util.task import TaskState  # noqa: PLC0415

    parser = BpmnParser()
    parser.add_bpmn_str(quoted(model(steps), '"').encode())
    spec = parser.get_spec("p")

    def petition() -> None:
        workflow = BpmnWorkflow(spec)
        workflow.do_engine_steps()
        for _ in range(steps):
            workflow.refresh_waiting_tasks()
            [task] = workflow.get_tasks(state=TaskState.READY, manual=True)
            task.run()
            workflow.do_engine_steps()
        assert workflow.completed

    return petition


def ours(steps: int) -> Callable[[], None]:
    """One petition with the engine."""
    from datetime import UTC, datetime  # noqa: PLC0415

    from wenzheng.calendars.china import china  # noqa: PLC0415
    from wenzheng.engine.compiler import compile_bpmn  # noqa: PLC0415
    from wenzheng.engine.events import Start, TaskCompleted  # noqa: PLC0415
    from wenzheng.engine.instance import ProcessInstance  # noqa: PLC0415
    from wenzheng.engine.step import step  # noqa: PLC0415

    process = compile_bpmn({"p.bpmn": quoted(model(steps), "").encode()})[0]["p"]
    calendar, now = china(), datetime(2026, 9, 1, 2, tzinfo=UTC)

    def petition() -> None:
        instance = ProcessInstance(process, calendar)
        step(instance, Start(), now)
        for number in range(steps):
            step(instance, TaskCompleted(f"t{number}", "wang", "clerk"), now)
        assert instance.ended is not None

    return petition


def one_side(side: str, steps: int, petitions: int) -> float:
    """Milliseconds of CPU a petition, in this process."""
    petition = {"plain": plain, "ours": ours}[side](steps)
    for _ in range(WARM):
        petition()
    began = time.process_time()
    for _ in range(petitions):
        petition()
    return (time.process_time() - began) / petitions * 1000


def in_a_process(side: str, steps: int, petitions: int) -> float:
    """The same in a process of its own."""
    command = [sys.executable, __file__, "--side", side, "--steps", str(steps), "--petitions", str(petitions)]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return float(found.stdout)


def measure(rounds: int, petitions: int) -> dict[str, Any]:
    """Raw numbers, medians and ratios."""
    raw: dict[str, list[float]] = {f"{side}_{steps}": [] for steps in SIZES for side in SIDES}
    for number in range(rounds):
        for steps in SIZES:
            for side in SIDES if number % 2 else SIDES[::-1]:
                raw[f"{side}_{steps}"].append(round(in_a_process(side, steps, petitions), 3))
    medians = {name: round(statistics.median(values), 3) for name, values in raw.items()}
    ratios = {str(steps): round(medians[f"ours_{steps}"] / medians[f"plain_{steps}"], 3) for steps in SIZES}
    few, many = SIZES
    flat = (medians[f"ours_{many}"] / many) / (medians[f"ours_{few}"] / few)
    return {
        "unit": "ms CPU a petition",
        "raw": raw,
        "medians": medians,
        "ratios": ratios,
        "flat": round(flat, 2),
    }


def main() -> None:
    """Prints the raw numbers and the ratios."""
    parser = argparse.ArgumentParser(description="Measure interpretation beside plain SpiffWorkflow.")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each side (default 5)")
    parser.add_argument("--petitions", type=int, default=200, help="petitions a turn (default 200)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--steps", type=int, default=SIZES[0], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.side is not None:
        print(one_side(arguments.side, arguments.steps, arguments.petitions))
        return
    result = measure(arguments.rounds, arguments.petitions)
    if arguments.json:
        print(json.dumps(result, indent=2))
        return
    for name, value in result.items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
