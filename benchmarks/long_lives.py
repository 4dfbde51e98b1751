"""What a long life costs: time, work and size of a round early and late, and large models.

    python -m benchmarks.long_lives [--rounds N]

The loops are those of `tests/support/loops.py`; a turn is one thing that happens to the instance.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Final

from tests.support.bpmn import CALENDAR, MONDAY, compiled
from tests.support.loops import NAMED, operations, turn
from wenzheng.engine.compiled import CompiledProcess
from wenzheng.engine.events import Start
from wenzheng.engine.instance import ProcessInstance
from wenzheng.engine.state import dump, pack
from wenzheng.engine.step import step

WINDOW: Final = 600
"""Turns over which a round is measured."""
ELEMENTS: Final = 2_000


def begun(process: CompiledProcess) -> ProcessInstance:
    """An instance that has just begun."""
    instance = ProcessInstance(process, CALENDAR)
    step(instance, Start({}), MONDAY)
    return instance


def seconds(act: Callable[[], object]) -> float:
    """The CPU time that an act takes."""
    began = time.process_time()
    act()
    return time.process_time() - began


def live_on(instance: ProcessInstance, turns: int) -> None:
    """Let so many things happen."""
    for _ in range(turns):
        turn(instance)


def measure_loop(name: str, rounds: int) -> None:
    """Prints a turn early and late: microseconds, operations, bytes of the packed state."""
    instance = begun(compiled(NAMED[name]))
    told = []
    for before in (WINDOW, rounds - 3 * WINDOW):
        live_on(instance, before)
        spent = seconds(lambda: live_on(instance, WINDOW)) / WINDOW
        work = operations(lambda: live_on(instance, 60)) // 60
        told.append(f"{spent * 1e6:.0f} us, {work} operations, {len(pack(dump(instance)))} bytes")
    print(f"{name}: early {told[0]}; after {rounds} turns {told[1]}")


def in_a_row() -> str:
    """Script tasks one after the other."""
    names = [f"x{n}" for n in range(ELEMENTS - 2)]
    scripts = "\n".join(f"script {name}: n = n + 1" for name in names)
    return f"var n int = 0\nstart s\n{scripts}\nend e\ns -> {' -> '.join(names)} -> e"


def side_by_side() -> str:
    """User tasks that are all open at once."""
    names = [f"x{n}" for n in range(ELEMENTS - 4)]
    nodes = "\n".join(f"user {name}\nf -> {name}\n{name} -> j" for name in names)
    return f"start s\nand f\nand j\nend e\n{nodes}\ns -> f\nj -> e"


def measure_model(name: str, notation: str) -> None:
    """Prints how long a large model takes to compile, to start and to come to its end."""
    compiling = seconds(lambda: compiled(notation))
    process = compiled(notation)
    instances: list[ProcessInstance] = []
    starting = seconds(lambda: instances.append(begun(process)))
    (instance,) = instances
    size, turns = len(pack(dump(instance))), 0
    began = time.process_time()
    while instance.ended is None:
        turn(instance)
        turns += 1
    ending = time.process_time() - began
    print(
        f"{ELEMENTS} elements {name}: compiled in {compiling:.2f} s, started in {starting:.3f} s "
        f"({size} bytes packed), {turns} turns to its end in {ending:.2f} s"
    )


def main() -> None:
    """Prints the numbers."""
    parser = argparse.ArgumentParser(description="Measure instances that live long.")
    parser.add_argument("--rounds", type=int, default=10_200, help="turns of each loop (default 10200)")
    arguments = parser.parse_args()
    for name in NAMED:
        measure_loop(name, max(arguments.rounds, 4 * WINDOW))
    measure_model("in a row", in_a_row())
    measure_model("side by side", side_by_side())


if __name__ == "__main__":
    main()
