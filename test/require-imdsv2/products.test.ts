import { App, Aspects, CfnResource, CfnStackSet, Stack, Stage, Validations, type IAspect } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CloudFormationProduct, CloudFormationTemplate, ProductStack } from 'aws-cdk-lib/aws-servicecatalog';
import { StackSet, StackSetStack, StackSetTarget, StackSetTemplate } from 'cdk-stacksets';
import { RequireImdsv2 } from '../../src';
import { appWith, spoken } from '../checks/packs/support';
import { outcome } from '../support';

/** Stacks whose template is an asset of the stack around them, which no assembly lists; each has the instance I. */
const KINDS: ReadonlyArray<readonly [name: string, define: (scope: Stack) => Stack]> = [
  ['a product of Service Catalog', (scope) => {
    const stack = new ProductStack(scope, 'P');
    new CloudFormationProduct(scope, 'Product', {
      productName: 'p',
      owner: 'us',
      productVersions: [{ cloudFormationTemplate: CloudFormationTemplate.fromProductStack(stack) }],
    });
    return stack;
  }],
  ['a stack set', (scope) => {
    const stack = new StackSetStack(scope, 'P');
    new StackSet(scope, 'Set', {
      target: StackSetTarget.fromAccounts({ regions: ['us-east-1'], accounts: ['111111111111'] }), template: StackSetTemplate.fromStackSetStack(stack),
    });
    return stack;
  }],
];

const LATER: IAspect = {
  visit(construct) {
    const isInstance = CfnResource.isCfnResource(construct) && construct.cfnResourceType === 'AWS::EC2::Instance';
    if (isInstance) construct.addPropertyOverride('MetadataOptions.HttpTokens', 'optional');
  },
};

describe.each(KINDS)('the template of %s', (_, define) => {
  function build(app: App, scope: App | Stage = app): ec2.CfnInstance {
    return new ec2.CfnInstance(define(new Stack(scope, 'S')), 'I', { imageId: 'ami-1' });
  }

  const stopping = (app: App) => outcome(app).findings.filter(({ severity }) => severity !== 'warning').map(({ rule, description }) => [rule, description]);

  test('is edited as any other', () => {
    const app = new App();
    build(app);
    Aspects.of(app).add(new RequireImdsv2());
    const { error, findings, templates } = outcome(app);
    expect([error, findings]).toEqual([undefined, []]);
    expect(templates['S/P'].Resources.I.Properties.MetadataOptions).toEqual({ HttpTokens: 'required' });
  });

  test('is proven: an edit undone by a later aspect is a finding', () => {
    const app = new App();
    build(app);
    Aspects.of(app).add(new RequireImdsv2());
    Aspects.of(app).add(LATER, { priority: 900 });
    expect(stopping(app)).toEqual([['cdk-imdsv2::tokens', expect.stringContaining("'S/P/I' was made to require tokens")]]);
  });

  test('is proven once, also where its stack has an environment of its own', () => {
    const app = new App();
    build(app);
    new Stack(app, 'T', { env: { account: '111111111111', region: 'us-east-1' } });
    Aspects.of(app).add(new RequireImdsv2());
    Aspects.of(app).add(LATER, { priority: 900 });
    expect(stopping(app)).toHaveLength(1);
  });

  test('in a stage that the aspect did not reach is a finding of the stage', () => {
    const app = new App();
    build(app, new Stage(app, 'Stage'));
    Aspects.of(app).add(new RequireImdsv2());
    expect(stopping(app)).toEqual([['cdk-imdsv2::stage', expect.stringContaining("'Stage/S/P/I'")]]);
  });

  test('is exempt by an acknowledgement, which the report keeps', () => {
    const app = new App();
    Validations.of(build(app)).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'old agent' });
    Aspects.of(app).add(new RequireImdsv2());
    const { error, suppressed } = outcome(app);
    expect([error, suppressed.map(({ rule, acknowledged }) => `${rule}: ${acknowledged}`)]).toEqual([undefined, ['cdk-imdsv2::tokens: old agent']]);
  });

  test('is judged by a pack', () => {
    const app = appWith(['Imdsv2Checks']);
    build(app);
    expect(spoken(app).said).toContainEqual(expect.objectContaining({ path: 'S/P/I', rule: 'cdk-imdsv2::tokens' }));
  });
});

test('a stack set whose template is none of the app is said not to be seen', () => {
  const app = new App();
  const stack = new Stack(app, 'S');
  KINDS[1][1](stack);
  new CfnStackSet(stack, 'Theirs', { stackSetName: 's', permissionModel: 'SELF_MANAGED', templateUrl: 'https://theirs.example.com/template.json' });
  Aspects.of(app).add(new RequireImdsv2());
  expect(outcome(app).findings.map(({ rule, path }) => `${path} ${rule}`)).toEqual(['S/Theirs cdk-imdsv2::unseen-content']);
});
