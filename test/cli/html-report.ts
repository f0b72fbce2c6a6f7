import { Severity } from '../../src/checks/rules/check-rule';
import type { Place, Report, ReportedFinding, ReportedSource } from '../../src/cli/report';
import { Posture } from '../../src/posture/posture';
import { advice } from '../../src/remedies/remedy';

const place = (name: string, type: string, stack = 'Shop'): Place => ({
  name: `${stack}/${name}`,
  logicalId: `${name.replace(/\W/g, '')}3F9A1C07`,
  type: `AWS::${type}`,
  stack,
  template: `cdk.out/${stack}.template.json`,
});

const source = (posture: Posture, at: Place, reason = 'HttpTokens is not set'): ReportedSource =>
  ({ ...at, posture, path: 'Properties.MetadataOptions.HttpTokens', reason });

const { REQUIRED, DISABLED, OPTIONAL, CONDITIONAL, EXTERNAL, UNSETTABLE } = Posture;
const INSTANCE = 'EC2::Instance';
const TEMPLATE = 'EC2::LaunchTemplate';
const GROUP = 'AutoScaling::AutoScalingGroup';

const BASTION = place('Bastion', INSTANCE, 'Network');
const WEB = place('Web', INSTANCE);
const SEARCH = place('Search', INSTANCE);
const API = place('ApiTemplate', TEMPLATE);
const HOSTS = place('Cluster/Hosts/LaunchTemplate', TEMPLATE);
const LEGACY = place('Legacy/LaunchConfig', 'AutoScaling::LaunchConfiguration', 'Batch');
const LICENSE = place('License', INSTANCE);

const CURL = 'http://169.254.169.254/latest';
const TOKEN = `TOKEN=$(curl -sX PUT ${CURL}/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 300')`;
const HEADER = '-H "X-aws-ec2-metadata-token: $TOKEN"';

const found = (at: Place, rest: Omit<ReportedFinding, keyof Place | 'edit' | 'fingerprint' | 'remedy'>): ReportedFinding =>
  ({ ...at, edit: at.name, fingerprint: `${at.name} ${rest.rule}`, remedy: advice(rest.fix), ...rest });

const tokens = (at: Place, reason: string, severity = Severity.ERROR): ReportedFinding => found(at, {
  rule: 'cdk-imdsv2::tokens',
  severity,
  path: 'Properties.MetadataOptions.HttpTokens',
  problem: `the instance ${severity === Severity.ERROR ? 'allows' : 'may allow'} IMDSv1: ${reason}`,
  fix: 'write MetadataOptions: { HttpTokens: required } under Properties (httpTokens in a CDK app)',
  controls: ['EC2.8', 'CIS 5.6'],
});

const bootCall = (at: Place, line: number, text: string, fix: string): ReportedFinding => found(at, {
  rule: 'cdk-imdsv2::boot-call',
  severity: Severity.WARNING,
  path: 'Properties.UserData',
  problem: `line ${line} of the boot script asks the metadata service without a token, and it gets 401 as soon as tokens are required: ${text}`,
  fix,
});

const LAUNCH_SOURCES: readonly ReportedSource[] = [
  source(OPTIONAL, BASTION),
  source(REQUIRED, place('Nat/A', INSTANCE, 'Network'), 'HttpTokens is required'),
  source(REQUIRED, place('Nat/B', INSTANCE, 'Network'), 'HttpTokens is required'),
  source(OPTIONAL, WEB),
  source(OPTIONAL, SEARCH, 'HttpTokens is optional'),
  source(OPTIONAL, LICENSE),
  source(OPTIONAL, API),
  source(OPTIONAL, HOSTS),
  source(CONDITIONAL, place('Reports', INSTANCE), 'the parameter Tokens decides'),
  source(REQUIRED, place('Cache', INSTANCE), 'HttpTokens is required'),
  source(OPTIONAL, place('Api/ASG', GROUP), 'follows its launch template: HttpTokens is not set'),
  source(UNSETTABLE, place('Nodes', 'EKS::Nodegroup'), 'it launches without a launch template'),
  source(OPTIONAL, LEGACY),
  source(OPTIONAL, place('Workers/Template', TEMPLATE, 'Batch')),
  source(OPTIONAL, place('Importer', INSTANCE, 'Batch')),
  source(EXTERNAL, place('Golden', INSTANCE, 'Batch'), 'the launch template lt-0f3b5c7d is not in these templates'),
  source(DISABLED, place('Vault', INSTANCE, 'Batch'), 'HttpEndpoint is disabled'),
  source(OPTIONAL, place('Runner/Template', TEMPLATE, 'Delivery')),
  source(REQUIRED, place('Signer', INSTANCE, 'Delivery'), 'HttpTokens is required'),
  source(REQUIRED, place('Mirror', INSTANCE, 'Delivery'), 'HttpTokens is required'),
  source(REQUIRED, place('Collector', INSTANCE, 'Observability'), 'HttpTokens is required'),
  source(OPTIONAL, place('Grafana', INSTANCE, 'Observability')),
];

const FINDINGS: readonly ReportedFinding[] = [
  tokens(BASTION, 'HttpTokens is not set'),
  tokens(WEB, 'HttpTokens is not set'),
  tokens(SEARCH, 'HttpTokens is optional'),
  tokens(place('Reports', INSTANCE), 'the parameter Tokens decides', Severity.WARNING),
  bootCall(WEB, 3, `INSTANCE_ID=$(curl -s ${CURL}/meta-data/instance-id)`, `${TOKEN}\nINSTANCE_ID=$(curl ${HEADER} -s ${CURL}/meta-data/instance-id)`),
  bootCall(API, 12, `wget -qO- ${CURL}/meta-data/placement/availability-zone \\\n  > /etc/zone`,
    `${TOKEN}\nwget --header="X-aws-ec2-metadata-token: $TOKEN" -qO- ${CURL}/meta-data/placement/availability-zone \\\n  > /etc/zone`),
  found(place('Importer', INSTANCE, 'Batch'), {
    rule: 'cdk-imdsv2::boot-call',
    severity: Severity.INFO,
    path: 'Properties.UserData',
    problem: 'the boot script is known only at deployment, so calls without a token would not be seen',
    fix: 'look for 169.254.169.254 where the script comes from',
  }),
  found(HOSTS, {
    rule: 'cdk-imdsv2::hop-limit',
    severity: Severity.WARNING,
    path: 'Properties.LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit',
    problem: 'tokens of the launch template travel 5 network hops; containers behind one bridge need 2',
    fix: 'write HttpPutResponseHopLimit: 2 unless an overlay network needs more',
  }),
  found(LEGACY, {
    rule: 'cdk-imdsv2::launch-configuration',
    severity: Severity.ERROR,
    path: 'Type',
    problem: 'the launch configuration cannot be deployed everywhere: new accounts cannot create launch configurations',
    fix: 'give the group a launch template; in a CDK app, set the feature flag\n@aws-cdk/aws-autoscaling:generateLaunchTemplateInsteadOfLaunchConfig',
  }),
];

/** Something of everything that a report can hold. */
export const RICH: Report = {
  schemaVersion: 1,
  tool: { name: 'cdk-imdsv2', version: '0.1.0' },
  summary: {
    templates: 5,
    launchSources: LAUNCH_SOURCES.length,
    postures: { required: 6, disabled: 1, optional: 12, conditional: 1, external: 1, unsettable: 1 },
    open: 15,
    places: 4,
    findings: { error: 4, warning: 4, info: 1 },
    exempt: 1,
    accepted: 2,
    unreadable: 1,
  },
  launchSources: LAUNCH_SOURCES,
  findings: FINDINGS,
  exemptions: [{
    ...tokens(LICENSE, 'HttpTokens is not set'),
    reason: 'the license agent speaks IMDSv1 only; the vendor is on it',
    until: '2027-03-31',
    owner: 'team-billing',
    ticket: 'OPS-1207',
    acknowledgedAt: 'Shop/License',
  }],
  changes: [
    {
      ...place('Cache', INSTANCE),
      before: 'not set',
      after: 'required',
      hopLimitBefore: 'not set',
      hopLimitAfter: 'not set',
      effect: 'no interruption',
      reason: 'tokens were not required',
    },
    {
      ...HOSTS,
      before: 'optional',
      after: 'required',
      hopLimitBefore: 'not set',
      hopLimitAfter: '2',
      effect: "a new launch template version; replaces the group 'Shop/Cluster/Hosts/ASG'",
      reason: 'its instances run containers of an ECS cluster',
    },
  ],
  problems: [{ file: 'cdk.out/Data.template.json', line: 41, column: 7, message: 'expected a comma or a closing brace, and got "Properties"' }],
  remarks: [],
};

/** Nothing at all was found in one template. */
export const EMPTY: Report = {
  schemaVersion: 1,
  tool: RICH.tool,
  summary: {
    templates: 1,
    launchSources: 0,
    postures: { required: 0, disabled: 0, optional: 0, conditional: 0, external: 0, unsettable: 0 },
    open: 0,
    places: 0,
    findings: { error: 0, warning: 0, info: 0 },
    exempt: 0,
    accepted: 0,
    unreadable: 0,
  },
  launchSources: [],
  findings: [],
  exemptions: [],
  changes: [],
  problems: [],
  remarks: [],
};

/** Two instances, both as they should be. */
export const CLEAN: Report = {
  ...EMPTY,
  summary: { ...EMPTY.summary, launchSources: 2, postures: { ...EMPTY.summary.postures, required: 2 } },
  launchSources: LAUNCH_SOURCES.slice(1, 3),
};
