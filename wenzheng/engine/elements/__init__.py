"""One BPMN element, one subclass of a SpiffWorkflow task spec.

Each class answers three questions: what happens when a token arrives (`arrive`), what it does
when it runs (`_run_hook`: True completes it, None leaves it waiting), and what to tidy up when
it is cancelled. Tokens, order and time belong to `wenzheng.engine.instance`.
"""

from wenzheng.engine.elements.activities import (
    ReceiveTask,
    ScriptTask,
    SendTask,
    ServiceTask,
    SubProcess,
    UserTask,
)
from wenzheng.engine.elements.base import ElementSpec, ScopeRoot, ScopeSpec
from wenzheng.engine.elements.events import (
    BoundaryEvent,
    EndEvent,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    StartEvent,
)
from wenzheng.engine.elements.gateways import ExclusiveGateway, ParallelGateway

ELEMENT_CLASSES: dict[str, type[ElementSpec]] = {
    "startEvent": StartEvent,
    "endEvent": EndEvent,
    "intermediateCatchEvent": IntermediateCatchEvent,
    "intermediateThrowEvent": IntermediateThrowEvent,
    "boundaryEvent": BoundaryEvent,
    "userTask": UserTask,
    "serviceTask": ServiceTask,
    "scriptTask": ScriptTask,
    "sendTask": SendTask,
    "receiveTask": ReceiveTask,
    "exclusiveGateway": ExclusiveGateway,
    "parallelGateway": ParallelGateway,
    "subProcess": SubProcess,
}
"""The class that executes each BPMN element name of vocabulary.FLOW_NODES."""

__all__ = ["ELEMENT_CLASSES", "ElementSpec", "ScopeRoot", "ScopeSpec"]
