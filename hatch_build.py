"""Build hook: builds the browser's files, and ships definitions/ inside the wheel as wenzheng/_definitions.

Only the standard wheel gets the copy of the definitions. An editable install would copy once and go
stale, so there they are read from the checkout. The browser's files (frontend/build.py) are made for
every kind of build, unless they are there already; they go into wheel and sdist as artifacts.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WenzhengHook(BuildHookInterface[Any]):
    """Adds what is not in the repository, or elsewhere in it."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before a build; `version` is "standard" or "editable"."""
        self._build_assets()
        if self.target_name == "wheel" and version == "standard":
            build_data["force_include"]["definitions"] = "wenzheng/_definitions"

    def _build_assets(self) -> None:
        """Build frontend/; a failure ends the build with its sentence, without a traceback."""
        sys.path.insert(0, self.root)
        try:
            builder = importlib.import_module("frontend.build")
        finally:
            sys.path.remove(self.root)
        try:
            builder.build()
        except builder.BuildError as error:
            self.app.abort(str(error))
