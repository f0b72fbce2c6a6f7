import { App, Aspects, Stack, Stage, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';
import { appWith, inShort, PACKS, spoken, undecided, type Pack, type Spoken } from './support';
import { RequireImdsv2 } from '../../../src';

const ALL = Object.keys(PACKS) as Pack[];
const acknowledge = (construct: IConstruct, id: string, reason = 'legacy') => Validations.of(construct).acknowledge({ id, reason });
const exempt = ({ acknowledged }: Spoken) => acknowledged.map(({ plugin, path, rule, reason }) => `${plugin}: ${path} ${rule}: ${reason}`);

/** Two open instances. */
function twoInstances(app: App): [ec2.CfnInstance, ec2.CfnInstance] {
  const stack = new Stack(app, 'S');
  return [new ec2.CfnInstance(stack, 'X'), new ec2.CfnInstance(stack, 'Y')];
}

describe('the id of a rule', () => {
  test.each(ALL.filter((pack) => pack !== 'ControlTowerImdsv2Checks'))('exempts a resource from %s, and leaves its reason in the report', (pack) => {
    const app = appWith([pack]);
    const [x] = twoInstances(app);
    acknowledge(x, 'cdk-imdsv2::tokens', 'until March');
    const result = spoken(app);
    expect(result.said.map(({ path: at }) => at)).toEqual(['S/Y']);
    expect(result.stopped).toBe(true);
    expect(exempt(result)).toEqual([`${pack}: S/X cdk-imdsv2::tokens: until March`]);
  });

  test('exempts from every pack and the aspect at once, and is listed once', () => {
    const app = appWith(ALL);
    const stack = new Stack(app, 'S');
    undecided(stack, 'X');
    new ec2.CfnInstance(stack, 'Y');
    Aspects.of(app).add(new RequireImdsv2());
    acknowledge(stack, 'cdk-imdsv2::tokens', 'until March');
    const result = spoken(app);
    expect(result.said).toEqual([]);
    expect(result.stopped).toBe(false);
    expect(exempt(result)).toEqual(['S/X', 'S/Y'].map((at) => `cdk-imdsv2: ${at} cdk-imdsv2::tokens: until March`));
  });

  test.each([true, false])('exempts a launch template that is not shown from rule and control (in a stage: %s)', (inStage) => {
    const app = appWith(['Imdsv2Checks', 'SecurityHubImdsv2Checks'], { strict: true });
    const stack = new Stack(inStage ? new Stage(app, 'G') : app, 'S');
    const external = (id: string) => new ec2.CfnInstance(stack, id, { launchTemplate: { launchTemplateId: 'lt-1', version: '1' } });
    const [x] = [external('X'), external('Y')];
    acknowledge(x, 'cdk-imdsv2::external-launch-template');
    const result = spoken(app);
    expect(result.said.map(({ path: at, rule }) => [at, rule])).toEqual([[`${stack.node.path}/Y`, 'cdk-imdsv2::external-launch-template']]);
    expect(result.said[0].description).toContain('it is undecided for security-hub EC2.8');
    expect(result.acknowledged).toHaveLength(1);
  });

  test('leaves a warning of the same rule elsewhere in the report', () => {
    const app = appWith(['Imdsv2Checks']);
    const stack = new Stack(app, 'S');
    const [x] = [undecided(stack, 'X'), undecided(stack, 'Y')];
    acknowledge(x, 'cdk-imdsv2::tokens');
    const result = spoken(app);
    expect(result.said.map(({ path: at, severity }) => [at, severity])).toEqual([['S/Y', 'warning']]);
    expect(result.stopped).toBe(false);
  });

  test('exempts nothing from a pack that makes the rule fatal', () => {
    const app = appWith(['Imdsv2Checks'], { fatal: ['cdk-imdsv2::tokens'] });
    for (const id of ['cdk-imdsv2::tokens', 'Imdsv2Checks::tokens']) acknowledge(app, id);
    twoInstances(app);
    const result = spoken(app);
    expect(inShort(result)).toEqual(['S/X tokens fatal', 'S/Y tokens fatal']);
    expect(result.said[0].fix).not.toContain('to exempt it');
    expect(result.stopped).toBe(true);
  });

  test('exempts from a pack what another pack makes fatal, which goes on', () => {
    const app = appWith(['Imdsv2Checks']);
    Validations.of(app).addPlugins(new PACKS.NistImdsv2Checks(app, { fatal: ['cdk-imdsv2::tokens'] }));
    const [x] = twoInstances(app);
    acknowledge(x, 'cdk-imdsv2::tokens');
    const result = spoken(app);
    expect(result.said.map(({ plugin, path: at, severity }) => [plugin, at, severity])).toContainEqual(['NistImdsv2Checks', 'S/X', 'fatal']);
    expect(exempt(result)).toEqual(['Imdsv2Checks: S/X cdk-imdsv2::tokens: legacy']);
  });
});

describe("a pack's own id", () => {
  test('exempts from that pack alone', () => {
    const app = appWith(['SecurityHubImdsv2Checks', 'NistImdsv2Checks', 'Imdsv2Checks']);
    const [x] = twoInstances(app);
    acknowledge(x, 'SecurityHubImdsv2Checks::EC2.8', 'not in scope');
    const result = spoken(app);
    const about = (at: string) => result.said.filter((each) => each.path === at).map(({ description }) => /security-hub/.test(description));
    expect(about('S/X')).toEqual([false]);
    expect(about('S/Y')).toEqual([true]);
    expect(exempt(result)).toEqual(['SecurityHubImdsv2Checks: S/X SecurityHubImdsv2Checks::EC2.8: not in scope']);
    expect(result.stopped).toBe(true);
  });

  test('exempts from that pack, and not from the aspect', () => {
    const app = appWith(['Imdsv2Checks']);
    const instance = undecided(new Stack(app, 'S'), 'X');
    Aspects.of(app).add(new RequireImdsv2());
    acknowledge(instance, 'Imdsv2Checks::tokens');
    expect(spoken(app).said.map(({ plugin, severity }) => [plugin, severity])).toEqual([['cdk-imdsv2', 'error']]);
  });

  test('lets synthesis go on where nothing else speaks', () => {
    const app = appWith(['Imdsv2Checks']);
    const [x, y] = twoInstances(app);
    for (const each of [x, y]) acknowledge(each, 'Imdsv2Checks::tokens');
    const result = spoken(app);
    expect([result.said, result.stopped]).toEqual([[], false]);
    expect(exempt(result)).toHaveLength(2);
  });

  test('of one control leaves the others of the pack', () => {
    const app = appWith(['NistImdsv2Checks']);
    const [x] = twoInstances(app);
    acknowledge(x, 'NistImdsv2Checks::AC-3(15)', 'accepted');
    const result = spoken(app);
    expect(result.said.map(({ path: at, description }) => [at, description.split(': ')[0]])).toEqual([
      ['S/X', "'S/X' fails nist AC-3, nist AC-3(7), nist AC-6, nist CM-7(b)"],
      ['S/Y', "'S/Y' fails nist AC-3, nist AC-3(7), nist AC-3(15), nist AC-6, nist CM-7(b)"],
    ]);
    expect(result.acknowledged.map(({ description, rule }) => [rule, description.split(': ')[0]])).toEqual([
      ['NistImdsv2Checks::AC-3(15)', "'S/X' fails nist AC-3(15)"],
    ]);
  });
});
