import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { DescribeInstancesCommand, type Filter, type Instance } from '@aws-sdk/client-ec2';
import type { Reached } from './clients';
import { groupsNamed } from './groups-named';
import type { InstanceRecord, Run, Target } from './records';
import { exemptionOf, groupOf, tagsOf, type Tags } from './tags';
import { daysLeft } from '../../private/exemption';

/** An instance, before its metric and its role are read. */
export type InstanceFacts = Omit<InstanceRecord, 'readiness' | 'role' | 'roleAccess'>;

/** As many as one call for metrics takes. */
export const PAGE = 500;

/** Those that run or can be started again; what is on its way into one of these states counts as well. */
const STATES = ['pending', 'running', 'stopping', 'stopped'];

/**
 * What may answer IMDSv1, in the order it is asked for: instances whose tokens are optional, and running ones that EC2 was
 * told to require tokens of, and has not said that it does. An instance that is told so meanwhile is found twice, never not at all.
 */
const QUESTIONS: readonly Filter[][] = [
  [{ Name: 'metadata-options.http-tokens', Values: ['optional'] }, { Name: 'instance-state-name', Values: STATES }],
  [
    { Name: 'metadata-options.http-tokens', Values: ['required'] },
    { Name: 'metadata-options.state', Values: ['pending'] },
    { Name: 'instance-state-name', Values: ['running'] },
  ],
];

/** A page of the answer to one of the questions. */
export interface Place {
  readonly question: number;
  readonly token?: string;
}

export const BEGINNING: Place = { question: 0 };

/**
 * One page of the instances that may answer IMDSv1, and their groups; EC2 leaves the others out.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
 */
export async function describePage(
  { ec2, autoScaling }: Reached, run: Run, target: Target, { question, token }: Place,
): Promise<{ readonly instances: InstanceFacts[]; readonly groups: AutoScalingGroup[]; readonly next?: Place }> {
  const { Reservations = [], NextToken } = await ec2.send(new DescribeInstancesCommand({
    Filters: QUESTIONS[question],
    MaxResults: PAGE,
    NextToken: token,
  }));
  const found = Reservations.flatMap(({ Instances = [] }) => Instances);
  const groups = await groupsNamed(autoScaling, found.map((instance) => groupOf(tagsOf(instance))));
  const instances = found.map((instance) => factsOf(instance, groups, run, target));
  // EC2 may end with an empty token.
  const next = NextToken ? { question, token: NextToken } : question + 1 < QUESTIONS.length ? { question: question + 1 } : undefined;
  return { instances, groups, next };
}

function factsOf(instance: Instance, groups: readonly AutoScalingGroup[], run: Run, { account, region }: Target): InstanceFacts {
  const tags = tagsOf(instance);
  const exemption = exemptionOf(tags, groups);
  const { MetadataOptions: options = {} } = instance;
  return {
    account,
    region,
    instance: instance.InstanceId!,
    state: instance.State!.Name!,
    launchedAt: instance.LaunchTime?.toISOString(),
    image: instance.ImageId,
    tokens: options.HttpTokens!,
    hopLimit: options.HttpPutResponseHopLimit,
    endpoint: options.HttpEndpoint ?? 'enabled',
    group: groupOf(tags),
    launchTemplate: tags['aws:ec2launchtemplate:id'],
    launchTemplateVersion: tags['aws:ec2launchtemplate:version'],
    profile: instance.IamInstanceProfile?.Arn,
    owner: tagged(tags, run.ownerTags),
    application: tagged(tags, run.applicationTags),
    containerHost: hostTag(tags),
    exemptUntil: exemption?.until,
    exemptReason: exemption?.reason,
    exempt: exemption !== undefined && daysLeft(exemption, new Date(run.startedAt)) >= 0,
  };
}

function tagged(tags: Tags, names: readonly string[]): string | undefined {
  for (const name of names) {
    const key = Object.keys(tags).find((other) => other.toLowerCase() === name.toLowerCase());
    if (key !== undefined && tags[key] !== '') return tags[key];
  }
  return undefined;
}

/** Tags that ECS, EKS and Kubernetes tools give their hosts. */
const HOST_TAGS = [/^kubernetes\.io\/cluster\//, /^k8s\.io\//, /^eks:/, /^aws:eks:/, /^karpenter\.sh\//, /^AmazonECSManaged$/, /^aws:ecs:/, /^AWSBatchServiceTag$/];

function hostTag(tags: Tags): string | undefined {
  const key = Object.keys(tags).sort().find((name) => HOST_TAGS.some((pattern) => pattern.test(name)));
  return key === undefined ? undefined : `the tag ${key}`;
}
