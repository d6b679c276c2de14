# `make` lists the targets.
.DEFAULT_GOAL := help
.PHONY: help build dev web test quick lint e2e fuzz bench gen

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null)

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build ./rivet
	go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o rivet ./cmd/rivet

dev: ## run `rivet dev` on an example: make dev E=chat-room
	go run ./cmd/rivet dev examples/$(or $(E),counter)

web: ## build the Studio into web/dist, which is committed
	npm --prefix web ci --ignore-scripts --no-audit --no-fund --loglevel=error
	npm --prefix web run build

test: ## all that CI checks; says at its end what was left out
	@scripts/test.sh

quick: ## the inner loop: vet and the tests of the packages, without the binary
	go vet ./... && go test $$(go list ./... | grep -v /e2e)

lint: ## gofmt, vet, staticcheck; tsc and biome where Node is
	@test -z "$$(git ls-files -co --exclude-standard '*.go' | xargs -r gofmt -l | tee /dev/stderr)"
	go vet ./...
	go tool staticcheck ./...
	@for d in sdk web; do if command -v npx >/dev/null && [ -d $$d/node_modules ]; then (cd $$d && npx --no-install tsc -p . && npx --no-install biome check .) || exit 1; fi; done

e2e: ## the built binary from outside: make e2e R=TestScripts/call
	go test ./e2e $(if $(R),-run '$(R)' -v)

fuzz: ## one fuzz target: make fuzz T=FuzzFile P=./internal/config D=1m
	go test -run '^$$' -fuzz '^$(T)$$' -fuzztime $(or $(D),1m) $(P)

bench: ## benchmarks of the packages, ten runs each, for benchstat
	go test -run '^$$' -bench . -benchmem -count 10 ./internal/...

gen: ## all generators, gofmt among them; CI fails on a diff
	go generate ./...
	git ls-files -co --exclude-standard '*.go' | xargs -r gofmt -w
