#!/usr/bin/env bash
# Packs the Python wheel, installs it into fresh virtual environments, beside cdk-nag 2 and with the one that pip brings,
# and runs an app with it, as a stranger would.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v python3 >/dev/null || { echo "error: python3 is missing: the Python binding cannot be tested without it" >&2; exit 1; }
[ -f .jsii ] || npx projen compile
rm -rf dist/python
npx jsii-pacmak --target python --outdir dist
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
version() { node -p "require('$1/package.json').version"; }
for nag in "==$(version cdk-nag-2)" ''; do
  python3 -m venv --clear "$scratch/venv"
  "$scratch/venv/bin/pip" install --quiet dist/python/*.whl "aws-cdk-lib==$(version aws-cdk-lib)" "cdk-nag$nag"
  "$scratch/venv/bin/python" test/python/app.py
done
