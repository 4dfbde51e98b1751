"""The days that an instance rests on, and whom a new version of the calendar is told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Of instances of before nobody knows the days: they are told of every version.
    op.add_column("instances", sa.Column("windows", sa.JSON(), nullable=True))
    op.create_table(
        "calendar_moves",
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("calendar_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("instance", "calendar_id", "number", name=op.f("pk_calendar_moves")),
    )
    op.create_index(
        op.f("ix_calendar_moves_settled_at_told_at_not_before"),
        "calendar_moves",
        ["settled_at", "told_at", "not_before"],
    )
    op.create_index(op.f("ix_calendar_moves_calendar_id_number"), "calendar_moves", ["calendar_id", "number"])


def downgrade() -> None:
    op.drop_table("calendar_moves")
    op.drop_column("instances", "windows")
