import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import type { EC2Client, LaunchTemplate } from '@aws-sdk/client-ec2';

/** Who would undo a change of a launch template, or be surprised by it. */
export interface Owner {
  readonly kind: 'stack' | 'service';
  readonly name: string;
}

/** Tags that services and controllers give the launch templates that they make and manage. */
const SERVICES: ReadonlyArray<readonly [tag: RegExp, service: string]> = [
  [/^eks:/, 'Amazon EKS'], [/^aws:eks:/, 'Amazon EKS'], [/^AWSBatch/, 'AWS Batch'], [/^elasticbeanstalk:/, 'AWS Elastic Beanstalk'],
  [/^AmazonECSManaged$/, 'Amazon ECS'], [/^karpenter\./, 'Karpenter'],
];

/** Names that EKS and Batch give the launch templates that they make. */
const NAMES: ReadonlyArray<readonly [name: RegExp, service: string]> = [
  [/^eks-[0-9a-f]{8}-[0-9a-f-]{27}$/, 'Amazon EKS'], [/^Batch-lt-/, 'AWS Batch'],
];

const STACK = 'aws:cloudformation:stack-name';

/**
 * Who owns a launch template. CloudFormation is asked: it does not tag launch templates by itself.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html
 */
export async function ownerOf(template: LaunchTemplate, ec2: EC2Client): Promise<Owner | undefined> {
  const tags = template.Tags ?? [];
  const service = template.Operator?.Principal
    ?? SERVICES.find(([tag]) => tags.some(({ Key }) => tag.test(Key!)))?.[1]
    ?? NAMES.find(([name]) => name.test(template.LaunchTemplateName ?? ''))?.[1];
  if (service) return { kind: 'service', name: service };
  const stack = tags.find(({ Key }) => Key === STACK)?.Value ?? await stackOf(template.LaunchTemplateId!, ec2);
  if (stack) return { kind: 'stack', name: stack };
  const managed = tags.find(({ Key }) => Key!.startsWith('aws:'));
  return managed && { kind: 'service', name: `whoever set the tag ${managed.Key}` };
}

async function stackOf(PhysicalResourceId: string, { config }: EC2Client): Promise<string | undefined> {
  const { region, credentials, retryMode, maxAttempts } = config;
  const cloudFormation = new CloudFormationClient({ region, credentials, retryMode, maxAttempts });
  try {
    const { StackResources = [] } = await cloudFormation.send(new DescribeStackResourcesCommand({ PhysicalResourceId }));
    // Stacks that were deleted are listed for 90 days.
    const resource = StackResources.find((one) => one.PhysicalResourceId === PhysicalResourceId);
    return resource && !/^DELETE_(COMPLETE|SKIPPED)$/.test(resource.ResourceStatus!) ? resource.StackName : undefined;
  } catch (error) {
    const { name, message } = error as Error;
    if (name === 'ValidationError' && /does not exist/.test(message)) return undefined;
    throw error;
  }
}
