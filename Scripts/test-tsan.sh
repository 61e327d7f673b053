#!/usr/bin/env bash
# Scheduler and memory of the parallel executor under Thread Sanitizer, built into .build-tsan.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

require_swift
out=build/tsan
rm -rf "$out"
mkdir -p "$out"

# Beside loads and stores, the compiler reports the beginning of every `inout` access as a write, by an
# address that is wrong in optimised code: the start of the whole struct, or what its first word points
# to. Such a report ("Swift access race") says nothing; loads and stores themselves are all looked at,
# also at addresses that were reported before.
export TSAN_OPTIONS="halt_on_error=0 exitcode=0 suppress_equal_addresses=0 suppress_equal_stacks=0 \
log_path=$PWD/$out/report"
swift test -c release "${compile_flags[@]}" --sanitize=thread --scratch-path .build-tsan --disable-xctest \
  --filter 'ParallelExecutorTests|ParallelMemoryTests|BlockDiffTests'

races=$(cat "$out"/report.* 2>/dev/null | grep 'WARNING: ThreadSanitizer:' | grep -vc 'Swift access race' || true)
if ((races > 0)); then
  awk '/WARNING: ThreadSanitizer:/ { isShown = !/Swift access race/ } isShown' "$out"/report.* | sed -n '1,200p'
  die "$races data races; the whole reports are in $out."
fi
printf 'no data race\n'
