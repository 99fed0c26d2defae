# Everything here needs Go alone. Targets that need more say so.

GO       ?= go
BIN      := bin/wafer
LINT     := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
FUZZTIME ?= 30s
EXAMPLE  ?= hello
LISTEN   ?= 127.0.0.1:9000
REV      ?= HEAD~1
RACE     ?= ./...
# Tests that only compile, one thing after the other: under the race detector each takes half a minute.
NORACE   := ^(Example.*|TestGoGuest|TestServerSnapshot|TestBrokenSnapshotFiles|TestSnapshotKey|TestClocksNeverGoBack|TestCacheLimit|TestFailingWarmup|TestTimersInSnapshot|TestInspectStored|TestHTTPWarmup|TestClockSetBack)$$
BASE     ?= http://127.0.0.1:9000

.PHONY: build run test test-all race portable check conformance lint fuzz bench bench-quick bench-check bench-readme bench-engine bench-front clean help

build: ## bin/wafer
	$(GO) build -o $(BIN) ./runner/cmd/wafer

run: build ## build an example and serve it
	$(BIN) build -q -o bin/$(EXAMPLE).wasm ./examples/$(EXAMPLE)
	$(BIN) run bin/$(EXAMPLE).wasm --listen $(LISTEN)

test: ## all tests
	$(GO) test -shuffle=on ./...

test-all: ## and those that take minutes each: all frameworks, examples, and benchmark peers
	WAFER_TEST_ALL=1 $(GO) test -timeout 60m ./...

race: ## the tests of the packages RACE under the race detector, without the longest
	$(GO) test -race -short -shuffle=on -timeout 20m -skip '$(NORACE)' $(RACE)

portable: ## the tests of the engine as it is on other systems
	$(GO) test -short -tags wafer_portable ./runner ./runner/internal/engine ./runner/internal/memory ./runner/internal/code

check: ## vet for every platform, format, lint, tidy
	$(GO) vet ./...
	$(GO) vet -tags wafer_portable ./runner/...
	GOOS=linux GOARCH=arm64 $(GO) build ./...
	GOOS=darwin GOARCH=arm64 $(GO) build ./...
	GOOS=wasip1 GOARCH=wasm $(GO) build ./abi ./guest/fc/... ./guest/fccontext ./guest/events
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); \
	  if [ -n "$$unformatted" ]; then echo "not formatted: $$unformatted"; exit 1; fi
	$(GO) mod tidy -diff
	$(MAKE) lint

lint: ## golangci-lint, built from source at a pinned version
	$(GO) run $(LINT) run --allow-parallel-runners ./...

# What has to be deployed there, and what an s.yaml cannot have of it, is in runner/internal/conformance/doc.go.
conformance: ## check the running server BASE=http[s]://host:port [SUFFIX= CA=file.pem INSECURE=1 GENERATION=2.0|3.0]; a server of the suite's s.yaml needs EXCEPT=qualifier,domain,common-headers,start
	CONFORMANCE_BASE='$(BASE)' CONFORMANCE_SUFFIX='$(SUFFIX)' CONFORMANCE_CA='$(abspath $(CA))' CONFORMANCE_INSECURE='$(INSECURE)' \
	  CONFORMANCE_EXCEPT='$(EXCEPT)' CONFORMANCE_GENERATION='$(GENERATION)' \
	  $(GO) test -count=1 -run '^TestBase$$' -v ./runner/internal/conformance

fuzz: ## every fuzz target for FUZZTIME (default 30s) each
	@set -e; for pkg in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
	    echo "== $$pkg $$target"; $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$pkg; \
	  done; done

bench: ## wafer beside what a person would pick instead: bench/out/report.html, half an hour, 30 GB of disk
	$(GO) run ./bench/cmd/bench

bench-quick: ## the same with few rounds, three minutes
	$(GO) run ./bench/cmd/bench -quick

bench-check: ## this tree against revision REV; exits 1 on a regression
	$(GO) run ./bench/cmd/bench check -base $(REV)

bench-readme: ## what README.md, bench/RESULTS.md and bench/charts show, from the last runs' data
	$(GO) run ./bench/cmd/bench readme

bench-engine: ## the engine's figures against their targets; exits 1 when one is short
	$(GO) run ./bench/cmd/engine

bench-front: ## the front's figures against their targets, two minutes; exits 1 when one is short
	$(GO) run ./bench/cmd/front

clean:
	rm -rf bin bench/out

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 14
