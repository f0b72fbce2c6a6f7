#!/usr/bin/env bash
# Packs the library, installs it in an empty project without its peers, and runs the command line tool from there.
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$root"
npm pack --silent --pack-destination "$scratch" >/dev/null
cd "$scratch"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --legacy-peer-deps ./*.tgz
[ ! -e node_modules/aws-cdk-lib ] || { echo 'error: aws-cdk-lib was installed, so nothing is proven' >&2; exit 1; }
code=0
npx cdk-imdsv2 check "$root/examples/typescript/demo/legacy.template.json" || code=$?
[ "$code" -eq 1 ] || { echo "error: the open template gave exit code $code, expected 1" >&2; exit 1; }
