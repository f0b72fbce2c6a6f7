#!/usr/bin/env bash
# Packs the library for npm, PyPI, Maven, Go and NuGet into dist/, and says what was made and what was not compiled.
set -euo pipefail
cd "$(dirname "$0")/.."
source projenrc/bindings/shared.sh
need python3 'the Python wheel'
need mvn 'the jar'
need go 'the Go module'
if ! [ -f .jsii ] || ! grep -qs 'lazy(' lib/index.js; then
  echo 'error: the library is not built: npm run compile && npm run post-compile' >&2
  exit 1
fi
rm -rf dist "$go_stand_ins"

# The jar's pom names a range of cdk-nag versions. A registry's list of versions may end before the range begins while the
# version itself is there, so the one that is developed against is fetched by name: installed, it counts as listed.
cdk_nag_for_maven() {
  local nag folder
  nag=$(version cdk-nag)
  folder="$maven_repository/io/github/cdklabs/cdknag/$nag"
  [ ! -f "$folder/../maven-metadata-local.xml" ] || return 0
  mvn --batch-mode org.apache.maven.plugins:maven-dependency-plugin:3.6.1:get "-Dartifact=io.github.cdklabs:cdknag:$nag" -Dtransitive=false
  # What is installed may not come from the place where it is installed.
  cp "$folder/cdknag-$nag.jar" "$folder/cdknag-$nag.pom" "$1"
  mvn --batch-mode org.apache.maven.plugins:maven-install-plugin:3.1.1:install-file "-Dfile=$1/cdknag-$nag.jar" "-DpomFile=$1/cdknag-$nag.pom"
}

# What the module proxy does not serve is made from the npm package of the same version, as its makers do, and used for
# compiling here only.
stand_ins() {
  npx jsii-pacmak --target go --code-only --outdir dist
  local module version name answer
  while read -r module version; do
    case "$module" in
      */cdknag/*) name=cdk-nag ;;
      */awscdkcloudassemblyschema/*) name=@aws-cdk/cloud-assembly-schema ;;
      *) continue ;;
    esac
    if answer=$(cd "$scratch" && go mod download -json "$module@$version"); then continue; fi
    npx jsii-pacmak --target go --code-only --outdir "$scratch/stand-ins" "node_modules/$name" --no-npmignore
    echo "$module $version: $(node -p 'JSON.parse(require("fs").readFileSync(0)).Error.split("\n").pop().trim()' <<<"$answer")" >>"$scratch/not-served"
  done < <(sed -n 's/^\t\(github[^ ]*\) \(v[^ ]*\).*/\1 \2/p' dist/go/cdkimdsv2/go.mod)
  # jsii-pacmak takes modules that lie beside the one it compiles.
  if [ -d "$scratch/stand-ins" ]; then cp -r "$scratch"/stand-ins/go/. dist/go; fi
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
timed 'js' npx projen package:js
timed 'python' npx projen package:python
if command -v dotnet >/dev/null; then
  timed 'dotnet' npx projen package:dotnet
else
  timed 'dotnet, sources only' npx jsii-pacmak --target dotnet --code-only
fi
timed 'go, what it needs' stand_ins
timed 'go' npx projen package:go
if [ -d "$scratch/stand-ins" ]; then
  mkdir -p "$go_stand_ins"
  for module in "$scratch"/stand-ins/go/*; do mv "dist/go/$(basename "$module")" "$go_stand_ins"; done
fi
timed 'java, what it needs' cdk_nag_for_maven "$scratch"
timed 'java' npx projen package:java

echo
du -h dist/js/*.tgz dist/python/*.whl
du -h dist/java/io/github/cdk-imdsv2/cdk-imdsv2/*/cdk-imdsv2-*.jar
du -sh dist/go/cdkimdsv2 dist/dotnet
if ! command -v dotnet >/dev/null; then
  echo 'NOT COMPILED: .NET. There is no .NET SDK here: dist/dotnet holds generated sources and no package.'
fi
if [ -f "$scratch/not-served" ]; then
  echo 'NOT FROM THE REGISTRY: Go modules that the module proxy does not serve here, made from the npm packages of the same version:'
  sed 's/^/  /' "$scratch/not-served"
fi
