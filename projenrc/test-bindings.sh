#!/usr/bin/env bash
# Installs what `npm run package` made into fresh projects, as a stranger would, beside the public aws-cdk-lib and cdk-nag of each
# language; makes one of every class, runs Python's command, runs the examples and compares what they synthesize with TypeScript's.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
source projenrc/bindings/shared.sh
need python3 'the Python binding'
need mvn 'the Java binding'
need go 'the Go binding'
for made in dist/js/*.tgz dist/python/*.whl dist/java/io dist/go/cdkimdsv2 dist/dotnet; do
  [ -e "$made" ] || { echo "error: $made is not there: npm run package" >&2; exit 1; }
done
scratch=$(mktemp -d)
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
examples=(quickstart checks account-defaults)
mapfile -t classes < <(node -p 'Object.values(JSON.parse(require("fs").readFileSync(".jsii")).types).filter((t) => t.kind === "class").map((t) => t.name).join("\n")')
cdk=$(version aws-cdk-lib) nag=$(version cdk-nag)

# example LANGUAGE NAME COMMAND…: runs it, and keeps its assembly, its output and its exit code.
example() {
  local to="$scratch/out/$1" code=0
  mkdir -p "$to"
  CDK_OUTDIR="$to/$2" "${@:3}" >"$to/$2.log" 2>&1 || code=$?
  echo "$code" >"$to/$2.exit"
}

typescript() {
  cp -r examples/typescript "$scratch/typescript"
  cd "$scratch/typescript"
  npm init --yes
  npm install --no-audit --no-fund "$root"/dist/js/*.tgz "aws-cdk-lib@$cdk" "constructs@$(cd "$root" && version constructs)" "cdk-nag@$nag"
  for name in "${examples[@]}"; do (cd "$name" && example typescript "$name" "$root/node_modules/.bin/tsx" app.ts); done
}

# With cdk-nag 2, which has no such packs, the library still works and says so; with 3 all of it does.
python() {
  local venv="$scratch/venv" beside
  for beside in "cdk-nag==$(version cdk-nag-2)" '-r examples/python/requirements.txt'; do
    python3 -m venv --clear "$venv"
    # shellcheck disable=SC2086
    "$venv/bin/pip" install --quiet dist/python/*.whl "aws-cdk-lib==$cdk" $beside
    "$venv/bin/python" test/bindings/python/app.py
  done
  "$venv/bin/python" test/bindings/python/every_class.py "${classes[@]}"
  "$venv/bin/python" test/bindings/python/command.py "$venv/bin/cdk-imdsv2"
  for name in "${examples[@]}"; do example python "$name" "$venv/bin/python" "examples/python/$name/app.py"; done
}

java_() {
  cp -r examples/java "$scratch/java"
  cat >"$scratch/java/settings.xml" <<XML
<settings>
  <profiles><profile><id>built</id><repositories><repository><id>built</id><url>file://$root/dist/java</url></repository></repositories></profile></profiles>
  <activeProfiles><activeProfile>built</activeProfile></activeProfiles>
</settings>
XML
  # An earlier build of the same version may be there still.
  rm -rf "$maven_repository/io/github/cdk-imdsv2"
  cd "$scratch/java"
  mvn --batch-mode --settings settings.xml "-Dcdk-imdsv2.version=$(node -p "require('$root/package.json').version")" \
    compile org.apache.maven.plugins:maven-dependency-plugin:3.6.1:build-classpath "-Dmdep.outputFile=$scratch/java/classpath"
  grep -q "aws-cdk-lib-$cdk.jar" classpath && grep -q "cdknag-$nag.jar" classpath
  mkdir every-class
  javac -d every-class -cp "$(<classpath)" "$root/test/bindings/java/EveryClass.java"
  java -cp "every-class:$(<classpath)" EveryClass "${classes[@]}"
  for name in "${examples[@]}"; do example java "$name" java -cp "$name/target/classes:$(<classpath)" com.example.App; done
}

go_() {
  cp -r examples/go "$scratch/go"
  cd "$scratch/go"
  go mod edit "-replace=github.com/cdk-imdsv2/cdk-imdsv2-go/cdkimdsv2=$root/dist/go/cdkimdsv2"
  local module
  for module in "$go_stand_ins"/*/; do
    [ ! -d "$module" ] || go mod edit "-replace=$(sed -n 's/^module //p' "$module/go.mod")=$module"
  done
  go mod tidy
  go list -m all | grep -q "awscdk/v2 v$cdk$"
  mkdir bin
  go build -o bin ./...
  for name in "${examples[@]}"; do example go "$name" "bin/$name"; done
}

timed 'npm' typescript
timed 'python' python
timed 'java' java_
timed 'go' go_
npx tsx projenrc/bindings/compare-examples.ts "$scratch/out"
npx tsx projenrc/bindings/check-dotnet.ts
if [ -d "$go_stand_ins" ]; then
  echo "NOT FROM THE REGISTRY: Go's $(ls "$go_stand_ins" | paste -sd' '): the module proxy does not serve them; made by npm run package"
fi
echo "bindings: ${#classes[@]} classes from Python and Java, ${#examples[@]} examples in four languages"
