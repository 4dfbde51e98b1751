"""The tables. Migrations are written by hand; a test finds any difference between the two.

Four sorts, kept apart because they are repaired differently:

* *said by people*: petitions, contents, attachments, acknowledgements, resolutions, disclosures,
  organisation, calendar_changes, deployments, proposals, occasions, schedule_acts: never derived, never
  lost; schedules follow from the definitions in force;
* *the log*: records and voided_records: append and void only;
* *between instances*: subscriptions and messages: what the router keeps (router.py), each change in the
  transaction of the flush that causes it;
* *read model*: instances, tasks, clocks, facts, incidents, inbox and the notices in the outbox that
  come from records: a fold over the log, may be dropped and built again (projection.py); and what letters are
  found by, which follows from all of these (search.py).

Columns a flush writes carry no foreign key to other data: a flush must never be refused for ever
because of a row somebody removed.

Importing one of these modules imports them all: migrations and foreign keys need the whole.
"""

from wenzheng.store.tables import (
    base,
    definitions,
    deployments,
    forum,
    incidents,
    instances,
    log,
    messages,
    notices,
    people,
    petitions,
    properties,
    schedules,
    search,
)

__all__ = [
    "base",
    "definitions",
    "deployments",
    "forum",
    "incidents",
    "instances",
    "log",
    "messages",
    "notices",
    "people",
    "petitions",
    "properties",
    "schedules",
    "search",
]
