import { Aspects, Tags, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { letsPass } from './checks/exemptions';
import { registerPlugin } from './checks/validation-plugin';
import { TAGGED_TYPES, TagsBeyondCdk } from './enforcement/exemption-tags';
import { isDay, reasonOf, tagsOf, type Exemption } from './private/exemption';
import { Ledger } from './private/ledger';
import { EXEMPTIBLE_RULES, ruleId } from './private/rules';

/**
 * An exemption: why, until when, and whose it is.
 */
export interface Imdsv2ExemptionProps {
  /**
   * Why the machine cannot move yet, for those who read reports: at least one character that is no space.
   */
  readonly reason: string;

  /**
   * The last day of the exemption in UTC, as `2027-03-31`.
   *
   * From 30 days before it, synthesis warns with the days left; from the day after it, synthesis fails.
   */
  readonly until: string;

  /**
   * Who sees to its end. No `;` and no `]`.
   *
   * @default - nobody is named
   */
  readonly owner?: string;

  /**
   * Where that is followed up. No `;` and no `]`.
   *
   * @default - no ticket is named
   */
  readonly ticket?: string;
}

/**
 * Exempts a resource or everything in a scope from every rule, with a reason and an end.
 *
 * `RequireImdsv2`, the packs and `cdk-imdsv2 check` honour it. The end never changes a template: what is exempt stays as
 * it is, and synthesis fails until the exemption is prolonged or removed. The context key
 * `cdk-imdsv2:expired-exemptions=warn` makes that a warning, for one deployment that cannot wait. An exemption in whose
 * scope nothing would be found is a warning.
 *
 * Instances and groups in scope, and groups that launch from a launch template or configuration in scope, get the tags
 * `imdsv2:exempt-until` and `imdsv2:exempt-reason`, groups for what they launch from then on; neither interrupts anything.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-transition-to-version-2.html
 * @example
 * declare const license: ec2.Instance;
 * Imdsv2Exemption.of(license).add({
 *   reason: 'the license agent speaks IMDSv1 only',
 *   until: '2027-03-31',
 *   owner: 'team-billing',
 *   ticket: 'OPS-1207',
 * });
 */
export class Imdsv2Exemption {
  /**
   * The exemptions of a scope.
   *
   * @param scope a resource, or anything above what is to be exempt
   */
  public static of(scope: IConstruct): Imdsv2Exemption {
    return new Imdsv2Exemption(scope);
  }

  private constructor(private readonly scope: IConstruct) {}

  /**
   * Adds an exemption; throws where the reason is empty, `until` is no day, owner or ticket holds `;` or `]`, or the context
   * key says anything but `warn`.
   *
   * @param props why, until when, and whose it is
   */
  public add(props: Imdsv2ExemptionProps): void {
    const exemption = validated(props);
    letsPass(this.scope);
    Ledger.of(this.scope).exemptions.push({ ...exemption, scope: this.scope });
    const reason = reasonOf(exemption);
    Validations.of(this.scope).acknowledge(...EXEMPTIBLE_RULES.map((rule) => ({ id: ruleId(rule), reason })));
    this.tag(tagsOf(exemption));
    registerPlugin(this.scope);
  }

  private tag(tags: { readonly [key: string]: string }): void {
    for (const [key, value] of Object.entries(tags)) {
      Tags.of(this.scope).add(key, value, { includeResourceTypes: [...TAGGED_TYPES], applyToLaunchedInstances: true });
    }
    Aspects.of(this.scope).add(new TagsBeyondCdk(tags));
  }
}

function validated({ reason, until, owner, ticket }: Imdsv2ExemptionProps): Exemption {
  if (!reason?.trim()) throw new Error(`got an empty reason for an exemption until ${until}, expected why it is needed: write it for those who read reports`);
  if (!isDay(until)) throw new Error(`got '${until}' as the end of an exemption, expected a day as YYYY-MM-DD: write for example '2027-03-31'`);
  for (const [name, value] of Object.entries({ owner, ticket })) {
    if (value !== undefined && /[;\]]/.test(value)) {
      throw new Error(`got '${value}' as ${name} of an exemption, expected no ';' and no ']', which separate it from what follows: leave them out`);
    }
  }
  return { reason: reason.trim(), until, owner, ticket };
}
