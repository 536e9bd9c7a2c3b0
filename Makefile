# `make` alone prints what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
GO_TOOL := CGO_ENABLED=0 go tool
SQLC    := $(GO_TOOL) -modfile=tools/sqlc.mod sqlc
LINT    := $(GO_TOOL) -modfile=tools/golangci-lint.mod golangci-lint
GO_CODE := ./cmd/... ./server/... ./migrations/... ./frontend
# What the pages are built from.
PAGES   := $(shell find frontend/src frontend/static frontend/messages frontend/project.inlang -type f -not -path '*/paraglide/*' 2>/dev/null) \
           $(wildcard frontend/*.json frontend/*.js frontend/*.ts frontend/scripts/*)
SITE    := frontend/build/site/index.html
MODULES := frontend/node_modules/.package-lock.json
# Flags for the program: make run ARGS="--listen :9000"
ARGS    ?=

.PHONY: help run build test lint bench dev generate clean bin/hoithi

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## Build everything and serve on http://localhost:8080, with its own database and a demo contest
	@exec bin/hoithi serve --demo $(ARGS)

build: bin/hoithi ## Build the pages and the program into bin/hoithi

test: ## Install what is needed and run every check and test; the last line counts them
	@tools/test.sh

lint: $(MODULES) ## Check style and rules of the Go code and of the pages
	$(LINT) run $(GO_CODE)
	cd frontend && npm run --silent lint && npm run --silent check

bench: $(MODULES) ## Measure the way of an answer beside a bare loop, lists among 100,000 entries and 50,000 questions, and an exam of 1,000,000 attempts
	go test -p 1 -run '^$$' -bench . -benchtime 1x -timeout 20m ./server/live ./server/stage
	go test -run '^$$' -bench 'Amounts$$' -benchtime 1x -timeout 40m ./server/app

dev: $(MODULES) ## Serve with pages that reload by themselves, on http://localhost:5173
	@go build -o bin/hoithi ./cmd/hoithi
	@npm --prefix frontend run --silent dev & pages=$$!; trap 'kill $$pages 2>/dev/null' EXIT; \
	HOITHI_ORIGINS=http://localhost:5173 bin/hoithi serve --demo --listen 127.0.0.1:8080 $(ARGS)

generate: $(MODULES) ## Write the generated files anew: queries, openapi.json, the API's TypeScript
	$(SQLC) generate
	go run ./cmd/hoithi openapi > frontend/openapi.json.new && mv frontend/openapi.json.new frontend/openapi.json
	cd frontend && npm run --silent generate:api

clean: ## Remove what was built; data and packages stay
	rm -rf bin frontend/build/site frontend/.svelte-kit

bin/hoithi: $(SITE)
	@CGO_ENABLED=0 go build -buildvcs=false -ldflags '-X main.version=$(VERSION)' -o $@ ./cmd/hoithi

$(SITE): $(MODULES) $(PAGES)
	cd frontend && npm run --silent build
	@touch $@

$(MODULES): frontend/package-lock.json
	cd frontend && npm ci --no-progress
	@touch $@
