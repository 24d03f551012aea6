# Tuppence. `make` lists what there is; every target installs what it needs and does nothing twice.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STATIC := src/tuppence/http/static/index.html
FORM := src/tuppence/vault/static/card-form.html

.PHONY: quarter chaos help demo story test check agree kill-ledger bench bench-curve bench-day fix build openapi pictures clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: build ## Install, build, start everything and print the address
	@$(BIN)/tuppence demo

story: build ## Play the main job headless, print each state and the books
	@$(BIN)/tuppence demo --story

test: build .stamps/chromium .stamps/sshd ## Install everything and run all tests
	@scripts/say "Tests of the browser code"; cd web && npm test --silent
	@scripts/say "Tests of the house"; $(BIN)/pytest -n 2 --dist loadfile

check: build ## Format, lint, types, room order, SQL, docs
	@scripts/check

agree: .stamps/python ## Play a million events to PostgreSQL and to the pure rules, and compare
	@$(BIN)/python -m tests.ledger.agree

kill-ledger: .stamps/python ## Kill PostgreSQL and every client in the middle of batches, fifty times
	@$(BIN)/python -m tests.simulation.ledger_kills

chaos: build ## Ten thousand payments while everything goes wrong: every cent has a name afterwards
	@PYTHONPATH=. $(BIN)/python -m tests.simulation.chaos

quarter: .stamps/python ## Three months of advertisers, games and friends: bills are their usage, payouts the daily reports
	@PYTHONPATH=. $(BIN)/python -m tests.simulation.quarter

bench: build ## Measure, ratios in one run
	@$(BIN)/python -m benchmarks

bench-curve: .stamps/python ## Measure the ledger on top of up to ten million transfers, and draw it
	@$(BIN)/python -m benchmarks.curve

bench-day: build ## A million payments in a day, carried and settled (half an hour)
	@PYTHONPATH=. $(BIN)/python -m benchmarks.day

fix: .stamps/python ## Put the code in shape
	@$(BIN)/ruff check --fix-only -q . && $(BIN)/ruff format -q .

build: .stamps/python $(STATIC) ## Install and build, nothing else

openapi: .stamps/python ## Write docs/openapi.json and the types that the browser app takes from it
	@$(BIN)/tuppence openapi > docs/openapi.json && cd web && npm run --silent types

pictures: build .stamps/chromium ## Take the README's pictures from the running demo
	@$(BIN)/python scripts/pictures.py

clean: ## Remove what was installed and built (never your data)
	rm -rf $(VENV) .stamps web/node_modules src/tuppence/http/static src/tuppence/http/embedded src/tuppence/http/reference src/tuppence/vault/static

.stamps/python: requirements.lock pyproject.toml
	@mkdir -p .stamps
	@scripts/say "Installing the Python side into $(VENV)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.stamps/node: web/package-lock.json
	@mkdir -p .stamps
	@scripts/say "Installing the browser side into web/node_modules"
	@cd web && npm ci --silent --no-fund --no-audit
	@touch $@

$(STATIC): .stamps/node $(shell find web docs/design/what-a-payment-says.json -type f -not -path '*/node_modules/*' 2>/dev/null)
	@scripts/say "Building the browser app, the card form and what others embed"
	@cd web && npm run --silent build && npm run --silent build:card && npm run --silent build:embed && npm run --silent build:reference
	@touch $@

.stamps/chromium .stamps/sshd:
	@mkdir -p .stamps
	@scripts/$(@F)
	@touch $@
