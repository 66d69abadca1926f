import { pipeline } from 'node:stream/promises';
import type { Context } from '../shared/context.ts';
import { openRun } from '../shared/run-ledger.ts';
import type { DownloadRequest, DownloadResponse } from './contract.ts';
import { type ChunkRange, createChunkCutter } from './cut-chunks.ts';
import { normaliseFeed } from './normalise-feed.ts';
import { type Feed, openFeed } from './open-feed.ts';
import { reportDrift } from './report-drift.ts';
import { requireKeyColumns } from './require-key-columns.ts';
import { requireUsualSize } from './require-usual-size.ts';
import { resumeRun } from './resume-run.ts';
import { createColumnSampler } from './sample-columns.ts';
import { withRunLock } from './with-run-lock.ts';

/** Rows per insert into the ledger: five parameters each, of PostgreSQL's 65,535. */
const LEDGER_BATCH = 5_000;

/**
 * Opens the run of an execution, stores the feed as one object and writes the byte range of each
 * chunk to the ledger. Called again after success it gives the recorded result; called again after
 * a failure it starts the download anew. Memory does not grow with the feed.
 *
 * @throws SyncError as openRun, openFeed, normaliseFeed, RecordSplitter.end, requireKeyColumns,
 * requireUsualSize and resumeRun do.
 */
export const downloadFeed = async (
  context: Context,
  request: DownloadRequest,
): Promise<DownloadResponse> => {
  const { execution_id: executionId, trigger, file_path: filePath, resume_run_id } = request;
  const messageId = request.message_id;
  const run = await openRun(context, { executionId, trigger, messageId, filePath });
  const object = `runs/${run.id}/feed.json`;
  if (run.execution_id !== executionId) {
    return { ...(await describeDownload(context, run.id, object)), duplicate_of: run.id };
  }
  if (resume_run_id != null) await resumeRun(context, run, resume_run_id);
  else {
    await withRunLock(context.pool, run.id, async () => {
      if (await hasLedger(context, run.id)) return;
      const feed = await openFeed(context.config, filePath);
      await storeFeed(context, run.id, feed, object, (records) => {
        // A file or URL of somebody's choice may be of any size.
        if (filePath != null || request.accept_shrink) return Promise.resolve();
        return requireUsualSize(context, run.id, records);
      });
    });
  }
  return describeDownload(context, run.id, object);
};

const hasLedger = async ({ db }: Context, runId: number): Promise<boolean> => {
  const run = await db
    .selectFrom('sync_runs')
    .select('chunks_total')
    .where('id', '=', runId)
    .executeTakeFirstOrThrow();
  return run.chunks_total !== null;
};

const storeFeed = async (
  context: Context,
  runId: number,
  feed: Feed,
  object: string,
  checkSize: (records: number) => Promise<void>,
) => {
  const { bucket, config, db, log } = context;
  let failure: unknown;
  const cutter = createChunkCutter(config.CHUNK_RECORDS);
  const sampler = createColumnSampler();
  const tap = async function* (source: AsyncIterable<Buffer>) {
    try {
      for await (const bytes of source) {
        cutter.write(bytes);
        sampler.write(bytes);
        yield bytes;
      }
    } catch (error) {
      // What has come so far is stored all the same, so that rubbish can be looked at.
      failure = error;
    }
  };
  const file = bucket.file(object);
  await pipeline(
    normaliseFeed(feed, config.MAX_FEED_BYTES),
    tap,
    // Checked by its MD5, which is Node's own; the client's CRC32C is ten times as slow.
    file.createWriteStream({ contentType: 'application/json', validation: 'md5' }),
  );
  await db
    .updateTable('sync_runs')
    .set({ snapshot_path: file.cloudStorageURI.href })
    .where('id', '=', runId)
    .execute();
  if (failure !== undefined) throw failure;
  const { chunks, records, bytes } = cutter.end();
  const columns = sampler.columns();
  requireKeyColumns(columns, runId);
  await checkSize(records);
  await writeLedger(context, runId, chunks);
  reportDrift(log, runId, columns);
  log('INFO', `Run ${runId}: ${records} records in ${chunks.length} chunks from ${feed.source}`, {
    event: 'feed_downloaded',
    run_id: runId,
    source: feed.source,
    object,
    bytes,
    records_total: records,
    chunks_total: chunks.length,
  });
};

/** All ranges and their number at once: a run has either no chunks or every one. */
const writeLedger = ({ db }: Context, runId: number, chunks: readonly ChunkRange[]) =>
  db.transaction().execute(async (trx) => {
    const rows = chunks.map(({ start, end, records }, index) => ({
      run_id: runId,
      chunk_number: index + 1,
      byte_start: start,
      byte_end: end,
      record_count: records,
    }));
    // Never a second ledger, not even by a call that has lost the connection that held its lock.
    const claimed = await trx
      .updateTable('sync_runs')
      .set({ chunks_total: rows.length })
      .where('id', '=', runId)
      .where('chunks_total', 'is', null)
      .executeTakeFirst();
    if (claimed.numUpdatedRows === 0n) return;
    for (let from = 0; from < rows.length; from += LEDGER_BATCH) {
      const batch = rows.slice(from, from + LEDGER_BATCH);
      await trx.insertInto('sync_chunks').values(batch).execute();
    }
  });

const describeDownload = async (
  { db }: Context,
  runId: number,
  object: string,
): Promise<DownloadResponse> => {
  const ledger = await db
    .selectFrom('sync_chunks')
    .where('run_id', '=', runId)
    .select(({ fn, val }) => [
      fn.countAll<number>().as('chunks_total'),
      fn.coalesce(fn.sum<number>('record_count'), val(0)).as('records_total'),
    ])
    .executeTakeFirstOrThrow();
  return { run_id: runId, object, ...ledger };
};
