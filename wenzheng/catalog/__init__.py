"""Definitions as deployed: bundles of files, their identity, and the compiled result.

Knows the engine and the calendars; where bundles are kept is somebody else's business and
comes in as a function.
"""
