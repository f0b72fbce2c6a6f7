import { CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { DescribeInstancesCommand, DescribeLaunchTemplateVersionsCommand, type Instance } from '@aws-sdk/client-ec2';
import type { App } from 'aws-cdk-lib';
import { deployed, destroy, ec2, HERE, launchTemplates, setDefaults, start, statusOf } from './local-aws';
import { build as demo } from '../../examples/typescript/demo/app';
import { CONTEXT, withAspect } from '../../examples/typescript/demo/demo';
import '../support';

jest.setTimeout(240_000);

const STACKS = ['Network', 'Shop', 'Prod-Network'];
const WORKERS = 'Shop/WorkersNestedStackWorkersNestedStackResource';

const build = (app: App) => {
  for (const [flag, value] of Object.entries(CONTEXT)) app.node.setContext(flag, value);
  withAspect(demo)(app);
};

/** Logical id, without the hash that CDK appends, and physical id of everything of a type, by the stack it is in. */
type Named = ReadonlyArray<readonly [name: string, physicalId: string]>;

let strangers: Set<string>;
beforeAll(async () => {
  await start();
  // Whatever is required is so by its own options.
  await setDefaults(HERE, { HttpTokens: 'optional' });
  strangers = new Set([...(await instances()).map(({ InstanceId }) => InstanceId!), ...(await launchTemplates()).map(({ id }) => id)]);
  await deployed(build);
});
afterAll(async () => {
  await destroy(build, ...STACKS);
  await setDefaults(HERE, {});
});

test('the demo is deployed as it is: two stacks, one nested in one of them, and the one of the stage', async () => {
  expect(await Promise.all(STACKS.map(statusOf))).toEqual(STACKS.map(() => 'CREATE_COMPLETE'));
  expect((await ofType('AWS::CloudFormation::Stack')).map(([name]) => name)).toEqual([WORKERS]);
});

test('every instance is required, and the one that is exempt is as it was', async () => {
  const [own, groups, running] = [await ofType('AWS::EC2::Instance'), await ofType('AWS::AutoScaling::AutoScalingGroup'), await instances()];
  const nameOf = ({ InstanceId, Tags = [] }: Instance) => {
    const group = Tags.find(({ Key }) => Key === 'aws:autoscaling:groupName')?.Value;
    return [...own, ...groups].find(([, id]) => id === (group ?? InstanceId))?.[0] ?? InstanceId!;
  };
  const mine = running.filter(({ InstanceId }) => !strangers.has(InstanceId!));
  const read = mine.map((instance) => [nameOf(instance), instance.MetadataOptions!.HttpTokens, instance.MetadataOptions!.HttpPutResponseHopLimit]);
  expect(read.sort()).toEqual([
    ['Network/Bastion', 'required', 1],
    ['Network/VpcPublicSubnet1NatInstance', 'required', 1],
    ['Network/VpcPublicSubnet2NatInstance', 'required', 1],
    ['Prod-Network/Bastion', 'required', 1],
    ['Prod-Network/VpcPublicSubnet1NatInstance', 'required', 1],
    ['Prod-Network/VpcPublicSubnet2NatInstance', 'required', 1],
    ['Shop/ApiASG', 'required', 1],
    ['Shop/ClusterHostsASG', 'required', 2],
    ['Shop/CrawlerASG', 'required', 1],
    ['Shop/CrawlerASG', 'required', 1],
    ['Shop/Ftp', 'required', 1],
    ['Shop/License', 'optional', 1],
    ['Shop/MailRelay', 'required', 1],
    ['Shop/PrintServers', 'required', 1],
    ['Shop/Search', 'required', 1],
    ['Shop/Web', 'required', 1],
    [`${WORKERS}/PoolASG`, 'required', 1],
  ]);
});

test('every version of every launch template is required', async () => {
  const templates = await ofType('AWS::EC2::LaunchTemplate');
  const read = await Promise.all(templates.map(async ([name, id]) => {
    const { LaunchTemplateVersions = [] } = await ec2(HERE).send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id }));
    return [name, ...LaunchTemplateVersions.map(({ LaunchTemplateData }) => LaunchTemplateData!.MetadataOptions?.HttpTokens)];
  }));
  expect(read.sort()).toEqual([
    ['Shop/ApiTemplate', 'required'],
    ['Shop/ClusterHostsLaunchTemplate', 'required'],
    ['Shop/CrawlerArmTemplate', 'required'],
    ['Shop/CrawlerTemplate', 'required'],
    ['Shop/JobTemplate', 'required'],
    ['Shop/LegacyPrintServerLaunchTemplate', 'required'],
    ['Shop/NodeTemplate', 'required'],
    [`${WORKERS}/PoolLaunchTemplate`, 'required'],
  ]);
  expect(templates.map(([, id]) => id).sort()).toEqual((await launchTemplates()).map(({ id }) => id).filter((id) => !strangers.has(id)).sort());
});

async function instances(): Promise<Instance[]> {
  const { Reservations = [] } = await ec2(HERE).send(new DescribeInstancesCommand({}));
  return Reservations.flatMap(({ Instances = [] }) => Instances);
}

/** What is deployed of a type, in nested stacks too. */
async function ofType(type: string): Promise<Named> {
  return (await Promise.all(STACKS.map((stack) => within(stack, stack, type)))).flat();
}

async function within(stack: string, label: string, type: string): Promise<Named> {
  const { StackResourceSummaries = [] } = await new CloudFormationClient({}).send(new ListStackResourcesCommand({ StackName: stack }));
  return (await Promise.all(StackResourceSummaries.map(async ({ LogicalResourceId, PhysicalResourceId, ResourceType }) => {
    const name = `${label}/${LogicalResourceId!.replace(/[0-9A-F]{8}$/, '')}`;
    const inside = ResourceType === 'AWS::CloudFormation::Stack' ? await within(PhysicalResourceId!, name, type) : [];
    return [...ResourceType === type ? [[name, PhysicalResourceId!] as const] : [], ...inside];
  }))).flat();
}
