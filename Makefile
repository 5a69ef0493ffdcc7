# The newcomer's two commands are `make demo` and `make test`.
VENV := .venv
PYTHON := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
TEST_PROCESSES ?= 3

.DEFAULT_GOAL := help
.PHONY: help install demo up test lint check bench bench-audit bench-open bench-rules lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

install: $(INSTALLED) ## create .venv with the locked dependencies

$(INSTALLED): requirements.lock
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || python3 -m venv --clear $(VENV)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

demo: $(INSTALLED) ## run five cases end to end on an embedded server, weeks in seconds, then the audit; STORES=url
	$(PYTHON) starter.py demo $(if $(STORES),--stores '$(STORES)')

up: $(INSTALLED) ## keep the server and all workers running for use from another shell; ARRANGEMENTS=file
	$(PYTHON) starter.py up $(if $(ARRANGEMENTS),--arrangements $(ARRANGEMENTS))

test: $(INSTALLED) ## run the whole test suite
	$(PYTHON) -m pytest -n $(TEST_PROCESSES) --no-loadscope-reorder

lint: $(INSTALLED) ## format check, lint, strict types
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy

check: lint test ## everything CI runs

bench-rules: $(INSTALLED) ## calculations and due dates per second, beside a plain loop
	$(PYTHON) -m benchmarks.rules

bench: $(INSTALLED) ## cases per second and what a case costs, beside a bare workflow; some minutes
	$(PYTHON) -m benchmarks.cases

bench-open: $(INSTALLED) ## ten thousand cases that wait on their clocks (OPEN_CASES=2000 for fewer)
	$(PYTHON) -m benchmarks.open_cases

bench-audit: $(INSTALLED) ## an audit over a hundred thousand closed cases (AUDIT_CASES=20000 for fewer)
	$(PYTHON) -m benchmarks.audit

lock: ## renew requirements.lock (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade -o requirements.lock

clean: ## remove the virtual environment and all local state
	rm -rf $(VENV) .state
