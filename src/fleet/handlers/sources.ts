import {
  DescribeLaunchConfigurationsCommand, type AutoScalingClient, type AutoScalingGroup, type LaunchTemplateSpecification,
} from '@aws-sdk/client-auto-scaling';
import { DescribeLaunchTemplateVersionsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { Reached } from './clients';
import { groupsNamed, MOST_NAMES } from './groups-named';
import type { InstanceRecord, SourceRecord, Target } from './records';

interface Named extends Pick<SourceRecord, 'kind' | 'id' | 'version' | 'group'> {
  /** Whether `id` is the name of a launch template, whose id is not known yet. */
  readonly isName?: boolean;
}

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
  return sources.map((source) => {
    const { isName: _, ...rest } = source;
    return { account, region, ...rest, ...options.get(keyOf(source)) ?? { tokens: 'missing' } };
  });
}

/** The id, too, where it was not known. */
type Options = Pick<SourceRecord, 'tokens' | 'hopLimit'> & Partial<Pick<SourceRecord, 'id'>>;

/** As EC2 and Auto Scaling spell them. */
interface MetadataOptions { readonly HttpTokens?: string; readonly HttpPutResponseHopLimit?: number }

function optionsOf({ HttpTokens: tokens, HttpPutResponseHopLimit: hopLimit }: MetadataOptions = {}): Options {
  return { tokens: tokens === 'required' || tokens === 'optional' ? tokens : 'silent', hopLimit };
}

function keyOf({ kind, id, version = '', isName = false }: Omit<Named, 'group'>): string {
  return `${kind} ${id} ${version} ${isName}`;
}

function launchedBy({ AutoScalingGroupName: group, LaunchConfigurationName, LaunchTemplate, MixedInstancesPolicy }: AutoScalingGroup): Named[] {
  const mixed = MixedInstancesPolicy?.LaunchTemplate;
  const overrides = (mixed?.Overrides ?? []).map(({ LaunchTemplateSpecification }) => LaunchTemplateSpecification);
  const templates = [LaunchTemplate, mixed?.LaunchTemplateSpecification, ...overrides];
  return [
    ...LaunchConfigurationName ? [{ kind: 'launch-configuration', id: LaunchConfigurationName, group } as const] : [],
    ...templates.filter((template) => template !== undefined).map((template) => templateIn(template, group)),
  ];
}

function templateIn({ LaunchTemplateId, LaunchTemplateName, Version = '$Default' }: LaunchTemplateSpecification, group: string | undefined): Named {
  const named = { kind: 'launch-template', version: Version, group } as const;
  return LaunchTemplateId === undefined ? { ...named, id: LaunchTemplateName!, isName: true } : { ...named, id: LaunchTemplateId };
}

/** An instance of a group is launched by the group. */
function launchedFrom({ group, launchTemplate, launchTemplateVersion }: InstanceRecord): Named[] {
  return group || !launchTemplate ? [] : [{ kind: 'launch-template', id: launchTemplate, version: launchTemplateVersion ?? '$Default' }];
}

/** One call for each version, because one that was deleted fails the call. */
async function templateOptions(ec2: EC2Client, sources: readonly Named[]): Promise<Map<string, Options>> {
  const options = new Map<string, Options>();
  for (const [key, { id, isName, version }] of new Map(sources.map((source) => [keyOf(source), source]))) {
    try {
      const template = isName ? { LaunchTemplateName: id } : { LaunchTemplateId: id };
      const command = new DescribeLaunchTemplateVersionsCommand({ ...template, Versions: [version!] });
      const { LaunchTemplateVersions: [found] = [] } = await ec2.send(command);
      if (found) options.set(key, { ...isName && { id: found.LaunchTemplateId! }, ...optionsOf(found.LaunchTemplateData?.MetadataOptions) });
    } catch (error) {
      // Templates and versions are deleted while what they launched goes on.
      if (!/^InvalidLaunchTemplate(Id|Name)\.(NotFound|VersionNotFound)/.test((error as Error).name)) throw error;
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
