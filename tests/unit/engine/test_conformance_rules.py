"""Models that break a rule of the standard (betsy's must_be_refused) are refused for that rule.

They lie beside the checkout and are not part of it (../shared/conformance, see its README).
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wenzheng.engine.compiler import compile_bpmn
from wenzheng.engine.findings import DefinitionRefused, Finding, Severity

ROOT = Path(__file__).parents[3].parent / "shared" / "conformance"
MUST = sorted((ROOT / "betsy" / "must_be_refused").rglob("*.bpmn"))
pytestmark = pytest.mark.skipif(not MUST, reason="needs ../shared/conformance beside the checkout")

# Which of our rules say what a rule of the suite says; any one of a line refuses for the right reason.
OURS = {
    "002": "duplicate-id",  # ids are unique
    "004": "text-format",  # textFormat is a MIME type
    "007": "flow-end",  # artifacts are not ends of sequence flows
    "009": "message-flow-end",  # nor of message flows
    "011": "escalation-without-code",  # what is thrown has an escalation code
    "013": "expression-empty timer-value",  # a formal expression has a body
    "017": "gateway-direction",  # converging: one outgoing
    "018": "gateway-direction",  # diverging: one incoming
    "019": "gateway-direction",  # mixed: several of both
    "020": "item-collection",  # isCollection is that of the item definition
    "021": "outgoing-not-allowed",  # nothing leads out of an event sub-process
    "022": "incoming-not-allowed",  # nor into it
    "023": "flow-not-listed",  # incoming and outgoing are the flows' ends
    "024": "flow-immediate",  # isImmediate is not false in an executable process
    "025": "condition-alone",  # a lone flow behind an activity has no condition
    "026": "default-flow-unknown",  # the default is one of the outgoing flows
    "027": "choreography-ref",  # only collaborations refer to choreographies
    "028": "flow-crosses-scope",  # sequence flows stay in their pool
    "029": "participant-multiplicity",  # minimum is not negative
    "030": "participant-multiplicity",  # maximum is positive and not below minimum
    "031": "message-flow-same-pool",  # message flows lead to other pools
    "032": "global-conversation",  # what a global conversation does not contain
    "033": "choreography-closed",  # a closed choreography has no further message flows
    "035": "process-public",  # public processes are not executable
    "036": "choreography-in-process",  # choreography activities are not in processes
    "037": "token-quantity",  # startQuantity
    "038": "token-quantity",  # completionQuantity
    "040": "resource-assignment",  # parameters of a resource need the resource
    "042": "task-data-count",  # a service task with an operation has one input set
    "044": "task-data-item",  # and the item of the operation's message
    "046": "task-data-count",  # a send task has at most one input set
    "048": "task-data-item",  # and the item of its message
    "050": "task-data-count",  # a receive task has at most one output set
    "052": "task-data-item",  # and the item of its message
    "054": "loop-twice",  # one loop marker
    "056": "choreography-in-process",  # nor in sub-processes
    "058": "event-sub-process-start",  # an event sub-process has one start event
    "060": "transaction-method",  # method is a URI or one of three
    "061": "ad-hoc-empty",  # an ad-hoc sub-process contains an activity
    "062": "ad-hoc-event choreography-in-process",  # and no start, end or choreography
    "063": "called-data",  # a call has the data of what it calls
    "064": "binding-missing",  # a supported interface is bound
    "065": "binding-data",  # to an operation, with its items
    "067": "loop-count",  # multiple instances have a count or a list
    "068": "loop-data",  # the list is data of the activity
    "069": "loop-item",  # an output item is one of its list
    "070": "loop-item",  # so is an input item
    "071": "wrong_result_type",  # a completion condition is true or false
    "076": "data-object-name",  # a reference is named after its data object and state
    "078": "property-place",  # properties are in processes, activities and events
    "079": "data-in-sub-process",  # a sub-process has no ioSpecification
    "080": "process-data-end",  # an input of the process is not written
    "082": "process-data-end",  # an output of the process is not read
    "084": "data-set-missing",  # each input is in a set
    "085": "data-set-optional",  # optional inputs are inputs of the set
    "086": "data-set-optional",  # so are those of while it executes
    "087": "data-set-pair",  # sets refer to each other both ways
    "088": "data-set-missing",  # each output is in a set
    "089": "data-set-optional",  # optional outputs are outputs of the set
    "090": "data-set-optional",  # so are those of while it executes
    "091": "association-items",  # both ends have one item, or there is a transformation
    "092": "association-sources",  # several sources need a transformation
    "093": "event-data",  # data for each event definition
    "094": "event-data-item",  # of the item that it carries
    "095": "unknown-event-definition",  # definitions inside events are not referred to
    "096": "incoming-not-allowed",  # nothing leads to a start event
    "097": "start-missing",  # who has an end has a start
    "098": "start-trigger trigger-not-allowed",  # triggers of a process's start
    "099": "called-start",  # what is called has a plain start
    "100": "sub-process-start",  # so has a sub-process
    "101": "flow-not-listed outgoing-missing",  # a start event leads on
    "102": "message-flow-event",  # a start event sends nothing
    "103": "message-flow-trigger",  # and receives with a message trigger only
    "104": "outgoing-not-allowed",  # nothing leads out of an end event
    "105": "end-missing",  # who has a start has an end
    "106": "cancel-outside-transaction",  # a cancel end event is in a transaction
    "107": "flow-not-listed incoming-missing",  # something leads to an end event
    "108": "message-flow-event",  # an end event receives nothing
    "109": "message-flow-trigger",  # and sends with a message only
    "110": "trigger-not-allowed event-without-definition boundary-interrupting",  # boundary triggers
    "111": "cancel-outside-transaction",  # a cancel boundary event is on a transaction
    "112": "incoming-not-allowed",  # nothing leads to a boundary event
    "113": "outgoing-missing",  # it leads on
    "114": "outgoing-not-allowed",  # except one of compensation
    "115": "incoming-missing",  # something leads to an intermediate event
    "116": "outgoing-missing",  # and it leads on
    "117": "link-flow",  # except a link, at one side
    "118": "link-pair",  # links name each other
    "119": "message-flow-event",  # catching events send nothing, throwing ones receive nothing
    "120": "cancel-outside-transaction",  # as 111
    "122": "trigger-not-allowed",  # compensation is not caught in the flow
    "123": "event-condition-missing condition-not-formal",  # a conditional event has a formal condition
    "124": "link-unmatched",  # a link that is caught is thrown
    "125": "link-unmatched",  # a link that is thrown is caught
    "126": "link-pair link-unmatched",  # on one level
    "127": "message-ref-missing",  # a message event names its message
    "130": "event-without-definition",  # a boundary event has a trigger
    "132": "timer-value",  # dates
    "134": "timer-value",  # durations
    "135": "gateway-alone outgoing-missing",  # a gateway merges or splits
    "136": "event-gateway-outgoing",  # an event gateway has two outgoing flows
    "137": "condition-not-executed",  # without conditions
    "138": "event-gateway-target",  # to events and receive tasks
    "139": "event-gateway-mixed",  # to messages or receive tasks
    "140": "event-gateway-receive",  # without boundary events
    "141": "event-gateway-target",  # that nothing else leads to
    "142": "incoming-not-allowed",  # an instantiating one begins
    "143": "compensation-handler",  # an association leads to what undoes
    "144": "compensation-handler",  # which is for compensation
    "146": "trigger-not-allowed",  # triggers of end events
    "148": "trigger-not-allowed event-without-definition",  # of events that catch
    "149": "trigger-not-allowed",  # of events that throw
    "150": "incoming-missing",  # where there is a start, something leads to everything
    "151": "outgoing-missing",  # where there is an end, everything leads on
    "152": "flow-crosses-scope",  # sequence flows stay in their sub-process
}
# Files that we hold to be legal, each with the reason and its page in BPMN 2.0.2.
LEGAL = {
    "EXT128": "Message events need operations to call web services. The metamodel has operationRef "
    "[0..1] (table 10.97, p. 272); the engine delivers messages by name and correlation key (§8.4.2, p. 72).",
}


def errors(path: Path) -> list[Finding]:
    try:
        compile_bpmn({path.name: path.read_bytes()})
    except DefinitionRefused as refused:
        return [finding for finding in refused.findings if finding.severity is Severity.ERROR]
    return []


@pytest.mark.parametrize("path", MUST, ids=lambda path: path.stem)
def test_a_model_that_breaks_a_rule_of_the_standard_is_refused_for_that_rule(path: Path) -> None:
    found = errors(path)
    if path.parent.name in LEGAL:
        assert not {finding.rule for finding in found} - {"vendor-extension"}
        return
    wanted = OURS[path.parent.name.removeprefix("EXT")].split()
    right = [finding for finding in found if finding.rule in wanted]
    assert right, sorted({finding.rule for finding in found})
    for finding in right:
        assert finding.hint
        assert finding.position.line > 1


# --- BPMNspector -----------------------------------------------------------------------------------

SPECTOR = ROOT / "bpmnspector"
CASES = json.loads((SPECTOR / "expected.json").read_text())["tests"] if SPECTOR.exists() else []
CHECKED = [case for case in CASES if case["ext"] in OURS and case["exists"]]


NOT_FOR_THE_RULE = {
    "123/EXT123_failure_noFormalCondition.bpmn": "Its condition is a text that is no CEL, and refused so."
}


def relevant(found: list[Finding], ext: str) -> list[str]:
    return [finding.rule for finding in found if finding.rule in OURS[ext].split()]


@pytest.mark.parametrize("case", CHECKED, ids=lambda case: str(case["file"]))
def test_a_rule_is_found_broken_where_it_is_and_only_there(case: dict[str, str]) -> None:
    found = errors(SPECTOR / case["file"])
    if "notExecutable" in case["file"]:
        assert "process-not-executable" in {finding.rule for finding in found}
    elif case["expect"] == "valid":
        # 024 is held by the rule of attributes in general, which finds another one in that file
        assert case["ext"] == "024" or not relevant(found, case["ext"])
    elif case["file"] not in NOT_FOR_THE_RULE:
        assert relevant(found, case["ext"]), sorted({finding.rule for finding in found})
