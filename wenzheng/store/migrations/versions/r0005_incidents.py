"""What operators decide about incidents, and by which act each was resolved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("incidents", sa.Column("act_id", sa.Text(), nullable=True))
    op.create_index("ix_incidents_resolved_at", "incidents", ["resolved_at"])
    op.create_table(
        "resolutions",
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("act_id", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("instance", "act_id", name="pk_resolutions"),
    )
    _name_the_acts()


def _name_the_acts() -> None:
    """The act that resolved an incident is that of its record in the log."""
    column = sa.column
    records = sa.table("records", *map(column, ("instance", "act_id", "kind")), sa.column("data", sa.JSON()))
    incidents = sa.table("incidents", *map(column, ("instance", "incident_id", "act_id")))
    resolved = sa.select(records.c.instance, records.c.act_id, records.c.data)
    connection = op.get_bind()
    for instance, act_id, data in connection.execute(
        resolved.where(records.c.kind == "incident_resolved")
    ).all():
        connection.execute(
            sa.update(incidents)
            .where(incidents.c.instance == instance, incidents.c.incident_id == data["incident_id"])
            .values(act_id=act_id)
        )


def downgrade() -> None:
    op.drop_table("resolutions")
    op.drop_index("ix_incidents_resolved_at", "incidents")
    op.drop_column("incidents", "act_id")
