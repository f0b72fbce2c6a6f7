import { App, Aspects, CfnElement, Stack, Stage, Validations, type IAspect } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { IConstruct } from 'constructs';
import { RequireImdsv2 } from '../../src';
import { outcome, warnings } from '../support';

const [EXTERNAL, UNSETTABLE, FOLLOWER] = ['external-launch-template', 'unsettable', 'launch-template-follower'].map((rule) => `cdk-imdsv2::${rule}`);

const THEIRS = { launchTemplateId: 'lt-0123', version: '1' };
const group = (stack: Stack, launchTemplate: autoscaling.CfnAutoScalingGroup.LaunchTemplateSpecificationProperty = THEIRS) =>
  new autoscaling.CfnAutoScalingGroup(stack, 'G', { minSize: '0', maxSize: '1', launchTemplate });
const pinned = (stack: Stack) =>
  group(stack, { launchTemplateId: new ec2.CfnLaunchTemplate(stack, 'LT', { launchTemplateData: { metadataOptions: { httpTokens: 'required' } } }).ref, version: '1' });
const environment = (stack: Stack) => new batch.CfnComputeEnvironment(stack, 'G', {
  type: 'MANAGED', computeResources: { type: 'EC2', maxvCpus: 1, subnets: ['subnet-1'] },
});

const UNDECIDED: ReadonlyArray<readonly [name: string, make: (stack: Stack) => IConstruct, rule: string]> = [
  ['a group of a launch template from outside', group, EXTERNAL],
  ['a group that is pinned to a version', pinned, FOLLOWER],
  ['a Batch compute environment without a launch template', environment, UNSETTABLE],
];

/** What is reported, by rule, severity and what begins its sentence. */
function reported(app: App): string[] {
  const { error, findings } = outcome(app);
  expect(error).toBeUndefined();
  return findings.map(({ rule, severity, description }) => `${rule} ${severity} ${/^'[^']*'/.exec(description)![0]}`);
}

describe.each(UNDECIDED)('%s', (_, make, rule) => {
  const withAspect = () => {
    const app = new App();
    Aspects.of(app).add(new RequireImdsv2());
    return app;
  };

  test('is warned of by the aspect, and not reported once more', () => {
    const app = withAspect();
    make(new Stack(app, 'S'));
    expect(reported(app)).toEqual([]);
    expect(warnings(app.synth()).map(({ path, id }) => `${id} ${path}`)).toEqual([`${rule} S/G`]);
  });

  test('is reported in a stage that the aspect did not reach', () => {
    const app = withAspect();
    make(new Stack(new Stage(app, 'Stage'), 'S'));
    expect(reported(app)).toEqual([`${rule} warning 'Stage/S/G'`]);
  });

  test('is not reported where the aspect does not hold', () => {
    const app = new App();
    make(new Stack(app, 'S'));
    Aspects.of(new Stack(app, 'T')).add(new RequireImdsv2());
    expect(reported(app)).toEqual([]);
  });

  test.each(['cdk-imdsv2::tokens', rule])('is not reported where %s is acknowledged', (id) => {
    const app = withAspect();
    Validations.of(make(new Stack(new Stage(app, 'Stage'), 'S'))).acknowledge({ id, reason: 'known' });
    expect(reported(app)).toEqual([]);
  });

  test('is reported on its stack where an element of somebody\'s own class writes it', () => {
    const app = withAspect();
    const stack = new Stack(app, 'S');
    const written = new App();
    make(new Stack(written, 'S'));
    const { Resources: resources } = outcome(written).templates.S;
    new class extends CfnElement {
      public _toCloudFormation() {
        return { Resources: resources };
      }
    }(stack, 'Own');
    expect(reported(app)).toEqual([`${rule} warning 'G'`]);
  });
});

test.each<[string, (made: autoscaling.CfnAutoScalingGroup) => void, string]>([
  ['to a launch template from outside', (made) => { made.launchTemplate = THEIRS; }, EXTERNAL],
  ['to a version', (made) => made.addPropertyOverride('LaunchTemplate.Version', '1'), FOLLOWER],
])('a group that a later aspect points %s is reported', (_, edit, rule) => {
  const app = new App();
  const stack = new Stack(app, 'S');
  const lt = new ec2.CfnLaunchTemplate(stack, 'LT', { launchTemplateData: {} });
  const made = group(stack, { launchTemplateId: lt.ref, version: lt.attrLatestVersionNumber });
  const later: IAspect = { visit: (construct) => { if (construct === made) edit(made); } };
  Aspects.of(app).add(new RequireImdsv2());
  Aspects.of(app).add(later, { priority: 900 });
  expect(reported(app)).toEqual([`${rule} warning 'S/G'`]);
});

test('what launches from a group has its word there', () => {
  const app = new App();
  const stack = new Stack(new Stage(app, 'Stage'), 'S');
  new ecs.CfnCapacityProvider(stack, 'P', { autoScalingGroupProvider: { autoScalingGroupArn: group(stack).ref } });
  Aspects.of(app).add(new RequireImdsv2());
  expect(reported(app)).toEqual([`${EXTERNAL} warning 'Stage/S/G'`]);
});
