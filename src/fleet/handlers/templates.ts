import { createHash } from 'crypto';
import { isDeepStrictEqual } from 'util';
import {
  CreateLaunchTemplateVersionCommand, DescribeLaunchTemplatesCommand, DescribeLaunchTemplateVersionsCommand, ModifyLaunchTemplateCommand,
  type EC2Client, type LaunchTemplate, type LaunchTemplateInstanceMetadataOptions, type LaunchTemplateVersion, type RequestLaunchTemplateData,
  type ResponseLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import type { Obstacle, TemplateUse } from './inventory';
import type { Ending, Save, SourceChange } from './ledger';
import { ownerOf } from './owners';
import type { InstanceRecord } from './records';

type Options = Omit<LaunchTemplateInstanceMetadataOptions, 'State'>;

/**
 * Lets a launch template launch instances that require tokens, with nothing else changed: its default version, or its latest
 * one where that is what its groups follow.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/manage-launch-template-versions.html
 */
export async function changeTemplate(ec2: EC2Client, use: TemplateUse, obstacleTo: Obstacle, begun: SourceChange, save: Save): Promise<Ending> {
  const template = await describe(ec2, use.id);
  const [current, latest] = [String(template.DefaultVersionNumber), String(template.LatestVersionNumber)];
  let record = begun;
  if (record.before === undefined) {
    const plan = await planOf(ec2, template, use, obstacleTo);
    if ('outcome' in plan) return plan;
    const facts = { before: current, followed: use.versions.has('$Latest'), ...plan };
    await save(facts);
    record = { ...record, ...facts };
  } else {
    if (current === record.after) return { outcome: 'changed' };
    if (current !== record.before) {
      return { outcome: 'left', reason: `somebody else moved its default version from ${record.before} to ${current} meanwhile`, next: 'start another run' };
    }
  }
  const { source, moves } = record;
  let { after } = record;
  if (source !== undefined) {
    const data = await versionOf(ec2, use.id, source);
    const options = requiring(data.MetadataOptions, use.instances);
    after ??= await copy(ec2, record, latest, data, options);
    await save({ after });
    const differs = difference(await versionOf(ec2, use.id, after), data, options);
    if (differs) return wrongCopy(after, source, differs);
  }
  if (moves) await setDefault(ec2, use.id, after!);
  return { outcome: 'changed', ...!moves && { reason: `its groups follow its latest version; its default one is still ${current}` } };
}

/** What is to be done, or why nothing is. */
async function planOf(
  ec2: EC2Client, template: LaunchTemplate, { id, versions }: TemplateUse, obstacleTo: Obstacle,
): Promise<Ending | Pick<SourceChange, 'after' | 'source' | 'moves'>> {
  const [current, latest] = [String(template.DefaultVersionNumber), String(template.LatestVersionNumber)];
  const currentIsSafe = isSafe(await versionOf(ec2, id, current));
  const latestIsSafe = current === latest ? currentIsSafe : isSafe(await versionOf(ec2, id, latest));
  if (currentIsSafe && (latestIsSafe || !versions.has('$Latest'))) return { outcome: 'already' };
  const obstacle = await obstacleTo();
  if (obstacle) return { outcome: 'left', reason: `what it launches may need IMDSv1: ${obstacle}` };

  const owner = await ownerOf(template, ec2);
  if (owner?.kind === 'stack' && latestIsSafe) return { after: latest, moves: true };
  if (owner) {
    const named = owner.kind === 'stack' ? `stack ${owner.name}` : owner.name;
    return { outcome: 'left', reason: `owned by ${named}, change it there`, next: `require tokens in ${named}` };
  }
  if (current === latest) return { source: current, moves: true };
  if (versions.has('$Latest') && !latestIsSafe && (currentIsSafe || !versions.has('$Default'))) return { source: latest, moves: false };
  return {
    outcome: 'left',
    reason: `its default version ${current} and its latest one ${latest} differ: a new version of the one would be the latest for whatever follows the other`,
    next: 'make one of them both the default and the latest version, and start another run',
  };
}

/** Undoes what the record says, where it is still so. */
export async function restoreTemplate(ec2: EC2Client, change: SourceChange, begun: SourceChange, save: Save): Promise<Ending> {
  const { id, before, source, moves, followed } = change;
  const template = await describe(ec2, id);
  const [current, latest] = [String(template.DefaultVersionNumber), String(template.LatestVersionNumber)];
  // A call that died may have made a version and not come to know its number.
  const after = change.after ?? await madeBy(ec2, change, latest);
  const isSet = moves && after !== undefined && current === after;
  if (moves && current !== before && !isSet) {
    return { outcome: 'left', reason: `its default version is ${current} now, not ${after ?? before}: somebody moved it since` };
  }
  const repeats = begun.repeats ?? (followed && after !== undefined && after === latest && source !== undefined);
  if (begun.before === undefined) {
    if (!isSet && !repeats) return { outcome: 'already' };
    await save({ before: current, after: before, source, repeats });
  }
  if (isSet) await setDefault(ec2, id, before!);
  if (repeats) {
    const data = await versionOf(ec2, id, source!);
    const repeated = await copy(ec2, { ...begun, source }, latest, data, data.MetadataOptions);
    const differs = difference(await versionOf(ec2, id, repeated), data, data.MetadataOptions);
    if (differs) return wrongCopy(repeated, source!, differs);
  }
  return { outcome: 'restored' };
}

async function describe(ec2: EC2Client, id: string): Promise<LaunchTemplate> {
  const { LaunchTemplates: [template] = [] } = await ec2.send(new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [id] }));
  return template;
}

async function readVersion(ec2: EC2Client, LaunchTemplateId: string, version: string): Promise<LaunchTemplateVersion> {
  const command = new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId, Versions: [version] });
  const { LaunchTemplateVersions: [found] = [] } = await ec2.send(command);
  return found;
}

async function versionOf(ec2: EC2Client, id: string, version: string): Promise<ResponseLaunchTemplateData> {
  return (await readVersion(ec2, id, version)).LaunchTemplateData!;
}

async function setDefault(ec2: EC2Client, LaunchTemplateId: string, DefaultVersion: string): Promise<void> {
  await ec2.send(new ModifyLaunchTemplateCommand({ LaunchTemplateId, DefaultVersion }));
}

/** Makes a version from the source of the record, once for each run however often it is called. Returns its number. */
async function copy(
  ec2: EC2Client, record: SourceChange, latest: string, data: ResponseLaunchTemplateData, options: Options | undefined,
): Promise<string> {
  const { id, run, undoes = '', source } = record;
  // EC2 forgets client tokens; a run can be redriven for two weeks.
  const made = await madeBy(ec2, record, latest);
  if (made !== undefined) return made;
  const { LaunchTemplateVersion: version } = await ec2.send(new CreateLaunchTemplateVersionCommand({
    LaunchTemplateId: id,
    SourceVersion: source,
    ClientToken: createHash('sha256').update(JSON.stringify([run, undoes, id])).digest('hex'),
    VersionDescription: descriptionOf(record),
    LaunchTemplateData: { ...repeatedOf(data), ...options && { MetadataOptions: withoutState(options) } },
  }));
  return String(version!.VersionNumber);
}

/** The latest version, where it is the one that the record is about. */
async function madeBy(ec2: EC2Client, record: SourceChange, latest: string): Promise<string | undefined> {
  if (record.source === undefined) return undefined;
  const { VersionDescription } = await readVersion(ec2, record.id, latest);
  return VersionDescription === descriptionOf(record) ? latest : undefined;
}

function descriptionOf({ run, undoes, source }: SourceChange): string {
  return undoes === undefined ? `cdk-imdsv2 ${run}: version ${source} with tokens required` : `cdk-imdsv2 ${run}: version ${source} again, undoing ${undoes}`;
}

/** What a new version does not inherit, and something that it does: a request may not be empty. */
function repeatedOf({ ImageId, InstanceType, UserData, KeyName, BlockDeviceMappings }: ResponseLaunchTemplateData): RequestLaunchTemplateData {
  const [one] = Object.entries({ ImageId, InstanceType, UserData, KeyName }).filter(([, value]) => value !== undefined);
  // Snapshots of a source version are dropped unless they are said again.
  const hasSnapshot = BlockDeviceMappings?.some(({ Ebs }) => Ebs?.SnapshotId !== undefined);
  return { ...one && { [one[0]]: one[1] }, ...hasSnapshot && { BlockDeviceMappings } };
}

/** The options of a version with tokens required; the whole block, because how EC2 merges two of them is not documented. */
function requiring(options: LaunchTemplateInstanceMetadataOptions | undefined, instances: readonly InstanceRecord[]): Options {
  const hosts = instances.filter(({ containerHost }) => containerHost !== undefined);
  return {
    // Not below what the account or the image gives them.
    ...hosts.length > 0 && { HttpPutResponseHopLimit: Math.max(2, ...hosts.map(({ hopLimit = 1 }) => hopLimit)) },
    ...withoutState(options ?? {}),
    HttpTokens: 'required',
  };
}

function withoutState({ State: _, ...options }: LaunchTemplateInstanceMetadataOptions): Options {
  return options;
}

function isSafe({ MetadataOptions: options }: ResponseLaunchTemplateData): boolean {
  return options?.HttpTokens === 'required' || options?.HttpEndpoint === 'disabled';
}

function wrongCopy(version: string, source: string, differs: string): Ending {
  return {
    outcome: 'failed',
    reason: `version ${version} was made from version ${source} and differs from it in ${differs}: it was not made the default`,
    next: `delete version ${version}: what follows the latest version launches from it`,
  };
}

/** The first property in which a version is not what it should be. */
function difference(made: ResponseLaunchTemplateData, source: ResponseLaunchTemplateData, options: Options | undefined): string | undefined {
  const [is, expected]: any[] = [made, { ...source, MetadataOptions: options }].map(({ MetadataOptions, ...rest }) => (
    { ...rest, MetadataOptions: MetadataOptions && withoutState(MetadataOptions) }
  ));
  return [...new Set([...Object.keys(is), ...Object.keys(expected)])].find((name) => !isDeepStrictEqual(is[name], expected[name]));
}
