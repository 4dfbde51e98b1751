"""The engine in virtual time: what would happen, without waiting for it.

Drives the same `step` as Temporal does. May import the engine, the calendars and the catalog.
"""
