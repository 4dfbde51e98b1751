"""Alembic's entry: runs on the connection that wenzheng.store.migrate hands over."""

from alembic import context

from wenzheng.store.tables.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # All steps of an upgrade in one transaction, also on SQLite: a kill leaves the old schema.
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
