import { execFileSync } from 'child_process';
import * as fs from 'fs';
import { tmpdir } from 'os';
import * as path from 'path';
import type { Assembly, Method, Parameter, Property, Type, TypeReference } from '@jsii/spec';

const ROOT = path.resolve(__dirname, '../..');

/** The API as jsii knows it: what the build left, or where that is missing or older than a source, compiled in a scratch folder. */
export function currentAssembly(): Assembly {
  const built = path.join(ROOT, '.jsii');
  const sources = ['package.json', ...filesBelow('src')].map((file) => fs.statSync(path.join(ROOT, file)).mtimeMs);
  if (fs.existsSync(built) && fs.statSync(built).mtimeMs >= Math.max(...sources)) return read(built);
  const scratch = fs.mkdtempSync(path.join(tmpdir(), 'api-'));
  try {
    for (const entry of ['src', 'package.json', 'tsconfig.json', 'README.md', 'LICENSE']) {
      fs.cpSync(path.join(ROOT, entry), path.join(scratch, entry), { recursive: true });
    }
    fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(scratch, 'node_modules'));
    execFileSync(path.join(ROOT, 'node_modules/.bin/jsii'), ['--silence-warnings=reserved-word'], { cwd: scratch, stdio: ['ignore', process.stderr, process.stderr] });
    return read(path.join(scratch, '.jsii'));
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

/** Something public that has a name, where it stands, and what is written about it. */
export interface Named {
  readonly at: string;
  readonly name: string;
  readonly what: 'type' | 'enum member' | 'constant' | 'property' | 'method' | 'constructor' | 'parameter';
  readonly docs: NonNullable<Type['docs']>;
  /** Whose it is; of a parameter, its method's. */
  readonly owner: Type;
  readonly optional?: boolean;
  readonly type?: TypeReference;
}

/** Everything public, as a flat list. */
export function namesOf({ types = {} }: Assembly): Named[] {
  return Object.values(types).flatMap((owner) => {
    const named = (what: Named['what'], member: Partial<Method & Property & Parameter>, name = member.name!, of = owner.name): Named => ({
      at: what === 'type' ? name : `${of}.${name}`, name, what, owner, docs: member.docs ?? {}, optional: member.optional, type: member.type ?? member.returns?.type,
    });
    const withParameters = (what: 'method' | 'constructor', method: Partial<Method>, name = method.name!): Named[] => [
      named(what, method, name),
      ...(method.parameters ?? []).map((parameter) => named('parameter', parameter, parameter.name, `${owner.name}.${name}`)),
    ];
    return [
      named('type', owner),
      ...owner.kind === 'enum' ? owner.members.map((member) => named('enum member', member)) : [
        ...(owner.properties ?? []).map((property) => named(property.const ? 'constant' : 'property', property)),
        ...(owner.methods ?? []).flatMap((method) => withParameters('method', method)),
        ...owner.kind === 'class' && owner.initializer ? withParameters('constructor', owner.initializer, 'constructor') : [],
      ],
    ];
  });
}

/** A type and what it is made of: the elements of a list or map, the members of a union. */
export function partsOf(type: TypeReference): TypeReference[] {
  if ('collection' in type) return [type, ...partsOf(type.collection.elementtype)];
  if ('union' in type) return [type, ...type.union.types.flatMap(partsOf)];
  return [type];
}

function filesBelow(directory: string): string[] {
  return fs.readdirSync(path.join(ROOT, directory), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name)).map((file) => path.relative(ROOT, file));
}

function read(file: string): Assembly {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}
