#!/usr/bin/env bash
# examples.sh PYTHON NEEDLETAIL: the example of web3.py, as it stands, against a node of its own.
set -euo pipefail
python=$1 needletail=$2
here=$(dirname "${BASH_SOURCE[0]}")/../..
out=$(mktemp)
"$needletail" node --in-memory --port 0 >"$out" &
node=$!
trap 'kill $node 2>/dev/null; wait $node || true; rm -f "$out"' EXIT
for _ in $(seq 1 200); do
  grep -q '^Listening on ' "$out" && break
  sleep 0.05
done
url=http://$(sed -n 's/^Listening on //p' "$out")
RPC_URL=$url "$python" "$here/Examples/Web3py/counter.py" | diff - "$here/Examples/Web3py/expected.txt"
