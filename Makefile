# Everything a newcomer needs: `make demo`, `make test`. The environment is .venv; nothing is installed elsewhere, save
# the sandbox's own packages when this runs as root on Debian or Ubuntu.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.set-up
# Half of a test is waiting for a sandbox, a server or a disk: two workers a core.
export PYTEST_XDIST_AUTO_NUM_WORKERS ?= $(shell expr 2 \* "$$(getconf _NPROCESSORS_ONLN)")

# Compiled once, and not by each of the hundreds of processes that tests start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test check cover bench format lock clean

help: ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(STAMP) ## the environment .venv and the program .venv/bin/maestro
	@infra/prerequisites $(BIN)/python

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Maestro needs Python 3.11 or newer: make setup PYTHON=python3.12"; exit 1; }
	@infra/prerequisites $(PYTHON)
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $(STAMP)

demo: setup ## the whole conversation, from /maestro implement to a pull request
	@$(BIN)/maestro demo

test: setup ## the test suite; what can't run here is skipped aloud
	$(BIN)/pytest -n auto --dist worksteal --ignore tests/timed
	$(BIN)/pytest tests/timed

check: setup ## format, lint, types, import rules, tests
	$(BIN)/ruff format --quiet --check .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n auto --dist worksteal --ignore tests/timed -m "not long"
	$(BIN)/pytest tests/timed

cover: setup ## the tests again, and the lines and branches that none of them runs
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n auto --dist worksteal --ignore tests/timed -m "not long" --timeout 900
	$(BIN)/coverage run -m pytest tests/contract/test_cli.py tests/domain/test_gate.py -m long --timeout 900
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

bench: setup ## the performance goals with today's figures; ARGS="8 --with-probot --with-peers --quick" chooses
	$(BIN)/python -m tests.bench $(ARGS)

format: setup ## format and mend what can be mended
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format .

lock: setup ## pin the newest allowed versions
	$(BIN)/uv pip compile --quiet pyproject.toml --group dev --universal --generate-hashes --no-header --no-emit-index-url --upgrade -o requirements.lock

clean: ## remove the environment
	rm -rf .venv
