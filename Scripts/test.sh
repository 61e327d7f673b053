#!/usr/bin/env bash
# Unit tests, then the published suites of FIXTURES=DIR. Ends with tables and one closing line.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

needletail=.build/release/needletail
report=build/test
status=0
totals=() # "name passed failed skipped"

heading() { printf '\n== %s\n' "$*"; }

# Takes the counts of a step from the closing line of its output.
record() {
  local name=$1 output=$2 counts
  counts=$(sed -nE 's/^([0-9]+) passed, ([0-9]+) failed(, ([0-9]+) skipped)?$/\1 \2 \4/p' "$output" | tail -n 1)
  if [[ -z "$counts" ]]; then
    printf '%s came to no end\n' "$name"
    counts="0 1 0"
    status=1
  fi
  totals+=("$name $counts")
}

# The tables of all steps and the closing line; ends the script.
finish() {
  heading "Summary"
  if [[ -f "$report/conform.txt" ]]; then
    sed -n '/^suite /,$p' "$report/conform.txt" | sed '$d'
    printf '\n'
  fi
  printf '%s\n' "${totals[@]}" | awk '
    BEGIN { printf "%-20s %9s %9s %9s\n", "step", "passed", "failed", "skipped" }
    { printf "%-20s %9d %9d %9d\n", $1, $2, $3, $4; passed += $2; failed += $3; skipped += $4 }
    END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped }'
  exit "$status"
}

# An attribute of the only <testsuite> of an xUnit file.
attribute() { sed -nE "s/.*<testsuite .* $1=\"([0-9]+)\".*/\1/p" "$2" | head -n 1; }

unit_tests() {
  heading "Unit tests"
  swift test -c release "${compile_flags[@]}" --scratch-path .build-test --disable-xctest \
    --xunit-output "$report/unit.xml" || status=1
  local results="$report/unit.xml" total failed skipped
  [[ -f "$results" ]] || die "The unit tests did not build, or came to no end."
  total=$(attribute tests "$results")
  failed=$(($(attribute failures "$results") + $(attribute errors "$results")))
  skipped=$(attribute skipped "$results")
  # Swift Testing counts the failed expectations; a test that fails has at least one.
  ((failed <= total)) || failed=$total
  printf '%d passed, %d failed, %d skipped\n' $((total - failed - skipped)) "$failed" "$skipped" \
    | tee "$report/unit.txt"
  record unit-tests "$report/unit.txt"
}

# The programs in Examples, that of the README among them, must print what stands beside them.
examples() {
  heading "Examples"
  local name passed=0 failed=0
  for name in ExecuteTransaction SimulateTransaction; do
    if ".build-test/release/$name" | diff - "Examples/$name/expected.txt"; then
      passed=$((passed + 1))
    else
      failed=$((failed + 1))
      status=1
    fi
  done
  printf '%d passed, %d failed, 0 skipped\n' "$passed" "$failed" | tee "$report/examples.txt"
  record examples "$report/examples.txt"
}

# Where prometheus and promtool are, if they can be had. The Debian package is unpacked only: when it is
# installed, it starts a service, now and at each start of the machine.
prometheus_folder() {
  local folder=build/prometheus
  if command -v prometheus >/dev/null; then
    dirname "$(command -v prometheus)"
    return
  fi
  if [[ ! -x "$folder/usr/bin/prometheus" ]]; then
    rm -rf "$folder"
    mkdir -p "$folder"
    (cd "$folder" && apt-get download prometheus && dpkg-deb --extract prometheus_*.deb . \
      && rm prometheus_*.deb) >>"$report/clients.log" 2>&1 || return 0
  fi
  printf '%s\n' "$PWD/$folder/usr/bin"
}

# Libraries and programs that people use, against a node. They come from PyPI into an environment that is thrown away.
clients() {
  heading "Clients"
  local python="$report/clients/bin/python" passed=0
  if ! python3 -m venv "$report/clients" >"$report/clients.log" 2>&1 \
    || ! "$python" -m pip install --quiet --requirement Tests/Clients/requirements.txt \
      >>"$report/clients.log" 2>&1; then
    printf 'Left out: python3 with venv, or the packages of Tests/Clients/requirements.txt, cannot be had (%s).\n' \
      "$report/clients.log"
    return 0
  fi
  PROMETHEUS=$(prometheus_folder) NEEDLETAIL=$PWD/$needletail "$python" Tests/Clients/run.py 2>&1 \
    | tee "$report/clients.txt" || status=1
  record clients "$report/clients.txt"
  if Tests/Clients/examples.sh "$python" "$needletail"; then passed=1; else status=1; fi
  printf '%d passed, %d failed, 0 skipped\n' "$passed" $((1 - passed)) | tee "$report/web3py.txt"
  record web3py-example "$report/web3py.txt"
}

# The workloads' contracts compiled again, where the compiler is installed. The unit tests compare the
# hashes of the sources in any case.
contracts() {
  command -v vyper >/dev/null || return 0
  heading "Contracts"
  local passed=0
  if Scripts/contracts.sh --check; then passed=1; else status=1; fi
  printf '%d passed, %d failed, 0 skipped\n' "$passed" $((1 - passed)) | tee "$report/contracts.txt"
  record contracts "$report/contracts.txt"
}

# A short run of the same cases each time, without the oracles that `make fuzz` brings.
fuzzing() {
  heading "Fuzzing"
  "$needletail" fuzz --seed 1 --rounds 400 --out "$report/fuzz" --json "$report/fuzz.json" \
    | tee "$report/fuzz.txt" || status=1
  record fuzz "$report/fuzz.txt"
}

# Interleavings of the parallel executor on small blocks, the same each time.
exploration() {
  heading "Exploration"
  "$needletail" explore --seed 1 --schedules 20000 --out "$report/explore" \
    --json "$report/explore.json" | tee "$report/explore.txt" || status=1
  sed -nE 's/^([0-9]+) schedules? run, ([0-9]+) differences?$/\1 \2/p' "$report/explore.txt" \
    | awk '{ printf "%d passed, %d failed\n", $1 - $2, $2 }' >"$report/explore-counts.txt"
  record explore "$report/explore-counts.txt"
}

mainnet_blocks() {
  heading "Mainnet blocks"
  local path
  path=$(suite_path mainnet-blocks)
  [[ -n "$path" ]] || return 0
  "$needletail" replay --json "$report/replay.json" "$path" | tee "$report/replay.txt" || status=1
  record mainnet-blocks "$report/replay.txt"
}

conformance() {
  heading "Conformance"
  local suite path paths=()
  for suite in "${conform_suites[@]}"; do
    path=$(suite_path "$suite")
    [[ -z "$path" ]] || paths+=("$path")
  done
  while IFS= read -r path; do paths+=("$path"); done < <(workloads_path)
  ((${#paths[@]} > 0)) || return 0
  "$needletail" conform --json "$report/conform.json" "${paths[@]}" \
    | tee "$report/conform.txt" || status=1
  record conform "$report/conform.txt"
}

# A sample of the engine tests, over HTTP with tokens; `make acceptance` runs all of them.
engine_api() {
  heading "Engine API"
  [[ -n "$(suite_path eest-engine)" ]] || return 0
  Scripts/engine.sh --filter withdrawal --json "$report/engine.json" \
    | tee "$report/engine.txt" || status=1
  record engine "$report/engine.txt"
}

require_swift
rm -rf "$report"
mkdir -p "$report"
unit_tests
((status == 0)) || finish
examples
clients
contracts
fuzzing
exploration
if [[ -n "${FIXTURES:-}" ]]; then
  mainnet_blocks
  conformance
  engine_api
else
  heading "Conformance"
  echo "Left out: set FIXTURES=DIR to the suites of github.com/ethereum/{tests,legacytests,execution-spec-tests} (see CONTRIBUTING.md)."
fi
finish
