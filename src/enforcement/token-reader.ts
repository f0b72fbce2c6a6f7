import {
  CfnElement, DefaultTokenResolver, Intrinsic, Reference, Stack, Tokenization, type IPostProcessor, type IResolvable, type IResolveContext,
} from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { intrinsicOf, isStruct, type Json, type Struct } from '../private/json';

/** Marks a value that could not be resolved before synthesis; judged like a transform. */
export const UNREADABLE: Struct = { 'Fn::Transform': 'unreadable' };

/** Intrinsics whose arguments name things, and hold no text. */
const NAMING = new Set(['Ref', 'Fn::GetAtt', 'Fn::FindInMap', 'Fn::ImportValue']);

/** Stands in for a `Reference` token inside JSON, so that cross-stack references are never resolved too early. */
const PLACEHOLDER = '\u0000reference:';

/** Reads tokens as the JSON they are going to be, and keeps every reference as a placeholder that can be put back. */
export class TokenReader {
  private readonly references: Reference[] = [];
  private readonly resolver = new KeepReferences(this.references);

  /** Puts the references back that reading had replaced, so that the value can be written. */
  public restore(value: Json): Json {
    const token = this.referenceAt(value);
    if (token) return token;
    if (Array.isArray(value)) return value.map((item) => this.restore(item));
    if (!isStruct(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.restore(item)]));
  }

  /** A value for people: references by the name they have in the template. */
  public readable(value: Json): Json {
    const token = this.referenceAt(value);
    if (token) {
      const name = CfnElement.isCfnElement(token.target) ? Stack.of(token.target).resolve(token.target.logicalId) : token.target.node.path;
      return { Ref: token.displayName === 'Ref' ? name : `${name}.${token.displayName}` };
    }
    if (Array.isArray(value)) return value.map((item) => this.readable(item));
    return isStruct(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.readable(item)])) : value;
  }

  /** Every string that `value` can turn into text with, tokens looked into but not rendered: cheap, and in no order. */
  public strings(value: Json, scope: IConstruct, into: string[] = []): string[] {
    if (typeof value === 'string') {
      into.push(value);
      if (value.includes('${Token[')) this.stringsOfTokens(value, scope, into);
    } else if (Reference.isReference(value)) {
      const fallback: Json = (value.target as { default?: Json }).default;
      into.push(typeof fallback === 'string' ? fallback : '');
    } else if (Tokenization.isResolvable(value)) {
      // Looking would make CDK create one more token for every map that is asked.
      if (isMapLookup(value)) return into;
      this.strings(lookInto(value as IResolvable, scope) ?? this.resolve(value, scope), scope, into);
    } else if (Array.isArray(value)) {
      const list = listTokenOf(value);
      if (list) this.strings(list, scope, into);
      else for (const item of value) this.strings(item, scope, into);
    } else if (isStruct(value) && !NAMING.has(intrinsicOf(value) ?? '')) {
      for (const key in value) this.strings(value[key], scope, into);
    }
    return into;
  }

  private stringsOfTokens(value: string, scope: IConstruct, into: string[]): void {
    const fragments = Tokenization.reverseString(value);
    if (fragments.length === 1) this.strings(fragments.firstToken, scope, into);
    else this.strings(fragments.tokens, scope, into);
  }

  /** A typed value in CloudFormation's spelling, references replaced by placeholders. */
  public spell(value: Json, scope: IConstruct): Json {
    if (typeof value === 'string') return value.includes('${Token[') ? this.spellToken(value, scope) : value;
    if (Array.isArray(value) && listTokenOf(value)) return this.spell(this.resolve(value, scope), scope);
    if (Array.isArray(value)) return value.map((item) => this.spell(item, scope));
    if (typeof value === 'number') return Tokenization.reverseNumber(value) ? this.resolve(value, scope) : value;
    if (typeof value !== 'object' || value === null) return value;
    if (Tokenization.isResolvable(value)) return this.spell(this.resolve(value, scope), scope);
    if (intrinsicOf(value)) return this.resolve(value, scope);
    const spelled: { [key: string]: Json } = {};
    for (const [key, item] of Object.entries(value)) {
      if (item !== undefined && item !== null) spelled[key[0].toUpperCase() + key.slice(1)] = this.spell(item, scope);
    }
    return spelled;
  }

  /** Most string tokens are one reference, or a name that nobody gave, and need no resolving to be known. */
  private spellToken(value: string, scope: IConstruct): Json {
    const { length, firstToken } = Tokenization.reverseString(value);
    if (length !== 1) return this.resolve(value, scope);
    if (Reference.isReference(firstToken)) return this.resolver.keep(firstToken);
    return isNothing(firstToken) ? undefined : this.resolve(value, scope);
  }

  public resolve(value: Json, scope: IConstruct): Json {
    try {
      return Tokenization.resolve(value, { scope, resolver: this.resolver, preparing: false });
    } catch {
      // A lazy value may refuse to be read before synthesis; what it writes is judged on the template.
      return UNREADABLE;
    }
  }

  /** The reference that a placeholder stands for. */
  public referenceAt(value: Json): Reference | undefined {
    const ref = isStruct(value) ? value.Ref : undefined;
    return typeof ref === 'string' && ref.startsWith(PLACEHOLDER) ? this.references[Number(ref.slice(PLACEHOLDER.length))] : undefined;
  }
}

/** The context of a look into a token: nothing below it is resolved. */
const LOOKING = { preparing: false, documentPath: [], resolve: (value: Json) => value, registerPostProcessor: () => {} };

/** The token that a list of one encoded string stands for. */
function listTokenOf(value: readonly Json[]): IResolvable | undefined {
  return value.length === 1 && typeof value[0] === 'string' && value[0].startsWith('#{Token[')
    ? Tokenization.reverseList(value as string[])
    : undefined;
}

/** The token of undefined, which an L2 makes of a name that it leaves to CloudFormation. */
function isNothing(token: IResolvable | undefined): boolean {
  return token?.constructor === Intrinsic && (token as { readonly value?: Json }).value === undefined;
}

/** The token of `CfnMapping.findInMap`, which becomes `Fn::FindInMap`: known by its members, its class is private. */
function isMapLookup(token: object): boolean {
  return 'cfnMapping' in token && 'key1' in token && 'key2' in token;
}

/** One level of a token, or undefined where it needs the real context to resolve. */
function lookInto(token: IResolvable, scope: IConstruct): Json {
  try {
    return unsettled(token, () => token.resolve({ ...LOOKING, scope }));
  } catch {
    return undefined;
  }
}

/** What CDK keeps to itself about a lazy value: it keeps the first answer it gives, and `Lazy.string` puts it into a box. */
interface Keeping {
  readonly inner?: Keeping;
  _cached?: Json;
}

/** What `look` sees in a token, which then is as if nobody had looked: what later aspects add must be in its answer too. */
function unsettled<T>(token: IResolvable, look: () => T): T {
  const lazy = (token as Keeping).inner ?? token as Keeping;
  const before = lazy._cached;
  try {
    return look();
  } finally {
    if (lazy._cached !== before) lazy._cached = before;
  }
}

/** Resolves everything but references, which stay as placeholders. */
class KeepReferences extends DefaultTokenResolver {
  private readonly indices = new Map<Reference, number>();

  constructor(private readonly references: Reference[]) {
    super(JOIN);
  }

  public resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): Json {
    if (!Reference.isReference(token)) return unsettled(token, () => super.resolveToken(token, context, postProcessor));
    // Inside `Fn::Sub` a reference is text.
    const resolved = super.resolveToken(token, context, postProcessor);
    return typeof resolved === 'string' ? resolved : this.keep(token);
  }

  public keep(token: Reference): Json {
    const index = this.indices.get(token) ?? this.references.push(token) - 1;
    this.indices.set(token, index);
    return { Ref: `${PLACEHOLDER}${index}` };
  }
}

/** Strings and intrinsics side by side become one `Fn::Join`, as CDK itself writes them. */
const JOIN: ConstructorParameters<typeof DefaultTokenResolver>[0] = {
  join(left: Json, right: Json): Json {
    if (left === undefined) return right;
    if (right === undefined) return left;
    if (typeof left === 'string' && typeof right === 'string') return left + right;
    return { 'Fn::Join': ['', [...parts(left), ...parts(right)]] };
  },
};

function parts(value: Json): Json[] {
  const join = isStruct(value) ? value['Fn::Join'] : undefined;
  return Array.isArray(join) && join[0] === '' && Array.isArray(join[1]) ? join[1] : [value];
}
