import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { checkPrincipals } from './principals';
import { GroupLaunchSource, LaunchConfigurationCreation, TokensAtLaunch, type Imdsv2StatementsOptions } from './statements-options';
import { TAG_PREFIX, UNTIL_TAG } from '../private/exemption';
import { changeRoleOf, validRoleName } from '../private/fleet-roles';

/** The condition keys that are read; a key that does not exist is absent from every request, and would deny every launch. */
const TOKENS = 'ec2:MetadataHttpTokens';
const HOP_LIMIT = 'ec2:MetadataHttpPutResponseHopLimit';
const NEW_TOKENS = 'ec2:Attribute/HttpTokens';
const DELIVERY = 'ec2:RoleDelivery';
const CONFIGURATION_TOKENS = 'autoscaling:MetadataHttpTokens';
const CONFIGURATION_NAME = 'autoscaling:LaunchConfigurationName';
const VERSION_SPECIFIED = 'autoscaling:LaunchTemplateVersionSpecified';
const TAG_KEYS = 'aws:TagKeys';

/**
 * Never the launch template, nor anything else that a launch is authorized against: only on the instance do requests carry
 * the keys of metadata options, and a key that is absent counts as not equal.
 */
const INSTANCES = 'arn:*:ec2:*:*:instance/*';

const GROUP_ACTIONS = ['autoscaling:CreateAutoScalingGroup', 'autoscaling:UpdateAutoScalingGroup'];

/** What an exemption leaves on an instance or group. */
const EXEMPTION_TAGS = `${TAG_PREFIX}*`;
const EXEMPT_UNTIL = `aws:ResourceTag/${UNTIL_TAG}`;

interface Denial {
  readonly sid: string;
  readonly actions: readonly string[];
  /** Everything by default. */
  readonly resource?: string;
  readonly conditions?: { readonly [operator: string]: { readonly [key: string]: string } };
  /** Whom it does not apply to, besides who is exempt from all. */
  readonly admins?: readonly string[];
}

/** @throws if a choice is none, if principals are not named by ARN, or if nothing is chosen */
export function statementsOf(options: Imdsv2StatementsOptions): PolicyStatement[] {
  const { metadataOptionsAdmins, accountDefaultsAdmins, exemptionTagAdmins, exemptPrincipals } = options;
  if (options.maxHopLimit !== undefined && typeof options.maxHopLimit.hops !== 'number') {
    throw new Error(`maxHopLimit is not a HopLimit: got ${String(options.maxHopLimit)}, `
      + 'expected HopLimit.HOST (1), HopLimit.CONTAINERS (2) or HopLimit.of(n)');
  }
  for (const [prop, value, known] of [
    ['tokensAtLaunch', options.tokensAtLaunch, TokensAtLaunch],
    ['launchConfigurations', options.launchConfigurations, LaunchConfigurationCreation],
    ['groupsLaunchFrom', options.groupsLaunchFrom, GroupLaunchSource],
  ] as const) {
    // Without types, another word would leave a statement out.
    if (value === undefined || Object.values<string>(known).includes(value)) continue;
    throw new Error(`${prop} has a value that is none: got ${JSON.stringify(value)}, expected one of ${Object.values(known).join(', ')}`);
  }
  for (const [prop, patterns] of Object.entries({ metadataOptionsAdmins, accountDefaultsAdmins, exemptionTagAdmins, exemptPrincipals })) {
    checkPrincipals(prop, patterns);
  }
  const denials = [...launches(options), ...changes(options), ...groups(options)];
  if (denials.length === 0) {
    throw new Error('the policy denies nothing: got no statement, expected at least one; '
      + 'leave tokensAtLaunch or denyDowngrade at their defaults, or choose another');
  }
  return denials.map((denial) => statement(denial, exemptPrincipals));
}

function* launches({ tokensAtLaunch = TokensAtLaunch.REQUIRED, maxHopLimit, denyImdsv1Credentials }: Imdsv2StatementsOptions): Iterable<Denial> {
  if (tokensAtLaunch !== TokensAtLaunch.ANY) {
    const onlyIfSaid = tokensAtLaunch === TokensAtLaunch.NOT_OPTIONAL;
    yield {
      sid: 'TokensAtLaunch',
      actions: ['ec2:RunInstances'],
      resource: INSTANCES,
      conditions: { StringNotEquals: { [TOKENS]: 'required' }, ...onlyIfSaid && { Null: { [TOKENS]: 'false' } } },
    };
  }
  if (maxHopLimit) {
    yield {
      sid: 'HopLimitAtLaunch',
      actions: ['ec2:RunInstances'],
      resource: INSTANCES,
      conditions: { NumericGreaterThan: { [HOP_LIMIT]: String(maxHopLimit.hops) } },
    };
  }
  if (denyImdsv1Credentials) {
    yield { sid: 'Imdsv1Credentials', actions: ['*'], conditions: { NumericLessThan: { [DELIVERY]: '2.0' } } };
  }
}

function* changes({ denyDowngrade = true, fleetRoleName, ...admins }: Imdsv2StatementsOptions): Iterable<Denial> {
  const fleet = fleetRoleName === undefined ? [] : [`arn:*:iam::*:role/${changeRoleOf(validRoleName(fleetRoleName))}`];
  if (denyDowngrade) {
    yield {
      sid: 'Downgrade',
      actions: ['ec2:ModifyInstanceMetadataOptions'],
      resource: INSTANCES,
      conditions: { StringNotEquals: { [NEW_TOKENS]: 'required' }, Null: { [NEW_TOKENS]: 'false' } },
      admins: fleet,
    };
  }
  if (admins.metadataOptionsAdmins) {
    yield { sid: 'MetadataOptions', actions: ['ec2:ModifyInstanceMetadataOptions'], admins: [...fleet, ...admins.metadataOptionsAdmins] };
  }
  if (admins.accountDefaultsAdmins) {
    yield { sid: 'AccountDefaults', actions: ['ec2:ModifyInstanceMetadataDefaults'], admins: admins.accountDefaultsAdmins };
  }
  if (admins.exemptionTagAdmins) {
    yield {
      sid: 'ExemptionTags',
      // A group may be created with tags, and gives them to its instances.
      actions: ['ec2:CreateTags', 'ec2:DeleteTags', 'autoscaling:CreateOrUpdateTags', 'autoscaling:DeleteTags', 'autoscaling:CreateAutoScalingGroup'],
      conditions: { 'ForAnyValue:StringLike': { [TAG_KEYS]: EXEMPTION_TAGS } },
      admins: admins.exemptionTagAdmins,
    };
    yield {
      // Without a key, every tag of the resource is removed.
      sid: 'AllTags',
      actions: ['ec2:DeleteTags'],
      conditions: { Null: { [TAG_KEYS]: 'true', [EXEMPT_UNTIL]: 'false' } },
      admins: admins.exemptionTagAdmins,
    };
  }
}

function* groups({ launchConfigurations, groupsLaunchFrom = GroupLaunchSource.ANY }: Imdsv2StatementsOptions): Iterable<Denial> {
  if (launchConfigurations === LaunchConfigurationCreation.TOKENS_REQUIRED || launchConfigurations === LaunchConfigurationCreation.NONE) {
    const conditions = launchConfigurations === LaunchConfigurationCreation.NONE ? undefined : { StringNotEquals: { [CONFIGURATION_TOKENS]: 'required' } };
    yield { sid: 'LaunchConfigurations', actions: ['autoscaling:CreateLaunchConfiguration'], conditions };
  }
  if (groupsLaunchFrom !== GroupLaunchSource.ANY) {
    yield { sid: 'GroupsOfConfigurations', actions: GROUP_ACTIONS, conditions: { Null: { [CONFIGURATION_NAME]: 'false' } } };
  }
  if (groupsLaunchFrom === GroupLaunchSource.LAUNCH_TEMPLATE_VERSION) {
    // Absent from a change that names no launch template: not false, so not denied.
    yield { sid: 'GroupsOfVersions', actions: GROUP_ACTIONS, conditions: { Bool: { [VERSION_SPECIFIED]: 'false' } } };
  }
}

function statement({ sid, actions, resource = '*', conditions, admins = [] }: Denial, exempt: readonly string[] = []): PolicyStatement {
  const spared = [...new Set([...admins, ...exempt])];
  const unless = spared.length > 0 ? { ArnNotLike: { 'aws:PrincipalArn': spared } } : {};
  return new PolicyStatement({ sid, effect: Effect.DENY, actions: [...actions], resources: [resource], conditions: { ...conditions, ...unless } });
}
