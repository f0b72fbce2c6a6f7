# Sourced by what makes the bindings and by what tests them; the working directory is the project.
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=1
# What both download is downloaded once, and the user's own repository learns nothing of a version that was never released.
maven_repository="$PWD/node_modules/.cache/maven"
export MAVEN_OPTS="${MAVEN_OPTS:-} -Dmaven.repo.local=$maven_repository"
# Go modules that the module proxy does not serve, made here: see stand_ins in package.sh.
go_stand_ins="$PWD/node_modules/.cache/go-stand-ins"

version() { node -p "require('./node_modules/$1/package.json').version"; }

# timed NAME COMMAND…: runs the command silently, says how long it took, and shows everything it said if it fails.
timed() {
  local name=$1 start=$SECONDS log code
  log=$(mktemp)
  shift
  # A function that is part of a condition would go on after its first error.
  set +e
  (set -e; "$@") >"$log" 2>&1
  code=$?
  set -e
  if [ "$code" -ne 0 ]; then
    cat "$log" >&2
    rm -f "$log"
    echo "error: $name failed" >&2
    return 1
  fi
  rm -f "$log"
  echo "$name: $((SECONDS - start)) s"
}

need() { command -v "$1" >/dev/null || { echo "error: $1 is missing: $2 cannot be made or tested without it" >&2; exit 1; }; }
