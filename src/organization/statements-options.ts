import type { HopLimit } from '../hop-limit';

/**
 * What a launch has to say of session tokens.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html#iam-example-instance-metadata
 */
export enum TokensAtLaunch {
  /** The launch itself must say `required`. One that says nothing is denied, whatever the account's default makes of it. */
  REQUIRED = 'REQUIRED',
  /**
   * A launch must not say `optional`. One that says nothing gets the account's default, so set that first
   * (`Imdsv2AccountDefaults` or `Imdsv2DeclarativePolicy`): together they leave nothing open.
   */
  NOT_OPTIONAL = 'NOT_OPTIONAL',
  /** Not looked at. */
  ANY = 'ANY',
}

/**
 * Who may still create launch configurations.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html
 */
export enum LaunchConfigurationCreation {
  /** Whoever may. */
  ANY = 'ANY',
  /** Those whose launch configuration requires tokens. */
  TOKENS_REQUIRED = 'TOKENS_REQUIRED',
  /** Nobody. */
  NONE = 'NONE',
}

/**
 * What Auto Scaling groups may launch from.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html
 */
export enum GroupLaunchSource {
  /** Anything. */
  ANY = 'ANY',
  /** Launch templates, no launch configurations. */
  LAUNCH_TEMPLATE = 'LAUNCH_TEMPLATE',
  /**
   * Launch templates by the number of their version, not `$Latest` or `$Default`: only then are the metadata options of a
   * new version looked at, when the group is pointed at it.
   */
  LAUNCH_TEMPLATE_VERSION = 'LAUNCH_TEMPLATE_VERSION',
}

/**
 * Which statements a policy has. All of them deny: they take away from what others allow, and allow nothing.
 *
 * Principals are named by the ARN of their role, user or root user, with `*` and `?` as wildcards, as
 * `arn:aws:iam::*:role/imds-admins`. An assumed role is named by its role, and a role's path is part of its ARN. Whoever may
 * create a role of that name in an account is let through there, so name roles that the organization creates.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html#iam-example-instance-metadata
 */
export interface Imdsv2StatementsOptions {
  /**
   * What a call of `RunInstances` has to say of tokens.
   *
   * Stops: launches with IMDSv1. Breaks, with `REQUIRED`: every tool that sends no metadata options, such as Packer without
   * `metadata_options` and EC2 Image Builder without `instanceMetadataOptions`, also where the account's default would have
   * required tokens. Whether EC2 looks into the launch template of a call that says nothing itself is not documented, and
   * Karpenter's dry run is such a call (https://github.com/aws/karpenter-provider-aws/issues/9018): try it with `--dry-run` before you
   * attach the policy, or use `NOT_OPTIONAL`.
   *
   * @default TokensAtLaunch.REQUIRED
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html#iam-example-instance-metadata
   */
  readonly tokensAtLaunch?: TokensAtLaunch;

  /**
   * The largest hop limit that a launch may ask for, from 1 to 64.
   *
   * Stops: launches that let tokens travel further. Breaks, with `HopLimit.HOST`: instances whose containers reach the
   * metadata service through a bridge, as of ECS, EKS and Batch. A launch that names no limit is not denied by the statement
   * as it reads, though AWS's page says that it is. A later `ModifyInstanceMetadataOptions` is not limited: see `metadataOptionsAdmins`.
   *
   * @default - any
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html#iam-example-instance-metadata
   */
  readonly maxHopLimit?: HopLimit;

  /**
   * Whether `ModifyInstanceMetadataOptions` may not set tokens of an instance to `optional`.
   *
   * Stops: setting back an instance that requires tokens. Breaks: rolling back a change of the fleet, unless `fleetRoleName` says
   * whose role does that. Changes that do not name tokens go on working.
   *
   * @default true
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html#iam-example-instance-metadata
   */
  readonly denyDowngrade?: boolean;

  /**
   * The `roleName` that the `FleetAccounts` of an `Imdsv2FleetRollout` are given: the role by which it changes an account, `<name>-change`,
   * may set tokens back, so that its way back stays open, and is one of the `metadataOptionsAdmins`. Throws for a name that IAM
   * would not take.
   *
   * @default - no rollout has a way back where a downgrade is denied
   * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
   */
  readonly fleetRoleName?: string;

  /**
   * The only principals that may call `ModifyInstanceMetadataOptions` at all; an empty list stands for none.
   *
   * Stops: every other change, such as raising the hop limit of an instance, or turning its endpoint on or off. Breaks:
   * CloudFormation and Terraform in place, on instances that exist, unless the role that they use is named.
   *
   * @default - whoever may
   * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
   */
  readonly metadataOptionsAdmins?: string[];

  /**
   * The only principals that may call `ModifyInstanceMetadataDefaults`; an empty list stands for none.
   *
   * Stops: turning the account's defaults and their enforcement off. Breaks: `Imdsv2AccountDefaults`, unless the role of its
   * function is named.
   *
   * @default - whoever may
   * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
   */
  readonly accountDefaultsAdmins?: string[];

  /**
   * The only principals that may add, change or remove tags that begin with `imdsv2:` on EC2 resources and Auto Scaling
   * groups; an empty list stands for none.
   *
   * Stops: exempting an instance by a tag, and removing an exemption so that a machine is changed that is not ready. Breaks:
   * deployments of apps with an `Imdsv2Exemption`, which writes such tags, unless the role that CloudFormation uses is named.
   *
   * @default - whoever may
   * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
   */
  readonly exemptionTagAdmins?: string[];

  /**
   * Whether every call to any service is denied that is signed with credentials which an instance got from IMDSv1.
   *
   * Stops: using credentials that were stolen through IMDSv1, and using IMDSv1 at all. Breaks: everything that still gets its
   * credentials that way, **at once and completely**, without a restart or a deployment in between. Attach it where
   * the CloudWatch metric `MetadataNoToken` has been 0 for a whole cycle of jobs, deployments and scaling, account by account. The
   * policy warns of it at synthesis.
   *
   * @default false
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html#iam-example-instance-metadata
   */
  readonly denyImdsv1Credentials?: boolean;

  /**
   * Which launch configurations may still be created.
   *
   * Stops: `CreateLaunchConfiguration`, or those without required tokens. Breaks: deployments that create or replace one;
   * any change of a launch configuration in CloudFormation replaces it. Groups that exist go on launching from theirs.
   *
   * @default LaunchConfigurationCreation.ANY
   * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html
   */
  readonly launchConfigurations?: LaunchConfigurationCreation;

  /**
   * What `CreateAutoScalingGroup` and `UpdateAutoScalingGroup` may name.
   *
   * Stops: groups that launch from launch configurations or, with `LAUNCH_TEMPLATE_VERSION`, move to versions of a launch template that
   * nobody looked at. Breaks: deployments of groups that name a launch configuration, or `$Latest` and `$Default`. Changes that name
   * neither, such as of a group's size, go on working.
   *
   * @default GroupLaunchSource.ANY
   * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html
   */
  readonly groupsLaunchFrom?: GroupLaunchSource;

  /**
   * Principals that no statement applies to, such as a break-glass role.
   *
   * Service-linked roles need not be named: service control policies do not apply to them.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
   */
  readonly exemptPrincipals?: string[];
}
