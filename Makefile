VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: demo test quick bench nightly fuzz format clean

demo: $(INSTALLED)  ## the main job: 18 months of real purchases, from journeys to mail
	$(BIN)/cio demo --out out/demo

test: $(INSTALLED)  ## every check and every test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -n 2

quick: $(INSTALLED)  ## the tests that need no server
	$(BIN)/python -m pytest -q -n 2 -m 'not slow'

bench: $(INSTALLED)  ## speed, each figure beside its yardstick
	$(BIN)/python -m benchmarks

nightly: $(INSTALLED)  ## conditions in SQL of four engines, 10,000 populations each (an hour)
	CIO_EXAMPLES=10000 $(BIN)/python -m pytest -q tests/properties -k equals_one_person

fuzz: $(INSTALLED)  ## a million texts that nobody would write (an hour or more)
	$(BIN)/python -m fuzz

format: $(INSTALLED)  ## lay out Python and journeys
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## what the other targets made
	rm -rf $(VENV) out build dist

$(INSTALLED): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[runtime,dev]'
	touch $@
