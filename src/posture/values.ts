import type { Assembly } from './assembly';
import { sharedName } from './shared-name';
import { declared, isNestedStack, section, type Found, type TemplateDocument, type TemplateResource } from './template-document';
import { launchSourceOf } from '../launch-sources/catalog';
import { assume, MAX_CASES, NO_ASSUMPTIONS, type Under } from '../launch-sources/paired-version';
import { callOf, getAttOf, hasFunction, ifBranches, isDynamicReference, isNoValue, isStruct, outcomesOf, valueAt, type Json } from '../private/json';
import { piecesOf } from '../private/substitution';

/** Functions within functions, beyond which nothing is read. */
const MAX_DEPTH = 50;
/** No name or option is longer; variables that repeat variables would be. */
const MAX_TEXT = 4096;

/** Steps towards the cases of a value, beyond which they are not told apart either. */
const MAX_STEPS = 4096;

/** A value at its place, and what it was found to be. */
interface Entry extends Found {
  outcomes?: readonly Found[];
}

/** Follows values through everything that decides them: functions, parameters, mappings, and the other templates. */
export class Values {
  private readonly entries = new WeakMap<TemplateDocument, WeakMap<object, Entry>>();
  private depth = 0;

  constructor(protected readonly assembly: Assembly) {}

  /** Everything that `value` can turn out to be; what cannot be followed further is there as it is written. */
  public outcomes(value: Json, document: TemplateDocument): readonly Found[] {
    const start = this.entry({ value, document });
    if (start.outcomes) return start.outcomes;
    if (!isStruct(value) || this.depth > MAX_DEPTH) return [start];
    // What leads back to itself leads nowhere.
    start.outcomes = [start];
    this.depth++;
    start.outcomes = this.follow(start);
    this.depth--;
    return start.outcomes;
  }

  /** The same, each with the conditions under which it holds; without them where there are too many. */
  public cases(value: Json, document: TemplateDocument): ReadonlyArray<Under<Found>> {
    const cases: Array<Under<Found>> = [];
    const pending: Array<Under<Found>> = [{ outcome: { value, document }, under: NO_ASSUMPTIONS }];
    for (let steps = 0; pending.length > 0; steps++) {
      if (steps > MAX_STEPS || cases.length + pending.length > MAX_CASES) {
        return this.outcomes(value, document).map((outcome) => ({ outcome, under: NO_ASSUMPTIONS }));
      }
      const next = pending.pop()!;
      const further = this.chosen(next) ?? this.step(next.outcome)?.map((outcome) => ({ outcome, under: next.under }));
      if (!further) cases.push(next);
      else for (let i = further.length - 1; i >= 0; i--) pending.push(further[i]);
    }
    return cases;
  }

  /** The one text that `value` turns out to be, or undefined where there may be others. */
  public text(value: Json, document: TemplateDocument): string | undefined {
    const texts = this.texts(value, document);
    return texts?.length === 1 ? texts[0] : undefined;
  }

  /** The launch source or nested stack that a reference names. */
  public resourceAt({ value, document }: Found): TemplateResource | undefined {
    const named = isStruct(value) && typeof value.Ref === 'string' ? value.Ref : undefined;
    const resource = this.assembly.resource(named ?? getAttOf(value)?.[0] ?? '', document);
    // What a text launches has no name that anything could launch from.
    if (!resource || launchSourceOf(resource.body.Type)?.embedded !== undefined) return undefined;
    // An attribute of a nested stack is what stands in its outputs.
    return named === undefined && isNestedStack(resource.body.Type) ? undefined : resource;
  }

  /** One step towards what a value stands for; undefined where it leads nowhere. */
  public step({ value, document }: Found): readonly Found[] | undefined {
    const call = callOf(value);
    switch (call?.name) {
      case 'Ref': return typeof call.argument === 'string' ? this.reference(call.argument, document) : undefined;
      case 'Fn::If': return this.branches(value, document);
      case 'Fn::GetAtt': return this.attribute(value, document);
      case 'Fn::Sub': return this.substitution(call.argument, document);
      case 'Fn::FindInMap': return this.mapped(call.argument, document);
      case 'Fn::Select': return this.selected(call.argument, document);
      case 'Fn::ImportValue': return this.imported(call.argument, document);
      case 'Fn::GetStackOutput': return this.stackOutput(call.argument, document);
      default: return undefined;
    }
  }

  /** The values that a parameter can have, or undefined if it may have others. */
  protected parameter(name: string, document: TemplateDocument): readonly Json[] | undefined {
    const allowed = valueAt(declared(name, document), ['AllowedValues']);
    return Array.isArray(allowed) && allowed.length > 0 ? allowed : undefined;
  }

  /** Whether a condition holds, or undefined where only the deployment knows. */
  protected holds(_condition: Json, _document: TemplateDocument): boolean | undefined {
    return undefined;
  }

  private follow(start: Entry): readonly Found[] {
    const outcomes: Found[] = [];
    const seen = new Set<Found>();
    const pending = [start];
    for (let next = pending.pop(); next; next = pending.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      const further = this.step(next);
      if (!further) outcomes.push(next);
      else for (let i = further.length - 1; i >= 0; i--) pending.push(this.entry(further[i]));
    }
    return outcomes.length > 0 ? outcomes : [start];
  }

  /** The same object for the same value at the same place. */
  private entry(found: Found): Entry {
    if (!isStruct(found.value)) return found;
    let entries = this.entries.get(found.document);
    if (!entries) this.entries.set(found.document, entries = new WeakMap());
    let entry = entries.get(found.value);
    if (!entry) entries.set(found.value, entry = found);
    return entry;
  }

  /** The branches of a condition that nothing else has decided, each under its assumption. */
  private chosen({ outcome: { value, document }, under }: Under<Found>): Array<Under<Found>> | undefined {
    const choice = ifBranches(value);
    if (!choice || this.holds(choice.condition, document) !== undefined) return undefined;
    const condition = `${document.id}\0${JSON.stringify(choice.condition)}`;
    const [yes, no] = choice.branches.map((branch) => ({ value: branch, document }));
    const assumed = under.get(condition);
    return assumed === undefined
      ? [{ outcome: yes, under: assume(under, condition, true) }, { outcome: no, under: assume(under, condition, false) }]
      : [{ outcome: assumed ? yes : no, under }];
  }

  private branches(value: Json, document: TemplateDocument): Found[] | undefined {
    const choice = ifBranches(value);
    if (!choice) return undefined;
    const holds = this.holds(choice.condition, document);
    const branches = holds === undefined ? choice.branches : [choice.branches[holds ? 0 : 1]];
    return branches.map((branch) => ({ value: branch, document }));
  }

  private reference(name: string, document: TemplateDocument): Found[] | undefined {
    if (this.assembly.resource(name, document)) return undefined;
    const passed = this.assembly.passed(name, document);
    return passed ? [passed] : this.parameter(name, document)?.map((value) => ({ value, document }));
  }

  private attribute(value: Json, document: TemplateDocument): Found[] | undefined {
    const [name, attribute] = getAttOf(value) ?? [];
    if (name === undefined || attribute === undefined) return undefined;
    const resource = this.assembly.resource(name, document);
    if (!resource) return this.reference(name, document);
    return isNestedStack(resource.body.Type) ? this.assembly.nestedOutput(document, name, attribute.replace(/^Outputs\./, '')) : undefined;
  }

  private substitution(argument: Json, document: TemplateDocument): Found[] | undefined {
    const pieces = piecesOf(argument);
    if (pieces?.length === 1 && 'value' in pieces[0]) return [{ value: pieces[0].value, document }];
    let text = '';
    for (const piece of pieces ?? [{ value: undefined }]) {
      const next = 'text' in piece ? piece.text : this.text(piece.value, document);
      if (next === undefined || text.length > MAX_TEXT) return undefined;
      text += next;
    }
    return [{ value: text, document }];
  }

  /** What a mapping says under the keys; under a key that is not known, everything that it says. */
  private mapped(argument: Json, document: TemplateDocument): Found[] | undefined {
    if (!Array.isArray(argument)) return undefined;
    const name = this.text(argument[0], document);
    const mapping = name === undefined ? undefined : section(document, 'Mappings')[name];
    const entries = this.below(mapping, argument[1], document);
    // A macro, such as AWS::Include, may bring more of them than are written.
    if (!isStruct(mapping) || [mapping, ...entries].some((map) => isStruct(map) && hasFunction(map))) return undefined;
    const fallback = valueAt(argument[3], ['DefaultValue']);
    const found = entries.flatMap((entry) => this.below(entry, argument[2], document));
    // The default is for keys that are not there: among keys that are not known there may be such a one.
    const asked = argument.slice(1, 3).reduce<number>((product, key) => product * (this.texts(key, document)?.length ?? Infinity), 1);
    const values = fallback === undefined || found.length === asked ? found : [...found, fallback];
    return values.length > 0 ? values.map((value) => ({ value, document })) : undefined;
  }

  private below(map: Json, key: Json, document: TemplateDocument): Json[] {
    if (!isStruct(map)) return [];
    const known = this.texts(key, document);
    return known ? known.filter((name) => Object.hasOwn(map, name)).map((name) => map[name]) : Object.values(map);
  }

  /** The texts that `value` can turn out to be, or undefined where it may be something else. */
  private texts(value: Json, document: TemplateDocument): string[] | undefined {
    const texts = new Set<string>();
    for (const outcome of this.outcomes(value, document)) {
      const text = textOf(outcome.value);
      if (text === undefined) return undefined;
      texts.add(text);
    }
    return [...texts];
  }

  private selected(argument: Json, document: TemplateDocument): Found[] | undefined {
    if (!Array.isArray(argument) || !Array.isArray(argument[1])) return undefined;
    const index = Number(this.text(argument[0], document));
    const upTo: Json[] = argument[1].slice(0, index + 1);
    // What is absent makes room for what comes after it.
    const moves = upTo.some((item) => outcomesOf(item).some(isNoValue));
    return index in argument[1] && !moves ? [{ value: argument[1][index], document }] : undefined;
  }

  /** An output of a stack of the same account and region: one of the same name may stand in others. */
  private stackOutput(argument: Json, document: TemplateDocument): readonly Found[] | undefined {
    const { StackName: stack, OutputName: output, Region: region, RoleArn: role } = isStruct(argument) ? argument : {};
    if (typeof stack !== 'string' || role !== undefined || !isRegionOf(document, region)) return undefined;
    const name = this.text(output, document);
    return name === undefined ? undefined : unlessNone(this.assembly.stackOutput(stack, name, document));
  }

  private imported(argument: Json, document: TemplateDocument): readonly Found[] | undefined {
    const name = sharedName(argument, document, (value) => this.text(value, document));
    return name === undefined ? undefined : unlessNone(this.assembly.exported(name, document));
  }
}

function unlessNone(found: readonly Found[]): readonly Found[] | undefined {
  return found.length > 0 ? found : undefined;
}

/** Whether a region is the one that a template is deployed to; without one, it is. */
function isRegionOf({ environment = '' }: TemplateDocument, region: Json): boolean {
  return region === undefined || (isStruct(region) && region.Ref === 'AWS::Region') || (typeof region === 'string' && environment.endsWith(`/${region}`));
}

function textOf(value: Json): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  // A loop variable may still stand in it.
  return typeof value === 'string' && !isDynamicReference(value) && !/[$&]\{/.test(value) ? value : undefined;
}
