# Two commands set everything up: `make refresh` and `make test`.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

SUPERSET := .superset
SUPERSET_LOCK := serving/bi/superset-requirements

DOCS := .outcomes/docs

AUDIT := .audit
AUDIT_LOCK := deploy/audit-requirements
# MPL 2.0 asks for nothing but its own files' source; text-unidecode may be used under the Artistic License, and psycopg2, which is
# LGPL, comes only with the extra `postgres`
LICENCES := MIT;Apache;BSD;ISC;MPL-2.0;MPL 2.0;PSF-2.0;Python Software Foundation;Zlib;CC0
EXCEPTED := text-unidecode psycopg2-binary outcome-warehouse

# PySpark is 430 MB, and Great Expectations imports it where it finds it: an environment of its own
SPARK := .spark
SPARK_LOCK := deploy/spark-requirements
SPARK_TESTS := tests/dagster_project/spark
# every extra but `spark`
EXTRAS := --extra dagster --extra dlt --extra objects --extra openlineage --extra postgres

.PHONY: refresh demo test test-long test-all test-spark bench mutate lint format lock dist docs clean audit dagster superset

refresh: $(READY) ## run the main job on the bundled real portfolio
	@$(BIN)/outcomes refresh

# a separate home, as the portfolio has the same name as the small one of docs/questions.md
demo: export OUTCOMES_HOME := .outcomes/demo
demo: $(READY) ## generate a company at scale 1, refresh it, print the path of its page
	@$(BIN)/outcomes generate .outcomes/demo/portfolio --scale 1 --seed 7
	@$(BIN)/outcomes refresh --portfolio .outcomes/demo/portfolio

test: $(READY) ## the tests, except long and slow ones
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not long and not slow" tests

test-long: $(READY) ## the long ones: whole companies, their pages in a browser, the mirror in PostgreSQL
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "long and not slow" tests

test-all: $(READY) ## all tests
	$(BIN)/python -m pytest -n 2 --dist loadgroup tests

test-spark: $(SPARK)/.ready ## the tests on Apache Spark, which need Java 17 or later; SPARK_TESTS names some of them
	$(SPARK)/bin/python -m pytest -m spark $(SPARK_TESTS)

bench: $(READY) ## what a refresh costs beside its SQL, on the bundled portfolio and on a company at scale 1
	$(BIN)/python benchmarks/ratios.py --json .outcomes/bench/decentraland.json
	$(BIN)/python benchmarks/ratios.py --json .outcomes/bench/acme-1.json --scale 1

mutate: $(READY) ## mutation testing of models, metrics and mappings
	$(BIN)/python -m tests.mutation mutate --write docs/quality.md

lint: $(READY) ## ruff, pyright, sqlfmt, oxlint, oxfmt, dbt-bouncer
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright
	$(BIN)/sqlfmt --reset-cache --check dbt examples expectations serving sources tests/fixtures
	$(BIN)/oxlint serving/dashboard/js
	$(BIN)/oxfmt --check serving/dashboard/js
	$(BIN)/dbt --quiet parse --project-dir dbt --profiles-dir dbt
	$(BIN)/dbt-bouncer run --config-file dbt-bouncer.yml

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfmt --reset-cache dbt examples expectations serving sources tests/fixtures
	$(BIN)/oxfmt serving/dashboard/js

dagster: export DAGSTER_HOME := $(or $(DAGSTER_HOME),$(CURDIR)/.dagster_home)
dagster: $(READY) ## the Dagster UI on this project, with its history in .dagster_home
	@mkdir -p "$$DAGSTER_HOME" && cp deploy/dagster.yaml "$$DAGSTER_HOME"
	@DAGSTER_DISABLE_TELEMETRY=yes $(BIN)/dg dev

docs: refresh ## dbt's site of the models as one page: descriptions, columns, tests, SQL and lineage
	@$(BIN)/dbt --quiet docs generate --static --project-dir dbt --profiles-dir dbt --target-path $(abspath $(DOCS))
	@echo "Models:    $(DOCS)/static_index.html"

audit: $(AUDIT)/.ready ## what the installed product consists of: SBOM, licences, known vulnerabilities
	@mkdir -p dist
	@$(AUDIT)/tools/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-file dist/sbom.json $(AUDIT)/product/bin/python
	@echo "SBOM (CycloneDX): dist/sbom.json"
	@$(AUDIT)/tools/bin/pip-licenses --python=$(AUDIT)/product/bin/python --from=mixed --order=license --format=csv \
		--partial-match --allow-only="$(LICENCES)" --ignore-packages $(EXCEPTED) --output-file dist/licences.csv
	@echo "Licences: all allowed; dist/licences.csv"
	@$(AUDIT)/tools/bin/pip-audit --strict --disable-pip --require-hashes --requirement $(AUDIT)/product.lock --progress-spinner off \
		|| { echo "Vulnerabilities: some are known, or the data of the Python Package Index can't be reached, as said above."; exit 1; }

superset: $(READY) $(SUPERSET)/.ready ## a local Apache Superset with the portfolio's dashboard
	@$(BIN)/outcomes superset $(SUPERSET)/outcomes.zip
	@$(BIN)/python -m serving.bi.superset_server $(SUPERSET)

COMPILE = $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	--no-header --upgrade -q
lock: $(READY) ## update the lock files, from pyproject.toml and Superset's requirements
	$(COMPILE) pyproject.toml --group dev $(EXTRAS) -o requirements.lock
	$(COMPILE) $(SPARK_LOCK).in --constraint requirements.lock -o $(SPARK_LOCK).lock
	$(COMPILE) $(SUPERSET_LOCK).in -o $(SUPERSET_LOCK).lock
	$(COMPILE) $(AUDIT_LOCK).in -o $(AUDIT_LOCK).lock

# with what dbt and MetricFlow compiled, which set-up left in dbt/target: a first refresh from the wheel needs minutes less
dist: $(READY) ## build wheel and sdist
	@$(BIN)/python -m dagster_project.measure
	@rm -rf dist
	@$(BIN)/uv build --no-build-isolation --quiet
	@ls dist/*

clean:
	rm -rf $(VENV) $(SUPERSET) $(AUDIT) $(SPARK) .outcomes dbt/target dbt/logs dist

# uv installs the universal lock; its own pinned and hashed entry is read from there, too.
$(READY): requirements.lock pyproject.toml
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.lock
	@$(BIN)/uv pip sync --quiet --compile-bytecode --require-hashes requirements.lock
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation -e .
	@$(BIN)/python -m dagster_project.measure
	@touch $(READY)

# the product without its development tools, by the locked versions, and the audit's own tools
$(AUDIT)/.ready: requirements.lock $(AUDIT_LOCK).lock pyproject.toml | $(READY)
	@echo "Setting up $(AUDIT) ..."
	@rm -rf $(AUDIT) && mkdir $(AUDIT)
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
		--constraint requirements.lock --constraint $(SPARK_LOCK).lock --all-extras pyproject.toml -o $(AUDIT)/product.lock
	@$(PYTHON) -m venv $(AUDIT)/product && $(PYTHON) -m venv $(AUDIT)/tools
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(AUDIT)/product/bin/python $(AUDIT)/product.lock
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(AUDIT)/tools/bin/python $(AUDIT_LOCK).lock
	@touch $(AUDIT)/.ready

# the locked packages with PySpark among them
$(SPARK)/.ready: $(SPARK_LOCK).lock requirements.lock pyproject.toml | $(READY)
	@echo "Setting up $(SPARK) ..."
	@$(PYTHON) -m venv $(SPARK)
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(SPARK)/bin/python requirements.lock
	@$(BIN)/uv pip install --quiet --require-hashes --python $(SPARK)/bin/python --requirement $(SPARK_LOCK).lock
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python $(SPARK)/bin/python -e .
	@touch $(SPARK)/.ready

# Superset needs an older SQLAlchemy, so it gets an environment of its own.
$(SUPERSET)/.ready: $(SUPERSET_LOCK).lock | $(READY)
	@echo "Setting up $(SUPERSET)/venv ..."
	@$(PYTHON) -m venv $(SUPERSET)/venv
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(SUPERSET)/venv/bin/python $(SUPERSET_LOCK).lock
	@touch $(SUPERSET)/.ready
