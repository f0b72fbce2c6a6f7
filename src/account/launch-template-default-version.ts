import { ArnFormat, CfnResource, CustomResource, Lazy, Stack } from 'aws-cdk-lib';
import type { ILaunchTemplateRef } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { defaultVersionFunction, inRegions, permit, permitOnce, SERVICE_TIMEOUT } from './account-function';

/**
 * Properties of `LaunchTemplateDefaultVersion`.
 */
export interface LaunchTemplateDefaultVersionProps {
  /**
   * The launch template, L1 or L2, defined in the same stack. Anything else throws: CloudFormation does not know the
   * version of a template that is imported, and could not change an export of one that is in use.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-launchtemplate.html
   */
  readonly launchTemplate: ILaunchTemplateRef;
}

/**
 * Moves the default version of a launch template to the version that the stack has just made, at every change.
 *
 * CloudFormation makes a new version of a launch template that changes, and leaves the default one where it was; whatever
 * launches from `$Default`, and Security Hub's EC2.170, go on with the old one. **Everything else in the new version, such
 * as image and user data, becomes the default too.** It never goes back to an earlier version, also not when the deployment
 * is rolled back or the construct removed, and may change no other launch template. The function is one for each stack, and
 * its role has room for 50 launch templates: one more throws.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyLaunchTemplate.html
 * @example
 * declare const launchTemplate: ec2.LaunchTemplate;
 * new LaunchTemplateDefaultVersion(launchTemplate, 'DefaultVersion', { launchTemplate });
 */
export class LaunchTemplateDefaultVersion extends Construct {
  /** The default version that was set, as a number. */
  public readonly defaultVersion: string;

  /**
   * @param scope where it is defined; in the stack of the launch template
   * @param id its name among its siblings
   * @param props the launch template
   */
  constructor(scope: Construct, id: string, props: LaunchTemplateDefaultVersionProps) {
    super(scope, id);
    const template = resourceOf(props.launchTemplate);
    const stack = Stack.of(this);
    if (!template || template.stack !== stack) {
      throw new Error(`'${this.node.path}' cannot know the latest version of its launch template: got '${props.launchTemplate.node.path}', `
        + `which is ${template ? `in the stack '${template.stack.node.path}'` : 'imported'}, expected one that is defined in the stack '${stack.node.path}'; `
        + 'move the construct to where the template is defined');
    }
    const handler = defaultVersionFunction(this);
    const count = countedOn(handler);
    if (count > MOST) {
      throw new Error(`'${this.node.path}' moves one default version too many: got ${count} launch templates in the stack '${stack.node.path}', `
        + `expected at most ${MOST}, which is what the inline policies of a role hold; move some to another stack, `
        + 'or leave them out with RequireImdsv2({ updateDefaultVersion: false }) on their scope');
    }
    permitOnce(handler, { actions: ['ec2:DescribeLaunchTemplates'], conditions: inRegions([stack.region]) });
    const policy = permit(this, handler, 'Permissions', [{
      actions: ['ec2:ModifyLaunchTemplate'],
      resources: [stack.formatArn({ service: 'ec2', resource: 'launch-template', resourceName: template.ref, arnFormat: ArnFormat.SLASH_RESOURCE_NAME })],
    }]);
    const resource = new CustomResource(this, 'Resource', {
      resourceType: 'Custom::LaunchTemplateDefaultVersion',
      serviceToken: handler.functionArn,
      serviceTimeout: SERVICE_TIMEOUT,
      properties: { LaunchTemplateId: template.ref, Version: template.getAtt('LatestVersionNumber') },
    });
    resource.node.addDependency(policy);
    // What refers to a template that a condition leaves out must be left out with it, whoever gives the condition and when.
    const condition = Lazy.any({ produce: () => conditionOf(template) });
    for (const { node } of [policy, resource]) (node.defaultChild as CfnResource).addOverride('Condition', condition);
    this.defaultVersion = resource.getAttString('DefaultVersion');
  }
}

/** So many statements, one for each launch template, fit into the inline policies of a role, which have 10,240 characters together. */
const MOST = 50;

/** How many default versions a function moves; on the function, whichever copy of the library made it. */
const MOVED = Symbol.for('cdk-imdsv2.default-versions');

/** One more. */
function countedOn(handler: object): number {
  const counting = handler as { [MOVED]?: number };
  return counting[MOVED] = (counting[MOVED] ?? 0) + 1;
}

/** The name of its condition, which an escape hatch may have changed: CDK keeps that to itself. */
function conditionOf(template: CfnResource): string | undefined {
  const { rawOverrides: overrides } = template as unknown as { readonly rawOverrides: { readonly Condition?: string } };
  return 'Condition' in overrides ? overrides.Condition : template.cfnOptions.condition?.logicalId;
}

/** The resource itself, or that of the L2. */
function resourceOf(template: ILaunchTemplateRef): CfnResource | undefined {
  const resource = CfnResource.isCfnResource(template) ? template : template.node.defaultChild;
  return resource && CfnResource.isCfnResource(resource) ? resource : undefined;
}
