import * as path from 'path';
import { isStruct, valueAt, type Json, type Struct } from '../private/json';

/** Construct metadata, as a tree or an assembly keeps it. */
type Entry = { readonly type: string; readonly data?: Json };

const ASSET = 'aws:cdk:asset';

/** The files of an assembly's assets, by the hash that the URL of a copy holds: templates of nested stacks and products are among them. */
export class Assets {
  private readonly files = new Map<string, string>();

  /**
   * @param directory of the assembly
   * @param artifacts as its manifest lists them
   * @param read the object that a file holds
   */
  constructor(private readonly directory: string, artifacts: readonly Json[], read: (file: string) => Struct | undefined) {
    for (const artifact of artifacts) {
      const file = valueAt(artifact, ['properties', 'file']);
      if (valueAt(artifact, ['type']) !== 'cdk:asset-manifest' || typeof file !== 'string') continue;
      const assets = valueAt(read(path.join(directory, file)), ['files']);
      for (const [hash, asset] of Object.entries(isStruct(assets) ? assets : {})) this.add(hash, valueAt(asset, ['source', 'path']));
    }
  }

  /** The legacy synthesizer lists assets nowhere but on the stack that has them. */
  public addOwn(metadata: readonly Entry[]): void {
    for (const { type, data } of metadata) {
      if (type === ASSET && isStruct(data) && typeof data.sourceHash === 'string') this.add(data.sourceHash, data.path);
    }
  }

  /** The files that a value names by their hashes. */
  public filesIn(value: Json): string[] {
    const text = JSON.stringify(value ?? '');
    return [...new Set([...this.files].flatMap(([hash, file]) => text.includes(hash) ? [file] : []))];
  }

  private add(hash: string, file: Json): void {
    if (typeof file === 'string') this.files.set(hash, path.join(this.directory, file));
  }
}
