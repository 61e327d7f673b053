#!/usr/bin/env bash
# Compiles the contracts of the workloads with Vyper; --check compares with what is committed.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

version=0.4.3
folder=Sources/Workloads/Contracts
compiled=Sources/Workloads/Contract+Compiled.swift

# The compiler of PATH where it is the right one, else one in a virtual environment.
find_compiler() {
  if [[ "$(vyper --version 2>/dev/null)" == "$version"* ]]; then
    vyper=vyper
    return
  fi
  vyper=build/vyper/bin/vyper
  [[ "$("$vyper" --version 2>/dev/null)" == "$version"* ]] && return
  command -v python3 >/dev/null || die "python3 is needed to install Vyper (Debian: python3 python3-venv)."
  python3 -m venv --clear build/vyper || die "No virtual environment (Debian: apt-get install python3-venv)."
  build/vyper/bin/pip --quiet --disable-pip-version-check install "vyper==$version"
}

# A property of `Contract` that is a string for each contract.
property() {
  printf '\n  /// %s\n  var %s: String {\n    switch self {\n' "$3" "$1"
  local source name
  for source in "$folder"/*.vy; do
    name=$(basename "$source" .vy)
    printf '    case .%s:\n      """\n' "${name,}"
    "$2" "$source" | fold -w 88 | sed -e 's/^/      /' -e '$!s/$/\\/'
    printf '      """\n'
  done
  printf '    }\n  }\n'
}

source_hash() { sha256sum "$1" | cut -c1-64; }
runtime_code() { "$vyper" -f bytecode_runtime --evm-version cancun "$1"; }

generate() {
  printf '// The compiled contracts of the workloads. Made by Scripts/contracts.sh with Vyper %s: do not edit.\n' "$version"
  printf '\nextension Contract {\n'
  property sourceHash source_hash 'SHA-256 of the source that was compiled.' | sed 1d
  property runtimeCode runtime_code '`vyper -f bytecode_runtime --evm-version cancun`.'
  printf '}\n'
}

find_compiler
if [[ "${1:-}" == --check ]]; then
  generate | diff "$compiled" - || die "$compiled is not what Vyper $version makes of $folder."
  printf 'contracts: as Vyper %s compiles them\n' "$version"
else
  generate >"$compiled.new"
  mv "$compiled.new" "$compiled"
fi
