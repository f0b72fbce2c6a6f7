#!/usr/bin/env bash
# The rules of Imdsv2GuardHook over every fixture in the Guard engine from crates.io, which is newer than the one that npm brings.
# Builds it from source, in some three minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v cargo >/dev/null || { echo 'error: cargo is missing: without Rust the engine cannot be built' >&2; exit 1; }

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
cargo install --quiet cfn-guard --version 3.2.1 --locked --root "$root"
CFN_GUARD=$root/bin/cfn-guard npx jest test/organization/guard
