"""What happened to a clock: its unit and rule, pauses, extensions, restarts and moves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Clocks of before count working days, and nothing has happened to them.
    op.add_column("clocks", sa.Column("unit", sa.Text(), nullable=False, server_default="working_days"))
    op.add_column("clocks", sa.Column("rule", sa.JSON(), nullable=True))
    op.add_column("clocks", sa.Column("ledger", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("clocks", sa.Column("paused_on", sa.Date(), nullable=True))
    op.add_column("clocks", sa.Column("paused_over", sa.DateTime(timezone=True), nullable=True))
    op.add_column("clocks", sa.Column("extended_until", sa.Date(), nullable=True))


def downgrade() -> None:
    for column in ("extended_until", "paused_over", "paused_on", "ledger", "rule", "unit"):
        op.drop_column("clocks", column)
