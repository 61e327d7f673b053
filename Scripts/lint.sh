#!/usr/bin/env bash
# Checks the layout of Swift and, where shellcheck is installed, of the scripts.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

require_swift
swift format lint --strict --parallel --recursive Package.swift Sources Tests
if command -v shellcheck >/dev/null; then
  shellcheck Scripts/*.sh .ci/run
else
  printf 'shellcheck is not installed: the scripts were not checked.\n'
fi
printf 'lint: clean\n'
