#!/usr/bin/env bash
# The EVM here and in revm over the workloads of BENCH=DIR; tables go to build/bench. ROUNDS=N, ONLY=TEXT.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

[[ -n "${BENCH:-}" ]] || die "Set BENCH=DIR to the workloads: a folder with workloads.tar.zst, or unpacked."
command -v python3 >/dev/null || die "python3 is needed to run revm beside us (Debian: python3 python3-venv)."

out=build/bench
venv=$out/venv
mkdir -p "$out"

workloads=$BENCH
if [[ ! -d "$BENCH/bytecode" ]]; then
  [[ -f "$BENCH/workloads.tar.zst" ]] || die "$BENCH holds neither bytecode/ nor workloads.tar.zst."
  command -v zstd >/dev/null || die "zstd is needed to unpack $BENCH/workloads.tar.zst (Debian: zstd)."
  workloads=$out/workloads
  mkdir -p "$workloads"
  tar --zstd -xf "$BENCH/workloads.tar.zst" -C "$workloads"
fi

if ! "$venv/bin/python" -c 'import pyrevm' 2>/dev/null; then
  python3 -m venv --clear "$venv" || die "No virtual environment (Debian: apt-get install python3-venv)."
  "$venv/bin/pip" --quiet --disable-pip-version-check install pyrevm==0.3.7
fi

"$venv/bin/python" Benchmarks/bench_evm.py --needletail .build/release/needletail \
  --workloads "$workloads" --out "$out" --rounds "${ROUNDS:-5}" --only "${ONLY:-}"
