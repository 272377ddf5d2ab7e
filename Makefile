# What a developer runs. Rust, Python >= 3.9, Node >= 20 and make are enough; everything else is set up in .venv and .cache.

PYTHON ?= python3
VENV := .venv
CACHE := .cache
TARGET := $(or $(CARGO_TARGET_DIR),target)
AGENT := $(TARGET)/quick/fluoro
VIEWER_SOURCES := $(shell find viewer -path viewer/node_modules -prune -o -path viewer/dist -prune -o -type f -print)
SOURCES := $(shell find crates python/aws_xray_sdk -name '*.rs' -o -name '*.py' -o -name '*.pyi' -o -name 'Cargo.toml') \
	Cargo.toml Cargo.lock pyproject.toml

# The engine is loaded by an interpreter that brings its own libpython.
export PYO3_BUILD_EXTENSION_MODULE := 1

.DEFAULT_GOAL := help
.PHONY: help demo demo-stop test explore bench agent viewer engine wheel format lint setup clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(CACHE)/demo.stamp $(AGENT) ## The agent and three services that call each other: every trace as a tree, and in the viewer
	@$(VENV)/bin/python examples/demo.py --agent $(AGENT) $(DEMO_OPTIONS)

demo-stop: ## Stop the agent that the demo has left
	@$(PYTHON) examples/demo.py --stop

test: setup ## Everything: Rust, each Python found, real databases, types, the demo
	@$(MAKE) --no-print-directory $(CACHE)/build.stamp
	@$(VENV)/bin/python tools/run_tests.py

explore: ## The property tests of Rust with new inputs each time, far more than the tests take
	@PROPTEST_CASES=50000 cargo test --quiet --profile quick -p fluoro-wire -p fluoro-sampling -p fluoro-core --lib --tests
	@PROPTEST_CASES=2000 cargo test --quiet --profile quick -p fluoro-store -p fluoro-agent --lib --tests

bench: ## Compare the cost of tracing with other tracers, and measure the agent, into bench
	@$(PYTHON) bench/run.py
	@$(PYTHON) bench/agent/run.py

agent: $(AGENT) ## Build the agent with its viewer: target/quick/fluoro

viewer: $(CACHE)/viewer.stamp ## Build the viewer into viewer/dist

engine: $(CACHE)/build.stamp ## Build the engine into python/aws_xray_sdk, to run Python from the source tree
	@PYO3_PYTHON=$(abspath $(VENV)/bin/python) cargo build --profile quick -p fluoro-python
	@cp $(TARGET)/quick/lib_engine.so python/aws_xray_sdk/_engine$$($(VENV)/bin/python -c \
		'import sysconfig; print(sysconfig.get_config_var("EXT_SUFFIX"))')

wheel: $(CACHE)/build.stamp $(CACHE)/viewer.stamp ## Build the wheels that are published, of the SDK and the agent, into dist
	@$(VENV)/bin/maturin build --release --locked --interpreter $(VENV)/bin/python --out dist
	@cd packaging/fluoro-agent && $(abspath $(VENV))/bin/maturin build --release --locked --out $(abspath dist)

format: $(CACHE)/lint.stamp ## Format Rust, Python and the viewer, write the pages of settings
	@cargo fmt --all
	@$(VENV)/bin/ruff check --quiet --fix-only .
	@$(VENV)/bin/ruff format --quiet .
	@test ! -d viewer/node_modules || npm --prefix viewer run --silent format
	@$(VENV)/bin/python tools/write_configuration.py
	@FLUORO_WRITE_PAGES=1 cargo test --quiet --profile quick -p fluoro-agent --test it pages > /dev/null

lint: $(CACHE)/lint.stamp ## Formatting, lints and the dependency rules
	@$(VENV)/bin/python tools/run_tests.py lint

setup: ## Check for what the tests need from the system; as root, install it
	@tools/setup

clean: ## Remove what the targets above made, build output of Cargo excepted
	@rm -rf $(VENV) $(CACHE) dist viewer/dist viewer/node_modules python/aws_xray_sdk/_engine*.so

$(CACHE)/venv.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 9))' || { echo "Python 3.9 or later is needed"; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) || { \
		rm -rf $(VENV); \
		echo "cannot create a virtual environment; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@mkdir -p $(CACHE) && touch $@

$(CACHE)/build.stamp: requirements/build.txt $(CACHE)/venv.stamp
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

$(CACHE)/lint.stamp: requirements/lint.txt $(CACHE)/venv.stamp
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

$(CACHE)/demo.stamp: requirements/demo.txt $(CACHE)/build.stamp $(SOURCES)
	@echo "Building the package ..."
	@rm -rf $(CACHE)/wheels/demo
	@$(VENV)/bin/maturin build --profile quick --interpreter $(VENV)/bin/python --out $(CACHE)/wheels/demo \
		> $(CACHE)/build.log 2>&1 || { cat $(CACHE)/build.log; exit 1; }
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --force-reinstall --no-deps $(CACHE)/wheels/demo/*.whl
	@touch $@

# Without Node the agent carries a plain page that says how to get the viewer.
$(CACHE)/viewer.stamp: $(VIEWER_SOURCES)
	@mkdir -p $(CACHE)
	@if node -e 'process.exit(Number(process.versions.node.split(".")[0] < 20))' 2>/dev/null; then \
		echo "Building the viewer ..."; \
		(cd viewer && npm ci --silent && npm run --silent build) > $(CACHE)/viewer.log 2>&1 \
			|| { cat $(CACHE)/viewer.log; exit 1; }; \
	else \
		echo "Node 20 or later was not found: the agent is built without its viewer"; \
	fi
	@touch $@

$(AGENT): $(SOURCES) $(CACHE)/viewer.stamp
	@echo "Building the agent ..."
	@cargo build --quiet --locked --profile quick -p fluoro-agent --bin fluoro
	@touch $@
