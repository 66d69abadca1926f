import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BadRecord, FeedRecord } from '../generate-feed/feed-columns.ts';
import { formatRecord } from '../generate-feed/format-record.ts';
import { generateRecords } from '../generate-feed/generate-records.ts';
import { generateText } from '../generate-feed/generate-text.ts';
import { createFeedIndex, type FeedIndex } from './feed-index.ts';

const PIECE_CHARACTERS = 1 << 18;

export interface WrittenFeed {
  /** File name in the folder. */
  readonly file: string;
  readonly index: FeedIndex;
}

export interface BenchFeeds {
  readonly first: WrittenFeed;
  /** The generator's next day: 0.15 % new, 0.4 % changed, 0.15 % removed. */
  readonly weekday: WrittenFeed;
  /** The weekday's records, each with a different status and description. */
  readonly changed: WrittenFeed;
}

type Records = Iterable<FeedRecord | BadRecord>;

function* withOtherContents(records: Records): Records & Generator {
  for (const record of records) {
    yield {
      ...record,
      STATUS: record.STATUS === 'Closed' ? 'Inspection' : 'Closed',
      DESCRIPTION: `${record.DESCRIPTION ?? ''} (revised)`,
    };
  }
}

async function writeRecords(folder: string, file: string, records: Records): Promise<WrittenFeed> {
  const index = createFeedIndex();
  const text = function* () {
    let piece = '[';
    let separator = '';
    for (const record of records) {
      index.add(record);
      piece += separator + formatRecord(record);
      separator = ', ';
      if (piece.length < PIECE_CHARACTERS) continue;
      yield Buffer.from(piece, 'latin1');
      piece = '';
    }
    yield Buffer.from(`${piece}]`, 'latin1');
  };
  await pipeline(Readable.from(text()), createWriteStream(join(folder, file)));
  return { file, index };
}

/** Writes the feeds of all cases to a folder, before anything is timed. */
export async function writeBenchFeeds(folder: string, records: number): Promise<BenchFeeds> {
  await mkdir(folder, { recursive: true });
  const nextDay = () => generateRecords({ records, day: 1 });
  return {
    first: await writeRecords(folder, 'first.json', generateRecords({ records, day: 0 })),
    weekday: await writeRecords(folder, 'weekday.json', nextDay()),
    changed: await writeRecords(folder, 'changed.json', withOtherContents(nextDay())),
  };
}

/**
 * Writes a feed of `times` as many records: the first day's repeatedly, each time with different
 * permit numbers, so every size has the same kinds of records.
 *
 * @returns the name of its file.
 */
export async function writeRepeatedFeed(
  folder: string,
  records: number,
  times: number,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = `first-${times}.json`;
  const text = function* () {
    for (let copy = 0; copy < times; copy += 1) {
      const prefix = copy === 0 ? '' : `${String.fromCharCode('A'.charCodeAt(0) + copy)} `;
      for (const piece of generateText({ records, day: 0 })) {
        const renamed = piece
          .toString('latin1')
          .replaceAll('"PERMIT_NUM": "', `"PERMIT_NUM": "${prefix}`);
        // Between two copies a comma replaces the end of one array and the start of the next.
        const opened = copy > 0 ? renamed.replace(/^\[/, ', ') : renamed;
        yield Buffer.from(copy < times - 1 ? opened.replace(/\]$/, '') : opened, 'latin1');
      }
    }
  };
  await pipeline(Readable.from(text()), createWriteStream(join(folder, file)));
  return file;
}
