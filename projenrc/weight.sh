#!/usr/bin/env bash
# Prints what the package weighs and how many packages an install of it brings, its peers aside, and fails beyond the limits.
set -euo pipefail
most_bytes=2000000
most_packages=19
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
npm pack --silent --pack-destination "$scratch" >/dev/null
cd "$scratch"
bytes=$(wc -c <./*.tgz)
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --legacy-peer-deps ./*.tgz
packages=$(node -p 'Object.keys(require("./node_modules/.package-lock.json").packages).length')
echo "the package: $((bytes / 1000)) KB of at most $((most_bytes / 1000)); installs $packages packages of at most $most_packages, peers aside"
[ "$bytes" -le "$most_bytes" ] || { echo "error: the package is too large: got $bytes bytes, expected at most $most_bytes" >&2; exit 1; }
[ "$packages" -le "$most_packages" ] || { echo "error: it brings too many packages: got $packages, expected at most $most_packages" >&2; exit 1; }
