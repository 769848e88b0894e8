# Xinheng: `make run` and `make test` need Rust (rustup), Node and npm, and bring the rest themselves. `make help` lists all.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

TOOLS := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/xinheng/tools
# The tools that setup.sh brought; wrangler, the tests and all else run on the Node that npm brought.
export PATH := $(CURDIR)/node_modules/.bin:$(TOOLS)/bin:$(PATH)
export WASM_BINDGEN_BIN := wasm-bindgen
export WASM_OPT_BIN := $(CURDIR)/node_modules/.bin/wasm-opt
export ESBUILD_BIN := $(CURDIR)/node_modules/.bin/esbuild
export WRANGLER_SEND_METRICS := false

PORT ?= 8787
DATA ?= .data

# What each output is made from. `quick` is for running and testing here, `release` for deploying and for figures.
SHARED := Cargo.toml Cargo.lock $(shell find shared -type f)
EDGE := $(SHARED) $(shell find worker/src worker/migrations worker/selfhost worker/Cargo.toml worker/openapi.json -type f)
APP := $(SHARED) Trunk.toml $(shell find app style public -type f)
DOORS := field desk portal

.PHONY: run company backup restore test lint gallery deploy sizes bench prove shots real clean help setup

run: setup dist/quick/.built worker/build-quick/.built ## build all, start it on this machine, print where the doors are
	@DEMO=1 PORT=$(PORT) DATA=$(DATA) BUILD=worker/build-quick FILES=dist/quick exec node worker/selfhost/serve.mjs

# `make company CODE` is two goals to make; the second is the company's code.
COMPANY := $(or $(CODE),$(if $(filter company,$(firstword $(MAKECMDGOALS))),$(word 2,$(MAKECMDGOALS))))
company: setup ## make a company on the server that runs here, print its set-up link: make company CODE [NAME=…]
	@PORT=$(PORT) DATA=$(DATA) node worker/selfhost/company.mjs "$(COMPANY)" "$(NAME)"
ifeq (company,$(firstword $(MAKECMDGOALS)))
.PHONY: $(wordlist 2,9,$(MAKECMDGOALS))
$(wordlist 2,9,$(MAKECMDGOALS)): ; @:
endif

backup: setup ## a company's whole book as one file: make backup CODE=… [FILE=…]
	@PORT=$(PORT) DATA=$(DATA) node worker/selfhost/backup.mjs save "$(CODE)" $(FILE)

restore: setup ## a book from such a file, where there is none by that code: make restore CODE=… FILE=…
	@PORT=$(PORT) DATA=$(DATA) node worker/selfhost/backup.mjs restore "$(CODE)" "$(FILE)"

test: setup lint dist/quick/.built dist/gallery/.built worker/build-testing/.built tests/build/.built ## every test, browser ones included
	@node tests/run.mjs

lint: setup ## formatting, clippy and the documentation, warnings are errors
	cargo fmt --check
	cargo clippy --quiet --locked -p shared -p domain-bench --features shared/schema --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --quiet --locked -p shared --features schema --no-deps
	cargo clippy --quiet --locked -p worker-edge --features testing --target wasm32-unknown-unknown -- -D warnings
	cargo clippy --quiet --locked -p app --target wasm32-unknown-unknown -- -D warnings

gallery: setup dist/gallery/.built ## pictures of every part of the pages, in tests/results/gallery
	@node tests/tools/gallery.mjs

deploy: setup dist/release/.built worker/build/.built ## put it on Cloudflare (asks wrangler to sign in)
	wrangler deploy --config worker/wrangler.jsonc

sizes: setup dist/release/.built ## what the first page of each door weighs, compressed
	@node app/sizes.mjs dist/release

bench: setup dist/release/.built worker/build/.built tests/build/bench/.built ## sizes, times and ratios, in tables [BENCH=domain]
	@node tests/bench/run.mjs $(BENCH)

prove: setup dist/quick/.built worker/build-testing/.built ## the long runs: races, power cuts, fuzzing [FUZZ_MINUTES=5] [RUNS="kills=200 …"]
	@./setup.sh prove
	@FUZZ_MINUTES=$(FUZZ_MINUTES) node tests/prove.mjs $(RUNS)

real: setup dist/quick/.built worker/build-testing/.built ## real ledgers through the page, to the cent: REAL=folder, see tests/real.mjs
	@REAL="$(REAL)" node tests/real.mjs

shots: setup dist/quick/.built worker/build-quick/.built ## pictures of every page and state, and those of the README
	@BUILD=worker/build-quick node tests/shots/make.mjs

clean: ## remove what was built here (the tools and the data stay)
	rm -rf dist worker/build worker/build-quick worker/build-testing tests/build tests/results
	cargo clean

help:
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup:
	@./setup.sh

# The app: the three doors, then the files they share.
dist/%/.built: $(APP)
	@for door in $(DOORS); do echo "· building the door $$door ($*)"; \
	  trunk build --skip-version-check --log warn $(if $(filter release,$*),--release,--cargo-profile $*) \
	    --dist dist/$*/$$door --public-url /$$door/ app/$$door.html; done
	@node app/finish.mjs dist/$*
	@touch $@

# The page of all parts, which is never deployed.
dist/gallery/.built: $(APP)
	@echo "· building the page of all parts"
	@trunk build --skip-version-check --log warn --cargo-profile quick --dist dist/gallery --public-url /gallery/ app/gallery.html
	@touch $@

# The worker, three times the same code: to deploy, to run here, and with what only tests may have.
worker/build/.built: $(EDGE)
	$(call worker,build,--release)
worker/build-quick/.built: $(EDGE)
	$(call worker,build-quick,--profile quick --no-opt)
worker/build-testing/.built: $(EDGE)
	$(call worker,build-testing,--profile quick --no-opt,--features testing)

define worker
	@echo "· building the worker ($(1))"
	@worker-build $(2) --out-dir $(1) worker -- --locked $(3)
	@cp worker/selfhost/config.capnp worker/$(1)/
	@touch worker/$(1)/.built
endef

# The case runner for a page of the tests, and the domain's figures for one of the benchmarks.
tests/build/.built: $(SHARED) $(shell find tests/cases -type f)
	@echo "· building the case runner for the browser"
	$(call page,cases-in-wasm,quick,tests/build)
	@touch $@
tests/build/bench/.built: $(SHARED) $(shell find tests/bench/domain -type f)
	@echo "· building the domain's benchmarks for the browser"
	$(call page,domain-bench,release,tests/build/bench)
	@$(WASM_OPT_BIN) -Oz --output $(@D)/domain_bench_bg.wasm $(@D)/domain_bench_bg.wasm
	@# The same once more with vector instructions, in a target folder of its own.
	$(call page,domain-bench,release,tests/build/bench/simd128,target/simd128,-C target-feature=+simd128)
	@$(WASM_OPT_BIN) -Oz --enable-simd --output $(@D)/simd128/domain_bench_bg.wasm $(@D)/simd128/domain_bench_bg.wasm
	@touch $@

# package, profile, folder: a library as a module for a page. With a target folder and flags of its own, if told.
define page
	@$(if $(5),RUSTFLAGS='$(5)') cargo build --quiet --locked --profile $(2) --target wasm32-unknown-unknown --lib -p $(1) $(if $(4),--target-dir $(4))
	@wasm-bindgen --target web --no-typescript --out-dir $(3) \
	  "$(or $(4),$$(cargo metadata --format-version 1 --no-deps --locked | node -p 'JSON.parse(require("fs").readFileSync(0)).target_directory'))/wasm32-unknown-unknown/$(2)/$(subst -,_,$(1)).wasm"
endef
