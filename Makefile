# make run    the try-out world on http://localhost:8080
# make build  one static binary, ./maru
# make deps   what the tests need: missing Debian packages, axe-core
# make test   everything that must hold (does make deps first)
# make lint   format, vet, staticcheck
# make bench  benchmarks, each beside the figure it is measured against
# make conformance SUITE=name DIR=checkout   a suite that others wrote

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X maru/app.version=$(VERSION)

.PHONY: run build deps test lint bench conformance

run:
	go run ./cmd/maru demo

build:
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o maru ./cmd/maru

deps:
	.ci/deps

test: deps
	.ci/test

lint:
	.ci/lint

bench: build
	./maru bench casework --cases 0,100000,1000000
	./maru bench casework --cases 0,100000,1000000 --db postgres
	./maru bench pages
	./maru bench benefit --persons 51700000 --check 100000
	go test ./domain/benefit -run TestBackEnds -pairs 1000000 -timeout 60m -v
	./maru bench audit
	./maru bench audit --db postgres
	./maru bench exchange
	./maru bench exchange --db postgres
	./maru bench ask --lines domain/ask/testdata/heldout.tsv --attacks domain/ask/testdata/attacks.tsv

# The suite's own runner, test/conformance/SUITE/run, gets the checkout's path.
# Where there is no checkout, nothing was proven: skipped, never passed.
conformance:
	@if [ -z '$(SUITE)' ]; then \
		echo 'skipped: name a suite, SUITE=name'; \
	elif [ ! -x 'test/conformance/$(SUITE)/run' ]; then \
		echo 'skipped: there is no suite $(SUITE)'; \
	elif [ -z '$(DIR)' ] || [ ! -d '$(DIR)' ]; then \
		echo 'skipped: $(SUITE) needs a checkout of the suite, DIR=path'; \
	else \
		'test/conformance/$(SUITE)/run' '$(DIR)'; \
	fi
