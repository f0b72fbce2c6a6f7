import { spawnSync } from 'child_process';
import * as fc from 'fast-check';
import { findBootCalls } from '../../src/posture/boot-calls';

const URL = 'http://169.254.169.254/latest/meta-data/instance-id';
const lines = (...script: string[]) => script.join('\n');

const word = fc.constantFrom('curl', 'curl -s', 'wget -qO-', '/usr/bin/curl --retry 3', 'sudo curl', 'NO_PROXY="*" curl');
const url = fc.constantFrom(URL, `"${URL}"`, `'${URL}'`, 'http://instance-data/2016-09-02/dynamic/x', '169.254.169.254/latest/user-data',
  'http://0xA9FEA9FE/latest/meta-data/mac', '"http://169.254.169.254/latest/$1"', 'http://169.254.169.254/latest/');
const place = fc.constantFrom(
  '$', 'X=$($)', 'export X="$($)"', 'X=`$`', '[ -n "$($)" ] && echo yes', 'for i in $($); do echo $i; done', '$ | sed "s/.$//" > /tmp/x',
  'while ! $; do sleep 1; done', 'if $; then echo ok; fi', 'echo "a $($) b"', '($)', 'f() { $; }', 'case x in x) $;; esac', 'a=$($) b=$($)', '$ # $',
);

test('rewritten shell lines are sound, and calls no more', () => {
  fc.assert(fc.property(word, url, place, (client, address, line) => {
    const script = line.split(/\$(?![(i/])/).join(`${client} ${address}`);
    const [call, ...others] = findBootCalls(script);
    expect(others).toEqual([]);
    expect(call.text).toBe(script);
    expect(findBootCalls(call.rewritten)).toEqual([]);
    expect(spawnSync('bash', ['--norc', '-n', '-c', call.rewritten]).stderr.toString()).toBe('');
  }), { numRuns: 150 });
});

/** Stands in for curl and wget: answers `token` to the PUT, and to other requests whether they sent it. */
const CLIENTS = lines(
  'curl() { case "$*" in *-sX*) printf token; return;; esac',
  'for a; do case "$a" in *-aws-ec2-metadata-token:token|*-aws-ec2-metadata-token:\\ token) echo sent; return;; esac; done; echo bare; }',
  'wget() { curl "$@"; }',
  'export -f curl wget',
);

test.each<[string, string]>([
  ['curl', `curl -s ${URL}`],
  ['wget', `wget -qO- "${URL}"`],
  ['backticks', `X=\`curl ${URL}\`; echo $X`],
  ['no path', 'curl -f http://169.254.169.254/'],
  ['address unless a variable says another', 'curl "http://${IMDS:-169.254.169.254}/latest/meta-data/mac"'],
  ['port in a variable', 'PORT=80; curl "http://169.254.169.254:$PORT/latest/meta-data/mac"'],
  ['name resolved to the address', 'curl --resolve imds:80:169.254.169.254 http://imds/latest/meta-data/mac'],
  ['backticks in quotes', `echo "\`curl ${URL}\`"`],
  ['single quotes', `bash -c 'curl ${URL}'`],
  ['double quotes', `bash -c "curl ${URL}"`],
  ['double quotes in a substitution', `X=$(bash -c "curl ${URL}"); echo $X`],
  ['double quotes in backticks', `X=\`bash -c "curl ${URL}"\`; echo $X`],
  ['double quotes in a quoted substitution', `echo "$(bash -c "curl ${URL}")"`],
  ['double quotes, printed into a variable', `X=$(echo "curl ${URL}"); $X`],
  ['quotes over several lines', lines("bash -c '", `curl ${URL}`, "'")],
  ['printed into a shell', `echo "curl ${URL}" | bash`],
  ['printed without quotes into a shell', `echo curl ${URL} | bash`],
  ['printed without quotes, then run', `bash -c "$(echo curl ${URL})"`],
  ['printed without quotes into a file', `f=$(mktemp); echo wget -qO- ${URL} > $f; bash $f; rm $f`],
  ['path in a variable', 'P=/latest/meta-data/mac; curl "http://169.254.169.254$P"'],
  ['path that a function is given', lines('get() { curl -s "http://169.254.169.254/latest/$1"; }', 'get meta-data/mac')],
  ['loop', 'for k in mac hostname; do curl http://169.254.169.254/latest/meta-data/$k; break; done'],
  ['here-document', lines('bash <<EOF', `curl ${URL}`, 'EOF')],
  ['here-document, expanded', lines('bash <<EOF', `echo $(curl ${URL})`, 'EOF')],
  ['here-document, literal', lines("bash <<'EOF'", `curl ${URL}`, 'EOF')],
  ['elif', lines('if false; then :', `elif curl ${URL}; then :`, 'fi')],
  ['function that prints into a shell', lines('f() {', `  echo "curl ${URL}"`, '}', 'f | bash')],
  ['function that prints on a line', lines(`f() { echo curl ${URL}; }`, 'eval "$(f)"')],
  ['function that prints what it is given', lines('f() { echo "$*"; }', `f curl ${URL} | bash`)],
  ['branch of case', lines('case x in', `  x) curl ${URL};;`, 'esac')],
  ['function', lines(`f() { curl ${URL}; }`, 'f')],
])('run after rewriting, the token is sent: %s', (_, script) => {
  const run = (text: string) => spawnSync('bash', ['--norc', '-c', lines(CLIENTS, text)], { encoding: 'utf8' }).stdout.trim();
  const physical = script.split('\n');
  for (const call of findBootCalls(script)) physical[call.line - 1] = call.rewritten;
  expect(run(script)).toBe('bare');
  expect(run(lines(...physical))).toBe('sent');
});
