"""Whose clock it is: the unit of a co-handler's, and its English name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Clocks of before are the letter's, and have the names they always had.
    op.add_column("clocks", sa.Column("unit_id", sa.Text(), nullable=True))
    op.add_column("clocks", sa.Column("name_en", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("clocks", "name_en")
    op.drop_column("clocks", "unit_id")
