# pilotboard: what people run. Nothing here needs the Internet once npm and Go have their caches.

GO        ?= go
NPM       ?= npm
BIN       := bin/pilotboard
GO_DIRS   := $(wildcard cmd pkg dashboards migrations)
GOLANGCI  := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
DEMO_DATE := 2019-10-12

# what runs at once, by the names of its tests; the others gain nothing from ten times slower tests
RACE_PACKAGES := ./pkg/database/... ./pkg/plan ./pkg/forms ./pkg/reporting ./pkg/analytics ./pkg/supervision ./pkg/notify ./pkg/web
RACE_TESTS := AtOnce|Concurrent|EditorsOf|MovesOnce|ToldTwice|Stream|Listen|Watch
# packages with benchmarks
BENCH_PACKAGES := $(patsubst %/,./%...,$(wildcard pkg/reporting/ pkg/analytics/ pkg/exchange/ pkg/web/ cmd/pilotboard/))

VENDOR := pkg/web/static/vendor
MARKER := $(VENDOR)/run-make-assets
NPM_OK := node_modules/.package-lock.json

# need(program, what to install): stops with one line when the program is missing
need = $(if $(shell command -v $(1) 2>/dev/null),,$(error $(1) is missing: install $(2)))
need-go = $(call need,$(GO),Go 1.26 or newer (https://go.dev/dl))
need-npm = $(call need,$(NPM),Node.js 20 or newer with npm (Debian: nodejs npm))
need-postgres = $(if $(shell command -v initdb 2>/dev/null || ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null),,\
  $(error PostgreSQL is missing: install the package postgresql (tests start a throw-away server of their own)))
need-sbin = $(if $(shell command -v $(1) /usr/sbin/$(1) 2>/dev/null),,$(error $(1) is missing: install the package $(1)))
need-chromium = $(if $(shell command -v chromium chromium-browser google-chrome google-chrome-stable 2>/dev/null),,\
  $(error Chromium is missing: install the packages chromium and fonts-noto-cjk (browser tests)))

need-office = $(call need,soffice,the package libreoffice-calc-nogui (workbooks are saved by it in tests))

.DEFAULT_GOAL := help
.PHONY: help demo build test fuzz lint bench fleet gobench assets clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: build ## a sample province on 2019-10-12 in a fresh database; prints the address and the logins
	$(BIN) demo --today $(DEMO_DATE) $(DEMO_FLAGS)

build: assets ## bin/pilotboard, one static file
	$(need-go)
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o $(BIN) ./cmd/pilotboard

test: export PILOTBOARD_REQUIRE_ALL = 1
test: assets ## everything: format, vet, both databases, browser, race detector
	$(need-go)$(need-postgres)$(call need-sbin,pgbouncer)$(need-chromium)$(need-office)
	@unformatted="$$(gofmt -l $(GO_DIRS))"; test -z "$$unformatted" || { echo "run gofmt -w on: $$unformatted" >&2; exit 1; }
	CGO_ENABLED=0 $(GO) vet ./...
	CGO_ENABLED=0 $(GO) test -timeout 20m ./...
	CGO_ENABLED=1 $(GO) test -race -timeout 20m -run '$(RACE_TESTS)' $(RACE_PACKAGES)

FUZZ_TIME ?= 60s

fuzz: assets ## every parser against made-up input, FUZZ_TIME (60s) each, as many at a time as there are processors
	$(need-go)
	@grep -r --include='*_test.go' -o '^func Fuzz[A-Za-z]*' pkg | sed 's|^\(.*\)/[^/]*:func |\1 |' | sort -u | \
	  xargs -P "$$(nproc)" -n 2 sh -c 'echo "== $$0 $$1"; \
	    CGO_ENABLED=0 $(GO) test -run "^$$" -fuzz "^$$1\$$" -fuzztime $(FUZZ_TIME) -fuzzminimizetime 1s -parallel 1 ./$$0 || exit 255'

lint: assets ## golangci-lint with .golangci.yml (the first run builds it, about two minutes)
	$(need-go)
	CGO_ENABLED=0 $(GO) run $(GOLANGCI) run ./...

bench: build ## the program against its baselines on Postgres, a line for each promise (BENCH_FLAGS="-units 1000")
	$(need-postgres)
	CGO_ENABLED=0 $(GO) run ./cmd/pilotbench -binary $(BIN) $(BENCH_FLAGS)

fleet: build ## two instances, PgBouncer, HAProxy and a replica under load while parts are killed (FLEET_FLAGS="-stage 10s")
	$(need-postgres)$(call need-sbin,pgbouncer)$(call need-sbin,haproxy)
	CGO_ENABLED=0 $(GO) run ./cmd/pilotfleet -binary $(BIN) $(FLEET_FLAGS)

gobench: assets ## benchmarks of the inner parts, on both databases
	$(need-go)
	CGO_ENABLED=0 $(GO) test -run '^$$' -bench . -benchmem -timeout 120m $(BENCH_PACKAGES)

assets: $(MARKER) ## front-end libraries from npm into pkg/web/static/vendor

$(NPM_OK): package.json package-lock.json .npmrc
	$(need-npm)
	$(NPM) ci --ignore-scripts --loglevel=error
	@touch $@

$(MARKER): $(NPM_OK) Makefile
	@rm -rf $(VENDOR) && mkdir -p $(VENDOR)
	cp node_modules/echarts/dist/echarts.min.js $(VENDOR)/
	cp node_modules/@tabler/core/dist/css/tabler.min.css node_modules/@tabler/core/dist/js/tabler.min.js $(VENDOR)/
	cp node_modules/@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-400-normal.woff2 \
	   node_modules/@fontsource/noto-sans-sc/files/noto-sans-sc-latin-400-normal.woff2 $(VENDOR)/
	@sed -i.map -e 's|[/][/*]# sourceMappingURL=.*||' $(VENDOR)/tabler.min.css $(VENDOR)/tabler.min.js && rm $(VENDOR)/*.map
	@cp node_modules/echarts/LICENSE $(VENDOR)/echarts-LICENSE.txt
	@cp node_modules/echarts/NOTICE $(VENDOR)/echarts-NOTICE.txt
	@cp node_modules/echarts/licenses/LICENSE-d3 $(VENDOR)/echarts-LICENSE-d3.txt
	@cp node_modules/zrender/LICENSE $(VENDOR)/zrender-LICENSE.txt
	@cp node_modules/@popperjs/core/LICENSE.md $(VENDOR)/popperjs-LICENSE.txt
	@cp node_modules/@fontsource/noto-sans-sc/LICENSE $(VENDOR)/noto-sans-sc-LICENSE.txt
	@echo 'Made by make assets from package-lock.json; a build without it stops.' > $@

clean: ## remove what make made
	rm -rf bin node_modules $(VENDOR)
