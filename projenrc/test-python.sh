#!/usr/bin/env bash
# Packs the Python wheel, installs it into a fresh virtual environment and runs an app with it, as a stranger would.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v python3 >/dev/null || { echo "error: python3 is missing: the Python binding cannot be tested without it" >&2; exit 1; }
[ -f .jsii ] || npx projen compile
rm -rf dist/python
npx jsii-pacmak --target python --outdir dist
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python3 -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet dist/python/*.whl "aws-cdk-lib==$(node -p 'require("aws-cdk-lib/package.json").version')"
"$scratch/venv/bin/python" test/python/app.py
