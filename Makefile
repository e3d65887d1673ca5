# make demo: set up and solve the Mato Grosso scenario. make test: set up and run the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: demo sample scenarios scenarios-solve manual bundle test test-long certify differences fuzz kill canary lint docs catalogues clean

$(VENV)/.run: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "redesaude needs Python 3.11 or newer; try: make $(MAKECMDGOALS) PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --constraint constraints.txt --editable '.[pack]'
	touch $@

$(VENV)/.dev: $(VENV)/.run
	$(PIP) install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: $(VENV)/.run
	$(BIN)/redesaude demo

# make sample: the decision file of Mato Grosso, kept in results/ as an example
sample: $(VENV)/.run
	$(BIN)/redesaude demo --lang pt-BR
	cp results/mato-grosso/base/decision.xlsx results/mato-grosso-decision.xlsx

# make scenarios: every shipped workbook anew, from the facts of the repository, byte for byte the same
scenarios: $(VENV)/.run
	for script in mato_grosso mekong brazil leopoldina; do PYTHONPATH=src:models $(BIN)/python scenarios/build_$$script.py || exit; done

# make scenarios-solve: nine scenarios of the programmes solved, their table written to docs/scenarios.md
SECONDS_EACH ?= 300
scenarios-solve: $(VENV)/.run
	PYTHONPATH=src:models $(BIN)/python benchmarks/scenarios.py --time-limit $(SECONDS_EACH) --keep docs/scenarios.csv

# make manual: the planner's manual in three languages, its pictures and figures from runs made for it
MANUAL := results/manual
manual: $(VENV)/.dev
	$(BIN)/redesaude demo --lang pt-BR
	$(BIN)/redesaude report results/mato-grosso/base --lang en --out $(MANUAL)/en
	$(BIN)/redesaude solve scenarios/mekong.xlsx --lang vi
	$(BIN)/python docs/build_manual.py en=$(MANUAL)/en pt-BR=results/mato-grosso/base vi=results/mekong/base

# make bundle: one zip for a laptop without internet or Python, dist/redesaude-bundle.zip (docs/serve.md); PYTHON is put inside
bundle:
	$(PYTHON) docs/build_bundle.py $(BUNDLE)

# tests in their order, so that what a file makes is made by one worker; who has none left takes of the others'; one
# worker more than there are processors, as tests wait for processes and files
WORKERS ?= $(shell expr $$(nproc) + 1)
# what is compiled once is kept, whatever the environment says: it is half of what a worker does before its first test
test test-long: export PYTHONDONTWRITEBYTECODE =
test: $(VENV)/.dev
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not long"

# the long laws, which CI runs too
test-long: $(VENV)/.dev
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m long

# make certify N=20000: the differential test at length, going on where results/certify.jsonl ends (docs/certify.md)
FROM ?= 0
N ?= 20000
JOBS ?= 2
certify: $(VENV)/.dev
	$(BIN)/python tests/certify.py --from $(FROM) --to $(N) --jobs $(JOBS) --out results/certify.jsonl

# make differences N=2500: some 10,000 answers to what-ifs against enumeration, going on where results/differences.jsonl ends
differences: N = 2500
differences: $(VENV)/.dev
	PYTHONPATH=src:models $(BIN)/python tests/differences.py --from $(FROM) --to $(N) --out results/differences.jsonl

# make fuzz N=100000: hostile inputs, going on where results/fuzz.jsonl ends (docs/fuzz.md)
fuzz: $(VENV)/.dev
	PYTHONPATH=src:models $(BIN)/python tests/fuzz.py --from $(FROM) --to $(N) --jobs $(JOBS) --out results/fuzz.jsonl

# make kill N=200: commands killed at random moments, and taken up again, going on where results/kill.jsonl ends
kill: N = 200
kill: $(VENV)/.dev
	PYTHONPATH=src:models $(BIN)/python tests/kill.py --n $(N) --out results/kill.jsonl

# make canary: the source distribution on the newest of everything, on every Python that the machine has
canary:
	$(PYTHON) tests/canary.py

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture

# make docs: pages of the mathematics and the workbook, written from modules and tables, into results/docs
docs: $(VENV)/.dev
	$(BIN)/python -m sphinx -q -E -W --keep-going -b html -d results/docs/.doctrees docs/pages results/docs

# make catalogues: sentences that the code marks and nobody translated yet are added to the catalogues, empty
CATALOGUES := src/redesaude/language
catalogues: $(VENV)/.dev
	$(BIN)/pybabel -q extract --no-location --sort-output -k N_ -o $(CATALOGUES)/messages.pot src/redesaude
	for language in pt_BR vi; do $(BIN)/pybabel -q update --no-fuzzy-matching --no-wrap --ignore-obsolete --ignore-pot-creation-date \
		-i $(CATALOGUES)/messages.pot -o $(CATALOGUES)/$$language.po -l $$language; done
	rm $(CATALOGUES)/messages.pot

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
