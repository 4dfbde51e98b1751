"""What becomes of a letter and means something elsewhere: the forum session that it came of hears of it.

Letters and sessions are of different bundles, which do not hear of each other (docs/decisions/0022): so the
store tells the session that a letter is answered, completed or has ended, by an outbox row in the transaction
of the flush that says so. A kill loses nothing, and the row's key makes the delivery one act however often it
is made.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wenzheng.contracts import Delivery
from wenzheng.engine.router import MESSAGE
from wenzheng.petitions.matters import MATTER
from wenzheng.store.outbox import BY_LINK, DELIVER, outbox_values
from wenzheng.store.tables.forum import ForumMatterTable, ForumSessionTable


def told_to_session(
    session: Session,
    *,
    message: str,
    instance: str,
    petition_id: str | None,
    key: str,
    at: datetime,
    **said: Any,
) -> dict[str, Any] | None:
    """The outbox row by which a session hears of a matter's letter; None for other letters."""
    if petition_id is None:
        return None
    query = (
        select(ForumSessionTable.instance)
        .join(ForumMatterTable, ForumMatterTable.session_id == ForumSessionTable.id)
        .where(ForumMatterTable.petition_id == petition_id)
    )
    receiver = session.scalar(query)
    if receiver is None:
        return None
    delivery = Delivery(key, MESSAGE, message, instance, data={MATTER: petition_id} | said)
    return outbox_values(
        key=key,
        kind=DELIVER,
        origin=BY_LINK,
        instance=receiver,
        at=at,
        not_before=at,
        petition_id=petition_id,
        data=asdict(delivery),
    )
