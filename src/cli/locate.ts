import { isAlias, isMap, isPair, isScalar, isSeq, type Node, type Pair } from 'yaml';
import { UnreadableTemplate } from '../checks/read-template';
import { keyOf, parseYaml, type ParsedYaml } from '../checks/read-yaml';

/** From 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Finds lines and columns of one template's text. */
export class Locator {
  /** @returns undefined where the text is JSON that the YAML parser does not read, such as what is nested too deeply for it. */
  public static of(text: string): Locator | undefined {
    try {
      return new Locator(parseYaml(text));
    } catch (error) {
      if (error instanceof UnreadableTemplate) return undefined;
      throw error;
    }
  }

  private constructor(private readonly yaml: ParsedYaml) {}

  /** Where a property of a resource stands, or the closest of its parents that is written down. */
  public positionOf(logicalId: string, path: string): Position {
    const resources = this.child(this.yaml.document.contents, 'Resources')?.value;
    const resource = this.resource(resources, logicalId);
    let place: Found | undefined = resource;
    let rest = path;
    while (place && rest !== '') {
      const next: Found | undefined = this.child(place.value, rest);
      if (!next) break;
      rest = rest.slice(next.name.length + 1);
      place = next;
    }
    const { line, col } = this.yaml.lines.linePos(place?.at.range?.[0] ?? 0);
    return { line, column: col };
  }

  private resource(resources: unknown, logicalId: string): Found | undefined {
    if (!isMap(resources)) return undefined;
    for (const pair of resources.items) {
      const name = keyOf(pair.key);
      if (name === logicalId) return found(name, pair);
      // The ids of a loop stand in its third argument.
      const made = name.startsWith('Fn::ForEach::') && isSeq(pair.value) ? this.resource(pair.value.items[2], logicalId) : undefined;
      if (made) return made;
    }
    return undefined;
  }

  /** The child whose name `path` begins with: the longest one, because names may hold dots. */
  private child(node: unknown, path: string): Found | undefined {
    const value = isAlias(node) ? node.resolve(this.yaml.document) : node;
    if (isSeq(value)) {
      const index = /^\d+/.exec(path)?.[0];
      const item = index === undefined ? undefined : value.items[Number(index)];
      return index !== undefined && item && !isPair(item) ? { name: index, at: item as Node, value: item } : undefined;
    }
    if (!isMap(value)) return undefined;
    let longest: Found | undefined;
    for (const pair of value.items) {
      const name = keyOf(pair.key);
      if ((path === name || path.startsWith(`${name}.`)) && name.length >= (longest?.name.length ?? 0)) longest = found(name, pair);
    }
    return longest;
  }
}

interface Found {
  readonly name: string;
  readonly at: Node;
  readonly value: unknown;
}

function found(name: string, { key, value }: Pair): Found {
  return { name, at: (isScalar(key) ? key : value) as Node, value };
}
