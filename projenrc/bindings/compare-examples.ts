import { deepStrictEqual } from 'assert';
import { readFileSync, readdirSync } from 'fs';
import { join } from 'path';

/** Every language's examples end, synthesize and are judged as TypeScript's: `compare-examples.ts FOLDER`, filled by test-bindings.sh. */
const folder = process.argv[2];
const ENDS_WELL: Record<string, boolean> = { 'quickstart': true, 'account-defaults': true, 'checks': false };
const read = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8');

const outcomeOf = (language: string, example: string) => {
  const files = readdirSync(join(folder, language, example));
  const templates = files.filter((file) => file.endsWith('.template.json'))
    .map((file): [string, unknown] => [file, JSON.parse(read(language, example, file))]);
  return {
    endsWell: Number(read(language, `${example}.exit`)) === 0,
    // Names of files hold the hashes of assets: these are compared too, as all languages carry the same bundle.
    templates: Object.fromEntries(templates),
    findings: files.includes('validation-report.json') ? findingsOf(JSON.parse(read(language, example, 'validation-report.json'))) : [],
  };
};

const findingsOf = ({ pluginReports }: any) => pluginReports.flatMap(({ pluginName, violations }: any) => violations.map((violation: any) => ({
  pluginName,
  rule: violation.ruleName,
  severity: violation.severity,
  description: violation.description,
  at: violation.violatingConstructs.map(({ constructPath }: any) => constructPath),
}))).map((finding: object) => JSON.stringify(finding)).sort();

for (const [example, endsWell] of Object.entries(ENDS_WELL)) {
  const expected = outcomeOf('typescript', example);
  deepStrictEqual(expected.endsWell, endsWell, `typescript/${example} ended otherwise than expected:\n${read('typescript', `${example}.log`)}`);
  if (Object.keys(expected.templates).length === 0) throw new Error(`typescript/${example} wrote no template`);
  const own = expected.findings.filter((finding: string) => finding.includes('Shop/Ftp') && /imdsv2|cis|security hub/i.test(finding));
  if (!endsWell && own.length === 0) throw new Error(`typescript/${example} found nothing`);
  for (const language of ['python', 'java', 'go']) {
    const { findings, templates, endsWell: ended } = outcomeOf(language, example);
    if (ended !== endsWell) throw new Error(`${language}/${example} ended otherwise than expected:\n${read(language, `${example}.log`)}`);
    deepStrictEqual(templates, expected.templates, `${language}/${example}: other templates than TypeScript's`);
    deepStrictEqual(findings, expected.findings, `${language}/${example}: other findings than TypeScript's`);
  }
  console.log(`${example}: the same in four languages; ${Object.keys(expected.templates).length} template(s), ${expected.findings.length} finding(s)`);
}
