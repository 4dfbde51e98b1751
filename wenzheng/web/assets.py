"""The browser's files: where a page finds them, and how they are sent."""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_BUILT: Final = "build"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_AN_HOUR: Final = "public, max-age=3600"


class AssetsMissing(RuntimeError):
    """The bundles of frontend/ have not been built: a checkout was started without make."""


@cache
def _bundles() -> dict[str, str]:
    return read_bundles(resources.files("wenzheng.web").joinpath("static", _BUILT, "manifest.json"))


def read_bundles(manifest: Traversable) -> dict[str, str]:
    """File names of the bundles by the names of their sources; each name holds a digest of the content.

    Raises AssetsMissing when there is no manifest, or half of one.
    """
    try:
        files = json.loads(manifest.read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AssetsMissing(
            "The style sheet and scripts of the pages are not built: expected "
            f"wenzheng/web/static/{_BUILT}/manifest.json. Run `make assets` "
            "(or `python frontend/build.py`), then start again."
        ) from error
    return {str(source): str(name) for source, name in files.items()}


@cache
def asset(name: str) -> str:
    """The path of one of our files for a page; another content has another path.

    `name` is a bundle ("site.css", "site.js") or a file in static/ ("icon.svg").
    Raises AssetsMissing when frontend/ was never built.
    """
    bundle = _bundles().get(name)
    if bundle is not None:
        return f"/static/{_BUILT}/{bundle}"
    content = resources.files("wenzheng.web").joinpath("static", name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"


class Assets(StaticFiles):
    """Files of the package: browsers keep bundles for ever, and get them compressed if they can read that."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Serve one file."""
        bundled = path.startswith(_BUILT + os.sep)
        packed = bundled and "gzip" in _accepted(scope) and self.lookup_path(path + ".gz")[1] is not None
        response = await super().get_response(path + ".gz" if packed else path, scope)
        if response.status_code not in {200, 304}:
            return response
        if packed:
            response.headers["Content-Encoding"] = "gzip"
            response.headers["Content-Type"] = _media_type(path)
        if bundled:
            response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = _FOR_EVER if bundled and "-" in path else _AN_HOUR
        return response


def _accepted(scope: Scope) -> str:
    return ",".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"accept-encoding")


def _media_type(path: str) -> str:
    """Fixed here: a machine's own table of media types may call a script something else."""
    types = {"css": "text/css", "js": "text/javascript", "txt": "text/plain"}
    return f"{types.get(path.rpartition('.')[2], 'application/octet-stream')}; charset=utf-8"
