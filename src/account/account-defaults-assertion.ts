import { CustomResource } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { accountFunction, DESCRIBE_REGIONS, inRegions, permit, SERVICE_TIMEOUT } from './account-function';
import type { AccountDefaultsOptions } from './defaults-props';
import { requestedDefaults } from './requested-defaults';

/**
 * Properties of `Imdsv2AccountDefaultsAssertion`.
 */
export interface Imdsv2AccountDefaultsAssertionProps extends AccountDefaultsOptions {
  /**
   * Any text; the account is read again by the deployment that changes it, such as a build number.
   *
   * @default - read when it is created and when another prop changes
   */
  readonly trigger?: string;
}

/**
 * Fails a deployment when the account's defaults are not yet as they are named here, and changes nothing: its permissions
 * read only. For accounts whose defaults somebody else sets, such as a declarative policy of the organization.
 *
 * Let what launches instances depend on it: `instance.node.addDependency(assertion)`. Throws as `Imdsv2AccountDefaults`
 * does for props that contradict each other.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetInstanceMetadataDefaults.html
 * @example
 * declare const stack: Stack;
 * new Imdsv2AccountDefaultsAssertion(stack, 'ImdsDefaults', { httpTokensEnforced: MetadataDefault.ENABLED });
 */
export class Imdsv2AccountDefaultsAssertion extends Construct {
  /**
   * @param scope where it is defined; its stack decides account and region
   * @param id its name among its siblings
   * @param props what is expected, and where
   */
  constructor(scope: Construct, id: string, props: Imdsv2AccountDefaultsAssertionProps = {}) {
    super(scope, id);
    const { defaults, regions } = requestedDefaults(this, props);
    const handler = accountFunction(this, 'accountDefaultsAssertion');
    const policy = permit(this, handler, 'Permissions', [
      { actions: ['ec2:GetInstanceMetadataDefaults'], conditions: inRegions(regions) },
      ...regions ? [] : [DESCRIBE_REGIONS],
    ]);
    const resource = new CustomResource(this, 'Resource', {
      resourceType: 'Custom::Imdsv2AccountDefaultsAssertion',
      serviceToken: handler.functionArn,
      serviceTimeout: SERVICE_TIMEOUT,
      properties: { Defaults: defaults, Regions: regions ?? ['*'], Trigger: props.trigger },
    });
    resource.node.addDependency(policy);
  }
}
