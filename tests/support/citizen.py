"""A citizen at a browser: writes letters through the pages, step by step."""

from __future__ import annotations

import re
from typing import Any

from fastapi.testclient import TestClient

PAGE = {"Accept": "text/html"}
WORD = "芝麻开门"
LETTER = {"title": "路灯坏了", "text": "坏了<b>三周</b>\r\n请修", "kind": "help", "addressee": "city"}
PERSON = {"name": "王芳", "contact": "", "second": "word", "passphrase": WORD, "public": "yes"}


def token(page: Any) -> str:
    """The token of a page's forms."""
    return field(page, "csrf")


def field(page: Any, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, page.text
    return found.group(1)


def fill(client: TestClient, path: str, form: str = "", **values: Any) -> Any:
    """Fill a form of the page `form` (default: the same address) and send it to `path`."""
    page = client.get(form or path, headers=PAGE)
    return client.post(path, data={"csrf": token(page)} | values, headers=PAGE)


def upload(client: TestClient, *files: tuple[str, bytes], go: str = "add", **values: str) -> Any:
    """Choose files in the step for attachments and press one of its buttons."""
    page = client.get("/submit/attachments", headers=PAGE)
    parts = [("files", file) for file in files] or [("files", ("", b""))]
    data = {"csrf": token(page), "go": go} | values
    return client.post("/submit/attachments", data=data, files=parts, headers=PAGE)


def write(client: TestClient, *files: tuple[str, bytes], **more: str) -> Any:
    """A letter up to the check; the page of whichever step says no, else the check."""
    page = fill(client, "/submit", **LETTER | {name: more[name] for name in LETTER.keys() & more.keys()})
    if page.status_code != 200:
        return page
    if files:
        page = upload(client, *files, go="next")
        if page.status_code != 200:
            return page
    return fill(client, "/submit/you", **PERSON | {name: more[name] for name in PERSON.keys() & more.keys()})


def file_letter(client: TestClient, *files: tuple[str, bytes], **more: str) -> Any:
    """A whole letter; the receipt."""
    page = write(client, *files, **more)
    assert page.url.path == "/submit/check", page.text
    return client.post("/submit/check", data={"csrf": token(page)}, headers=PAGE)


def code_of(page: Any) -> str:
    """The tracking code that stands on a receipt."""
    found = re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", page.text)
    assert found, page.text
    return found.group()


def follow(client: TestClient, code: str, word: str = WORD, **more: str) -> Any:
    """Prove to be the author."""
    return fill(client, "/follow", code=code, passphrase=word, **more)
