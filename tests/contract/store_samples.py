"""Letters, records and flushes as the engine writes them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from wenzheng import contracts
from wenzheng.contracts import Flush, Record, petition_instance_id

RECEIVED = date(2026, 9, 1)
SUBMITTED = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
YELLOW = datetime(2026, 9, 8, 16, 0, tzinfo=UTC)
RED = datetime(2026, 9, 22, 16, 0, tzinfo=UTC)
LETTER = petition_instance_id("p1")


def letter(petition_id: str = "p1", **changes: Any) -> dict[str, Any]:
    """Arguments of submit_petition."""
    return {
        "petition_id": petition_id,
        "tracking_code": f"code-{petition_id}",
        "act_id": f"submit-{petition_id}",
        "title": "楼道没有水",
        "text": "三天没有水了。",
        "kind": "help",
        "channel": "web",
        "addressee": "city",
        "author_name": "王芳",
        "author_contact": "13800000000",
        "public_consent": True,
        "received_on": RECEIVED,
        "submitted_at": SUBMITTED,
        "definition": "d" * 64,
        "calendar": "c" * 64,
        "start": {"process_id": "petition", "variables": {"petition_id": petition_id}},
    } | changes


def letter_clock(yellow: datetime | None = YELLOW, red: datetime | None = RED) -> dict[str, Any]:
    """Data of the letter clock's clock_started."""
    limits: list[tuple[str, int, datetime | None]] = [("yellow", 5, yellow), ("red", 15, red)]
    return {
        "clock": "letter",
        "name": "答复时限",
        "day0": RECEIVED.isoformat(),
        "calendar": "cn",
        "thresholds": [
            {
                "id": lamp,
                "after": after,
                "due": "2026-09-08",
                "from": at.isoformat(),
                "lamp": lamp,
                "notify": ["department_head"],
                "provisional": False,
            }
            for lamp, after, at in limits
            if at is not None
        ],
    }


Event = tuple[str, str, dict[str, Any]]
"""(kind, element, data)"""


def act(seq: int, act_id: str, at: datetime, *events: Event) -> list[Record]:
    """All rows of one act."""
    return [
        Record(act_id=act_id, ordinal=n, seq=seq, kind=kind, element=element, at=at, data=data)
        for n, (kind, element, data) in enumerate(events)
    ]


def opened(element: str, role: str, fact: str | None = None, nth: int = 1) -> Event:
    """A user task opens."""
    data: dict[str, Any] = {
        "task_id": f"{element}-{nth}",
        "name": element,
        "role": role,
        "fact": fact,
        "fields": [],
    }
    return contracts.TASK_OPENED, element, data


def closed(element: str, actor: str | None, fact: str | None, nth: int = 1, **data: Any) -> Event:
    """A user task is completed, or cancelled when nobody did it."""
    done = {"task_id": f"{element}-{nth}", "reason": "completed" if actor else "cancelled", "actor": actor}
    return contracts.TASK_CLOSED, element, done | {"fact": fact, "data": data}


def started() -> Event:
    """The instance starts."""
    return contracts.INSTANCE_STARTED, "received", {"process": "petition", "name": "来信办理"}


def clock_starts(yellow: datetime | None = YELLOW, red: datetime | None = RED) -> Event:
    """The letter clock starts."""
    return contracts.CLOCK_STARTED, "letter", letter_clock(yellow, red)


def clock_stops(lamp: str | None = None, reason: str = "completed", clock: str = "letter") -> Event:
    """A clock stops."""
    return contracts.CLOCK_STOPPED, clock, {"clock": clock, "reason": reason, "lamp": lamp}


def passed(lamp: str, *notify: str, clock: str = "letter") -> Event:
    """A threshold passes."""
    data: dict[str, Any] = {
        "clock": clock,
        "threshold": lamp,
        "due": "2026-09-08",
        "from": YELLOW.isoformat(),
        "lamp": lamp,
        "notify": list(notify),
        "notice_at": (YELLOW + timedelta(hours=8, minutes=30)).isoformat(),
    }
    return contracts.THRESHOLD_PASSED, clock, data


def ended(outcome: str | None, state: str = "completed") -> Event:
    """The instance ends."""
    return contracts.INSTANCE_ENDED, "closed", {"outcome": outcome, "state": state}


def flush(*acts: list[Record], instance: str = LETTER, digest: str = "", **variables: Any) -> Flush:
    """A flush of whole acts."""
    records = [record for rows in acts for record in rows]
    last = digest or f"digest-{records[-1].act_id}-{records[-1].at.isoformat()}"
    return Flush(
        instance=instance,
        definition="d" * 64,
        calendar="c" * 64,
        records=records,
        digest=last,
        variables=variables,
    )


def day(n: int, hour: int = 0) -> datetime:
    """n days and some hours after the submission."""
    return SUBMITTED + timedelta(days=n, hours=hour)


def first_round() -> list[list[Record]]:
    """A letter's acts from its start to the author's verdict "not solved" and the second reply task."""
    return [
        act(1, "start", day(0), started(), clock_starts(), opened("accept", "clerk", "accepted")),
        act(
            2,
            "a-accept",
            day(0, 1),
            closed("accept", "clerk-li", "accepted", accepted=True),
            opened("assign", "clerk", "assigned"),
        ),
        act(
            3,
            "a-assign",
            day(0, 2),
            closed("assign", "clerk-li", "assigned", department="water"),
            opened("reply", "department", "replied"),
        ),
        act(
            4,
            "a-reply",
            day(1),
            closed("reply", "zhang", "replied", content_id="c1"),
            clock_stops("green"),
            opened("complete", "department", "completed"),
        ),
        act(
            5,
            "a-complete",
            day(2),
            closed("complete", "zhang", "completed"),
            opened("rate", "author", "verdict"),
        ),
        act(
            6,
            "a-rate",
            day(3),
            closed("rate", "author", "verdict", solved=False, satisfaction=1),
            opened("reply", "department", "replied", nth=2),
        ),
    ]
