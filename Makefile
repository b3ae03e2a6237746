# One verb per target; `make` lists them. A machine needs python3 (3.11 or newer) and make, nothing else: the first
# `make serve` or `make test` builds .venv from the pinned and hashed requirement files, and later ones find it ready.
# Packages come from wherever pip (or an installed uv) is configured to look; no address is written down here.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help serve test check schema docs picture bench simulator requirements clean

# The first interpreter that is new enough; `make PYTHON=/path/to/python` decides otherwise.
new_enough := import sys; sys.exit(sys.version_info < (3, 11))
ifndef PYTHON
PYTHON := $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c '$(new_enough)' 2>/dev/null && { echo "$$python"; break; }; done)
endif

# A uv of this machine keeps its own configuration. Ours is private to this folder, and is told what pip is told.
ifneq ($(shell command -v uv),)
uv := uv
uv_file :=
else
uv_file := .tools/bin/uv
uv = index="$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(PYTHON) -m pip config get global.index-url 2>/dev/null)}}"; \
	[ -z "$$index" ] || export UV_DEFAULT_INDEX="$$index"; \
	[ -z "$$PIP_CERT" ] || export SSL_CERT_FILE="$${SSL_CERT_FILE:-$$PIP_CERT}"; \
	$(uv_file)
endif
python := .venv/bin/python
# On a terminal uv shows its progress; elsewhere its list of packages would only bury the lines below.
quiet = $$([ -t 2 ] || echo --quiet)
compile = $(uv) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade

help: ## List the targets
	@echo 'SourceScout Gateway'
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

serve: .venv/ready.run .venv/ready.pages ## Serve the gateway at http://127.0.0.1:8000/graphql
	@exec $(python) -m gateway serve

test: .venv/ready.dev .venv/ready.pages ## Run all tests; make test ARGS='-k search' picks some
	@$(python) -m tests $(ARGS)

check: .venv/ready.dev ## Lint, format, types, architecture, and whether generated files are current
	@$(python) -m ruff check
	@$(python) -m ruff format --check
	@$(python) -m mypy
	@$(python) -m pytest -q tests/unit/test_architecture.py tests/unit/test_documents.py

schema: .venv/ready.run ## Export the GraphQL schema to schema.graphql
	@$(python) -m gateway schema --output schema.graphql

docs: .venv/ready.dev ## Write the README's generated tables anew
	@$(python) -m tests.documents

picture: .venv/ready.dev .venv/ready.pages ## Take the README's picture of GraphiQL anew (needs Chromium)
	@$(python) -m tests.picture

bench: .venv/ready.dev ## Measure calls, points and speed against the served simulator
	@$(python) -m tests.benchmarks $(ARGS)

simulator: .venv/ready.run ## Serve the CJ simulator by itself at http://127.0.0.1:8090
	@exec $(python) -m gateway simulator

requirements: .venv/ready.run ## Pin the newest versions of all dependencies
	@$(compile) pyproject.toml -o requirements.txt
	@$(compile) pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt
	@$(compile) --group tools -o requirements-tools.txt

clean: ## Remove everything that these targets made
	rm -rf .venv .tools .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis gateway/web/vendor

# How .venv comes about. Each .venv/ready.* is touched when its step is done, so a step runs again only when the
# files it depends on have changed.

.tools/bin/uv: requirements-tools.txt
	@$(call need,'$(PYTHON)',python3 is missing or older than 3.11. Install Python 3.11 or newer.)
	@$(call need,"$$($(PYTHON) -c 'import ensurepip, venv; print(1)' 2>/dev/null)",$(PYTHON) cannot make \
		virtual environments. On Debian and Ubuntu: apt-get install python3-venv)
	@echo 'There is no uv on this machine; installing a private one into .tools …'
	@$(PYTHON) -m venv --clear .tools
	@.tools/bin/python -m pip install -qq --disable-pip-version-check --require-hashes \
		--requirement requirements-tools.txt
	@touch $@

.venv/bin/python: | $(uv_file)
	@$(call need,'$(PYTHON)',python3 is missing or older than 3.11. Install Python 3.11 or newer.)
	@echo 'Making a virtual environment in .venv …'
	@$(uv) venv --quiet --clear --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" .venv

.venv/ready.run: requirements.txt requirements-tools.txt pyproject.toml | $(python)
	@echo 'Installing the pinned packages that the gateway runs on (once, well under a minute) …'
	@$(uv) pip install $(quiet) --python $(python) --require-hashes --requirement requirements.txt
	@$(uv) pip install --quiet --python $(python) --no-deps --build-constraints requirements-tools.txt --editable .
	@touch $@

.venv/ready.dev: requirements-dev.txt .venv/ready.run
	@echo 'Installing the pinned packages for tests and checks (once) …'
	@$(uv) pip install $(quiet) --python $(python) --require-hashes --requirement requirements-dev.txt
	@touch $@

# GraphiQL is JavaScript: with npm here its files are fetched and served from this folder; without, or when that
# fails, the gateway says so on its page and works all the same.
.venv/ready.pages: gateway/web/assets.py | .venv/ready.run
	@if $(python) -m gateway.web.assets; then touch $@; fi

need = [ -n $(1) ] || { echo '$(strip $(2))' >&2; exit 1; }
