# make demo   set up, then compare the sample newsroom and show what it found
# make test   set up, then run the tests
# make check  lint, types, layers, documentation with its examples, and the wheel outside the checkout
# make docs   the documentation as pages, in build/site
# make bench  the gates of quality and of speed, and a short benchmark of sketches

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed-dev
EXTRAS := html,parquet,pandas

.PHONY: demo test check docs bench clean

demo: $(VENV)/.installed
	@$(BIN)/dedup compare seeds --include "*.txt"

test: $(STAMP)
	$(BIN)/python -m pytest

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_layers.py tests/test_public.py tests/test_docs.py
	$(BIN)/sphinx-build -q -W --keep-going -b html docs build/site
	$(BIN)/python -m tools.check_wheel

docs: $(STAMP)
	$(BIN)/sphinx-build -q -W --keep-going -b html docs build/site
	@echo build/site/start.html

bench: $(STAMP)
	$(BIN)/python -m benchmarks quality
	$(BIN)/python -m benchmarks.speed sketches --short
	$(BIN)/python -m benchmarks gate

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# Both stamps are newer than pyproject.toml once everything it asks for is installed: a second run needs no network.
$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(STAMP): pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[$(EXTRAS)]" --group dev
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
