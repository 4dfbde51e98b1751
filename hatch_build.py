"""Build hook: ships definitions/ inside the wheel as wenzheng/_definitions.

Only the standard wheel gets the copy. An editable install would copy once and go stale,
so there the definitions are read from the checkout.
"""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class DefinitionsHook(BuildHookInterface[Any]):
    """Adds the shipped definitions to a wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before a build; `version` is "standard" or "editable"."""
        if version == "standard":
            build_data["force_include"]["definitions"] = "wenzheng/_definitions"
