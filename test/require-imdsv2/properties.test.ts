import * as fs from 'fs';
import {
  App, AspectPriority, Aspects, CfnCondition, CfnOutput, CfnParameter, CfnResource, Fn, Lazy, NestedStack, Stack, Stage, Validations,
} from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import * as fc from 'fast-check';
import { HopLimit, RequireImdsv2 } from '../../src';
import { changes, outcome, templatesOf, warnings, type Change, type Json, type Outcome, type Templates, type Warning } from '../support';

/*
 * Random apps, described as plain data so that a counterexample can be read, built as often as a property needs them, and
 * judged by a small interpreter of CloudFormation that shares nothing with the library: it chooses the outcome of the
 * conditions and the value of the one parameter, evaluates the templates, and looks what is left.
 *
 * PROPERTY_RUNS and PROPERTY_SEED choose more runs and another seed (`random` for a new one each time).
 */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 120);
const SEED = process.env.PROPERTY_SEED === 'random' ? Date.now() % 1e9 : Number(process.env.PROPERTY_SEED ?? 20240516);

// ---------------------------------------------------------------------------------------------------------------------
// The description.

const SCOPES = ['T', 'S', 'S/N', 'G/U', 'G/U/N'] as const;
type ScopeName = typeof SCOPES[number];

const TOKENS = ['required', 'optional', 'if', 'if required', 'if no value', 'parameter', 'safe parameter', 'lazy required', 'lazy optional', 'ssm'] as const;
const ENDPOINTS = ['enabled', 'disabled', 'if disabled'] as const;
interface Options {
  readonly tokens?: typeof TOKENS[number];
  readonly endpoint?: typeof ENDPOINTS[number];
  readonly hops?: number | 'if' | 'parameter';
  readonly tags?: 'enabled' | 'disabled';
  /** `if` chooses between the block and nothing, `if else` between the block and one that requires tokens. */
  readonly block?: 'if' | 'if else' | 'lazy' | 'empty';
}

const HATCHES = [
  'leaf', 'endpoint leaf', 'hops leaf', 'block', 'block if', 'shared', 'shared twin', 'add override', 'add override data', 'version', 'metadata',
  'delete leaf', 'delete endpoint', 'delete block', 'delete data', 'unrelated', 'unrelated data', 'unrelated deletion',
] as const;
interface Hatch {
  readonly how: typeof HATCHES[number];
  readonly tokens?: 'required' | 'optional';
  readonly hops?: number;
}

interface Follow {
  /** Of the launch templates in reach; the remainder counts. */
  readonly of: number;
  /** `either` is one of two, chosen by a condition, both at their latest version. */
  readonly by: 'ref' | 'name' | 'import' | 'external' | 'parameter' | 'either';
  readonly version: 'latest' | '$Latest' | '$Default' | '1' | 'default' | 'none' | 'parameter' | 'if';
}

interface Source {
  readonly kind: 'instance' | 'template' | 'group' | 'configuration' | 'fleet' | 'nodegroup';
  readonly in: ScopeName;
  readonly raw?: boolean;
  readonly named?: boolean;
  readonly options?: Options;
  readonly data?: 'if' | 'lazy';
  readonly hatches: readonly Hatch[];
  readonly follows?: Follow;
  /** A group with a mixed instances policy that also launches from this one. */
  readonly mixedWith?: Follow;
  readonly update?: 'rolling' | 'replacing';
  readonly exempt?: RuleName;
}

type RuleName = 'tokens' | 'hop-limit' | 'launch-configuration' | 'launch-template-follower' | 'external-launch-template';

interface Description {
  readonly sources: readonly Source[];
  /** Whether stacks may refer to what is in their nested stacks, or the other way round. */
  readonly nestedFirst?: boolean;
  readonly exemptScopes: ReadonlyArray<{ readonly scope: ScopeName; readonly rule: RuleName; readonly late?: boolean }>;
  readonly aspect: 'app' | 'everywhere' | 'mixin' | 'stack S';
  readonly props: { readonly hopLimit?: number; readonly containerHostHopLimit?: number; readonly replaceResources?: boolean };
}

const optionally = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const oneOf = <const T extends string>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const rules = fc.oneof({ weight: 4, arbitrary: fc.constant<RuleName>('tokens') }, {
  weight: 1,
  arbitrary: oneOf<RuleName>(['hop-limit', 'launch-configuration', 'launch-template-follower', 'external-launch-template']),
});

const options: fc.Arbitrary<Options> = fc.record({
  tokens: oneOf(TOKENS),
  endpoint: oneOf(ENDPOINTS),
  hops: fc.constantFrom<number | 'if' | 'parameter'>(1, 2, 3, 64, 'if', 'parameter'),
  tags: oneOf(['enabled', 'disabled']),
  block: oneOf(['if', 'if else', 'lazy', 'empty']),
}, { requiredKeys: [] });

const hatch: fc.Arbitrary<Hatch> = fc.record({ how: oneOf(HATCHES), tokens: oneOf(['required', 'optional']), hops: fc.constantFrom(1, 2, 5) },
  { requiredKeys: ['how'] });

const follow: fc.Arbitrary<Follow> = fc.record({
  of: fc.nat({ max: 5 }),
  by: fc.oneof({ weight: 5, arbitrary: fc.constant<'ref'>('ref') }, { weight: 4, arbitrary: oneOf(['name', 'import', 'external', 'parameter', 'either']) }),
  version: fc.oneof({ weight: 5, arbitrary: fc.constant<'latest'>('latest') }, {
    weight: 5, arbitrary: oneOf(['$Latest', '$Default', '1', 'default', 'none', 'parameter', 'if']),
  }),
});

const source: fc.Arbitrary<Source> = fc.record({
  kind: oneOf(['template', 'instance', 'group', 'template', 'instance', 'template', 'fleet', 'nodegroup', 'configuration']),
  in: oneOf(['S', 'S', 'S', ...SCOPES]),
  raw: fc.constant(true),
  named: fc.constant(true),
  options,
  data: oneOf(['if', 'lazy']),
  hatches: fc.array(hatch, { maxLength: 3 }),
  follows: follow,
  mixedWith: follow,
  update: oneOf(['rolling', 'replacing']),
  exempt: rules,
}, { requiredKeys: ['kind', 'in', 'hatches'] }).map((one) => ({
  // Half of what a record may leave out is too much where one missing key changes what is tested.
  ...one,
  ...(one.kind === 'template' ? { follows: undefined } : {}),
  ...(one.kind === 'template' || one.kind === 'instance' ? { mixedWith: undefined, update: undefined } : {}),
  ...(one.kind !== 'template' ? { data: undefined } : {}),
  ...(one.named ? { exempt: undefined } : {}),
})).map(withoutUndefined);

const description: fc.Arbitrary<Description> = fc.record({
  sources: fc.array(source, { minLength: 1, maxLength: 6 }),
  nestedFirst: fc.boolean(),
  exemptScopes: fc.array(fc.record({ scope: oneOf(SCOPES), rule: rules, late: fc.boolean() }), { maxLength: 1 }),
  aspect: oneOf(['app', 'everywhere', 'everywhere', 'mixin', 'stack S']),
  props: fc.record({
    hopLimit: optionally(fc.constantFrom(1, 2, 5)),
    containerHostHopLimit: optionally(fc.constantFrom(1, 2, 3)),
    replaceResources: optionally(fc.boolean()),
  }).map(withoutUndefined),
});

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}

// ---------------------------------------------------------------------------------------------------------------------
// The app.

const TYPES = {
  instance: 'AWS::EC2::Instance',
  template: 'AWS::EC2::LaunchTemplate',
  group: 'AWS::AutoScaling::AutoScalingGroup',
  configuration: 'AWS::AutoScaling::LaunchConfiguration',
  fleet: 'AWS::EC2::EC2Fleet',
  nodegroup: 'AWS::EKS::Nodegroup',
};

class Built {
  public readonly app = new App();
  private readonly templates: Array<{ readonly name: string; readonly in: ScopeName; readonly named: boolean; readonly resource: CfnResource }> = [];
  private readonly shared = { HttpTokens: 'optional', InstanceMetadataTags: 'enabled' };

  constructor(private readonly tree: Description) {
    if (tree.aspect === 'stack S') this.scope('S');
    this.exempt(false);
    for (const scope of this.order()) {
      tree.sources.forEach((one, i) => one.kind === 'template' && one.in === scope && this.add(one, i));
      tree.sources.forEach((one, i) => one.kind !== 'template' && one.in === scope && this.add(one, i));
    }
  }

  /** Applies the aspect the way the description says. */
  public require(reportOnly = false): this {
    const aspect = () => this.aspect(reportOnly);
    if (this.tree.aspect === 'app') Aspects.of(this.app).add(aspect());
    if (this.tree.aspect === 'everywhere') RequireImdsv2.addTo(this.app, this.props(reportOnly));
    if (this.tree.aspect === 'mixin') this.app.with(aspect());
    if (this.tree.aspect === 'stack S') Aspects.of(this.scope('S')).add(aspect());
    this.exempt(true);
    return this;
  }

  /** Applies it again, on every stack that it reaches anyway. */
  public requireAgain(): this {
    for (const name of this.order().filter((scope) => this.reaches(scope) && this.find(scope))) {
      Aspects.of(this.scope(name)).add(this.aspect(false), { priority: AspectPriority.MUTATING + 7 });
    }
    return this;
  }

  public reaches(scope: ScopeName): boolean {
    if (this.tree.aspect === 'stack S') return scope.startsWith('S');
    return this.tree.aspect !== 'app' || !scope.startsWith('G');
  }

  private aspect(reportOnly: boolean): RequireImdsv2 {
    return new RequireImdsv2(this.props(reportOnly));
  }

  private props(reportOnly: boolean) {
    const { hopLimit, containerHostHopLimit, replaceResources } = this.tree.props;
    return {
      hopLimit: hopLimit === undefined ? undefined : HopLimit.of(hopLimit),
      containerHostHopLimit: containerHostHopLimit === undefined ? undefined : HopLimit.of(containerHostHopLimit),
      replaceResources,
      reportOnly,
    };
  }

  private order(): ScopeName[] {
    return this.tree.nestedFirst ? ['T', 'S/N', 'S', 'G/U/N', 'G/U'] : ['T', 'S', 'S/N', 'G/U', 'G/U/N'];
  }

  private exempt(late: boolean): void {
    for (const { scope, rule, late: isLate } of this.tree.exemptScopes) {
      const found = late ? this.find(scope) : this.tree.sources.some((one) => one.in.startsWith(scope)) && this.scope(scope);
      if ((isLate ?? false) === late && found) Validations.of(found).acknowledge({ id: `cdk-imdsv2::${rule}`, reason: 'drawn' });
    }
  }

  private find(name: ScopeName): Stack | undefined {
    return this.app.node.findAll().find((construct): construct is Stack => Stack.isStack(construct) && construct.node.path === name);
  }

  private scope(name: ScopeName): Stack {
    const found = this.find(name);
    if (found) return found;
    if (name === 'S/N' || name === 'G/U/N') return new NestedStack(this.scope(name.slice(0, -2) as ScopeName), 'N');
    return name === 'G/U' ? new Stack(new Stage(this.app, 'G'), 'U') : new Stack(this.app, name);
  }

  private add(one: Source, index: number): void {
    const stack = this.scope(one.in);
    // Logical ids repeat from stack to stack, names never.
    const id = `${one.kind[0].toUpperCase()}${this.tree.sources.slice(0, index).filter((each) => each.in === one.in).length}`;
    const name = `${id}-${index}`;
    const type = TYPES[one.kind];
    const properties = this.properties(one, name, stack);
    const resource: CfnResource = one.raw || one.kind === 'fleet' || one.kind === 'nodegroup' ? new CfnResource(stack, id, { type, properties })
      : one.kind === 'instance' ? new ec2.CfnInstance(stack, id, camel(properties))
        : one.kind === 'template' ? new ec2.CfnLaunchTemplate(stack, id, camel(properties))
          : one.kind === 'group' ? new autoscaling.CfnAutoScalingGroup(stack, id, camel(properties))
            : new autoscaling.CfnLaunchConfiguration(stack, id, camel(properties));
    if (one.update === 'rolling') resource.cfnOptions.updatePolicy = { autoScalingRollingUpdate: { minInstancesInService: 1 } };
    if (one.update === 'replacing') resource.cfnOptions.updatePolicy = { autoScalingReplacingUpdate: { willReplace: true } };
    for (const each of one.hatches) this.escape(resource, one, each, stack);
    if (one.exempt) Validations.of(resource).acknowledge({ id: `cdk-imdsv2::${one.exempt}`, reason: 'drawn' });
    if (one.kind !== 'template') return;
    this.templates.push({ name, in: one.in, named: one.named ?? false, resource });
    if (one.named) new CfnOutput(stack, `${id}Id`, { value: resource.ref, exportName: name });
  }

  private properties(one: Source, name: string, stack: Stack): Json {
    // Under a condition nobody translates the names of the L1.
    const block = one.options && this.block(one.options, stack, one.raw || one.data === 'if');
    const own = block === undefined ? {} : { MetadataOptions: block };
    if (one.kind === 'template') {
      const data = { ImageId: 'ami-1', ...own };
      const typed = one.raw ? data : { imageId: 'ami-1', ...(block === undefined ? {} : { metadataOptions: block }) };
      const wrapped = one.data === 'lazy' ? Lazy.any({ produce: () => typed })
        : one.data === 'if' ? Fn.conditionIf(this.condition(stack), data, { ImageId: 'ami-2' }) : data;
      return { LaunchTemplateData: wrapped, ...(one.named ? { LaunchTemplateName: name } : {}) };
    }
    const template = one.follows && this.specification(one.follows, one, stack);
    if (one.kind === 'instance') return { ImageId: 'ami-1', ...own, ...(template ? { LaunchTemplate: template } : {}) };
    if (one.kind === 'configuration') return { ImageId: 'ami-1', InstanceType: 't3.micro', ...own };
    const [specification, other] = [template ?? { LaunchTemplateId: 'lt-0abc', Version: '1' }, one.mixedWith && this.specification(one.mixedWith, one, stack)];
    if (one.kind === 'fleet') return { LaunchTemplateConfigs: [{ LaunchTemplateSpecification: specification }] };
    if (one.kind === 'nodegroup') {
      const { LaunchTemplateId: Id, LaunchTemplateName: Name, Version } = specification;
      return { ClusterName: 'c', NodeRole: 'r', Subnets: [], LaunchTemplate: { Id, Name, Version } };
    }
    const mixed = { LaunchTemplate: { LaunchTemplateSpecification: specification, Overrides: [{ LaunchTemplateSpecification: other }] } };
    return { MinSize: '0', MaxSize: '1', ...(other ? { MixedInstancesPolicy: mixed } : { LaunchTemplate: specification }) };
  }

  private specification(wanted: Follow, one: Source, stack: Stack): Json {
    const order = this.order();
    const inReach = this.templates.filter((each) => each.in[0] === one.in[0] || (one.in[0] === 'S' && each.in === 'T'))
      .filter((each) => order.indexOf(each.in) <= order.indexOf(one.in));
    const template = inReach[wanted.of % Math.max(inReach.length, 1)];
    // The version of another template than the one that is named makes no sense.
    const known = wanted.by === 'external' || wanted.by === 'parameter' ? undefined : template;
    const version = this.version(wanted.version, known?.resource, one, stack);
    const versioned = version === undefined ? {} : { Version: version };
    if (wanted.by === 'either' && template) {
      const other = inReach[(wanted.of + 1) % inReach.length];
      const id = Fn.conditionIf(this.condition(stack), template.resource.ref, other.resource.ref).toString();
      return { LaunchTemplateId: id, Version: '$Latest' };
    }
    if (wanted.by === 'parameter') return { LaunchTemplateId: this.parameter(stack).valueAsString, ...versioned };
    if (wanted.by === 'external' || !template) return { LaunchTemplateId: 'lt-0def', ...versioned };
    if (wanted.by === 'name' && template.named) return { LaunchTemplateName: template.name, ...versioned };
    const imported = wanted.by === 'import' && template.named && template.in !== one.in;
    return { LaunchTemplateId: imported ? Fn.importValue(template.name) : template.resource.ref, ...versioned };
  }

  private version(wanted: Follow['version'], template: CfnResource | undefined, one: Source, stack: Stack): Json {
    const latest = template?.getAtt('LatestVersionNumber').toString() ?? '$Latest';
    switch (wanted) {
      case 'none': return one.raw ? undefined : '$Latest';
      case 'latest': return latest;
      case 'default': return template?.getAtt('DefaultVersionNumber').toString() ?? '$Default';
      case 'parameter': return this.parameter(stack).valueAsString;
      case 'if': return Fn.conditionIf(this.condition(stack), latest, '1');
      default: return wanted;
    }
  }

  private block({ tokens, endpoint, hops, tags, block }: Options, stack: Stack, raw = false): Json {
    if (block === 'empty') return {};
    const members: Json = {
      ...(tokens && { HttpTokens: this.tokens(tokens, stack) }),
      ...(endpoint && { HttpEndpoint: endpoint === 'if disabled' ? Fn.conditionIf(this.condition(stack, 'D'), 'disabled', 'enabled') : endpoint }),
      ...(hops !== undefined && {
        HttpPutResponseHopLimit: hops === 'if' ? Fn.conditionIf(this.condition(stack, 'D'), 1, 3)
          : hops === 'parameter' ? this.numberParameter(stack).valueAsNumber : hops,
      }),
      ...(tags && { InstanceMetadataTags: tags }),
    };
    if (block === 'if') return Fn.conditionIf(this.condition(stack), members, Fn.ref('AWS::NoValue'));
    if (block === 'if else') return Fn.conditionIf(this.condition(stack), members, { HttpTokens: 'required' });
    const typed = raw ? members : camel(members);
    return block === 'lazy' ? Lazy.any({ produce: () => typed }) : typed;
  }

  private tokens(wanted: typeof TOKENS[number], stack: Stack): Json {
    switch (wanted) {
      case 'if': return Fn.conditionIf(this.condition(stack, 'D'), 'required', 'optional').toString();
      case 'if required': return Fn.conditionIf(this.condition(stack, 'D'), 'required', 'required').toString();
      case 'if no value': return Fn.conditionIf(this.condition(stack, 'D'), 'required', Fn.ref('AWS::NoValue')).toString();
      case 'parameter': return this.parameter(stack).valueAsString;
      case 'safe parameter': return this.parameter(stack, 'Q', { default: 'required', allowedValues: ['required'] }).valueAsString;
      case 'lazy required': return Lazy.string({ produce: () => 'required' });
      case 'lazy optional': return Lazy.string({ produce: () => 'optional' });
      case 'ssm': return '{{resolve:ssm:/tokens}}';
      default: return wanted;
    }
  }

  private escape(resource: CfnResource, one: Source, { how, tokens = 'optional', hops }: Hatch, stack: Stack): void {
    const data = one.kind === 'template' ? 'LaunchTemplateData.' : '';
    const block = { HttpTokens: tokens, ...(hops === undefined ? {} : { HttpPutResponseHopLimit: hops }) };
    const owns = one.kind === 'template' || one.kind === 'instance' || one.kind === 'configuration';
    if (how === 'metadata') return resource.addOverride('Metadata.Note', 'drawn');
    if (how === 'unrelated' || !owns) {
      if (how === 'version' && one.kind === 'group' && !one.mixedWith) return resource.addPropertyOverride('LaunchTemplate.Version', '1');
      return resource.addPropertyOverride(one.kind === 'template' ? 'TagSpecifications' : 'Tags', [{ Key: 'k', Value: tokens }]);
    }
    switch (how) {
      case 'leaf': return resource.addPropertyOverride(`${data}MetadataOptions.HttpTokens`, tokens);
      case 'endpoint leaf': return resource.addPropertyOverride(`${data}MetadataOptions.HttpEndpoint`, 'disabled');
      case 'hops leaf': return resource.addPropertyOverride(`${data}MetadataOptions.HttpPutResponseHopLimit`, hops ?? 2);
      case 'block': return resource.addPropertyOverride(`${data}MetadataOptions`, block);
      case 'block if': return resource.addPropertyOverride(`${data}MetadataOptions`, Fn.conditionIf(this.condition(stack), block, Fn.ref('AWS::NoValue')));
      case 'delete leaf': return resource.addPropertyDeletionOverride(`${data}MetadataOptions.HttpTokens`);
      case 'delete endpoint': return resource.addPropertyDeletionOverride(`${data}MetadataOptions.HttpEndpoint`);
      case 'delete block': return resource.addPropertyDeletionOverride(`${data}MetadataOptions`);
      case 'delete data': return resource.addPropertyDeletionOverride(one.kind === 'template' ? 'LaunchTemplateData' : 'MetadataOptions');
      case 'shared': case 'shared twin': return resource.addPropertyOverride(`${data}MetadataOptions`, this.shared);
      case 'add override': return resource.addOverride(`Properties.${data}MetadataOptions`, block);
      case 'add override data': return one.kind === 'template'
        ? resource.addOverride('Properties.LaunchTemplateData', { MetadataOptions: block, ImageId: 'ami-3' })
        : resource.addOverride('Properties', { MetadataOptions: block });
      case 'unrelated data': return resource.addPropertyOverride(`${data}KeyName`, 'drawn');
      case 'unrelated deletion': return resource.addPropertyDeletionOverride(`${data}ImageId`);
    }
  }

  private condition(stack: Stack, id = 'C'): string {
    const known = stack.node.tryFindChild(id) as CfnCondition | undefined;
    return (known ?? new CfnCondition(stack, id, { expression: Fn.conditionEquals(Fn.ref('AWS::Region'), 'us-east-1') })).logicalId;
  }

  private parameter(stack: Stack, id = 'P', props: { default?: string; allowedValues?: string[] } = { default: 'optional' }): CfnParameter {
    return (stack.node.tryFindChild(id) as CfnParameter | undefined) ?? new CfnParameter(stack, id, { type: 'String', ...props });
  }

  private numberParameter(stack: Stack): CfnParameter {
    return (stack.node.tryFindChild('H') as CfnParameter | undefined) ?? new CfnParameter(stack, 'H', { type: 'Number', default: 3 });
  }
}

/** CloudFormation's spelling in that of the L1, down to the next token. */
function camel(value: Json): Json {
  if (Array.isArray(value)) return value.map(camel);
  if (typeof value !== 'object' || value === null || value.constructor !== Object) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key[0].toLowerCase() + key.slice(1), camel(item)]));
}

// ---------------------------------------------------------------------------------------------------------------------
// CloudFormation, as far as this needs it.

/** The outcome of condition C, which decides about blocks and references, and of D, about single options; the value of parameter P. */
interface Choice { readonly C: boolean; readonly D: boolean; readonly P: 'required' | 'optional' }
const CHOICES: readonly Choice[] = [true, false].flatMap((C) => [true, false].flatMap((D) => (['required', 'optional'] as const).map((P) => ({ C, D, P }))));

/** A reference to a launch template, and the template where it is one of the app. */
interface Followed { readonly place?: Place; readonly latest: boolean }

interface Openness {
  readonly open: boolean;
  /** Also or only because of a launch template, or a version of one, that is not in these templates. */
  readonly unseen: boolean;
  /** The launch templates of the app that are open. */
  readonly through: readonly Place[];
}

/** A value that no interpreter could know. */
const BROKEN = 'broken';

/** Evaluates conditions, parameters and `AWS::NoValue`; references to resources stay. */
function evaluate(value: Json, choice: Choice): Json {
  if (typeof value === 'string') return value.includes('{{resolve:') ? 'optional' : value;
  if (Array.isArray(value)) return value.map((item) => evaluate(item, choice)).filter((item) => item !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  if ('Fn::If' in value) return Object.keys(value).length > 1 ? BROKEN : evaluate(value['Fn::If'][choice[value['Fn::If'][0] as 'C' | 'D'] ? 1 : 2], choice);
  if (value.Ref === 'AWS::NoValue') return undefined;
  if (value.Ref === 'P') return choice.P;
  if (value.Ref === 'Q') return 'required';
  if (value.Ref === 'H') return BROKEN;
  return withoutUndefined(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, evaluate(item, choice)])));
}

interface Place { readonly stack: string; readonly logicalId: string }

/** The templates of one synthesis, evaluated under one choice. */
class Deployment {
  constructor(private readonly templates: Templates, private readonly choice: Choice) {}

  public optionsAt(place: Place): Json {
    const { Type: type, Properties: properties } = this.resource(place);
    const evaluated = evaluate(properties ?? {}, this.choice);
    const parent = type === TYPES.template ? evaluated.LaunchTemplateData : evaluated;
    return parent === BROKEN ? BROKEN : parent?.MetadataOptions ?? {};
  }

  /** What an instance of it starts with: its own options, and the rest from the latest version of its launch template. */
  public effectiveAt(place: Place): Json {
    const own = this.optionsAt(place);
    const [follows] = this.resource(place).Type === TYPES.instance ? this.launchesFrom(place) : [];
    if (own === BROKEN || !follows?.place || !follows.latest) return own;
    const theirs = this.optionsAt(follows.place);
    return theirs === BROKEN ? (own.HttpTokens ? own : BROKEN) : { ...theirs, ...own };
  }

  /** Whether it may launch with IMDSv1; where that is up to something else, through what. */
  public openAt(place: Place): Openness {
    const followed = this.launchesFrom(place);
    const unseen = followed.some(({ place: target, latest }) => !target || !latest);
    if (this.resource(place).Type !== TYPES.group) return { open: isOpen(this.effectiveAt(place)), unseen, through: [] };
    const through = followed.flatMap((each) => each.place && each.latest && isOpen(this.optionsAt(each.place)) ? [each.place] : []);
    return { open: through.length > 0 || unseen, unseen, through };
  }

  public launchesFrom(place: Place): Followed[] {
    const properties = evaluate(this.resource(place).Properties ?? {}, this.choice);
    const policy = properties.MixedInstancesPolicy?.LaunchTemplate;
    const overrides: Json[] = policy?.Overrides ?? [];
    const specifications = [properties.LaunchTemplate, ...[policy, ...overrides].map((each) => each?.LaunchTemplateSpecification)]
      .filter((each) => each !== undefined);
    return specifications.map((each: Json) => ({
      place: this.target(each.LaunchTemplateId ?? each.LaunchTemplateName, place.stack),
      latest: each.Version === '$Latest' || this.attribute(each.Version, place.stack) === 'LatestVersionNumber',
    }));
  }

  private resource({ stack, logicalId }: Place): Json {
    return this.templates[stack].Resources[logicalId];
  }

  private target(value: Json, stack: string): Place | undefined {
    if (typeof value === 'string') {
      return this.places().find((place) => evaluate(this.resource(place).Properties ?? {}, this.choice).LaunchTemplateName === value);
    }
    if (typeof value?.Ref === 'string' && this.templates[stack].Resources?.[value.Ref]) return { stack, logicalId: value.Ref };
    return this.passedOn(value, stack, (passed, from) => this.target(passed, from));
  }

  private attribute(value: Json, stack: string): string | undefined {
    const [logicalId, attribute] = value?.['Fn::GetAtt'] ?? [];
    if (this.templates[stack].Resources?.[logicalId]?.Type === TYPES.template) return attribute;
    return this.passedOn(value, stack, (passed, from) => this.attribute(passed, from));
  }

  /** Follows exports, and the parameters and outputs of nested stacks. */
  private passedOn<T>(value: Json, stack: string, ask: (value: Json, stack: string) => T | undefined): T | undefined {
    if (typeof value?.Ref === 'string' && stack.endsWith('/N')) {
      const parent = stack.slice(0, -2);
      const nested: Json = Object.values(this.templates[parent].Resources).find((resource: Json) => resource.Type === 'AWS::CloudFormation::Stack');
      const passed = nested.Properties.Parameters?.[value.Ref];
      return passed === undefined ? undefined : ask(passed, parent);
    }
    const [, attribute] = value?.['Fn::GetAtt'] ?? [];
    const isOutput = typeof attribute === 'string' && attribute.startsWith('Outputs.');
    const output = isOutput ? this.templates[`${stack}/N`]?.Outputs?.[attribute.slice(8)] : undefined;
    if (output) return ask(output.Value, `${stack}/N`);
    const exported = value?.['Fn::ImportValue'];
    for (const [path, { Outputs: outputs = {} }] of Object.entries(this.templates)) {
      for (const each of Object.values<Json>(outputs)) if (exported !== undefined && each.Export?.Name === exported) return ask(each.Value, path);
    }
    return undefined;
  }

  private places(): Place[] {
    return Object.entries(this.templates).flatMap(([stack, { Resources: resources = {} }]) =>
      Object.keys(resources).map((logicalId) => ({ stack, logicalId })));
  }
}

function isOpen(block: Json): boolean {
  return block === BROKEN || (block.HttpTokens !== 'required' && block.HttpEndpoint !== 'disabled');
}

// ---------------------------------------------------------------------------------------------------------------------
// The properties.

interface Synthesis extends Outcome {
  readonly built: Built;
  readonly warned: Warning[];
  readonly changed: Change[];
}

function synthesize(built: Built): Synthesis {
  const result = outcome(built.app);
  const assembly = new CloudAssembly(built.app.outdir);
  const said = { warned: warnings(assembly), changed: changes(assembly) };
  fs.rmSync(built.app.outdir, { recursive: true, force: true });
  return { ...result, built, ...said };
}

function bare(tree: Description): Templates {
  const { app } = new Built(tree);
  app.synth();
  const templates = templatesOf(app);
  fs.rmSync(app.outdir, { recursive: true, force: true });
  return templates;
}

const OWN_OPTIONS = [TYPES.instance, TYPES.template, TYPES.configuration];

interface LaunchSource extends Place {
  readonly path: string;
  readonly resource: CfnResource;
}

/** Every launch source of a type that owes IMDSv2, where it stands in the templates. */
function launchSources({ app }: Built, types = [...OWN_OPTIONS, TYPES.group]): LaunchSource[] {
  return app.node.findAll().filter((construct): construct is CfnResource => CfnResource.isCfnResource(construct))
    .filter((resource) => types.includes(resource.cfnResourceType))
    .map((resource) => ({
      stack: resource.stack.node.path,
      logicalId: resource.stack.resolve(resource.logicalId),
      path: resource.node.path,
      resource,
    }));
}

function isExempt(resource: CfnResource, ...ids: RuleName[]): boolean {
  return resource.node.scopes.some((scope) => scope.node.metadata.some(({ type, data }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY
    && ids.some((id) => `cdk-imdsv2::${id}` in (data as object))));
}

function isFound({ findings, suppressed }: Synthesis, path: string): boolean {
  return [...findings, ...suppressed].some((violation) => violation.path === path || violation.description.includes(`'${path}'`));
}

/** Named in a warning that is not the announcement of an edit. */
function isWarned({ warned }: Synthesis, path: string, ...ids: RuleName[]): boolean {
  return warned.some((warning) => warning.path === path && !warning.message.includes('and deploying that')
    && ids.some((id) => warning.id === `cdk-imdsv2::${id}`));
}

function isExcused(result: Synthesis, place: LaunchSource, { unseen, through }: Openness): boolean {
  const { path, resource } = place;
  if (isFound(result, path) || isExempt(resource, 'tokens')) return true;
  if (resource.cfnResourceType === TYPES.template) {
    return isWarned(result, path, 'launch-template-follower') || isExempt(resource, 'launch-template-follower');
  }
  if (unseen && !isWarned(result, path, 'launch-template-follower', 'external-launch-template')
    && !isExempt(resource, 'external-launch-template', 'launch-template-follower')) return false;
  const others = launchSources(result.built);
  return (unseen || through.length > 0) && through.every(({ stack, logicalId }) => {
    const other = others.find((each) => each.stack === stack && each.logicalId === logicalId)!;
    return isFound(result, other.path) || isExempt(other.resource, 'tokens', 'launch-template-follower');
  });
}

/** A template without its metadata options, and without the hashes of the templates nested in it. */
function stripped(value: Json): Json {
  if (typeof value === 'string') return value.replace(/[0-9a-f]{64}/g, 'HASH');
  if (Array.isArray(value)) return value.map(stripped);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([key]) => key !== 'MetadataOptions').map(([key, item]) => [key, stripped(item)] as const);
  return Object.fromEntries(members.filter(([, item]) => JSON.stringify(item) !== '{}').sort(([a], [b]) => a < b ? -1 : 1));
}

function check(tree: fc.Arbitrary<Description>, property: (tree: Description) => void): void {
  fc.assert(fc.property(tree, property), { numRuns: RUNS, seed: SEED, endOnFailure: false, verbose: 0 });
}

function expectAll(problems: string[]): void {
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

/** The conditions, parameters and resources that a template names and does not have. */
function dangling({ Conditions: conditions = {}, Parameters: parameters = {}, Resources: resources = {} }: Json): string[] {
  const names = new Set<string>();
  JSON.stringify(resources, (key, value) => {
    if (key === 'Fn::If' && !(value[0] in conditions)) names.add(value[0]);
    if (key === 'Ref' && !value.startsWith('AWS::') && !(value in parameters) && !(value in resources)) names.add(value);
    return value;
  });
  return [...names];
}

/** A block that may be open under one choice is edited as a whole. */
function isOpenSomewhere(templates: Templates, place: Place): boolean {
  return CHOICES.some((choice) => isOpen(new Deployment(templates, choice).effectiveAt(place)));
}

function staysOpenNowhere(tree: Description): void {
  const before = bare(tree);
  const result = synthesize(new Built(tree).require());
  const { built, templates } = result;
  const problems: string[] = [];

  if (JSON.stringify(stripped(templates)) !== JSON.stringify(stripped(before))) {
    problems.push(`something outside of metadata options changed:\n${JSON.stringify(stripped(before))}\n${JSON.stringify(stripped(templates))}`);
  }

  for (const [path, template] of Object.entries(templates)) {
    for (const name of dangling(template)) problems.push(`${path} names ${name}, which it does not have`);
  }

  for (const choice of CHOICES) {
    const [was, is] = [new Deployment(before, choice), new Deployment(templates, choice)];
    for (const place of launchSources(built)) {
      const openness = is.openAt(place);
      const reached = built.reaches(place.stack as ScopeName);
      // A stage out of reach is a finding where something in it is open, not where something outside of the app decides.
      const counts = reached || (tree.aspect === 'app' && !openness.unseen);
      if (openness.open && counts && !isExcused(result, place, openness)) problems.push(`open in silence: ${described(place, choice, templates)}`);
      if (place.resource.cfnResourceType === TYPES.group) continue;

      const [old, now] = [was.optionsAt(place), is.optionsAt(place)];
      if (isExempt(place.resource, 'tokens') && old.HttpTokens !== now.HttpTokens) problems.push(`exempt and edited: ${described(place, choice, templates)}`);
      if (!reached && JSON.stringify(old) !== JSON.stringify(now)) problems.push(`out of scope and edited: ${described(place, choice, templates)}`);
      const [oldEffect, newEffect] = [was.effectiveAt(place), is.effectiveAt(place)];
      if (oldEffect === BROKEN || newEffect === BROKEN) continue;
      for (const kept of ['HttpEndpoint', 'HttpProtocolIpv6', 'InstanceMetadataTags']) {
        if (oldEffect[kept] !== newEffect[kept]) problems.push(`${kept} was ${oldEffect[kept]}: ${described(place, choice, templates)}`);
      }
    }
  }
  expectAll(problems);
}

function raisesNoHopLimit(tree: Description): void {
  const before = bare(tree);
  const result = synthesize(new Built(tree).require());
  const { hopLimit, containerHostHopLimit } = tree.props;
  const largest = Math.max(hopLimit ?? 64, containerHostHopLimit ?? 2);
  const problems: string[] = [];
  for (const choice of CHOICES) {
    const [was, is] = [new Deployment(before, choice), new Deployment(result.templates, choice)];
    for (const place of launchSources(result.built, OWN_OPTIONS)) {
      const [old, now] = [was.effectiveAt(place), is.effectiveAt(place)];
      if (old === BROKEN || now === BROKEN || old.HttpEndpoint === 'disabled') continue;
      const exempt = isExempt(place.resource, 'hop-limit', 'launch-template-follower') || isWarned(result, place.path, 'launch-template-follower');
      const owes = result.built.reaches(place.stack as ScopeName) && !exempt && !isFound(result, place.path);
      const own = is.optionsAt(place).HttpPutResponseHopLimit;
      if (own === BROKEN && hopLimit !== undefined && owes && !isExempt(place.resource, 'tokens')) {
        problems.push(`not known to be allowed: ${described(place, choice, result.templates)}`);
      }
      // Whoever deploys chooses it, so there is no telling a smaller from a larger one.
      if (old.HttpPutResponseHopLimit === BROKEN) continue;
      const [from, to] = [old.HttpPutResponseHopLimit, now.HttpPutResponseHopLimit].map((limit) => limit === undefined ? undefined : Number(limit));
      const problem = (what: string) => problems.push(`${what}, ${from} became ${to}: ${described(place, choice, result.templates)}`);
      if (from !== undefined && (to === undefined || to > from)) problem('raised');
      // That the same condition chooses in an instance and in its launch template is more than anybody has to see.
      const wasRequired = !isOpen(old) && !isOpenSomewhere(before, place) && was.launchesFrom(place).length === 0;
      if (from === undefined && to !== undefined && to > 1 && wasRequired) problem('a required one got a larger limit');
      const isHost = from === undefined && to === 2;
      if (hopLimit === undefined && containerHostHopLimit === undefined && from !== to && !isHost) problem('changed without the prop');
      // What is exempt is left as it is, its inherited hop limit included.
      const limit = isExempt(place.resource, 'tokens') ? own : to;
      if (limit !== undefined && Number(limit) > largest && owes) problem(`above ${largest}`);
    }
  }
  expectAll(problems);
}

function changesNothingAgain(tree: Description): void {
  const once = synthesize(new Built(tree).require());
  const twice = synthesize(new Built(tree).require().requireAgain());
  expect(twice.templates).toEqual(once.templates);
  const named = ({ findings }: Outcome) => findings.map(({ rule, path }) => `${rule} ${path}`).sort();
  expect(named(twice)).toEqual(named(once));
}

function onlyReports(tree: Description): void {
  const result = synthesize(new Built(tree).require(true));
  expect(result.error).toBeUndefined();
  expect(JSON.stringify(result.templates)).toBe(JSON.stringify(bare(tree)));
  const edits = ({ changed }: Synthesis) => changed.map(({ reportOnly: _, ...edit }) => JSON.stringify(edit)).sort();
  expect(edits(result)).toEqual(edits(synthesize(new Built(tree).require())));
}

function described({ path, stack, logicalId }: Place & { readonly path: string }, choice: Choice, templates: Templates): string {
  return `${path} where ${JSON.stringify(choice)} is ${JSON.stringify(templates[stack].Resources[logicalId].Properties)}`;
}

describe(`for every app (seed ${SEED})`, () => {
  test('no launch source stays open in silence, and nothing but metadata options changes', () => {
    check(description, staysOpenNowhere);
  });

  test('no explicit hop limit is raised, and without the props none changes', () => {
    // What values a parameter allows is not looked at before an edit.
    const known = ({ options: drawn, ...one }: Source): Source =>
      withoutUndefined({ ...one, options: drawn?.tokens === 'safe parameter' ? { ...drawn, tokens: 'required' } : drawn });
    check(description.map((tree): Description =>
      ({ ...tree, sources: tree.sources.map(known), aspect: tree.aspect === 'app' ? 'everywhere' : tree.aspect })), raisesNoHopLimit);
  });

  test('applying it again changes nothing', () => {
    check(description, changesNothingAgain);
  });

  test('reportOnly writes the very same templates, fails nothing, and lists the edits that would be made', () => {
    check(description, onlyReports);
  });
});

describe('what random apps have found', () => {
  const app = (sources: Source[], props: Description['props'] = {}): Description => ({ sources, exemptScopes: [], aspect: 'everywhere', props });
  const follows = (version: Follow['version']): Follow => ({ of: 0, by: 'ref', version });

  test('a group whose template version is a parameter is not taken for one that follows the latest', () => {
    staysOpenNowhere(app([{ kind: 'template', in: 'S', hatches: [] }, { kind: 'group', in: 'S', hatches: [], follows: follows('parameter') }]));
  });

  test('an instance whose template version is a parameter does not inherit what an earlier version may not say', () => {
    staysOpenNowhere(app([
      { kind: 'template', in: 'S', options: { tokens: 'required' }, hatches: [] },
      { kind: 'instance', in: 'S', hatches: [], follows: follows('parameter') },
    ]));
  });

  test.each<[name: string, template: Partial<Source>]>([
    ['data under a condition', { options: { hops: 1 }, data: 'if' }],
    ['a block under a condition', { options: { hops: 1, block: 'if' } }],
  ])('an instance does not get a larger hop limit than its launch template sets in %s', (_, template) => {
    raisesNoHopLimit(app([
      { kind: 'template', in: 'S', hatches: [], ...template },
      { kind: 'instance', in: 'S', hatches: [], follows: follows('latest') },
    ], { hopLimit: 5 }));
  });

  test('an instance with a block under a condition does not get a larger hop limit than its launch template sets', () => {
    raisesNoHopLimit(app([
      { kind: 'template', in: 'S', options: { hops: 1 }, hatches: [] },
      { kind: 'instance', in: 'S', options: { tokens: 'optional', block: 'if' }, hatches: [], follows: follows('latest') },
    ], { hopLimit: 5 }));
  });

  test.each<NonNullable<Source['data']>>(['lazy', 'if'])('what an escape hatch deleted of launch template data (%s) stays deleted', (data) => {
    staysOpenNowhere(app([{ kind: 'template', in: 'S', data, hatches: [{ how: 'delete data' }] }]));
  });

  test('an instance that inherits required tokens gets a hop limit of its own where its launch template may not be changed', () => {
    const tree = app([
      { kind: 'template', in: 'S', options: { tokens: 'required', hops: 64 }, hatches: [] },
      { kind: 'instance', in: 'S', hatches: [], follows: follows('latest') },
    ], { hopLimit: 2 });
    raisesNoHopLimit(tree);
    const { findings, warned } = synthesize(new Built(tree).require());
    expect(findings).toEqual([]);
    expect(warned.map(({ path, id }) => `${id} ${path}`)).toContain('cdk-imdsv2::launch-template-follower S/T0');
  });

  test.each<Description['props']>([
    {}, { containerHostHopLimit: 1 }, { hopLimit: 2 },
  ])('reportOnly lists no edit of an instance that would inherit the edit of its launch template: %j', (props) => {
    onlyReports(app([
      { kind: 'template', in: 'S', hatches: [] },
      { kind: 'instance', in: 'S', hatches: [], follows: follows('latest') },
    ], { ...props, replaceResources: true }));
  });

  test('reportOnly lists the hop limit that an instance gets beside a container host of the same launch template', () => {
    onlyReports(app([
      { kind: 'template', in: 'S', hatches: [] },
      { kind: 'instance', in: 'S', hatches: [], follows: follows('$Latest') },
      { kind: 'nodegroup', in: 'S', hatches: [], follows: follows('$Latest') },
    ]));
  });

  test('an instance of the literal version $Latest gets options of its own, because nothing else reaches the one that runs', () => {
    const { templates } = synthesize(new Built(app([
      { kind: 'template', in: 'S', hatches: [] },
      { kind: 'instance', in: 'S', hatches: [], follows: follows('$Latest') },
    ])).require());
    expect(templates.S.Resources.I1.Properties.MetadataOptions).toEqual({ HttpTokens: 'required' });
  });

  test('what only its own stack can name is not copied into another', () => {
    staysOpenNowhere(app([
      { kind: 'template', in: 'T', options: { hops: 'if', tags: 'enabled' }, hatches: [] },
      { kind: 'instance', in: 'S', hatches: [], follows: follows('latest') },
    ]));
  });

  test('an instance of one of two launch templates keeps the hop limit of each', () => {
    raisesNoHopLimit({
      ...app([
        { kind: 'template', in: 'T', options: { hops: 1 }, hatches: [] },
        { kind: 'template', in: 'T', options: { hops: 3 }, hatches: [] },
        { kind: 'instance', in: 'S', hatches: [], follows: { ...follows('$Latest'), by: 'either' } },
      ]),
      aspect: 'stack S',
    });
  });

  test.each<Partial<Source>>([
    { kind: 'instance' }, { kind: 'template' }, { kind: 'template', data: 'if' },
  ])('a required hop limit that a parameter decides is a finding where hops are limited: %j', (drawn) => {
    const unknown: Options = { tokens: 'required', hops: 'parameter' };
    raisesNoHopLimit(app([{ kind: 'instance', in: 'S', options: unknown, hatches: [], ...drawn }], { hopLimit: 2 }));
  });

  test('a resource of a nested stack is not taken for the one of its parent with the same logical id', () => {
    raisesNoHopLimit({
      ...app([
        { kind: 'instance', in: 'S', options: { tokens: 'required', hops: 'parameter' }, hatches: [] },
        { kind: 'instance', in: 'S/N', hatches: [], exempt: 'hop-limit' },
      ], { hopLimit: 2 }),
      nestedFirst: true,
    });
  });

  test('a group of which one launch template is exempt and another out of scope is a finding', () => {
    staysOpenNowhere({
      ...app([
        { kind: 'template', in: 'T', hatches: [] },
        { kind: 'template', in: 'S', hatches: [], exempt: 'tokens' },
        { kind: 'group', in: 'S', hatches: [], follows: { ...follows('latest'), of: 1 }, mixedWith: follows('latest') },
      ]),
      aspect: 'stack S',
    });
  });
});
