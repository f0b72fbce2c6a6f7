import { CfnResource, Lazy, Stack, Token } from 'aws-cdk-lib';
import { CfnLaunchTemplate } from 'aws-cdk-lib/aws-ec2';
import { surroundingsOf } from './surroundings';
import { translate, type Translation } from './translation';
import type { Json, Struct } from '../../private/json';
import type { Migrated } from '../../private/ledger';
import { withdraw } from '../../private/withdrawn';
import type { ConstructWorld } from '../construct-world';
import { camelCase, overridesOf } from '../resource-properties';
import { inL1Spelling } from '../writer';

/** The launch template stands below its configuration, so that what holds there holds for it: settings, aspects, exemptions. */
export const SUCCESSOR = 'LaunchTemplate';

/** The launch configuration as a launch template, as it is now. */
export function translationOf(configuration: CfnResource, world: ConstructWorld): Translation {
  return translate(world.readWhole(configuration).Properties ?? {}, surroundingsOf(configuration, world));
}

/**
 * Makes the launch template, and takes the configuration out of its template; undefined where its logical id is locked.
 *
 * Whatever refers to the configuration by a token refers to the launch template from now on, wherever it stands.
 */
export function succeed(configuration: CfnResource, { name, data }: Translation, world: ConstructWorld): Migrated | undefined {
  const logicalId: string = Stack.of(configuration).resolve(configuration.logicalId);
  const template = new CfnLaunchTemplate(configuration, SUCCESSOR, {
    launchTemplateName: world.tokens.restore(name) as string | undefined,
    launchTemplateData: Object.fromEntries(Object.keys(data).map((member) => [camelCase(member), memberOf(configuration, member, data, world)])),
  });
  try {
    configuration.overrideLogicalId(template.logicalId);
  } catch {
    configuration.node.tryRemoveChild(SUCCESSOR);
    return undefined;
  }
  takeAttributes(configuration, template);
  withdraw(configuration);
  return { template, logicalId, lacks: () => lacks({ name, data }, translationOf(configuration, world)) };
}

/**
 * A member of the data as it is when it is written: user data and security groups may grow until then.
 *
 * Metadata options are written as they are now, for the edit that follows, and for tools that read the tree.
 */
function memberOf(configuration: CfnResource, member: string, data: Struct, world: ConstructWorld): Json {
  if (member === 'MetadataOptions') return inL1Spelling(world.tokens.restore(data[member]));
  const produce = () => inL1Spelling(world.tokens.restore(translationOf(configuration, world).data[member]));
  const later = Lazy.uncachedAny({ produce });
  if (member === 'SecurityGroupIds') return Token.asList(later);
  return STRUCTURED.includes(member) ? later : Token.asString(later);
}

const STRUCTURED = ['BlockDeviceMappings', 'EbsOptimized', 'IamInstanceProfile', 'InstanceMarketOptions', 'Monitoring', 'NetworkInterfaces', 'Placement'];

/** Condition, metadata, policies and dependencies. Constructs depend through the tree, where the template stands in the same place. */
function takeAttributes(configuration: CfnResource, template: CfnResource): void {
  const { metadata, ...options } = configuration.cfnOptions;
  Object.assign(template.cfnOptions, options);
  template.cfnOptions.metadata = { ...metadata, ...template.cfnOptions.metadata };
  for (const [attribute, value] of Object.entries(overridesOf(configuration))) {
    if (attribute !== 'Type' && attribute !== 'Properties') template.addOverride(attribute, value);
  }
  for (const dependency of configuration.obtainDependencies()) if (CfnResource.isCfnResource(dependency)) template.addResourceDependency(dependency);
}

/** What the configuration has come to say since. */
function lacks(then: Pick<Translation, 'name' | 'data'>, now: Translation): string[] {
  const changed = [
    ...Object.keys(now.data).filter((member) => !(member in then.data)),
    ...sameOptions(then.data.MetadataOptions, now.data.MetadataOptions) ? [] : ['MetadataOptions'],
    ...JSON.stringify(then.name) === JSON.stringify(now.name) ? [] : ['LaunchConfigurationName'],
  ];
  return [...now.problems, ...new Set(changed.map((member) => `its ${member} was changed after it was migrated`))];
}

/** Tokens are required in the template whatever is said here. */
function sameOptions(then: Json, now: Json): boolean {
  const rest = (block: Json) => JSON.stringify({ ...block as Struct | undefined, HttpTokens: undefined });
  return rest(then) === rest(now);
}
