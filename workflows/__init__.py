"""Deterministic Temporal code: the generic process workflow.

May import the engine, calendars, petitions and contracts; activities only by the names of
their contracts. Never SQLAlchemy, the web or a client.
"""
