# Two commands matter: `make book` and `make test`. Both need Python 3.11 or newer, and nothing else.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
INSTALLED := $(VENV)/installed
PORT ?= 8000

# A checkout runs its own lib/ and tools/, also where another checkout is installed.
export PYTHONPATH := $(CURDIR)

.DEFAULT_GOAL := help
.PHONY: help book serve pdf screenshots test notebooks student clean

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

book: $(INSTALLED)  ## build the site into _build/html, warnings as errors
	@$(RUN) tools/build_site.py

serve: book  ## build the site and serve it on this machine (PORT=8000)
	@echo "Open http://127.0.0.1:$(PORT)/ in a browser; stop with Ctrl+C."
	@$(RUN) -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

pdf: book  ## print the whole book into _build/cross-entropy.pdf (needs Chromium)
	@$(RUN) -m tools.book_pdf

screenshots: book  ## photograph every page, wide and phone, light and dark (needs Chromium)
	@$(RUN) -m tools.screenshots

# What looks at the built site, or runs a copy of the book elsewhere. The two longest tests come first,
# so that no worker waits for them at the end.
SITE_TESTS := $(addprefix tests/test_,self_contained.py book_pdf.py) $(wildcard tests/test_*explorer*.py) \
	$(addprefix tests/test_,build.py function_reference.py page_contents.py screenshots.py site.py)

# Cheapest first, so that a mistake shows as early as it can.
test: $(INSTALLED)  ## run every check that decides whether a change lands
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m pytest -n 2 lib tests $(addprefix --ignore=,$(SITE_TESTS))
	$(RUN) -m pytest -n 2 --dist loadfile --nbval --nbval-current-env chapters appendix
	$(RUN) tools/build_site.py
	$(RUN) -m pytest -n 2 --dist worksteal $(SITE_TESTS)

notebooks: $(INSTALLED)  ## run all notebooks in fresh kernels and store their outputs
	@$(RUN) -m tools.notebooks run

student: $(INSTALLED)  ## copies of all notebooks without the solutions, in _build/student
	@$(RUN) -m tools.student_notebooks

clean:  ## remove what building and testing left behind, keep the environment
	rm -rf _build .pytest_cache .ruff_cache .hypothesis

# The import lets matplotlib list the fonts. It announces that on stderr, the first time only, and a
# notebook that writes to stderr would fail.
$(INSTALLED): requirements.txt constraints.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(RUN) -c "import matplotlib.pyplot"
	touch $@
