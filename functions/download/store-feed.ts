import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { type PackedFeed, packChunks } from '../shared/chunks/pack-chunks.ts';
import { insertChunk } from '../shared/chunks/write-chunk-index.ts';
import type { Context } from '../shared/context.ts';
import { mappingVersionByte } from '../shared/mapping/mapping-version.ts';
import { createColumnFinder } from './checks/column-finder.ts';
import { createRehearsal, type Rehearsed } from './checks/rehearsal.ts';
import { normaliseFeed } from './source/normalise-feed.ts';
import type { Feed } from './source/open-feed.ts';
import { settleFailure } from './source/settle-failure.ts';
import { uploadOptions } from './upload-options.ts';

/** Where a feed is stored. */
export interface Destination {
  readonly context: Context;
  readonly runId: number;
  /** Name of the object in the bucket. */
  readonly object: string;
}

/** A feed that is in the bucket, with its chunks in the chunk index. */
export interface StoredFeed {
  /** Length of the feed's text. */
  readonly bytes: number;
  readonly records: number;
  readonly chunks: number;
  /** All mapped columns, and at most 20 others; none if no record could be read. */
  readonly columns: ReadonlySet<string>;
  readonly rehearsed: Rehearsed;
}

/**
 * Stores a feed as one gzip object and inserts its chunks in the transaction of `client`. If the
 * feed is not usable, what arrived is stored all the same, and the run's row says where.
 *
 * @throws SyncError from normaliseFeed and RecordSplitter.end.
 */
export async function storeFeed(
  client: pg.PoolClient,
  feed: Feed,
  { context, runId, object }: Destination,
): Promise<StoredFeed> {
  const { bucket, config, db } = context;
  let packed: PackedFeed | undefined;
  let records = 0;
  let chunks = 0;
  const finder = createColumnFinder();
  const rehearsal = createRehearsal(config.FEED_IGNORED_COLUMNS);
  const file = bucket.file(object);
  await pipeline(
    normaliseFeed(feed, config.MAX_FEED_BYTES),
    (text: AsyncIterable<Buffer>) =>
      packChunks(text, config.CHUNK_RECORDS, {
        mappingVersion: mappingVersionByte(config.FEED_IGNORED_COLUMNS),
        onText: finder.write,
        onRecord: rehearsal.write,
        onChunk(chunk) {
          chunks += 1;
          records += chunk.records;
          return insertChunk(client, runId, chunks, chunk);
        },
        onEnd(end) {
          packed = end;
        },
      }),
    file.createWriteStream(await uploadOptions(file)),
  );
  // Outside the transaction: the path stays when a failure rolls the chunks back.
  await db
    .updateTable('sync_runs')
    .set({ snapshot_path: file.cloudStorageURI.href })
    .where('id', '=', runId)
    .execute();
  if (packed?.failure !== undefined) throw settleFailure(feed, packed.failure);
  const rehearsed = rehearsal.result();
  const { names } = rehearsed;
  const columns = names.size === 0 ? names : new Set([...names, ...finder.columns()]);
  return { bytes: packed?.bytes ?? 0, records, chunks, columns, rehearsed };
}
