# `make` lists what there is. Needs Python 3.11+, make and a package index; the rest is installed here.
PYTHON ?= python3
UV := .tool/bin/uv
UV_VERSION := 0.13.9
BIN := .venv/bin
CATALOGUES := -d donations/translations --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date

export UV_PYTHON_DOWNLOADS := never
# Trust what the machine trusts: many a newsroom's network has a certificate authority of its own.
export UV_SYSTEM_CERTS := true

.PHONY: help run test prove mutants mutants-told bench check words words-check lock clean FORCE
.DEFAULT_GOAL := help

help: ## List the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort

run: $(BIN)/.runtime ## Start everything: the site, its worker, and a stand-in for Stripe
	@$(BIN)/donations run

test: $(BIN)/.developer ## Run every test, on SQLite and on PostgreSQL
	@$(BIN)/pytest -n auto --maxprocesses 4 $(PYTEST_ARGS)

prove: $(BIN)/.developer ## Run the long proofs, which `test` leaves out
	@$(BIN)/pytest -n auto --maxprocesses 4 -m prove --timeout 7200 $(PYTEST_ARGS)
	@PROVE=1 $(BIN)/pytest -n auto --maxprocesses 4 --timeout 7200 tests/sync/test_orders.py tests/reports tests/services/rollups $(PYTEST_ARGS)

mutants: $(BIN)/.developer ## Change the code that reckons with money, and see that tests notice (an hour)
	@nice -n 15 $(BIN)/python -m tests.mutants $(GROUPS)

mutants-told: $(BIN)/.developer ## Say what the last run of `mutants` found; fails below 90 %
	@$(BIN)/python -m tests.mutants --told

bench: $(BIN)/.developer ## Measure sandbox, webhooks, tickets, histories, reports and exports (an hour or more)
	@$(BIN)/python -m bench.sandbox
	@$(BIN)/python -m bench.webhooks
	@$(BIN)/python -m bench.applying
	@$(BIN)/python -m bench.demo
	@$(BIN)/python -m bench.exports
	@$(BIN)/python -m bench.reports

check: $(BIN)/.developer words-check ## Lint, types, floors, and that locks and catalogues are true
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/basedpyright --level error
	@$(BIN)/lint-imports
	@$(UV) lock --check --quiet
	@$(UV) export --frozen --quiet --no-dev --no-emit-project --no-header | diff -q - requirements.lock >/dev/null \
		|| { echo "requirements.lock is not what uv.lock says: run 'make lock'"; exit 1; }

lock: $(UV) ## Renew uv.lock and requirements.lock after a change of dependencies
	@$(UV) lock --python $(PYTHON)
	@$(UV) export --frozen --quiet --no-dev --no-emit-project --no-header -o requirements.lock

# Locations are left out: they would change with every line that moves.
$(BIN)/words.pot: $(BIN)/.developer FORCE
	@$(BIN)/pybabel --quiet extract -F pyproject.toml --ignore-dirs ".*" --no-location --sort-output --no-wrap -o $@ donations templates

words: $(BIN)/words.pot ## Take new sentences for readers into the catalogues, to be translated there
	@$(BIN)/pybabel --quiet update $(CATALOGUES) -i $<

words-check: $(BIN)/words.pot
	@$(BIN)/pybabel --quiet update $(CATALOGUES) -i $< --check 2>/dev/null \
		|| { echo "The catalogues are not what the pages say: run 'make words' and translate"; exit 1; }

FORCE:

clean: ## Remove what these targets made (never ./instance, which holds data)
	rm -rf .tool .venv .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(UV): ; @echo "Setting up the tools …"; $(PYTHON) -m venv .tool && .tool/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(BIN)/.runtime: uv.lock pyproject.toml | $(UV)
	@echo "Installing what the site needs …"
	@test -e $(BIN)/.developer || $(UV) sync --frozen --quiet --no-dev --python $(PYTHON)
	@test ! -e $(BIN)/.developer || $(UV) sync --frozen --quiet --python $(PYTHON)
	@touch $@

$(BIN)/.developer: uv.lock pyproject.toml | $(UV)
	@echo "Installing what the tests need …"
	@$(UV) sync --frozen --quiet --python $(PYTHON)
	@touch $@ $(BIN)/.runtime
