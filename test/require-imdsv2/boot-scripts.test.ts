import { App, Aspects, CfnResource, Fn, Lazy, Stack, Validations } from 'aws-cdk-lib';
import { CfnEC2Fleet, CfnInstance, CfnLaunchTemplate, LaunchTemplate, MultipartUserData, UserData, type CfnEC2FleetProps } from 'aws-cdk-lib/aws-ec2';
import { CfnImagePipeline, CfnImageRecipe, CfnInfrastructureConfiguration } from 'aws-cdk-lib/aws-imagebuilder';
import { CfnNotebookInstance, CfnNotebookInstanceLifecycleConfig } from 'aws-cdk-lib/aws-sagemaker';
import { CfnWorkspaceInstance } from 'aws-cdk-lib/aws-workspacesinstances';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { RequireImdsv2, type RequireImdsv2Props } from '../../src';
import { appWith, spoken } from '../checks/packs/support';
import { changes, outcome, warnings } from '../support';

const CALL = 'ID=$(curl -s http://169.254.169.254/latest/meta-data/instance-id)';
const SCRIPT = `#!/bin/bash\n${CALL}\n`;

/** What the aspect says of boot scripts: where, and at which property. */
function warned(build: (stack: Stack) => void, props: RequireImdsv2Props = {}): string[] {
  const app = new App();
  build(new Stack(app, 'S'));
  Aspects.of(app).add(new RequireImdsv2(props));
  outcome(app);
  return warnings(new CloudAssembly(app.outdir)).filter(({ id }) => id === 'cdk-imdsv2::boot-call').map(({ path, message }) =>
    `${path} ${/ in (Properties\.\S+ line \d+)/.exec(message)?.[1] ?? /\((Properties\.\S+)\)/.exec(message)?.[1]}`);
}

describe('an EC2 fleet of a launch template', () => {
  const AT = 'S/Fleet Properties.LaunchTemplateConfigs.0.LaunchTemplateSpecification.LaunchTemplateSpecificationUserData';

  function fleet(
    stack: Stack, userData: string | undefined,
    { version, overrides, ofTemplate }: { version?: string; overrides?: object[]; ofTemplate?: string } = {},
  ): CfnEC2Fleet {
    const template = new CfnLaunchTemplate(stack, 'T', { launchTemplateData: { imageId: 'ami-1', userData: ofTemplate && Fn.base64(ofTemplate) } });
    return new CfnEC2Fleet(stack, 'Fleet', {
      type: 'instant',
      targetCapacitySpecification: { totalTargetCapacity: 1 },
      launchTemplateConfigs: [{
        launchTemplateSpecification: {
          launchTemplateId: template.ref, version: version ?? template.attrLatestVersionNumber, launchTemplateSpecificationUserData: userData,
        },
        overrides,
      }],
    });
  }

  test('whose edit reaches it is told of the calls in its own user data', () => {
    expect(warned((stack) => { fleet(stack, Fn.base64(SCRIPT), { version: '$Latest' }); })).toEqual([`${AT} line 2`]);
    expect(warned((stack) => { fleet(stack, Fn.base64(SCRIPT)); }, { replaceResources: true })).toEqual([`${AT} line 2`]);
    expect(warned((stack) => { fleet(stack, Fn.base64('echo hello'), { version: '$Latest' }); })).toEqual([]);
    expect(warned((stack) => { fleet(stack, undefined, { version: '$Latest', ofTemplate: SCRIPT }); })).toEqual(['S/T Properties.LaunchTemplateData.UserData line 2']);
  });

  test('whose edit is held back, or does not reach it, is told nothing', () => {
    expect(warned((stack) => { fleet(stack, Fn.base64(SCRIPT)); })).toEqual([]);
    expect(warned((stack) => { fleet(stack, Fn.base64(SCRIPT), { version: '1' }); })).toEqual([]);
    expect(warned((stack) => {
      Validations.of(fleet(stack, Fn.base64(SCRIPT), { version: '$Default' })).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'later' });
    }, { updateDefaultVersion: false })).toEqual([]);
  });

  test('whose own overrides are edited is told of all that its instances run', () => {
    expect(warned((stack) => {
      fleet(stack, Fn.base64(SCRIPT), { overrides: [{ metadataOptions: { httpTokens: 'optional' } }], version: '1', ofTemplate: SCRIPT });
    }, { replaceResources: true })).toEqual(expect.arrayContaining([`${AT} line 2`, 'S/T Properties.LaunchTemplateData.UserData line 2']));
  });

  test.each<[string, (stack: Stack) => void, string]>([
    ['lazy', (stack) => { fleet(stack, Lazy.string({ produce: () => Fn.base64(SCRIPT) }), { version: '$Latest' }); }, 'LaunchTemplateConfigs.0'],
    ['over an escape hatch', (stack) => {
      fleet(stack, undefined, { version: '$Latest' })
        .addPropertyOverride('LaunchTemplateConfigs.0.LaunchTemplateSpecification.LaunchTemplateSpecificationUserData', Fn.base64(SCRIPT));
    }, 'LaunchTemplateConfigs.0'],
    ['in a lazy list', (stack) => {
      const { launchTemplateConfigs } = fleet(stack, Fn.base64(SCRIPT), { version: '$Latest' });
      stack.node.tryRemoveChild('Fleet');
      const lazy = Lazy.any({ produce: () => launchTemplateConfigs }) as CfnEC2FleetProps['launchTemplateConfigs'];
      new CfnEC2Fleet(stack, 'Fleet', { targetCapacitySpecification: { totalTargetCapacity: 1 }, launchTemplateConfigs: lazy });
    }, 'LaunchTemplateConfigs.0'],
  ])('is read whatever its user data is: %s', (_, build) => {
    expect(warned(build)).toEqual([`${AT} line 2`]);
  });

  test('runs containers where its own user data says so', () => {
    const app = new App();
    fleet(new Stack(app, 'S'), Fn.base64('#!/bin/bash\nsystemctl start docker\n'), { version: '$Latest' });
    Aspects.of(app).add(new RequireImdsv2());
    expect(changes(outcome(app).assembly!)).toEqual([
      expect.objectContaining({ path: 'S/T', hopLimitAfter: '2', reason: expect.stringContaining('container host: its user data starts Docker') }),
    ]);
  });
});

test('an instance that follows a launch template is told of its own user data', () => {
  expect(warned((stack) => {
    new CfnLaunchTemplate(stack, 'T', { launchTemplateName: 't', launchTemplateData: { imageId: 'ami-1' } });
    new CfnInstance(stack, 'I', { launchTemplate: { launchTemplateName: 't', version: '$Latest' }, userData: Fn.base64(SCRIPT) });
  })).toEqual(['S/I Properties.UserData line 2']);
});

test('a WorkSpaces instance is told of its calls', () => {
  expect(warned((stack) => {
    new CfnWorkspaceInstance(stack, 'W', { managedInstance: { imageId: 'ami-1', instanceType: 't3.micro', userData: Fn.base64(SCRIPT) } });
  }, { replaceResources: true })).toEqual(['S/W Properties.ManagedInstance.UserData line 2']);
});

describe('a notebook instance', () => {
  const NOTEBOOK = { instanceType: 'ml.t3.medium', roleArn: 'arn' };
  const hooks = (stack: Stack, id: string, script = SCRIPT) => new CfnNotebookInstanceLifecycleConfig(stack, id, {
    notebookInstanceLifecycleConfigName: id.toLowerCase(), onStart: [{ content: Fn.base64(script) }],
  });
  const raw = (stack: Stack, LifecycleConfigName: unknown) =>
    new CfnResource(stack, 'N', { type: 'AWS::SageMaker::NotebookInstance', properties: { LifecycleConfigName } });

  test.each<[string, (stack: Stack, hook: CfnNotebookInstanceLifecycleConfig) => void]>([
    ['by its attribute', (stack, hook) => { new CfnNotebookInstance(stack, 'N', { ...NOTEBOOK, lifecycleConfigName: hook.attrNotebookInstanceLifecycleConfigName }); }],
    ['by its name', (stack) => { new CfnNotebookInstance(stack, 'N', { ...NOTEBOOK, lifecycleConfigName: 'hook' }); }],
    ['as templates do', (stack) => { raw(stack, { 'Fn::GetAtt': ['Hook', 'NotebookInstanceLifecycleConfigName'] }); }],
    ['as templates do, in the short form', (stack) => { raw(stack, { 'Fn::GetAtt': 'Hook.NotebookInstanceLifecycleConfigName' }); }],
    ['under a condition', (stack) => { raw(stack, { 'Fn::If': ['C', { Ref: 'AWS::NoValue' }, { Ref: 'Hook' }] }); }],
  ])('is told of the calls in the lifecycle configuration that it names %s', (_, name) => {
    expect(warned((stack) => {
      name(stack, hooks(stack, 'Hook'));
      hooks(stack, 'Other');
    })).toEqual(['S/Hook Properties.OnStart.0.Content line 2']);
  });

  test('is told nothing where there is nothing to tell', () => {
    const named = (script: string, options: object = {}) => (stack: Stack) => {
      new CfnNotebookInstance(stack, 'N', { ...NOTEBOOK, ...options, lifecycleConfigName: hooks(stack, 'Hook', script).attrNotebookInstanceLifecycleConfigName });
    };
    expect(warned(named('echo hello'))).toEqual([]);
    // As of any launch source that required tokens before.
    expect(warned(named(SCRIPT, { instanceMetadataServiceConfiguration: { minimumInstanceMetadataServiceVersion: '2' } }))).toEqual([]);
    expect(warned((stack) => { new CfnNotebookInstance(stack, 'N', { ...NOTEBOOK, lifecycleConfigName: 'elsewhere' }); })).toEqual([]);
  });
});

describe('builds of images', () => {
  function pipeline(stack: Stack, recipe: (made: CfnImageRecipe) => string): void {
    const infrastructure = new CfnInfrastructureConfiguration(stack, 'Infra', { name: 'i', instanceProfileName: 'p' });
    const made = new CfnImageRecipe(stack, 'Recipe', {
      name: 'r', version: '1.0.0', parentImage: 'ami-1', components: [], additionalInstanceConfiguration: { userDataOverride: Fn.base64(SCRIPT) },
    });
    new CfnInfrastructureConfiguration(stack, 'Idle', { name: 'idle', instanceProfileName: 'p' });
    new CfnImagePipeline(stack, 'Pipeline', { name: 'p', imageRecipeArn: recipe(made), infrastructureConfigurationArn: infrastructure.attrArn });
  }

  test('are told of the calls in the recipe that a pipeline builds with them', () => {
    expect(warned((stack) => pipeline(stack, ({ attrArn }) => attrArn))).toEqual([
      'S/Recipe Properties.AdditionalInstanceConfiguration.UserDataOverride line 2',
    ]);
  });

  test('are told nothing of others', () => {
    expect(warned((stack) => pipeline(stack, () => 'arn:aws:imagebuilder:eu-west-1:111122223333:image-recipe/other/1.0.0'))).toEqual([]);
  });
});

test('a pack says what the aspect does not say, and nothing twice', () => {
  const said = (withAspect: boolean) => {
    const app = appWith(['Imdsv2Checks']);
    const stack = new Stack(app, 'S');
    const hook = new CfnNotebookInstanceLifecycleConfig(stack, 'Hook', { onCreate: [{ content: Fn.base64(SCRIPT) }] });
    new CfnNotebookInstance(stack, 'N', { instanceType: 'i', roleArn: 'r', lifecycleConfigName: hook.attrNotebookInstanceLifecycleConfigName });
    if (withAspect) Aspects.of(app).add(new RequireImdsv2());
    return spoken(app).said.filter(({ rule }) => rule.endsWith('boot-call')).map(({ path, plugin, properties }) => [plugin, path, ...properties]);
  };
  expect(said(false)).toEqual([['Imdsv2Checks', 'S/Hook', 'Properties.OnCreate.0.Content']]);
  expect(said(true)).toEqual([]);
});

describe('multi-part user data of the CDK', () => {
  const nodes = (command: string) => warned((stack) => {
    const script = UserData.forLinux();
    script.addCommands(command);
    const inner = new MultipartUserData();
    inner.addUserDataPart(script);
    new LaunchTemplate(stack, 'Nodes', { userData: inner });
  });

  test('is read', () => {
    expect(nodes('echo hello')).toEqual([]);
    expect(nodes(CALL)).toEqual(['S/Nodes/Resource Properties.LaunchTemplateData.UserData line 9']);
  });
});
