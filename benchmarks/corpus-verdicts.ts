import * as fs from 'fs';
import * as path from 'path';
import { CfnResource, type Stack } from 'aws-cdk-lib';
import { NagRuleCompliance, rules } from 'cdk-nag';
import { isSafe, judge } from '../src/posture/judge';
import { TemplateWorld } from '../src/posture/template-world';
import { getAttOf, isStruct, type Json } from '../src/private/json';

const JUDGED_BY_BOTH = ['AWS::EC2::Instance', 'AWS::AutoScaling::AutoScalingGroup'];
const LAUNCH_TEMPLATE = 'AWS::EC2::LaunchTemplate';

/** What both say of one resource. */
export interface Verdict {
  readonly logicalId: string;
  readonly type: string;
  readonly nag: 'passes' | 'fails' | 'throws';
  readonly ours: 'passes' | 'fails';
  /** Why ours is what it is. */
  readonly reason: string;
}

type Template = { [section: string]: any };

/** cdk-nag's EC2IMDSv2Enabled and ours on every instance and group of a stack that was synthesized to a directory. */
export function verdictsOf(stack: Stack, directory: string): Verdict[] {
  const document = { id: 'template', body: JSON.parse(fs.readFileSync(path.join(directory, stack.templateFile), 'utf8')) as Json };
  const world = new TemplateWorld([document]);
  return stack.node.findAll().flatMap((construct): Verdict[] => {
    if (!CfnResource.isCfnResource(construct) || !JUDGED_BY_BOTH.includes(construct.cfnResourceType)) return [];
    const logicalId: string = stack.resolve(construct.logicalId);
    const resource = world.resourcesOf(document).get(logicalId);
    const judgement = resource && judge(resource, world);
    if (!judgement) return [];
    const { posture, reason } = judgement;
    return [{ logicalId, type: construct.cfnResourceType, nag: nagVerdict(construct), ours: isSafe(posture) ? 'passes' : 'fails', reason: `${posture}: ${reason}` }];
  });
}

function nagVerdict(resource: CfnResource): Verdict['nag'] {
  try {
    return rules.ec2.EC2IMDSv2Enabled(resource) === NagRuleCompliance.COMPLIANT ? 'passes' : 'fails';
  } catch {
    return 'throws';
  }
}

/** The same template with one launch template required and the others optional, and the reverse, for each of several. */
export function mutations(template: Json): Template[] {
  const several = withTwins(template);
  const launchTemplates = several ? launchTemplatesOf(several) : [];
  return launchTemplates.flatMap((chosen) => ['required', 'optional'].map((tokens) => {
    const mutated: Template = structuredClone(several!);
    for (const id of launchTemplates) {
      const others = tokens === 'required' ? 'optional' : 'required';
      const data = ((mutated.Resources[id].Properties ??= {}).LaunchTemplateData ??= {});
      data.MetadataOptions = { HttpTokens: id === chosen ? tokens : others };
    }
    return mutated;
  }));
}

/** Few real templates have several launch templates: where there is one alone, it and what follows it get a twin. */
function withTwins(template: Json): Template | undefined {
  const ids = launchTemplatesOf(template);
  if (ids.length !== 1) return ids.length === 0 ? undefined : template as Template;
  const [id] = ids;
  const twins = resourcesOf(template)
    .filter(([name, resource]) => name === id || (JUDGED_BY_BOTH.includes(resource.Type) && JSON.stringify(resource).includes(`{"Ref":"${id}"}`)))
    .map(([name, resource]) => [`${name}Twin`, renamed(resource, id, `${id}Twin`)]);
  const { Resources: resources, ...rest } = template as Template;
  return { ...rest, Resources: { ...resources, ...Object.fromEntries(twins) } };
}

/** A value that refers to another resource in the place of one. */
function renamed(value: Json, from: string, to: string): Json {
  if (Array.isArray(value)) return value.map((item) => renamed(item, from, to));
  if (!isStruct(value)) return value;
  const attribute = getAttOf(value);
  if (attribute?.[0] === from) return { 'Fn::GetAtt': [to, attribute[1]] };
  return value.Ref === from ? { Ref: to } : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renamed(item, from, to)]));
}

function launchTemplatesOf(template: Json): string[] {
  return resourcesOf(template).filter(([, resource]) => resource.Type === LAUNCH_TEMPLATE).map(([id]) => id);
}

/** Whether a resource must pass, where that is plain: it has no options, and follows the latest version of one launch template. */
export function mustPass(template: Template, logicalId: string): boolean | undefined {
  const { Properties: properties = {} } = template.Resources[logicalId];
  const { LaunchTemplateId: id, Version: version } = properties.LaunchTemplate ?? {};
  if (properties.MetadataOptions || properties.MixedInstancesPolicy || typeof id?.Ref !== 'string') return undefined;
  const target = template.Resources[id.Ref];
  if (target?.Type !== LAUNCH_TEMPLATE || getAttOf(version)?.join('.') !== `${id.Ref}.LatestVersionNumber`) return undefined;
  return target.Properties.LaunchTemplateData.MetadataOptions.HttpTokens === 'required';
}

function resourcesOf(template: Json): Array<[string, any]> {
  const resources = isStruct(template) && isStruct(template.Resources) ? template.Resources : {};
  return Object.entries(resources).filter(([, resource]) => isStruct(resource));
}

/** Both, over all templates of the corpus. */
export class VerdictReport {
  private readonly disagreements: string[] = [];
  private compared = 0;
  private mutated = 0;
  private judged = 0;
  private readonly wrong = { nag: 0, ours: 0 };

  public add(name: string, verdicts: readonly Verdict[]): void {
    this.compared += verdicts.length;
    for (const { logicalId, type, nag, ours, reason } of verdicts) {
      if (nag !== ours) this.disagreements.push(`${name}: ${logicalId} (${type}): cdk-nag ${nag}, ours ${ours}, because it is ${reason}`);
    }
  }

  public addMutation(template: Template, verdicts: readonly Verdict[]): void {
    this.mutated += 1;
    for (const { logicalId, nag, ours } of verdicts) {
      const must = mustPass(template, logicalId);
      if (must === undefined) continue;
      this.judged += 1;
      if ((nag === 'passes') !== must) this.wrong.nag += 1;
      if ((ours === 'passes') !== must) this.wrong.ours += 1;
    }
  }

  public get oursWrong(): number {
    return this.wrong.ours;
  }

  public lines(): string[] {
    return [
      `Beside cdk-nag's EC2IMDSv2Enabled: ${this.compared} instances and groups, ${this.disagreements.length} disagreements`,
      ...this.disagreements.map((line) => `  ${line}`),
      `Templates with several launch templates, one required and the others optional, and the reverse: ${this.mutated} mutations, `
      + `${this.judged} verdicts that are plain; wrong: cdk-nag ${this.wrong.nag}, ours ${this.wrong.ours}`,
    ];
  }
}
