import { Readable } from 'node:stream';
import { formatRecord } from './format-record.ts';
import { type FeedOptions, generateRecords } from './generate-records.ts';

const PIECE_CHARACTERS = 64 * 1024;

/** Streams one weekday's feed in the City's format: a bare JSON array on one line, in ASCII. */
export function generateFeed(options: FeedOptions): Readable {
  return Readable.from(generateText(options), {
    objectMode: false,
    highWaterMark: PIECE_CHARACTERS,
  });
}

/** Yields the bytes of a feed in pieces of about 64 KiB. */
export function* generateText(options: FeedOptions): Generator<Buffer> {
  let piece = '[';
  let separator = '';
  for (const record of generateRecords(options)) {
    piece += separator + formatRecord(record);
    separator = ', ';
    if (piece.length >= PIECE_CHARACTERS) {
      yield Buffer.from(piece, 'latin1');
      piece = '';
    }
  }
  yield Buffer.from(`${piece}]`, 'latin1');
}
