# Everything happens in .venv; `make` alone lists the targets.

PYTHON3 ?= python3.13 python3.12 python3.11 python3
BIN := .venv/bin
CORE := .venv/core.stamp
DEV := .venv/dev.stamp
# Bytecode is written when a module is first used: compiling everything that pip brings doubles the wait.
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --no-compile -c constraints.txt
unexport PYTHONDONTWRITEBYTECODE
QUIET_UNLESS_WATCHED := $$([ -t 1 ] || echo --quiet)

.DEFAULT_GOAL := help
.PHONY: help demo test test-all check bench scale golden docs-validation tornado clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

demo: $(CORE) ## Install, then run a shipped scenario and say where its report lies
	@$(BIN)/hepatica demo

test: $(DEV) ## Run the default tests (ARGS="-k name" goes to pytest)
	@$(BIN)/python -m pytest $(ARGS)

test-all: $(DEV) ## Run every test, the slow ones too
	@$(BIN)/python -m pytest -m "" $(ARGS)

check: $(DEV) ## Format, lint, types, architecture: what CI checks, in its order
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q tests/architecture

bench: $(CORE) ## Time the engine and the main job
	@$(BIN)/hepatica bench
	@set -e; for script in benchmarks/bench_*.py; do $(BIN)/python "$$script"; done

scale: $(CORE) ## Measure how cost grows with people, years and strategies; rewrite docs/speed.md (minutes)
	@$(BIN)/python benchmarks/scale.py

golden: $(DEV) ## Rewrite the golden files (say so in CHANGELOG.md: Results change)
	@$(BIN)/python -m tests.golden.refresh

docs-validation: $(CORE) ## Examine the model on every published number and rewrite docs/validation.md
	@$(BIN)/python -m simulator.pictures.examination_page docs

tornado: $(CORE) ## Rewrite the table of assumptions that move the demonstration most (some minutes)
	@$(BIN)/hepatica tornado scenarios/demo.yaml --overwrite --out simulator/parameters/data/tornado.csv

clean: ## Remove the environment and caches; results stay
	rm -rf .venv dist build .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# pip is the last thing a new environment gets, so an interrupted one is finished the next time.
$(BIN)/pip:
	@for python in $(PYTHON3); do \
	  if "$$python" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	    >/dev/null 2>&1; then echo "Making .venv with $$("$$python" --version)"; exec "$$python" -m venv .venv; fi; \
	done; \
	echo "Hepatica needs Python 3.11, 3.12 or 3.13 with its venv module; none was found as: $(PYTHON3)." >&2; \
	echo "Install one, or say where it is: make demo PYTHON3=/path/to/python3" >&2; \
	exit 1

$(CORE): pyproject.toml constraints.txt | $(BIN)/pip
	@echo "Installing Hepatica into .venv (once; a minute or two)"
	@$(INSTALL) $(QUIET_UNLESS_WATCHED) -e .
	@touch $@

$(DEV): $(CORE)
	@echo "Adding the development tools"
	@$(INSTALL) $(QUIET_UNLESS_WATCHED) -e '.[dev]'
	@touch $@
