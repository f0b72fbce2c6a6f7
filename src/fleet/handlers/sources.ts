import {
  DescribeLaunchConfigurationsCommand, type AutoScalingClient, type AutoScalingGroup, type LaunchTemplateSpecification,
} from '@aws-sdk/client-auto-scaling';
import { DescribeLaunchTemplateVersionsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { Reached } from './clients';
import { groupsNamed, MOST_NAMES } from './groups-named';
import type { InstanceRecord, SourceRecord, Target } from './records';

type Named = Pick<SourceRecord, 'kind' | 'id' | 'version' | 'group'>;

/** What the groups of these instances launch from next, and what those in no group were launched from. */
export async function sourcesOf(
  { ec2, autoScaling }: Reached, { account, region }: Target, instances: readonly InstanceRecord[], known?: readonly AutoScalingGroup[],
): Promise<SourceRecord[]> {
  const groups = known ?? await groupsNamed(autoScaling, instances.map(({ group }) => group));
  const named = new Map<string, Named>();
  for (const source of [...groups.flatMap(launchedBy), ...instances.flatMap(launchedFrom)]) named.set(JSON.stringify(source), source);
  const sources = [...named.values()];
  const options = new Map([
    ...await templateOptions(ec2, sources.filter(({ kind }) => kind === 'launch-template')),
    ...await configurationOptions(autoScaling, distinct(sources.filter(({ kind }) => kind === 'launch-configuration').map(({ id }) => id))),
  ]);
  return sources.map((source) => ({ account, region, ...source, ...options.get(keyOf(source)) ?? { tokens: 'missing' } }));
}

type Options = Pick<SourceRecord, 'tokens' | 'hopLimit'>;

/** As EC2 and Auto Scaling spell them. */
interface MetadataOptions { readonly HttpTokens?: string; readonly HttpPutResponseHopLimit?: number }

function optionsOf({ HttpTokens: tokens, HttpPutResponseHopLimit: hopLimit }: MetadataOptions = {}): Options {
  return { tokens: tokens === 'required' || tokens === 'optional' ? tokens : 'silent', hopLimit };
}

function keyOf({ kind, id, version = '' }: Omit<Named, 'group'>): string {
  return `${kind} ${id} ${version}`;
}

function launchedBy({ AutoScalingGroupName: group, LaunchConfigurationName, LaunchTemplate, MixedInstancesPolicy }: AutoScalingGroup): Named[] {
  const mixed = MixedInstancesPolicy?.LaunchTemplate;
  const overrides = (mixed?.Overrides ?? []).map(({ LaunchTemplateSpecification }) => LaunchTemplateSpecification);
  const templates = [LaunchTemplate, mixed?.LaunchTemplateSpecification, ...overrides];
  return [
    ...LaunchConfigurationName ? [{ kind: 'launch-configuration', id: LaunchConfigurationName, group } as const] : [],
    ...templates.filter((template): template is LaunchTemplateSpecification => template?.LaunchTemplateId !== undefined)
      .map(({ LaunchTemplateId, Version }) => ({ kind: 'launch-template', id: LaunchTemplateId!, version: Version ?? '$Default', group } as const)),
  ];
}

/** An instance of a group is launched by the group. */
function launchedFrom({ group, launchTemplate, launchTemplateVersion }: InstanceRecord): Named[] {
  return group || !launchTemplate ? [] : [{ kind: 'launch-template', id: launchTemplate, version: launchTemplateVersion ?? '$Default' }];
}

/** One call for each version, because one that was deleted fails the call. */
async function templateOptions(ec2: EC2Client, sources: readonly Named[]): Promise<Map<string, Options>> {
  const options = new Map<string, Options>();
  for (const id of distinct(sources.map((source) => source.id))) {
    for (const version of distinct(sources.filter((source) => source.id === id).map((source) => source.version!))) {
      try {
        const command = new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: [version] });
        const { LaunchTemplateVersions: [found] = [] } = await ec2.send(command);
        if (found) options.set(keyOf({ kind: 'launch-template', id, version }), optionsOf(found.LaunchTemplateData?.MetadataOptions));
      } catch (error) {
        // Templates and versions are deleted while what they launched goes on.
        if (!/^InvalidLaunchTemplateId\.(NotFound|VersionNotFound)/.test((error as Error).name)) throw error;
      }
    }
  }
  return options;
}

async function configurationOptions(autoScaling: AutoScalingClient, names: readonly string[]): Promise<Map<string, Options>> {
  const options = new Map<string, Options>();
  for (let from = 0; from < names.length; from += MOST_NAMES) {
    const LaunchConfigurationNames = names.slice(from, from + MOST_NAMES);
    const command = new DescribeLaunchConfigurationsCommand({ LaunchConfigurationNames, MaxRecords: MOST_NAMES });
    const { LaunchConfigurations = [] } = await autoScaling.send(command);
    for (const { LaunchConfigurationName, MetadataOptions } of LaunchConfigurations) {
      options.set(keyOf({ kind: 'launch-configuration', id: LaunchConfigurationName! }), optionsOf(MetadataOptions));
    }
  }
  return options;
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}
