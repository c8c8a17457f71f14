# Everything a person types; each target needs only Python 3.11 or newer and make.
PYTHON ?= python3
PY := .venv/bin/python
TESTS ?= tests

.DEFAULT_GOAL := help
.PHONY: help run test check bench clean environment

help: ## show this list
	@echo "MalangKraf, the portal of Malang's creative economy."
	@echo
	@echo "  make run     start the portal with its own services: http://localhost:8000/ (PORT=8001, DATA_DIR=folder)"
	@echo "  make test    run every test, the browser tests too, in parallel (TESTS=tests/roadmap for a part)"
	@echo "  make check   style, types, templates, migrations, translations, deployment settings"
	@echo "  make bench   measure the speed goals of docs/architecture.md"
	@echo "  make clean   remove what was built: build/, caches, .venv (never .data)"

run:
	@$(PYTHON) -I malangkraf/bootstrap.py run

environment:
	@$(PYTHON) -I malangkraf/bootstrap.py dev

test: environment
	@$(PY) -m tests.chromium
	@$(PY) -m pytest -n auto $(TESTS)

check: environment
	@$(PY) -m tests.check

bench: environment
	@$(PY) -m benchmarks

clean:
	rm -rf build .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis malangkraf/locale/id/LC_MESSAGES/django.mo
	find malangkraf ecosystem startups roadmap tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
