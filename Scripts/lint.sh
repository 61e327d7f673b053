#!/usr/bin/env bash
# Checks the layout of Swift and, where shellcheck is installed, of the scripts.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

require_swift
swift format lint --strict --parallel --recursive Package.swift Sources Tests Examples
# The README shows the example as it stands in Examples, which is compiled and run.
diff <(awk '/^```swift$/ { on = 1; next } /^```$/ { on = 0 } on' README.md) \
  Examples/ExecuteTransaction/main.swift || die "README.md and Examples/ExecuteTransaction differ."
if command -v shellcheck >/dev/null; then
  shellcheck Scripts/*.sh .ci/run
else
  printf 'lint: clean, but the scripts were not checked: shellcheck is not installed\n'
  exit
fi
printf 'lint: clean\n'
