import { App, Aspects, Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AccountRegions, HopLimit, HookFailureMode, Imdsv2AccountDefaults, Imdsv2GuardHook, Imdsv2ServiceControlPolicy, TokensAtLaunch } from 'cdk-imdsv2';
import { Capability, DeploymentType, RegionConcurrencyType, StackSet, StackSetStack, StackSetTarget, StackSetTemplate } from 'cdk-stacksets';
import type { Construct } from 'constructs';

/** Where roles of the platform are in each account; nobody else may create one there. */
const PATH = '/platform/imdsv2/';

/** Which accounts a wave of the rollout reaches, and how far it goes there. */
export interface WaveProps extends StackProps {
  /** The organization, whose accounts read the functions' code. */
  readonly organizationId: string;
  readonly organizationalUnits: string[];
  /** Where stacks are deployed in each account; the defaults of all its regions are set from there. */
  readonly homeRegion: string;
  /** How far the wave has come, by the steps of docs/organization.md. */
  readonly step: number;
}

/** What is deployed to every account of an organizational unit, new ones included: no loop over accounts, and no pipeline of its own. */
export class Wave extends Stack {
  constructor(scope: Construct, id: string, props: WaveProps) {
    super(scope, id, props);
    const { organizationId, organizationalUnits, homeRegion, step } = props;

    const assetBucketPrefix = `imdsv2-${id.toLowerCase()}-assets`;
    const bucket = new Bucket(this, 'Assets', { bucketName: `${assetBucketPrefix}-${homeRegion}`, enforceSSL: true });
    bucket.grantRead(new iam.OrganizationPrincipal(organizationId));

    const account = new StackSetStack(this, 'Account', { assetBuckets: [bucket], assetBucketPrefix });
    new Imdsv2GuardHook(account, 'Imdsv2', { failureMode: step < 3 ? HookFailureMode.WARN : HookFailureMode.FAIL });
    // Until then, what is launched and says nothing is born as before.
    if (step >= 4) new Imdsv2AccountDefaults(account, 'ImdsDefaults', { hopLimit: HopLimit.CONTAINERS, regions: AccountRegions.allEnabled() });
    // CloudFormation makes up the names of roles; a path is what the policy below can know them by.
    Aspects.of(account).add({ visit: (node) => node instanceof iam.CfnRole && (node.path = PATH) });

    new StackSet(this, 'StackSet', {
      template: StackSetTemplate.fromStackSetStack(account),
      target: StackSetTarget.fromOrganizationalUnits({ organizationalUnits, regions: [homeRegion] }),
      deploymentType: DeploymentType.serviceManaged({ autoDeployEnabled: true, autoDeployRetainStacks: true }),
      capabilities: [Capability.IAM],
      // A tenth at a time, and no further once one account fails.
      operationPreferences: { maxConcurrentPercentage: 10, failureTolerancePercentage: 0, regionConcurrencyType: RegionConcurrencyType.SEQUENTIAL },
    });

    new Imdsv2ServiceControlPolicy(this, 'Guardrail', {
      targets: step > 4 ? organizationalUnits : [],
      tokensAtLaunch: TokensAtLaunch.NOT_OPTIONAL,
      // The steps that follow change running instances, and may have to set them back.
      fleetRoleName: 'imdsv2-inspection',
      accountDefaultsAdmins: [`arn:aws:iam::*:role${PATH}*`],
      exemptPrincipals: ['arn:aws:iam::*:role/break-glass'],
    });
  }
}

/** Two waves: one that has been looked at, and one that is being looked at. */
export function build(app: App): void {
  const common = { env: { account: '111111111111', region: 'eu-west-1' }, organizationId: 'o-example1234', homeRegion: 'eu-west-1' };
  new Wave(app, 'Sandbox', { ...common, organizationalUnits: ['ou-abcd-sandbox1'], step: 5 });
  new Wave(app, 'Production', { ...common, organizationalUnits: ['ou-abcd-producti'], step: 1 });
}

if (require.main === module) {
  const app = new App();
  build(app);
  app.synth();
}
