"""Sentences of the page of executed elements on data (BPMN 2.0.2 §10.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

DATA_HEAD: Final = """
## Data

Data objects and properties are variables, of the process or of their sub-process or activity. Expressions
know them by `name` where it can name a variable, else by `id`; the nearest of a name counts, and two in
one place may not share one. They begin as null. A `wz:variable` of the process with the same name and type
says how they begin. Those of a sub-process begin anew each time it runs and are gone when it ends.

The type comes from `itemSubjectRef`: an `itemDefinition` whose `structureRef` is a type of XML Schema
(`xsd:string`, `xsd:int`, `xsd:decimal`, `xsd:boolean`, `xsd:date`, `xsd:dateTime` and their kin, also
without the prefix) is `string`, `int`, `double`, `bool`, `date` or `timestamp`, anything else `any`; with
`isCollection` it is `list`.

| element | what it does | attributes |
|---|---|---|
"""
DATA_TAIL: Final = """
- **In.** An activity begins when all sources of one of its input sets have a value, the first such set in
  the order of the file; until then it waits, and it does not show up as a task. Associations to inputs of
  other sets are not carried out. One whose source is null is not carried out.
- **Out.** When the activity completes, the first output set all of whose outputs have a value is given
  away. If there is none, an incident is raised; to skip it goes on without. An output that nothing in the
  activity can set is reported as a warning and is not waited for.
- **Messages.** An event or a receive task with outputs takes these values out of the message's data and
  nothing else; one that has a single output, whose name is not among the data, takes the message whole.
  One that throws and has inputs sends these and nothing else. Without any, data are variables of the same
  names.
- **Loops.** The lists that a multi-instance activity reads and fills (`loopDataInputRef`,
  `loopDataOutputRef`) may be data objects, properties, inputs, outputs or variables. Inputs and outputs
  other than these are filled and given in each run; properties last as long as the whole.
- **Calls.** A called process has its variables for itself. A call with inputs or outputs gives and takes
  these and nothing else: they belong to the called process's inputs and outputs (or variables) of the same
  name, else to those in the same place. A call without any shares the variables of the same name and type:
  they go in, and those that the called process has changed come back when it ends.
- The inputs of a process that all its input sets need have to come with its start, unless an event begins
  it.
"""
DATA: Final[Mapping[str, str]] = {
    "dataObject": "A variable of the process or sub-process it stands in. A `dataState` in it is a label.",
    "dataObjectReference": "Another picture of a data object; associations may name it.",
    "property": "A variable of the process, sub-process, activity or event it stands in.",
    "ioSpecification": "What an activity or process takes and gives: inputs, outputs, and the sets they "
    "belong to.",
    "dataInput": "A variable of the activity or throwing event, filled before it begins; or an input of "
    "the process.",
    "dataOutput": "A variable of the activity or catching event, given away when it completes; or one of "
    "the process.",
    "inputSet": "Inputs that are needed together.",
    "outputSet": "Outputs that are given together.",
    "dataInputAssociation": "Copies `sourceRef` into an input or property, or sets what its "
    "transformation and "
    "assignments say. The source is a data object, a property, an input of the process or the loop's item.",
    "dataOutputAssociation": "Copies an output to `targetRef` in the same way. Without a source it is a "
    "picture.",
    "assignment": "Sets the variable or data that `to` names to the value of the expression in `from`.",
}
DATA_TEXTS: Final[Mapping[str, str]] = {
    "sourceRef": "In a data association: the id of what is read. Several only beside a transformation or "
    "assignments.",
    "targetRef": "In a data association: the id of what is set.",
    "transformation": "An expression in CEL whose value the target gets; it sees the variables around the "
    "activity on the way in, those of the activity on the way out.",
    "from": "In an assignment: an expression as in a transformation.",
    "to": "In an assignment: a name or an id.",
    "dataInputRefs": "In an input set: the id of an input.",
    "optionalInputRefs": "In an input set: one of its inputs that may be null.",
    "dataOutputRefs": "In an output set: the id of an output.",
    "optionalOutputRefs": "In an output set: one of its outputs that may be null.",
}
DATA_REFUSALS: Final = """
data-store-not-executed
    a data store, which outlives the instance
    Read and write it with a service task.
unknown-item-definition
    an `itemSubjectRef` that names no item definition
    Declare it beside the processes.
association-sources association-end association-type
    a data association from several sources without saying how, to the wrong place, between two types
    Read the section on data above.
assignment-incomplete assignment-target
    a transformation or assignment without its expression, or to nothing
    Write both sides of it.
output-never-set
    a warning: an output that is copied and that nothing in the activity sets
    Set it, or remove the association.
start-outputs
    data outputs on the start event of an event sub-process
    Name variables around it like the message's data.
loop-data
    a loop over something that is no list
    Correct the reference.
called-data
    a call whose inputs and outputs do not match what it calls, or that does not give what is needed there
    Correct names and types.
"""
