import { ModifyInstanceMetadataDefaultsCommand } from '@aws-sdk/client-ec2';
import { CfnOutput, CfnResource, NestedStack, type App } from 'aws-cdk-lib';
import {
  accountDefaults, born, claims, control, deploy, deployed, destroy, ec2, HERE, oneStack, outputsOf, setDefaults, start, statusOf, THERE,
} from './local-aws';
import { AccountRegions, HopLimit, Imdsv2AccountDefaults, Imdsv2AccountDefaultsAssertion, MetadataDefault, OnRemoval, type Imdsv2AccountDefaultsProps } from '../../src';
import '../support';

jest.setTimeout(120_000);
beforeAll(start);

const STACK = 'Account';
const defaults = (props?: Imdsv2AccountDefaultsProps, id = 'Defaults') => oneStack((stack) => {
  const it = new Imdsv2AccountDefaults(stack, id, props);
  new CfnOutput(stack, 'Previous', { value: it.previousDefaults() });
  new CfnOutput(stack, 'Effective', { value: it.effectiveDefaults() });
  new CfnOutput(stack, 'ManagedBy', { value: it.managedBy() });
}, STACK);
/** Something in the stack that fails once the defaults are set. */
const failingAfter = (props: Imdsv2AccountDefaultsProps) => oneStack((stack) => {
  const it = new Imdsv2AccountDefaults(stack, 'Defaults', props);
  new CfnResource(stack, 'Zzz', { type: 'AWS::Does::NotExist' }).node.addDependency(it);
}, STACK);

async function end(build: (app: App) => void): Promise<void> {
  control({});
  if (await statusOf(STACK)) await destroy(build, STACK);
  for (const region of [HERE, THERE]) await setDefaults(region, {});
}

describe('the life of a stack', () => {
  afterAll(() => end(defaults()));

  test('deployed, a new instance that says nothing is born required', async () => {
    await setDefaults(HERE, { HttpTokens: 'optional', HttpEndpoint: 'enabled' });
    expect(await born()).toEqual({ HttpTokens: 'optional', HttpPutResponseHopLimit: 1 });
    await deployed(defaults());
    expect(await born()).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 1 });
    expect(await accountDefaults(HERE)).toEqual({ HttpTokens: 'required', HttpEndpoint: 'enabled' });
    expect(await outputsOf(STACK)).toEqual(expect.objectContaining({
      Previous: 'HttpTokens=optional', Effective: 'HttpTokens=required,HttpEndpoint=enabled', ManagedBy: 'account',
    }));
  });

  test('updated with enforcement, a launch that says optional fails', async () => {
    expect(await born({ MetadataOptions: { HttpTokens: 'optional' } })).toEqual(expect.objectContaining({ HttpTokens: 'optional' }));
    await deployed(defaults({ hopLimit: HopLimit.CONTAINERS, httpTokensEnforced: MetadataDefault.ENABLED }));
    await expect(born({ MetadataOptions: { HttpTokens: 'optional' } })).rejects.toThrow('httpTokensEnforced is enabled');
    expect(await born()).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 2 });
  });

  test('renamed, the account stays required', async () => {
    await deployed(defaults({ hopLimit: HopLimit.CONTAINERS }, 'Renamed'));
    expect(await accountDefaults(HERE)).toEqual(expect.objectContaining({ HttpTokens: 'required', HttpPutResponseHopLimit: 2 }));
    expect(await claims(HERE)).toBe(1);
  });

  test('destroyed, the account is retained', async () => {
    await destroy(defaults({ hopLimit: HopLimit.CONTAINERS }, 'Renamed'), STACK);
    expect(await accountDefaults(HERE)).toEqual(expect.objectContaining({ HttpTokens: 'required', HttpPutResponseHopLimit: 2 }));
    expect(await claims(HERE)).toBe(0);
  });
});

test('two regions, and destroyed with RESTORE', async () => {
  const build = defaults({ regions: AccountRegions.of([HERE, THERE]), hopLimit: HopLimit.of(3), onRemoval: OnRemoval.RESTORE });
  await setDefaults(HERE, { HttpTokens: 'optional' });
  await setDefaults(THERE, { HttpPutResponseHopLimit: 7 });
  await deployed(build);
  for (const region of [HERE, THERE]) expect(await accountDefaults(region)).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 3 });
  await destroy(build, STACK);
  expect([await accountDefaults(HERE), await accountDefaults(THERE)]).toEqual([{ HttpTokens: 'optional' }, { HttpPutResponseHopLimit: 7 }]);
  expect([await claims(HERE), await claims(THERE)]).toEqual([0, 0]);
  await end(build);
});

test('a deployment that fails half-way rolls back to the earlier defaults, and so does an update', async () => {
  await setDefaults(HERE, { HttpTokens: 'optional' });
  expect((await deploy(failingAfter({}))).code).not.toBe(0);
  expect(await accountDefaults(HERE)).toEqual({ HttpTokens: 'optional' });
  await end(failingAfter({}));

  await setDefaults(HERE, { HttpPutResponseHopLimit: 7 });
  await deployed(defaults());
  expect((await deploy(failingAfter({ hopLimit: HopLimit.HOST, httpTokensEnforced: MetadataDefault.ENABLED }))).code).not.toBe(0);
  expect(await accountDefaults(HERE)).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 7 });
  await end(defaults());
});

test('in a nested stack, the defaults go back when what is around it is rolled back', async () => {
  const nested = (more: object, fails: boolean) => oneStack((stack) => {
    const inner = new NestedStack(stack, 'Nested');
    new Imdsv2AccountDefaults(inner, 'Defaults', more);
    if (fails) new CfnResource(stack, 'Zzz', { type: 'AWS::Does::NotExist' }).node.addDependency(inner);
  }, STACK);
  await setDefaults(HERE, { HttpTokens: 'optional' });
  expect((await deploy(nested({}, true))).code).not.toBe(0);
  expect(await accountDefaults(HERE)).toEqual({ HttpTokens: 'optional' });
  expect(await claims(HERE)).toBe(0);
  await destroy(nested({}, true), STACK);

  await deployed(nested({}, false));
  expect(await accountDefaults(HERE)).toEqual({ HttpTokens: 'required' });
  expect((await deploy(nested({ hopLimit: HopLimit.HOST }, true))).code).not.toBe(0);
  expect(await accountDefaults(HERE)).toEqual({ HttpTokens: 'required' });
  await end(nested({}, false));
});

test('one region that fails puts the other back, and the message names both', async () => {
  await setDefaults(HERE, { HttpTokens: 'optional' });
  control({ denied: [THERE] });
  const { code, output } = await deploy(defaults({ regions: AccountRegions.of([HERE, THERE]) }));
  expect(code).not.toBe(0);
  expect(output.replace(/\s+/g, ' ')).toContain('eu-west-1: failed: You are not authorized to perform this operation. (UnauthorizedOperation)');
  expect(await accountDefaults(HERE)).toEqual({ HttpTokens: 'optional' });
  await end(defaults());
});

test('a declarative policy is never written: success where it says so, else a failure with its message', async () => {
  control({ policies: { [HERE]: 'Ask #platform.' } });
  const { code, output } = await deploy(defaults());
  expect(code).not.toBe(0);
  expect(output.replace(/\s+/g, ' ')).toContain('Ask #platform.');
  await end(defaults());

  await setDefaults(HERE, { HttpTokens: 'required' });
  control({ policies: { [HERE]: 'Ask #platform.' } });
  await deployed(defaults());
  expect(await outputsOf(STACK)).toEqual(expect.objectContaining({ ManagedBy: 'declarative-policy' }));
  await end(defaults());
});

test('a storm of other changes does not fail a deployment', async () => {
  let stormsUntil = Date.now() + 45_000;
  let throttled = 0;
  const storm = (async () => {
    const client = ec2(HERE, 1);
    while (Date.now() < stormsUntil) {
      await client.send(new ModifyInstanceMetadataDefaultsCommand({ InstanceMetadataTags: 'enabled' })).catch(() => throttled++);
      await new Promise((wake) => setTimeout(wake, 200));
    }
  })();
  try {
    await deployed(defaults());
  } finally {
    stormsUntil = 0;
    await storm;
  }
  expect(throttled).toBeGreaterThan(10);
  expect(await accountDefaults(HERE)).toEqual(expect.objectContaining({ HttpTokens: 'required' }));
  await new Promise((wake) => setTimeout(wake, 1000));
  await end(defaults());
}, 240_000);

test('a function that is killed after its write goes on where it was, and still restores the first values', async () => {
  const build = defaults({ onRemoval: OnRemoval.RESTORE });
  await setDefaults(HERE, { HttpTokens: 'optional' });
  control({ kill: 1 });
  await deployed(build);
  expect(await accountDefaults(HERE)).toEqual({ HttpTokens: 'required' });
  await destroy(build, STACK);
  expect(await accountDefaults(HERE)).toEqual({ HttpTokens: 'optional' });
  await end(build);
});

test('an assertion fails a deployment until the account is so, and changes nothing', async () => {
  const build = oneStack((stack) => void new Imdsv2AccountDefaultsAssertion(stack, 'Assertion'), STACK);
  const { code, output } = await deploy(build);
  expect(code).not.toBe(0);
  expect(output.replace(/\s+/g, ' ')).toContain('the account defaults are not HttpTokens=required everywhere');
  expect(await accountDefaults(HERE)).toEqual({});
  await destroy(build, STACK);
  await setDefaults(HERE, { HttpTokens: 'required' });
  await deployed(build);
  await end(build);
});
