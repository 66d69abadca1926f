import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { MAPPING_VERSION } from '../mapping/mapping-version.ts';
import { createFingerprintArray, integerAt } from './binary-array.ts';
import { type Cut, createChunkCutter } from './cut-chunks.ts';
import { fingerprintRecord } from './fingerprint-record.ts';
import { MAX_RECORD_BYTES } from './split-records.ts';

/** Above the size of any chunk's records: a member this long has a record that is far too large. */
const MAX_MEMBER_BYTES = 33 * MAX_RECORD_BYTES;

/** Most of the City's chunks have fewer bytes. */
const PLAIN_BYTES = 5 << 20;

/**
 * A quarter more than one of the City's chunks compresses to, so it comes out in one piece: after
 * each piece the compressing thread waits until the main thread takes it.
 */
const OUTPUT_BYTES = 5 << 17;

/** A chunk for the chunk index; see the columns of sync_chunks. */
export interface PackedChunk extends Records {
  readonly byteStart: number;
  readonly byteEnd: number;
}

interface Records extends Omit<Cut, 'end'> {
  /** uuid[] in PostgreSQL's binary format, with nulls for records that have no fingerprint. */
  readonly fingerprints: Buffer;
}

/** The whole feed, once it has ended. */
export interface PackedFeed {
  /** Length of the feed's text. */
  readonly bytes: number;
  /** Why the text is not a feed, if so; what came before the failure is packed all the same. */
  readonly failure: unknown;
}

export interface PackOptions {
  /** The first byte of the records' fingerprints; MAPPING_VERSION if it is not given. */
  readonly mappingVersion?: number;
  /** Takes each piece of the text as it arrives. */
  onText(bytes: Buffer): void;
  /**
   * Takes each record of a chunk that is complete, which the next call may overwrite; undefined for
   * one that is too large. Records packed before their chunk was complete are left out.
   */
  onRecord(record: Buffer | undefined): void;
  /** Takes each chunk when it is packed; its error ends the packing. */
  onChunk(chunk: PackedChunk): Promise<void>;
  /** The text has ended or failed. */
  onEnd(feed: PackedFeed): void;
}

/**
 * Packs a feed's text into gzip, one member per chunk. Gunzipped together, the members are the
 * text, byte for byte. Two chunks are in memory at a time: one is compressed while the next
 * arrives.
 */
export async function* packChunks(
  text: AsyncIterable<Buffer>,
  chunkRecords: number,
  { mappingVersion = MAPPING_VERSION, onText, onRecord, onChunk, onEnd }: PackOptions,
): AsyncGenerator<Buffer, void> {
  const cutter = createChunkCutter(chunkRecords);
  let failure: unknown;
  let bytes = 0;
  /** One is filled while the other is compressed. */
  let plain = Buffer.allocUnsafeSlow(PLAIN_BYTES);
  let spare = Buffer.allocUnsafeSlow(PLAIN_BYTES);
  let heldBytes = 0;
  /** Bytes of the current chunk that are packed already. */
  let packedBytes = 0;
  let byteStart = 0;
  let byteEnd = 0;
  /** The latest call of onChunk. */
  let handled = Promise.resolve();
  /** The member being compressed, and its chunk if the chunk ends with it. */
  let pending: { member: Promise<Buffer>; chunk?: Records } | undefined;

  const hold = (part: Buffer): void => {
    const most = heldBytes + part.length;
    if (most > plain.length) {
      const larger = Buffer.allocUnsafeSlow(2 * most);
      plain.copy(larger, 0, 0, heldBytes);
      plain = larger;
    }
    heldBytes += part.copy(plain, heldBytes);
  };
  const finishPending = async function* () {
    if (!pending) return;
    const member = await pending.member;
    byteEnd += member.length;
    yield member;
    await handled;
    if (!pending.chunk) return;
    handled = onChunk({ byteStart, byteEnd, ...pending.chunk });
    // Its error is thrown where it is awaited.
    handled.catch(() => {});
    byteStart = byteEnd;
  };
  const packHeld = async function* (cut?: Cut) {
    yield* finishPending();
    pending = { member: compress(plain.subarray(0, heldBytes)) };
    if (cut) {
      const { records, begins, ends } = cut;
      const options = { ...cut, mappingVersion, onRecord };
      const fingerprints = fingerprintRecords(plain, packedBytes, options);
      pending.chunk = { records, begins, ends, fingerprints };
    }
    packedBytes = cut ? 0 : packedBytes + heldBytes;
    [plain, spare] = [spare, plain];
    heldBytes = 0;
  };

  const noteFailure = (error: unknown): undefined => {
    failure = error;
  };
  const parts = text[Symbol.asyncIterator]();
  /** @returns undefined at the end of the text, and when it fails. */
  const readPart = () => parts.next().then(({ value }) => value as Buffer | undefined, noteFailure);
  try {
    for (let part = await readPart(); part; part = await readPart()) {
      bytes += part.length;
      onText(part);
      let from = 0;
      for (const cut of cutter.write(part)) {
        hold(part.subarray(from, cut.end));
        from = cut.end;
        yield* packHeld(cut);
      }
      hold(part.subarray(from));
      if (heldBytes > MAX_MEMBER_BYTES) yield* packHeld();
    }
  } finally {
    await parts.return?.();
  }
  const last = failure === undefined ? endOf(cutter, noteFailure) : undefined;
  if (last || heldBytes > 0 || !pending) yield* packHeld(last);
  yield* finishPending();
  await handled;
  onEnd({ bytes, failure });
}

const compressWith = promisify(gzip);

/** Compresses in another thread, at a level that keeps up with the download. */
function compress(plain: Buffer): Promise<Buffer> {
  return compressWith(plain, { level: constants.Z_BEST_SPEED, chunkSize: OUTPUT_BYTES });
}

/** Fingerprints a chunk's records; one that is too large, or begins before `plain`, has none. */
type FingerprintOptions = Cut & Required<Pick<PackOptions, 'mappingVersion' | 'onRecord'>>;

function fingerprintRecords(
  plain: Buffer,
  plainStart: number,
  { records, begins, ends, mappingVersion, onRecord }: FingerprintOptions,
) {
  const fingerprints = createFingerprintArray(records);
  for (let index = 0; index < records; index += 1) {
    const begin = integerAt(begins, index);
    const end = integerAt(ends, index);
    const isTooLarge = end - begin > MAX_RECORD_BYTES;
    if (isTooLarge) onRecord(undefined);
    if (isTooLarge || begin < plainStart) fingerprints.addNull();
    else {
      const record = plain.subarray(begin - plainStart, end - plainStart);
      fingerprintRecord(record, fingerprints.bytes, fingerprints.add(), mappingVersion);
      onRecord(record);
    }
  }
  return fingerprints.end();
}

function endOf(
  cutter: ReturnType<typeof createChunkCutter>,
  onFailure: (error: unknown) => void,
): Cut | undefined {
  try {
    return cutter.end();
  } catch (error) {
    onFailure(error);
    return undefined;
  }
}
