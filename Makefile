# Every door into this repository. `make help` lists them; Scripts/ holds what takes more than a line.

SHELL := /bin/bash
.DEFAULT_GOAL := help

PREFIX ?= /usr/local
# Where the public test suites lie (see `make test`), mainnet blocks to replay, and EVM workloads.
FIXTURES ?=
BLOCKS ?=
BENCH ?=
# How long `make fuzz` (5) and `make soak` (10) take, and which run to repeat.
MINUTES ?=
SEED ?=
# How many crashes `make crash` makes of either kind.
COUNT ?=
# How much `make abuse` makes of each abuse.
SCALE ?=
# The client that `make engine` drives, where it is another.
CLIENT ?=
export FIXTURES BLOCKS BENCH MINUTES SEED COUNT SCALE CLIENT

BINARY := .build/release/needletail

.PHONY: help
help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' Makefile

.PHONY: setup
setup: # Toolchain and libraries; quick when nothing is missing
	@Scripts/setup.sh

.PHONY: build
build: setup ## Build the release binary .build/release/needletail
	@Scripts/build.sh

.PHONY: run
run: build ## Start a development chain with JSON-RPC; with BLOCKS=PATH replay these instead
ifneq ($(BLOCKS),)
	@$(BINARY) replay $(BLOCKS)
else
	@$(BINARY) node
endif

.PHONY: test
test: build ## Unit tests, and the conformance suites where FIXTURES=DIR is set
	@Scripts/test.sh

.PHONY: fuzz
fuzz: build ## Random input for MINUTES=5, here and in the executable specification; SEED=N repeats
	@Scripts/fuzz.sh

.PHONY: soak
soak: build ## Interleavings of the parallel executor for MINUTES=10; SEED=N repeats
	@$(BINARY) explore --minutes $(or $(MINUTES),10) --seed $(or $(SEED),$(shell date +%s))

.PHONY: crash
crash: build ## Kill a process that writes a store COUNT=500 times, and lose what was not synced
	@Scripts/crash.sh

.PHONY: abuse
abuse: build ## Thousands of hostile clients against a node, at SCALE=20 times what `make test` does
	@NEEDLETAIL=$(BINARY) python3 Tests/Clients/abuse --scale $(or $(SCALE),20)

.PHONY: engine
engine: build ## Engine tests of FIXTURES=DIR over HTTP; CLIENT='CMD {genesis} {jwt} {port}' drives another
	@Scripts/engine.sh

.PHONY: test-tsan
test-tsan: setup ## Scheduler and memory of the parallel executor under Thread Sanitizer
	@Scripts/test-tsan.sh

.PHONY: bench
bench: bench-evm bench-precompiles ## All benchmarks, and the replay of BLOCKS=PATH where it is set
ifneq ($(BLOCKS),)
	@$(BINARY) replay --repeat 5 $(BLOCKS)
endif

.PHONY: bench-evm
bench-evm: build ## Programs and blocks of BENCH=DIR here and in revm, side by side
	@Scripts/bench-evm.sh

.PHONY: bench-precompiles
bench-precompiles: build ## Precompiled contracts at the inputs that take most time for their gas
	@$(BINARY) bench precompiles

.PHONY: check-contracts
check-contracts: ## Compile the workloads' contracts with Vyper and compare with what is committed
	@Scripts/contracts.sh --check

.PHONY: acceptance
acceptance: build ## The long runs, with commit and machine, into build/acceptance
	@Scripts/acceptance.sh

.PHONY: format
format: ## Lay out every Swift file
	@Scripts/format.sh

.PHONY: lint
lint: ## Check layout and documentation comments
	@Scripts/lint.sh

.PHONY: docs
docs: setup ## Build the DocC archive build/docs/Needletail.doccarchive
	@Scripts/docs.sh

.PHONY: install
install: build ## Install the binary under PREFIX (default /usr/local)
	install -d $(DESTDIR)$(PREFIX)/bin
	install -s -m 755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/needletail

.PHONY: clean
clean: ## Remove everything that was built
	rm -rf .build .build-test build
