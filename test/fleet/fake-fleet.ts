import { createHash } from 'crypto';
import {
  AutoScalingClient, CancelInstanceRefreshCommand, DescribeAutoScalingGroupsCommand, DescribeInstanceRefreshesCommand,
  DescribeLaunchConfigurationsCommand, StartInstanceRefreshCommand,
} from '@aws-sdk/client-auto-scaling';
import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateLaunchTemplateVersionCommand, DescribeInstancesCommand, DescribeLaunchTemplatesCommand, DescribeLaunchTemplateVersionsCommand,
  DescribeRegionsCommand, EC2Client, GetInstanceMetadataDefaultsCommand,
  ModifyInstanceMetadataOptionsCommand, ModifyLaunchTemplateCommand,
} from '@aws-sdk/client-ec2';
import {
  GetInstanceProfileCommand, GetPolicyCommand, GetPolicyVersionCommand, GetRolePolicyCommand, IAMClient, ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import { ListAccountsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';

/** One call: of which operation, in which account (that of the role that was assumed, or `own`) and region. */
export interface Call { readonly operation: string; readonly account: string; readonly region: string; readonly input: any }

export interface Role { readonly inline?: { readonly [name: string]: object }; readonly attached?: { readonly [name: string]: object } }

/** What one account has in one region. */
export interface Place {
  readonly instances?: any[];
  readonly groups?: any[];
  /** `<id> <version>` */
  readonly templates?: { readonly [version: string]: any };
  /** The ids of launch templates by their names. */
  readonly names?: { readonly [name: string]: string };
  readonly configurations?: { readonly [name: string]: any };
  readonly defaults?: any;
  /** Whole ones, that can be changed. */
  readonly launchTemplates?: { [id: string]: FakeTemplate };
  /** The stack of each launch template that has one. */
  readonly stacks?: { readonly [id: string]: { readonly StackName: string; readonly ResourceStatus: string } };
  /** The latest one of each group first. */
  readonly refreshes?: { [group: string]: any[] };
}

export interface FakeTemplate {
  default: number;
  /** Their data; the first one is version 1. */
  readonly versions: any[];
  descriptions?: { [version: number]: string };
  readonly name?: string;
  readonly tags?: { readonly [key: string]: string };
  readonly operator?: string;
}

export const DAY = 24 * 60 * 60 * 1000;
export const NOW = Date.parse('2026-11-24T15:07:00Z');
export const TODAY = Date.parse('2026-11-24T00:00:00Z');

export function error(name: string, message = 'no'): Error {
  return Object.assign(new Error(message), { name });
}

let mocked: any[] = [];

/** An organization's accounts as their APIs would answer; every list comes in pages of two. */
export class FakeFleet {
  public readonly calls: Call[] = [];
  public readonly objects = new Map<string, string>();
  /** `<account>/<region>`; `own` is the account of the run. */
  public readonly places: { [place: string]: Place } = {};
  public regions: { [account: string]: { [region: string]: string } } = {};
  /** The accounts of the organization. */
  public members: any[] = [];
  public roles: { [name: string]: Role } = {};
  /** Calls without a token by instance and time in milliseconds. */
  public readonly metrics = new Map<string, Map<number, number>>();
  /** Rejected calls without a token, likewise. */
  public readonly rejected = new Map<string, Map<number, number>>();
  /** What Step Functions says of executions. */
  public executions: { [arn: string]: string } = {};
  /** How many calls were under way at the same time, at most. */
  public peak = 0;
  private underWay = 0;
  /** What goes wrong with a call. */
  public fault?: (call: Call) => Error | undefined;
  /** What goes wrong with the answer of a call that has taken effect. */
  public lost?: (call: Call) => Error | undefined;
  /** How instance refreshes end, the first one first. */
  public refreshEnds: string[] = [];
  /** What was made by client tokens, which EC2 forgets. */
  public readonly tokens = new Map<string, { readonly input: string; readonly answer: object }>();

  /** @param page so many are in a page of a list of instances, objects and metrics, which is little unless it is said */
  constructor(page = 2) {
    // What an earlier one has heard would be kept to the end of the process, and some tests make hundreds.
    for (const { send } of mocked) send.resetHistory();
    const clients: any[] = [
      EC2Client, AutoScalingClient, CloudWatchClient, IAMClient, S3Client, STSClient, SFNClient, OrganizationsClient, CloudFormationClient,
    ];
    mocked = clients.map((client) => mockClient(client));
    const [ec2, autoScaling, cloudWatch, iam, s3, sts, stepFunctions, organizations, cloudFormation] = mocked;
    const fake = (operation: string, run: (place: Place, input: any, account: string) => object) => async (input: any, getClient: () => any) => {
      const { config } = getClient();
      const region = await config.region();
      const keyId = operation.startsWith('s3:') || operation === 'AssumeRole' ? 'own' : (await config.credentials()).accessKeyId;
      const account = /^\d{12}$/.test(keyId) ? keyId : 'own';
      const call = { operation, account, region, input };
      this.calls.push(call);
      this.peak = Math.max(this.peak, ++this.underWay);
      await new Promise(setImmediate);
      this.underWay--;
      const thrown = this.fault?.(call);
      if (thrown) throw thrown;
      const answer = run(this.places[`${account}/${region}`] ?? {}, input, account);
      const lost = this.lost?.(call);
      if (lost) throw lost;
      return answer;
    };
    const on = (client: any, command: any, operation: string, run: (place: Place, input: any, account: string) => object) => (
      client.on(command).callsFake(fake(operation, run)));
    on(sts, AssumeRoleCommand, 'AssumeRole', (_, { RoleArn }) => ({ Credentials: { AccessKeyId: RoleArn.split(':')[4], SecretAccessKey: 's', SessionToken: 't' } }));
    on(organizations, ListAccountsCommand, 'ListAccounts', (_, { NextToken }) => {
      const from = Number(NextToken ?? 0);
      return { Accounts: this.members.slice(from, from + 2), NextToken: from + 2 < this.members.length ? String(from + 2) : undefined };
    });
    on(ec2, DescribeRegionsCommand, 'DescribeRegions', (_, _input, account) => ({
      Regions: Object.entries(this.regions[account] ?? {}).map(([RegionName, OptInStatus]) => ({ RegionName, OptInStatus })),
    }));
    on(ec2, GetInstanceMetadataDefaultsCommand, 'GetInstanceMetadataDefaults', ({ defaults = { ManagedBy: 'account' } }) => ({ AccountLevel: defaults }));
    on(ec2, DescribeInstancesCommand, 'DescribeInstances', ({ instances = [] }, { Filters, NextToken }) => {
      if (Filters.some(({ Values }: any) => Values.length === 0)) throw error('InvalidParameterValue');
      const wanted = (name: string): string[] | undefined => Filters.find(({ Name }: any) => Name === name)?.Values;
      const found = instances.filter(({ InstanceId, State, MetadataOptions }) => (
        ([['instance-id', InstanceId], ['instance-state-name', State.Name], ['metadata-options.http-tokens', MetadataOptions.HttpTokens], ['metadata-options.state', MetadataOptions.State]])
          .every(([name, value]) => wanted(name)?.includes(value) ?? true)));
      const from = Number(NextToken ?? 0);
      return { Reservations: found.slice(from, from + page).map((one) => ({ Instances: [one] })), NextToken: from + page < found.length ? String(from + page) : '' };
    });
    on(ec2, ModifyInstanceMetadataOptionsCommand, 'ModifyInstanceMetadataOptions', ({ instances = [], defaults = {} }, { InstanceId, DryRun, ...options }) => {
      const found = instances.find((one) => one.InstanceId === InstanceId);
      if (!found) throw error('InvalidInstanceID.NotFound');
      if (options.HttpTokens === 'optional' && defaults.HttpTokensEnforced === 'enabled') throw error('UnsupportedOperation');
      if (DryRun) throw error('DryRunOperation');
      for (const [option, value] of Object.entries(options)) if (value !== undefined) found.MetadataOptions[option] = value;
      return {};
    });
    on(ec2, DescribeLaunchTemplateVersionsCommand, 'DescribeLaunchTemplateVersions', ({ templates = {}, launchTemplates = {}, names = {} }, { LaunchTemplateName, LaunchTemplateId = names[LaunchTemplateName], Versions: [version] }) => {
      if (!LaunchTemplateId) throw error('InvalidLaunchTemplateName.NotFoundException');
      const template = launchTemplates[LaunchTemplateId];
      if (template) {
        const number = version === '$Default' ? template.default : version === '$Latest' ? template.versions.length : Number(version);
        const data = template.versions[number - 1];
        if (data === undefined) throw error('InvalidLaunchTemplateId.VersionNotFound');
        const VersionDescription = template.descriptions?.[number];
        return { LaunchTemplateVersions: [{ LaunchTemplateId, VersionNumber: number, VersionDescription, LaunchTemplateData: copyOf(data) }] };
      }
      const options = templates[`${LaunchTemplateId} ${version}`];
      if (options === undefined) throw error('InvalidLaunchTemplateId.VersionNotFound');
      return { LaunchTemplateVersions: [{ LaunchTemplateId, LaunchTemplateData: { MetadataOptions: options ?? undefined } }] };
    });
    const templateNamed = ({ launchTemplates = {} }: Place, id: string) => {
      if (!id.startsWith('lt-')) throw error('InvalidLaunchTemplateId.Malformed');
      if (!launchTemplates[id]) throw error('InvalidLaunchTemplateId.NotFound');
      return launchTemplates[id];
    };
    on(ec2, DescribeLaunchTemplatesCommand, 'DescribeLaunchTemplates', (place, { LaunchTemplateIds: [id] }) => {
      const { default: DefaultVersionNumber, versions, name, tags = {}, operator } = templateNamed(place, id);
      return {
        LaunchTemplates: [{
          LaunchTemplateId: id,
          LaunchTemplateName: name,
          DefaultVersionNumber,
          LatestVersionNumber: versions.length,
          Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
          ...operator && { Operator: { Managed: true, Principal: operator } },
        }],
      };
    });
    on(ec2, CreateLaunchTemplateVersionCommand, 'CreateLaunchTemplateVersion', (place, input) => {
      const template = templateNamed(place, input.LaunchTemplateId);
      const once = this.tokens.get(input.ClientToken);
      if (once) {
        if (once.input !== JSON.stringify(input)) throw error('IdempotentParameterMismatch');
        return once.answer;
      }
      if (Object.keys(input.LaunchTemplateData).length === 0) throw error('MissingParameter');
      const { BlockDeviceMappings, ...source } = copyOf(template.versions[Number(input.SourceVersion) - 1]);
      const mappings = BlockDeviceMappings?.map(({ Ebs: { SnapshotId: _, ...Ebs }, ...mapping }: any) => ({ ...mapping, Ebs }));
      template.versions.push({ ...source, ...mappings && { BlockDeviceMappings: mappings }, ...copyOf(input.LaunchTemplateData) });
      template.descriptions = { ...template.descriptions, [template.versions.length]: input.VersionDescription };
      const answer = { LaunchTemplateVersion: { VersionNumber: template.versions.length } };
      this.tokens.set(input.ClientToken, { input: JSON.stringify(input), answer });
      return answer;
    });
    on(ec2, ModifyLaunchTemplateCommand, 'ModifyLaunchTemplate', (place, { LaunchTemplateId, DefaultVersion }) => {
      templateNamed(place, LaunchTemplateId).default = Number(DefaultVersion);
      return {};
    });
    on(cloudFormation, DescribeStackResourcesCommand, 'DescribeStackResources', ({ stacks = {} }, { PhysicalResourceId }) => {
      if (!stacks[PhysicalResourceId]) throw error('ValidationError', `Stack for ${PhysicalResourceId} does not exist`);
      return { StackResources: [{ PhysicalResourceId: 'another', StackName: 'no' }, { PhysicalResourceId, ...stacks[PhysicalResourceId] }] };
    });
    const active = ({ Status }: any) => ['Pending', 'InProgress', 'Cancelling'].includes(Status);
    on(autoScaling, StartInstanceRefreshCommand, 'StartInstanceRefresh', ({ refreshes = {} }, { AutoScalingGroupName }) => {
      const known = refreshes[AutoScalingGroupName] ??= [];
      if (known.some(active)) throw error('InstanceRefreshInProgressFault');
      const InstanceRefreshId = `${AutoScalingGroupName}-${known.length}`;
      known.unshift({ InstanceRefreshId, Status: 'Pending' });
      return { InstanceRefreshId };
    });
    on(autoScaling, CancelInstanceRefreshCommand, 'CancelInstanceRefresh', ({ refreshes = {} }, { AutoScalingGroupName }) => {
      const found = refreshes[AutoScalingGroupName]?.find(active);
      if (!found) throw error('ActiveInstanceRefreshNotFoundFault');
      found.Status = 'Cancelling';
      return {};
    });
    // What is under way goes on whenever it is looked at.
    on(autoScaling, DescribeInstanceRefreshesCommand, 'DescribeInstanceRefreshes', ({ groups = [], refreshes = {} }, { AutoScalingGroupName, InstanceRefreshIds }) => {
      if (!groups.some((group) => group.AutoScalingGroupName === AutoScalingGroupName)) throw error('ValidationError', 'AutoScalingGroup name not found');
      const found = (refreshes[AutoScalingGroupName] ?? []).filter((one) => InstanceRefreshIds?.includes(one.InstanceRefreshId) ?? true);
      const answer = { InstanceRefreshes: copyOf(found).map((one: any) => ({ ...one, ...one.StartTime && { StartTime: new Date(one.StartTime) } })) };
      for (const one of found) {
        if (one.Status === 'Cancelling') one.Status = 'Cancelled';
        if (one.Status === 'InProgress') Object.assign(one, { Status: this.refreshEnds.shift() ?? 'Successful', StatusReason: 'as it is' });
        if (one.Status === 'Pending') Object.assign(one, { Status: 'InProgress', StartTime: new Date() });
      }
      return answer;
    });
    on(autoScaling, DescribeAutoScalingGroupsCommand, 'DescribeAutoScalingGroups', ({ groups = [] }, { AutoScalingGroupNames, NextToken }) => {
      const found = groups.filter(({ AutoScalingGroupName }) => AutoScalingGroupNames.includes(AutoScalingGroupName));
      const from = Number(NextToken ?? 0);
      return { AutoScalingGroups: found.slice(from, from + 1), NextToken: from + 1 < found.length ? String(from + 1) : undefined };
    });
    on(autoScaling, DescribeLaunchConfigurationsCommand, 'DescribeLaunchConfigurations', ({ configurations = {} }, { LaunchConfigurationNames }) => ({
      LaunchConfigurations: LaunchConfigurationNames.filter((name: string) => name in configurations)
        .map((name: string) => ({ LaunchConfigurationName: name, MetadataOptions: configurations[name] })),
    }));
    on(cloudWatch, GetMetricDataCommand, 'GetMetricData', (_, { MetricDataQueries, StartTime, EndTime, NextToken }) => {
      expect(MetricDataQueries.length).toBeLessThanOrEqual(500);
      const from = Number(NextToken ?? 0);
      const results = MetricDataQueries.map(({ Id, MetricStat: { Metric, Period, Stat } }: any) => {
        expect([Metric.Namespace, Stat]).toEqual(['AWS/EC2', 'Sum']);
        const all: { readonly [name: string]: ReadonlyMap<string, ReadonlyMap<number, number>> } = {
          MetadataNoToken: this.metrics, MetadataNoTokenRejected: this.rejected,
        };
        const sums = new Map<number, number>();
        for (const [time, value] of all[Metric.MetricName].get(Metric.Dimensions[0].Value) ?? []) {
          if (time < StartTime.getTime() || time >= EndTime.getTime()) continue;
          const bucket = Math.floor(time / (Period * 1000)) * Period * 1000;
          sums.set(bucket, (sums.get(bucket) ?? 0) + value);
        }
        const points = [...sums].slice(from, from + 10 * page);
        return { Id, StatusCode: 'PartialData', Timestamps: points.map(([time]) => new Date(time)), Values: points.map(([, value]) => value), more: sums.size > from + 10 * page };
      });
      return { MetricDataResults: results, NextToken: results.some(({ more }: any) => more) ? String(from + 10 * page) : undefined };
    });
    const pages = <T>(all: readonly T[], { Marker = '0' }: any, name: string) => (
      { [name]: all.slice(Number(Marker), Number(Marker) + 1), IsTruncated: Number(Marker) + 1 < all.length, Marker: String(Number(Marker) + 1) });
    const policyArn = (name: string) => `arn:aws:iam::aws:policy/service-role/${name}`;
    const roleNamed = (name: string) => {
      if (!this.roles[name]) throw error('NoSuchEntityException');
      return this.roles[name];
    };
    on(iam, GetInstanceProfileCommand, 'GetInstanceProfile', (_, { InstanceProfileName }) => ({ InstanceProfile: { Roles: InstanceProfileName === 'empty' ? [] : [{ RoleName: (roleNamed(InstanceProfileName), InstanceProfileName) }] } }));
    on(iam, ListAttachedRolePoliciesCommand, 'ListAttachedRolePolicies', (_, input) => pages(Object.keys(roleNamed(input.RoleName).attached ?? {}).map((name) => ({ PolicyArn: policyArn(name) })), input, 'AttachedPolicies'));
    on(iam, ListRolePoliciesCommand, 'ListRolePolicies', (_, input) => pages(Object.keys(roleNamed(input.RoleName).inline ?? {}), input, 'PolicyNames'));
    on(iam, GetRolePolicyCommand, 'GetRolePolicy', (_, { RoleName, PolicyName }) => ({ PolicyDocument: encodeURIComponent(JSON.stringify(roleNamed(RoleName).inline![PolicyName])) }));
    on(iam, GetPolicyCommand, 'GetPolicy', () => ({ Policy: { DefaultVersionId: 'v7' } }));
    on(iam, GetPolicyVersionCommand, 'GetPolicyVersion', (_, { PolicyArn, VersionId }) => {
      expect(VersionId).toBe('v7');
      const all = Object.values(this.roles).flatMap(({ attached = {} }) => Object.entries(attached));
      const [, document] = all.find(([name]) => policyArn(name) === PolicyArn)!;
      return { PolicyVersion: { Document: encodeURIComponent(JSON.stringify(document)) } };
    });
    on(s3, PutObjectCommand, 's3:PutObject', (_, { Bucket, Key, Body, IfMatch, IfNoneMatch }) => {
      expect(Bucket).toBe('reports');
      if (IfNoneMatch === '*' && this.objects.has(Key) || IfMatch && etagOf(this.objects.get(Key)) !== IfMatch) throw error('PreconditionFailed');
      this.objects.set(Key, Body.toString());
      return {};
    });
    on(s3, GetObjectCommand, 's3:GetObject', (_, { Key }) => {
      const body = this.objects.get(Key);
      if (body === undefined) throw error('NoSuchKey', Key);
      return { Body: { transformToString: async () => body }, ETag: etagOf(body) };
    });
    on(s3, ListObjectsV2Command, 's3:ListObjects', (_, { Prefix, ContinuationToken }) => {
      const all = [...this.objects.keys()].filter((key) => key.startsWith(Prefix)).sort();
      const from = Number(ContinuationToken ?? 0);
      const NextContinuationToken = from + page < all.length ? String(from + page) : undefined;
      return { Contents: all.slice(from, from + page).map((Key) => ({ Key })), NextContinuationToken };
    });
    on(stepFunctions, DescribeExecutionCommand, 'DescribeExecution', (_, { executionArn }) => {
      if (!this.executions[executionArn]) throw error('ExecutionDoesNotExist');
      return { status: this.executions[executionArn] };
    });
  }

  /** An instance seen for so many whole days, and how often it called, by time. */
  public seen(id: string, days: number, calls: { readonly [time: string]: number } = {}): void {
    const points = new Map<number, number>();
    for (let day = 0; day <= days; day++) points.set(TODAY - day * DAY, 0);
    for (const [time, count] of Object.entries(calls)) points.set(Date.parse(time), count);
    this.metrics.set(id, points);
  }

  /** The JSON lines of all objects whose name matches. */
  public lines(name: RegExp): any[] {
    return [...this.objects].filter(([key]) => name.test(key)).flatMap(([, body]) => body.split('\n').filter(Boolean).map((line) => JSON.parse(line)));
  }

  public json(name: string): any {
    return JSON.parse([...this.objects].find(([key]) => key.endsWith(`/${name}`))![1]);
  }

  public operations(): string[] {
    return this.calls.map(({ operation }) => operation);
  }
}

function etagOf(body: string | undefined): string | undefined {
  return body === undefined ? undefined : `"${createHash('md5').update(body).digest('hex')}"`;
}

function copyOf<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** An instance as EC2 describes it. */
export function instance(id: string, { tags = {}, ...rest }: { readonly [key: string]: any } = {}): any {
  return {
    InstanceId: id,
    State: { Name: 'running' },
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    ...rest,
    MetadataOptions: { HttpTokens: 'optional', HttpEndpoint: 'enabled', HttpPutResponseHopLimit: 1, State: 'applied', ...rest.MetadataOptions },
  };
}

export const RUN = {
  id: 'run', startedAt: new Date(NOW).toISOString(), version: '1.2.3', lookBackDays: 35, ownerTags: ['owner', 'team'], applicationTags: ['app'],
};
