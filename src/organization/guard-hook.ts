import { writeFileSync } from 'fs';
import { join } from 'path';
import { FileSystem, Token } from 'aws-cdk-lib';
import { CfnGuardHook } from 'aws-cdk-lib/aws-cloudformation';
import { PolicyStatement, Role, ServicePrincipal, type IRole } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { GUARDED, guardRules } from './guard-rules';

/**
 * What becomes of an operation that a rule fails.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-guardhook.html
 */
export enum HookFailureMode {
  /** It fails, and its stack is rolled back. */
  FAIL = 'FAIL',
  /** It goes on, with a warning among the events of the stack. */
  WARN = 'WARN',
}

/**
 * Properties of `Imdsv2GuardHook`.
 */
export interface Imdsv2GuardHookProps {
  /**
   * What becomes of the creation or update of a resource that allows IMDSv1.
   *
   * @default HookFailureMode.WARN
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-guardhook.html
   */
  readonly failureMode?: HookFailureMode;

  /**
   * The name of the hook in the account and region, in three parts, which do not begin with `AWS`. Another one replaces the hook.
   *
   * @default 'CdkImdsv2::RequireImdsv2::Hook'
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-guardhook.html
   */
  readonly alias?: string;

  /**
   * The only stacks whose resources are looked at, by name, 1 to 50. Any other number throws.
   *
   * Resources of the Cloud Control API belong to no stack.
   *
   * @default - all
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-guardhook.html
   */
  readonly includedStacks?: string[];

  /**
   * Stacks whose resources are not looked at, by name, 1 to 50. Any other number throws.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-guardhook.html
   */
  readonly excludedStacks?: string[];

  /**
   * Roles of stacks whose resources are not looked at, by ARN, 1 to 50. Any other number throws.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-guardhook.html
   */
  readonly excludedRoles?: string[];

  /**
   * Where a report of each run is written. Without one, CloudFormation says which rule failed, and not what to write instead.
   *
   * @default - nowhere
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-guardhook.html
   */
  readonly logBucket?: IBucket;
}

/** As the schema of CloudFormation has it. */
const ALIAS = /^(?!AWS)[A-Za-z0-9]{2,64}::[A-Za-z0-9]{2,64}::[A-Za-z0-9]{2,64}$/i;

/** So many names or roles does CloudFormation take in a list of a filter. */
const MOST_FILTERED = 50;

/**
 * A hook of CloudFormation and the Cloud Control API, by which resources of any stack of the account and region meet the
 * library's rules, whoever wrote their template: before a resource is created or updated, its own metadata options are looked at.
 *
 * It judges the types that have such options, with every parameter and function resolved: a launch template that says nothing
 * of tokens fails, an instance that leaves the word to its launch template passes. What has no options and names no launch
 * template, such as a node group, is not looked at, and neither is an acknowledgement or `Imdsv2Exemption`: use `excludedStacks`.
 *
 * The rules are an asset, which the hook reads on each run by a role that can read nothing else in its bucket; where that
 * bucket is encrypted by a key of its own, let `executionRole` decrypt with it. One hook is for one account and region: a stack
 * set brings it to more.
 *
 * Throws if the alias is not made of three parts or begins with AWS, if stacks are included and excluded at once, or if one of the
 * lists is empty or has more than 50.
 *
 * @see https://docs.aws.amazon.com/cloudformation-cli/latest/hooks-userguide/guard-hooks.html
 * @example
 * declare const stack: Stack;
 * new Imdsv2GuardHook(stack, 'Imdsv2', { failureMode: HookFailureMode.FAIL, excludedStacks: ['legacy'] });
 */
export class Imdsv2GuardHook extends Construct {
  /** The role by which the hook reads its rules, and writes its report. */
  public readonly executionRole: IRole;

  /** The ARN of the hook. */
  public readonly hookArn: string;

  /**
   * @param scope where it is defined; its stack decides account and region
   * @param id its name among its siblings
   * @param props what it does to a resource that fails, and which stacks it looks at
   */
  constructor(scope: Construct, id: string, props: Imdsv2GuardHookProps = {}) {
    super(scope, id);
    const { failureMode = HookFailureMode.WARN, alias = 'CdkImdsv2::RequireImdsv2::Hook', logBucket } = props;
    if (!ALIAS.test(alias)) {
      throw new Error(`'${this.node.path}' has an alias that CloudFormation does not take: got ${JSON.stringify(alias)}, `
        + 'expected three names of 2 to 64 letters and digits, as Name1::Name2::Name3, which do not begin with AWS');
    }
    if (props.includedStacks && props.excludedStacks) {
      throw new Error(`'${this.node.path}' includes and excludes stacks: got both, expected one; stacks that are not included are excluded`);
    }
    const { includedStacks, excludedStacks, excludedRoles } = props;
    for (const [prop, list] of Object.entries({ includedStacks, excludedStacks, excludedRoles })) {
      if (!list || Token.isUnresolved(list) || (list.length > 0 && list.length <= MOST_FILTERED)) continue;
      throw new Error(`'${this.node.path}' has ${prop} that CloudFormation does not take: got ${list.length}, expected 1 to ${MOST_FILTERED}`
        + `${list.length === 0 ? '; leave it out' : ''}`);
    }
    const rules = new Asset(this, 'Rules', { path: rulesFolder() });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('hooks.cloudformation.amazonaws.com') });
    role.addToPolicy(new PolicyStatement({
      actions: ['s3:GetObject', 's3:GetObjectVersion'], resources: [rules.bucket.arnForObjects(rules.s3ObjectKey)],
    }));
    role.addToPolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [rules.bucket.bucketArn] }));
    logBucket?.grantPut(role);
    const hook = new CfnGuardHook(this, 'Resource', {
      alias,
      executionRole: role.roleArn,
      failureMode,
      hookStatus: 'ENABLED',
      ruleLocation: { uri: rules.s3ObjectUrl },
      // Not whole stacks and change sets: nothing is resolved in their templates.
      targetOperations: ['RESOURCE', 'CLOUD_CONTROL'],
      stackFilters: stackFilters(props),
      logBucket: logBucket?.bucketName,
    });
    // The L1 wants `Targets`, of which CloudFormation's schema then says that it is two things at once.
    hook.addPropertyOverride('TargetFilters', {
      TargetNames: GUARDED.map(({ type }) => type), Actions: ['CREATE', 'UPDATE'], InvocationPoints: ['PRE_PROVISION'],
    });
    // Its permissions are no part of the role's ARN.
    hook.node.addDependency(role);
    this.executionRole = role;
    this.hookArn = hook.attrHookArn;
  }
}

/** A folder for each synthesis, whose asset is named by its content; stack sets of `cdk-stacksets` take archives only. */
function rulesFolder(): string {
  const folder = FileSystem.mkdtemp('cdk-imdsv2-');
  writeFileSync(join(folder, 'imdsv2.guard'), guardRules());
  return folder;
}

function stackFilters({ includedStacks, excludedStacks, excludedRoles }: Imdsv2GuardHookProps): CfnGuardHook.StackFiltersProperty | undefined {
  if (!includedStacks && !excludedStacks && !excludedRoles) return undefined;
  return {
    filteringCriteria: 'ALL',
    ...(includedStacks || excludedStacks) && { stackNames: { include: includedStacks, exclude: excludedStacks } },
    ...excludedRoles && { stackRoles: { exclude: excludedRoles } },
  };
}
