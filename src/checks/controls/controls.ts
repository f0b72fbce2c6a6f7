import { condition, type Condition, type Control } from './control';
import { GROUP_USES_TEMPLATE, GROUP_USES_WHOLE_TEMPLATE } from './group-template';
import { LAUNCH_TEMPLATE_HOP_LIMIT } from './hop-limit';
import {
  INSTANCE_TOKENS, LAUNCH_CONFIGURATION_TOKENS, LAUNCH_CONFIGURATION_TOKENS_WHERE_ENABLED, LAUNCH_TEMPLATE_TOKENS,
  LAUNCH_TEMPLATE_TOKENS_WHERE_ENABLED,
} from './tokens';
import type { Rule } from '../../private/rules';
import type { CheckSubject } from '../rules/check-rule';

/** A framework, by its name on the command line. */
export interface Framework {
  readonly name: string;
  readonly title: string;
}

const SECURITY_HUB: Framework = { name: 'security-hub', title: 'AWS Security Hub CSPM' };
const CIS: Framework = { name: 'cis', title: 'CIS AWS Benchmarks' };
const NIST: Framework = { name: 'nist', title: 'NIST SP 800-53' };
const PCI_DSS: Framework = { name: 'pci-dss', title: 'PCI DSS' };
const CONTROL_TOWER: Framework = { name: 'control-tower', title: 'AWS Control Tower' };

export const FRAMEWORKS: readonly Framework[] = [SECURITY_HUB, CIS, NIST, PCI_DSS, CONTROL_TOWER];

const EC2_CONTROLS = 'https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html';
const AUTO_SCALING_CONTROLS = 'https://docs.aws.amazon.com/securityhub/latest/userguide/autoscaling-controls.html';
const SECURITY_HUB_CIS = 'https://docs.aws.amazon.com/securityhub/latest/userguide/cis-aws-foundations-benchmark.html';
const CIS_BENCHMARKS = 'https://www.cisecurity.org/benchmark/amazon_web_services';
const CONTROL_TOWER_EC2 = 'https://docs.aws.amazon.com/controltower/latest/controlreference/ec2-rules.html';
const CONTROL_TOWER_AUTO_SCALING = 'https://docs.aws.amazon.com/controltower/latest/controlreference/autoscaling-rules.html';

const EC2_8: Control = {
  id: 'EC2.8',
  framework: SECURITY_HUB.name,
  title: 'EC2 instances should use IMDSv2',
  severity: 'High',
  documentation: `${EC2_CONTROLS}#ec2-8`,
  ...INSTANCE_TOKENS,
};

const EC2_170: Control = {
  id: 'EC2.170',
  framework: SECURITY_HUB.name,
  title: 'EC2 launch templates should use IMDSv2',
  severity: 'Low',
  documentation: `${EC2_CONTROLS}#ec2-170`,
  ...LAUNCH_TEMPLATE_TOKENS,
};

const AUTO_SCALING_3: Control = {
  id: 'AutoScaling.3',
  framework: SECURITY_HUB.name,
  title: 'Auto Scaling group launch configurations should require IMDSv2',
  severity: 'High',
  documentation: `${AUTO_SCALING_CONTROLS}#autoscaling-3`,
  ...LAUNCH_CONFIGURATION_TOKENS,
};

const AUTO_SCALING_9: Control = {
  id: 'AutoScaling.9',
  framework: SECURITY_HUB.name,
  title: 'Auto Scaling groups should use launch templates',
  severity: 'Medium',
  documentation: `${AUTO_SCALING_CONTROLS}#autoscaling-9`,
  ...GROUP_USES_TEMPLATE,
};

/** Every control that a template can show, in the order of reports. */
export const CONTROLS: readonly Control[] = [
  EC2_8,
  EC2_170,
  AUTO_SCALING_3,
  AUTO_SCALING_9,

  cis('5.6', ['2.0', '3.0'], 'Ensure that EC2 Metadata Service only allows IMDSv2', SECURITY_HUB_CIS),
  cis('5.7', ['4.0', '4.0.1', '5.0'], 'Ensure that the EC2 Metadata Service only allows IMDSv2', SECURITY_HUB_CIS),
  cis('6.7', ['6.0', '7.0'], 'Ensure that the EC2 Metadata Service only allows IMDSv2', CIS_BENCHMARKS),
  cis('2.8', ['compute-services-1.0.0'], 'Ensure the Use of IMDSv2 is Enforced on All Existing Instances', CIS_BENCHMARKS),

  nist('AC-3', 'Access Enforcement', EC2_8, AUTO_SCALING_3),
  nist('AC-3(7)', 'Access Enforcement: Role-based Access Control', EC2_8, AUTO_SCALING_3),
  nist('AC-3(15)', 'Access Enforcement: Discretionary and Mandatory Access Control', EC2_8, AUTO_SCALING_3),
  nist('AC-6', 'Least Privilege', EC2_8, AUTO_SCALING_3),
  nist('CA-9(1)', 'Internal System Connections: Compliance Checks', AUTO_SCALING_3, AUTO_SCALING_9),
  nist('CM-2', 'Baseline Configuration', AUTO_SCALING_3, AUTO_SCALING_9),
  nist('CM-2(2)', 'Baseline Configuration: Automation Support for Accuracy and Currency', AUTO_SCALING_9),
  {
    ...nist('CM-7(b)', 'Least Functionality', EC2_8),
    documentation: 'https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final',
    note: "By the CIS audit's mapping, which is its only source: Security Hub maps no control to it.",
  },

  mapped({
    id: '2.2.6',
    framework: PCI_DSS.name,
    versions: ['4.0.1'],
    title: 'System security parameters are configured to prevent misuse',
    documentation: `${EC2_CONTROLS}#ec2-8`,
  }, EC2_8, EC2_170, AUTO_SCALING_3),

  {
    id: 'CT.EC2.PR.1',
    framework: CONTROL_TOWER.name,
    title: 'Require an Amazon EC2 launch template to have IMDSv2 configured',
    documentation: `${CONTROL_TOWER_EC2}#ct-ec2-pr-1-description`,
    ...LAUNCH_TEMPLATE_TOKENS_WHERE_ENABLED,
  },
  {
    id: 'CT.EC2.PR.2',
    framework: CONTROL_TOWER.name,
    title: 'Require that Amazon EC2 launch templates restrict the token hop limit to a maximum of one',
    documentation: `${CONTROL_TOWER_EC2}#ct-ec2-pr-2-description`,
    ...LAUNCH_TEMPLATE_HOP_LIMIT,
  },
  {
    id: 'CT.AUTOSCALING.PR.2',
    framework: CONTROL_TOWER.name,
    title: 'Require an Amazon EC2 Auto Scaling launch configuration to have IMDSv2 configured',
    documentation: `${CONTROL_TOWER_AUTO_SCALING}#ct-autoscaling-pr-2-description`,
    ...LAUNCH_CONFIGURATION_TOKENS_WHERE_ENABLED,
  },
  {
    id: 'CT.AUTOSCALING.PR.8',
    framework: CONTROL_TOWER.name,
    title: 'Require an Amazon EC2 Auto Scaling group to have EC2 launch templates configured',
    documentation: `${CONTROL_TOWER_AUTO_SCALING}#ct-autoscaling-pr-8-description`,
    ...GROUP_USES_WHOLE_TEMPLATE,
  },
];

/** The controls of a framework, of one edition of it if `version` says which; both in any case. */
export function controlsOf(framework: string, version?: string): readonly Control[] {
  const { name } = find(FRAMEWORKS, framework, 'framework', (each) => each.name);
  const controls = CONTROLS.filter((control) => control.framework === name);
  if (version === undefined) return controls;
  const versions = controls.flatMap((control) => control.versions ?? []);
  if (versions.length === 0) {
    throw new Error(`got '${version}' as version of ${name}, expected none, as it has no editions: leave the version out`);
  }
  const wanted = find(versions, version, `version of ${name}`, (each) => each);
  return controls.filter((control) => control.versions?.includes(wanted));
}

/** The control that a framework calls `id`, in any case. */
export function controlById(id: string): Control {
  return find(CONTROLS, id, 'control', (control) => control.id);
}

function find<T>(all: readonly T[], wanted: string, what: string, nameOf: (each: T) => string): T {
  const found = all.find((each) => nameOf(each).toLowerCase() === wanted.toLowerCase());
  if (found === undefined) throw new Error(`got '${wanted}' as ${what}, expected one of ${all.map(nameOf).join(', ')}: write one of these`);
  return found;
}

type Heading = Pick<Control, 'id' | 'framework' | 'versions' | 'title' | 'documentation'>;

function cis(id: string, versions: readonly string[], title: string, documentation: string): Control {
  return mapped({ id, framework: CIS.name, versions, title, documentation }, EC2_8);
}

/** By Security Hub's mapping, which its page of the first control shows. */
function nist(id: string, title: string, first: Control, ...others: readonly Control[]): Control {
  return mapped({ id, framework: NIST.name, versions: ['r5'], title, documentation: first.documentation }, first, ...others);
}

/** The rule of this library that asks of a launch source what the control asks. */
export function ruleOf({ mapsTo = [], rule }: Control, subject: CheckSubject): Rule {
  return mapsTo.length === 0 ? rule : askedOf(mapsTo.map(controlById), subject).rule;
}

function askedOf(controls: readonly Control[], subject: CheckSubject): Control {
  return controls.find(({ types }) => types.includes(subject.source.type))!;
}

/** A control that asks what others ask, each of its own types. */
function mapped(heading: Heading, ...to: readonly Control[]): Control {
  const ids = to.map(({ id }) => id);
  const any = ids.length === 1 ? ids[0] : `${ids.slice(0, -1).join(', ')} or ${ids[ids.length - 1]}`;
  const asked: Condition = condition({
    types: to.flatMap(({ types }) => types),
    passes: `${any} passes`,
    fails: `${any} fails`,
    skips: `${any} skips`,
    rule: to[0].rule,
    evaluate: (subject) => askedOf(to, subject).evaluate(subject),
  });
  return { ...heading, mapsTo: ids, ...asked };
}
