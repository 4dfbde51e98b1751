"""Authors at their letters: a browser that has proved both the tracking code and the second factor."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "author_sessions",
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("petition_id", sa.Text(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petitions.id"], name="fk_author_sessions_petition_id_petitions"
        ),
        sa.PrimaryKeyConstraint("token_sha256", name="pk_author_sessions"),
    )
    op.create_index("ix_author_sessions_petition_id", "author_sessions", ["petition_id"])
    op.create_index("ix_author_sessions_expires_at", "author_sessions", ["expires_at"])


def downgrade() -> None:
    op.drop_table("author_sessions")
