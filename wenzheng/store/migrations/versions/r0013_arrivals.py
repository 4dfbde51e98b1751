"""When and by whom a letter was received, and what its author said of themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_COLUMNS = ("taken_by", "citizen_group", "citizen_area")


def upgrade() -> None:
    op.add_column("petitions", sa.Column("received_at", sa.DateTime(timezone=True), nullable=True))
    for name in _COLUMNS:
        op.add_column("petitions", sa.Column(name, sa.Text(), nullable=True))
    op.execute("UPDATE petitions SET channel = 'counter' WHERE channel = 'visit'")


def downgrade() -> None:
    op.execute("UPDATE petitions SET channel = 'visit' WHERE channel = 'counter'")
    for name in (*reversed(_COLUMNS), "received_at"):
        op.drop_column("petitions", name)
