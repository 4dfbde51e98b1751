"""What every element shares: SpiffWorkflow's task spec without prediction, with our scheduler."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.specs.StartTask import StartTask

from wenzheng.engine.model import Element, SequenceFlow

if TYPE_CHECKING:
    from wenzheng.engine.instance import ProcessInstance
    from wenzheng.engine.tasks import ElementTask, Scope


class Incident(Exception):
    """The element cannot go on: its branch stops here until an operator decides."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class ElementSpec(BpmnSpecMixin):
    """A flow node as SpiffWorkflow sees it. Shared by all instances, so never changed after load.

    SpiffWorkflow predicts every possible future of a task and walks the whole tree after each
    one; neither is needed when tokens are sent along flows by name, so both hooks are empty.
    """

    def __init__(self, wf_spec: ScopeSpec, element: Element) -> None:
        super().__init__(wf_spec, element.id, bpmn_name=element.name)
        self.element = element
        self.boundaries: list[ElementSpec] = []

    # --- for the scheduler --------------------------------------------------------------

    def arrive(self, scope: Scope, flow: SequenceFlow | None) -> None:
        """A token reaches this element along `flow` (None: the element starts by itself)."""
        task = scope.new_task(self)
        scope.instance.activated(task)
        task._ready()

    def behave(self, task: ElementTask, instance: ProcessInstance) -> bool | None:
        """Do the element's work; True completes it, None leaves it waiting.

        Raises Incident when the branch cannot go on.
        """
        return True

    def tokens_out(self, task: ElementTask) -> list[SequenceFlow]:
        """The flows along which tokens leave when the element completes."""
        return self.element.outgoing

    def after(self, scope: Scope) -> None:
        """What follows completion besides tokens; most elements need nothing."""

    def on_cancelled(self, task: ElementTask, instance: ProcessInstance) -> None:
        """Tidy up what the element had begun."""

    # --- SpiffWorkflow's hooks ------------------------------------------------------------

    def _predict(self, my_task: ElementTask, *_args: Any, **_kwargs: Any) -> None:
        """Nothing is predicted."""

    def _update(self, my_task: ElementTask) -> None:
        """Waiting tasks are woken by events, not by polling."""

    def _on_ready(self, my_task: ElementTask) -> None:
        my_task.instance.schedule(my_task)

    def _run_hook(self, my_task: ElementTask) -> bool | None:
        return self.behave(my_task, my_task.instance)

    def _on_complete(self, my_task: ElementTask) -> None:
        self._on_complete_hook(my_task)
        my_task.instance.completed_task(my_task)

    def _on_complete_hook(self, my_task: ElementTask) -> None:
        self.completed_event.emit(my_task.workflow, my_task)

    def _on_cancel(self, my_task: ElementTask) -> None:
        self.on_cancelled(my_task, my_task.instance)


class ScopeRoot(StartTask):
    """The root of a scope's task tree: the parent of every token, for as long as the scope lives."""

    def _predict(self, my_task: ElementTask, *_args: Any, **_kwargs: Any) -> None:
        """Nothing is predicted."""

    def _update(self, my_task: ElementTask) -> None:
        """The root waits for nothing."""


class ScopeSpec(BpmnProcessSpec):
    """The specification of a process or sub-process: its elements by id, and its root."""

    def __init__(self, scope_id: str) -> None:
        super().__init__(name=scope_id)
        self.task_specs.clear()
        self.start = ScopeRoot(self, "")
        self.end = None

    def spec(self, element_id: str) -> ElementSpec:
        """The task spec of an element of this scope."""
        spec: ElementSpec = self.task_specs[element_id]
        return spec
