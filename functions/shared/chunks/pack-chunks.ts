import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { createFingerprintArray, integerAt } from './binary-array.ts';
import { type Cut, createChunkCutter } from './cut-chunks.ts';
import { fingerprintRecord } from './fingerprint-record.ts';
import { MAX_RECORD_BYTES } from './split-records.ts';

/** More than any chunk's records have: what is longer is a record that is far too large. */
const MAX_MEMBER_BYTES = 33 * MAX_RECORD_BYTES;

/** Most chunks of the City's have less. */
const PLAIN_BYTES = 5 << 20;

/**
 * A quarter more than a chunk of the City's makes: for each piece the thread that compresses has to wait
 * until this one has time to take it.
 */
const OUTPUT_BYTES = 5 << 17;

/** A chunk as the ledger has it; see the columns of sync_chunks. */
export interface PackedChunk extends Records {
  readonly byteStart: number;
  readonly byteEnd: number;
}

interface Records extends Omit<Cut, 'end'> {
  /** uuid[] in PostgreSQL's binary format; null for a record that has none. */
  readonly hashes: Buffer;
}

/** What there is to say of a feed at its end. */
export interface PackedFeed {
  /** Of the feed's text. */
  readonly bytes: number;
  /** Why the feed is none. What came of it until then is packed all the same. */
  readonly failure: unknown;
}

export interface PackListener {
  /** Gets each piece of the text when it comes in. */
  onText(bytes: Buffer): void;
  /** Takes each chunk when it is packed; its error ends the packing. */
  onChunk(chunk: PackedChunk): Promise<void>;
  /** The text has ended or failed. */
  onEnd(feed: PackedFeed): void;
}

/**
 * Packs a feed's text into gzip, each chunk into a member of its own; together they are the whole text,
 * byte for byte. Holds two chunks: one is compressed while the next comes in.
 */
export async function* packChunks(
  text: AsyncIterable<Buffer>,
  chunkRecords: number,
  { onText, onChunk, onEnd }: PackListener,
): AsyncGenerator<Buffer, void> {
  const cutter = createChunkCutter(chunkRecords);
  let failure: unknown;
  let bytes = 0;
  /** One is filled while the other is compressed. */
  let plain = Buffer.allocUnsafeSlow(PLAIN_BYTES);
  let spare = Buffer.allocUnsafeSlow(PLAIN_BYTES);
  let heldBytes = 0;
  /** Of the chunk in hand, what is not held any more. */
  let packedBytes = 0;
  let byteStart = 0;
  let byteEnd = 0;
  /** The last call of onChunk. */
  let noted = Promise.resolve();
  /** Being compressed: the bytes before those that are held, and their chunk if it ends with them. */
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
    await noted;
    if (!pending.chunk) return;
    noted = onChunk({ byteStart, byteEnd, ...pending.chunk });
    // Its error is thrown where it is awaited.
    noted.catch(() => {});
    byteStart = byteEnd;
  };
  const packHeld = async function* (cut?: Cut) {
    yield* finishPending();
    pending = { member: compress(plain.subarray(0, heldBytes)) };
    if (cut) {
      const { records, begins, ends } = cut;
      const hashes = hashRecords(plain, packedBytes, cut);
      pending.chunk = { records, begins, ends, hashes };
    }
    packedBytes = cut ? 0 : packedBytes + heldBytes;
    [plain, spare] = [spare, plain];
    heldBytes = 0;
  };

  const noteFailure = (error: unknown): undefined => {
    failure = error;
  };
  const parts = text[Symbol.asyncIterator]();
  /** Nothing more when the text has failed, too. */
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
  await noted;
  onEnd({ bytes, failure });
}

const compressWith = promisify(gzip);

/** Off the main thread, at the level at which that is ready before the next chunk is there. */
function compress(plain: Buffer): Promise<Buffer> {
  return compressWith(plain, { level: constants.Z_BEST_SPEED, chunkSize: OUTPUT_BYTES });
}

/** A record that is too large, or does not begin in `plain`, has no hash. */
function hashRecords(plain: Buffer, plainStart: number, { records, begins, ends }: Cut): Buffer {
  const hashes = createFingerprintArray(records);
  for (let index = 0; index < records; index += 1) {
    const begin = integerAt(begins, index);
    const end = integerAt(ends, index);
    if (end - begin > MAX_RECORD_BYTES || begin < plainStart) hashes.addNull();
    else fingerprintRecord(plain, begin - plainStart, end - plainStart, hashes.bytes, hashes.add());
  }
  return hashes.end();
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
