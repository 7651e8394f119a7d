# Everything a newcomer needs is `make demo` and `make test`; each builds .venv when it is missing.
# Stamps in .venv are keyed on what is locked, so that a repeated make is instant.

VENV := .venv
BIN := $(VENV)/bin
KEY_BASE := $(shell cat requirements/build.txt requirements/base.txt pyproject.toml | cksum | cut -d' ' -f1)
KEY_DEV := $(shell cat requirements/build.txt requirements/dev.txt pyproject.toml | cksum | cut -d' ' -f1)
BASE := $(VENV)/.base-$(KEY_BASE)
DEV := $(VENV)/.dev-$(KEY_DEV)
COMPILE := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --no-strip-extras

# The first Python from 3.11 up, or the sentence that says how to get one.
define FIND_PYTHON
for each in "$(PYTHON)" python3 python3.13 python3.12 python3.11; do \
  test -n "$$each" && "$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; each=; \
done; \
if test -z "$$each"; then \
  echo "Bylaw needs Python 3.11 or newer: sudo apt install python3 python3-venv (Debian), brew install python (macOS)." >&2; exit 2; \
fi
endef

define INSTALL
$(BIN)/python -m pip --quiet --disable-pip-version-check install --require-hashes $(1) && \
$(BIN)/python -m pip --quiet --disable-pip-version-check install --no-deps --no-build-isolation --editable .
endef

.PHONY: help install demo test test-all lint bench lock

help:
	@echo "make demo      the tour: a sample platform through the whole process"
	@echo "make test      lint and every quick test, with the coverage gates"
	@echo "make install   only build .venv; the command is then .venv/bin/bylaw"
	@echo "make lint      ruff and mypy"
	@echo "make test-all  the slow tests as well"
	@echo "make bench     measure on this machine, beside what one would use instead"
	@echo "make lock      lock the dependencies again, for every platform"

install: $(BASE)
	@echo "The command is $(BIN)/bylaw; try make demo."

demo: $(BASE)
	@$(BIN)/bylaw demo

test: lint
	@rm -f .coverage .coverage.*
	$(BIN)/pytest -n 2 -m "not slow" --cov --cov-report=
	$(MAKE) --no-print-directory coverage

test-all: lint
	@rm -f .coverage .coverage.*
	$(BIN)/pytest -n 2 --cov --cov-report=
	$(MAKE) --no-print-directory coverage

.PHONY: coverage
coverage:
	$(BIN)/coverage report --skip-covered --fail-under=95
	$(BIN)/coverage report --skip-covered --fail-under=100 --include='src/bylaw/casework/*,src/bylaw/ledger/*'

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(DEV)
	@$(BIN)/python bench/run.py

lock:
	@command -v uv >/dev/null 2>&1 || { echo "make lock needs uv: pipx install uv" >&2; exit 2; }
	$(COMPILE) pyproject.toml -o requirements/base.txt
	$(COMPILE) pyproject.toml --group dev -o requirements/dev.txt
	$(COMPILE) --group build -c requirements/dev.txt -o requirements/build.txt

$(BIN)/python:
	@$(FIND_PYTHON); \
	if "$$each" -c 'import ensurepip, venv' 2>/dev/null; then \
	  "$$each" -m venv $(VENV); \
	else \
	  echo "Python's venv module is missing: sudo apt install python3-venv" >&2; exit 2; \
	fi

$(BASE): | $(BIN)/python
	@$(call INSTALL,-r requirements/build.txt -r requirements/base.txt)
	@rm -f $(VENV)/.base-* && touch $@

$(DEV): | $(BIN)/python
	@$(call INSTALL,-r requirements/build.txt -r requirements/dev.txt)
	@rm -f $(VENV)/.base-* $(VENV)/.dev-* && touch $(BASE) $@
