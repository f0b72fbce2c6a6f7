import { createHash } from 'crypto';
import { ArnFormat, CustomResource, Lazy, ScopedAws, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { accountFunction, DESCRIBE_REGIONS, inRegions, permit, SERVICE_TIMEOUT } from './account-function';
import { CLAIMS_PATH } from './claims-path';
import type { AccountDefaultsOptions } from './defaults-props';
import { claimRegions, requestedDefaults } from './requested-defaults';

/**
 * What becomes of an account's defaults when the construct that set them is removed.
 */
export enum OnRemoval {
  /** They stay as they are: removing, renaming or moving the construct never reopens an account. */
  RETAIN = 'RETAIN',
  /** The first values seen are put back, where the account still says what the construct wrote. */
  RESTORE = 'RESTORE',
}

/**
 * Properties of `Imdsv2AccountDefaults`.
 */
export interface Imdsv2AccountDefaultsProps extends AccountDefaultsOptions {
  /**
   * What becomes of the defaults when the construct, or one of its regions or options, is removed.
   *
   * A deployment that is rolled back puts back what it changed either way.
   *
   * @default OnRemoval.RETAIN
   */
  readonly onRemoval?: OnRemoval;
}

/** The response to CloudFormation may have 4 KB, and every attribute is part of it. */
const MOST_REPORTED = 10;

/**
 * Sets an account's own defaults for the metadata options of new instances, region by region: also those of instances
 * that nobody's template launches. CloudFormation has no resource for them, so a Lambda function calls EC2 at deployment.
 *
 * Beside tokens only what is named is sent. What was there before is kept, in an SSM parameter below `/cdk-imdsv2/account-defaults` in
 * each region, before the first write, and what was written is read back. A region that an organization's declarative
 * policy manages is never written. One region that fails fails the deployment, with one message about all of them, and
 * what the deployment changed is put back.
 *
 * Throws if `httpTokensEnforced` is enabled without required tokens, and if the account and region are set twice in the app.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html
 * @example
 * declare const stack: Stack;
 * new Imdsv2AccountDefaults(stack, 'ImdsDefaults', {
 *   hopLimit: HopLimit.CONTAINERS,
 *   regions: AccountRegions.allEnabled(),
 * });
 */
export class Imdsv2AccountDefaults extends Construct {
  private readonly resource: CustomResource;
  private readonly regions?: readonly string[];
  private readonly reported = new Set<string>();

  /**
   * @param scope where it is defined; its stack decides account and region
   * @param id its name among its siblings
   * @param props what is set, where, and what becomes of it on removal
   */
  constructor(scope: Construct, id: string, props: Imdsv2AccountDefaultsProps = {}) {
    super(scope, id);
    const { defaults, regions } = requestedDefaults(this, props);
    claimRegions(this, regions);
    this.regions = regions;
    const stack = Stack.of(this);
    const handler = accountFunction(this, 'accountDefaults');
    const conditions = inRegions(regions);
    // Not an ARN for each region: a change of regions has the policies of both lists, and those of a role may have 10,240 characters together.
    const path = stack.formatArn({
      service: 'ssm', region: '*', resource: 'parameter', resourceName: CLAIMS_PATH.slice(1), arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    const parameters = `${path}/*`;
    const policy = permit(this, handler, `Permissions${regions ? hash(regions) : 'AllRegions'}`, [
      { actions: ['ec2:GetInstanceMetadataDefaults', 'ec2:ModifyInstanceMetadataDefaults'], conditions },
      { actions: ['ssm:GetParametersByPath'], resources: [path, parameters], conditions },
      { actions: ['ssm:PutParameter', 'ssm:DeleteParameter'], resources: [parameters], conditions },
      // Tells a roll-back from a removal; of a nested stack only those around it can.
      { actions: ['cloudformation:DescribeStacks'], resources: withParents(stack).map((one) => new ScopedAws(one).stackId) },
      ...regions ? [] : [DESCRIBE_REGIONS],
    ]);
    this.resource = new CustomResource(this, 'Resource', {
      resourceType: 'Custom::Imdsv2AccountDefaults',
      serviceToken: handler.functionArn,
      serviceTimeout: SERVICE_TIMEOUT,
      properties: {
        Defaults: defaults,
        Regions: regions ?? ['*'],
        OnRemoval: props.onRemoval ?? OnRemoval.RETAIN,
        Report: Lazy.list({ produce: () => [...this.reported] }, { omitEmpty: true }),
      },
    });
    this.resource.node.addDependency(policy);
  }

  /**
   * What a region said of the named options before the first write, such as `HttpTokens=optional`, or `no preference`.
   *
   * @param region the stack's own region by default. Throws for one that is not set here, and for more than 10 regions.
   */
  public previousDefaults(region?: string): string {
    return this.attribute('Previous', region);
  }

  /**
   * What a region says of all options, such as `HttpTokens=required,HttpPutResponseHopLimit=2`.
   *
   * @param region the stack's own region by default. Throws for one that is not set here, and for more than 10 regions.
   */
  public effectiveDefaults(region?: string): string {
    return this.attribute('Effective', region);
  }

  /**
   * Who manages a region's defaults: `account`, or `declarative-policy` for a policy of the organization.
   *
   * @param region the stack's own region by default. Throws for one that is not set here, and for more than 10 regions.
   * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_declarative_syntax.html
   */
  public managedBy(region?: string): string {
    return this.attribute('ManagedBy', region);
  }

  private attribute(name: string, region?: string): string {
    const own = Stack.of(this).region;
    const asked = region ?? own;
    const known = this.regions?.includes(asked) || !this.regions || (asked === own && Token.isUnresolved(own));
    if (!known) {
      const names = this.regions!.map((each) => Token.isUnresolved(each) ? "the stack's own" : each);
      throw new Error(`'${this.node.path}' does not set the defaults of ${asked}: got a region that is not one of its own, expected ${names.join(' or ')}; `
        + 'pass one of them, or add the region to regions');
    }
    if (region === undefined) return this.resource.getAttString(name);
    this.reported.add(region);
    if (this.reported.size > MOST_REPORTED) {
      throw new Error(`'${this.node.path}' is asked for the attributes of too many regions: got ${this.reported.size}, expected at most ${MOST_REPORTED}, `
        + 'because CloudFormation takes no more than 4 KB; read the others with GetInstanceMetadataDefaults');
    }
    return this.resource.getAttString(`${region}.${name}`);
  }
}

/** A nested stack and those around it. */
function withParents(stack: Stack): Stack[] {
  return stack.nestedStackParent ? [stack, ...withParents(stack.nestedStackParent)] : [stack];
}

function hash(regions: readonly string[]): string {
  const names = [...regions].map((region) => Token.isUnresolved(region) ? '' : region).sort();
  return createHash('sha256').update(names.join()).digest('hex').slice(0, 8);
}
