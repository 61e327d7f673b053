# What the scripts share; sourced, never run. Leaves the caller in the root of the repository.
# shellcheck shell=bash

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# One line on standard error, then the end.
die() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Flags of every compilation. They stand here because `unsafeFlags` in Package.swift would bar the
# package from being a dependency. Through the C importer they improve Swift's own code too.
# shellcheck disable=SC2034 # read by the scripts that source this file
compile_flags=()
case "$(uname -m)" in
  x86_64 | amd64) compile_flags+=(-Xcc -march=x86-64-v3) ;;
esac

# Homebrew's folders, for the one library whose pkg-config file SwiftPM does not accept.
if command -v brew >/dev/null && [[ "$(uname -s)" == Darwin ]]; then
  compile_flags+=(-Xcc "-I$(brew --prefix)/include" -Xlinker "-L$(brew --prefix)/lib")
fi

# Flags of the binary that is handed out: it brings the Swift runtime along where that is possible.
# shellcheck disable=SC2034
release_flags=(-c release "${compile_flags[@]}" --product needletail)
if [[ "$(uname -s)" == Linux ]]; then release_flags+=(--static-swift-stdlib); fi

require_swift() {
  local install="install Swift 6.2 or later (https://www.swift.org/install) and put it on PATH"
  command -v swift >/dev/null || die "No Swift toolchain: $install."
  local version
  version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1)
  [[ -n "$version" ]] || die "The Swift toolchain does not start (try: swift --version): $install."
  if ((10#${version%.*} * 100 + 10#${version#*.} < 602)); then
    die "Swift $version is too old: $install."
  fi
}

# The published suites that `needletail conform` runs; mainnet-blocks goes through `needletail replay`.
# shellcheck disable=SC2034
conform_suites=(
  legacytests-state ethereum-tests-state ethereum-tests-basic eest-state eest-state-static
  ethereum-tests-blockchain legacytests-blockchain eest-blockchain eest-engine eest-benchmark
  precompiles kzg chains traces
)

# Where a suite lies in FIXTURES, packed or unpacked; nothing when it is not there.
suite_path() {
  local candidate
  for candidate in "$FIXTURES/$1" "$FIXTURES/$1.tar.zst"; do
    if [[ -e "$candidate" ]]; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  printf '%s is not in %s\n' "$1" "$FIXTURES" >&2
}

# The EVM workloads of BENCH, packed or unpacked; they say what gas and output they must give.
workloads_path() {
  if [[ -d "${BENCH:-}/bytecode" ]]; then
    printf '%s\n' "$BENCH/bytecode"
  elif [[ -f "${BENCH:-}/workloads.tar.zst" ]]; then
    printf '%s\n' "$BENCH/workloads.tar.zst"
  fi
}
