# The newcomer's two commands are `make demo` and `make test`.
VENV := .venv
PYTHON := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
TOOLS := $(VENV)/.tools-installed
PEERS := $(VENV)/.peers-installed
PIP_INSTALL = $(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes
TEST_PROCESSES ?= 3
# Set, it would have every process compile all modules anew, and the sandbox a workflow's for every case.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install demo up print test faults test-hosts test-cluster mutants lint check bench bench-audit bench-open bench-rules bench-lines bench-print bench-commands bench-codec bench-web year pictures lock bare hooks clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

install: $(INSTALLED) ## create .venv with what the programs need

$(INSTALLED): requirements.lock
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || python3 -m venv --clear $(VENV)
	$(PIP_INSTALL) -r requirements.lock
	@touch $@

$(TOOLS): requirements-dev.lock $(INSTALLED)
	$(PIP_INSTALL) -r requirements-dev.lock
	@touch $@

$(PEERS): requirements-bench.lock $(TOOLS)
	$(PIP_INSTALL) -r requirements-bench.lock
	@touch $@

demo: $(INSTALLED) ## run five cases end to end on an embedded server, weeks in seconds, then the audit; STORES=url
	$(PYTHON) starter.py demo $(if $(STORES),--stores '$(STORES)')

up: $(INSTALLED) ## keep the server and all workers running for use from another shell; ARRANGEMENTS=file BUREAUS=file
	$(PYTHON) starter.py up $(if $(ARRANGEMENTS),--arrangements $(ARRANGEMENTS)) $(if $(BUREAUS),--bureau-data $(BUREAUS))

print: $(INSTALLED) ## install what the printing of papers needs: a typesetter, fonts, 40 MB
	$(PIP_INSTALL) -r requirements-print.lock

test: $(TOOLS) ## run the whole test suite
	$(PYTHON) -m pytest -n $(TEST_PROCESSES) --no-loadscope-reorder

faults: $(TOOLS) ## processes killed, frozen and set aside among CASES=1000 cases, then RANDOM_CASES=1000 twice; ends after HOURS=8, the same again goes on
	FAULT_CASES=$(or $(CASES),1000) RANDOM_CASES=$(or $(RANDOM_CASES),1000) PASSED_BEFORE=.state/faults PYTHONPATH=tests \
	  timeout --foreground -s INT $(or $(HOURS),8)h $(PYTHON) -m pytest -p resuming -vv -s tests/faults \
	  tests/workflows/test_random_cases.py tests/workflows/test_attacker.py tests/workflows/test_forged_orders.py \
	  tests/activities/test_planted_edits.py

test-hosts: $(TOOLS) ## a hundred cases over hosts of their own whose links and power fail; says what it needs
	HOSTS_OUTAGE_SECONDS=60 $(PYTHON) -m pytest tests/hosts

CLUSTER_TESTS = $(addprefix tests/workflows/test_,transfer_case.py corrections.py disputes.py missing_papers.py withdrawal.py \
	duplicate_months.py bank_rail.py messages.py calendar_publication.py audit_at_work.py) \
	$(addprefix tests/faults/test_,reported_twice.py death_at_random.py store_out_of_reach.py orderly_stop.py)

test-cluster: $(TOOLS) ## whole cases, publication, audit and faults at ADDRESS=host:port; PROFILE, CONFIG_FILE, NAMESPACE
	TEST_ADDRESS='$(ADDRESS)' TEST_PROFILE='$(PROFILE)' TEST_CONFIG_FILE='$(CONFIG_FILE)' TEST_NAMESPACE='$(NAMESPACE)' \
		$(PYTHON) -m pytest -n $(if $(NAMESPACE),0,2) $(CLUSTER_TESTS)

mutants: $(TOOLS) ## change a hundred tokens of rules, ledger and chain, one at a time, and see the tests notice
	$(PYTHON) tests/mutants.py

lint: $(TOOLS) ## format check, lint, strict types
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy

check: lint test ## everything CI runs

bench-rules: $(TOOLS) ## calculations and due dates per second, beside a plain loop
	$(PYTHON) -m benchmarks.rules

bench-commands: $(TOOLS) ## seconds a command takes; ADDRESS=host:port of a running `make up` for those of the engine
	$(PYTHON) -m benchmarks.commands $(if $(ADDRESS),--address $(ADDRESS))

bench: $(PEERS) ## cases per second and what a case costs, beside a bare workflow and DBOS; some minutes; JSON=1
	$(PYTHON) -m benchmarks.cases $(if $(JSON),--json)

bench-codec: $(TOOLS) ## what encryption costs a case, in turn with the same in the clear
	$(PYTHON) -m benchmarks.codec

bench-open: $(TOOLS) ## ten thousand cases that wait on their clocks; OPEN_CASES=100000, goes on after OPEN_MINUTES=120
	$(PYTHON) -m benchmarks.open_cases

year: $(TOOLS) ## a year of the province, simulated day by day; CASES=300 SEED=1 BUREAUS=0 POLICY=run_on,pause,restart REPORT=file
	CASES='$(CASES)' SEED='$(SEED)' BUREAUS='$(BUREAUS)' POLICY='$(POLICY)' REPORT='$(REPORT)' $(PYTHON) -m benchmarks.year

bench-web: $(TOOLS) ## the web desk's pages and watchers beside a thousand open cases
	OPEN_CASES=1000 $(PYTHON) -m benchmarks.web

pictures: $(TOOLS) ## take the pictures of the README anew from the running system (needs chromium)
	PYTHONPATH=. $(PYTHON) docs/pictures/take.py

bench-audit: $(TOOLS) ## an audit over a hundred thousand closed cases (AUDIT_CASES=20000 for fewer)
	$(PYTHON) -m benchmarks.audit

bench-print: $(TOOLS) ## a hundred information forms of thirty years as PDF files
	$(PYTHON) -m benchmarks.printing

bench-lines: $(TOOLS) ## the functions, lines and files that a clean case runs
	$(PYTHON) -m benchmarks.lines

COMPILE = uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

lock: ## renew the locks (needs uv); the programs' locks hold the versions of the tools' lock
	$(COMPILE) --all-extras --upgrade -o requirements-dev.lock
	$(COMPILE) -c requirements-dev.lock -o requirements.lock
	$(COMPILE) -c requirements-dev.lock --extra print -o requirements-print.lock
	$(COMPILE) -c requirements-dev.lock --group bench -o requirements-bench.lock

bare: ## build a bare Debian 12 and run both commands in it, as root and as a user (needs root, debootstrap)
	bash tests/bare/run

hooks: ## have git run `make lint` before every commit
	printf '#!/bin/sh\nexec make lint\n' > .git/hooks/pre-commit && chmod +x .git/hooks/pre-commit

clean: ## remove the virtual environment and all local state
	rm -rf $(VENV) .state
