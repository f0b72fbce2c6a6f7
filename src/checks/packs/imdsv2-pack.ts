import type { CfnResource, IPolicyValidationContext, PolicyValidationPluginReport } from 'aws-cdk-lib';
import { NagPack } from 'cdk-nag/lib/nag-pack';
import type { IConstruct } from 'constructs';
import type { Demands } from '../demands';
import type { Imdsv2ChecksProps } from './imdsv2-checks-props';
import { PackReport } from './pack-report';
import { ruleId } from '../../private/rules';
import { VERSION } from '../../private/version';
import { CheckedApp } from '../checked-app';
import { CHECK_RULES } from '../rules/rules';
import { Voice } from '../voice';

/**
 * What the packs share: they judge what was written, and all of them together speak of a construct and a rule once.
 *
 * @internal
 */
export abstract class Imdsv2Pack extends NagPack {
  /**
   * The version of this library.
   */
  public readonly version?: string = VERSION;

  /**
   * What the pack looks for, by the ids that exempt from it alone.
   */
  public readonly ruleIds?: string[];

  private readonly voice: Voice;
  private report?: PackReport;

  protected constructor(scope: IConstruct, name: string, demands: Demands, props: Imdsv2ChecksProps) {
    super(scope);
    if (!('validateScope' in NagPack.prototype)) {
      throw new Error(`got cdk-nag 2, expected 3: ${name} is a validation plugin, and packs are that since cdk-nag 3; `
        + 'upgrade to cdk-nag@^3, or use RequireImdsv2 without packs');
    }
    const known = CHECK_RULES.map(({ rule }) => ruleId(rule));
    for (const id of props.fatal ?? []) {
      if (!known.includes(id)) throw new Error(`got '${id}' in fatal of ${name}, expected one of ${known.join(', ')}: write one of these`);
    }
    this.packName = name;
    this.ruleIds = demands.ids.map((id) => `${name}::${id}`);
    this.voice = new Voice(scope, this, demands, props);
  }

  /**
   * Judges the templates of a synthesis, those of nested stacks included; aws-cdk-lib calls it.
   *
   * @param context what was written
   */
  public validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const { appConstruct, templatePaths } = context;
    const app = CheckedApp.at(appConstruct, this, templatePaths);
    const report = new PackReport(app, this.voice);
    for (const stack of app.stacksOf(templatePaths)) for (const source of app.sourcesOf(stack).values()) report.add(stack, source);
    return report.finish();
  }

  /**
   * Judges what the last synthesis wrote of everything in a scope, without another synthesis.
   *
   * @param scope throws where nothing of its app was written yet
   */
  public validateScope(scope: IConstruct): PolicyValidationPluginReport {
    this.report = new PackReport(CheckedApp.ofLastSynthesis(scope.node.root), this.voice);
    super.validateScope(scope);
    return this.report.finish();
  }

  /**
   * Throws, because a pack is no aspect any more: up to cdk-nag 2 it was added as one.
   *
   * @param _node is not visited
   */
  public visit(_node: IConstruct): void {
    // Without it Python calls the packs abstract beside cdk-nag 2, before they can say what they need.
    throw new Error(`got ${this.packName} as an aspect, expected it as a validation plugin: Validations.of(app).addPlugins(new ${this.packName}(app))`);
  }

  /**
   * Judges one resource, as it was written.
   *
   * @param node what is no launch source passes
   */
  protected checkResource(node: CfnResource): void {
    this.report?.addResource(node);
  }
}
