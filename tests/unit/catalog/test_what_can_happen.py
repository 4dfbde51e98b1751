"""What can happen in a process at all: tokens are let move in every way that the picture allows."""

from __future__ import annotations

import pytest

from tests.support.notation import bpmn
from wenzheng.catalog.bundle import Bundle
from wenzheng.catalog.checking import check_bundle

LOOKED_FOR = {"deadlock", "lack-of-synchronisation", "unreachable", "endless-loop", "superfluous-termination"}


def found(notation: str) -> set[tuple[str, str | None]]:
    report = check_bundle(Bundle("p", {"p.bpmn": bpmn(notation)}))
    return {(one.rule, one.element) for one in report.findings if one.rule in LOOKED_FOR}


CHOSEN = "var n int = 1\nstart s\nor x default=x_b\ntask a\ntask b\n"
SPLIT = "start s\nand x\ntask a\ntask b\n"
REMINDED = "start s\ntask a\nboundary b on=a duration=P1D keep\n"
IN_A_BOX = (
    "start s\nsub y\nvar n int = 1\nstart i\nxor x default=x_b\ntask a\ntask b\nand j\nend k\n"
    "i -> x\nx -> a if n > 1\nx -> b\na -> j\nb -> j\nj -> k\nclose\nend e\ns -> y -> e"
)
GOOD = [
    f"{SPLIT}and j\nend e\ns -> x -> a -> j -> e\nx -> b -> j",
    f"{SPLIT}or j\nend e\ns -> x -> a -> j -> e\nx -> b -> j",
    f"{CHOSEN}or j\nend e\ns -> x\nx -> a if n > 1\nx -> b\na -> j\nb -> j\nj -> e",
    f"{CHOSEN}xor j\nend e\ns -> x\nx -> b\nb -> j\nj -> a -> e".replace("or x default=x_b\n", "task x\n", 1),
    "start s\ntask a\nboundary b on=a duration=P1D\nxor j\nend e\ns -> a -> j -> e\nb -> j",
    "start s\ntask a\nboundary b on=a duration=P1D keep\ntask r\nend e\nend f\ns -> a -> e\nb -> r -> f",
    "start s\nthrow t link=a\ncatch c link=a\ntask u\nend e\ns -> t\nc -> u -> e",
    f"{SPLIT}end e terminate\nend f\ns -> x -> a -> e\nx -> b -> f",
    "start s\nsub x\nstart i\nxor m\ntask t\nend k\ni -> m -> t -> m\nclose\nboundary b on=x signal=stop\n"
    "end e\nend f\ns -> x -> e\nb -> f".replace("end k\n", ""),
]


@pytest.mark.parametrize("notation", GOOD)
def test_what_comes_out_right_in_every_case_is_not_blamed(notation: str) -> None:
    assert found(notation) == set()


BAD = [
    # an inclusive choice, and a join that waits for both
    (f"{CHOSEN}and j\nend e\ns -> x\nx -> a if n > 1\nx -> b\na -> j\nb -> j\nj -> e", ("deadlock", "j")),
    # a reminder that comes back into the path it reminds of
    (
        f"{REMINDED}xor j\ntask t\nend e\ns -> a -> j -> t -> e\nb -> j",
        ("lack-of-synchronisation", "t"),
    ),
    # a path that was forgotten when a boundary event was led elsewhere
    ("start s\ntask a\nxor m\ntask b\nend e\ns -> a -> e\nm -> b -> m", ("unreachable", "m")),
    # who comes into the loop never leaves it
    ("start s\nxor m\ntask b\ns -> m -> b -> m", ("endless-loop", "m")),
    # interrupting or not makes the difference
    (
        "start s\ntask a\nboundary b on=a duration=P1D\nend e terminate\nend f\ns -> a -> e\nb -> f",
        ("superfluous-termination", "e"),
    ),
    # inside a sub-process it is the same
    (IN_A_BOX, ("deadlock", "j")),
]


@pytest.mark.parametrize(("notation", "finding"), BAD)
def test_what_may_go_wrong_is_found_where_it_does(notation: str, finding: tuple[str, str]) -> None:
    assert finding in found(notation)


def test_a_process_with_more_states_than_are_looked_at_is_not_judged_by_half_of_them() -> None:
    many = [f"task t{number}\nend e{number}\n" for number in range(16)]
    flows = "".join(f"x -> t{number} -> e{number}\n" for number in range(16))
    assert found("start s\nand x\n" + "".join(many) + "s -> x\n" + flows) == set()
