"""Events that wait: start, intermediate catch and boundary events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from SpiffWorkflow.util.task import TaskState

from wenzheng.engine.elements.base import ElementSpec
from wenzheng.engine.occasions import values_at
from wenzheng.engine.waiting import HIT, comes_again, renewed

if TYPE_CHECKING:
    from wenzheng.engine.instance import ProcessInstance
    from wenzheng.engine.model import SequenceFlow
    from wenzheng.engine.tasks import ElementTask, Scope


OWN_EVENT: Final = "own event"
"""Marks an activity while it throws the event of its multi-instance behavior, which does not interrupt it."""


HELD: Final = "held"
"""What an event waited for when its instance was full, and which of its events had just happened."""


class CatchingSpec(ElementSpec):
    """An element that waits for events (BPMN 2.0.2 §10.5.4)."""

    def behave(self, task: ElementTask, instance: ProcessInstance) -> bool | None:
        """Wait; the second run, after the event, completes."""
        if not self.awaited.events or task.internal_data.pop("caught", False):
            return True
        instance.listen(task)
        return None

    def on_cancelled(self, task: ElementTask, instance: ProcessInstance) -> None:
        instance.stop_listening(task)

    def fired(self, task: ElementTask, instance: ProcessInstance, place: int) -> None:
        """One of its events has happened, the one at `place`."""
        entry = instance.waiting[task.id]
        if instance.is_full and self.lets_out_more(task, place):
            # Nothing of what has happened is lost: a retry lets it happen again, from here.
            task.internal_data[HELD] = {"entry": entry, "place": place, "state": task._state}
            instance.stop_listening(task)
            instance.stop_full(task)
            return
        if self.begins is not None:
            withdraw_others(task)
        if self.awaited.parallel_multiple:
            entry["of"][place] = dict(HIT)
            if any(other != HIT for other in entry["of"]):
                return
            entry["of"] = [renewed(part) for part in instance.new_entry(task)["of"]]
            dated = any(
                event.timer is not None and event.timer.kind == "date" for event in self.awaited.events
            )
            self.caught(task, instance, again=not dated, spent=dated)
            return
        part = entry["of"][place] if "of" in entry else entry
        again = comes_again(part, instance.calendar)
        spent = "due" in part and not again
        if spent and "of" in entry:
            entry["of"][place] = {}  # a time comes once; the other triggers may come again
            spent = False
        self.caught(task, instance, again=again, spent=spent)

    def lets_out_more(self, task: ElementTask, place: int) -> bool:
        """Whether it goes on waiting and lets a further token out when its event at `place` happens."""
        return False

    def retry(self, task: ElementTask) -> None:
        held = task.internal_data.pop(HELD, None)
        if held is None:
            super().retry(task)
            return
        task._set_state(held["state"])
        task.instance.waiting[task.id] = held["entry"]
        task.instance.fire(task, held["place"])

    def caught(
        self, task: ElementTask, instance: ProcessInstance, *, again: bool = False, spent: bool = False
    ) -> None:
        """The awaited event happened: run again, now to completion.

        `again`: it may happen once more by itself (a cycle, a parallel multiple event). `spent`: it was a
        time, which has come once and for all, so that nothing more can happen.
        """
        instance.end_race(task)
        instance.stop_listening(task)
        task.internal_data["caught"] = True
        instance.traced(task, "caught")
        task._ready()


def withdraw_others(task: ElementTask) -> None:
    """Of several beginnings of a process the first that happens withdraws the others (BPMN 2.0.2 p. 238).

    Those behind one event-based gateway belong together: the gateway says what becomes of them.
    """
    mine = task.task_spec.begins
    for other in task.scope.open_tasks():
        if other.task_spec.begins not in {None, mine} and "caught" not in other.internal_data:
            task.instance.cancel_task(other)


class StartEvent(CatchingSpec):
    """Start events (BPMN 2.0.2 §10.5.2)."""

    def behave(self, task: ElementTask, instance: ProcessInstance) -> bool | None:
        """The start of an event sub-process has happened before its scope opened."""
        return True if task.scope.spec.handles_event else super().behave(task, instance)

    def fired(self, task: ElementTask, instance: ProcessInstance, place: int) -> None:
        """What begins by a schedule is told for which occasion, before anything else happens to it."""
        timer = self.awaited.events[place].timer
        if timer is not None and timer.kind == "schedule" and task.scope is instance:
            entry = instance.waiting[task.id]
            part = entry["of"][place] if "of" in entry else entry
            instance.assign(values_at(instance.process.model, timer, part["due"], instance.calendar), task)
        super().fired(task, instance, place)


class IntermediateCatchEvent(CatchingSpec):
    """Waits on the way. It listens from the moment the token arrives, before anything else runs.

    So a signal that a parallel branch throws next is not missed. A time cycle lets a token out each time.
    """

    def arrive(self, scope: Scope, flow: SequenceFlow | None) -> None:
        task = scope.new_task(self)
        self.open_data(task)
        scope.instance.activated(task)
        self.wait(task)

    def wait(self, task: ElementTask) -> None:
        """Begin to listen. A link that is caught waits for nothing."""
        if self.element.trigger == "link":
            task.internal_data["caught"] = True
            task._ready()
            return
        task._set_state(TaskState.READY)
        task._set_state(TaskState.STARTED)
        task.instance.listen(task)

    def lets_out_more(self, task: ElementTask, place: int) -> bool:
        return "race" not in task.internal_data and task.instance.repeats(task, place)

    def caught(
        self, task: ElementTask, instance: ProcessInstance, *, again: bool = False, spent: bool = False
    ) -> None:
        # A token that waits for a day of the calendar goes on once; a cycle says itself that it comes again.
        timer = self.element.timer
        once = self.element.parallel_multiple or (timer is not None and timer.kind == "schedule")
        if again and not once and "race" not in task.internal_data:
            instance.spawn_caught(task)
        else:
            super().caught(task, instance)


class BoundaryEvent(CatchingSpec):
    """Waits while its activity is active (BPMN 2.0.2 §10.5.4, p. 255).

    An interrupting event ends the activity; others let a token out each time they fire.
    """

    def arm(self, host: ElementTask) -> None:
        """Begin to wait beside `host`."""
        task = host.scope.new_task(self)
        self.open_data(task)
        task.internal_data["host"] = host.id
        task._set_state_waiting()
        host.instance.listen(task)

    def lets_out_more(self, task: ElementTask, place: int) -> bool:
        return not self.element.interrupting

    def caught(
        self, task: ElementTask, instance: ProcessInstance, *, again: bool = False, spent: bool = False
    ) -> None:
        host = task.scope.task(task.internal_data["host"])
        if self.element.interrupting and OWN_EVENT not in host.internal_data:
            # The event leaves its host first: cancelling the host disarms what still hangs on it.
            instance.stop_listening(task)
            del task.internal_data["host"]
            instance.cancel_task(host)
            super().caught(task, instance)
        else:
            instance.spawn_caught(task)
            if spent:
                instance.disarm(task)
