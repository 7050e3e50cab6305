# Every target makes what it needs: `make report` and `make test` work in a fresh clone.
# Needs: make, Python 3.11 or newer with pip. Another Python: make PYTHON=python3.13 test

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
UV := $(PY) -m uv
TEST_ARGS ?=
# As many processes as cores. One process, with its output as it comes: make test PARALLEL=
PARALLEL ?= -n auto --dist worksteal

# NLTK refuses files with more than one hard link, and uv links from its cache unless told to copy.
export UV_LINK_MODE := copy
# Packages are compiled at their first import and kept: notebooks and tests start many processes.
unexport PYTHONDONTWRITEBYTECODE
export MPLBACKEND := Agg

# A stamp carries the lock's sha256 in its name, so an unchanged lock means no set-up work at all.
sha256 = $(firstword $(shell sha256sum $(1) 2>/dev/null || shasum -a 256 $(1)))
STAMP := $(VENV)/.ready-$(call sha256,requirements.lock)
TEST_STAMP := $(VENV)/.ready-test-$(call sha256,requirements-test.lock)

.DEFAULT_GOAL := help
.PHONY: help setup setup-test report lab notebooks test coverage calibrate validation lines bench check format lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

report: $(STAMP) ## measure the bundled corpora, write build/report, run the notebooks
	$(PY) tools/run_notebooks.py --to build/notebooks
	$(PY) -m twoway.report.build build/report --no-notebooks
	@echo "The report: $(CURDIR)/build/report/index.html"

lab: $(STAMP) ## open the notebooks in JupyterLab
	$(PY) -m jupyterlab notebooks

notebooks: $(STAMP) ## run every notebook from a clean kernel and store its outputs
	$(PY) tools/run_notebooks.py

test: $(TEST_STAMP) ## run the tests and doctests (not the slow simulations)
	$(PY) -m pytest -m "not slow" $(PARALLEL) $(TEST_ARGS)

coverage: $(TEST_STAMP) ## run the slow simulations: do 95 % intervals cover the truth 95 % of the time?
	$(PY) -m pytest -m slow $(PARALLEL) $(TEST_ARGS)

calibrate: $(TEST_STAMP) ## write CALIBRATION.md anew: how often the intervals hold the truth in simulated corpora
	$(PY) tools/calibrate.py

validation: $(STAMP) ## write VALIDATION.md anew: how well the codebooks agree with codes by people (needs TWOWAY_DATA)
	$(PY) tools/validate.py

lines: $(TEST_STAMP) ## run the tests and list the lines of code they never reach
	$(PY) -m pytest -m "not slow" --cov $(TEST_ARGS)

bench: $(TEST_STAMP) ## time the toolkit on corpora of growing size
	$(PY) tests/benchmarks/run.py

check: $(TEST_STAMP) ## lint, format and type checks: what must pass before a commit
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy

format: $(TEST_STAMP) ## let ruff rewrite what it can
	$(PY) -m ruff check --fix
	$(PY) -m ruff format

COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate $(if $(UPGRADE),--upgrade)

lock: $(STAMP) ## write the lock files anew after a change in pyproject.toml (UPGRADE=1: newest versions)
	$(COMPILE) --group pyproject.toml:setup -o requirements-setup.lock
	$(COMPILE) pyproject.toml --group notebooks --group build -o requirements.lock
	$(COMPILE) pyproject.toml --group test --group dev -c requirements.lock -o requirements-test.lock

clean: ## remove build results and caches, keep the environment
	rm -rf build dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache spark-warehouse metastore_db derby.log
	find toolkit tests tools notebooks \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +

setup: $(STAMP) ## make the environment in .venv and nothing else

setup-test: $(TEST_STAMP)

# Debian's Python may come without ensurepip; any pip of version 22.3 or newer can then serve the environment from outside.
$(PY):
	@command -v $(PYTHON) >/dev/null || { echo "No '$(PYTHON)' was found. Install Python 3.11 or newer, or name yours: make PYTHON=python3.13" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "twoway needs Python 3.11 or newer, but '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Name a newer one: make PYTHON=python3.13" >&2; exit 1; }
	@if $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then $(PYTHON) -m venv --clear $(VENV); \
	elif $(PYTHON) -m pip --python $(PYTHON) --version >/dev/null 2>&1; then $(PYTHON) -m venv --clear --without-pip $(VENV); \
	else echo "'$(PYTHON)' has neither ensurepip nor pip. On Debian or Ubuntu: apt-get install python3-venv, then run make again." >&2; exit 1; fi

$(STAMP): pyproject.toml $(PY)
	@echo "Setting up $(VENV) from requirements.lock"
	@if $(PY) -m pip --version >/dev/null 2>&1; then pip="$(PY) -m pip"; else pip="$(PYTHON) -m pip --python $(PY)"; fi; \
		$$pip install -qq --disable-pip-version-check --require-hashes -r requirements-setup.lock
	@$(UV) pip install --quiet --python $(PY) --require-hashes -r requirements.lock
	@$(UV) pip install --quiet --python $(PY) --no-deps --no-build-isolation -e .
	@rm -f $(VENV)/.ready-*
	@touch $@

$(TEST_STAMP): $(STAMP)
	@echo "Adding the test tools from requirements-test.lock"
	@$(UV) pip install --quiet --python $(PY) --require-hashes -r requirements-test.lock
	@touch $@
