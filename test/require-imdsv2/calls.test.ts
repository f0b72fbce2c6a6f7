import { App, Aspects, CfnStackSet, Stack, Stage, Validations } from 'aws-cdk-lib';
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { RequireImdsv2, type RequireImdsv2Props } from '../../src';
import { appWith, spoken } from '../checks/packs/support';
import { outcome, synthTemplates } from '../support';

function call(stack: Stack, MetadataOptions?: object, resourceType?: string): AwsCustomResource {
  return new AwsCustomResource(stack, 'Call', {
    policy: AwsCustomResourcePolicy.fromSdkCalls({ resources: ['*'] }),
    onCreate: { service: 'EC2', action: 'runInstances', parameters: { ImageId: 'ami-1', MetadataOptions }, physicalResourceId: PhysicalResourceId.of('x') },
    resourceType,
  });
}

function withAspect(build: (stack: Stack) => void, props?: RequireImdsv2Props): App {
  const app = new App();
  build(new Stack(app, 'S'));
  Aspects.of(app).add(new RequireImdsv2(props));
  return app;
}

test.each([[undefined], ['Custom::Ours']])('a call that says nothing is a finding with the line, and is left as it is (type %s)', (type) => {
  const plain = new App();
  call(new Stack(plain, 'S'), undefined, type);
  const { findings, templates } = outcome(withAspect((stack) => { call(stack, undefined, type); }));
  expect(findings).toMatchObject([{ rule: 'cdk-imdsv2::tokens', severity: 'error' }]);
  expect(findings[0].description).toContain("'S/Call/Resource/Default' may allow IMDSv1, and RequireImdsv2 cannot change that");
  expect(templates).toEqual(synthTemplates(plain));
});

test('a call that requires tokens is none', () => {
  expect(outcome(withAspect((stack) => { call(stack, { HttpTokens: 'required' }); })).findings).toEqual([]);
});

test('what is only reported warns, and what is acknowledged says nothing', () => {
  expect(outcome(withAspect((stack) => { call(stack); }, { reportOnly: true })).findings).toMatchObject([{ severity: 'warning' }]);
  const app = withAspect((stack) => { Validations.of(call(stack)).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'ours' }); });
  expect(outcome(app).findings.filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('a call in a stage that carries the aspect itself is reached', () => {
  const app = new App();
  const stage = new Stage(app, 'G');
  call(new Stack(stage, 'S'));
  Aspects.of(stage).add(new RequireImdsv2());
  expect(outcome(app).findings.map(({ rule }) => rule)).toEqual(['cdk-imdsv2::tokens']);
});

test.each([['the aspect', withAspect], ['a pack', (build: (stack: Stack) => void) => {
  const app = appWith(['Imdsv2Checks']);
  build(new Stack(app, 'S'));
  return app;
}]] as const)('%s judges the template in a stack set, and says of one that it cannot read that it did not', (_, made) => {
  const rules = (templateBody: string) => spoken(made((stack) => {
    new CfnStackSet(stack, 'Set', { stackSetName: 'set', permissionModel: 'SELF_MANAGED', templateBody });
  }));
  expect(JSON.stringify(rules('{"Resources":{"Host":{"Type":"AWS::EC2::Instance"}}}'))).toContain('cdk-imdsv2::tokens');
  expect(JSON.stringify(rules('{"Resources":{"Topic":{"Type":"AWS::SNS::Topic"}}}'))).not.toContain('unseen-content');
  expect(JSON.stringify(rules('nothing'))).toContain('unseen-content');
});
