import { mkdirSync, readFileSync, writeFileSync } from 'fs';
import { join, resolve } from 'path';
import { deflateRawSync } from 'zlib';
import { build, type Plugin } from 'esbuild';

/** What a bundle may weigh in a zip file. */
const MOST_BYTES = 250_000;

const ROOT = resolve(__dirname, '..');

/** The rooms that have Lambda functions; each has one bundle. */
export const ROOMS = ['account', 'fleet'] as const;

export type Room = typeof ROOMS[number];

/** Where the library looks for a bundle, in a clone and in the packed package. */
export function functionsOf(room: Room): string {
  return join(ROOT, 'lib', room, 'functions');
}

/**
 * Every schema of the SDK's EC2 client would be kept, which is 560 KB of a bundle: names computed from constants might have
 * side effects, as far as esbuild can tell. Written out, what no command uses is dropped.
 */
const shakeSchemas: Plugin = {
  name: 'shake-schemas',
  setup({ onLoad }) {
    onLoad({ filter: /dist-es[\\/]schemas[\\/]schemas_\d+\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const constants = new Map([...source.matchAll(/^const (_\w+) = ("[^"]*");$/gm)].map(([, name, text]) => [name, text]));
      return { contents: source.replace(/\[(_\w+)\]: /g, (computed, name) => constants.has(name) ? `${constants.get(name)}: ` : computed) };
    });
  },
};

/** Bundles the Lambda functions of a room, the SDK inside; returns the bytes of a zipped bundle. */
export async function bundleFunctions(room: Room): Promise<number> {
  const { outputFiles: [bundle] } = await build({
    entryPoints: [join(ROOT, 'src', room, 'functions.lambda.ts')],
    bundle: true,
    minify: true,
    write: false,
    platform: 'node',
    target: 'node24',
    // The client's CommonJS cannot be tree-shaken.
    mainFields: ['module', 'main'],
    plugins: [shakeSchemas],
  });
  mkdirSync(functionsOf(room), { recursive: true });
  writeFileSync(join(functionsOf(room), 'index.js'), bundle.contents);
  const zipped = deflateRawSync(bundle.contents, { level: 9 }).length;
  if (zipped > MOST_BYTES) throw new Error(`the bundle of the Lambda functions in src/${room} is too large: got ${zipped} bytes zipped, expected at most ${MOST_BYTES}`);
  return zipped;
}

/** All of them. */
export async function bundleAll(): Promise<void> {
  for (const room of ROOMS) {
    const zipped = await bundleFunctions(room);
    if (require.main === module) console.log(`Lambda functions of ${room}: ${(zipped / 1000).toFixed(0)} KB zipped, of at most ${MOST_BYTES / 1000} KB`);
  }
}

if (require.main === module) void bundleAll();
