"""Style sheet, script, licences: named by content, kept by browsers, sent small, out of the package."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from tests.web.conftest import City
from wenzheng.web.assets import AssetsMissing, asset, read_bundles


def test_every_file_a_page_names_is_served(city: City) -> None:
    page = city.client.get("/").text
    named = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
    assert {path.partition("?")[0].rpartition(".")[2] for path in named} == {"css", "js", "svg", "txt"}
    for path in named:
        answer = city.client.get(path)
        assert answer.status_code == 200, path
        assert len(answer.content) > 200, path


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("site.css", "text/css"), ("site.js", "text/javascript"), ("live.js", "text/javascript")],
)
def test_bundles_are_kept_for_ever_and_sent_compressed_to_who_can_read_that(
    city: City, name: str, media_type: str
) -> None:
    path = asset(name)
    assert re.fullmatch(r"/static/build/\w+-[A-Z0-9]{8}\.(css|js)", path)
    plain = city.client.get(path, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    with city.client.stream("GET", path, headers={"Accept-Encoding": "br, gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == plain.content
    assert len(raw) < len(plain.content) / 2
    for headers in (plain.headers, answer.headers):
        assert headers["content-type"] == f"{media_type}; charset=utf-8"
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
        assert headers["vary"] == "Accept-Encoding"
        assert headers["x-content-type-options"] == "nosniff"
    again = city.client.get(
        path, headers={"If-None-Match": answer.headers["etag"], "Accept-Encoding": "gzip"}
    )
    assert again.status_code == 304


def test_what_has_no_digest_in_its_name_is_asked_for_again(city: City) -> None:
    assert re.fullmatch(r"/static/icon\.svg\?v=[0-9a-f]{12}", asset("icon.svg"))
    for path in (asset("icon.svg"), "/static/build/THIRD_PARTY_LICENSES.txt"):
        assert city.client.get(path).headers["cache-control"] == "public, max-age=3600"
    assert "govuk-frontend" in city.client.get("/static/build/THIRD_PARTY_LICENSES.txt").text


@pytest.mark.parametrize(
    "path",
    ["build/site-00000000.css", "build/", "build", "../app.py", "build/%2e%2e/%2e%2e/app.py", "build/x.gz"],
)
def test_nothing_else_is_served(city: City, path: str) -> None:
    answer = city.client.get(f"/static/{path}", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")


def test_scripts_and_styles_may_come_from_this_site_only(city: City) -> None:
    policy = dict(
        part.strip().split(" ", 1)
        for part in city.client.get("/").headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"


@pytest.mark.parametrize("found", [None, "", "{}", "[]"])
def test_a_checkout_without_built_files_says_what_to_run(tmp_path: Path, found: str | None) -> None:
    manifest = tmp_path / "manifest.json"
    if found is not None:
        manifest.write_text(found)
    with pytest.raises(AssetsMissing, match="make assets"):
        read_bundles(manifest)


def test_bundles_are_found_by_the_names_of_their_sources(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"files": {"a.js": "a-1.js"}}))
    assert read_bundles(manifest) == {"a.js": "a-1.js"}
