# Wenzheng. Needs Python 3.11+ and make; everything else is made in .venv.
# `make` alone lists the commands.

VENV  := .venv
PY    := $(VENV)/bin/python
# What browsers get, bundled from frontend/. Its manifest is written last.
ASSETS := wenzheng/web/static/build/manifest.json
FRONTEND := $(shell find frontend -name node_modules -prune -o -type f ! -name '.*' ! -name '*.pyc' -print)
ARGS  ?=
# Any interpreter may be forced: make install PYTHON=/path/to/python3.12
PYTHON ?=

# uv trusts what pip trusts: the system's certificates, also those of an office's own proxy.
export UV_SYSTEM_CERTS ?= 1

.DEFAULT_GOAL := help
.PHONY: help install run test check bench docs clean lock wheel assets

help:  ## List these commands
	@echo "Wenzheng (问政): public petitions that are answered in time."
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo "  Options are passed on: make run ARGS=\"--port 8080\"   make test ARGS=\"tests/unit -x\""

# --- set up ---------------------------------------------------------------------------------

# Prints the first interpreter that runs and is new enough, or says what is missing.
define find_python
	for p in $(PYTHON) python3.13 python3.12 python3.11 python3 python; do \
	  if "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then found=$$p; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "Wenzheng needs Python 3.11 or newer; found $$(python3 --version 2>&1 || echo none). Install it, or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; \
	fi
endef

# $(call pip_install,FILE): exactly the pinned packages, by hash. uv when present, pip otherwise.
define pip_install
	if command -v uv >/dev/null 2>&1; then \
	  uv pip install --quiet --python $(PY) --require-hashes -r $(1); \
	else \
	  $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1); \
	fi
endef

$(VENV)/.made:
	@found=; $(find_python); echo "Making $(VENV) with $$($$found --version)"; \
	if ! $$found -m venv $(VENV); then \
	  rm -rf $(VENV); \
	  echo "This Python cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; \
	fi
	@touch $@

# What running needs: enough for `make run`. The packages and the pages' files share nothing and both
# wait for the network, so they are fetched side by side.
$(VENV)/.runtime: $(VENV)/.made requirements/runtime.txt requirements/build.txt pyproject.toml hatch_build.py
	@echo "Installing what running needs (requirements/runtime.txt, frontend/package-lock.json)"
	@MAKEFLAGS= $(MAKE) --no-print-directory --jobs=2 VENV=$(VENV) $(VENV)/.packages $(ASSETS)
	@if command -v uv >/dev/null 2>&1; then uv pip install --quiet --python $(PY) --no-build-isolation --no-deps -e .; \
	else $(PY) -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .; fi
	@touch $@

$(VENV)/.packages: $(VENV)/.made requirements/runtime.txt
	@$(call pip_install,requirements/runtime.txt)
	@touch $@

# What building needs: hatchling, and node for frontend/.
$(VENV)/.tools: $(VENV)/.made requirements/build.txt
	@$(call pip_install,requirements/build.txt)
	@touch $@

# Bundles the pages' style sheet and script anew when frontend/ has changed.
$(ASSETS): $(FRONTEND) | $(VENV)/.tools
	@$(PY) frontend/build.py

assets: $(ASSETS)  ## Bundle the pages' style sheet and script (also done by the other commands)

# What tests, lint and docs need on top.
$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	@echo "Installing what tests, checks and docs need (requirements/dev.txt)"
	@$(call pip_install,requirements/dev.txt)
	@touch $@

install: $(VENV)/.dev  ## Set up .venv with everything (also done by the other commands)

# --- use --------------------------------------------------------------------------------------

run: $(VENV)/.runtime $(ASSETS)  ## Start everything on this machine and print the address; Ctrl-C stops it
	@exec $(PY) -m wenzheng run $(ARGS)

test: $(VENV)/.dev $(ASSETS)  ## Run all tests
	@$(PY) -m pytest -n auto $(ARGS)

check: $(VENV)/.dev  ## Formatting, lint, types, import rules
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports

bench: $(VENV)/.dev  ## Measure on this machine (starts; interpretation beside SpiffWorkflow; a petition beside workflows by hand; working days)
	@$(PY) benchmarks/startup.py $(ARGS)
	@$(PY) benchmarks/interpretation.py
	@$(PY) -m benchmarks.petition
	@$(PY) -m benchmarks.working_days
	@$(PY) -m benchmarks.deploying

docs: $(VENV)/.dev  ## Build the documentation into site/
	@$(VENV)/bin/mkdocs build --strict --quiet
	@echo "Open site/index.html"

wheel: $(VENV)/.runtime $(ASSETS)  ## Build the wheel into dist/
	@rm -rf dist
	@$(PY) -m build --wheel --no-isolation --outdir dist . >/dev/null
	@ls dist/*.whl

lock: $(VENV)/.made  ## Choose package versions anew and write requirements/*.txt (needs uv, or fetches it)
	@scripts/lock.sh

clean:  ## Remove .venv and everything built (petitions in .wenzheng/ stay)
	@rm -rf $(VENV) dist build site wenzheng/web/static/build frontend/node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
