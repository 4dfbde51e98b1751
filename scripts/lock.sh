#!/usr/bin/env bash
# Writes requirements/{runtime,build,dev}.txt from pyproject.toml, and frontend/package-lock.json from
# package.json: exact versions with hashes, for every platform, without a download address (each
# machine asks the registry it is set up for).
# Versions already pinned stay; `scripts/lock.sh --upgrade` chooses the newest that fit.
set -euo pipefail
cd "$(dirname "$0")/.."

uv=$(command -v uv || true)
if [ -z "$uv" ]; then
  tools=$(mktemp -d)
  trap 'rm -rf "$tools"' EXIT
  .venv/bin/python -m venv "$tools/venv"
  "$tools/venv/bin/pip" install --quiet --disable-pip-version-check uv
  uv=$tools/venv/bin/uv
fi

compile() {
  local out=$1
  shift
  "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links --no-header --no-annotate --output-file "$out" "$@"
}

compile requirements/runtime.txt pyproject.toml "$@"
compile requirements/build.txt --group build "$@"
compile requirements/dev.txt pyproject.toml --group dev -c requirements/runtime.txt -c requirements/build.txt "$@"
if grep -nE '^\s*[^#].*(://|--index-url|--find-links)' requirements/*.txt; then
  echo "The lines above name a download address; pin by version and hash instead." >&2
  exit 1
fi

# npm out of the wheel that was just locked; installed beside, so that .venv stays as it is.
node=$(mktemp -d)
trap 'rm -rf "${tools:-}" "$node"' EXIT
.venv/bin/python -m venv "$node/venv"
"$node/venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
"$node/venv/bin/python" frontend/build.py --lock
