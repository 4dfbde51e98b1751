"""What everybody may ask: health, the organisation, the public board."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from wenzheng import __version__
from wenzheng.calendars.pace import write_pace
from wenzheng.store import Reader
from wenzheng.web.board import Filters, board
from wenzheng.web.schemas.city import Health, Units, UnitView
from wenzheng.web.schemas.fields import Kind, LampName
from wenzheng.web.schemas.letters import Board
from wenzheng.web.security import Given

router = APIRouter(tags=["public"])


@router.get("/health")
async def health(given: Given) -> Health:
    """Answers when the application and its store do."""
    await given.read(lambda reader: reader.unit(""))
    pace = None if given.working_day is None else write_pace(given.working_day)
    return Health(status="ok", version=__version__, now=given.now(), working_day=pace)


@router.get("/units")
async def units(given: Given) -> Units:
    """The organisation as a tree."""

    def ask(reader: Reader) -> list[UnitView]:
        return [
            UnitView(id=u.id, parent=u.parent_id, kind=u.kind, name_zh=u.name_zh, name_en=u.name_en)
            for u in reader.units()
        ]

    return Units(items=await given.read(ask))


@router.get("/board")
async def public_board(
    given: Given,
    lamp: LampName | None = None,
    department: Annotated[str | None, Query(max_length=100)] = None,
    kind: Kind | None = None,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Board:
    """All letters counted by lamp; the public ones shown."""
    return await board(given, Filters(lamp=lamp, department=department, kind=kind), cursor)
