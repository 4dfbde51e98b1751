"""Who made which calendar version the one in force, when and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "calendar_changes",
        sa.Column("calendar_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("calendar_id", "number", name="pk_calendar_changes"),
        sa.ForeignKeyConstraint(
            ["digest"], ["calendars.digest"], name="fk_calendar_changes_digest_calendars"
        ),
    )
    _number_what_is_there()
    op.drop_index("ix_calendars_calendar_id_saved_at", "calendars")


def _number_what_is_there() -> None:
    """Versions kept before came with the program, in the order in which they were saved."""
    column = sa.column
    calendars = sa.table("calendars", column("digest"), column("calendar_id"), sa.column("saved_at", INSTANT))
    names = ("calendar_id", "number", "digest", "kind", "reason")
    target = sa.table(
        "calendar_changes", *map(column, names), sa.column("data", sa.JSON()), sa.column("at", INSTANT)
    )
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(calendars).order_by(
            calendars.c.calendar_id, calendars.c.saved_at, calendars.c.digest.desc()
        )
    ).all()
    numbers: dict[str, int] = {}
    for digest, calendar_id, saved_at in rows:
        numbers[calendar_id] = number = numbers.get(calendar_id, 0) + 1
        connection.execute(
            sa.insert(target).values(
                calendar_id=calendar_id,
                number=number,
                digest=digest,
                kind="shipped",
                reason="",
                data={},
                at=saved_at,
            )
        )


def downgrade() -> None:
    op.create_index("ix_calendars_calendar_id_saved_at", "calendars", ["calendar_id", "saved_at"])
    op.drop_table("calendar_changes")
