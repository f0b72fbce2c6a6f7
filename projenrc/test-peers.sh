#!/usr/bin/env bash
# Packs the library and installs it, as a stranger would and without any flag, beside cdk-nag 2, cdk-nag 3 and none.
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$root"
[ -f lib/index.js ] || npx projen compile
npm pack --silent --pack-destination "$scratch" >/dev/null
version() { node -p "require('$1/package.json').version"; }
for nag in 2 3 none; do
  mkdir "$scratch/$nag"
  cd "$scratch/$nag"
  npm init --yes >/dev/null
  case "$nag" in
    2) peer=(cdk-nag@$(cd "$root" && version cdk-nag-2)) ;;
    3) peer=(cdk-nag@$(cd "$root" && version cdk-nag)) ;;
    none) peer=() ;;
  esac
  libraries=(../*.tgz "aws-cdk-lib@$(cd "$root" && version aws-cdk-lib)" "constructs@$(cd "$root" && version constructs)")
  npm install --silent --no-audit --no-fund "${libraries[@]}" "${peer[@]}"
  # npm installs a peer that is missing; other package managers do not.
  [ "$nag" != none ] || rm -rf node_modules/cdk-nag
  cp "$root/test/peers/app.js" .
  node app.js "$nag"
  node --input-type=module -e "import { RequireImdsv2 } from 'cdk-imdsv2'; new RequireImdsv2();"
done
