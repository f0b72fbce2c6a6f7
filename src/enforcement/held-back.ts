import type { CfnResource } from 'aws-cdk-lib';
import type { Follower, LaunchIndex } from './launch-index';
import { sourceOf } from './resource-properties';
import type { ScopeFacts } from './scope-facts';
import { warn } from './warnings';
import { DeployEffect } from '../launch-sources/launch-source';
import type { Ledger } from '../private/ledger';
import { Rule, ruleId } from '../private/rules';
import type { Settings } from '../private/settings';

const TOKENS = ruleId(Rule.TOKENS);

/** Launch templates that may not change, or not become the default, because of who follows them. */
export class HeldBack {
  /** Which are going to be held back, as far as anybody asked. */
  private readonly known = new Map<CfnResource, boolean>();

  constructor(private readonly index: () => LaunchIndex, private readonly facts: ScopeFacts, private readonly ledger: Ledger) {}

  /** Leaves a launch template alone whose new version would replace an instance or fleet, or reach an exempt resource. */
  public holds(resource: CfnResource, moved: readonly Follower[], settings: Settings): boolean {
    const holders = this.holders(moved, settings);
    if (holders.length === 0) return false;
    const sentence = `it is left alone, because changing it ${holders.join(', and ')}`;
    this.ledger.heldBack.set(resource, sentence);
    warn(resource, {
      rule: Rule.LAUNCH_TEMPLATE_FOLLOWER,
      problem: `'${resource.node.path}' does not meet what RequireImdsv2 asks for, and ${sentence}`,
      fix: holders.every((holder) => holder.endsWith('exempt')) ? 'end the exemption, or give what is not exempt a launch template of its own'
        : 'write new RequireImdsv2({ replaceResources: true }) if they may be replaced, or set HttpTokens: required here yourself when it suits',
      help: settings.help,
    });
    return true;
  }

  /** Whether that will be so: asked by every follower, and the same for all of them. */
  public willHold(template: CfnResource, settings: Settings): boolean {
    let held = this.known.get(template);
    if (held === undefined) this.known.set(template, held = this.holders(this.index().followersOf(template), settings).length > 0);
    return held;
  }

  /** Whether something exempt launches from the default version of a launch template, which then may not move. */
  public keepsDefault(template: CfnResource, { help }: Settings): boolean {
    const followers = this.index().followersOf(template);
    const exempt = followers.filter(({ resource, byDefault }) => byDefault && this.facts.of(resource).acknowledged.has(TOKENS));
    if (exempt.length === 0) return false;
    const names = exempt.map(({ resource }) => `the ${sourceOf(resource)!.name} '${resource.node.path}'`);
    warn(template, {
      rule: Rule.LAUNCH_TEMPLATE_FOLLOWER,
      problem: `'${template.node.path}' keeps its default version in spite of updateDefaultVersion, because moving it would reach `
        + `${names.join(' and ')}, exempt from tokens`,
      fix: 'end the exemption, or give what is exempt a launch template of its own',
      help,
    });
    return true;
  }

  private holders(followers: readonly Follower[], settings: Settings): string[] {
    return followers.flatMap(({ resource, moves, effect }) => {
      if (!moves) return [];
      const exempt = this.facts.of(resource).acknowledged.has(TOKENS);
      if (!exempt && (effect !== DeployEffect.REPLACES_RESOURCE || settings.replaceResources)) return [];
      const name = `the ${sourceOf(resource)!.name} '${resource.node.path}'`;
      return [exempt ? `would reach ${name}, which is exempt` : `would replace ${name}`];
    });
  }
}
