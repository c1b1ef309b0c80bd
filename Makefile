# Everything a person runs here. Needs make and a Python 3.11 or later with its venv module.

PYTHON ?= python3
VENV   ?= .venv
PY     := $(VENV)/bin/python
PIP    := $(PY) -m pip --disable-pip-version-check --quiet
TRIAL  ?= NCT01681446

CORE := $(VENV)/.core
WEB  := $(VENV)/.web
TEST := $(VENV)/.test
SPARK := $(VENV)/.spark
BENCH := $(VENV)/.bench

# Hundreds of tests start Python anew, which compiles the package each time where nothing is kept.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run serve test test-spark test-others browser cql spark lint campaign bench golden pictures

help:
	@echo "make run       screen the shipped example patients and print the answers with reasons"
	@echo "make serve     open the web form with the five studies and their example patients"
	@echo "make test      formatting rules, types, import contracts, all tests, coverage"
	@echo "make test-spark  of these the tests on a Spark cluster of this machine"
	@echo "make lint      the same without the tests"
	@echo "make campaign  the random campaigns at their full counts"
	@echo "make bench     time one patient, the server and the log against what is written by hand"
	@echo "make golden    write the recorded texts anew; look at the difference before committing it"
	@echo "make pictures  take the pictures of the documentation anew from the pages"

$(PY):
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "$(PYTHON) is too old: Python 3.11 or later is needed (make PYTHON=python3.12)" >&2; exit 1; }
	"$(PYTHON)" -m venv "$(VENV)"

$(CORE): pyproject.toml | $(PY)
	$(PIP) install --editable .
	@touch $@

$(WEB): pyproject.toml | $(PY)
	$(PIP) install --editable '.[web]'
	@touch $(CORE) $@

$(TEST): pyproject.toml | $(PY)
	$(PIP) install --editable '.[test]'
	@touch $(CORE) $(WEB) $@

$(SPARK): pyproject.toml | $(TEST)
	$(PIP) install --editable '.[spark]'
	@touch $@

$(BENCH): pyproject.toml | $(PY)
	$(PIP) install --editable '.[bench,spark,web]'
	$(PIP) install --upgrade --no-deps --target $(VENV)/peers json-logic-qubit
	@touch $(CORE) $(WEB) $@

run: $(CORE)
	@$(PY) -m screener.cli.examples $(TRIAL)

serve: $(WEB)
	$(VENV)/bin/screener serve --criteria criteria

# What says how an answer comes about; these alone reach every branch of what decides.
MEANING := tests/spec tests/core tests/test_units.py
COMMA := ,
TESTED_ON_SPARK := $(if $(filter spark,$(subst $(COMMA), ,$(TEST_WITHOUT))),,test-spark)

lint: $(TEST)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-cache

browser: $(TEST)
	@case ",$(TEST_WITHOUT)," in *,browser,*) ;; *) $(PY) -m tests.web.chromium ;; esac

cql: $(TEST)
	@$(PY) -m tests.cql.engine

spark: $(TEST)
	@$(MAKE) -s $(SPARK) && $(PY) -m tests.cohort.java

test-spark: spark
	$(PY) -m pytest -q -m spark $(shell grep -rl 'mark\.spark' tests --include='test_*.py')

test-others: lint browser cql
	$(PY) -m pytest -q $(MEANING) --cov --cov-report=term-missing:skip-covered
	$(PY) -m pytest -q -n 3 --dist worksteal -m 'not spark' $(addprefix --ignore=,$(MEANING))

# Side by side, as the tests on a cluster leave a third of two processors idle; what both need is
# there before.
test: browser cql $(TESTED_ON_SPARK:test-spark=spark)
	@$(MAKE) --no-print-directory -j 2 $(TESTED_ON_SPARK) test-others
	@test -z "$(TEST_WITHOUT)" || echo "left out: $(TEST_WITHOUT)"

campaign: $(TEST) spark
	$(PY) -m tests.campaign

bench: $(BENCH) spark
	@-$(PY) -m benchmarks.npm
	$(PY) -m benchmarks --record
	$(PY) -m benchmarks.http --record
	$(PY) -m benchmarks.recording --record
	$(PY) -m benchmarks.log --record
	$(PY) -m benchmarks.cohort --record
	$(PY) -m benchmarks.growth --record
	$(PY) -m benchmarks.histories --record
	$(PY) -m benchmarks.spark --record

golden: $(TEST)
	$(PY) -m tests.docs.record
	$(PY) -m tests.rules.record
	$(PY) -m tests.intake.record
	$(PY) -m tests.schemas.record
	$(PY) -m tests.web.record

pictures: browser
	$(PY) -m tests.docs.pictures
