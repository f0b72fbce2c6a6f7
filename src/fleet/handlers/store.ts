import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Run, Target } from './records';

/** How many objects are read or written at once: the client keeps no more connections. */
export const AT_ONCE = 50;

const S3 = new S3Client({ maxAttempts: 8 });

/** What an object holds, or undefined where there is none: who may list some keys only is told that access is denied, not that there is none. */
export async function findObject(Bucket: string, Key: string): Promise<{ readonly text: string; readonly etag: string } | undefined> {
  const { Contents = [] } = await S3.send(new ListObjectsV2Command({ Bucket, Prefix: Key, MaxKeys: 1 }));
  if (Contents[0]?.Key !== Key) return undefined;
  const { Body, ETag } = await S3.send(new GetObjectCommand({ Bucket, Key }));
  return { text: await Body!.transformToString(), etag: ETag! };
}

/** The part of the bucket that is a run's. */
export class Store {
  private readonly prefix: string;

  constructor(readonly bucket: string, { id }: Pick<Run, 'id'>) {
    this.prefix = `runs/${id}/`;
  }

  /** The whole key of an object. */
  public keyOf(name: string): string {
    return this.prefix + name;
  }

  public async put(name: string, body: string, contentType: string): Promise<void> {
    await S3.send(new PutObjectCommand({
      Bucket: this.bucket,
      Key: this.keyOf(name),
      // As bytes, whose length the client knows even where there are none.
      Body: Buffer.from(body),
      ContentType: contentType,
      // A bucket with Object Lock wants one.
      ChecksumAlgorithm: 'SHA256',
    }));
  }

  public async putJson(name: string, value: unknown): Promise<void> {
    await this.put(name, JSON.stringify(value), 'application/json');
  }

  public async get(name: string): Promise<string> {
    const { Body } = await S3.send(new GetObjectCommand({ Bucket: this.bucket, Key: this.keyOf(name) }));
    return Body!.transformToString();
  }

  /** As {@link get}, or undefined where there is no such object. */
  public async find(name: string): Promise<string | undefined> {
    return (await findObject(this.bucket, this.keyOf(name)))?.text;
  }

  /** The value of an object, or undefined where there is no such object. */
  public async findJson<T>(name: string): Promise<T | undefined> {
    const text = await this.find(name);
    return text === undefined ? undefined : JSON.parse(text) as T;
  }

  /** The names of all objects of the run, or of those whose names begin so. */
  public async names(beginning = ''): Promise<string[]> {
    const names: string[] = [];
    let token: string | undefined;
    do {
      const page = await S3.send(new ListObjectsV2Command({ Bucket: this.bucket, Prefix: this.prefix + beginning, ContinuationToken: token }));
      names.push(...(page.Contents ?? []).map(({ Key }) => Key!.slice(this.prefix.length)));
      token = page.NextContinuationToken;
    } while (token);
    return names;
  }
}

/** What was asked for, whatever becomes of it. */
export const ASKED = 'asked.json';

/** What is to be inspected: the items of the map. */
export const TARGETS = 'targets.json';

export function outcomeOf({ account, region }: Target): string {
  return `outcomes/${account}/${region}.json`;
}

export function isOutcome(name: string): boolean {
  return name.startsWith('outcomes/');
}

export type PartKind = 'instances' | 'sources';

export function partOf(kind: PartKind, { account, region }: Target, part: number, extension: 'jsonl' | 'csv'): string {
  return `${kind}/${account}/${region}/${String(part).padStart(5, '0')}.${extension}`;
}

/** What the name of a part says, where it is one. */
export function partNamed(name: string): Target & { readonly kind: PartKind; readonly part: number } | undefined {
  const found = /^(instances|sources)\/([^/]+)\/([^/]+)\/(\d+)\.jsonl$/.exec(name);
  return found ? { kind: found[1] as PartKind, account: found[2], region: found[3], part: Number(found[4]) } : undefined;
}

export function lines(records: readonly object[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

/** What {@link lines} wrote. */
export function parsed<T>(text: string): T[] {
  return text.split('\n').filter(Boolean).map((line) => JSON.parse(line) as T);
}
