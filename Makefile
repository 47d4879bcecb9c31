# The same commands for people and for .ci/run. Each makes its own environment in .venv when it is not there yet.

PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
JOBS ?= auto

.PHONY: play test test-slow test-balance test-web check format web serve measure screens clean

play: .venv/play
	$(BIN)/python -m game $(ARGS)

test: .venv/dev
	$(BIN)/python -m pytest -n $(JOBS) $(ARGS)

test-slow: .venv/dev
	$(BIN)/python -m pytest -n $(JOBS) -m "slow" $(ARGS)

test-balance: .venv/dev
	$(BIN)/python -m pytest -m "balance" $(ARGS) tests/stages/test_balance_proof.py

test-web: .venv/dev
	$(BIN)/python -m pytest -m "web" $(ARGS) tests/web

web: .venv/web
	$(BIN)/python -m build_web $(ARGS)

serve: .venv/web
	$(BIN)/python -m build_web --serve $(ARGS)

measure: .venv/web
	$(BIN)/python -m build_web --measure $(ARGS)

check: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy tests

format: .venv/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

screens: .venv/play
	$(BIN)/python -m game --screenshots build/screens $(ARGS)

clean:
	rm -rf .venv build

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv .venv || \
		{ rm -rf .venv; echo "This Python cannot make environments; on Debian and Ubuntu: apt install python3-venv"; exit 1; }

.venv/play: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

.venv/dev: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable ".[dev,web,tools,cluster]"
	@touch $@ .venv/play .venv/web

.venv/web: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable ".[web]"
	@touch $@
