#!/usr/bin/env bash
# The same tests against the newest aws-cdk-lib, in a scratch folder that is removed afterwards.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
git ls-files -z --cached --others --exclude-standard | tar --null --files-from=- -cf - | tar -xf - -C "$scratch"
cd "$scratch"
npm ci --no-audit --no-fund
# The lock file holds the floor; only here is it left behind.
npm install --no-save --no-audit --no-fund aws-cdk-lib@latest constructs@^10
node -p '"aws-cdk-lib " + require("aws-cdk-lib/package.json").version'
npx jest "$@"
