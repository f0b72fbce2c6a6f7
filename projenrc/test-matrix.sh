#!/usr/bin/env bash
# The packed library as a stranger installs it, in an app such as `cdk init` makes, with the snippet that stands in the README,
# unchanged, and the real CLI: under every supported Node, with the oldest aws-cdk-lib and the newest. Then the wheel, under
# the oldest Python and the newest. Arguments leave out all but some rows: projenrc/test-matrix.sh node22 python3.12
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$root"
[ -f lib/account/functions/index.js ] || { npx projen compile && npx projen post-compile; }
npm pack --silent --pack-destination "$scratch" >/dev/null
tarball=("$scratch"/*.tgz)
version() { node -p "require('$root/node_modules/$1/package.json').version"; }
floor=$(version aws-cdk-lib)
wanted() { [ "${#rows[@]}" -eq 0 ] || [[ " ${rows[*]} " == *" $1 "* ]]; }
rows=("$@")
missing=()

export CDK_DISABLE_CLI_TELEMETRY=true
unset AWS_PROFILE

for node in 20 22 24; do
  wanted "node$node" || continue
  mkdir "$scratch/node$node"
  cd "$scratch/node$node"
  npm init --yes >/dev/null
  npm install --silent --no-audit --no-fund "node@$node"
  # Ahead of the machine's own, for npm, the CLI and the app alike.
  bin=$PWD/node_modules/.bin
  for cdk in "$floor" latest; do
    app=$scratch/app-$node-$cdk
    mkdir -p "$app/bin"
    cd "$app"
    # What `cdk init app --language typescript` writes, the snippet in the place of its stack.
    cat >package.json <<'JSON'
{ "name": "app", "version": "0.1.0", "private": true }
JSON
    cat >cdk.json <<'JSON'
{ "app": "npx ts-node --prefer-ts-exts bin/app.ts" }
JSON
    cat >tsconfig.json <<'JSON'
{ "compilerOptions": { "target": "ES2022", "module": "NodeNext", "moduleResolution": "NodeNext", "strict": true, "types": ["node"] } }
JSON
    node - "$root/README.md" >bin/app.ts <<'JS'
const readme = require('fs').readFileSync(process.argv[2], 'utf8');
const snippet = /^```ts nofixture\n([^]*?)^```$/m.exec(readme)?.[1];
if (!snippet?.includes('new RequireImdsv2()')) throw new Error('the README has no snippet of a whole app: expected ```ts nofixture with new RequireImdsv2()');
process.stdout.write(snippet);
JS
    (
      PATH=$bin:$PATH
      npm install --silent --no-audit --no-fund "aws-cdk-lib@$cdk" constructs@^10.5.1 "${tarball[0]}"
      npm install --silent --no-audit --no-fund --save-dev "aws-cdk@$(version aws-cdk)" ts-node@10.9.2 typescript@~5.9.3 "@types/node@^$node"
      npx tsc --noEmit --skipLibCheck
      npx cdk synth --quiet
      npx cdk-imdsv2 check cdk.out >/dev/null
      node -e '
        const { Resources } = require("./cdk.out/Shop.template.json");
        const [instance] = Object.values(Resources).filter(({ Type }) => Type === "AWS::EC2::Instance");
        require("assert").deepStrictEqual(instance.Properties.MetadataOptions, { HttpTokens: "required" });
        console.log(`Node ${process.versions.node}, aws-cdk-lib ${require("aws-cdk-lib/package.json").version}: the snippet of the README works`);'
    )
    rm -rf "$app"
  done
done

find_python() {
  local candidate
  for candidate in "$(command -v "python$1" || true)" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$1".*/bin/python; do
    # A shim of pyenv is there for versions that are not.
    if [ -x "$candidate" ] && [ "$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" = "$1" ]; then
      echo "$candidate"
      return
    fi
  done
}

# The last app is gone, and pip wants to know where it is.
cd "$root"
for python in 3.10 3.12; do
  wanted "python$python" || continue
  found=$(find_python "$python")
  if [ -z "$found" ]; then missing+=("Python $python"); continue; fi
  if [ ! -d "$scratch/wheel" ]; then (cd "$root" && npx jsii-pacmak --target python --outdir "$scratch/wheel"); fi
  "$found" -m venv "$scratch/python$python"
  "$scratch/python$python/bin/pip" install --quiet --disable-pip-version-check "$scratch"/wheel/python/*.whl "aws-cdk-lib==$floor" "cdk-nag==$(version cdk-nag)"
  "$scratch/python$python/bin/python" "$root/test/bindings/python/app.py"
  echo "Python $("$found" -c 'import platform; print(platform.python_version())'): the wheel works"
done

if [ "${#missing[@]}" -gt 0 ]; then
  printf 'error: not tested, because this machine has no %s\n' "${missing[@]}" >&2
  exit 1
fi
