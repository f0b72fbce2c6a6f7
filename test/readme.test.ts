import * as fs from 'fs';
import * as path from 'path';
import { App } from 'aws-cdk-lib';
import { PACKS } from './checks/packs/support';
import { build } from '../examples/typescript/demo/app';
import { report, synthesize, withAspect } from '../examples/typescript/demo/demo';
import { AlarmGranularity } from '../src';
import { effectInWords } from '../src/launch-sources/effects';
import { DeployEffect } from '../src/launch-sources/launch-source';
import { Rule, ruleId } from '../src/private/rules';

const ROOT = path.resolve(__dirname, '..');
const PAGES = [
  'README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'docs/account-defaults.md', 'docs/architecture.md', 'docs/coverage.md', 'docs/detection.md', 'docs/fleet-at-scale.md', 'docs/fleet-rollout.md', 'docs/organization.md', 'docs/rollout-order.md', 'docs/sdk-versions.md', 'docs/testing.md', 'docs/threat-model.md',
];
const README = read('README.md');

beforeAll(() => {
  process.env.CDK_VALIDATION = 'false';
  process.env.JSII_DEPRECATED = 'quiet';
});

describe('the README', () => {
  test('has a row for every rule, and no other', () => {
    expect(tableAfter('<!-- rules -->').map(([id]) => id.replace(/`/g, '')).sort()).toEqual(Object.values(Rule).map(ruleId).sort());
  });

  test('installs in every language what is published there', () => {
    const { name, jsii: { targets: { java, python, dotnet, go } } } = JSON.parse(read('package.json'));
    const goPackage = `${go.moduleName}/${name.replace(/\W/g, '')}`;
    expect(tableAfter('<!-- install -->').map((cells) => cells.map((cell) => cell.replace(/`/g, '')))).toEqual([
      ['TypeScript', `npm install ${name}`, `import { RequireImdsv2 } from '${name}'`],
      ['Python', `pip install ${python.distName}`, `from ${python.module} import RequireImdsv2`],
      ['Java', `${java.maven.groupId}:${java.maven.artifactId} in pom.xml`, `import ${java.package}.RequireImdsv2`],
      ['Go', `go get ${goPackage}`, `import "${goPackage}"`],
      ['.NET', `dotnet add package ${dotnet.packageId}`, `using ${dotnet.namespace}`],
    ]);
  });

  test('claims of others what test/peers.test.ts measures, row by row', () => {
    const names = [...read('test/peers.test.ts').matchAll(/^test\('(.+)', \(\) => \{$/gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(10);
    expect(tableAfter('<!-- peers -->').map((cells) => cells.join(' | '))).toEqual(names);
  });

  test('has a row for every pack, with what it looks for', () => {
    const rows = new Map(tableAfter('<!-- packs -->').map(([pack, what]) => [pack.replace(/`/g, ''), what]));
    expect([...rows.keys()]).toEqual(Object.keys(PACKS));
    for (const [name, { ruleIds }] of Object.entries(PACKS).map(([pack, Pack]) => [pack, new Pack(new App())] as const)) {
      const ids = name === 'Imdsv2Checks' ? [] : ruleIds!.map((id) => id.slice(name.length + 2));
      for (const id of ids) expect([name, rows.get(name)]).toEqual([name, expect.stringContaining(id)]);
    }
  });

  test.each(Object.values(DeployEffect).map(effectInWords))('names the effect on deploy: %s', (effect) => {
    expect(README).toContain(`| ${effect} |`);
  });

  test('shows lines that the demo prints, in their order', () => {
    const printed = report(synthesize(build), synthesize(withAspect(build))).map((line) => line.replace(/^# /, '').trimEnd());
    const [, excerpt] = /<!-- demo -->\n```text\n([^]*?)\n```/.exec(README)!;
    const shown = excerpt.split('\n').filter((line) => line !== '' && line !== '…');
    let from = 0;
    for (const line of shown) {
      const at = printed.findIndex((other, i) => i >= from && (line.endsWith('…') ? other.startsWith(line.slice(0, -1)) : other === line.trimEnd()));
      expect({ line, printed: at >= 0 }).toEqual({ line, printed: true });
      from = at + 1;
    }
    expect(shown[1]).toBe(printed[1]);
    expect(shown[shown.length - 1]).toBe(printed[printed.length - 1]);
  });

  test('shows no badge of a package before there is one', () => {
    const badges = [...README.matchAll(/^\[!\[([^\]]+)\]/gm)].map(([, name]) => name);
    expect(badges).toEqual(['build']);
  });

  test('spells the props as the API does', () => {
    const api = read('src/require-imdsv2.ts');
    const used = [...README.matchAll(/\b(reportOnly|replaceResources|hopLimit|containerHostHopLimit|help): /g)].map(([, prop]) => prop);
    expect(used.length).toBeGreaterThan(4);
    for (const prop of new Set(used)) expect(api).toContain(`readonly ${prop}?:`);
  });
});

describe.each(PAGES)('%s', (page) => {
  const text = read(page);

  test('names npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const named = [...text.matchAll(/npm (?:run )?(test:[a-z0-9]+|test|(?<=run )[\w:-]+)/g)].map(([, script]) => script);
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });

  test('links to what exists', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link]) => link);
    expect(links.filter((link) => !resolves(page, link))).toEqual([]);
  });

  test('names files that exist', () => {
    const named = [...text.matchAll(/`((?:src|test|examples|benchmarks|projenrc|docs)\/[\w./-]+)`/g)].map(([, file]) => file);
    expect(named.filter((file) => !fs.existsSync(path.join(ROOT, file)))).toEqual([]);
  });
});

describe('docs/sdk-versions.md', () => {
  const rows = (heading: string) => tableAfter(heading, read('docs/sdk-versions.md'));

  test.each(['AWS CLI v2', 'JavaScript v3', '.NET 4.x', 'PowerShell V5', 'Rust', 'Swift', 'Python, the developer preview of 2026'])(
    'says from where it is known that %s asks for a token, and that no first version is documented', (name) => {
      const found = rows('AWS names no first version').filter(([tool]) => tool.includes(name));
      expect(found).toEqual([[expect.any(String), expect.stringMatching(/^\[yes\]\(https:/), expect.stringMatching(/^not documented/)]]);
    },
  );

  test('has the minimum version of each SDK that AWS names one for', () => {
    const versions = rows('([documentation](https://docs.aws.amazon.com/AWSEC2').flatMap(([a, one, b, other]) => [[a, one], [b, other]]);
    expect(versions).toHaveLength(14);
    expect(Object.fromEntries(versions)).toMatchObject({ 'for Kotlin': '1.1.4', 'for JavaScript in Node.js': '2.722.0', 'AWS CLI': '1.16.289' });
  });
});

test.each(Object.keys(AlarmGranularity))('docs/detection.md says what alarms by %s tell of', (granularity) => {
  const [heading] = /^\| \|.*AGGREGATE.*$/m.exec(read('docs/detection.md'))!;
  expect(heading).toContain(`\`${granularity}\``);
});

describe('docs/architecture.md', () => {
  const architecture = read('docs/architecture.md');
  const [, drawn] = /```text\nsrc\/\n([^]*?)```/.exec(architecture)!;

  test('draws the rooms that are there', () => {
    const rooms = fs.readdirSync(path.join(ROOT, 'src'), { withFileTypes: true }).map((entry) => entry.isDirectory() ? `${entry.name}/` : entry.name);
    expect([...drawn.matchAll(/^ {2}([\w.-]+\/?)/gm)].map(([, name]) => name).sort()).toEqual(rooms.sort());
  });

  test.each(['enforcement', 'checks', 'remedies', 'posture', 'account', 'organization', 'detection', 'fleet', 'html'])('names every file of %s/', (room) => {
    expect(fs.readdirSync(path.join(ROOT, 'src', room)).filter((file) => !drawn.includes(file))).toEqual([]);
  });
});

function read(file: string): string {
  return fs.readFileSync(path.join(ROOT, file), 'utf8');
}

/** The cells of the table that follows a marker, without its head. */
function tableAfter(marker: string, text = README): string[][] {
  const lines = text.slice(text.indexOf(marker)).split('\n');
  lines.splice(0, lines.findIndex((line) => line.startsWith('|')) + 2);
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(0, end).map((line) => line.slice(1, -1).split('|').map((cell) => cell.trim()));
}

/** Whether a link leads to a file of the project, and to a heading that the file has. */
function resolves(page: string, link: string): boolean {
  const [file, anchor] = link.split('#');
  const target = file === '' ? path.join(ROOT, page) : path.resolve(ROOT, path.dirname(page), file);
  if (!fs.existsSync(target)) return false;
  if (anchor === undefined) return true;
  const headings = [...fs.readFileSync(target, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading);
  return headings.some((heading) => heading.toLowerCase().replace(/[^\w\s-]/g, '').replace(/\s/g, '-') === anchor);
}
