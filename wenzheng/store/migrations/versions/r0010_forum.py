"""Sessions of the forum, the texts of their acts, and the letters that come of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "forum_sessions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("act_id", sa.Text(), nullable=False),
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("session_on", sa.Date(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_forum_sessions"),
        sa.UniqueConstraint("number", name="uq_forum_sessions_number"),
        sa.UniqueConstraint("act_id", name="uq_forum_sessions_act_id"),
        sa.UniqueConstraint("instance", name="uq_forum_sessions_instance"),
    )
    op.create_table(
        "forum_contents",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_forum_contents"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["forum_sessions.id"], name="fk_forum_contents_session_id_forum_sessions"
        ),
    )
    op.create_index("ix_forum_contents_session_id", "forum_contents", ["session_id"])
    op.create_table(
        "forum_matters",
        sa.Column("petition_id", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("content_id", sa.Text(), nullable=False),
        sa.Column("promised_by", sa.Date(), nullable=True),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("filed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("petition_id", name="pk_forum_matters"),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petitions.id"], name="fk_forum_matters_petition_id_petitions"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["forum_sessions.id"], name="fk_forum_matters_session_id_forum_sessions"
        ),
    )
    op.create_index("ix_forum_matters_session_id", "forum_matters", ["session_id"])


def downgrade() -> None:
    op.drop_table("forum_matters")
    op.drop_table("forum_contents")
    op.drop_table("forum_sessions")
