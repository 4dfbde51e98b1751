"""Asks a running Wenzheng for its first page and for every file that page names. Argument: its run.json.

Waits until the address answers, at most two minutes. Run by .ci/wheel-test with the wheel's own python,
outside the clone: what it finds came out of the wheel.
"""

import json
import pathlib
import re
import sys
import time
import urllib.request


def fetch(url: str) -> tuple[int, bytes, str]:
    with urllib.request.urlopen(url, timeout=5) as page:
        return page.status, page.read(), page.headers["content-type"]


def first_page(run_file: pathlib.Path) -> tuple[str, str]:
    until = time.monotonic() + 120
    while True:
        try:
            url = json.loads(run_file.read_text())["url"].rstrip("/")
            return url, fetch(url + "/")[1].decode()
        except (OSError, ValueError, KeyError) as problem:
            if time.monotonic() > until:
                sys.exit(f"`wenzheng run` from the wheel did not answer: {problem!r}")
            time.sleep(0.2)


url, page = first_page(pathlib.Path(sys.argv[1]))
named = sorted(set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page)))
kinds = {kind for path in named for kind in re.findall(r"\.(css|js|svg|txt)\b", path)}
if kinds != {"css", "js", "svg", "txt"}:
    sys.exit(f"the first page names {named}; expected a style sheet, a script, an icon and the licences")
for path in named:
    status, content, kind = fetch(url + path)
    if status != 200 or len(content) < 200:
        sys.exit(f"{path} of the wheel: status {status}, {len(content)} bytes")
    print(path, len(content), "bytes", kind)
for path in ("/submit", "/follow"):
    print(path, fetch(url + path)[0])
