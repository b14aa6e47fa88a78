# The door. CMake builds (CMakePresets.json); .ci/ holds what a step does.
SHELL = /bin/sh
FUZZ_SECONDS ?= 3600
DESTDIR ?=

.DEFAULT_GOAL := all
.PHONY: all help demo check test-fast bench fuzz lint dist package install uninstall clean

all: ## build what is installed
	@.ci/need --list build
	@.ci/build release

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 20

demo: ## build and run the whole service on sample sessions
	@.ci/need build
	@.ci/build release
	@build/release/collector/cli/tlsrpt demo \
	    --corpus tests/corpus/datagram/postfix

check: ## every test and check; what CI runs
	@.ci/need build check
	@.ci/check

test-fast: ## the tests without a server, under a minute
	@.ci/need --list build check
	@.ci/build dev
	@ctest --test-dir build/dev -L unit -j2 --output-on-failure

bench: ## measure against this machine's limits; ONLY=name for one
	@.ci/need build
	@.ci/build release
	@.ci/bench $(ONLY)

fuzz: ## each fuzz target for an hour, or FUZZ_SECONDS; then minimise
	@.ci/need build check
	@.ci/build fuzz
	@.ci/fuzz build/fuzz $(FUZZ_SECONDS)
	@.ci/fuzz-minimise build/fuzz

lint: ## formatting, layers, exports, RFC marks, options, manuals
	@.ci/need --list build check
	@.ci/build dev
	@.ci/lint build/dev

dist: ## source tarball with the page built
	@.ci/need --list build
	@.ci/dist

package: ## Debian packages, tried in a clean chroot; as root
	@.ci/need build package
	@.ci/package

install: all ## into the system, or below DESTDIR
	@DESTDIR=$(DESTDIR) cmake --install build/release

uninstall: ## what the last install put there
	@DESTDIR=$(DESTDIR) cmake --build build/release --target uninstall >/dev/null

clean: ## remove what was built
	@rm -rf build
