#!/usr/bin/env bash
# Writes CHANGELOG.md from the conventional commits of all tags and of what came since, as the release notes are made.
set -euo pipefail
cd "$(dirname "$0")/.."
npx --yes -p conventional-changelog@7.1.1 -p conventional-changelog-conventionalcommits@9.1.0 \
  conventional-changelog --preset conventionalcommits --release-count 0 --outfile CHANGELOG.md
# Version 0.0.0 stands in package.json until a release.
sed -i.bak -E 's/^## 0\.0\.0 \(.*\)$/## Unreleased/' CHANGELOG.md
rm CHANGELOG.md.bak
