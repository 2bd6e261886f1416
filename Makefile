# make demo   build and serve the digits example; open the address that it prints
# make test   everything that is checked: style, unit tests, built sites, a real browser, the wheel
# PYTHON=… chooses the interpreter (3.11 or later), ADDRESS=… where the demo is served.

PYTHON ?= python3
ADDRESS ?= 127.0.0.1:8000
BIN = .venv/bin
export NO_MKDOCS_2_WARNING = 1

.PHONY: demo test lint format evidence clean

demo: .venv/demo.done
	cd examples/digits && ../../$(BIN)/mkdocs serve --dev-addr $(ADDRESS)

test: .venv/test.done lint
	sh tests/browser/install_browsers.sh $(BIN)
	$(BIN)/pytest --numprocesses 2 --dist loadfile

lint: .venv/test.done
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .

format: .venv/test.done
	$(BIN)/ruff check --quiet --fix .
	$(BIN)/ruff format --quiet .

# What the badges of the digits example say: looked at, run again, answered again.
evidence: .venv/test.done
	cd examples/digits && for look in "check --offline" reproduce replay; do \
		../../$(BIN)/paper-companion $$look docs/paper.yml || exit; done

clean:
	rm -rf .venv build dist examples/*/site

.venv/%.done: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[$*,examples]'
	touch $@
