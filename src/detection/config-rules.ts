import { Names, Stack, Validations } from 'aws-cdk-lib';
import { CfnOrganizationConfigRule, ManagedRule, type RuleScope } from 'aws-cdk-lib/aws-config';
import { Rule as EventRule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { chosenRules } from './chosen-rules';
import { ConfigRuleReach, Imdsv2ConfigRule } from './config-rule';
import { nonCompliance } from './event-patterns';
import { isOffered } from './rule-regions';
import type { HopLimit } from '../hop-limit';
import { NAMESPACE } from '../private/rules';

/**
 * Properties of `Imdsv2ConfigRules`.
 */
export interface Imdsv2ConfigRulesProps {
  /**
   * Which rules there are, each once and at least one; anything else throws.
   *
   * @default - those of tokens and of launch templates; with a `hopLimit` EC2_TOKEN_HOP_LIMIT_CHECK, and with `HopLimit.HOST`
   * AUTOSCALING_LAUNCH_CONFIG_HOP_LIMIT as well
   * @see https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html
   */
  readonly rules?: Imdsv2ConfigRule[];

  /**
   * The largest hop limit that an instance may have, from 1 to 64.
   *
   * Throws beside `rules` without EC2_TOKEN_HOP_LIMIT_CHECK, which alone can be told a limit, and above 1 beside
   * AUTOSCALING_LAUNCH_CONFIG_HOP_LIMIT, which would fail what this allows.
   *
   * @default - 1, where the rule is chosen by name, as AWS Config has it
   * @see https://docs.aws.amazon.com/config/latest/developerguide/ec2-token-hop-limit-check.html
   */
  readonly hopLimit?: HopLimit;

  /**
   * The only resources that are looked at, by one of their tags: `RuleScope.fromTag('env', 'production')`. Another kind of scope
   * throws, as each rule looks at one type of resource.
   *
   * @default - all
   * @see https://docs.aws.amazon.com/config/latest/APIReference/API_Scope.html
   */
  readonly tagScope?: RuleScope;

  /**
   * Whose resources are looked at.
   *
   * @default ConfigRuleReach.ACCOUNT
   * @see https://docs.aws.amazon.com/config/latest/developerguide/config-rule-multi-account-deployment.html
   */
  readonly reach?: ConfigRuleReach;

  /**
   * Accounts of the organization that get no rules, each an id of 12 digits. Without `ConfigRuleReach.ORGANIZATION` it throws.
   *
   * An account without a recorder must be one of them: the deployment fails otherwise.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/config/latest/APIReference/API_PutOrganizationConfigRule.html
   */
  readonly excludedAccounts?: string[];

  /**
   * What is started when one of the rules finds a resource noncompliant, such as the `stateMachine` of an `Imdsv2FleetRollout`. Its
   * input is `{"inventory":true}`.
   *
   * Each finding starts it once, also at the first evaluation, of every resource that there is; so give it once the rules are
   * mostly satisfied. With `ConfigRuleReach.ORGANIZATION` it throws: findings of an account are events of that account.
   *
   * @default - nothing
   * @see https://docs.aws.amazon.com/config/latest/developerguide/monitor-config-with-cloudwatchevents.html
   */
  readonly onNonCompliance?: IStateMachine;
}

/** The id that acknowledges the warning of what is left out. */
const REGION_ID = `${NAMESPACE}::config-rule-region`;

/**
 * The managed rules of AWS Config for the metadata service: they notice what was made or changed by something else than this
 * app. They change nothing, whatever they find.
 *
 * **A configuration recorder must exist** in the account and region, and record instances, launch templates, launch
 * configurations and Auto Scaling groups. The construct makes none, as there can be one only: without it, the deployment fails
 * with `NoAvailableConfigurationRecorder`.
 *
 * What AWS Config does not offer in the region of the stack is left out, with a warning that names it. In a stack whose region
 * only the deployment knows, nothing is left out, and the deployment fails where a rule is not offered.
 *
 * Throws where props contradict each other, as each of them says.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config.html
 * @example
 * declare const stack: Stack;
 * new Imdsv2ConfigRules(stack, 'Imdsv2Rules', { hopLimit: HopLimit.CONTAINERS });
 */
export class Imdsv2ConfigRules extends Construct {
  /** The rules that there are, without those that are not offered in the region. */
  public readonly rules: Imdsv2ConfigRule[];

  /**
   * @param scope where it is defined; its stack decides account and region
   * @param id its name among its siblings
   * @param props which rules there are, of whose resources, and what they start
   */
  constructor(scope: Construct, id: string, props: Imdsv2ConfigRulesProps = {}) {
    super(scope, id);
    const { reach = ConfigRuleReach.ACCOUNT, onNonCompliance } = props;
    const chosen = chosenRules(this, props);
    const { region } = Stack.of(this);
    this.rules = chosen.filter((rule) => isOffered(rule, region));
    this.warnOf(chosen.filter((rule) => !isOffered(rule, region)), region);

    if (reach === ConfigRuleReach.ORGANIZATION) {
      for (const rule of this.rules) this.addOrganizationRule(rule, props);
      return;
    }
    const names = this.rules.map((rule) => new ManagedRule(this, rule, {
      identifier: rule, description: describe(this, rule), inputParameters: parametersOf(rule, props), ruleScope: props.tagScope,
    }).configRuleName);
    if (onNonCompliance && names.length > 0) this.start(onNonCompliance, names);
  }

  private addOrganizationRule(rule: Imdsv2ConfigRule, { tagScope, excludedAccounts, ...props }: Imdsv2ConfigRulesProps): void {
    const parameters = parametersOf(rule, props);
    const scope = new Construct(this, rule);
    new CfnOrganizationConfigRule(scope, 'Resource', {
      organizationConfigRuleName: Names.uniqueResourceName(scope, { maxLength: 64, separator: '-', allowedSpecialCharacters: '_' }),
      excludedAccounts,
      organizationManagedRuleMetadata: {
        ruleIdentifier: rule,
        description: describe(this, rule),
        inputParameters: parameters && JSON.stringify(parameters),
        tagKeyScope: tagScope?.key,
        tagValueScope: tagScope?.value,
      },
    });
  }

  private start(machine: IStateMachine, names: string[]): void {
    const stack = Stack.of(this);
    const role = new Role(this, 'StartRole', {
      assumedBy: new ServicePrincipal('events.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': stack.account } } }),
    });
    new EventRule(this, 'NonCompliance', {
      description: `${NAMESPACE}: takes inventory when a rule of '${this.node.path}' finds something`.slice(0, 512),
      eventPattern: nonCompliance(names),
      targets: [new SfnStateMachine(machine, { role, input: RuleTargetInput.fromObject({ inventory: true }) })],
    });
  }

  private warnOf(left: readonly Imdsv2ConfigRule[], region: string): void {
    if (left.length === 0) return;
    const { path } = this.node;
    Validations.of(this).addWarning(REGION_ID, `'${path}' leaves out what AWS Config does not offer in ${region}: ${left.join(', ')}\n`
      + 'what it looks at is not watched there; look with Imdsv2FleetRollout instead, or name other rules\n'
      + `to accept it: Validations.of(<${path}>).acknowledge({ id: '${REGION_ID}', reason: '…' })`);
  }
}

/** Text, as AWS Config has all of its parameters. */
function parametersOf(rule: Imdsv2ConfigRule, { hopLimit }: Pick<Imdsv2ConfigRulesProps, 'hopLimit'>): { [name: string]: string } | undefined {
  return rule === Imdsv2ConfigRule.EC2_TOKEN_HOP_LIMIT_CHECK && hopLimit ? { tokenHopLimit: String(hopLimit.hops) } : undefined;
}

function describe(scope: Construct, rule: string): string {
  return `IMDSv2: ${rule}, from '${scope.node.path}' of ${NAMESPACE}`.slice(0, 256);
}
