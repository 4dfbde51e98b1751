"""What differs between two versions of a definition, in words of the work and not of the text."""

from wenzheng.catalog.changes.change import Change
from wenzheng.catalog.changes.compare import Version, compare

__all__ = ["Change", "Version", "compare"]
