"""The picture of a compiled definition: what `render` draws, for whoever has no files on a disk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from wenzheng.catalog.compiling import YAML
from wenzheng.catalog.language import Library, translate
from wenzheng.catalog.pictures.picture import Picture, picture_of
from wenzheng.catalog.pictures.svg import draw_svg
from wenzheng.engine.definition import Definition
from wenzheng.engine.findings import FindingList

ROLES: Final = {
    "zh": {
        "author": "来信人",
        "clerk": "受理中心",
        "centre_head": "受理中心负责人",
        "department": "承办单位",
        "department_head": "单位负责人",
        "supervisor": "督办",
        "supervision": "督办",
        "leader": "领导",
    },
    "en": {"centre_head": "head of the centre", "department_head": "dept. head"},
}
"""What people call the roles of a definition."""


def draw(definition: Definition, files: Mapping[str, bytes], language: str) -> str:
    """The SVG of all its processes; `language` is zh or en, where a name is given in both."""
    return draw_svg(pictures_of(definition, files, language), language, ROLES[language])


def pictures_of(
    definition: Definition, files: Mapping[str, bytes], language: str, *, lanes: bool = False
) -> list[Picture]:
    """The pictures of all its processes, not yet drawn; of YAML with lanes for its roles, if wanted."""
    library = Library(files)
    found = []
    for process in definition.processes.values():
        name = process.model.position.file
        translation = (
            translate(files[name], name, FindingList(), library=library, picture=True, lanes=lanes)
            if name.endswith(YAML)
            else None
        )
        data = translation.data if translation is not None else files[name]
        found.append(picture_of(process.model, data, language, translation))
    return found
