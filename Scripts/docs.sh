#!/usr/bin/env bash
# Builds the DocC archive of the library, offline and without plugins.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

require_swift
docc=$(command -v docc || xcrun --find docc 2>/dev/null) || die "docc is not in this Swift toolchain."

graphs=build/docs/symbol-graphs
archive=build/docs/Needletail.doccarchive
rm -rf build/docs
mkdir -p "$graphs"

# The compiler writes the graphs while it builds; a scratch path of its own keeps the others warm.
swift build -c release "${compile_flags[@]}" --scratch-path build/docs-scratch --target Needletail \
  -Xswiftc -emit-symbol-graph -Xswiftc -emit-symbol-graph-dir -Xswiftc "$PWD/$graphs" \
  -Xswiftc -symbol-graph-minimum-access-level -Xswiftc public
"$docc" convert Sources/Needletail/Needletail.docc \
  --additional-symbol-graph-dir "$graphs" --output-path "$archive" \
  --fallback-display-name Needletail --fallback-bundle-identifier needletail \
  --transform-for-static-hosting
printf 'Documentation: %s (serve it with any web server: documentation/needletail)\n' "$archive"
