"""What the API calls a thing, as pages say it to a person."""

from __future__ import annotations

from typing import Any

from wenzheng import contracts
from wenzheng.web import schemas
from wenzheng.web.i18n import Words


def status_key(letter: schemas.Summary) -> str:
    """The message that says where a letter stands: at the end its outcome, before that its state."""
    if letter.state == "closed" and letter.outcome:
        return f"state.{letter.outcome}"
    if letter.state == "verdict" and "decide" in letter.open:
        return "state.review"
    return f"state.{letter.state}"


def events(t: Words, timeline: list[schemas.Event]) -> list[dict[str, Any]]:
    """A timeline for people: label, instant, who."""
    return [
        {
            "label": _label(t, event),
            "at": event.at,
            "by": "" if event.actor in {None, "author"} else event.actor,
        }
        for event in timeline
    ]


def _label(t: Words, event: schemas.Event) -> str:
    if event.event == contracts.THRESHOLD_PASSED:
        return t.or_else(f"event.{event.data.get('lamp')}", event.name)
    if event.event == contracts.INSTANCE_ENDED:
        outcome = event.data.get("outcome")
        return t.or_else(f"state.{outcome}", t("event.ended")) if outcome else t("event.ended")
    key = f"event.{event.element}"
    if event.element == "accept" and event.data.get("accepted") is False:
        key = "event.accept.no"
    if event.element == "rate" and "solved" in event.data:
        key = "event.rate.solved" if event.data["solved"] else "event.rate.not_solved"
    label = t.or_else(key, event.name)
    reason = event.data.get("reason")
    if not reason:
        return label
    why = t.or_else(f"reason.{reason}", str(reason))
    return f"{label}（{why}）" if t.language == "zh" else f"{label} ({why})"


def contents(letter: schemas.Letter) -> list[dict[str, Any]]:
    """What was said, for people."""
    return [
        {
            "kind": item.kind,
            "reply_kind": item.reply_kind,
            "by": "" if item.author == "author" else item.author,
            "at": item.at,
            "text": item.text,
        }
        for item in letter.contents
    ]


def clock_name(t: Words, clock: str, name: str) -> str:
    """What a clock is called: our words for the shipped ones, else the definition's."""
    return t.or_else(f"clock.{clock}", name)


def clocks(t: Words, letter: schemas.Letter) -> list[dict[str, Any]]:
    """The time limits that concern the author, with their last days."""
    return [
        {
            "label": clock_name(t, clock.clock, clock.name),
            "limits": [
                {
                    "label": t.or_else(f"threshold.{limit.id}", limit.id),
                    "due": limit.due,
                    "provisional": limit.provisional,
                }
                for limit in clock.limits
            ],
            "lamp": clock.lamp,
        }
        for clock in letter.clocks
        if clock.limits
    ]
