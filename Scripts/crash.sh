#!/usr/bin/env bash
# Kills a process that writes a store COUNT times (500), and again with the loss of writes that were not
# synced. After each crash the store must open, be in order from end to end, and lack nothing that was
# acknowledged; and a node under load. SEED=N repeats the chain, though not the moments.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

out=build/crash
mkdir -p "$out"
count=${COUNT:-500}
seed=${SEED:-$(date +%s)}

.build/release/needletail db crash --count "$count" --seed "$seed" --dir "$out/killed"

# What takes unsynced writes back is preloaded under the calls of the C library.
if [[ "$(uname -s)" == Linux ]]; then
  cc -O2 -shared -fPIC Tests/Crash/unsynced.c -o "$out/unsynced.so" -ldl
  cc -O2 -DLOSE Tests/Crash/unsynced.c -o "$out/lose"
  .build/release/needletail db crash --count "$count" --seed "$seed" --dir "$out/lost" \
    --unsynced "$PWD/$out/unsynced.so" --lose "$PWD/$out/lose"
fi

# A node under load, killed at random moments; a crash takes about three seconds.
.build/release/needletail db crash-node --count "$((count * 2 / 5))" --seed "$seed" --dir "$out/node"
