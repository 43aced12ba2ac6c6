PYTHON ?= python3
BIN := .venv/bin
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --no-emit-index-url --no-header --no-annotate --python-version 3.11

.PHONY: demo demo-prefect test test-airflow lint bench bench-engines chaos soak tamper messages pins release-archive clean

demo: .venv/.installed  ## The local workspace and the bot on this machine
	@$(BIN)/jobthread demo $(ARGS)

demo-prefect: .venv/.installed-dev  ## The demo with a real Prefect and a worker beside it; the first time takes two minutes more
	@$(BIN)/python -m tests.engines demo prefect

test: lint  ## Lint, types, import contracts and all tests
	@$(BIN)/python -m tests.engines prepare prefect || echo "Tests with a real Prefect are left out."
	$(BIN)/python -m pytest -n 3 --dist loadgroup $(ARGS)

test-airflow: .venv/.installed-dev  ## Tests with a real Airflow; the first time takes a minute more
	@$(BIN)/python -m tests.engines prepare airflow
	JOBTHREAD_TESTS_REQUIRE=airflow $(BIN)/python -m pytest -m airflow $(ARGS)

lint: .venv/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

bench: .venv/.installed-dev  ## Speed and memory; figures are kept in benchmarks/README.md
	$(BIN)/python -m benchmarks.run $(ARGS)

bench-engines: .venv/.installed-dev  ## 5,000 runs at an engine elsewhere; ARGS=delay: how late people see a start and an end
	$(BIN)/python -m benchmarks.engines $(ARGS)

chaos: .venv/.installed-dev  ## Everything fails at once; SEED=n again, PLAN=1 only prints, QUICK=1 is short
	@$(BIN)/python -m chaos

soak: .venv/.installed-dev  ## MINUTES (30) of steady load: what only ever grows is a leak
	@$(BIN)/python -m benchmarks.soak

tamper: .venv/.installed-dev  ## A chain of 100,000 audit rows tampered with 1,000 times: how often it shows
	@$(BIN)/python -m benchmarks.tampering

messages: .venv/.installed-dev  ## Bring the message catalogues up to date with the source; L=de begins a language
	@mkdir -p build
	@$(BIN)/pybabel --quiet extract -k at_rest --no-wrap --sort-by-file --add-location=file --project=jobthread -o build/jobthread.pot bot blocks handlers
	@test -z "$(L)" || $(BIN)/pybabel --quiet init -D jobthread -i build/jobthread.pot -d bot/locales -l $(L) --no-wrap
	@$(BIN)/pybabel --quiet update -D jobthread -i build/jobthread.pot -d bot/locales --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	@$(BIN)/python -m pytest -q -p no:randomly tests/test_wording.py

pins: .venv/.installed-dev  ## Compile the pinned requirements anew
	$(UV_COMPILE) --extra install pyproject.toml -o requirements.txt
	$(UV_COMPILE) --extra install --extra dev pyproject.toml -o requirements-dev.txt
	$(UV_COMPILE) tests/engines/requirements/prefect.in -o tests/engines/requirements/prefect.txt
	$(UV_COMPILE) tests/engines/requirements/airflow.in -o tests/engines/requirements/airflow.txt

release-archive:  ## VERSION=x.y.z, once it is tagged: the release that upgrade tests start from
	git archive --format=zip -9 -o tests/migrations/releases/$(VERSION).zip v$(VERSION) bot handlers blocks migrations

clean:
	rm -rf .venv .demo build *.egg-info

.venv/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Jobthread needs Python 3.11 or newer; try make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv .venv \
	  || { echo "This Python cannot make environments: install its venv package, such as python3-venv."; exit 1; }
	@touch $@

.venv/.installed: requirements.txt pyproject.toml | .venv/.created
	@echo "Installing what Jobthread needs into .venv …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.installed-dev: requirements-dev.txt .venv/.installed
	@echo "Installing what the tests need into .venv …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
