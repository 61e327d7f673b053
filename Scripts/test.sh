#!/usr/bin/env bash
# Unit tests, then the published suites of FIXTURES=DIR. Ends with a table and the closing line.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

require_swift
needletail=.build/release/needletail
report=build/test
rm -rf "$report"
mkdir -p "$report"

suites=(
  ethereum-tests-basic ethereum-tests-state legacytests-state eest-state eest-state-static
  precompiles
)
rows=() # "name passed failed skipped", for the table at the end
status=0

heading() { printf '\n== %s\n' "$*"; }

# Prints the table of what ran so far and the closing line, and ends the script.
finish() {
  heading "Summary"
  printf '%-28s %9s %9s %9s\n' suite passed failed skipped
  printf '%s\n' "${rows[@]}" | awk '
    { printf "%-28s %9d %9d %9d\n", $1, $2, $3, $4; passed += $2; failed += $3; skipped += $4 }
    END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped }'
  exit "$status"
}

# An attribute of the first <testsuite> of an xUnit file.
attribute() { sed -nE "s/.*<testsuite [^>]*\\b$1=\"([0-9]+)\".*/\\1/p" "$2" | head -n 1; }

unit_tests() {
  heading "Unit tests"
  swift test -c release "${compile_flags[@]}" --scratch-path .build-test --disable-xctest \
    --xunit-output "$report/unit.xml" || status=1
  local results="$report/unit-swift-testing.xml" total failed skipped
  [[ -f "$results" ]] || die "The unit tests did not run to their end."
  total=$(attribute tests "$results")
  failed=$(attribute failures "$results")
  skipped=$(attribute skipped "$results")
  rows+=("unit-tests $((total - failed - ${skipped:-0})) $failed ${skipped:-0}")
}

# A suite lies in FIXTURES packed or unpacked.
suite_path() {
  local candidate
  for candidate in "$FIXTURES/$1" "$FIXTURES/$1.tar.zst"; do
    [[ ! -e "$candidate" ]] || { printf '%s\n' "$candidate" && return; }
  done
}

# The published suites of this engine's scope, in one run over all cores, and the mainnet blocks.
conformance() {
  local suite path paths=()
  heading "Mainnet blocks"
  path=$(suite_path mainnet-blocks)
  if [[ -n "$path" ]]; then
    "$needletail" replay --json "$report/replay.json" "$path" || status=1
  else
    printf 'mainnet-blocks is not in %s\n' "$FIXTURES"
  fi

  heading "Conformance"
  for suite in "${suites[@]}"; do
    path=$(suite_path "$suite")
    if [[ -n "$path" ]]; then paths+=("$path"); else printf '%s is not in %s\n' "$suite" "$FIXTURES"; fi
  done
  "$needletail" conform --json "$report/conform.json" "${paths[@]}" || status=1
}

unit_tests
((status == 0)) || finish
if [[ -z "$FIXTURES" ]]; then
  heading "Conformance"
  printf '%s\n' "Left out: set FIXTURES=DIR to the published suites (github.com/ethereum: tests," \
    "legacytests, execution-spec-tests; CONTRIBUTING.md says which files and how to pack them)."
  finish
fi
conformance
finish
