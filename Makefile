# Everything a person types; each target needs only Python 3.11 or newer and make.
PYTHON ?= python3
PY := .venv/bin/python
TESTS ?= tests
# Each process would compile the whole portal again, a second each, and the suite starts a hundred.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run manage test check bench clean environment format lock

help: ## show this list
	@echo "MalangKraf, the portal of Malang's creative economy."
	@echo
	@echo "  make run     start the portal with its own services: http://localhost:8000/ (PORT=8001, DATA_DIR=folder)"
	@echo "  make manage  Django's command line with the services of make run: make manage ARGS='import_kpi figures.csv'"
	@echo "  make test    run every test, the browser tests too, in parallel (TESTS=tests/roadmap for a part)"
	@echo "  make check   style, types, templates, migrations, translations, deployment settings"
	@echo "  make bench   measure the speed goals (benchmarks/README.md)"
	@echo "  make format  put code into the house style"
	@echo "  make lock    write the hash-locked requirements from pyproject.toml"
	@echo "  make clean   remove what was built: build/, caches, .venv (never .data)"

run:
	@$(PYTHON) -I malangkraf/bootstrap.py run

manage:
	@$(PYTHON) -I malangkraf/bootstrap.py manage $(ARGS)

environment:
	@$(PYTHON) -I malangkraf/bootstrap.py dev

test: environment
	@$(PY) -m tests.chromium
	@$(PY) -m pytest -n auto $(TESTS)

check: environment
	@$(PY) -m tests.check

bench: environment
	@$(PY) -m benchmarks

format: environment
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

LOCK := $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra embedded

lock: environment
	@$(PY) -m pip install --quiet --disable-pip-version-check uv
	$(LOCK) pyproject.toml -o requirements.txt
	$(LOCK) --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

clean:
	rm -rf build .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis malangkraf/locale/id/LC_MESSAGES/django.mo
	find malangkraf ecosystem startups roadmap tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
