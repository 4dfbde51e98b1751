"""The browser's files: exactly the locked packages, built once, with licences, by the wheel's own node."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from frontend import build as builder
from frontend.build import BuildError, build, licences, shipped
from tests.support.npm_registry import integrity, npm_registry, package

ROOT = Path(__file__).resolve().parents[3]
LOCK = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
BUILT = builder.OUTPUT

LEAF = {
    "package.json": json.dumps({"name": "leaf", "version": "1.0.0", "license": "MIT"}),
    "index.js": "export const leaf = 1;\n",
    "LICENSE": "Anyone may use this leaf.\n",
}
# The contract of a bundler: node bundle.mjs OUTDIR METAFILE.
BUNDLER = """
import { readFile, writeFile } from "node:fs/promises";
const [outdir, metafile] = process.argv.slice(2);
const leaf = await readFile("node_modules/leaf/index.js", "utf8");
const own = await readFile("src/site.js", "utf8");
await writeFile(`${outdir}/site-0.js`, leaf + own);
await writeFile(`${outdir}/program.json`, JSON.stringify({ node: process.execPath }));
await writeFile(metafile, JSON.stringify({ outputs: { "x/site-0.js":
  { entryPoint: "src/site.js", inputs: { "node_modules/leaf/index.js": {}, "src/site.js": {} } } } }));
"""


class Project:
    """A small frontend/ whose only package comes from a registry on this machine."""

    def __init__(self, folder: Path, packed: bytes) -> None:
        self.frontend = folder / "frontend"
        self.output = folder / "static" / "build"
        (self.frontend / "src").mkdir(parents=True)
        (self.frontend / "src" / "site.js").write_text("export const own = 1;\n")
        (self.frontend / "bundle.mjs").write_text(BUNDLER)
        self.write("package.json", {"name": "small", "private": True, "dependencies": {"leaf": "1.0.0"}})
        self.sha512 = integrity(packed)
        self.lock(self.sha512)

    def write(self, name: str, value: Any) -> None:
        (self.frontend / name).write_text(json.dumps(value))

    def lock(self, sha512: str) -> None:
        packages = {
            "": {"name": "small", "dependencies": {"leaf": "1.0.0"}},
            "node_modules/leaf": {"version": "1.0.0", "integrity": sha512, "license": "MIT"},
        }
        self.write("package-lock.json", {"name": "small", "lockfileVersion": 3, "packages": packages})

    def build(self) -> bool:
        return build(frontend=self.frontend, output=self.output)

    @property
    def manifest(self) -> dict[str, Any]:
        return dict(json.loads((self.output / "manifest.json").read_text()))


@pytest.fixture
def _npm_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    monkeypatch.setenv("npm_config_userconfig", str(tmp_path / "none"))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _npm_of_its_own: None) -> Iterator[Project]:
    packed = package(LEAF)
    with npm_registry("leaf", "1.0.0", packed) as address:
        monkeypatch.setenv("npm_config_registry", address)
        yield Project(tmp_path, packed)


def test_packages_come_from_the_registry_of_the_user_and_an_unchanged_frontend_is_built_once(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert project.build() is True
    assert (project.output / "site-0.js").read_text() == "export const leaf = 1;\nexport const own = 1;\n"
    assert project.manifest["files"] == {"site.js": "site-0.js"}
    assert project.manifest["packages"] == {"leaf": "1.0.0"}
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")  # nobody is asked any more
    assert project.build() is False


def test_a_changed_source_or_a_damaged_result_is_built_again(project: Project) -> None:
    project.build()
    (project.output / "site-0.js").write_text("cut of")
    assert project.build() is True
    (project.output / "site-0.js.gz").unlink()
    assert project.build() is True
    (project.frontend / "src" / "site.js").write_text("export const own = 2;\n")
    assert project.build() is True
    assert "own = 2" in (project.output / "site-0.js").read_text()


def test_the_node_of_the_wheel_runs_and_not_the_machines(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "bin"
    other.mkdir()
    for name in ("node", "npm", "npx"):
        (other / name).write_text("#!/bin/sh\nexit 99\n")
        (other / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{other}{os.pathsep}{os.environ['PATH']}")
    project.build()
    used = json.loads((project.output / "program.json").read_text())["node"]
    assert Path(used).resolve().is_relative_to(Path(sys.prefix).resolve())


def test_another_file_than_the_locked_one_is_refused_and_the_old_result_stays(project: Project) -> None:
    project.build()
    before = project.manifest
    project.lock(integrity(b"what was locked"))
    with pytest.raises(BuildError) as refused:
        project.build()
    assert refused.value.code == "assets-integrity"
    assert "EINTEGRITY" in str(refused.value)
    assert "What to do: " in str(refused.value)
    assert project.manifest == before


def test_a_registry_that_is_away_is_named_with_what_to_do(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    with pytest.raises(BuildError) as refused:
        project.build()
    assert refused.value.code == "assets-registry"
    assert "npm config set registry" in str(refused.value)
    assert "ECONNREFUSED" in str(refused.value)
    assert "    at " not in str(refused.value)
    assert not project.output.exists()


def test_a_package_that_is_not_locked_is_refused(project: Project) -> None:
    project.write("package-lock.json", {"name": "small", "lockfileVersion": 3, "packages": {"": {}}})
    with pytest.raises(BuildError) as refused:
        project.build()
    assert refused.value.code == "assets-lock"
    assert "make lock" in str(refused.value)


def test_a_mirror_that_lags_behind_is_named_as_such(project: Project) -> None:
    project.write("package.json", {"name": "small", "dependencies": {"leaf": "1.0.0", "more": "1.0.0"}})
    with pytest.raises(BuildError) as refused:
        project.build()
    assert refused.value.code == "assets-missing"
    assert "A mirror may lag behind" in str(refused.value)


def test_a_mistake_in_a_source_is_shown_as_the_bundler_shows_it(project: Project) -> None:
    (project.frontend / "bundle.mjs").write_text('console.error("site.js:3: what"); process.exit(1);')
    with pytest.raises(BuildError, match=r"(?s)assets-bundle: site\.js:3: what\nWhat to do"):
        project.build()


def test_the_lock_is_written_without_any_address(project: Project) -> None:
    (project.frontend / "package-lock.json").unlink()
    builder.lock(project.frontend)
    written = (project.frontend / "package-lock.json").read_text()
    assert "127.0.0.1" not in written
    assert project.sha512 == json.loads(written)["packages"]["node_modules/leaf"]["integrity"]
    assert project.build() is True


def test_a_bundled_package_without_licence_text_stops_the_build(tmp_path: Path) -> None:
    home = tmp_path / "node_modules" / "@some" / "leaf"
    home.mkdir(parents=True)
    (home / "package.json").write_text('{"version": "1.0.0", "license": "MIT"}')
    with pytest.raises(BuildError, match="assets-licence: @some/leaf is bundled"):
        licences(tmp_path, ["@some/leaf"])
    (tmp_path / "licences").mkdir()
    (tmp_path / "licences" / "@some__leaf.txt").write_text("Found elsewhere.")
    assert "@some/leaf 1.0.0 (MIT)" in licences(tmp_path, ["@some/leaf"])
    assert "Found elsewhere." in licences(tmp_path, ["@some/leaf"])


def test_shipped_are_the_packages_of_which_something_is_in_a_bundle() -> None:
    inputs = [
        "src/a.js",
        "node_modules/@a/b/x.js",
        "node_modules/c/d/y.js",
        "../frontend/node_modules/c/z.js",
    ]
    assert shipped({"outputs": {"o.js": {"inputs": {path: {} for path in inputs}}}}) == ["@a/b", "c"]


# --- what is in the repository, and what was built from it --------------------------------------------


def test_the_lock_holds_a_hash_for_every_package_and_no_address() -> None:
    assert LOCK["lockfileVersion"] == 3
    for name, locked in LOCK["packages"].items():
        if name:
            assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", locked["integrity"]), name
            assert "resolved" not in locked, name
    for path in (ROOT / "frontend").rglob("*"):
        if (
            path.is_file()
            and "node_modules" not in path.parts
            and path.suffix in {".json", ".mjs", ".js", ".css"}
        ):
            assert "://" not in path.read_text(encoding="utf-8"), path


def test_versions_asked_for_are_exact_and_those_of_the_lock() -> None:
    asked = json.loads((ROOT / "frontend" / "package.json").read_text(encoding="utf-8"))
    for name, version in asked["dependencies"].items():
        assert LOCK["packages"][f"node_modules/{name}"]["version"] == version


def test_every_package_in_the_bundles_is_shipped_with_its_licence() -> None:
    manifest = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
    text = (BUILT / builder.LICENCES).read_text(encoding="utf-8")
    assert {"govuk-frontend", "htmx.org"} <= manifest["packages"].keys()
    for name, version in manifest["packages"].items():
        body = text.partition(f"\n{name} {version} (")[2].partition("=" * 80)[2].partition("=" * 80)[0]
        assert len(body) > 300, name


def test_nothing_that_only_gov_uk_may_use_is_shipped() -> None:
    names = {path.name for path in BUILT.iterdir()}
    assert not [name for name in names if re.search(r"\.(woff2?|ttf|otf|png|ico)", name)]
    for path in BUILT.glob("*.css"):
        css = path.read_text(encoding="utf-8")
        assert "--wz-font" in css
        assert not re.search(r"GDS Transport|@font-face|\.svg|url\(", css)


def test_nothing_third_party_is_kept_in_the_repository() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "frontend", "wenzheng/web/static"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    kept = [line for line in listed.stdout.splitlines() if "node_modules" in line or "/build/" in line]
    assert kept == []


def test_what_make_fetches_side_by_side_shares_no_package() -> None:
    def pinned(name: str) -> set[str]:
        lines = (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()
        pins = [
            line for line in lines if "==" in line and "os_name == 'nt'" not in line and "win32" not in line
        ]
        return {line.partition("==")[0] for line in pins}

    assert pinned("build.txt") & pinned("runtime.txt") == set()
