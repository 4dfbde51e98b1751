"""Who put which version of a definition in force, when and why; proposals that wait for a second person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "deployments",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", "number", name="pk_deployments"),
        sa.ForeignKeyConstraint(["digest"], ["definitions.digest"], name="fk_deployments_digest_definitions"),
    )
    op.create_index("ix_deployments_digest", "deployments", ["digest"])
    op.create_table(
        "proposals",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_reason", sa.Text(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("name", "number", name="pk_proposals"),
        sa.ForeignKeyConstraint(["digest"], ["definitions.digest"], name="fk_proposals_digest_definitions"),
    )
    op.create_index("ix_proposals_digest", "proposals", ["digest"])
    _number_what_is_there()
    op.drop_index("ix_definitions_name_deployed_at", "definitions")
    op.execute("ALTER TABLE definitions RENAME COLUMN deployed_at TO saved_at")


def _number_what_is_there() -> None:
    """Versions deployed before, in the order in which they were; nobody had to say who and why."""
    column = sa.column
    definitions = sa.table("definitions", column("digest"), column("name"), sa.column("deployed_at", INSTANT))
    names = ("name", "number", "digest", "before", "reason")
    target = sa.table("deployments", *map(column, names), sa.column("at", INSTANT))
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(definitions).order_by(
            definitions.c.name, definitions.c.deployed_at, definitions.c.digest.desc()
        )
    ).all()
    numbers: dict[str, int] = {}
    last: dict[str, str] = {}
    for digest, name, at in rows:
        numbers[name] = number = numbers.get(name, 0) + 1
        connection.execute(
            sa.insert(target).values(
                name=name, number=number, digest=digest, before=last.get(name), reason="", at=at
            )
        )
        last[name] = digest


def downgrade() -> None:
    op.execute("ALTER TABLE definitions RENAME COLUMN saved_at TO deployed_at")
    op.create_index("ix_definitions_name_deployed_at", "definitions", ["name", "deployed_at"])
    _last_deployed()
    op.drop_table("proposals")
    op.drop_table("deployments")


def _last_deployed() -> None:
    """What was deployed last is the latest by its instant again; drafts were in force never."""
    column = sa.column
    deployments = sa.table("deployments", column("digest"), sa.column("at", INSTANT), column("number"))
    definitions = sa.table("definitions", column("digest"), sa.column("deployed_at", INSTANT))
    files = sa.table("definition_files", column("digest"))
    connection = op.get_bind()
    deployed = sa.select(deployments.c.digest)
    connection.execute(sa.delete(files).where(files.c.digest.not_in(deployed)))
    connection.execute(sa.text("DELETE FROM proposals"))
    connection.execute(sa.delete(definitions).where(definitions.c.digest.not_in(deployed)))
    for digest, at, _ in connection.execute(sa.select(deployments).order_by(deployments.c.number)).all():
        connection.execute(
            sa.update(definitions).where(definitions.c.digest == digest).values(deployed_at=at)
        )
