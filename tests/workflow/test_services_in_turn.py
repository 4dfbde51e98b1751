"""Local activities of one instance are taken in turn, so that what was lived is what is replayed.

Live, Temporal's worker tells a workflow of several local activities in the order in which they finish; on
replay in the order in which they were begun. What follows from two that are under way at once would come
about in another order: see docs/decisions/0023.
"""

from __future__ import annotations

import threading
from pathlib import Path

from temporalio.client import Client

from tests.support.bpmn import definitions
from tests.support.house import house, petition_bundle
from tests.workflow.test_processes_that_talk import Town
from wenzheng.gateways.temporal_server import EmbeddedServer

_BRANCHES = ("accepted", "rejected", "replied")


def _notice(name: str, template: str) -> str:
    return f"""
  <serviceTask id="{name}">
    <extensionElements>
      <wz:service name="notify_author">
        <wz:input name="petition_id" value="'p1'"/><wz:input name="template" value="'{template}'"/>
      </wz:service>
    </extensionElements>
  </serviceTask>"""


def _branch(template: str) -> str:
    flows = [f"{template}_{place}" for place in range(2)]
    return (
        "".join(_notice(name, template) for name in flows)
        + f"""
  <sequenceFlow id="{template}_in" sourceRef="split" targetRef="{flows[0]}"/>
  <sequenceFlow id="{template}_on" sourceRef="{flows[0]}" targetRef="{flows[1]}"/>
  <sequenceFlow id="{template}_out" sourceRef="{flows[1]}" targetRef="join"/>"""
    )


NOTICES = definitions(f"""
<process id="notices" isExecutable="true">
  <startEvent id="start"/>
  <parallelGateway id="split"/>
  <parallelGateway id="join"/>
  <endEvent id="end"/>
  <sequenceFlow id="begin" sourceRef="start" targetRef="split"/>
  <sequenceFlow id="finish" sourceRef="join" targetRef="end"/>{"".join(map(_branch, _BRANCHES))}
</process>
""")
"""Three branches, and two services in each."""


async def test_operator_may_restart_workers_while_a_letter_has_several_services_under_way(
    tmp_path: Path,
) -> None:
    server = EmbeddedServer(tmp_path)
    address = await server.start()
    try:
        async with house(tmp_path, await Client.connect(address)) as home:
            home.sink.company = threading.Barrier(2)
            files = petition_bundle().files
            words = {name: content for name, content in files.items() if name.startswith("messages/")}
            real = Town(home.store, home.client, NOTICES, words)
            await real.start("notices", "notices-1")
            await real.until_ended("notices-1")
            assert home.sink.met == 0
            assert await real.replayed(tmp_path) == {"notices-1": None}
    finally:
        server.stop()
