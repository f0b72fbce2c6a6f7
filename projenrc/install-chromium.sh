#!/usr/bin/env bash
# Installs Debian's Chromium, in which the HTML report is tested, unless there is one already.
set -euo pipefail
if [ -n "${CHROMIUM_PATH:-}" ]; then
  [ -x "$CHROMIUM_PATH" ] || { echo "error: CHROMIUM_PATH is '$CHROMIUM_PATH', and nothing can be run there" >&2; exit 1; }
  exit 0
fi
if command -v chromium >/dev/null; then exit 0; fi
command -v apt-get >/dev/null || { echo "error: no chromium and no apt-get: install Chromium and set CHROMIUM_PATH" >&2; exit 1; }

as_root=()
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi
"${as_root[@]}" apt-get update
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium
