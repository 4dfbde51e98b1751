"""What authors may say of themselves, as choices of a form and as words on a page."""

from __future__ import annotations

from typing import Final

from wenzheng.petitions.intake import areas
from wenzheng.petitions.kinds import ELSEWHERE, CitizenGroup
from wenzheng.petitions.organisation import Organisation
from wenzheng.web.i18n import Words

_UNSAID: Final = ""


def group_choices(t: Words) -> list[tuple[str, str]]:
    """The groups; first that nothing is said, which is always right."""
    return [(_UNSAID, t("citizen.unsaid")), *((one.value, group_name(t, one.value)) for one in CitizenGroup)]


def area_choices(t: Words, units: Organisation) -> list[tuple[str, str]]:
    """The counties and elsewhere; first that nothing is said."""
    return [(_UNSAID, t("citizen.unsaid")), *((area, area_name(t, area, units)) for area in areas(units))]


def group_name(t: Words, group: str | None) -> str:
    """A group in words; nothing for none."""
    return t.or_else(f"citizen.group.{group}", group) if group else ""


def area_name(t: Words, area: str | None, units: Organisation) -> str:
    """An area in words; nothing for none."""
    if not area:
        return ""
    if area == ELSEWHERE:
        return t("citizen.elsewhere")
    unit = units.get(area)
    return area if unit is None else unit.name_en if t.language == "en" else unit.name_zh
