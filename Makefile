# The two commands of a newcomer are `make demo` and `make test`.
UV_VERSION := 0.13.8
UV := .tools/bin/uv
# Spark is tested where there is a Java to run it.
SPARK := $(if $(shell command -v java),--extra spark)

.PHONY: demo test check fix clean

demo: .venv/.ready
	.venv/bin/renkou demo

test: .venv/.ready-to-test
	.venv/bin/python -m pytest

check: .venv/.ready-to-test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

fix: .venv/.ready-to-test
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	.venv/bin/python -m renkou.cli.reference > docs/reference/commands.md
	.venv/bin/python -m renkou.cli.indicator_reference > docs/reference/indicators.md

clean:
	rm -rf .venv .tools demo-city

$(UV):
	python3 -m venv .tools
	.tools/bin/pip install --quiet uv==$(UV_VERSION)

.venv/.ready: $(UV) uv.lock pyproject.toml
	$(UV) sync --frozen --quiet --inexact
	touch $@

.venv/.ready-to-test: $(UV) uv.lock pyproject.toml
	$(UV) sync --frozen --quiet --extra postgres $(SPARK)
	touch $@
