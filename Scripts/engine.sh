#!/usr/bin/env bash
# Drives a client through engine tests and chains of FIXTURES=DIR by the Engine API: over HTTP, with tokens,
# one start for each genesis. CLIENT='CMD {genesis} {jwt} {port}' drives another than needletail. Arguments
# go to `needletail conform`.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

needletail=.build/release/needletail
[[ -n "${FIXTURES:-}" ]] || die "set FIXTURES=DIR to the folder of the suites (see CONTRIBUTING.md)"
paths=()
for suite in eest-engine chains; do
  path=$(suite_path "$suite")
  [[ -z "$path" ]] || paths+=("$path")
done
((${#paths[@]} > 0)) || die "neither eest-engine nor chains is in $FIXTURES"
own="$needletail node --network {genesis} --in-memory --port 0 --threads 1 --cache-size 16777216"
own+=" --authrpc.jwtsecret {jwt} --authrpc.port {port}"
exec "$needletail" conform --engine-command "${CLIENT:-$own}" "$@" "${paths[@]}"
