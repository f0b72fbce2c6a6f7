import { DAY, error, FakeFleet, instance, RUN, TODAY } from './fake-fleet';
import { accessOf } from '../../src/fleet/handlers/access';
import { judge, windowOf } from '../../src/fleet/handlers/readiness';
import { inspect, type InspectEvent } from '../../src/fleet/inspect.lambda';

jest.setTimeout(60_000);

const HERE = { account: '111111111111', region: 'eu-west-1' };
const PROFILE = 'arn:aws:iam::111111111111:instance-profile/path/';

let fleet: FakeFleet;
beforeEach(() => {
  Object.assign(process.env, { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'own', AWS_SECRET_ACCESS_KEY: 'x' });
  fleet = new FakeFleet();
});

async function run(target = {}, timeLeft = () => 900_000): Promise<void> {
  let event: InspectEvent & { done?: boolean } = { bucket: 'reports', run: RUN, target: { ...HERE, ...target } };
  do event = await inspect(JSON.parse(JSON.stringify(event)), timeLeft); while (!event.done);
}

const found = () => fleet.lines(/\/instances\/.*jsonl$/);
const at = (...instances: any[]) => { fleet.places['own/eu-west-1'] = { instances }; };

describe('the inventory', () => {
  test('has every fact of an instance', async () => {
    fleet.roles.web = { inline: { reads: { Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::shop/*' } } } };
    fleet.seen('i-1', 35);
    at(instance('i-1', {
      LaunchTime: new Date('2026-01-02T03:04:05Z'),
      ImageId: 'ami-1',
      IamInstanceProfile: { Arn: `${PROFILE}web` },
      MetadataOptions: { HttpPutResponseHopLimit: 2 },
      tags: {
        'Team': 'billing',
        'App': 'shop',
        'aws:autoscaling:groupName': 'g',
        'aws:ec2launchtemplate:id': 'lt-1',
        'aws:ec2launchtemplate:version': '3',
        'imdsv2:exempt-until': '2026-11-24',
        'imdsv2:exempt-reason': 'the vendor',
        'kubernetes.io/cluster/shop': 'owned',
      },
    }));
    await run();
    expect(found()).toEqual([{
      ...HERE,
      instance: 'i-1',
      state: 'running',
      launchedAt: '2026-01-02T03:04:05.000Z',
      image: 'ami-1',
      tokens: 'optional',
      hopLimit: 2,
      endpoint: 'enabled',
      group: 'g',
      launchTemplate: 'lt-1',
      launchTemplateVersion: '3',
      profile: `${PROFILE}web`,
      role: 'web',
      roleAccess: 'scoped',
      owner: 'billing',
      application: 'shop',
      containerHost: 'the tag kubernetes.io/cluster/shop',
      exempt: true,
      exemptUntil: '2026-11-24',
      exemptReason: 'the vendor',
      readiness: { state: 'ready', calls: 0, daysWithData: 35 },
    }]);
  });

  test('has what it can of an instance that says little', async () => {
    at({ InstanceId: 'i-1', State: { Name: 'running' }, MetadataOptions: { HttpTokens: 'optional' } }, instance('i-2', { Tags: [{ Key: 'imdsv2:exempt-until', Value: '2099-01-01' }, { Key: 'imdsv2:exempt-reason' }] }));
    await run();
    expect(found().map(({ endpoint, exempt, exemptReason }) => [endpoint, exempt, exemptReason])).toEqual([['enabled', false, undefined], ['enabled', true, '']]);
    // What one call for metrics takes.
    expect(fleet.calls.find(({ operation }) => operation === 'DescribeInstances')!.input.MaxResults).toBe(500);
  });

  test.each<[string, { readonly [tag: string]: string }, string | undefined]>([
    ['by the first tag that is there', { TEAM: 'b', OWNER: 'a' }, 'a'], ['by the next one where it is empty', { OWNER: '', TEAM: 'b' }, 'b'], ['by none', { OWNER: '', Contact: 'c' }, undefined],
  ])('names an owner %s, whatever the case', async (_, tags, owner) => {
    at(instance('i-1', { tags }));
    await inspect({ bucket: 'reports', run: { ...RUN, ownerTags: ['Owner', 'tEAM'] }, target: HERE }, () => 900_000);
    expect(found()[0].owner).toBe(owner);
  });

  test.each([
    'kubernetes.io/cluster/c', 'k8s.io/role', 'eks:cluster-name', 'aws:eks:cluster-name', 'karpenter.sh/nodepool', 'AmazonECSManaged', 'aws:ecs:clusterName', 'AWSBatchServiceTag',
  ])('takes what has the tag %s for a container host, and nothing that is only like it', async (tag) => {
    at(instance('i-1', { tags: { z: '', [tag]: '' } }), instance('i-2', { tags: { [`x${tag}`]: '' } }), instance('i-3', { tags: { 'k8s.io/z': '', [tag]: '', 'AWSBatchServiceTag': '' } }));
    await run();
    // Always the same one of several.
    const [first] = ['k8s.io/z', tag, 'AWSBatchServiceTag'].sort();
    expect(found().map(({ containerHost }) => containerHost)).toEqual([`the tag ${tag}`, undefined, `the tag ${first}`]);
  });

  test('holds what is optional and can run, and nothing else', async () => {
    at(...['running', 'stopped', 'pending', 'stopping', 'terminated', 'shutting-down'].map((Name) => instance(Name, { State: { Name } })),
      instance('required', { MetadataOptions: { HttpTokens: 'required' } }), instance('disabled', { MetadataOptions: { HttpEndpoint: 'disabled' } }));
    await run();
    expect(found().map(({ instance: id }) => id).sort()).toEqual(['disabled', 'pending', 'running', 'stopped', 'stopping']);
    expect(found().find(({ instance: id }) => id === 'disabled').endpoint).toBe('disabled');
  });

  test('holds what runs and was told to require tokens, until EC2 says that it does', async () => {
    const told = (id: string, State: string, Name = 'running', HttpTokens = 'required') => instance(id, { State: { Name }, MetadataOptions: { HttpTokens, State } });
    at(told('told', 'pending'), told('does', 'applied'), told('stopped', 'pending', 'stopped'), told('open', 'applied', 'running', 'optional'), told('opened', 'pending', 'running', 'optional'));
    await run();
    expect(found().map(({ instance: id, tokens }) => [id, tokens])).toEqual([['open', 'optional'], ['opened', 'optional'], ['told', 'required']]);
  });

  test('finds what is told to require tokens meanwhile', async () => {
    at(instance('i-1'), instance('i-2'), instance('i-3'));
    const options = fleet.places['own/eu-west-1'].instances!.map(({ MetadataOptions }: any) => MetadataOptions);
    // Between two pages, each of them full, and every page in a call of its own.
    fleet.fault = ({ operation, input }) => {
      if (operation === 'DescribeInstances' && input.NextToken) Object.assign(options[2], { HttpTokens: 'required', State: 'pending' });
      return undefined;
    };
    await run({}, () => 1000);
    expect(found().map(({ instance: id }) => id)).toEqual(['i-1', 'i-2', 'i-3']);
  });

  test.each<[string, string | undefined, string, string]>([
    ['that has got none yet', undefined, '2027-01-01', 'of its group'], ['with one that has ended', '2026-11-23', '2027-01-01', 'of its group'],
    ['with one that ends later', '2027-02-01', '2026-11-23', 'its own'],
  ])('of exemptions: that of the group of an instance %s', async (_, own, ofGroup, exemptReason) => {
    const tags = (until: string, reason: string) => ({ 'imdsv2:exempt-until': until, 'imdsv2:exempt-reason': reason });
    const of = (group: string) => ({ 'aws:autoscaling:groupName': group });
    at(instance('i-1', { tags: { ...of('g'), ...own && tags(own, 'its own') } }), instance('i-2', { tags: of('h') }));
    const Tags = Object.entries(tags(ofGroup, 'of its group')).map(([Key, Value]) => ({ Key, Value }));
    Object.assign(fleet.places['own/eu-west-1'], { groups: [{ AutoScalingGroupName: 'h' }, { AutoScalingGroupName: 'g', Tags }] });
    await run();
    expect(found()).toMatchObject([{ instance: 'i-1', exempt: true, exemptReason }, { instance: 'i-2', exempt: false }]);
    expect(fleet.operations().filter((name) => name === 'DescribeAutoScalingGroups')).toHaveLength(2);
  });

  test.each<[string, object, object]>([
    ['one that ended yesterday', { 'imdsv2:exempt-until': '2026-11-23', 'imdsv2:exempt-reason': 'x' }, { exempt: false, exemptUntil: '2026-11-23', exemptReason: 'x' }],
    ['one without a reason', { 'imdsv2:exempt-until': '2027-01-01' }, { exempt: true, exemptUntil: '2027-01-01', exemptReason: '' }],
    ['one whose end is no day', { 'imdsv2:exempt-until': 'forever', 'imdsv2:exempt-reason': 'x' }, { exempt: false }],
    ['none', {}, { exempt: false }],
  ])('of exemptions: %s', async (_, tags, expected) => {
    at(instance('i-1', { tags }));
    await run();
    const { exempt, exemptUntil, exemptReason } = found()[0];
    expect({ exempt, ...exemptUntil && { exemptUntil, exemptReason } }).toEqual(expected);
  });

  test('is written page by page, by one call or by several, with the same names', async () => {
    at(...['a', 'b', 'c', 'd', 'e'].map((id) => instance(id)));
    await run();
    const once = new Map(fleet.objects);
    fleet.objects.clear();
    await run({}, () => 1000);
    expect(fleet.objects).toEqual(once);
    expect([...once.keys()].filter((key) => /instances.*jsonl/.test(key))).toEqual(
      ['0', '1', '2'].map((part) => `runs/run/instances/111111111111/eu-west-1/0000${part}.jsonl`));
    expect(fleet.json('outcomes/111111111111/eu-west-1.json')).toEqual(expect.objectContaining({ status: 'inspected', parts: 3 }));
  });

  test('writes no part of a region without instances', async () => {
    at();
    await run();
    expect([...fleet.objects.keys()]).toEqual(['runs/run/outcomes/111111111111/eu-west-1.json']);
  });

  test('is a table, too, in which no tag is a formula', async () => {
    at(instance('i-1', { tags: { owner: '=HYPERLINK("x")', app: 'a,b' } }));
    await run();
    const [heading, row] = fleet.objects.get('runs/run/instances/111111111111/eu-west-1/00000.csv')!.split('\r\n');
    expect(heading.split(',').slice(0, 3)).toEqual(['account', 'region', 'instance']);
    expect(row).toContain('"\'=HYPERLINK(""x"")","a,b"');
  });

  test('reads the defaults that are set', async () => {
    fleet.places['own/eu-west-1'] = { defaults: { HttpTokens: 'required', HttpTokensEnforced: 'enabled', ManagedBy: 'declarative-policy', ManagedExceptionMessage: 'Ask.' } };
    await run();
    expect(fleet.json('outcomes/111111111111/eu-west-1.json')).toEqual({
      ...HERE, status: 'inspected', parts: 0, defaults: { HttpTokens: 'required', HttpTokensEnforced: 'enabled' }, managedBy: 'declarative-policy',
    });
  });

  test('calls nothing that changes anything', async () => {
    fleet.roles.web = {};
    at(instance('i-1', { IamInstanceProfile: { Arn: `${PROFILE}web` }, tags: { 'aws:autoscaling:groupName': 'g' } }));
    await run();
    expect(fleet.operations().filter((name) => !/^(Describe|Get|List|AssumeRole|s3:PutObject)/.test(name))).toEqual([]);
  });
});

describe('another account', () => {
  const role = 'arn:aws:iam::222222222222:role/imdsv2-inspection';

  test('is reached through its role', async () => {
    fleet.places['222222222222/eu-west-1'] = { instances: [instance('theirs')] };
    at(instance('ours'));
    await run({ account: '222222222222', role });
    expect(found().map(({ account, instance: id }) => [account, id])).toEqual([['222222222222', 'theirs']]);
    expect(fleet.calls.find(({ operation }) => operation === 'AssumeRole')!.input).toEqual({ RoleArn: role, RoleSessionName: 'cdk-imdsv2-run' });
  });

  test.each([
    ['AssumeRole', 'AccessDenied'], ['DescribeInstances', 'UnauthorizedOperation'], ['GetMetricData', 'AccessDenied'],
    ['DescribeAutoScalingGroups', 'AccessDenied'], ['GetInstanceMetadataDefaults', 'UnauthorizedOperation'],
  ])('that denies %s is denied', async (operation, name) => {
    fleet.places['222222222222/eu-west-1'] = { instances: [instance('i-1', { tags: { 'aws:autoscaling:groupName': 'g' } })] };
    fleet.fault = (call) => call.operation === operation ? error(name, 'by policy') : undefined;
    await run({ account: '222222222222', role });
    expect(fleet.json('outcomes/222222222222/eu-west-1.json')).toEqual({ account: '222222222222', region: 'eu-west-1', status: 'denied', reason: `by policy (${name})` });
  });

  test('that fails otherwise is for the state machine to try again', async () => {
    fleet.fault = ({ operation }) => operation === 'DescribeInstances' ? error('InternalError') : undefined;
    await expect(run()).rejects.toThrow('no');
    expect([...fleet.objects.keys()]).toEqual([]);
  });
});

describe('readiness', () => {
  const window = windowOf({ startedAt: RUN.startedAt, lookBackDays: 3 });
  const days = (...ago: number[]) => ago.map((day) => [TODAY - day * DAY, 0] as const);
  test.each<[string, ReadonlyArray<readonly [number, number]>, object]>([
    ['every whole day and no call', days(0, 1, 2, 3), { state: 'ready', calls: 0, daysWithData: 3 }],
    ['today does not stand in for a whole day', days(0, 1, 2), { state: 'unknown', calls: 0, daysWithData: 2 }],
    ['a day without data', days(0, 1, 3), { state: 'unknown', calls: 0, daysWithData: 2 }],
    ['a day before the window', days(0, 1, 2, 4), { state: 'unknown', calls: 0, daysWithData: 2 }],
    ['several points of one day', [...days(0, 1, 2), [TODAY - DAY + 300_000, 0]], { state: 'unknown', calls: 0, daysWithData: 2 }],
    ['nothing at all', [], { state: 'unknown', calls: 0, daysWithData: 0 }],
    ['one call', [...days(1, 2, 3), [TODAY - 2 * DAY, 1]], { state: 'not-ready', calls: 1, daysWithData: 3 }],
    ['a call today', [...days(1, 2, 3), [TODAY, 2]], { state: 'not-ready', calls: 2, daysWithData: 3 }],
    ['a call, and less than the window', [[TODAY, 5]], { state: 'not-ready', calls: 5, daysWithData: 0 }],
  ])('%s', (_, points, expected) => expect(judge(points, window)).toEqual(expected));

  test('is read in pages, and the last call to five minutes', async () => {
    fleet.seen('calm', 40);
    fleet.seen('young', 10);
    fleet.seen('loud', 40, { '2026-11-10T08:12:00Z': 3, '2026-11-20T23:58:00Z': 1, '2026-11-20T04:00:00Z': 7 });
    fleet.seen('today', 40, { '2026-11-24T15:03:00Z': 1 });
    fleet.seen('long-ago', 40, { '2026-10-19T23:00:00Z': 9 });
    at(...['calm', 'young', 'loud', 'today', 'long-ago', 'stopped'].map((id) => instance(id)));
    await run();
    expect(Object.fromEntries(found().map(({ instance: id, readiness }) => [id, readiness]))).toEqual({
      'calm': { state: 'ready', calls: 0, daysWithData: 35 },
      'young': { state: 'unknown', calls: 0, daysWithData: 10 },
      'loud': { state: 'not-ready', calls: 11, daysWithData: 35, lastCall: '2026-11-20T23:55:00.000Z' },
      'today': { state: 'not-ready', calls: 1, daysWithData: 35, lastCall: '2026-11-24T15:00:00.000Z' },
      'long-ago': { state: 'ready', calls: 0, daysWithData: 35 },
      'stopped': { state: 'unknown', calls: 0, daysWithData: 0 },
    });
  });

  test.each(['InternalError', 'Forbidden'])('that CloudWatch answers with %s is a failure, not calm', async (StatusCode) => {
    at(instance('i-1'));
    const { CloudWatchClient, GetMetricDataCommand } = jest.requireActual('@aws-sdk/client-cloudwatch');
    const { mockClient } = jest.requireActual('aws-sdk-client-mock');
    mockClient(CloudWatchClient).on(GetMetricDataCommand).resolves({ MetricDataResults: [{ Id: 'm0', StatusCode }] });
    await expect(run()).rejects.toThrow(`got ${StatusCode}, expected data`);
  });
});

describe('a role', () => {
  const allow = (statement: object) => JSON.stringify({ Statement: [{ Effect: 'Allow', ...statement }] });
  test.each<[string, object[], string]>([
    ['no policy', [], 'none'],
    ['a denial only', [{ Effect: 'Deny', Action: '*', Resource: '*' }], 'none'],
    ['one action on one resource', [{ Action: 's3:GetObject', Resource: 'arn:aws:s3:::a/*' }], 'scoped'],
    ['all actions on one resource', [{ Action: '*', Resource: 'arn:aws:s3:::a' }], 'scoped'],
    ['named actions on everything', [{ Action: ['ec2:DescribeInstances'], Resource: '*' }], 'scoped'],
    ['a pattern on everything', [{ Action: 's3:Get*', Resource: '*' }], 'wildcard'],
    ['a service on everything', [{ Action: ['logs:PutLogEvents', 's3:*'], Resource: ['*'] }], 'wildcard'],
    ['a service on everything but something', [{ Action: 's3:*', NotResource: 'arn:aws:s3:::a' }], 'wildcard'],
    ['everything', [{ Action: '*', Resource: '*' }], 'administrator'],
    ['everything, spelled differently', [{ Action: ['*:*'], Resource: ['*'] }], 'administrator'],
    ['everything but something', [{ NotAction: 'iam:*', Resource: '*' }], 'administrator'],
    ['everything but something, on one resource', [{ NotAction: 'iam:*', Resource: 'arn:aws:s3:::a' }], 'scoped'],
    ['giving itself a policy', [{ Action: 'iam:PutRolePolicy', Resource: '*' }], 'administrator'],
    ['giving any role a policy', [{ Action: 'IAM:Attach*', Resource: 'arn:aws:iam::111111111111:role/*' }], 'administrator'],
    ['giving one role a policy', [{ Action: 'iam:PutRolePolicy', Resource: 'arn:aws:iam::111111111111:role/a' }], 'scoped'],
    ['the most of several', [{ Action: 's3:Get*', Resource: '*' }, { Action: 's3:GetObject', Resource: 'arn:aws:s3:::a/*' }], 'wildcard'],
  ])('with %s', (_, statements, access) => expect(accessOf(statements.map(allow))).toBe(access));

  test('may have one statement that is in no list', () => expect(accessOf(['{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'])).toBe('administrator'));

  test('is judged by all of its policies, each read once, and tells of container hosts', async () => {
    const scoped = { Statement: [{ Effect: 'Allow', Action: 'ecs:Poll', Resource: 'arn:aws:ecs:::a' }] };
    fleet.roles = {
      admin: { inline: { one: scoped, two: { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } } },
      ecs: { attached: { Other: scoped, AmazonEC2ContainerServiceforEC2Role: scoped } },
    };
    at(...['admin', 'ecs', 'ecs', 'empty', 'gone'].map((name, index) => instance(`i-${index}`, { IamInstanceProfile: { Arn: PROFILE + name } })), instance('i-5'));
    await run();
    expect(found().map(({ role, roleAccess, containerHost }) => [role, roleAccess, containerHost])).toEqual([
      ['admin', 'administrator', undefined],
      ['ecs', 'scoped', 'the policy AmazonEC2ContainerServiceforEC2Role'],
      ['ecs', 'scoped', 'the policy AmazonEC2ContainerServiceforEC2Role'],
      [undefined, 'none', undefined],
      [undefined, 'unknown', undefined],
      [undefined, 'none', undefined],
    ]);
    expect(fleet.operations().filter((name) => name === 'GetPolicyVersion')).toHaveLength(2);
  });

  test('that may not be read is not known, and its instance is open all the same', async () => {
    at(instance('i-1', { IamInstanceProfile: { Arn: `${PROFILE}web` } }));
    fleet.fault = ({ operation }) => operation === 'GetInstanceProfile' ? error('AccessDenied') : undefined;
    await run();
    expect(found()).toEqual([expect.objectContaining({ instance: 'i-1', roleAccess: 'unknown' })]);
  });
});

test('the launch sources behind instances', async () => {
  fleet.places['own/eu-west-1'] = {
    instances: [
      instance('i-0', { tags: { 'aws:autoscaling:groupName': 'mixed', 'aws:ec2launchtemplate:id': 'lt-old', 'aws:ec2launchtemplate:version': '1' } }),
      instance('i-1', { tags: { 'aws:autoscaling:groupName': 'plain' } }),
      instance('i-2', { tags: { 'aws:autoscaling:groupName': 'legacy' } }),
      instance('i-3', { tags: { 'aws:ec2launchtemplate:id': 'lt-1', 'aws:ec2launchtemplate:version': '4' } }),
      instance('i-4', { tags: { 'aws:ec2launchtemplate:id': 'lt-gone', 'aws:ec2launchtemplate:version': '1' } }),
    ],
    groups: [
      { AutoScalingGroupName: 'other', LaunchConfigurationName: 'none-of-it' },
      {
        AutoScalingGroupName: 'mixed',
        MixedInstancesPolicy: {
          LaunchTemplate: { LaunchTemplateSpecification: { LaunchTemplateId: 'lt-1' }, Overrides: [{}, { LaunchTemplateSpecification: { LaunchTemplateId: 'lt-2', Version: '$Latest' } }] },
        },
      },
      { AutoScalingGroupName: 'plain', LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '4' } },
      { AutoScalingGroupName: 'legacy', LaunchConfigurationName: 'lc-1' },
    ],
    templates: { 'lt-1 $Default': null, 'lt-1 4': { HttpTokens: 'required', HttpPutResponseHopLimit: 2 }, 'lt-2 $Latest': { HttpTokens: 'optional' } },
    configurations: { 'lc-1': undefined },
  };
  await run();
  const sources = fleet.lines(/\/sources\/.*jsonl$/).map(({ kind, id, version, group, tokens, hopLimit }) => [kind, id, version, group, tokens, hopLimit].map((part) => part ?? '-').join(' '));
  expect(sources.sort()).toEqual([
    'launch-configuration lc-1 - legacy silent -',
    'launch-template lt-1 $Default mixed silent -',
    'launch-template lt-1 4 - required 2',
    'launch-template lt-1 4 plain required 2',
    'launch-template lt-2 $Latest mixed optional -',
    'launch-template lt-gone 1 - missing -',
  ]);
});

test('the launch sources of a group that names its templates', async () => {
  const named = (LaunchTemplateName: string, Version?: string) => ({ LaunchTemplateSpecification: { LaunchTemplateName, Version } });
  fleet.places['own/eu-west-1'] = {
    instances: [instance('i-0', { tags: { 'aws:autoscaling:groupName': 'mixed' } }), instance('i-1', { tags: { 'aws:autoscaling:groupName': 'plain' } })],
    groups: [
      { AutoScalingGroupName: 'mixed', MixedInstancesPolicy: { LaunchTemplate: { ...named('web'), Overrides: [named('arm', '7'), named('gone')] } } },
      // A name may be the id of another template.
      { AutoScalingGroupName: 'plain', MixedInstancesPolicy: { LaunchTemplate: { LaunchTemplateSpecification: { LaunchTemplateId: 'lt-2' }, Overrides: [named('lt-2')] } } },
    ],
    names: { 'web': 'lt-1', 'arm': 'lt-2', 'lt-2': 'lt-3' },
    templates: { 'lt-1 $Default': { HttpTokens: 'required' }, 'lt-2 7': { HttpTokens: 'optional' }, 'lt-2 $Default': { HttpTokens: 'required' }, 'lt-3 $Default': null },
  };
  await run();
  expect(fleet.lines(/\/sources\/.*jsonl$/).map(({ account: _, region: _region, kind: _kind, ...source }) => source)).toEqual([
    { id: 'lt-1', version: '$Default', group: 'mixed', tokens: 'required' },
    { id: 'lt-2', version: '7', group: 'mixed', tokens: 'optional' },
    { id: 'gone', version: '$Default', group: 'mixed', tokens: 'missing' },
    { id: 'lt-2', version: '$Default', group: 'plain', tokens: 'required' },
    { id: 'lt-3', version: '$Default', group: 'plain', tokens: 'silent' },
  ]);
});
