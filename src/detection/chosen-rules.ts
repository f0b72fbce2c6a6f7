import { Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ConfigRuleReach, Imdsv2ConfigRule } from './config-rule';
import type { Imdsv2ConfigRulesProps } from './config-rules';
import type { HopLimit } from '../hop-limit';

/**
 * Which rules were asked for, whatever the region has of them.
 *
 * @throws where props contradict each other
 */
export function chosenRules(scope: Construct, props: Imdsv2ConfigRulesProps): readonly Imdsv2ConfigRule[] {
  const chosen = props.rules ?? defaultRules(props.hopLimit);
  const { hopLimit, tagScope, reach, excludedAccounts, onNonCompliance } = props;
  const fail = (message: string): never => {
    throw new Error(`'${scope.node.path}' ${message}`);
  };
  if (chosen.length === 0) fail('has no rules: got an empty list, expected at least one, as in [Imdsv2ConfigRule.EC2_IMDSV2_CHECK]; or leave it out');
  const known = Object.values(Imdsv2ConfigRule);
  const unknown = chosen.find((rule) => !known.includes(rule));
  if (unknown !== undefined) fail(`has a rule that is none of Imdsv2ConfigRule: got ${JSON.stringify(unknown)}, expected one of ${known.join(', ')}`);
  const twice = chosen.find((rule, i) => chosen.indexOf(rule) < i);
  if (twice) fail(`names a rule twice: got ${twice} again, expected each rule once; remove one of them`);
  if (hopLimit !== undefined && typeof hopLimit.hops !== 'number') {
    fail(`has a hopLimit that is no HopLimit: got ${String(hopLimit)}, expected HopLimit.HOST (1), HopLimit.CONTAINERS (2) or HopLimit.of(n)`);
  }
  if (hopLimit && !chosen.includes(Imdsv2ConfigRule.EC2_TOKEN_HOP_LIMIT_CHECK)) {
    fail('has a hopLimit that no rule takes: got rules without EC2_TOKEN_HOP_LIMIT_CHECK, expected it among them; add it, or remove hopLimit');
  }
  if (hopLimit && hopLimit.hops > 1 && chosen.includes(Imdsv2ConfigRule.AUTOSCALING_LAUNCH_CONFIG_HOP_LIMIT)) {
    fail(`has rules that contradict each other: got a hopLimit of ${hopLimit.hops} and AUTOSCALING_LAUNCH_CONFIG_HOP_LIMIT, which fails every limit above 1; `
      + 'expected one of them; remove that rule');
  }
  if (tagScope && !tagScope.key) {
    fail("has a tagScope without a tag: got a scope of types or of a resource, expected a tag, as in RuleScope.fromTag('env', 'production')");
  }
  if (excludedAccounts && reach !== ConfigRuleReach.ORGANIZATION) {
    fail('excludes accounts of no organization: got excludedAccounts without ConfigRuleReach.ORGANIZATION, expected both or none');
  }
  for (const account of excludedAccounts ?? []) {
    if (!Token.isUnresolved(account) && !/^\d{12}$/.test(account)) {
      fail(`excludes something that is no account: got ${JSON.stringify(account)}, expected an id of 12 digits`);
    }
  }
  if (onNonCompliance && reach === ConfigRuleReach.ORGANIZATION) {
    fail('starts something on findings that do not come here: got onNonCompliance with ConfigRuleReach.ORGANIZATION, whose findings are events of each account; '
      + 'expected ConfigRuleReach.ACCOUNT; bring the rules to the accounts by a stack set, or remove onNonCompliance');
  }
  return chosen;
}

function defaultRules(hopLimit: HopLimit | undefined): Imdsv2ConfigRule[] {
  return [
    Imdsv2ConfigRule.EC2_IMDSV2_CHECK,
    Imdsv2ConfigRule.EC2_LAUNCH_TEMPLATE_IMDSV2_CHECK,
    Imdsv2ConfigRule.AUTOSCALING_LAUNCHCONFIG_REQUIRES_IMDSV2,
    Imdsv2ConfigRule.AUTOSCALING_LAUNCH_TEMPLATE,
    ...hopLimit ? [Imdsv2ConfigRule.EC2_TOKEN_HOP_LIMIT_CHECK] : [],
    ...hopLimit?.hops === 1 ? [Imdsv2ConfigRule.AUTOSCALING_LAUNCH_CONFIG_HOP_LIMIT] : [],
  ];
}
