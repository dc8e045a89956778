# Watchkeeper's commands for people who build it; each sets up what it needs in .venv.
#
# Needed beforehand: Python >= 3.11 with venv, make, git and a package index. Settings for a mirror
# are honoured: uv's own variables and files, or else pip's index and certificate settings.
# Everything is installed by hash from requirements/*.txt, as wheels: nothing is compiled.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

# `make lock UPGRADE=1` takes newer releases; without it, only what the .in files force to change.
UPGRADE ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

# uv does not read pip's settings, and a mirror is often named only there. Extra indexes are left out:
# uv would take the first that has a name at all, and then miss the locked version.
UV = url="$${UV_DEFAULT_INDEX:-$${UV_INDEX_URL:-$${PIP_INDEX_URL:-$$($(BIN)/python -m pip config get global.index-url 2>/dev/null)}}}"; \
	[ -z "$$url" ] || export UV_DEFAULT_INDEX="$$url"; \
	[ -z "$${PIP_CERT:-}" ] || export SSL_CERT_FILE="$${SSL_CERT_FILE:-$$PIP_CERT}"; \
	VIRTUAL_ENV=$(CURDIR)/$(VENV) UV_PYTHON_DOWNLOADS=never $(BIN)/uv

INSTALL_LOCK = pip install --quiet --require-hashes --only-binary :all: -r
# The backend is in the lock, so building the project fetches nothing.
INSTALL_SELF = pip install --quiet --no-deps --no-build-isolation --editable .
COMPILE      = pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	--python-version 3.11 --only-binary :all: --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: demo
demo: $(VENV)/.run ## Build the bundled case and its report, and say where they are
	@$(BIN)/watchkeeper demo

.PHONY: test
test: $(VENV)/.dev ## Run every test, with coverage
	@$(BIN)/python -m pytest -n auto --cov --cov-report= --cov-fail-under=0 tests
	@echo "Compiled kernels once more as plain Python: what runs and what coverage sees are the same lines."
	@NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest -n auto --cov --cov-append --cov-report=term-missing:skip-covered tests/methods
	@echo "What others rely on to check us, evidence/, is covered to the last branch:"
	@$(BIN)/python -m coverage report --include='*/watchkeeper/evidence/*' --fail-under=100

.PHONY: ordeal
ordeal: $(VENV)/.dev ## Run the fault and fuzz tests in their full counts; seeds are printed
	@WATCHKEEPER_ORDEAL=full $(BIN)/python -m pytest -s tests/faults

.PHONY: check
check: $(VENV)/.dev ## Run every gate but the tests; goes on to the last, then fails if one did
	@$(MAKE) --keep-going lint format types imports licences spelling tree
	@echo "All gates passed."

.PHONY: lint
lint: $(VENV)/.dev ## Gate: ruff's rules
	@echo "== lint";     $(BIN)/ruff check --quiet --output-format concise .

.PHONY: format
format: $(VENV)/.dev ## Gate: ruff's layout
	@echo "== format";   $(BIN)/ruff format --check --quiet --output-format concise .

.PHONY: types
types: $(VENV)/.dev ## Gate: mypy, strict
	@echo "== types";    $(BIN)/mypy --no-error-summary

.PHONY: imports
imports: $(VENV)/.dev ## Gate: which room may import which
	@echo "== imports";  $(BIN)/lint-imports --no-logo > $(VENV)/imports.log 2>&1 || { cat $(VENV)/imports.log; exit 1; }

.PHONY: licences
licences: $(VENV)/.dev ## Gate: licences of what is installed
	@echo "== licences"; $(BIN)/python tools/licences.py

.PHONY: spelling
spelling: $(VENV)/.dev ## Gate: typos
	@echo "== spelling"; $(BIN)/typos

.PHONY: tree
tree: $(VENV)/.dev ## Gate: no host or machine of ours in the tree, tidy line ends
	@echo "== tree";     $(BIN)/python tools/check_tree.py

.PHONY: lock
lock: $(VENV)/.uv ## Remake requirements/*.txt from the .in files (UPGRADE=1 for newer releases)
	@$(UV) $(COMPILE) requirements/uv.in -o requirements/uv.txt
	@$(UV) $(COMPILE) pyproject.toml requirements/run.in -o requirements/run.txt
	@$(UV) $(COMPILE) pyproject.toml requirements/run.in requirements/dev.in -o requirements/dev.txt

# PyICU has no wheel: without a compiler and the headers of ICU its build fails with pages of something else.
.PHONY: peers
peers: $(VENV)/.run .peers/.made ## Have our exports read by followthemoney and the validator of STIX
	@$(BIN)/python benchmarks/peers/synthetic_case.py .peers/exports > /dev/null
	@.peers/bin/python benchmarks/peers/validate_interchange.py .peers/exports

.peers/.made: benchmarks/peers/requirements.txt
	@{ command -v g++ && command -v pkg-config && pkg-config --exists icu-i18n; } > /dev/null || { \
		echo "The peers' environment compiles PyICU, which has no wheel, and g++, pkg-config or the headers of ICU are missing." >&2; \
		echo "On Debian and Ubuntu: apt-get install g++ pkg-config libicu-dev python3-dev. Nothing else needs them." >&2; exit 1; }
	@echo "Setting up .peers (once; compiling PyICU takes a minute or two) ..." >&2
	@$(PYTHON) -m venv --clear .peers
	@.peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r benchmarks/peers/requirements.txt
	@touch $@

.PHONY: clean
clean: ## Remove everything that these commands made
	@rm -rf $(VENV) .peers build dist demo .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.*
	@find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment, in steps; a stamp is written only when its step went through.

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Watchkeeper needs Python 3.11 or later, and $(PYTHON) is $$($(PYTHON) --version 2>&1)." >&2; \
		echo "Name another one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make an environment: its modules venv and ensurepip are missing." >&2; \
		echo "On Debian and Ubuntu: apt-get install $$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')" >&2; \
		exit 1; }
	@echo "Setting up $(VENV) (once) ..." >&2
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.uv: $(VENV)/.made requirements/uv.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/uv.txt
	@touch $@

$(VENV)/.run: $(VENV)/.uv requirements/run.txt pyproject.toml
	@echo "Installing what requirements/run.txt locks ..." >&2
	@$(UV) $(INSTALL_LOCK) requirements/run.txt
	@$(UV) $(INSTALL_SELF)
	@touch $@

$(VENV)/.dev: $(VENV)/.uv requirements/dev.txt pyproject.toml
	@echo "Installing what requirements/dev.txt locks ..." >&2
	@$(UV) $(INSTALL_LOCK) requirements/dev.txt
	@$(UV) $(INSTALL_SELF)
	@touch $@
