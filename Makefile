# Needs only Python 3.11 (or later) and make. `make rehearse` and `make test` set up what they need.
PYTHON ?= python3
OUT ?= rehearsal
VENV := .venv
BIN := $(VENV)/bin
BENCH := .venv-bench
SHELL := /bin/bash
# One more than there are cores: some tests wait for a process that they killed, a server or LibreOffice.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(1 + (os.cpu_count() or 1))')

.PHONY: rehearse test lint bench damage faults lock wheel clean

rehearse: $(VENV)/ready
	$(BIN)/case-audit rehearse $(OUT)

# The tests run on every core, and types are checked beside them: what mypy says comes last. Without its
# bytecode kept, the program would be compiled anew for each process that a test starts.
test: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(BIN)/mypy >$(VENV)/mypy.txt 2>&1 & types=$$!; \
	PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX=$(CURDIR)/$(VENV)/pycache \
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal; tested=$$?; \
	wait $$types; typed=$$?; echo $(BIN)/mypy; cat $(VENV)/mypy.txt; \
	exit $$((tested || typed))

lint: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Beside what a user would pick instead. `make bench WORKLOAD=month-300` runs one.
bench: $(BENCH)/ready
	$(BENCH)/bin/python -m benchmarks $(WORKLOAD)

# Every kind of damage to a returned form, LibreOffice's round trips, and mutated files. Takes a while.
damage: $(VENV)/ready
	$(BIN)/python -m tests.campaigns damage
	$(BIN)/python -m tests.campaigns round-trips
	$(BIN)/python -m tests.campaigns mutations

# Every fault there is a campaign against, two at a time: half an hour on two free cores. It writes its table into
# docs/reliability.md. `make faults SIZE=--small` takes a few minutes.
faults: $(VENV)/ready
	$(BIN)/python -m tests.campaigns faults --write $(SIZE)

# The stamp is written last, so a broken install is tried again.
$(VENV)/ready: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(BENCH)/ready: benchmarks/requirements.lock pyproject.toml
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r benchmarks/requirements.lock
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Makes the lock files anew from pyproject.toml. uv is needed for this only.
lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q -o requirements.lock
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q -o requirements-dev.lock
	uv pip compile pyproject.toml --extra bench --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q -o benchmarks/requirements.lock

wheel: $(VENV)/ready
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

clean:
	rm -rf $(VENV) $(BENCH) dist build rehearsal
