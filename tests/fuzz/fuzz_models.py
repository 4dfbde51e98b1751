"""A fuzz target for models, run by hand: `python -m tests.fuzz.fuzz_models [seconds] [seed]`.

Takes random processes that are right, damages their XML (elements cut, doubled, moved, renamed; values
exchanged; bytes overwritten), compiles what comes of it and lets what compiles run in virtual time for a
quarter. Any exception that is not ours, and any model that takes more than a few seconds, stops it and
leaves the model in a file of the temporary folder.
"""

from __future__ import annotations

import json
import random
import re
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from hypothesis import HealthCheck, given, settings

from tests.support.bpmn import SERVICES
from tests.support.notation import bpmn
from tests.support.random_processes import notations
from wenzheng.calendars.china import china
from wenzheng.engine import vocabulary as words
from wenzheng.engine.definition import Definition, compile_definition
from wenzheng.engine.events import EventRefused
from wenzheng.engine.findings import DefinitionRefused
from wenzheng.simulation.answers import Answer, Answers
from wenzheng.simulation.world import SimulationStoppedError, World

MODELS: Final = 150
SLOW_SECONDS: Final = 10.0
"""On a busy machine; a model that goes round for ever takes longer."""
BEGIN: Final = datetime(2026, 9, 7, 2, tzinfo=UTC)
QUARTER: Final = timedelta(days=91)
_NAMES: Final = [
    f"{{{words.BPMN}}}{name}"
    for name in (
        *words.FLOW_NODES,
        *words.EVENT_DEFINITION_KINDS,
        *words.TEXT_ELEMENTS,
        *words.LOOP_ATTRIBUTES,
    )
]
_VALUES: Final = [
    "",
    "x",
    "0",
    "-1",
    "true",
    "false",
    "9" * 400,
    "\u0661",
    "P1D",
    "R/PT1S",
    "n > 0",
    "n / 0",
    "号",
]


def corpus() -> list[bytes]:
    """Random processes that are right, always the same."""
    found: list[bytes] = []

    @settings(max_examples=MODELS, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(notations())
    def collect(notation: str) -> None:
        found.append(bpmn(notation))

    collect()
    return found


def damaged(chance: random.Random, model: bytes) -> bytes:
    """The model with one to four faults."""
    root = ET.fromstring(model)  # noqa: S314 - made here, from our own notation
    for _ in range(chance.randint(1, 4)):
        _damage(chance, root)
    text = ET.tostring(root)
    if chance.random() < 0.1:
        a, b = sorted((chance.randrange(len(text)), chance.randrange(len(text))))
        text = chance.choice([text[:a] + text[b:], text[:b] + text[a:], text[:a] + b"\0<&\xff" + text[a:]])
    return text


def _damage(chance: random.Random, root: ET.Element) -> None:
    elements = list(root.iter())
    parents = {child: parent for parent in elements for child in parent}
    one, other = chance.choice(elements), chance.choice(elements)
    match chance.randrange(6):
        case 0 if one in parents:
            parents[one].remove(one)
        case 1 if other not in set(one.iter()):
            other.append(one)
        case 2:
            one.tag = chance.choice(_NAMES)
        case 3 if one.attrib:
            one.set(chance.choice(sorted(one.attrib)), chance.choice(_VALUES))
        case 4 if one.attrib and other.attrib:
            one.set(chance.choice(sorted(other.attrib)), chance.choice(sorted(other.attrib.values())))
        case _:
            one.text = chance.choice(_VALUES)


def once(definition: Definition) -> dict[str, list[Answer]]:
    """People and services answer the first time only: a damaged loop without an end would go on for ever."""
    models = [process.model for process in definition.processes.values()]
    return {element.id: [Answer()] for model in models for element in model.all_elements()}


def lived(world: World, began: float) -> str:
    """Let time pass, in short spans first: a cycle that rings every second for ever is legal, and endless."""
    spans = [timedelta(minutes=10 * span) for span in range(1, 13)]
    for span in [*spans, *(timedelta(days=day) for day in range(1, QUARTER.days + 1))]:
        world.run(BEGIN + span)
        if time.monotonic() - began > SLOW_SECONDS / 2:
            return "rings on"
    return str(world.outcome()["state"])


def check(model: bytes) -> str:
    """Compile and run a model; only our own exceptions may come out. Returns what became of it."""
    began = time.monotonic()
    try:
        definition = compile_definition("fuzz", {"p.bpmn": model}, SERVICES)
        world = World(definition, china(), BEGIN, Answers(once(definition)))
        world.start(next(iter(definition.processes)))
        outcome = lived(world, began)
    except DefinitionRefused as refused:
        if not all(
            finding.message and finding.hint and finding.position.line for finding in refused.findings
        ):
            raise AssertionError("a finding without place, message or remedy") from refused
        outcome = "refused"
    except (EventRefused, SimulationStoppedError) as refused:
        outcome = type(refused).__name__
    if outcome != "rings on" and time.monotonic() - began > SLOW_SECONDS:
        raise AssertionError("slow")
    return outcome


def main() -> None:
    """Fuzz for a number of seconds and print how often each outcome came."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else time.time_ns()
    chance, outcomes, tried = random.Random(seed), dict[str, int](), 0
    models = corpus()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        model = damaged(chance, chance.choice(models))
        try:
            outcome = check(model)
        except BaseException:
            kept = Path(tempfile.gettempdir()) / f"fuzz-{seed}-{tried}.bpmn"
            kept.write_bytes(model)
            sys.stderr.write(f"seed {seed}: the model is in {kept}\n")
            raise
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
        tried += 1
    lines = re.sub(r"[{}\"]", "", json.dumps(outcomes, indent=1, sort_keys=True))
    sys.stdout.write(f"seed {seed}: {tried} models{lines}\n")


if __name__ == "__main__":
    main()
