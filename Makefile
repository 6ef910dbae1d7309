# `make` alone lists what there is. Everything is set up in .venv; nothing is installed elsewhere.
PYTHON ?= python3
PROFILE ?= quick

PY := .venv/bin/python
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e

tell_missing = command -v $(1) >/dev/null || \
	echo "make test: no $(1) here, so its tests can't run; on Debian: apt-get install $(2)"

.DEFAULT_GOAL := help
.PHONY: help serve site measure test check bench release clean

serve site: export CONC_PROFILE := $(PROFILE)
serve site: export NO_MKDOCS_2_WARNING := 1 # mkdocs-material's notice of its own end of life

help: ## list the commands
	@echo "Usage: make COMMAND [PROFILE=smoke|quick|full] [PYTHON=python3.14] [PYTHONS='3.12 3.13'] [ONLY=PART] [RESULTS=FOLDER]"
	@echo
	@sed -n 's/^\([a-z]*\):.* ## /  make \1|/p' Makefile | while IFS='|' read -r name text; do \
		printf '%-16s%s\n' "$$name" "$$text"; done
	@echo
	@echo "Parts of the bench, each at most 30 minutes, as in make bench ONLY=quick; all of them take about two and a half hours:"
	@echo $$(sed -n 's/^    "\([a-z0-9-]*\)": ("[a-z_]*".*/\1/p' tests/bench/__main__.py) | fold -s -w 78 | sed 's/^/  /'
	@echo
	@echo "Profiles: smoke takes seconds and its figures mean nothing, quick takes two minutes,"
	@echo "full 15. What is measured stays in .conc/results and is measured again only when stale."

serve: .venv/site.stamp ## measure this machine, then serve the site on http://127.0.0.1:8000
	@$(PY) -m mkdocs serve

site: .venv/site.stamp ## measure this machine, then build the site into site/
	@$(PY) -m mkdocs build

measure: .venv/site.stamp ## measure this machine, without the site; with PYTHONS also by others
	@$(PY) -m conc measure --profile $(PROFILE) $(foreach python,$(PYTHONS),--python $(python))

test: .venv/check.stamp ## run every test, then what `make check` runs
	@$(call tell_missing,git,git)
	@$(call tell_missing,cc,gcc libc6-dev)
	@$(call tell_missing,chromium,chromium)
	@$(call tell_missing,htop,htop)
	@$(call tell_missing,openssl,openssl)
	@$(PY) -m pytest
	@$(MAKE) --no-print-directory check

check: .venv/check.stamp ## lint, format, types, directions of imports, workflows
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@# Types for each system: a name that Windows or macOS lacks is to be found on Linux too.
	@for platform in linux darwin win32; do \
		$(PY) -m mypy --platform $$platform --cache-dir .mypy_cache/$$platform || exit 1; done
	@.venv/bin/lint-imports --no-logo
	@$(PY) -m conc check
	@.venv/bin/zizmor --offline --quiet .github
	@.venv/bin/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@.venv/bin/check-jsonschema --builtin-schema vendor.github-actions .github/actions/*/action.yml
	@.venv/bin/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	@.venv/bin/check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/*.yml
	@.venv/bin/check-jsonschema --builtin-schema vendor.citation-file-format CITATION.cff

bench: .venv/check.stamp ## print the figures that the project promises to reach, or those of ONLY='PART …'
	@$(PY) -m tests.bench $(ONLY)

release: .venv/check.stamp ## build what is published into dist/, and use it without the repository
	@$(PY) -m tests.check_release dist

clean: ## remove what was built, installed and measured
	rm -rf .venv .conc site

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { \
		echo "conc needs Python 3.11 or newer, and there is no $(PYTHON) here; on Debian: apt-get install python3-venv"; \
		exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "conc needs Python 3.11 or newer, and $(PYTHON) is not. Name another: make $(MAKECMDGOALS) PYTHON=python3.13"; \
		exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
		echo "$(PYTHON) can't set up .venv, for it lacks ensurepip; on Debian: apt-get install python3-venv"; \
		exit 1; }
	@$(PYTHON) -m venv .venv

.venv/site.stamp: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Setting up .venv ..."
	@$(INSTALL) '.[site]'
	@touch $@

.venv/check.stamp: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Setting up .venv with what the tests need ..."
	@$(INSTALL) '.[check]'
	@touch $@ .venv/site.stamp
