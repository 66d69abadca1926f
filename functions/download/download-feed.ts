import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { type PackedFeed, packChunks } from '../shared/chunks/pack-chunks.ts';
import {
  completeDownload,
  insertChunk,
  lockChunkIndex,
} from '../shared/chunks/write-chunk-index.ts';
import type { Context } from '../shared/context.ts';
import { inTransaction } from '../shared/database.ts';
import { openRun } from '../shared/sync-runs.ts';
import { reportDrift } from './checks/report-drift.ts';
import { requireKeyColumns } from './checks/require-key-columns.ts';
import { requireUsualSize } from './checks/require-usual-size.ts';
import { createColumnSampler } from './checks/sample-columns.ts';
import type { DownloadRequest, DownloadResponse } from './contract.ts';
import { resumeRun } from './resume-run.ts';
import { normaliseFeed } from './source/normalise-feed.ts';
import { type Feed, openFeed } from './source/open-feed.ts';

/**
 * Opens the run of an execution, stores the feed as one gzip object and writes to the chunk index where each
 * chunk is in it. Called again after success it gives the recorded result; called again after
 * a failure it starts the download anew. Memory does not grow with the feed.
 *
 * @throws SyncError as openRun, openFeed, normaliseFeed, RecordSplitter.end, requireKeyColumns,
 * requireUsualSize and resumeRun do.
 */
export async function downloadFeed(
  context: Context,
  request: DownloadRequest,
): Promise<DownloadResponse> {
  const { execution_id: executionId, trigger, file_path: filePath, resume_run_id } = request;
  const messageId = request.message_id;
  const run = await openRun(context, { executionId, trigger, messageId, filePath });
  const object = `runs/${run.id}/feed.json.gz`;
  if (run.execution_id !== executionId) {
    return { ...(await describeDownload(context, run.id, object)), duplicate_of: run.id };
  }
  if (resume_run_id != null) await resumeRun(context, run, resume_run_id);
  else {
    // Without every chunk there is none: whatever ends the transaction leaves no chunk index.
    await inTransaction(context.pool, async (client) => {
      await lockChunkIndex(client, run.id);
      if (await isDownloaded(context, run.id)) return;
      const feed = await openFeed(context.config, filePath);
      await storeFeed(context, client, run.id, feed, object, (records) => {
        // A file or URL of somebody's choice may be of any size.
        if (filePath != null || request.accept_shrink) return Promise.resolve();
        return requireUsualSize(context, run.id, records);
      });
    });
  }
  return describeDownload(context, run.id, object);
}

async function isDownloaded({ db }: Context, runId: number): Promise<boolean> {
  const run = await db
    .selectFrom('sync_runs')
    .select('chunks_total')
    .where('id', '=', runId)
    .executeTakeFirstOrThrow();
  return run.chunks_total !== null;
}

async function storeFeed(
  context: Context,
  client: pg.PoolClient,
  runId: number,
  feed: Feed,
  object: string,
  checkSize: (records: number) => Promise<void>,
) {
  const { bucket, config, db, log } = context;
  let packed: PackedFeed | undefined;
  let records = 0;
  let chunks = 0;
  const sampler = createColumnSampler();
  const file = bucket.file(object);
  await pipeline(
    normaliseFeed(feed, config.MAX_FEED_BYTES),
    (text: AsyncIterable<Buffer>) =>
      packChunks(text, config.CHUNK_RECORDS, {
        onText: sampler.write,
        onChunk(chunk) {
          chunks += 1;
          records += chunk.records;
          return insertChunk(client, runId, chunks, chunk);
        },
        onEnd(end) {
          packed = end;
        },
      }),
    // Checked by its MD5, which is Node's own; the client's CRC32C is ten times as slow.
    file.createWriteStream({ contentType: 'application/gzip', validation: 'md5' }),
  );
  await db
    .updateTable('sync_runs')
    .set({ snapshot_path: file.cloudStorageURI.href })
    .where('id', '=', runId)
    .execute();
  if (packed?.failure !== undefined) throw packed.failure;
  const columns = sampler.columns();
  requireKeyColumns(columns, runId);
  await checkSize(records);
  await completeDownload(client, runId, chunks);
  reportDrift(log, runId, columns);
  log('INFO', `Run ${runId}: ${records} records in ${chunks} chunks from ${feed.source}`, {
    event: 'feed_downloaded',
    run_id: runId,
    source: feed.source,
    object,
    bytes: packed?.bytes ?? 0,
    records_total: records,
    chunks_total: chunks,
  });
}

async function describeDownload(
  { db }: Context,
  runId: number,
  object: string,
): Promise<DownloadResponse> {
  const totals = await db
    .selectFrom('sync_chunks')
    .where('run_id', '=', runId)
    .select(({ fn, val }) => [
      fn.countAll<number>().as('chunks_total'),
      fn.coalesce(fn.sum<number>('record_count'), val(0)).as('records_total'),
    ])
    .executeTakeFirstOrThrow();
  return { run_id: runId, object, ...totals };
}
