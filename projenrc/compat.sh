#!/usr/bin/env bash
# Compares the API with that of the last tag: what breaks a caller fails, unless `.compatignore` lists it by its key.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "$(git rev-parse --is-shallow-repository)" = true ]; then
  echo 'warning: the API was NOT compared: this clone is shallow, and knows no tags (git fetch --unshallow --tags)' >&2
  exit 0
fi
if ! tag=$(git describe --tags --abbrev=0 --match 'v[0-9]*' 2>/dev/null); then
  echo 'no release is tagged yet: there is no API to be compatible with'
  exit 0
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
git archive "$tag" | tar -xf - -C "$scratch"
# With its own dependencies: the types it was made of may be gone from ours.
(cd "$scratch" && npm ci --silent --no-audit --no-fund && npx jsii --silence-warnings=reserved-word >/dev/null)
echo "comparing with $tag"
npx jsii-diff --error-on all --keys --ignore-file .compatignore "$scratch" .
