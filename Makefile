# qa-bot: every command there is. `make help` lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test test-fast install publish check evaluate bench fit fit-safety format screenshots browser clean

help: ## List these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

run: install ## Install, publish the articles if none are, and serve the chat
	@test -f "$${QA_BOT_INDEX:-index}/current" || { echo "Publishing the articles …"; $(BIN)/python ingest.py; }
	@echo "Starting the chat …"
	@$(BIN)/python app.py

test: $(VENV)/.test browser ## Install and run every test
	@echo "Running the tests …"
	@$(BIN)/python -m pytest -n 2 --dist loadfile

test-fast: $(VENV)/.test ## Run the tests that need neither browser nor long encoding
	@$(BIN)/python -m pytest -m "not slow"

install: $(VENV)/.run ## Make .venv with everything the chat needs

publish: install ## Check the articles, then publish them
	@$(BIN)/python ingest.py

check: $(VENV)/.test ## Format, lint, types: what a commit must pass
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy

evaluate: install ## Measure answers and crisis screen on the rows of tests/data; writes reports/
	@test -f "$${QA_BOT_INDEX:-index}/current" || $(BIN)/python ingest.py
	@status=0; for split in dev test; do \
	  $(BIN)/python -m qa_bot evaluate --questions tests/data/questions_$$split.jsonl \
	    --crisis tests/data/crisis_$$split.jsonl \
	    --json reports/$$split.json --html reports/$$split.html || status=1; \
	done; echo "The reports are reports/dev.html and reports/test.html."; exit $$status

fit: $(VENV)/.test ## Learn answering/model.json again from the development questions
	@test -f "$${QA_BOT_INDEX:-index}/current" || $(BIN)/python ingest.py
	@$(BIN)/python -m qa_bot.training.answering tests/data/questions_dev.jsonl tests/data/general_train

fit-safety: $(VENV)/.test ## Learn the safety screen's networks again from the labeled messages (an hour and a half)
	@$(BIN)/python -m qa_bot.training.safety

bench: $(VENV)/.bench ## Measure speed, memory and many readers, beside other tools (20 minutes); writes reports/
	@$(BIN)/python -m benchmarks

format: $(VENV)/.test ## Format the code and fix what can be fixed
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

screenshots: $(VENV)/.test browser ## Take the pictures of the chat for the README and docs
	@test -f "$${QA_BOT_INDEX:-index}/current" || $(BIN)/python ingest.py
	@$(BIN)/python docs/screenshots.py

browser: ## Find the browser that the page tests drive; install it if possible
	@command -v chromium chromium-browser google-chrome >/dev/null || { \
	  echo "Installing Chromium for the page tests …"; \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	  else echo "Please install Chromium (Debian: sudo apt-get install chromium)." >&2; exit 1; fi; }

clean: ## Remove what was installed here; what was published stays
	rm -rf $(VENV)

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; run make with PYTHON=/path/to/python3.11." >&2; exit 1; }
	@echo "Creating $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: requirements.txt | $(VENV)/.python
	@echo "Installing what the chat needs (a few minutes the first time) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.test: requirements.txt requirements-test.txt | $(VENV)/.python
	@echo "Installing what the chat and its tests need (a few minutes the first time) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt
	@touch $@ $(VENV)/.run

$(VENV)/.bench: requirements-bench.txt $(VENV)/.test
	@echo "Installing what the benchmarks compare with …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	@touch $@
