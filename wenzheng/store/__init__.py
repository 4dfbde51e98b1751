"""The database: what was said, and the read model of where every matter stands.

Only this package imports SQLAlchemy and Alembic. It may import `contracts`, `petitions` and
`calendars`. Everything it returns is a frozen dataclass of `views`, never a database object.
Methods are synchronous; an asyncio caller runs them in a thread.
"""

from wenzheng.store.errors import BadText, Conflict, NotFound, SchemaOutdated, StoreAway, StoreError
from wenzheng.store.store import Reader, Store, UnitOfWork, open_store

__all__ = [
    "BadText",
    "Conflict",
    "NotFound",
    "Reader",
    "SchemaOutdated",
    "Store",
    "StoreAway",
    "StoreError",
    "UnitOfWork",
    "open_store",
]
