import { completeDownload, lockChunkIndex } from '../shared/chunks/write-chunk-index.ts';
import type { Context } from '../shared/context.ts';
import { inTransaction } from '../shared/database.ts';
import { openRun } from '../shared/sync-runs.ts';
import { listMapped } from './checks/compare-columns.ts';
import { reportDrift } from './checks/report-drift.ts';
import { requireKeyColumns } from './checks/require-key-columns.ts';
import { requireKnownColumns } from './checks/require-known-columns.ts';
import { requireLatestFeed } from './checks/require-latest-feed.ts';
import { requireUsualSize } from './checks/require-usual-size.ts';
import type { DownloadRequest, DownloadResponse } from './contract.ts';
import { findOrigin } from './find-origin.ts';
import { resumeRun } from './resume-run.ts';
import { openFeed } from './source/open-feed.ts';
import { type Destination, storeFeed } from './store-feed.ts';

/**
 * Opens the run of an execution and gives it chunks: those of a feed that it downloads, or those
 * that an earlier run left. Called again after success, it returns the recorded result; called
 * again after a failure, it downloads again. Memory does not grow with the feed.
 *
 * @throws SyncError from openRun, resumeRun, openFeed, storeFeed, requireKeyColumns,
 * requireKnownColumns, requireLatestFeed and requireUsualSize.
 */
export async function downloadFeed(
  context: Context,
  request: DownloadRequest,
): Promise<DownloadResponse> {
  const { execution_id: executionId, trigger, resume_run_id } = request;
  const { message_id: messageId, file_path: filePath, partial } = request;
  const { accept_shrink: acceptShrink, accept_drift: acceptDrift } = request;
  const { accept_outdated: acceptOutdated, dry_run: dryRun } = request;
  const accepted = { partial, acceptShrink, acceptDrift, acceptOutdated, dryRun };
  const run = await openRun(context, { executionId, trigger, messageId, filePath, ...accepted });
  const to = { context, runId: run.id, object: `runs/${run.id}/feed.json.gz` };
  if (run.execution_id !== executionId) {
    return { ...(await describeDownload(to)), duplicate_of: run.id };
  }
  if (resume_run_id != null) await resumeRun(context, run, resume_run_id);
  else await download(to, request);
  return describeDownload(to);
}

/** Stores, checks and indexes the feed in one transaction: a failure leaves no chunk index. */
function download(to: Destination, request: DownloadRequest): Promise<void> {
  const { file_path, partial, accept_shrink, accept_drift } = request;
  const { context, runId, object } = to;
  const startedMs = performance.now();
  return inTransaction(context.pool, async (client) => {
    await lockChunkIndex(client, runId);
    if (await isDownloaded(to)) return;
    const { feed_run } = await noteOrigin(to, request);
    if (!request.accept_outdated) await requireLatestFeed(context, runId, feed_run ?? runId);
    const feed = await openFeed(context.config, file_path);
    const { bytes, records, chunks, columns } = await storeFeed(client, feed, to);
    requireKeyColumns(columns, runId);
    if (!accept_drift) await requireKnownColumns(context, runId, columns);
    if (!partial && !accept_shrink) {
      await requireUsualSize(context, { runId, records, isCitys: file_path == null });
    }
    const durationMs = Math.ceil(performance.now() - startedMs);
    const whole = { chunks, records, columns: listMapped(columns), durationMs };
    await completeDownload(client, runId, whole);
    reportDrift(context.log, runId, columns);
    const message = `Run ${runId}: stored ${records} records in ${chunks} chunks from ${feed.source}`;
    context.log('INFO', message, {
      event: 'feed_downloaded',
      run_id: runId,
      source: feed.source,
      object,
      bytes,
      records_total: records,
      chunks_total: chunks,
    });
  });
}

/** Notes where the feed comes from, outside the transaction: it stays if the download fails. */
async function noteOrigin({ context, runId }: Destination, { file_path }: DownloadRequest) {
  const { config, db } = context;
  const origin = await findOrigin(db, config, { id: runId, file_path: file_path ?? null });
  await db.updateTable('sync_runs').set(origin).where('id', '=', runId).execute();
  return origin;
}

async function isDownloaded({ context, runId }: Destination): Promise<boolean> {
  const run = await context.db
    .selectFrom('sync_runs')
    .select('chunks_total')
    .where('id', '=', runId)
    .executeTakeFirstOrThrow();
  return run.chunks_total !== null;
}

async function describeDownload({
  context,
  runId,
  object,
}: Destination): Promise<DownloadResponse> {
  const totals = await context.db
    .selectFrom('sync_chunks')
    .where('run_id', '=', runId)
    .select(({ fn, val }) => [
      fn.countAll<number>().as('chunks_total'),
      fn.coalesce(fn.sum<number>('record_count'), val(0)).as('records_total'),
    ])
    .executeTakeFirstOrThrow();
  return { run_id: runId, object, ...totals };
}
