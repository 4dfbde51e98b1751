"""Messages between instances that nobody takes: set aside, offered again, discarded, and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def added() -> list[sa.Column[object]]:
    return [
        sa.Column("set_aside_at", INSTANT, nullable=True),
        sa.Column("set_aside_why", sa.Text(), nullable=True),
        sa.Column("offered_at", INSTANT, nullable=True),
        sa.Column("discarded_at", INSTANT, nullable=True),
        sa.Column("discarded_why", sa.Text(), nullable=True),
    ]


def upgrade() -> None:
    for column in added():
        op.add_column("messages", column)
    op.create_index("ix_messages_arrived_at", "messages", ["arrived_at"])


def downgrade() -> None:
    op.drop_index("ix_messages_arrived_at", "messages")
    for column in reversed(added()):
        op.drop_column("messages", column.name)
