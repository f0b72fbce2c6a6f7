import { Aspects, AspectPriority, CfnResource, Stack, Stage, type IAspect } from 'aws-cdk-lib';
import type { ILaunchTemplateRef } from 'aws-cdk-lib/aws-ec2';
import { Construct, type IConstruct, type IMixin } from 'constructs';
import { defaultVersionFunction } from './account/account-function';
import { LaunchTemplateDefaultVersion } from './account/launch-template-default-version';
import { registerPlugin } from './checks/validation-plugin';
import { Enforcer, stageOf } from './enforcement/enforcer';
import { sourceOf } from './enforcement/resource-properties';
import { HopLimit } from './hop-limit';
import { LaunchConfigurationPolicy } from './launch-configuration-policy';
import { LAUNCH_TEMPLATE } from './launch-sources/launch-template';
import { contentOf } from './posture/unseen';
import { acknowledgementOf } from './private/acknowledgements';
import { Rule, ruleId } from './private/rules';
import { carry, type Settings } from './private/settings';

/**
 * Properties of `RequireImdsv2`.
 */
export interface RequireImdsv2Props {
  /**
   * The largest hop limit allowed.
   *
   * Written where a launch source that becomes required sets none, or where it sets a larger one; a smaller explicit one
   * is kept. Lowering an explicit limit is announced with both values. What is already required never gets a larger limit.
   * Where `RequireImdsv2` stands on nested scopes, the nearest scope's limit wins, and loosening is announced.
   *
   * @default - nobody's hop limit changes (account and image go on deciding), except that a container host which becomes
   * required and sets no limit gets `HopLimit.CONTAINERS`, because a limit of 1 would now cut its containers off
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html
   */
  readonly hopLimit?: HopLimit;

  /**
   * The largest hop limit allowed for container hosts, used there instead of `hopLimit`.
   *
   * Container hosts are Image Builder infrastructure configurations (builds of container images need two hops), launch
   * templates used by an ECS, EKS or Batch construct, ECS and EKS optimized images, and user
   * data that starts Docker, containerd, podman, k3s, kubelet, nodeadm, `bootstrap.sh` or Nomad, configures Bottlerocket for
   * ECS or Kubernetes, or sets `ECS_CLUSTER`.
   *
   * @default HopLimit.CONTAINERS
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html
   */
  readonly containerHostHopLimit?: HopLimit;

  /**
   * Allows edits that replace or terminate instances, and those of which no page says what they do to running ones.
   *
   * A new version of a launch template replaces every instance and fleet that follows its latest version. Without this
   * such a template is left alone and reported, and its instances get the options themselves. The options of an EC2 fleet's
   * overrides, of a WorkSpaces instance and of an EMR security configuration are create-only; an Elastic Beanstalk environment
   * without rolling or immutable updates terminates all its instances at once; what AppStream does is not documented: without
   * this they are findings.
   *
   * @default false
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-instance.html
   * @see https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/environments-updating.html
   */
  readonly replaceResources?: boolean;

  /**
   * Moves the default version of every launch template in scope to its latest, by a `LaunchTemplateDefaultVersion` in it.
   *
   * CloudFormation leaves the default version where it was, so that what launches from it, and Security Hub's EC2.170, go on
   * with the old one. Everything else in the latest version, such as image and user data, becomes the default too. Each
   * stack with launch templates gets one Lambda function, whose role has room for 50 of them: one more throws. Left out are
   * templates that are exempt from `cdk-imdsv2::tokens`, those from whose default version something exempt launches, and
   * everything where `reportOnly` holds.
   *
   * @default false
   * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyLaunchTemplate.html
   */
  readonly updateDefaultVersion?: boolean;

  /**
   * What becomes of launch configurations.
   *
   * `MIGRATE` turns each into a launch template with the same meaning, under a new logical id, and points its groups at it
   * by `LatestVersionNumber`; user data, update policies and the logical ids of groups do not change. What has no
   * equivalent in a launch template is a finding, and that configuration stays as it is. Acknowledge
   * `cdk-imdsv2::launch-configuration` on one to keep it. Anything that is no `LaunchConfigurationPolicy` throws.
   *
   * @default LaunchConfigurationPolicy.REJECT
   * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/migrate-launch-configurations-with-cloudformation.html
   */
  readonly launchConfigurations?: LaunchConfigurationPolicy;

  /**
   * Adds the update policy `AutoScalingInstanceRefresh` to groups whose launch configuration is migrated.
   *
   * Swapping what a group launches from leaves its running instances as they are; CloudFormation then replaces them. A
   * group with a rolling or replacing update, or an instance refresh of its own, keeps what it has: CloudFormation takes
   * only one of them. Without `MIGRATE` it does nothing.
   *
   * @default false - a group without an update policy gets a warning that its running instances stay as they are
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html
   */
  readonly instanceRefresh?: boolean;

  /**
   * Edits nothing and fails nothing: every finding, and every edit that would be made with its effect, is listed.
   *
   * Inner scopes inherit it: to enforce one stack of an app that only reports, write `reportOnly: false` there.
   *
   * @default false
   */
  readonly reportOnly?: boolean;

  /**
   * A sentence or URL of your platform team, appended to every message.
   *
   * @default - nothing is appended
   */
  readonly help?: string;
}

/**
 * Makes everything in scope that launches EC2 instances require IMDSv2, and says before deploy what would break.
 *
 * Sets `HttpTokens: required` on instances and launch templates, and what notebooks, Image Builder, Elastic Beanstalk and
 * AppStream write instead; follows groups, fleets, node groups and the like to their launch templates. Replaces nothing unless
 * `replaceResources` says so, leaves a disabled endpoint alone, rejects or migrates launch configurations, and
 * warns of what no property could require.
 * What it cannot make safe is a finding that stops synthesis, proven on the written templates; acknowledge
 * `cdk-imdsv2::tokens` (or the rule that the message names) on a construct to exempt it.
 *
 * Use it as an aspect or as a mixin. A mixin applies to the launch sources that exist when it is applied, and makes
 * its edits at synthesis, so that escape hatches and acknowledgements which come later count.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html
 * @example
 * declare const app: App;
 * Aspects.of(app).add(new RequireImdsv2());
 */
export class RequireImdsv2 implements IAspect, IMixin {
  /**
   * Adds the aspect, at mutating priority, to a scope and to every `Stage` that exists below it.
   *
   * An aspect on an app does not reach the stacks inside its stages; this does. Call it when the stages exist, and
   * before `CodePipeline.addStage`, which synthesizes its stage at once.
   *
   * @param scope an app, stage, stack or any other construct. Anything else throws.
   * @param props the same for all of them; throws as the constructor does
   */
  public static addTo(scope: IConstruct, props: RequireImdsv2Props = {}): void {
    assertConstruct(scope, 'RequireImdsv2.addTo');
    const aspect = new RequireImdsv2(props);
    for (const construct of scope.node.findAll()) {
      if (construct === scope || Stage.isStage(construct)) Aspects.of(construct).add(aspect, { priority: AspectPriority.MUTATING });
    }
  }

  private readonly settings: Settings;

  /**
   * @param props what may be edited, and how far
   * @throws if a hop limit is not a `HopLimit`, or `launchConfigurations` no `LaunchConfigurationPolicy`.
   */
  constructor(props: RequireImdsv2Props = {}) {
    this.settings = {
      hopLimit: hopsOf('hopLimit', props.hopLimit),
      containerHostHopLimit: hopsOf('containerHostHopLimit', props.containerHostHopLimit),
      replaceResources: props.replaceResources,
      updateDefaultVersion: props.updateDefaultVersion,
      reportOnly: props.reportOnly,
      launchConfigurations: policyOf(props.launchConfigurations),
      instanceRefresh: props.instanceRefresh,
      help: props.help,
    };
    carry(this, this.settings);
  }

  /**
   * Called by the CDK for every construct in scope.
   *
   * @param construct any construct; what launches no instance is not touched.
   */
  public visit(construct: IConstruct): void {
    assertConstruct(construct, 'RequireImdsv2.visit');
    const source = sourceOf(construct);
    if (source) {
      const pass = passFor(this, construct as CfnResource);
      pass.enforce(construct as CfnResource, source, this.settings);
      // Asked for above a stage it holds inside, where only the stage's own aspect visits.
      if (source === LAUNCH_TEMPLATE) moveDefaultVersion(construct as CfnResource, pass.settingsOf(construct) ?? this.settings, pass);
    } else if (Stack.isStack(construct) || Stage.isStage(construct) || bringsInMore(construct)) {
      registerPlugin(construct);
    }
  }

  /**
   * Whether the construct is a launch source.
   *
   * @param construct any construct
   */
  public supports(construct: IConstruct): boolean {
    return sourceOf(construct) !== undefined;
  }

  /**
   * Makes one launch source require IMDSv2; the edit is made at synthesis.
   *
   * @param construct a launch source that `supports` accepts; others are left alone.
   */
  public applyTo(construct: IConstruct): void {
    assertConstruct(construct, 'RequireImdsv2.applyTo');
    if (!this.supports(construct)) return;
    registerPlugin(construct);
    Aspects.of(construct).add(this, { priority: AspectPriority.MUTATING });
  }
}

const BRINGS_IN_MORE = new Map<string, boolean>();

/** Whether a construct brings in what only the written template shows, or nothing does. */
function bringsInMore(construct: IConstruct): boolean {
  if (!CfnResource.isCfnResource(construct)) return false;
  const { cfnResourceType: type } = construct;
  let known = BRINGS_IN_MORE.get(type);
  if (known === undefined) BRINGS_IN_MORE.set(type, known = contentOf('', { Type: type }) !== undefined);
  return known;
}

/** The pass that is under way over the stage of a scope. */
const PASSES = new WeakMap<IConstruct, Enforcer>();

/** An aspect visits a construct once in a pass over its stage, so a second visit begins the next. */
function passFor(aspect: IAspect, construct: CfnResource): Enforcer {
  const stage = stageOf(construct);
  let enforcer = PASSES.get(stage);
  if (!enforcer?.begins(aspect, construct)) {
    registerPlugin(construct);
    PASSES.set(stage, enforcer = new Enforcer(stage));
    enforcer.begins(aspect, construct);
  }
  return enforcer;
}

/** Once for each launch template, however many aspects visit it. */
function moveDefaultVersion(template: CfnResource, settings: Settings, pass: Enforcer): void {
  if (!settings.updateDefaultVersion || settings.reportOnly || template.node.tryFindChild(DEFAULT_VERSION)) return;
  if (acknowledgementOf(template, ruleId(Rule.TOKENS)) || pass.heldBack.keepsDefault(template, settings)) return;
  try {
    defaultVersionFunction(template);
  } catch (cause) {
    const { path } = template.stack.node;
    throw new Error(`updateDefaultVersion needs a function in the stack '${path}', which cannot have one: got '${(cause as Error).message}', expected a stack `
      + `that may have assets; write Aspects.of(<${path}>).add(new RequireImdsv2({ updateDefaultVersion: false })) to leave its launch templates out`, { cause });
  }
  // Whatever class it is of, its type has been looked up.
  new LaunchTemplateDefaultVersion(template, DEFAULT_VERSION, { launchTemplate: template as CfnResource & ILaunchTemplateRef });
}

const DEFAULT_VERSION = 'Imdsv2DefaultVersion';

function hopsOf(prop: string, limit: HopLimit | undefined): number | undefined {
  if (limit === undefined) return undefined;
  const hops: unknown = (limit as HopLimit | null)?.hops;
  if (typeof hops === 'number' && hops >= 1 && hops <= 64) return hops;
  throw new Error(`${prop} is not a HopLimit: got ${inWords(limit)}, expected HopLimit.HOST (1), HopLimit.CONTAINERS (2) or HopLimit.of(n)`);
}

function policyOf(policy: LaunchConfigurationPolicy | undefined): LaunchConfigurationPolicy | undefined {
  if (policy === undefined || Object.values(LaunchConfigurationPolicy).includes(policy)) return policy;
  throw new Error(`launchConfigurations is not a LaunchConfigurationPolicy: got ${inWords(policy)}, expected LaunchConfigurationPolicy.REJECT or LaunchConfigurationPolicy.MIGRATE`);
}

function assertConstruct(scope: unknown, caller: string): void {
  if (Construct.isConstruct(scope)) return;
  throw new Error(`${caller} needs a construct: got ${inWords(scope)}, expected an App, Stage, Stack or other construct, as in RequireImdsv2.addTo(app)`);
}

function inWords(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const name = value.constructor?.name ?? 'unknown';
  const members = Object.entries(value).filter(([, member]) => typeof member !== 'object');
  const shown = name === 'Object' ? ` {${members.map(([key, member]) => `"${key}":${inWords(member)}`).join(',')}}` : '';
  return `an object of class ${name}${shown}`;
}
