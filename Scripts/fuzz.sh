#!/usr/bin/env bash
# Fuzzing for MINUTES=N (5): the engine's own targets, and the engine beside the executable
# specification and py_ecc. SEED=N repeats a run. Cases that differ stay in build/fuzz/cases.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

command -v python3 >/dev/null || die "python3 is needed for the oracles (Debian: python3 python3-venv)."

out=build/fuzz
venv=$out/venv
mkdir -p "$out"

if ! "$venv/bin/python" -c 'import ethereum.forks.osaka' 2>/dev/null; then
  python3 -m venv --clear "$venv" || die "No virtual environment (Debian: apt-get install python3-venv)."
  "$venv/bin/pip" --quiet --disable-pip-version-check install -r Fuzzing/requirements.txt
fi

"$venv/bin/python" Fuzzing/fuzz.py --needletail .build/release/needletail --out "$out" \
  --minutes "${MINUTES:-5}" --seed "${SEED:-$(date +%s)}" --jobs "${JOBS:-$(getconf _NPROCESSORS_ONLN)}"
