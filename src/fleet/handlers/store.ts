import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Run, Target } from './records';

const S3 = new S3Client({ maxAttempts: 8 });

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

  /** The names of all objects of the run. */
  public async names(): Promise<string[]> {
    const names: string[] = [];
    let token: string | undefined;
    do {
      const page = await S3.send(new ListObjectsV2Command({ Bucket: this.bucket, Prefix: this.prefix, ContinuationToken: token }));
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
