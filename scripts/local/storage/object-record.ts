import { z } from 'zod';

/** The fields that a client may set; null removes a field, or a key of `metadata`. */
export const objectFieldsSchema = z
  .object({
    cacheControl: z.string().nullable(),
    contentDisposition: z.string().nullable(),
    contentEncoding: z.string().nullable(),
    contentLanguage: z.string().nullable(),
    contentType: z.string().nullable(),
    customTime: z.string().nullable(),
    metadata: z.record(z.string(), z.string().nullable()).nullable(),
    storageClass: z.string().nullable(),
  })
  .partial();

export type ObjectFields = z.infer<typeof objectFieldsSchema>;

/** The JSON that comes with an upload, including the checksums that the client expects. */
export const uploadMetadataSchema = objectFieldsSchema.extend({
  crc32c: z.string().optional(),
  md5Hash: z.string().optional(),
  name: z.string().optional(),
});

export type UploadMetadata = z.infer<typeof uploadMetadataSchema>;

export const objectRecordSchema = z.object({
  fields: objectFieldsSchema,
  name: z.string(),
  bucket: z.string(),
  generation: z.string(),
  metageneration: z.string(),
  sizeBytes: z.number(),
  crc32c: z.string(),
  md5Hash: z.string(),
  timeCreated: z.string(),
  updated: z.string(),
  dataFile: z.string(),
});

/** A stored object, as in its metadata file. `dataFile` is in the same folder. */
export type ObjectRecord = Readonly<z.infer<typeof objectRecordSchema>>;

/** Applies a patch to an object's fields; the result has no nulls. */
export function mergeObjectFields(current: ObjectFields, change: ObjectFields): ObjectFields {
  const metadata =
    change.metadata === null ? {} : dropNulls({ ...current.metadata, ...change.metadata });
  const merged = dropNulls({ ...current, ...change, metadata: null });
  return Object.keys(metadata).length === 0 ? merged : { ...merged, metadata };
}

function dropNulls<T extends object>(fields: T): T {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  ) as T;
}

/** Creates the JSON API's resource of an object; its links start with `origin`. */
export function createObjectResource(record: ObjectRecord, origin: string): object {
  const { bucket, name, generation, metageneration } = record;
  const path = `b/${bucket}/o/${encodeURIComponent(name)}`;
  return {
    kind: 'storage#object',
    id: `${bucket}/${name}/${generation}`,
    selfLink: `${origin}/storage/v1/${path}`,
    mediaLink: `${origin}/download/storage/v1/${path}?generation=${generation}&alt=media`,
    name,
    bucket,
    generation,
    metageneration,
    storageClass: 'STANDARD',
    ...record.fields,
    size: String(record.sizeBytes),
    md5Hash: record.md5Hash,
    crc32c: record.crc32c,
    etag: createEtag(record),
    timeCreated: record.timeCreated,
    updated: record.updated,
    timeStorageClassUpdated: record.timeCreated,
    timeFinalized: record.timeCreated,
  };
}

export function createEtag(record: ObjectRecord): string {
  return Buffer.from(`${record.generation}/${record.metageneration}`).toString('base64');
}
