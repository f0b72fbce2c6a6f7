import { App, Duration, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AccountRegions, Approval, Imdsv2FleetRollout, Wave } from 'cdk-imdsv2';

export interface FleetOptions {
  /** Whether instances are changed; look at the reports of a dry run first. */
  readonly dryRun: boolean;
  readonly regions?: AccountRegions;
}

/**
 * The instances that run already. As a dry run it takes inventory every week and changes nothing; with `dryRun: false` an
 * execution changes what is ready, five instances first, and asks before every wave.
 */
export function build(app: App, { dryRun, regions = AccountRegions.allEnabled() }: FleetOptions): Imdsv2FleetRollout {
  const stack = new Stack(app, 'Fleet', { env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION } });
  const fleet = new Imdsv2FleetRollout(stack, 'Rollout', {
    dryRun,
    regions,
    waves: [Wave.instances(5), Wave.percent(25), Wave.remaining()],
    bake: Duration.hours(4),
    approval: Approval.beforeEachWave(new Topic(stack, 'Approvals', { enforceSSL: true })),
  });
  // Progress counts only where everything was seen.
  fleet.metricTargetsNotInspected().createAlarm(stack, 'NotInspected', { threshold: 1, evaluationPeriods: 1 });
  return fleet;
}

if (require.main === module) {
  const app = new App();
  build(app, { dryRun: app.node.tryGetContext('change') !== 'true' });
  app.synth();
}
