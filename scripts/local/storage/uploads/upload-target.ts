import type { Request } from 'express';
import { type ExpectedChecksums, readExpectedChecksums, verifyChecksums } from '../checksums.ts';
import { type ObjectFields, type ObjectRecord, uploadMetadataSchema } from '../object-record.ts';
import { checkObjectName, type ObjectAddress, type ObjectStore } from '../object-store.ts';
import { checkPreconditions, type Preconditions, parsePreconditions } from '../preconditions.ts';
import { readQueryText } from '../request-values.ts';
import { invalidArgument } from '../storage-error.ts';
import type { ReceivedContent } from './content-writer.ts';

/** The object that an upload creates: its address, fields, preconditions and checksums. */
export interface UploadTarget {
  readonly address: ObjectAddress;
  readonly fields: ObjectFields;
  readonly preconditions: Preconditions;
  readonly checksums: ExpectedChecksums;
}

export interface UploadRequest {
  readonly bucket: string;
  /** The object's metadata as the client sent it: JSON text, or '' if there is none. */
  readonly metadata: string;
  readonly contentType: string | undefined;
}

/**
 * Reads and checks an upload's target before its content arrives.
 *
 * @throws StorageError 400, 404, 412
 */
export function readUploadTarget(
  request: Request,
  { bucket, metadata, contentType }: UploadRequest,
  objects: ObjectStore,
): UploadTarget {
  const parsed = uploadMetadataSchema.safeParse(parseJson(metadata));
  if (!parsed.success) {
    throw invalidArgument(`Invalid object metadata: ${parsed.error.issues[0]?.message ?? ''}`);
  }
  const { name: bodyName, crc32c: _crc32c, md5Hash: _md5Hash, ...fields } = parsed.data;
  const name = readQueryText(request, 'name') ?? bodyName ?? '';
  checkObjectName(name);
  const encoding = readQueryText(request, 'contentEncoding');
  const target: UploadTarget = {
    address: { bucket, name },
    fields: {
      ...(contentType !== undefined && { contentType }),
      ...(encoding !== undefined && { contentEncoding: encoding }),
      ...fields,
    },
    preconditions: parsePreconditions(request.query),
    checksums: readExpectedChecksums(parsed.data, request.get('x-goog-hash')),
  };
  checkPreconditions(target.preconditions, objects.find(target.address));
  return target;
}

/** Stores the content as the object, if its checksums match and the preconditions still hold. */
export function storeUpload(
  target: UploadTarget,
  content: ReceivedContent,
  objects: ObjectStore,
): ObjectRecord {
  verifyChecksums(content, target.checksums);
  return objects.put(target.address, target.fields, content, target.preconditions);
}

function parseJson(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw invalidArgument('Parse Error');
  }
}
