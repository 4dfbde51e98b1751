"""A registry for npm with one small package, on this machine: builds are tried without network."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def package(files: dict[str, str]) -> bytes:
    """A package as npm packs it."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(f"package/{name}")
            content = text.encode()
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def integrity(packed: bytes) -> str:
    """The hash of a package as lock files write it."""
    return "sha512-" + base64.b64encode(hashlib.sha512(packed).digest()).decode()


@contextmanager
def npm_registry(name: str, version: str, packed: bytes) -> Iterator[str]:
    """Serve one version of one package; gives the registry's address."""

    class Registry(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            where = f"http://{self.headers['host']}"
            about = {
                "name": name,
                "version": version,
                "dist": {"tarball": f"{where}/{name}.tgz", "integrity": integrity(packed)},
            }
            answers = {
                f"/{name}": json.dumps({"name": name, "versions": {version: about}}).encode(),
                f"/{name}.tgz": packed,
            }
            body = answers.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
