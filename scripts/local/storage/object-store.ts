import { createHash } from 'node:crypto';
import { openSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { writeJsonAtomically } from '../rest/write-json-atomically.ts';
import type { BucketStore } from './bucket-store.ts';
import {
  mergeObjectFields,
  type ObjectFields,
  type ObjectRecord,
  objectRecordSchema,
} from './object-record.ts';
import { checkPreconditions, type Preconditions } from './preconditions.ts';
import { invalidArgument, missingObject } from './storage-error.ts';
import type { ReceivedContent } from './uploads/content-writer.ts';

/** Which object a request is about. */
export interface ObjectAddress {
  readonly bucket: string;
  readonly name: string;
  /** By default the live generation. */
  readonly generation?: string;
}

export interface ObjectStore {
  find(address: ObjectAddress): ObjectRecord | undefined;
  /** @throws StorageError 404 if there is no such object or bucket */
  get(address: ObjectAddress): ObjectRecord;
  list(bucket: string): readonly ObjectRecord[];
  /** Moves the content into place; the complete object becomes visible in this call. */
  put(
    address: ObjectAddress,
    fields: ObjectFields,
    content: ReceivedContent,
    preconditions: Preconditions,
  ): ObjectRecord;
  patch(address: ObjectAddress, change: ObjectFields, preconditions: Preconditions): ObjectRecord;
  remove(address: ObjectAddress, preconditions: Preconditions): void;
  /** Opens the content for reading; the caller closes the descriptor. */
  open(record: ObjectRecord): number;
}

export interface ObjectStoreOptions {
  readonly buckets: BucketStore;
  readonly now: () => number;
}

/**
 * Opens the objects on disk: `<hash of the name>.<generation>.data` next to `<hash of the
 * name>.json`. An object changes at the moment the latter is renamed into place. Every change is
 * one synchronous call, so no other request comes between a precondition and the write it guards.
 */
export function createObjectStore({ buckets, now }: ObjectStoreOptions): ObjectStore {
  const objects = new Map<string, Map<string, ObjectRecord>>();
  for (const { name } of buckets.list()) {
    objects.set(name, loadObjects(buckets.objectsFolder(name)));
  }
  let lastGeneration = 0;

  function objectsOf(bucket: string): Map<string, ObjectRecord> {
    buckets.get(bucket);
    const found = objects.get(bucket) ?? new Map<string, ObjectRecord>();
    objects.set(bucket, found);
    return found;
  }

  function find({ bucket, name, generation }: ObjectAddress): ObjectRecord | undefined {
    const record = objectsOf(bucket).get(name);
    return generation === undefined || record?.generation === generation ? record : undefined;
  }

  function get(address: ObjectAddress): ObjectRecord {
    const record = find(address);
    if (record === undefined) {
      throw missingObject(address.bucket, address.name);
    }
    return record;
  }

  // Microseconds, as in the cloud, and always increasing.
  function createGeneration(previous: ObjectRecord | undefined): string {
    lastGeneration = Math.max(
      now() * 1000,
      lastGeneration + 1,
      Number(previous?.generation ?? 0) + 1,
    );
    return String(lastGeneration);
  }

  function save(record: ObjectRecord): ObjectRecord {
    const folder = buckets.objectsFolder(record.bucket);
    writeJsonAtomically(join(folder, `${hashName(record.name)}.json`), record);
    objectsOf(record.bucket).set(record.name, record);
    return record;
  }

  function put(
    { bucket, name }: ObjectAddress,
    fields: ObjectFields,
    content: ReceivedContent,
    preconditions: Preconditions,
  ): ObjectRecord {
    checkObjectName(name);
    const previous = find({ bucket, name });
    checkPreconditions(preconditions, previous);
    const folder = buckets.objectsFolder(bucket);
    const generation = createGeneration(previous);
    const dataFile = `${hashName(name)}.${generation}.data`;
    renameSync(content.path, join(folder, dataFile));
    const time = new Date(now()).toISOString();
    const record = save({
      bucket,
      name,
      fields: mergeObjectFields({}, fields),
      generation,
      metageneration: '1',
      sizeBytes: content.sizeBytes,
      crc32c: content.crc32c,
      md5Hash: content.md5Hash,
      timeCreated: time,
      updated: time,
      dataFile,
    });
    if (previous !== undefined) {
      rmSync(join(folder, previous.dataFile), { force: true });
    }
    return record;
  }

  function patch(address: ObjectAddress, change: ObjectFields, preconditions: Preconditions) {
    const record = get(address);
    checkPreconditions(preconditions, record);
    return save({
      ...record,
      fields: mergeObjectFields(record.fields, change),
      metageneration: String(Number(record.metageneration) + 1),
      updated: new Date(now()).toISOString(),
    });
  }

  function remove(address: ObjectAddress, preconditions: Preconditions): void {
    const record = get(address);
    checkPreconditions(preconditions, record);
    const folder = buckets.objectsFolder(record.bucket);
    rmSync(join(folder, `${hashName(record.name)}.json`));
    rmSync(join(folder, record.dataFile), { force: true });
    objectsOf(record.bucket).delete(record.name);
  }

  return {
    find,
    get,
    list: (bucket) => [...objectsOf(bucket).values()],
    put,
    patch,
    remove,
    open: (record) => openSync(join(buckets.objectsFolder(record.bucket), record.dataFile), 'r'),
  };
}

// A name is the client's text and may be "../../etc", so files are named after its hash.
function hashName(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

/** @throws StorageError 400 for a name that Cloud Storage refuses */
export function checkObjectName(name: string): void {
  const sizeBytes = Buffer.byteLength(name);
  if (sizeBytes === 0 || sizeBytes > 1024 || /[\r\n]/.test(name) || /^\.\.?$/.test(name)) {
    throw invalidArgument(`Invalid object name: ${JSON.stringify(name)}`);
  }
}

// A data file that no metadata file names was left by a process that died half-way; it is removed.
function loadObjects(folder: string): Map<string, ObjectRecord> {
  const files = readdirSync(folder);
  const records = files
    .filter((file) => file.endsWith('.json'))
    .map((file) => objectRecordSchema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))));
  const dataFiles = new Set(records.map((record) => basename(record.dataFile)));
  for (const file of files) {
    if (!file.endsWith('.json') && !dataFiles.has(file)) {
      rmSync(join(folder, file), { force: true });
    }
  }
  return new Map(records.map((record) => [record.name, record]));
}
