"""Wenzheng (问政): a durable workflow engine for public petitions."""

__version__ = "0.1.0"
