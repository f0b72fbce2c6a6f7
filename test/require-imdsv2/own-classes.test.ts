import { App, Aspects, CfnResource, Lazy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { RequireImdsv2 } from '../../src';
import { outcome, warnings, type Json } from '../support';

/** A class of somebody's own, which gives its properties by the hook that classes made from a schema use. */
class Given extends CfnResource {
  constructor(scope: Stack, id: string, type: string, private readonly own: Json) {
    super(scope, id, { type });
  }

  protected get cfnProperties(): { [key: string]: Json } {
    return this.own;
  }
}

/** One that renders them. */
class Rendered extends CfnResource {
  constructor(scope: Stack, id: string, type: string, own: Json) {
    super(scope, id, { type, properties: { own } });
  }

  protected renderProperties({ own }: { [key: string]: Json }): { [key: string]: Json } {
    return own;
  }
}

type Make = (scope: Stack, id: string, type: string, properties: Json) => CfnResource;

const MAKERS: ReadonlyArray<readonly [name: string, make: Make]> = [
  ['whose class gives them', (scope, id, type, properties) => new Given(scope, id, type, properties)],
  ['whose class renders them', (scope, id, type, properties) => new Rendered(scope, id, type, properties)],
  ['to which a lazy gives them', (scope, id, type, properties) => new CfnResource(scope, id, { type, properties: Lazy.any({ produce: () => properties }) as Json })],
];

describe.each(MAKERS)('the properties of a resource %s', (_, make) => {
  function written(build: (stack: Stack) => void): Json {
    const app = new App();
    build(new Stack(app, 'S'));
    Aspects.of(app).add(new RequireImdsv2());
    const { error, templates } = outcome(app);
    expect(error).toBeUndefined();
    return templates.S.Resources;
  }

  test.each<[string, Json, Json]>([
    ['keep their hop limit', { HttpTokens: 'optional', HttpPutResponseHopLimit: 3 }, { HttpTokens: 'required', HttpPutResponseHopLimit: 3 }],
    ['keep a disabled endpoint', { HttpEndpoint: 'disabled' }, { HttpEndpoint: 'disabled' }],
    ['that say nothing are required', undefined, { HttpTokens: 'required' }],
  ])('%s', (__, options, expected) => {
    const resources = written((stack) => {
      make(stack, 'I', 'AWS::EC2::Instance', { ImageId: 'ami-1', MetadataOptions: options });
      make(stack, 'LT', 'AWS::EC2::LaunchTemplate', { LaunchTemplateData: { ImageId: 'ami-1', MetadataOptions: options } });
    });
    expect(resources.I.Properties).toEqual({ ImageId: 'ami-1', MetadataOptions: expected });
    expect(resources.LT.Properties).toEqual({ LaunchTemplateData: { ImageId: 'ami-1', MetadataOptions: expected } });
  });

  test('make a container host, whose boot calls are named', () => {
    const app = new App();
    make(new Stack(app, 'S'), 'I', 'AWS::EC2::Instance', { UserData: { 'Fn::Base64': '#!/bin/bash\nsystemctl start docker\ncurl http://169.254.169.254/latest/' } });
    Aspects.of(app).add(new RequireImdsv2());
    expect(outcome(app).templates.S.Resources.I.Properties.MetadataOptions).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 2 });
    expect(warnings(new CloudAssembly(app.outdir)).map(({ id }) => id)).toEqual(['cdk-imdsv2::boot-call']);
  });

  test('that follow a launch template hold it back, and the instance gets the options itself', () => {
    const resources = written((stack) => {
      const { ref, attrLatestVersionNumber } = new ec2.CfnLaunchTemplate(stack, 'LT', { launchTemplateData: { imageId: 'ami-1' } });
      make(stack, 'I', 'AWS::EC2::Instance', { LaunchTemplate: { LaunchTemplateId: ref, Version: attrLatestVersionNumber } });
    });
    expect(resources.LT.Properties).toEqual({ LaunchTemplateData: { ImageId: 'ami-1' } });
    expect(resources.I.Properties.MetadataOptions).toEqual({ HttpTokens: 'required' });
  });
});

test('a class that refuses to be asked before synthesis is judged by what it writes, and stops nobody else', () => {
  let asked = 0;
  class Late extends CfnResource {
    protected get cfnProperties(): { [key: string]: Json } {
      if (asked++ === 0) throw new Error('not yet');
      return { ImageId: 'ami-1' };
    }
  }
  const app = new App();
  const stack = new Stack(app, 'S');
  new Late(stack, 'L', { type: 'AWS::EC2::Instance' });
  new ec2.CfnInstance(stack, 'I');
  Aspects.of(app).add(new RequireImdsv2());
  const { templates } = outcome(app);
  expect(['L', 'I'].map((id) => templates.S.Resources[id].Properties.MetadataOptions)).toEqual([{ HttpTokens: 'required' }, { HttpTokens: 'required' }]);
});
