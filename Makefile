# Kade. Every target sets up what it needs; nothing but Python 3.11 or later, pip, git and make has to be there first.
PYTHON ?= python3
BIN := .venv/bin
ESTATE ?= lindewaard

.PHONY: bench docs corpus examples fuzz picture preview test lint types unit format clean help

help: ## this list
	@grep -hE '^[a-z.-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

preview: .venv ## preview the example municipality (ESTATE=duinrand for the small one)
	@$(BIN)/kade preview $(ESTATE)

test: lint types unit ## everything that has to hold before a commit

lint: .venv
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: .venv
	@$(BIN)/ty check

unit: .venv
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

format: .venv ## put the code in its one layout
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

picture: .venv ## draw the README's picture anew
	@$(BIN)/python tools/picture.py

examples: .venv ## preview the azure-py-* programs of pulumi/examples (DIR=a checkout of it)
	@$(BIN)/python tools/examples.py "$(DIR)"

.venv: .venv/.ready ## set up the environment that Pulumi.yaml and the packs name

# pip 25.1 brought dependency groups, so pip itself comes first.
.venv/.ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Kade needs Python 3.11 or later; found %s. Set PYTHON=python3.11." % sys.version.split()[0])'
	@echo "setting up .venv (about a minute) ..." >&2
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@PYTHONWARNINGS=ignore $(BIN)/pip install --quiet --disable-pip-version-check --editable '.[backends,entra,migration]' --group dev
	@touch $@

docs: .venv ## make the pages of the rules anew
	@$(BIN)/python -m tools.rule_docs

corpus: .venv ## our verdicts against other tools' own tests (DIR=folder that holds the corpora)
	@$(BIN)/python -m tools.corpus "$(DIR)"

fuzz: .venv ## a hundred thousand random resources against every rule
	@KADE_FUZZ=100000 $(BIN)/python -m pytest tests/policies/test_fuzz.py

bench: .venv ## measure previews and checks beside what they are compared with (ARGS=--full for 10,000 resources)
	@$(BIN)/python -m tools.bench $(ARGS)

clean: ## remove the environment, local state and caches
	rm -rf .venv .kade build dist *.egg-info .pytest_cache .ruff_cache .hypothesis
