"""One BPMN element, one subclass of a SpiffWorkflow task spec.

Each class answers three questions: what happens when a token arrives (`arrive`), what it does
when it runs (`behave`: True completes it, None leaves it waiting), and what to tidy up when
it is cancelled. Tokens, order and time belong to `wenzheng.engine.instance`.
"""

from wenzheng.engine.elements.activities import (
    PlainTask,
    ReceiveTask,
    ScriptTask,
    SendTask,
    ServiceTask,
    UserTask,
)
from wenzheng.engine.elements.base import ElementSpec, ScopeRoot, ScopeSpec
from wenzheng.engine.elements.containers import (
    AdHocSubProcess,
    CallActivity,
    EventSubProcess,
    SubProcess,
    Transaction,
)
from wenzheng.engine.elements.events import BoundaryEvent, IntermediateCatchEvent, StartEvent
from wenzheng.engine.elements.gateways import EventBasedGateway, ExclusiveGateway, ParallelGateway
from wenzheng.engine.elements.merges import ComplexGateway, InclusiveGateway
from wenzheng.engine.elements.rules import BusinessRuleTask
from wenzheng.engine.elements.throws import EndEvent, IntermediateThrowEvent

ELEMENT_CLASSES: dict[str, type[ElementSpec]] = {
    "startEvent": StartEvent,
    "endEvent": EndEvent,
    "intermediateCatchEvent": IntermediateCatchEvent,
    "intermediateThrowEvent": IntermediateThrowEvent,
    "boundaryEvent": BoundaryEvent,
    "task": PlainTask,
    "manualTask": PlainTask,
    "userTask": UserTask,
    "serviceTask": ServiceTask,
    "scriptTask": ScriptTask,
    "businessRuleTask": BusinessRuleTask,
    "sendTask": SendTask,
    "receiveTask": ReceiveTask,
    "callActivity": CallActivity,
    "subProcess": SubProcess,
    "transaction": Transaction,
    "adHocSubProcess": AdHocSubProcess,
    "exclusiveGateway": ExclusiveGateway,
    "inclusiveGateway": InclusiveGateway,
    "complexGateway": ComplexGateway,
    "parallelGateway": ParallelGateway,
    "eventBasedGateway": EventBasedGateway,
}
"""The class that executes each BPMN element name of vocabulary.FLOW_NODES."""

__all__ = ["ELEMENT_CLASSES", "ElementSpec", "EventSubProcess", "ScopeRoot", "ScopeSpec"]
