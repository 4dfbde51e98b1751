"""Processes with data in XML, for the tests of data: declarations, inputs and outputs, associations."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from tests.support.bpmn import Run, definitions

Begun = Callable[..., Run]
"""Begins a run of a model, straight or restored after every event."""

TYPES = (
    '<itemDefinition id="text" structureRef="xsd:string"/><itemDefinition id="number" '
    'structureRef="Integer"/>'
    '<itemDefinition id="list" structureRef="xsd:string" isCollection="true"/>'
    '<itemDefinition id="own" structureRef="Order"/><message id="m" name="m"/>'
)


def flow(*ids: str) -> str:
    """Sequence flows from each element to the next."""
    pairs = itertools.pairwise(ids)
    return "".join(f'<sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairs)


def script(name: str, text: str, more: str = "") -> str:
    """A script task."""
    return f'<scriptTask id="{name}">{more}<script>{text}</script></scriptTask>'


def line(*elements: tuple[str, str]) -> str:
    """A start event, these elements and an end event, one after the other."""
    ids = [name for name, _ in elements]
    return (
        '<startEvent id="s"/><endEvent id="e"/>'
        + "".join(text for _, text in elements)
        + flow("s", *ids, "e")
    )


def model(body: str, variables: str = "", head: str = "") -> bytes:
    """A process with these variables declared."""
    extensions = f"<extensionElements>{variables}</extensionElements>" if variables else ""
    return definitions(f'{TYPES}{head}<process id="p" isExecutable="true">{extensions}{body}</process>')


def variable(name: str, kind: str, initial: str | None = None) -> str:
    """A declared variable."""
    more = f' initial="{initial}"' if initial is not None else ""
    return f'<wz:variable name="{name}" type="{kind}"{more}/>'


def io(inputs: str = "", outputs: str = "", more: str = "") -> str:
    """An ioSpecification; inputs and outputs as `id:item` with `?` behind optional ones."""

    def parts(text: str, kind: str, name: str) -> tuple[str, str]:
        declared = refs = ""
        for one in text.split():
            item_id, _, item = one.rstrip("?").partition(":")
            subject = f' itemSubjectRef="{item}"' if item else ""
            subject += ' isCollection="true"' if item == "list" else ""
            declared += f'<{kind} id="{item_id}"{subject}/>'
            refs += f"<{name}Refs>{item_id}</{name}Refs>"
            if one.endswith("?"):
                optional = name.replace("data", "optional")
                refs += f"<{optional}Refs>{item_id}</{optional}Refs>"
        return declared, refs

    declared_in, refs_in = parts(inputs, "dataInput", "dataInput")
    declared_out, refs_out = parts(outputs, "dataOutput", "dataOutput")
    return (
        f"<ioSpecification>{declared_in}{declared_out}<inputSet>{refs_in}</inputSet>{more}"
        f"<outputSet>{refs_out}</outputSet></ioSpecification>"
    )


def into(source: str, target: str, more: str = "") -> str:
    """A data input association."""
    sources = "".join(f"<sourceRef>{one}</sourceRef>" for one in source.split())
    return f"<dataInputAssociation>{sources}<targetRef>{target}</targetRef>{more}</dataInputAssociation>"


def out_of(source: str, target: str, more: str = "") -> str:
    """A data output association."""
    sources = "".join(f"<sourceRef>{one}</sourceRef>" for one in source.split())
    return f"<dataOutputAssociation>{sources}<targetRef>{target}</targetRef>{more}</dataOutputAssociation>"


def assign(source: str, target: str) -> str:
    """An assignment."""
    return f"<assignment><from>{source}</from><to>{target}</to></assignment>"


def called(body: str, variables: str = "", more: str = "") -> str:
    """A process to be called."""
    extensions = f"<extensionElements>{variables}</extensionElements>" if variables else ""
    inner = body.replace('"s"', '"cs"').replace('"e"', '"ce"').replace('id="s_', 'id="cs_')
    inner = inner.replace('_e"', '_ce"')
    return f'</process><process id="callee" isExecutable="true">{extensions}{more}{inner}'
