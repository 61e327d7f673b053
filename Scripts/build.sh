#!/usr/bin/env bash
# Builds the release binary .build/release/needletail.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

require_swift
swift build "${release_flags[@]}"
