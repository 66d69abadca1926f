import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeJsonAtomically } from '../rest/write-json-atomically.ts';
import { invalidArgument, missingBucket, StorageError } from './storage-error.ts';

const bucketRecordSchema = z.object({
  name: z.string(),
  location: z.string(),
  storageClass: z.string(),
  labels: z.record(z.string(), z.string()).optional(),
  metageneration: z.string(),
  timeCreated: z.string(),
  updated: z.string(),
});

export type BucketRecord = Readonly<z.infer<typeof bucketRecordSchema>>;

/** The JSON that creates a bucket. Fields that the stand-in does not use are dropped. */
export const newBucketSchema = bucketRecordSchema
  .pick({ name: true, location: true, storageClass: true, labels: true })
  .partial({ location: true, storageClass: true });

export type NewBucket = z.infer<typeof newBucketSchema>;

export interface BucketStore {
  create(bucket: NewBucket): BucketRecord;
  /** @throws StorageError 404 if there is no such bucket */
  get(name: string): BucketRecord;
  /** Lists the buckets in the order of their names. */
  list(): readonly BucketRecord[];
  remove(name: string): void;
  /**
   * Returns the folder of the bucket's objects.
   *
   * @throws StorageError 404 if there is no such bucket
   */
  objectsFolder(name: string): string;
}

export interface BucketStoreOptions {
  readonly directory: string;
  readonly now: () => number;
}

// It also keeps a bucket's folder inside `directory`: no slash, no leading dot, no "..".
const BUCKET_NAME = /^(?!.*\.\.)[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/;

/** Opens the buckets on disk, one folder each; `now` is in milliseconds. */
export function createBucketStore({ directory, now }: BucketStoreOptions): BucketStore {
  mkdirSync(directory, { recursive: true });
  const buckets = loadBuckets(directory);

  function get(name: string): BucketRecord {
    const bucket = buckets.get(name);
    if (bucket === undefined) {
      throw missingBucket();
    }
    return bucket;
  }

  function create(bucket: NewBucket): BucketRecord {
    if (!BUCKET_NAME.test(bucket.name)) {
      throw invalidArgument(`Invalid bucket name: '${bucket.name}'`);
    }
    if (buckets.has(bucket.name)) {
      throw new StorageError(
        409,
        'conflict',
        'Your previous request to create the named bucket succeeded and you already own it.',
      );
    }
    const time = new Date(now()).toISOString();
    const record: BucketRecord = {
      ...bucket,
      location: bucket.location ?? 'US',
      storageClass: bucket.storageClass ?? 'STANDARD',
      metageneration: '1',
      timeCreated: time,
      updated: time,
    };
    mkdirSync(join(directory, record.name, 'objects'), { recursive: true });
    writeJsonAtomically(join(directory, record.name, 'bucket.json'), record);
    buckets.set(record.name, record);
    return record;
  }

  return {
    create,
    get,
    list: () => [...buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    remove: (name) => {
      rmSync(join(directory, get(name).name), { recursive: true, force: true });
      buckets.delete(name);
    },
    objectsFolder: (name) => join(directory, get(name).name, 'objects'),
  };
}

function loadBuckets(directory: string): Map<string, BucketRecord> {
  const files = readdirSync(directory)
    .map((name) => join(directory, name, 'bucket.json'))
    .filter((path) => existsSync(path));
  const records = files.map((path) =>
    bucketRecordSchema.parse(JSON.parse(readFileSync(path, 'utf8'))),
  );
  return new Map(records.map((record) => [record.name, record]));
}
