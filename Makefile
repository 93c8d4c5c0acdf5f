# Everything a developer or a visitor does here. `make help` lists it.
# Needs only make, bash and Python 3.11 or newer; all else is fetched once, by locked name and hash, into .venv and .local.

SHELL := bash
VENV ?= .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
ARGS ?=
CODE := contracts routing services deploy tests

# The first Python that is there, works and is new enough.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3.14 python3; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)

.DEFAULT_GOAL := help
.PHONY: help venv up demo test lint format types imports contracts check bench lock clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@echo; echo "  More arguments go in ARGS: make test ARGS='tests/unit -k calendar'"

venv: $(VENV)/.dev ## Make .venv with everything, for development

up: $(VENV)/.run ## Start Kafka, PostgreSQL, all services and a stream of questions here; stop with Ctrl-C
	$(BIN)/gvd up --rate 0.5 $(ARGS)

demo: $(VENV)/.run ## Play the acceptance cases on a real broker and database, and audit the result
	$(BIN)/gvd demo $(ARGS)

test: $(VENV)/.dev ## All tests, always on real Apache Kafka and PostgreSQL
	@$(PY) -c "from deploy.local.jvm import train; train(print)"
	$(BIN)/pytest -n auto --maxprocesses 2 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(VENV)/.dev ## Style and likely mistakes
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)

format: $(VENV)/.dev ## Put the style right
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

types: $(VENV)/.dev ## Static types, strict
	$(BIN)/mypy

imports: $(VENV)/.dev ## Who may import whom
	$(BIN)/lint-imports

contracts: $(VENV)/.dev ## Generated schemas are those of the models
	$(PY) -m contracts.generate --check

check: lint types imports contracts ## All of the above that needs no broker

bench: $(VENV)/.dev ## Speed beside correctness, side by side with a bare pass-through
	$(PY) -m tests.benchmarks $(ARGS)

lock: $(VENV)/.dev ## Resolve the locked requirements anew (needs uv); review the difference
	uv pip compile -q pyproject.toml $(LOCK) -o requirements-image.txt
	uv pip compile -q pyproject.toml $(LOCK) --extra local -o requirements.txt
	uv pip compile -q pyproject.toml $(LOCK) --extra local --extra dev -o requirements-dev.txt
LOCK := --universal --generate-hashes --no-header --no-annotate --no-emit-index-url

clean: ## Throw away .venv, caches and all local data
	rm -rf $(VENV) .local .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# --- how .venv comes to be -------------------------------------------------------------------------------------------

$(PY):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed (Debian: apt install python3-venv)"; exit 1; }
	@echo "Python: $$($(PYTHON) --version), into $(VENV)"
	@$(PYTHON) -m venv $(VENV)

# Development holds all that running needs, so it makes both stamps.
$(VENV)/.dev: requirements-dev.txt pyproject.toml | $(PY)
	@$(call install,$<)
	@touch $(VENV)/.run $@

$(VENV)/.run: requirements.txt pyproject.toml | $(PY)
	@$(call install,$<)
	@touch $@

# Every package by hash, then this checkout itself with the locked build tool: nothing comes in unchecked.
define install
	set -euo pipefail; \
	$(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip >/dev/null; \
	total=$$(grep -c '^[a-zA-Z].*==' $(1)); \
	echo "Python packages: up to $$total, from $(1)"; \
	$(PY) -m pip install --disable-pip-version-check --progress-bar off --require-hashes -r $(1) \
		| awk -v total=$$total '/^Collecting/ {n++; if (n % 10 == 0) print "  " n " looked up"; fflush()} \
			/^Installing/ {print "  installing"; fflush()}'; \
	$(PY) -m pip install --disable-pip-version-check -q --no-deps --no-build-isolation -e .
endef
