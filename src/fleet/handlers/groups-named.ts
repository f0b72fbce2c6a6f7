import { DescribeAutoScalingGroupsCommand, type AutoScalingClient, type AutoScalingGroup } from '@aws-sdk/client-auto-scaling';

/** Names that one call takes. @see https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html */
export const MOST_NAMES = 50;

/** The groups of these names, each once, as far as they are there. */
export async function groupsNamed(autoScaling: AutoScalingClient, all: Iterable<string | undefined>): Promise<AutoScalingGroup[]> {
  const names = [...new Set(all)].filter((name) => name !== undefined);
  const groups: AutoScalingGroup[] = [];
  for (let from = 0; from < names.length; from += MOST_NAMES) {
    const AutoScalingGroupNames = names.slice(from, from + MOST_NAMES);
    let NextToken: string | undefined;
    do {
      const page = await autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames, MaxRecords: MOST_NAMES, NextToken }));
      groups.push(...page.AutoScalingGroups ?? []);
      NextToken = page.NextToken;
    } while (NextToken);
  }
  return groups;
}
