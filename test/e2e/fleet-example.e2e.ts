import { DescribeStateMachineCommand, ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { App } from 'aws-cdk-lib';
import { deployed, destroy, HERE, start } from './local-aws';
import { build } from '../../examples/typescript/fleet/app';
import { AccountRegions } from '../../src';
import '../support';

jest.setTimeout(180_000);

beforeAll(start);

const example = (dryRun: boolean) => (app: App) => void build(app, { dryRun, regions: AccountRegions.of([HERE]) });

async function states(): Promise<string[]> {
  const stepFunctions = new SFNClient({});
  const { stateMachines = [] } = await stepFunctions.send(new ListStateMachinesCommand({}));
  const { stateMachineArn } = stateMachines.find(({ name }) => /Rollout/.test(name!))!;
  const { definition } = await stepFunctions.send(new DescribeStateMachineCommand({ stateMachineArn }));
  return Object.keys(JSON.parse(definition!).States);
}

test('the example is deployed as a dry run, and then so that it may change something', async () => {
  await deployed(example(true));
  expect(await states()).toEqual(expect.arrayContaining(['Begin', 'Plan', 'Report']));
  expect(await states()).not.toContain('Change the wave');
  await deployed(example(false));
  expect(await states()).toEqual(expect.arrayContaining(['Begin', 'Plan', 'Report', 'Ask for approval', 'Change the wave', 'Give back of a run']));
  await destroy(example(false), 'Fleet');
});
