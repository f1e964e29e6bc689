# One line each; what happens is in tools/ and CMakeLists.txt. Every target installs what it needs first (tools/deps).
SHELL := /bin/bash
.PHONY: deps build run demo test test-long bench bench-growth check fuzz asan tsan clean
.DEFAULT_GOAL := build

deps:             ; tools/deps
build:            ; tools/deps build && tools/build release
run: build        ; exec build/release/kelisim serve --sandbox --data build/sandbox-data --port 8080
demo: build       ; exec build/release/kelisim demo
check:            ; tools/deps build test && tools/check
test:             ; tools/deps build test && exec tools/test
test-long:        ; tools/deps build test bench fuzz && tools/build release && exec tools/test-long
bench:            ; tools/deps build bench && tools/build release && exec bench/run
bench-growth:     ; tools/deps build && tools/build release && exec bench/growth
fuzz:             ; tools/deps build fuzz && tools/build fuzz && exec tools/fuzz
asan:             ; tools/deps build test && tools/build asan && ctest --test-dir build/asan --output-on-failure
tsan:             ; tools/deps build test && tools/build tsan && ctest --test-dir build/tsan --output-on-failure
clean:            ; rm -rf build
