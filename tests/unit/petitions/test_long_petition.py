"""A petition at its fattest still fits into the start of a new history many times over."""

from __future__ import annotations

import json
import zlib
from typing import Any

import pytest

from activities.services import contracts
from tests.support.bpmn import Run
from tests.support.house import petition_bundle
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.contracts import ActResult
from wenzheng.engine.state import dump, load, pack, unpack
from wenzheng.web.acts import new_act_id
from workflows.journal import ACTS_KEPT, Journal

MOST_BYTES = 5_000
FILES = 20


def files() -> list[str]:
    """As many attachments as a form takes."""
    return [new_act_id() for _ in range(FILES)]


class Petition:
    """A letter whose every act is remembered as the workflow remembers it."""

    def __init__(self) -> None:
        definition = compile_bundle("d" * 64, petition_bundle().files, contracts())
        self.run = Run(definition.processes["petition"], restored=False)
        self.run.start(petition_id=new_act_id(), received_on="2026-09-07")
        self.journal = Journal()

    def act(self, element: str, role: str = "department", **data: Any) -> None:
        self.run.complete(element, role, **data)
        self.journal.seq += 1
        result = ActResult(
            new_act_id(), self.journal.seq, f"account-{new_act_id()}", self.run.now, self.run.open
        )
        self.journal.remember(f"task {element}", result)

    def tell(self) -> None:
        self.run.serve({"queued": True})

    def draft(self, times: int) -> None:
        """So many drafts, of which only the last is approved."""
        for left in reversed(range(times)):
            self.run.wait(hours=3)
            self.act("reply", content_id=new_act_id(), reply_kind="done", reply_files=files())
            self.act("approve", "department_head", approved=left == 0, return_note=new_act_id())

    def report(self, times: int) -> None:
        """So many reports, of which only the last is believed."""
        for left in reversed(range(times)):
            self.run.wait(hours=3)
            self.act("complete", content_id=new_act_id(), evidence=files())
            self.act("check", "clerk", done=left == 0, check_note=new_act_id())

    @property
    def written(self) -> dict[str, Any]:
        return {"journal": self.journal.dump(), "instance": dump(self.run.instance)}


@pytest.mark.parametrize("times", [1, 40])
def test_a_petition_in_its_second_round_with_lamps_incident_and_many_acts_is_below_five_kilobytes(
    times: int,
) -> None:
    petition = Petition()
    petition.act("accept", "clerk", accepted=True, emergency=False)
    petition.tell()
    petition.act("assign", "clerk", department="housing", co_handling=["urban_management", "heyang"])
    for _ in range(20):
        petition.run.wait(days=1)
    petition.act("sign")
    petition.draft(times)
    petition.tell()
    petition.report(times)
    for _ in range(5):
        petition.run.wait(days=1)
    petition.act("feedback", content_id=new_act_id())
    petition.tell()
    petition.act("rate", "author", solved=False, satisfaction=1, content_id=new_act_id())
    for _ in range(25):
        petition.run.wait(days=1)
    petition.draft(times)
    petition.run.fail("broken", "Expected the mail server to answer, found it is away. " * 5)

    assert petition.run.codes == ["broken"]
    assert len(petition.journal.recent) == min(ACTS_KEPT, petition.journal.seq)
    text = json.dumps(petition.written, ensure_ascii=False, separators=(",", ":"))
    assert len(zlib.compress(text.encode(), 9)) < MOST_BYTES
    again = load(
        unpack(pack(petition.written))["instance"], petition.run.process, petition.run.instance.calendar
    )
    assert dump(again) == petition.written["instance"]
