"""Runs fixed stories and prints what came of them: for comparing processes with other hash seeds."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from activities.services import contracts
from tests.support.bpmn import Run, compiled
from wenzheng.engine.compiled import CompiledProcess
from wenzheng.engine.state import digest

ROOT = Path(__file__).parents[2]

MIXED = """
    var n int = 0
    clock k starts=s yellow=1:head,office red=2
    start s
    and f
    user a
    service b call=tell who="'x'" output=out
    var out map
    catch c message=go
    catch d message=go
    s -> f
    f -> a
    f -> b
    f -> c
    f -> d
    boundary late on=a duration=PT5H keep
    user r
    late -> r
"""


def petition(process: CompiledProcess | None = None) -> Run:
    """A letter that is answered late and withdrawn in its second round."""
    data = (ROOT / "definitions" / "examples" / "petition-bpmn" / "petition.bpmn").read_bytes()
    run = Run(process or compiled(data, contracts(), "petition"))
    run.start(petition_id="p1", received_on="2026-09-07")
    run.complete("accept", accepted=True)
    run.serve({"queued": True})
    run.complete("assign", department="d")
    run.wait(days=10)
    run.complete("sign", "department")
    run.complete("reply", "department", content_id="c", reply_kind="done")
    run.complete("approve", "department_head", approved=False, return_note="n")
    run.complete("reply", "department", content_id="d", reply_kind="done")
    run.complete("approve", "department_head", approved=True)
    run.serve({"queued": True})
    run.complete("complete", "department", content_id="c")
    run.complete("check", done=True)
    run.complete("feedback", "department", content_id="c")
    run.serve({"queued": True})
    run.complete("rate", "author", solved=False, satisfaction=1)
    run.message("withdrawn")
    return run


def mixed() -> Run:
    """A bit of everything."""
    run = Run(MIXED).start()
    run.wait(hours=6)
    run.fail()
    run.message("go")
    run.wait(days=3)
    run.resolve("retry")
    run.serve({"told": True})
    run.complete("a")
    return run


def tell(run: Run) -> str:
    """Everything that came of a run, as one hash."""
    told = json.dumps([asdict(effect) for effect in run.effects], ensure_ascii=False)
    trace = [asdict(entry) for entry in run.instance.trace or []]
    return hashlib.sha256(f"{told}{trace}{digest(run.instance)}".encode()).hexdigest()


def main() -> None:
    """Print a hash for each story."""
    for story in (petition, mixed):
        print(story.__name__, tell(story()))  # noqa: T201 - its purpose


if __name__ == "__main__":
    main()
