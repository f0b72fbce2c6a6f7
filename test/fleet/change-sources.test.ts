import { error, FakeFleet, instance, RUN, type FakeTemplate, type Place } from './fake-fleet';
import { changeSources, type SourcesEvent } from '../../src/fleet/change-sources.lambda';
import { changeSources as changeSourcesFunction, restoreSources as restoreSourcesFunction } from '../../src/fleet/functions.lambda';
import type { GroupSettings } from '../../src/fleet/handlers/ledger';
import { inspect } from '../../src/fleet/inspect.lambda';
import { restoreSources } from '../../src/fleet/restore-sources.lambda';

const HERE = { account: '111111111111', region: 'eu-west-1' };
const IN_PLACE: GroupSettings = { mode: 'in-place' };
const REFRESH: GroupSettings = { mode: 'instance-refresh', minHealthyPercentage: 80, instanceWarmupSeconds: 30, alarms: ['errors'] };
const OPEN: any = { ImageId: 'ami-1', UserData: 'x' };
const SAFE = { ...OPEN, MetadataOptions: { HttpTokens: 'required' } };
/** Nobody else changes the fleet. */
const MAY = async () => {};
/** Every call of a run dies once. */
const LONG = 240_000;
const GONE = 'InvalidLaunchTemplateId.NotFound';

let fleet: FakeFleet;
beforeEach(() => {
  Object.assign(process.env, { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'own', AWS_SECRET_ACCESS_KEY: 'x' });
  fleet = new FakeFleet();
});

/** A group of one ready instance, at a version of a template. */
interface Group { readonly name: string; readonly template: string; readonly version: string; readonly facts?: object; readonly ready?: boolean }

async function take(
  groups: readonly Group[], launchTemplates: { [id: string]: FakeTemplate }, more: Partial<Place> & { readonly alone?: any[] } = {},
): Promise<Place> {
  const { alone = [], ...place } = more;
  const instances = groups.map(({ name, facts = {}, ready = true }) => {
    if (ready) fleet.seen(`i-${name}`, 35);
    const { tags, ...rest } = facts as any;
    return instance(`i-${name}`, { ...rest, tags: { ...tags, 'aws:autoscaling:groupName': name } });
  });
  const here: Place = fleet.places['own/eu-west-1'] = {
    instances: [...instances, ...alone],
    groups: groups.map(({ name: AutoScalingGroupName, template: LaunchTemplateId, version: Version }) => (
      { AutoScalingGroupName, LaunchTemplate: { LaunchTemplateId, Version } })),
    launchTemplates,
    refreshes: {},
    ...place,
  };
  await inspect({ bucket: 'reports', run: RUN, target: HERE }, () => 900_000);
  fleet.calls.length = 0;
  return here;
}

const eventOf = (groups: GroupSettings): SourcesEvent => ({ bucket: 'reports', run: RUN, target: HERE, groups });

/** As the state machine does: until it is done, at most so many times. */
async function until<T extends SourcesEvent>(
  handler: (event: T, timeLeft: () => number, check: () => Promise<void>) => Promise<T & { done: boolean }>, event: T, timeLeft = () => 900_000,
): Promise<void> {
  for (let calls = 0; calls < 12; calls++) {
    const { done, ...next } = await handler(JSON.parse(JSON.stringify(event)), timeLeft, MAY);
    expect(next).toEqual(event);
    if (done) return;
  }
  throw new Error('it is never done');
}
const change = (groups: GroupSettings = IN_PLACE, timeLeft?: () => number) => until(changeSources, eventOf(groups), timeLeft);
const restore = (groups: GroupSettings = IN_PLACE, run = RUN) => until(restoreSources, { ...eventOf(groups), run, from: 'run' });

const recordOf = (id: string, folder = 'changes', run = 'run') => {
  const [found] = fleet.lines(new RegExp(`^runs/${run}/${folder}/sources/111111111111/eu-west-1/[^/]+/${id}.json$`));
  if (!found) return undefined;
  const { time, ...record } = found;
  expect(Date.parse(time)).toBeGreaterThan(0);
  expect(record).toMatchObject({ ...HERE, id, run });
  return record;
};
const changes = () => fleet.operations().filter((name) => /^(Create|Modify|Start|Cancel)/.test(name));

describe('a launch template', () => {
  const stack = { stacks: { 'lt-1': { StackName: 'shop', ResourceStatus: 'UPDATE_COMPLETE' } } };
  const stackTag = { 'aws:cloudformation:stack-name': 'shop' };
  type Case = [name: string, template: FakeTemplate, version: string, place: Partial<Place>, record: object, current: number, versions: any[]];
  test.each<Case>([
    ['that is silent gets a version like its default one', { default: 1, versions: [OPEN] }, '$Default', {}, { outcome: 'changed', before: '1', after: '2' }, 2, [OPEN, SAFE]],
    ['that is followed by its latest version, too', { default: 1, versions: [OPEN] }, '$Latest', {}, { outcome: 'changed', before: '1', after: '2' }, 2, [OPEN, SAFE]],
    [
      'keeps its other options', { default: 1, versions: [{ ...OPEN, MetadataOptions: { State: 'applied', HttpTokens: 'optional', HttpPutResponseHopLimit: 3, InstanceMetadataTags: 'enabled' } }] },
      '$Default', {}, { outcome: 'changed' }, 2,
      [expect.anything(), { ...OPEN, MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 3, InstanceMetadataTags: 'enabled' } }],
    ],
    [
      'keeps the snapshots of its volumes', { default: 1, versions: [{ ...OPEN, BlockDeviceMappings: [{ DeviceName: 'a', Ebs: { SnapshotId: 'snap-1', VolumeSize: 8 } }] }] },
      '$Default', {}, { outcome: 'changed' }, 2, [expect.anything(), { ...SAFE, BlockDeviceMappings: [{ DeviceName: 'a', Ebs: { SnapshotId: 'snap-1', VolumeSize: 8 } }] }],
    ],
    ['that requires tokens is right already', { default: 1, versions: [SAFE] }, '$Default', {}, { outcome: 'already' }, 1, [SAFE]],
    ['that disables the endpoint is left disabled', { default: 1, versions: [{ MetadataOptions: { HttpEndpoint: 'disabled' } }] }, '$Default', {}, { outcome: 'already' }, 1, [expect.anything()]],
    ['whose latest version nobody follows is right by its default one', { default: 1, versions: [SAFE, OPEN] }, '$Default', {}, { outcome: 'already' }, 1, [SAFE, OPEN]],
    [
      'whose latest version is followed gets a later one, and keeps its default', { default: 1, versions: [{ ImageId: 'old' }, OPEN] }, '$Latest', {},
      { outcome: 'changed', before: '1', source: '2', after: '3', reason: 'its groups follow its latest version; its default one is still 1' }, 1, [{ ImageId: 'old' }, OPEN, SAFE],
    ],
    ['whose latest version is followed and open, though its default is not', { default: 1, versions: [SAFE, OPEN] }, '$Latest', {}, { outcome: 'changed', after: '3' }, 1, [SAFE, OPEN, SAFE]],
    [
      'whose default version is not the latest is left', { default: 1, versions: [OPEN, { ImageId: 'new' }] }, '$Default', {},
      { outcome: 'left', reason: 'its default version 1 and its latest one 2 differ: a new version of the one would be the latest for whatever follows the other' }, 1, [OPEN, { ImageId: 'new' }],
    ],
    ['whose followed latest version requires tokens keeps its default', { default: 1, versions: [OPEN, SAFE] }, '$Latest', {}, { outcome: 'left' }, 1, [OPEN, SAFE]],
    ['whose latest version is open, of which the followed default is a copy', { default: 2, versions: [OPEN, OPEN, OPEN] }, '$Default', {}, { outcome: 'left' }, 2, [OPEN, OPEN, OPEN]],
    ['of a stack that requires tokens by now gets that version', { default: 1, versions: [OPEN, SAFE], tags: stackTag }, '$Default', {}, { outcome: 'changed', before: '1', after: '2' }, 2, [OPEN, SAFE]],
    [
      'of a stack that does not is left', { default: 1, versions: [OPEN], tags: stackTag }, '$Default', {},
      { outcome: 'left', reason: 'owned by stack shop, change it there', next: 'require tokens in stack shop' }, 1, [OPEN],
    ],
    ['of a stack is known without a tag', { default: 1, versions: [OPEN] }, '$Default', stack, { outcome: 'left', reason: 'owned by stack shop, change it there' }, 1, [OPEN]],
    [
      'of a stack that was deleted is nobody\'s', { default: 1, versions: [OPEN] }, '$Default', { stacks: { 'lt-1': { StackName: 'shop', ResourceStatus: 'DELETE_SKIPPED' } } },
      { outcome: 'changed' }, 2, [OPEN, SAFE],
    ],
    ...([
      ['Amazon EKS', { tags: { 'eks:cluster-name': 'c' } }], ['Amazon EKS', { name: 'eks-0ab1c2d3-1234-5678-9abc-0123456789ab' }], ['AWS Batch', { name: 'Batch-lt-1' }],
      ['AWS Batch', { tags: { AWSBatchServiceTag: 'batch' } }], ['Karpenter', { tags: { 'karpenter.sh/managed-by': 'c' } }], ['Amazon ECS', { tags: { AmazonECSManaged: '' } }],
      ['AWS Elastic Beanstalk', { tags: { 'elasticbeanstalk:environment-name': 'e', ...stackTag } }], ['whoever set the tag aws:new:thing', { tags: { 'aws:new:thing': 'x' } }],
      ['service.amazonaws.com', { operator: 'service.amazonaws.com' }],
    ] as const).map(([name, facts]): Case => [
      `of ${name}, by ${Object.keys(facts)[0]}, is left, though its latest version requires tokens`, { default: 1, versions: [OPEN, SAFE], ...facts }, '$Default', {},
      { outcome: 'left', reason: `owned by ${name}, change it there` }, 1, [OPEN, SAFE],
    ]),
    ['that a group names by its number gets a version all the same', { default: 1, versions: [OPEN] }, '1', {}, { outcome: 'changed', after: '2' }, 2, [OPEN, SAFE]],
  ])('%s', async (_, template, version, place, record, current, versions) => {
    await take([{ name: 'g', template: 'lt-1', version }], { 'lt-1': template }, place);
    await change();
    expect(recordOf('lt-1')).toMatchObject({ kind: 'launch-template', ...record });
    expect(template.default).toBe(current);
    expect(template.versions).toEqual(versions);
  });

  test.each<[string, object, number | undefined, number | undefined]>([
    ['a host', {}, undefined, undefined],
    ['a container host', { tags: { 'eks:node': 'x' } }, undefined, 2],
    ['a container host that the account gives 3 hops', { tags: { 'eks:node': 'x' }, MetadataOptions: { HttpPutResponseHopLimit: 3 } }, undefined, 3],
    ['a container host, whose own limit stays', { tags: { 'eks:node': 'x' } }, 1, 1],
  ])('of %s has the right hop limit', async (_, facts, own, expected) => {
    const template = { default: 1, versions: [{ ...OPEN, MetadataOptions: { HttpPutResponseHopLimit: own } }] };
    await take([{ name: 'g', template: 'lt-1', version: '$Default', facts }], { 'lt-1': template });
    await change();
    expect(template.versions[1].MetadataOptions).toEqual({ HttpTokens: 'required', ...expected && { HttpPutResponseHopLimit: expected } });
  });

  test.each<[string, Partial<Group>, string]>([
    ['calls IMDSv1', { facts: {} }, 'the instance i-b calls IMDSv1'],
    ['may do so', { ready: false }, 'of the instance i-b it is not known whether it does without IMDSv1'],
    ['is exempt', { facts: { tags: { 'imdsv2:exempt-until': '2027-01-01', 'imdsv2:exempt-reason': 'x' } } }, 'the instance i-b is exempt'],
  ])('behind an instance that %s is left', async (name, facts, reason) => {
    const templates = { 'lt-1': { default: 1, versions: [OPEN] } };
    if (name === 'calls IMDSv1') {
      fleet.seen('i-b', 35, { '2026-11-20T04:00:00Z': 7 });
      facts = { ...facts, ready: false };
    }
    await take([{ name: 'a', template: 'lt-1', version: '$Default' }, { name: 'b', template: 'lt-1', version: '$Default', ...facts }], templates);
    await change();
    expect(recordOf('lt-1')).toMatchObject({ outcome: 'left', reason: `what it launches may need IMDSv1: ${reason}` });
    expect(recordOf('a')).toMatchObject({ outcome: 'left', reason: `$Default of lt-1 does not require tokens: what it launches may need IMDSv1: ${reason}` });
    expect(changes()).toEqual([]);
  });

  test('of an instance in no group is changed, and one behind a disabled endpoint is not', async () => {
    fleet.seen('i-1', 35);
    const launched = (id: string, template: string, MetadataOptions = {}) => (
      instance(id, { MetadataOptions, tags: { 'aws:ec2launchtemplate:id': template, 'aws:ec2launchtemplate:version': '1' } }));
    const templates: { [id: string]: FakeTemplate } = { 'lt-1': { default: 1, versions: [OPEN] }, 'lt-2': { default: 1, versions: [OPEN] } };
    await take([], templates, { alone: [launched('i-1', 'lt-1'), launched('i-2', 'lt-2', { HttpEndpoint: 'disabled' })] });
    await change();
    expect([templates['lt-1'].default, templates['lt-2'].default]).toEqual([2, 1]);
    expect(recordOf('lt-2')).toBeUndefined();
  });

  test('whose default version and latest one are both followed, and differ, is left', async () => {
    await take([{ name: 'a', template: 'lt-1', version: '$Default' }, { name: 'b', template: 'lt-1', version: '$Latest' }], { 'lt-1': { default: 1, versions: [OPEN, OPEN] } });
    await change();
    expect(recordOf('lt-1')).toMatchObject({ outcome: 'left', next: 'make one of them both the default and the latest version, and start another run' });
    expect(changes()).toEqual([]);
  });

  test('gets one version, also where the number was lost and EC2 has forgotten the token', async () => {
    const template = { default: 1, versions: [OPEN] };
    await take([{ name: 'g', template: 'lt-1', version: '$Default' }], { 'lt-1': template });
    fleet.lost = ({ operation }) => operation === 'CreateLaunchTemplateVersion' ? error('InternalError') : undefined;
    await expect(change()).rejects.toThrow('InternalError');
    fleet.lost = undefined;
    fleet.tokens.clear();
    await change();
    expect(template).toMatchObject({ default: 2, versions: [OPEN, SAFE] });
  });

  test('is looked at once', async () => {
    await take([{ name: 'g', template: 'lt-1', version: '$Default' }], { 'lt-1': { default: 1, versions: [OPEN] } });
    await change();
    fleet.calls.length = 0;
    await change();
    expect(fleet.operations()).not.toContain('DescribeLaunchTemplates');
  });

  test('that is deleted meanwhile is gone', async () => {
    const { launchTemplates } = await take([{ name: 'g', template: 'lt-1', version: '$Default' }], { 'lt-1': { default: 1, versions: [OPEN] } });
    delete launchTemplates!['lt-1'];
    fleet.fault = ({ operation }) => operation === 'DescribeLaunchTemplateVersions' ? error(GONE) : undefined;
    await change();
    expect(recordOf('lt-1')).toMatchObject({ outcome: 'gone' });
    expect(recordOf('g')).toMatchObject({ outcome: 'left', reason: 'lt-1 does not exist any more' });
  });

  test('that a group names, and that is gone, is gone', async () => {
    const groups = [{ AutoScalingGroupName: 'g', LaunchTemplate: { LaunchTemplateName: 'web' } }];
    await take([{ name: 'g', template: '', version: '' }], {}, { groups });
    await change();
    expect(recordOf('web')).toMatchObject({ outcome: 'gone' });
    expect(recordOf('g')).toMatchObject({ outcome: 'left', reason: 'web does not exist any more' });
  });

  test('whose new version is not what it should be is not made the default', async () => {
    const template = { default: 1, versions: [OPEN] };
    await take([{ name: 'g', template: 'lt-1', version: '$Default' }], { 'lt-1': template });
    fleet.lost = ({ operation }) => {
      if (operation === 'CreateLaunchTemplateVersion') delete (template.versions[1] as any).UserData;
      return undefined;
    };
    await change();
    expect(recordOf('lt-1')).toMatchObject({ outcome: 'failed', reason: 'version 2 was made from version 1 and differs from it in UserData: it was not made the default' });
    expect(template.default).toBe(1);
  });

  test('that may not be changed fails, and the others are changed', async () => {
    const templates = { 'lt-1': { default: 1, versions: [OPEN] }, 'lt-2': { default: 1, versions: [OPEN] } };
    await take([{ name: 'a', template: 'lt-1', version: '$Default' }, { name: 'b', template: 'lt-2', version: '$Default' }], templates);
    fleet.fault = ({ operation, input }) => operation === 'ModifyLaunchTemplate' && input.LaunchTemplateId === 'lt-1' ? error('UnauthorizedOperation', 'by policy') : undefined;
    await change();
    expect(recordOf('lt-1')).toMatchObject({ outcome: 'failed', before: '1', after: '2', reason: 'by policy (UnauthorizedOperation)' });
    expect(templates['lt-2'].default).toBe(2);
  });

  test('that fails otherwise is tried again, after the others', async () => {
    const templates = { 'lt-1': { default: 1, versions: [OPEN] }, 'lt-2': { default: 1, versions: [OPEN] } };
    await take([{ name: 'a', template: 'lt-1', version: '$Default' }, { name: 'b', template: 'lt-2', version: '$Default' }], templates);
    fleet.fault = ({ operation, input }) => operation === 'ModifyLaunchTemplate' && input.LaunchTemplateId === 'lt-1' ? error('InternalError') : undefined;
    await expect(change()).rejects.toThrow('1 launch templates or groups failed, the first of them so: no (InternalError)');
    expect(recordOf('lt-1')).toMatchObject({ outcome: 'failed', reason: 'no (InternalError)' });
    expect(templates['lt-2'].default).toBe(2);
    fleet.fault = undefined;
    await change();
    expect(recordOf('lt-1')).toEqual({
      ...HERE, kind: 'launch-template', id: 'lt-1', run: 'run', before: '1', after: '2', source: '1', moves: true, followed: false, outcome: 'changed',
    });
  });

  test('that somebody moves meanwhile is left', async () => {
    const template = { default: 1, versions: [OPEN] };
    await take([{ name: 'g', template: 'lt-1', version: '$Default' }], { 'lt-1': template });
    fleet.fault = ({ operation }) => operation === 'ModifyLaunchTemplate' ? error('InternalError') : undefined;
    await expect(change()).rejects.toThrow('InternalError');
    fleet.fault = undefined;
    template.versions.push({ ImageId: 'theirs' });
    template.default = 3;
    await change();
    expect(recordOf('lt-1')).toMatchObject({ outcome: 'left', reason: 'somebody else moved its default version from 1 to 3 meanwhile', before: '1', after: '2' });
    expect(template.default).toBe(3);
  });

  test('is not looked at where not everything was inspected', async () => {
    await take([{ name: 'g', template: 'lt-1', version: '$Default' }], { 'lt-1': { default: 1, versions: [OPEN] } });
    fleet.objects.set('runs/run/outcomes/111111111111/eu-west-1.json', JSON.stringify({ ...HERE, status: 'failed', parts: 1 }));
    await change();
    expect(changes()).toEqual([]);
  });
});

describe('a group', () => {
  const templates = (): { [id: string]: FakeTemplate } => ({ 'lt-1': { default: 1, versions: [OPEN] } });

  test.each<[string, string, object]>([
    ['that follows the default version', '$Default', { outcome: 'already' }],
    ['that follows the latest version', '$Latest', { outcome: 'already' }],
    ['that names a version', '1', { outcome: 'pinned', reason: 'it launches from version 1 of lt-1, which does not require tokens', next: 'point the group at version 2' }],
  ])('%s, in place', async (_, version, record) => {
    await take([{ name: 'g', template: 'lt-1', version }], templates());
    await change();
    expect(recordOf('g')).toEqual({ ...HERE, kind: 'auto-scaling-group', id: 'g', run: 'run', ...record });
    expect(changes()).not.toContain('StartInstanceRefresh');
  });

  test('is refreshed once its template is right, and waited for', async () => {
    await take([{ name: 'a/b', template: 'lt-1', version: '$Default' }], templates());
    const { done } = await changeSources(eventOf(REFRESH), () => 900_000, MAY);
    expect(done).toBe(false);
    await change(REFRESH);
    expect(recordOf('a%2Fb'.replace('%2F', '/'))).toBeUndefined();
    expect(fleet.lines(/a%2Fb\.json$/)).toEqual([expect.objectContaining({ id: 'a/b', outcome: 'changed', refresh: 'a/b-0' })]);
    expect(changes()).toEqual(['CreateLaunchTemplateVersion', 'ModifyLaunchTemplate', 'StartInstanceRefresh']);
    expect(fleet.calls.find(({ operation }) => operation === 'StartInstanceRefresh')!.input).toEqual({
      AutoScalingGroupName: 'a/b',
      Strategy: 'Rolling',
      Preferences: { MinHealthyPercentage: 80, InstanceWarmup: 30, SkipMatching: true, AlarmSpecification: { Alarms: ['errors'] } },
    });
  });

  test.each<[string, Group, { [id: string]: FakeTemplate }, object]>([
    ['that names a version', { name: 'g', template: 'lt-1', version: '1' }, templates(), { outcome: 'pinned' }],
    ['whose template is left', { name: 'g', template: 'lt-1', version: '$Default' }, { 'lt-1': { ...templates()['lt-1'], tags: { 'eks:x': '' } } }, { outcome: 'left', next: 'require tokens in Amazon EKS' }],
    [
      'with an instance that is not ready', { name: 'g', template: 'lt-1', version: '$Default', ready: false }, { 'lt-1': { default: 1, versions: [SAFE] } },
      { outcome: 'left', reason: 'its instances are not replaced: of the instance i-g it is not known whether it does without IMDSv1' },
    ],
  ])('%s is not refreshed', async (_, group, launchTemplates, record) => {
    await take([group], launchTemplates);
    await change(REFRESH);
    expect(recordOf('g')).toMatchObject(record);
    expect(changes()).not.toContain('StartInstanceRefresh');
  });

  /** What happened to the instance of the group since the inventory. */
  const SINCE: ReadonlyArray<readonly [string, (one: any) => void, string]> = [
    ['was exempted', (one) => one.Tags.push({ Key: 'imdsv2:exempt-until', Value: '2099-01-01' }), 'the instance i-g is exempt'],
    ['called without a token', () => fleet.metrics.set('i-g', new Map([[Date.now() - 1, 3]])), 'the instance i-g calls IMDSv1'],
  ];

  test.each(SINCE)('with an instance that %s since the inventory is not refreshed, and its template is left', async (_, happen, reason) => {
    const here = await take([{ name: 'g', template: 'lt-1', version: '$Default' }], templates());
    happen(here.instances![0]);
    await change(REFRESH);
    expect(recordOf('lt-1')).toMatchObject({ outcome: 'left', reason: `what it launches may need IMDSv1: ${reason}` });
    expect([changes(), here.launchTemplates!['lt-1'].default]).toEqual([[], 1]);
  });

  test.each(SINCE)('with an instance that %s since the inventory is not refreshed though its template is right', async (_, happen, reason) => {
    const here = await take([{ name: 'g', template: 'lt-1', version: '$Default' }], { 'lt-1': { default: 1, versions: [SAFE] } });
    happen(here.instances![0]);
    await change(REFRESH);
    expect(recordOf('g')).toMatchObject({ outcome: 'left', reason: `its instances are not replaced: ${reason}` });
    expect(changes()).toEqual([]);
  });

  test('of many instances is looked at again in pages that EC2 takes, once for its template and once for itself', async () => {
    const here = await take([{ name: 'g', template: 'lt-1', version: '$Default' }], templates());
    const ids = Array.from({ length: 250 }, (_, i) => `i-${i}`);
    for (const id of ids) fleet.seen(id, 35);
    here.instances!.splice(0, 1, ...ids.map((id) => instance(id, { tags: { 'aws:autoscaling:groupName': 'g' } })));
    await inspect({ bucket: 'reports', run: RUN, target: HERE }, () => 900_000);
    here.instances![249].Tags.push({ Key: 'imdsv2:exempt-until', Value: '2099-01-01' });
    fleet.calls.length = 0;
    await change(REFRESH);
    expect(recordOf('lt-1')).toMatchObject({ outcome: 'left', reason: expect.stringContaining('the instance i-249 is exempt') });
    const asked = fleet.calls.filter(({ operation, input }) => operation === 'DescribeInstances' && !input.NextToken).map(({ input }) => input.Filters[0].Values.length);
    expect(asked).toEqual([100, 100, 50]);
  });

  test('is looked at again only before it is refreshed, not while it is', async () => {
    await take([{ name: 'g', template: 'lt-1', version: '$Default' }], templates());
    await change(REFRESH);
    expect(recordOf('g')).toMatchObject({ outcome: 'changed' });
    expect(fleet.operations().filter((name) => name === 'GetMetricData')).toHaveLength(2);
  });

  test('that names a version which requires tokens is refreshed', async () => {
    await take([{ name: 'g', template: 'lt-1', version: '1' }], { 'lt-1': { default: 1, versions: [SAFE] } });
    await change({ mode: 'instance-refresh', minHealthyPercentage: 90 });
    expect(recordOf('g')).toMatchObject({ outcome: 'changed' });
    expect(fleet.calls.find(({ operation }) => operation === 'StartInstanceRefresh')!.input.Preferences).toEqual({ MinHealthyPercentage: 90, SkipMatching: true });
  });

  test('of a launch configuration is left', async () => {
    const here = await take([{ name: 'g', template: 'lt-1', version: '$Default' }], templates(), { configurations: { 'lc-1': undefined } });
    here.groups![0] = { AutoScalingGroupName: 'g', LaunchConfigurationName: 'lc-1' };
    await change(REFRESH);
    expect(recordOf('g')).toMatchObject({ outcome: 'left', reason: 'the launch configuration lc-1 does not require tokens, and cannot be changed' });
  });

  test('of which EC2 was told to require tokens everywhere is not replaced for that', async () => {
    await take([{ name: 'g', template: 'lt-1', version: '1', facts: { MetadataOptions: { HttpTokens: 'required', State: 'pending' } } }], { 'lt-1': { default: 1, versions: [SAFE] } });
    expect(fleet.lines(/\/instances\/.*jsonl$/)).toHaveLength(1);
    await change(REFRESH);
    expect(recordOf('g')).toBeUndefined();
    expect(changes()).toEqual([]);
  });

  test.each([['before', 0], ['during', 1]])('that was deleted %s its refresh is gone, on the way back, too', async (_, calls) => {
    const here = await take([{ name: 'g', template: 'lt-1', version: '$Default' }], templates());
    for (let call = 0; call < calls; call++) await changeSources(eventOf(REFRESH), () => 900_000, MAY);
    const there = here.groups!.splice(0);
    await change(REFRESH);
    expect(recordOf('g')).toMatchObject({ outcome: 'gone' });
    if (calls === 0) return;
    here.groups!.push(...there);
    const later = { ...RUN, id: 'later' };
    while (!recordOf('g', 'restored', 'later')?.refresh) await restoreSources({ ...eventOf(REFRESH), run: later, from: 'run' }, () => 900_000, MAY);
    here.groups!.pop();
    await restore(REFRESH, later);
    expect(recordOf('g', 'restored', 'later')).toMatchObject({ outcome: 'gone' });
  });

  test.each(['Failed', 'Cancelled', 'RollbackSuccessful'])('whose refresh ends as %s has failed, and is not refreshed again', async (status) => {
    await take([{ name: 'g', template: 'lt-1', version: '$Default' }], templates());
    fleet.refreshEnds = [status];
    await change(REFRESH);
    await change(REFRESH);
    expect(recordOf('g')).toMatchObject({ outcome: 'failed', reason: `its instance refresh ended as ${status}: as it is`, refresh: 'g-0' });
    expect(changes().filter((name) => name === 'StartInstanceRefresh')).toHaveLength(1);
  });

  test.each(['the way there', 'the way back'])('that fails again and again does not end the watch over another one: %s', async (way) => {
    await take(['1', '2'].map((n) => ({ name: `g-${n}`, template: 'lt-1', version: '$Default' })), templates());
    const isBack = way === 'the way back';
    if (isBack) await change(REFRESH);
    const later = { ...RUN, id: 'later' };
    fleet.fault = ({ operation, input }) => (operation === 'StartInstanceRefresh' && input.AutoScalingGroupName === 'g-1' ? error('InternalFailure') : undefined);
    await expect(isBack ? restore(REFRESH, later) : change(REFRESH)).rejects.toThrow('1 launch templates or groups failed');
    expect(isBack ? recordOf('g-2', 'restored', 'later') : recordOf('g-2')).toMatchObject({ outcome: isBack ? 'restored' : 'changed' });
  });

  test('that somebody refreshes waits for it, and then is refreshed', async () => {
    const here = await take([{ name: 'g', template: 'lt-1', version: '$Default' }], templates());
    here.refreshes!.g = [{ InstanceRefreshId: 'theirs', Status: 'InProgress', StartTime: new Date(Date.now() - 3600_000) }];
    await change(REFRESH);
    expect(recordOf('g')).toMatchObject({ outcome: 'changed', refresh: 'g-1' });
  });
});

test('a call without time does nothing, and the next one goes on', async () => {
  const templates = { 'lt-1': { default: 1, versions: [OPEN] }, 'lt-2': { default: 1, versions: [OPEN] } };
  await take([{ name: 'a', template: 'lt-1', version: '$Default' }, { name: 'b', template: 'lt-2', version: '$Default' }], templates);
  // Enough for one template or group.
  let calls = 0;
  await change(IN_PLACE, () => calls++ % 5 < 4 ? 900_000 : 1000);
  expect([templates['lt-1'].default, templates['lt-2'].default]).toEqual([2, 2]);
  expect(changes()).toHaveLength(4);
  fleet.calls.length = 0;
  expect(await changeSources(eventOf(IN_PLACE), () => 1000, MAY)).toMatchObject({ done: false });
  expect(await restoreSources(eventOf(IN_PLACE), () => 1000, MAY)).toMatchObject({ done: false });
  expect(changes()).toEqual([]);
});

describe('the way back', () => {
  const LATER = { ...RUN, id: 'later' };

  test.each<[string, FakeTemplate, string, object | undefined, number, any]>([
    ['what was moved', { default: 1, versions: [OPEN] }, '$Default', { outcome: 'restored', before: '2', after: '1' }, 1, SAFE],
    ['what follows the latest version', { default: 1, versions: [OPEN] }, '$Latest', { outcome: 'restored' }, 1, OPEN],
    ['a latest version alone', { default: 1, versions: [SAFE, OPEN] }, '$Latest', { outcome: 'restored' }, 1, OPEN],
    ['a version of a stack', { default: 1, versions: [OPEN, SAFE], tags: { 'aws:cloudformation:stack-name': 's' } }, '$Latest', { outcome: 'restored' }, 1, SAFE],
    ['nothing of what was right already', { default: 1, versions: [SAFE] }, '$Default', undefined, 1, SAFE],
  ])('undoes %s', async (_, template, version, record, current, latest) => {
    await take([{ name: 'g', template: 'lt-1', version }], { 'lt-1': template });
    await change();
    const evidence = () => new Map([...fleet.objects].filter(([name]) => name.startsWith('runs/run/') && !name.startsWith('runs/run/undone-by/')));
    const recorded = evidence();
    await restore(IN_PLACE, LATER);
    expect(fleet.json('undone-by/later.json')).toEqual({ run: 'later' });
    if (record) expect(recordOf('lt-1', 'restored', 'later')).toMatchObject({ undoes: 'run', ...record });
    else expect(recordOf('lt-1', 'restored', 'later')).toBeUndefined();
    expect(template.default).toBe(current);
    expect(template.versions.at(-1)).toEqual(latest);
    expect(evidence()).toEqual(recorded);
  });

  test('of the run itself is the default', async () => {
    const template = { default: 1, versions: [OPEN] };
    await take([{ name: 'g', template: 'lt-1', version: '$Default' }], { 'lt-1': template });
    await change();
    await until(restoreSources, eventOf(IN_PLACE));
    expect(template.default).toBe(1);
    expect(recordOf('lt-1', 'restored')).toMatchObject({ outcome: 'restored', undoes: 'run' });
  });

  test.each<[string, (template: FakeTemplate) => void, object, number]>([
    ['was moved since', (template) => { template.versions.push(OPEN); template.default = 3; }, { outcome: 'left', reason: 'its default version is 3 now, not 2: somebody moved it since' }, 3],
    ['was set back since', (template) => { template.default = 1; }, { outcome: 'already' }, 1],
  ])('leaves what %s', async (_, meanwhile, record, current) => {
    const template = { default: 1, versions: [OPEN] };
    await take([{ name: 'g', template: 'lt-1', version: '$Default' }], { 'lt-1': template });
    await change();
    meanwhile(template);
    await restore(IN_PLACE, LATER);
    expect(recordOf('lt-1', 'restored', 'later')).toMatchObject(record);
    expect(template.default).toBe(current);
  });

  test('leaves a latest version that is somebody else\'s', async () => {
    const template = { default: 1, versions: [OPEN] };
    await take([{ name: 'g', template: 'lt-1', version: '$Latest' }], { 'lt-1': template });
    await change();
    template.versions.push({ ImageId: 'theirs' });
    await restore(IN_PLACE, LATER);
    expect([template.default, template.versions.length]).toEqual([1, 3]);
  });

  test('of what is gone is said', async () => {
    const here = await take([{ name: 'g', template: 'lt-1', version: '$Default' }], { 'lt-1': { default: 1, versions: [OPEN] } });
    await change(REFRESH);
    delete here.launchTemplates!['lt-1'];
    here.groups!.pop();
    await restore(REFRESH, LATER);
    expect(recordOf('lt-1', 'restored', 'later')).toMatchObject({ outcome: 'gone' });
    expect(recordOf('g', 'restored', 'later')).toMatchObject({ outcome: 'gone' });
  });

  test.each([['under way', false], ['over', true]])('stops a refresh that is %s, and starts one back without alarms', async (_, isOver) => {
    await take([{ name: 'g', template: 'lt-1', version: '$Default' }], { 'lt-1': { default: 1, versions: [OPEN] } });
    if (isOver) await change(REFRESH);
    else await changeSources(eventOf(REFRESH), () => 900_000, MAY);
    fleet.calls.length = 0;
    await restore(REFRESH, LATER);
    expect(changes()).toEqual(['ModifyLaunchTemplate', ...isOver ? [] : ['CancelInstanceRefresh'], 'StartInstanceRefresh']);
    expect(fleet.calls.find(({ operation }) => operation === 'StartInstanceRefresh')!.input.Preferences).toEqual({ MinHealthyPercentage: 80, InstanceWarmup: 30, SkipMatching: true });
    expect(recordOf('g', 'restored', 'later')).toMatchObject({ outcome: 'restored', refresh: 'g-1', ...!isOver && { stopped: 'g-0' } });
  });

  test.each([['under way', false], ['over', true]])('in place stops a refresh that is %s and starts none, so that instances which it replaced stay as they are: a failure', async (_, isOver) => {
    await take([{ name: 'g', template: 'lt-1', version: '$Default' }], { 'lt-1': { default: 1, versions: [OPEN] } });
    if (isOver) await change(REFRESH);
    else await changeSources(eventOf(REFRESH), () => 900_000, MAY);
    await restore(IN_PLACE, LATER);
    expect(recordOf('g', 'restored', 'later')).toMatchObject({
      outcome: 'failed', reason: expect.stringContaining('this rollout starts none any more'), next: expect.stringContaining('FleetGroups.instanceRefresh()'), ...!isOver && { stopped: 'g-0' },
    });
    expect(changes().filter((name) => name === 'StartInstanceRefresh')).toHaveLength(1);
  });

  test('after another run undid the same one leaves what a third one changed between them', async () => {
    const templates: { [id: string]: FakeTemplate } = { 'lt-1': { default: 1, versions: [OPEN, SAFE], tags: { 'aws:cloudformation:stack-name': 's' } } };
    const here = await take([{ name: 'g', template: 'lt-1', version: '$Default' }], templates);
    await change(REFRESH);
    await restore(REFRESH, LATER);
    expect(templates['lt-1'].default).toBe(1);
    // The third one does the same again: what is there is what the first one left.
    templates['lt-1'].default = 2;
    fleet.calls.length = 0;
    await restore(REFRESH, { ...RUN, id: 'latest' });
    expect([templates['lt-1'].default, changes(), Object.keys(here.refreshes!).length]).toEqual([2, [], 1]);
    expect([recordOf('lt-1', 'restored', 'latest'), recordOf('g', 'restored', 'latest')]).toEqual([undefined, undefined]);
  });

  test('after another run that could not undo the same one undoes it', async () => {
    const template = { default: 1, versions: [OPEN] };
    await take([{ name: 'g', template: 'lt-1', version: '$Default' }], { 'lt-1': template });
    await change();
    fleet.fault = ({ operation }) => (operation === 'ModifyLaunchTemplate' ? error('UnauthorizedOperation') : undefined);
    await restore(IN_PLACE, LATER);
    expect([recordOf('lt-1', 'restored', 'later').outcome, template.default]).toEqual(['failed', 2]);
    fleet.fault = undefined;
    await restore(IN_PLACE, { ...RUN, id: 'latest' });
    expect([recordOf('lt-1', 'restored', 'latest').outcome, template.default]).toEqual(['restored', 1]);
  });

  test('replaces nothing where the template still requires tokens', async () => {
    await take([{ name: 'g', template: 'lt-1', version: '$Default' }], { 'lt-1': { default: 1, versions: [SAFE] } });
    await change(REFRESH);
    await restore(REFRESH, LATER);
    expect(recordOf('g', 'restored', 'later')).toMatchObject({ outcome: 'left', reason: 'its instances are not replaced again: lt-1 still requires tokens' });
  });

  test('does not stop a refresh that was waited for', async () => {
    const here = await take([{ name: 'g', template: 'lt-1', version: '$Default' }], { 'lt-1': { default: 1, versions: [OPEN] } });
    here.refreshes!.g = [{ InstanceRefreshId: 'theirs', Status: 'InProgress', StartTime: new Date(Date.now() - 3600_000) }];
    await changeSources(eventOf(REFRESH), () => 900_000, MAY);
    await restore(REFRESH, LATER);
    expect(recordOf('g', 'restored', 'later')).toMatchObject({ outcome: 'already' });
    expect(changes()).not.toContain('CancelInstanceRefresh');
  });

  test('leaves a group alone that was not refreshed', async () => {
    const here = await take([{ name: 'g', template: 'lt-1', version: '$Default' }], { 'lt-1': { default: 1, versions: [OPEN] } });
    await change();
    here.refreshes!.g = [{ InstanceRefreshId: 'theirs', Status: 'InProgress', StartTime: new Date() }];
    await restore(REFRESH, LATER);
    expect(recordOf('g', 'restored', 'later')).toBeUndefined();
    expect(changes()).not.toContain('CancelInstanceRefresh');
  });
});

/** What is left behind in the end, whatever happened on the way. */
interface World { readonly templates: { [id: string]: FakeTemplate }; readonly here: Place }

async function world(): Promise<World> {
  fleet.seen('i-c', 35);
  const templates: { [id: string]: FakeTemplate } = {
    'lt-1': { default: 1, versions: [OPEN] },
    'lt-2': { default: 1, versions: [{ ImageId: 'old', MetadataOptions: { HttpTokens: 'required' } }, OPEN] },
    'lt-3': { default: 1, versions: [OPEN, SAFE], tags: { 'aws:cloudformation:stack-name': 's' } },
  };
  const here = await take([
    { name: 'a', template: 'lt-1', version: '$Latest' }, { name: 'b', template: 'lt-2', version: '$Latest' },
  ], templates, { alone: [instance('i-c', { tags: { 'aws:ec2launchtemplate:id': 'lt-3', 'aws:ec2launchtemplate:version': '1' } })] });
  return { templates, here };
}

const stateOf = ({ templates, here }: World) => ({
  templates: Object.entries(templates).map(([id, template]) => [id, template.default, template.versions]),
  refreshes: Object.values(here.refreshes!).flat().map(({ InstanceRefreshId, Status }) => `${InstanceRefreshId} ${Status}`).sort(),
});
const records = () => fleet.lines(/\/(changes|restored)\//).map(({ time: _, ...record }) => JSON.stringify(record)).sort();

describe('a call that dies and is repeated changes nothing twice and loses nothing', () => {
  type Way = 'there' | 'back';
  const ways: { [way in Way]: () => Promise<void> } = { there: () => change(REFRESH), back: () => restore(REFRESH, { ...RUN, id: 'later' }) };

  async function undisturbed(way: Way) {
    const all = await world();
    if (way === 'back') await change(REFRESH);
    const first = fleet.calls.length;
    await ways[way]();
    return { state: stateOf(all), records: records(), calls: fleet.calls.length - first };
  }

  test.each<[Way, string]>([
    ['there', 'before it and all later ones take effect'], ['there', 'after it has taken effect'], ['there', 'before it alone takes effect'],
    ['back', 'before it and all later ones take effect'], ['back', 'after it has taken effect'], ['back', 'before it alone takes effect'],
  ])('on the way %s, at any call, %s', async (way, when) => {
    const expected = await undisturbed(way);
    expect(expected.calls).toBeGreaterThan(50);
    expect(expected.state.templates).toEqual(way === 'there'
      ? [['lt-1', 2, [OPEN, SAFE]], ['lt-2', 1, [expect.anything(), OPEN, SAFE]], ['lt-3', 2, [OPEN, SAFE]]]
      : [['lt-1', 1, [OPEN, SAFE, OPEN]], ['lt-2', 1, [expect.anything(), OPEN, SAFE, OPEN]], ['lt-3', 1, [OPEN, SAFE]]]);
    for (let dead = 0; dead < expected.calls; dead++) {
      fleet = new FakeFleet();
      const all = await world();
      if (way === 'back') await change(REFRESH);
      const first = fleet.calls.length;
      const at = (is: (call: number) => boolean) => () => is(fleet.calls.length - first - 1) ? error('Died', 'Died') : undefined;
      if (when.startsWith('after')) Object.assign(fleet, { lost: at((call) => call === dead), fault: at((call) => call > dead) });
      else fleet.fault = at((call) => call === dead || (call > dead && !when.includes('alone')));
      const ended = ways[way]();
      // What fails once is done by the next call, if there is one because something is under way.
      if (when.includes('alone')) await ended.catch(({ message }: Error) => expect(message).toContain('Died'));
      else await expect(ended).rejects.toThrow('Died');
      Object.assign(fleet, { fault: undefined, lost: undefined });
      await ways[way]();
      expect({ dead, state: stateOf(all), records: records() }).toEqual({ dead, state: expected.state, records: expected.records });
    }
  }, LONG);

  test('on the way there, and is undone without being repeated', async () => {
    const { calls } = await undisturbed('there');
    for (let dead = 0; dead < calls; dead++) {
      fleet = new FakeFleet();
      const all = await world();
      const first = fleet.calls.length;
      fleet.lost = () => fleet.calls.length - first > dead ? error('Died', 'Died') : undefined;
      fleet.fault = () => fleet.calls.length - first > dead + 1 ? error('Died', 'Died') : undefined;
      await expect(change(REFRESH)).rejects.toThrow('Died');
      Object.assign(fleet, { fault: undefined, lost: undefined });
      await restore(REFRESH, { ...RUN, id: 'later' });
      const latest = (id: string) => all.templates[id].versions.at(-1);
      expect({ dead, defaults: Object.values(all.templates).map((template) => template.default), latest: [latest('lt-1'), latest('lt-2')] })
        .toEqual({ dead, defaults: [1, 1, 1], latest: [OPEN, OPEN] });
      expect(Object.values(all.here.refreshes!).flat().filter(({ Status }: any) => /Pending|InProgress/.test(Status))).toEqual([]);
    }
  }, LONG);
});

test('a run that is stopped, and followed by another one, changes no further template, though its function goes on', async () => {
  await take(['1', '2'].map((n) => ({ name: `g-${n}`, template: `lt-${n}`, version: '$Default' })), { 'lt-1': { default: 1, versions: [OPEN] }, 'lt-2': { default: 1, versions: [OPEN] } });
  const event = { ...eventOf(IN_PLACE), run: { ...RUN, executionArn: 'arn:this' } };
  const context = { getRemainingTimeInMillis: () => 900_000 };
  const stopped = async (run: () => Promise<unknown>) => {
    fleet.calls.length = 0;
    fleet.objects.set('lock.json', '{"execution":"arn:this"}');
    fleet.fault = ({ operation }) => {
      if (operation === 'ModifyLaunchTemplate') fleet.objects.set('lock.json', '{"execution":"arn:other"}');
      return undefined;
    };
    await expect(run()).rejects.toThrow('got the lock of arn:other');
    expect(fleet.operations().filter((name) => name === 'ModifyLaunchTemplate')).toHaveLength(1);
    fleet.fault = undefined;
  };
  await stopped(() => changeSourcesFunction(event, context));
  await change();
  await stopped(() => restoreSourcesFunction({ ...event, from: 'run' }, context));
});
