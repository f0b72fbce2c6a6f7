import { App, Aspects, CfnCondition, CfnParameter, CfnResource, Fn, Lazy, Stack, Validations } from 'aws-cdk-lib';
import { CfnInstance, CfnLaunchTemplate, Instance, InstanceType, MachineImage, Vpc } from 'aws-cdk-lib/aws-ec2';
import { HopLimit, RequireImdsv2 } from '../../src';
import { changes, differences, outcome, withAndWithout, type Json } from '../support';

type Build = (stack: Stack, id: string, options?: Json) => CfnResource;

const ifProd = (yes: Json, no: Json): Json => ({ 'Fn::If': ['Prod', yes, no] });
const camel = (options: Json): Json =>
  Object.fromEntries(Object.entries(options).map(([key, value]) => [key[0].toLowerCase() + key.slice(1), value]));
const enabled = (value?: string) => value && value === 'enabled';

/** Each kind of resource, and where its block stands below `Properties`. Options come in CloudFormation's spelling. */
const KINDS: Array<[string, string, Build]> = [
  ['CfnInstance', 'MetadataOptions', (stack, id, options) =>
    new CfnInstance(stack, id, { imageId: 'ami-1', metadataOptions: options && camel(options) })],
  ['L2 Instance', 'MetadataOptions', (stack, id, options = {}) => new Instance(stack, `${id}L2`, {
    vpc: Vpc.fromVpcAttributes(stack, `${id}Vpc`, { vpcId: 'vpc-1', availabilityZones: ['a'], publicSubnetIds: ['subnet-1'] }),
    instanceType: new InstanceType('t3.micro'),
    machineImage: MachineImage.genericLinux({ 'us-east-1': 'ami-1' }),
    httpTokens: options.HttpTokens,
    httpEndpoint: enabled(options.HttpEndpoint) as boolean | undefined,
    httpPutResponseHopLimit: options.HttpPutResponseHopLimit,
    instanceMetadataTags: enabled(options.InstanceMetadataTags) as boolean | undefined,
  }).node.defaultChild as CfnInstance],
  ['CfnResource instance', 'MetadataOptions', (stack, id, options) => new CfnResource(stack, id, {
    type: 'AWS::EC2::Instance', properties: { ImageId: 'ami-1', ...options && { MetadataOptions: options } },
  })],
  ['CfnLaunchTemplate', 'LaunchTemplateData.MetadataOptions', (stack, id, options) => new CfnLaunchTemplate(stack, id, {
    launchTemplateData: { imageId: 'ami-1', metadataOptions: options && camel(options) },
  })],
  ['CfnResource launch template', 'LaunchTemplateData.MetadataOptions', (stack, id, options) => new CfnResource(stack, id, {
    type: 'AWS::EC2::LaunchTemplate', properties: { LaunchTemplateData: { ImageId: 'ami-1', ...options && { MetadataOptions: options } } },
  })],
];

/** What the typed property says below the override, by the construct id that says so. */
const TYPED: { [id: string]: Json } = {
  NothingTyped: undefined,
  TypedOptional: { HttpTokens: 'optional' },
  TypedRequired: { HttpTokens: 'required' },
  TypedSiblings: { HttpPutResponseHopLimit: 3, InstanceMetadataTags: 'enabled' },
  TypedOptionalAndSiblings: { HttpTokens: 'optional', HttpPutResponseHopLimit: 3, InstanceMetadataTags: 'enabled' },
};

/** `at` is the path of the block below `Properties`. */
const OVERRIDES: Array<[string, (resource: CfnResource, at: string) => void]> = [
  ['no override', () => {}],
  ['a leaf override to optional', (r, at) => r.addPropertyOverride(`${at}.HttpTokens`, 'optional')],
  ['a leaf override by addOverride', (r, at) => r.addOverride(`Properties.${at}.HttpTokens`, 'optional')],
  ['a leaf override to required', (r, at) => r.addPropertyOverride(`${at}.HttpTokens`, 'required')],
  ['a leaf override of a sibling', (r, at) => r.addPropertyOverride(`${at}.HttpPutResponseHopLimit`, 5)],
  ['an override of the whole block', (r, at) => r.addPropertyOverride(at, { HttpTokens: 'optional', HttpProtocolIpv6: 'enabled' })],
  ['a whole block without tokens', (r, at) => r.addOverride(`Properties.${at}`, { HttpProtocolIpv6: 'enabled' })],
  ['an empty whole block', (r, at) => r.addPropertyOverride(at, {})],
  ['a deletion of the block', (r, at) => r.addPropertyDeletionOverride(at)],
  ['a deletion of the block by addDeletionOverride', (r, at) => r.addDeletionOverride(`Properties.${at}`)],
  ['a deletion of the leaf', (r, at) => r.addPropertyDeletionOverride(`${at}.HttpTokens`)],
  ['a deletion of a sibling', (r, at) => r.addPropertyDeletionOverride(`${at}.HttpPutResponseHopLimit`)],
  ['a deletion of the leaf and of a sibling', (r, at) => {
    r.addPropertyDeletionOverride(`${at}.HttpTokens`);
    r.addPropertyDeletionOverride(`${at}.InstanceMetadataTags`);
  }],
  ['a leaf override after a deletion of the block', (r, at) => {
    r.addPropertyDeletionOverride(at);
    r.addPropertyOverride(`${at}.HttpTokens`, 'optional');
  }],
  ['a deletion of the block after a leaf override', (r, at) => {
    r.addPropertyOverride(`${at}.HttpTokens`, 'optional');
    r.addPropertyDeletionOverride(at);
  }],
  ['an override of all properties', (r, at) => r.addOverride('Properties', nest(at, { HttpTokens: 'optional' }))],
  ['an override of all properties with others', (r, at) => r.addOverride('Properties', { ...nest(at, { HttpTokens: 'optional' }), Tags: [{ Key: 'a', Value: 'b' }] })],
  ['null as the leaf', (r, at) => r.addPropertyOverride(`${at}.HttpTokens`, null)],
  ['null as the block', (r, at) => r.addPropertyOverride(at, null)],
  ['AWS::NoValue as the leaf', (r, at) => r.addPropertyOverride(`${at}.HttpTokens`, { Ref: 'AWS::NoValue' })],
  ['AWS::NoValue as the block', (r, at) => r.addPropertyOverride(at, { Ref: 'AWS::NoValue' })],
  ['a condition as the leaf', (r, at) => r.addPropertyOverride(`${at}.HttpTokens`, ifProd('required', 'optional'))],
  ['a Fn.conditionIf token as the leaf', (r, at) => r.addPropertyOverride(`${at}.HttpTokens`, Fn.conditionIf('Prod', 'required', 'optional'))],
  ['a parameter as the leaf', (r, at) => r.addPropertyOverride(`${at}.HttpTokens`, { Ref: 'Tokens' })],
  ['a lazy leaf', (r, at) => r.addPropertyOverride(`${at}.HttpTokens`, Lazy.string({ produce: () => 'optional' }))],
  ['a lazy block', (r, at) => r.addPropertyOverride(at, Lazy.any({ produce: () => ({ HttpTokens: 'optional', HttpProtocolIpv6: 'enabled' }) }))],
  ['an override of an unrelated property', (r, at) => r.addPropertyOverride(at.replace('MetadataOptions', 'KeyName'), 'key')],
  ['a deletion of an unrelated property', (r, at) => r.addPropertyDeletionOverride(at.replace('MetadataOptions', 'ImageId'))],
  ['an override outside the properties', (r) => r.addOverride('DeletionPolicy', 'Retain')],
  ['an override of Metadata', (r) => r.addOverride('Metadata.Owner', { MetadataOptions: { HttpTokens: 'optional' } })],
  ['an override of the same type', (r) => r.addOverride('Type', r.cfnResourceType)],
];

function nest(at: string, value: Json): Json {
  return at.split('.').reduceRight((below, key) => ({ [key]: below }), value);
}

function blockOf(resource: Json, at: string): Json {
  return at.split('.').reduce((value, key) => value?.[key], resource.Properties);
}

/** The launch sources of a template, by logical id. */
function sources(template: Json): { [id: string]: Json } {
  return Object.fromEntries(Object.entries<Json>(template.Resources).filter(([, { Type }]) => /^AWS::EC2::(Instance|LaunchTemplate)$/.test(Type)));
}

function thing(template: Json): Json {
  return Object.values(sources(template))[0];
}

function newStack(app: App, id = 'Stack'): Stack {
  const stack = new Stack(app, id);
  new CfnCondition(stack, 'Prod', { expression: Fn.conditionEquals('a', 'b') });
  new CfnParameter(stack, 'Tokens', { default: 'optional' });
  return stack;
}

/** The same resource with required tokens: what stood in the block stays, and nothing else appears. */
function required(resource: Json, at: string): Json {
  const { HttpTokens: _, ...siblings } = blockOf(resource, at) ?? {};
  const block = { ...siblings.Ref === 'AWS::NoValue' ? {} : siblings, HttpTokens: 'required' };
  const put = (parent: Json, [key, ...rest]: string[]): Json => ({ ...parent, [key]: rest.length > 0 ? put(parent?.[key], rest) : block });
  return { ...resource, Properties: put(resource.Properties, at.split('.')) };
}

describe.each(KINDS)('%s', (_kind, at, build) => {
  test.each(OVERRIDES)('with %s is required whatever is typed below, and nothing else changes', (_name, override) => {
    const twice = withAndWithout((app) => {
      const stack = newStack(app);
      for (const id in TYPED) override(build(stack, id, TYPED[id]), at);
    });
    const [before, after] = [twice.without.Stack, twice.with.Stack];
    const wanted = Object.entries(sources(before)).map(([id, resource]) => [id, required(resource, at)]);

    expect(twice.outcome.findings).toEqual([]);
    expect(wanted).toHaveLength(Object.keys(TYPED).length);
    expect(after).toEqual({ ...before, Resources: { ...before.Resources, ...Object.fromEntries(wanted) } });
    const flipped = Object.keys(sources(before)).filter((id) => differences(before.Resources[id], after.Resources[id]).length > 0);
    expect(changes(twice.outcome.assembly!)).toHaveLength(flipped.length);
  });

  test('is left exactly as it is where it is exempt, whatever the override', () => {
    const twice = withAndWithout((app) => {
      OVERRIDES.forEach(([, override], i) => {
        for (const id in TYPED) override(build(newStack(app, `Stack${i}${id}`), 'Thing', TYPED[id]), at);
      });
    }, (app) => {
      Aspects.of(app).add(new RequireImdsv2());
      Validations.of(app).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'the old agent' });
    });
    expect(differences(twice.without, twice.with)).toEqual([]);
    expect(twice.outcome.findings).toEqual([]);
    expect(changes(twice.outcome.assembly!)).toEqual([]);
  });

  test.each<[string, (r: CfnResource) => void]>([
    ['as one override', (r) => r.addPropertyOverride(at, { 'Fn::If': ['Prod', { HttpTokens: 'optional', HttpProtocolIpv6: 'enabled' }, { HttpTokens: 'required' }] })],
    ['as a token', (r) => r.addPropertyOverride(at, Fn.conditionIf('Prod', { HttpTokens: 'optional', HttpProtocolIpv6: 'enabled' }, { HttpTokens: 'required' }))],
    ['as a token below a leaf override, which has no effect', (r) => {
      r.addPropertyOverride(at, Fn.conditionIf('Prod', { HttpTokens: 'optional', HttpProtocolIpv6: 'enabled' }, { HttpTokens: 'required' }));
      r.addPropertyOverride(`${at}.HttpTokens`, 'required');
    }],
    ['over a leaf override', (r) => {
      r.addPropertyOverride(`${at}.HttpTokens`, 'required');
      r.addPropertyOverride(at, ifProd({ HttpTokens: 'optional', HttpProtocolIpv6: 'enabled' }, { HttpTokens: 'required' }));
    }],
  ])('a block under Fn::If %s is required in both branches', (_name, override) => {
    const twice = withAndWithout((app) => override(build(newStack(app), 'Thing', { HttpTokens: 'optional' })));
    const before = blockOf(thing(twice.without.Stack), at);
    const after = blockOf(thing(twice.with.Stack), at);

    expect(twice.outcome.findings).toEqual([]);
    expect(before).toHaveProperty('Fn::If');
    expect(after).toHaveProperty('Fn::If', ['Prod', { HttpTokens: 'required', HttpProtocolIpv6: 'enabled' }, { HttpTokens: 'required' }]);
  });

  test.each(['required', 'optional'])('a leaf override to %s beside an Fn::If, which CloudFormation does not take, is mended or reported', (tokens) => {
    const twice = withAndWithout((app) => {
      const resource = build(newStack(app), 'Thing', { HttpTokens: 'optional' });
      resource.addPropertyOverride(at, ifProd({ HttpTokens: 'optional' }, { HttpEndpoint: 'enabled' }));
      resource.addPropertyOverride(`${at}.HttpTokens`, tokens);
    });
    const after = blockOf(thing(twice.with.Stack), at);
    const mended = JSON.stringify(after) === JSON.stringify({ HttpTokens: 'required' })
      || JSON.stringify(after) === JSON.stringify(ifProd({ HttpTokens: 'required' }, { HttpEndpoint: 'enabled', HttpTokens: 'required' }));
    expect(mended || twice.outcome.error !== undefined).toBe(true);
  });

  test('a deletion of all properties stays one but for the tokens', () => {
    const twice = withAndWithout((app) => build(newStack(app), 'Thing', { HttpTokens: 'optional' }).addDeletionOverride('Properties'));
    expect(thing(twice.without.Stack)).not.toHaveProperty('Properties');
    expect(thing(twice.with.Stack)).toEqual(required(thing(twice.without.Stack), at));
  });

  test('a typed value after a deletion is required without bringing its siblings back', () => {
    const twice = withAndWithout((app) => {
      const resource = build(newStack(app), 'Thing', { HttpPutResponseHopLimit: 3, HttpTokens: 'optional' });
      resource.addPropertyDeletionOverride(at);
      if (resource instanceof CfnInstance) resource.metadataOptions = { httpTokens: 'optional', instanceMetadataTags: 'enabled' };
    });
    expect(blockOf(thing(twice.with.Stack), at)).toEqual({ HttpTokens: 'required' });
  });

  test('a disabled endpoint that an override deletes no longer protects', () => {
    const twice = withAndWithout((app) =>
      build(newStack(app), 'Thing', { HttpEndpoint: 'disabled' }).addPropertyDeletionOverride(`${at}.HttpEndpoint`));
    expect(blockOf(thing(twice.with.Stack), at)).toEqual({ HttpTokens: 'required' });
  });

  test('a disabled endpoint that an override enables no longer protects', () => {
    const twice = withAndWithout((app) =>
      build(newStack(app), 'Thing', { HttpEndpoint: 'disabled' }).addPropertyOverride(`${at}.HttpEndpoint`, 'enabled'));
    expect(blockOf(thing(twice.with.Stack), at)).toEqual({ HttpEndpoint: 'enabled', HttpTokens: 'required' });
  });

  test('an override to a disabled endpoint is left alone', () => {
    const twice = withAndWithout((app) =>
      build(newStack(app), 'Thing', { HttpTokens: 'optional' }).addPropertyOverride(at, { HttpEndpoint: 'disabled' }));
    expect(JSON.stringify(twice.with)).toBe(JSON.stringify(twice.without));
    expect(twice.outcome.findings).toEqual([]);
  });

  test('a deleted endpoint option does not hide that tokens are optional', () => {
    const twice = withAndWithout((app) => {
      const resource = build(newStack(app), 'Thing', undefined);
      resource.addPropertyOverride(`${at}.HttpEndpoint`, 'disabled');
      resource.addPropertyDeletionOverride(`${at}.HttpEndpoint`);
    });
    expect(blockOf(thing(twice.with.Stack), at)).toEqual({ HttpTokens: 'required' });
  });

  test('overridden hop limits are lowered in place, and the siblings stay', () => {
    const twice = withAndWithout((app) => {
      const resource = build(newStack(app), 'Thing', { HttpPutResponseHopLimit: 3, InstanceMetadataTags: 'enabled' });
      resource.addPropertyOverride(`${at}.HttpPutResponseHopLimit`, 60);
    }, (app) => Aspects.of(app).add(new RequireImdsv2({ hopLimit: HopLimit.HOST })));
    expect(twice.outcome.findings).toEqual([]);
    expect(blockOf(thing(twice.with.Stack), at)).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 1, InstanceMetadataTags: 'enabled' });
  });

  test('the record tells what the override said', () => {
    const { outcome: { assembly } } = withAndWithout((app) =>
      build(newStack(app), 'Thing', { HttpTokens: 'required' }).addPropertyOverride(`${at}.HttpTokens`, 'optional'));
    expect(changes(assembly!)).toEqual([expect.objectContaining({ before: 'optional', after: 'required' })]);
  });

  test.each<[string, (r: CfnResource, shared: Json) => void]>([
    ['block', (r, shared) => r.addPropertyOverride(at, shared)],
    ['block, given by addOverride', (r, shared) => r.addOverride(`Properties.${at}`, shared)],
    ['properties object', (r, shared) => r.addOverride('Properties', nest(at, shared))],
  ])('one %s shared with an exempt resource changes only in the other', (_what, override) => {
    const app = new App();
    const shared = { HttpTokens: 'optional', HttpProtocolIpv6: 'enabled' };
    const [open, exempt] = ['Open', 'Exempt'].map((id) => {
      const resource = build(newStack(app, id), 'Thing', undefined);
      override(resource, shared);
      return resource;
    });
    Validations.of(exempt).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'the old agent' });
    Aspects.of(app).add(new RequireImdsv2());
    const { templates, findings, suppressed } = outcome(app);

    expect(findings).toEqual([]);
    expect(suppressed).toEqual([expect.objectContaining({ path: exempt.node.path, acknowledged: 'the old agent' })]);
    expect(blockOf(thing(templates[Stack.of(open).node.path]), at)).toEqual({ HttpTokens: 'required', HttpProtocolIpv6: 'enabled' });
    expect(blockOf(thing(templates[Stack.of(exempt).node.path]), at)).toEqual({ HttpTokens: 'optional', HttpProtocolIpv6: 'enabled' });
    expect(shared).toEqual({ HttpTokens: 'optional', HttpProtocolIpv6: 'enabled' });
  });

  test('one typed block shared with an exempt resource changes only in the other', () => {
    const app = new App();
    const shared = { HttpTokens: 'optional', HttpPutResponseHopLimit: 3 };
    const [open, exempt] = ['Open', 'Exempt'].map((id) => build(newStack(app, id), 'Thing', shared));
    Validations.of(exempt).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'the old agent' });
    Aspects.of(app).add(new RequireImdsv2());
    const { templates } = outcome(app);

    expect(blockOf(thing(templates[Stack.of(open).node.path]), at)).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 3 });
    expect(blockOf(thing(templates[Stack.of(exempt).node.path]), at)).toEqual({ HttpTokens: 'optional', HttpPutResponseHopLimit: 3 });
  });
});

describe('shared objects of launch templates and CfnResources', () => {
  const shareTwo = (make: (stack: Stack, id: string) => CfnResource) => {
    const app = new App();
    const stack = newStack(app);
    make(stack, 'Open');
    Validations.of(make(stack, 'Exempt')).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'the old agent' });
    Aspects.of(app).add(new RequireImdsv2());
    return outcome(app).templates.Stack.Resources;
  };

  test('a typed launchTemplateData object shared by two is not changed', () => {
    const launchTemplateData = { imageId: 'ami-1', metadataOptions: { httpTokens: 'optional' } };
    const { Open, Exempt } = shareTwo((stack, id) => new CfnLaunchTemplate(stack, id, { launchTemplateData }));
    expect(Open.Properties.LaunchTemplateData).toEqual({ ImageId: 'ami-1', MetadataOptions: { HttpTokens: 'required' } });
    expect(Exempt.Properties.LaunchTemplateData).toEqual({ ImageId: 'ami-1', MetadataOptions: { HttpTokens: 'optional' } });
    expect(launchTemplateData).toEqual({ imageId: 'ami-1', metadataOptions: { httpTokens: 'optional' } });
  });

  test('an override object of launch template data shared by two is not changed', () => {
    const data = { KeyName: 'key', MetadataOptions: { HttpTokens: 'optional' } };
    const { Open, Exempt } = shareTwo((stack, id) => {
      const template = new CfnLaunchTemplate(stack, id, { launchTemplateData: { imageId: 'ami-1' } });
      template.addPropertyOverride('LaunchTemplateData', data);
      return template;
    });
    expect(Open.Properties.LaunchTemplateData).toEqual({ ImageId: 'ami-1', KeyName: 'key', MetadataOptions: { HttpTokens: 'required' } });
    expect(Exempt.Properties.LaunchTemplateData).toEqual({ ImageId: 'ami-1', ...data });
  });

  test('a properties object shared by two CfnResources is not changed', () => {
    const properties = { ImageId: 'ami-1', MetadataOptions: { HttpTokens: 'optional' } };
    const { Open, Exempt } = shareTwo((stack, id) => new CfnResource(stack, id, { type: 'AWS::EC2::Instance', properties }));
    expect(Open.Properties.MetadataOptions).toEqual({ HttpTokens: 'required' });
    expect(Exempt.Properties.MetadataOptions).toEqual({ HttpTokens: 'optional' });
  });
});

describe('launch template data', () => {
  test.each<[string, (template: CfnLaunchTemplate) => void, Json]>([
    ['is overridden whole', (t) => t.addPropertyOverride('LaunchTemplateData', { KeyName: 'key', MetadataOptions: { HttpTokens: 'optional' } }),
      { ImageId: 'ami-1', KeyName: 'key', MetadataOptions: { HttpTokens: 'required' } }],
    ['is overridden in another member', (t) => t.addPropertyOverride('LaunchTemplateData.KeyName', 'key'),
      { ImageId: 'ami-1', KeyName: 'key', MetadataOptions: { HttpTokens: 'required' } }],
    ['is deleted', (t) => t.addPropertyDeletionOverride('LaunchTemplateData'), { MetadataOptions: { HttpTokens: 'required' } }],
    ['is AWS::NoValue', (t) => t.addPropertyOverride('LaunchTemplateData', { Ref: 'AWS::NoValue' }), { MetadataOptions: { HttpTokens: 'required' } }],
    ['is overridden by a condition', (t) => t.addPropertyOverride('LaunchTemplateData', ifProd({ ImageId: 'ami-2' }, { MetadataOptions: { HttpTokens: 'optional' } })),
      expect.objectContaining({
        'Fn::If': ['Prod', { ImageId: 'ami-2', MetadataOptions: { HttpTokens: 'required' } }, { MetadataOptions: { HttpTokens: 'required' } }],
      })],
  ])('that %s is required all the same', (_name, override, wanted) => {
    const twice = withAndWithout((app) =>
      override(new CfnLaunchTemplate(newStack(app), 'Thing', { launchTemplateData: { imageId: 'ami-1', metadataOptions: { httpTokens: 'optional' } } })));
    expect(twice.outcome.findings).toEqual([]);
    expect(thing(twice.with.Stack).Properties.LaunchTemplateData).toEqual(wanted);
  });
});

/** What a value at `path` must come out as: required under every outcome of its conditions, and otherwise the same. */
function requiredEverywhere(value: Json, path: string[]): Json {
  if (value?.['Fn::If']) {
    const [condition, ...branches] = value['Fn::If'];
    return { 'Fn::If': [condition, ...branches.map((branch: Json) => requiredEverywhere(branch, path))] };
  }
  const struct = value?.Ref === 'AWS::NoValue' ? {} : value ?? {};
  const [key, ...rest] = path;
  return key === undefined ? { ...struct, HttpTokens: 'required' } : { ...struct, [key]: requiredEverywhere(struct[key], rest) };
}

describe('overrides over conditions', () => {
  const OPEN = { HttpTokens: 'optional', InstanceMetadataTags: 'enabled' };
  const data = (block: Json) => ({ ImageId: 'ami-1', MetadataOptions: block });
  const BELOW: Array<[string, string[], () => Json]> = [
    ['an instance\'s condition', ['MetadataOptions'], () => ifProd(OPEN, { Ref: 'AWS::NoValue' })],
    ['an instance\'s condition token', ['MetadataOptions'], () => Fn.conditionIf('Prod', OPEN, { HttpTokens: 'required' })],
    ['a template\'s condition', ['LaunchTemplateData', 'MetadataOptions'], () => ifProd(data(OPEN), { ImageId: 'ami-2' })],
    ['a template\'s condition token', ['LaunchTemplateData', 'MetadataOptions'], () => Fn.conditionIf('Prod', data(OPEN), data({ HttpTokens: 'required' }))],
    ['a template\'s condition in a condition', ['LaunchTemplateData', 'MetadataOptions'], () => Fn.conditionIf('Prod', data(ifProd(OPEN, {})), { Ref: 'AWS::NoValue' })],
  ];
  const ABOVE: Array<[string, (resource: CfnResource, at: string) => void]> = [
    ['nothing', () => {}],
    ['a leaf override', (r, at) => r.addPropertyOverride(`${at}.HttpTokens`, 'optional')],
    ['a leaf override to required', (r, at) => r.addPropertyOverride(`${at}.HttpTokens`, 'required')],
    ['a sibling override', (r, at) => r.addPropertyOverride(`${at}.HttpPutResponseHopLimit`, 5)],
    ['a block override', (r, at) => r.addPropertyOverride(at, { HttpTokens: 'optional', HttpProtocolIpv6: 'enabled' })],
    ['a condition override', (r, at) => r.addPropertyOverride(at, ifProd({ HttpTokens: 'optional' }, { HttpProtocolIpv6: 'enabled' }))],
    ['a deletion of the block', (r, at) => r.addPropertyDeletionOverride(at)],
    ['a deletion of the leaf', (r, at) => r.addPropertyDeletionOverride(`${at}.HttpTokens`)],
    ['a deletion of the top', (r, at) => r.addPropertyDeletionOverride(at.split('.')[0])],
    ['an override beside it', (r) => r.addPropertyOverride('TagSpecifications', [])],
    ['an override of a neighbour', (r, at) => r.addPropertyOverride(at.replace('MetadataOptions', 'KeyName'), 'key')],
  ];
  const CASES = BELOW.flatMap(([below, path, value]) => ABOVE.map(([above, override]) => [below, above, path, value, override] as const));

  test.each(CASES)('%s below %s is required under every outcome, and nothing else changes', (_below, _above, path, value, override) => {
    const type = path.length === 1 ? 'AWS::EC2::Instance' : 'AWS::EC2::LaunchTemplate';
    const twice = withAndWithout((app) => {
      const stack = newStack(app);
      override(new CfnResource(stack, 'Untyped', { type, properties: { [path[0]]: value() } }), path.join('.'));
      override(path.length === 1
        ? new CfnInstance(stack, 'Typed', { metadataOptions: value() })
        : new CfnLaunchTemplate(stack, 'Typed', { launchTemplateData: value() }), path.join('.'));
    });
    const wanted = Object.fromEntries(Object.entries(sources(twice.without.Stack))
      .map(([id, resource]) => [id, { ...resource, Properties: requiredEverywhere(resource.Properties, [...path]) }]));

    expect(twice.outcome.findings).toEqual([]);
    expect(sources(twice.with.Stack)).toEqual(wanted);
  });

  test.each(CASES)('%s below %s is left exactly as it is where it is exempt', (_below, _above, path, value, override) => {
    const type = path.length === 1 ? 'AWS::EC2::Instance' : 'AWS::EC2::LaunchTemplate';
    const twice = withAndWithout((app) => {
      override(new CfnResource(newStack(app), 'Untyped', { type, properties: { [path[0]]: value() } }), path.join('.'));
    }, (app) => {
      Validations.of(app).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'the old agent' });
      Aspects.of(app).add(new RequireImdsv2());
    });
    expect(JSON.stringify(twice.with)).toBe(JSON.stringify(twice.without));
    expect(changes(twice.outcome.assembly!)).toEqual([]);
  });

  test.each<[string, Json]>([
    ['no properties', undefined],
    ['no data', {}],
    ['AWS::NoValue as data', { LaunchTemplateData: { Ref: 'AWS::NoValue' } }],
    ['AWS::NoValue in a branch', { LaunchTemplateData: ifProd({ Ref: 'AWS::NoValue' }, { ImageId: 'ami-1' }) }],
  ])('an exempt launch template with %s is left exactly as it is', (_what, properties) => {
    const twice = withAndWithout((app) => {
      const template = new CfnResource(newStack(app), 'Thing', { type: 'AWS::EC2::LaunchTemplate', properties });
      Validations.of(template).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'the old agent' });
    });
    expect(JSON.stringify(twice.with)).toBe(JSON.stringify(twice.without));
    expect(changes(twice.outcome.assembly!)).toEqual([]);
  });

  test.each(BELOW)('%s shared with an exempt resource is not changed', (_below, path, value) => {
    const app = new App();
    const stack = newStack(app);
    const shared = value();
    for (const id of ['Open', 'Exempt', 'OpenOverride', 'ExemptOverride']) {
      const type = path.length === 1 ? 'AWS::EC2::Instance' : 'AWS::EC2::LaunchTemplate';
      const overridden = id.endsWith('Override');
      const resource = new CfnResource(stack, id, { type, properties: overridden ? {} : { [path[0]]: shared } });
      if (overridden) resource.addPropertyOverride(path[0], shared);
      if (id.startsWith('Exempt')) Validations.of(resource).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'the old agent' });
    }
    Aspects.of(app).add(new RequireImdsv2());
    const { templates, findings } = outcome(app);
    const { Open, Exempt, OpenOverride, ExemptOverride } = templates.Stack.Resources;
    const before = { [path[0]]: stack.resolve(value()) };

    expect(findings).toEqual([]);
    expect([Exempt.Properties, ExemptOverride.Properties]).toEqual([before, before]);
    expect([Open.Properties, OpenOverride.Properties]).toEqual(Array(2).fill(requiredEverywhere(before, [...path])));
  });
});

describe('addOverride of Type', () => {
  test.each<[string, (stack: Stack) => CfnResource]>([
    ['a CfnResource', (stack) => new CfnResource(stack, 'Thing', { type: 'AWS::SNS::Topic', properties: { ImageId: 'ami-1' } })],
    ['a CfnResource with optional tokens', (stack) => new CfnResource(stack, 'Thing', {
      type: 'Custom::Thing', properties: { ImageId: 'ami-1', MetadataOptions: { HttpTokens: 'optional' } },
    })],
    ['a launch template', (stack) => {
      const template = new CfnLaunchTemplate(stack, 'Thing', { launchTemplateData: {} });
      template.addPropertyDeletionOverride('LaunchTemplateData');
      return template;
    }],
  ])('that makes %s an instance makes it required', (_name, build) => {
    const twice = withAndWithout((app) => build(newStack(app)).addOverride('Type', 'AWS::EC2::Instance'));
    expect(twice.outcome.findings).toEqual([]);
    expect(thing(twice.with.Stack)).toEqual(required(thing(twice.without.Stack), 'MetadataOptions'));
  });

  test('that makes a CfnResource a launch template makes it required', () => {
    const twice = withAndWithout((app) => new CfnResource(newStack(app), 'Thing', {
      type: 'Custom::Thing', properties: { LaunchTemplateData: { ImageId: 'ami-1' } },
    }).addOverride('Type', 'AWS::EC2::LaunchTemplate'));
    expect(thing(twice.with.Stack)).toEqual(required(thing(twice.without.Stack), 'LaunchTemplateData.MetadataOptions'));
  });

  test.each<[string, (stack: Stack) => CfnResource]>([
    ['a CfnInstance', (stack) => new CfnInstance(stack, 'Thing', { imageId: 'ami-1', metadataOptions: { httpTokens: 'optional' } })],
    ['a CfnResource', (stack) => new CfnResource(stack, 'Thing', { type: 'AWS::EC2::Instance', properties: { MetadataOptions: { HttpTokens: 'optional' } } })],
    ['a CfnLaunchTemplate', (stack) => new CfnLaunchTemplate(stack, 'Thing', { launchTemplateData: { metadataOptions: { httpTokens: 'optional' } } })],
  ])('that makes %s something else leaves it alone', (_name, build) => {
    const twice = withAndWithout((app) => build(newStack(app)).addOverride('Type', 'Custom::Something'));
    expect(JSON.stringify(twice.with)).toBe(JSON.stringify(twice.without));
    expect(twice.outcome.findings).toEqual([]);
    expect(changes(twice.outcome.assembly!)).toEqual([]);
  });

  test('that makes an instance a launch template moves the options to where they belong', () => {
    const twice = withAndWithout((app) =>
      new CfnInstance(newStack(app), 'Thing', { imageId: 'ami-1' }).addOverride('Type', 'AWS::EC2::LaunchTemplate'));
    expect(thing(twice.with.Stack)).toEqual(required(thing(twice.without.Stack), 'LaunchTemplateData.MetadataOptions'));
  });
});

test('an override that comes from another aspect afterwards is a finding, never silent', () => {
  const app = new App();
  const one = new CfnInstance(newStack(app), 'One', { imageId: 'ami-1' });
  Aspects.of(app).add(new RequireImdsv2());
  Aspects.of(app).add({
    visit: (node) => { if (node === one) one.addPropertyOverride('MetadataOptions.HttpTokens', 'optional'); },
  }, { priority: 900 });
  const { error, findings } = outcome(app);

  expect(error).toBeDefined();
  expect(findings).toEqual([expect.objectContaining({ rule: 'cdk-imdsv2::tokens', path: 'Stack/One' })]);
});
