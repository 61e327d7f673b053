#!/usr/bin/env bash
# The long runs, with commit and machine, into build/acceptance: conformance and replay of FIXTURES=DIR,
# the measurements of BENCH=DIR. REPEAT=N replays every mainnet block so often.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

needletail=.build/release/needletail
commit=$(git rev-parse --short=12 HEAD)
[[ -z "$(git status --porcelain --untracked-files=no)" ]] || commit+=-modified
out=build/acceptance/$commit
status=0
rm -rf "$out"
mkdir -p "$out"

machine() {
  printf -- '- commit: %s\n' "$commit"
  printf -- '- date: %s\n' "$(date -u +%Y-%m-%dT%H:%MZ)"
  printf -- '- processor: %s, %s cores\n' \
    "$(sed -nE 's/^model name[[:space:]]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1 || uname -m)" \
    "$(getconf _NPROCESSORS_ONLN)"
  printf -- '- system: %s\n' "$(uname -srm)"
  printf -- '- compiler: %s\n' "$(swift --version 2>/dev/null | head -n 1)"
  printf -- '- flags: %s\n' "${release_flags[*]}"
}

# Runs a command, shows it, and keeps what it prints.
step() {
  local name=$1
  shift
  printf '\n== %s\n' "$name"
  if "$@" >"$out/$name.txt"; then :; else
    printf '%s failed\n' "$name"
    status=1
  fi
  tail -n 25 "$out/$name.txt"
}

suites=()
if [[ -n "${FIXTURES:-}" ]]; then
  for suite in "${conform_suites[@]}"; do
    path=$(suite_path "$suite")
    [[ -z "$path" ]] || suites+=("$path")
  done
fi
while IFS= read -r path; do suites+=("$path"); done < <(workloads_path)

machine | tee "$out/machine.txt"
if ((${#suites[@]} > 0)); then
  step conform "$needletail" conform --json "$out/conform.json" "${suites[@]}"
else
  printf 'conform: left out, FIXTURES is not set\n'
fi
if [[ -n "${FIXTURES:-}" ]]; then
  step engine Scripts/engine.sh --json "$out/engine.json"
  step replay "$needletail" replay --repeat "${REPEAT:-5}" --json "$out/replay.json" \
    "$(suite_path mainnet-blocks)"
fi
if [[ -n "${BENCH:-}" ]]; then
  rm -f build/bench/bench-evm.json build/bench/bench-evm.md
  step bench-evm Scripts/bench-evm.sh
  [[ ! -f build/bench/bench-evm.json ]] || cp build/bench/bench-evm.json build/bench/bench-evm.md "$out"
else
  printf 'bench-evm: left out, BENCH is not set\n'
fi

{
  printf '# Acceptance\n\n'
  cat "$out/machine.txt"
  for name in conform engine replay; do
    [[ -f "$out/$name.txt" ]] || continue
    printf '\n## %s\n\n' "$name"
    sed 's/^/    /' "$out/$name.txt"
  done
  [[ ! -f "$out/bench-evm.md" ]] || printf '\n## bench-evm\n\n%s\n' "$(cat "$out/bench-evm.md")"
} >"$out/report.md"
printf '\nreport: %s\n' "$out/report.md"
exit "$status"
