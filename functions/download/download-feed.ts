import { completeDownload, lockChunkIndex } from '../shared/chunks/write-chunk-index.ts';
import type { Context } from '../shared/context.ts';
import { inTransaction } from '../shared/database.ts';
import type { SyncRun } from '../shared/schema.ts';
import { openRun } from '../shared/sync-runs.ts';
import { addWarnings } from '../shared/warnings.ts';
import { checkFeed } from './checks/check-feed.ts';
import { listMapped, listUnmapped } from './checks/compare-columns.ts';
import type { DownloadRequest, DownloadResponse } from './contract.ts';
import { beginDryRun, endDryRun } from './dry-run.ts';
import { findOrigin } from './find-origin.ts';
import { resumeRun } from './resume-run.ts';
import { openFeed } from './source/open-feed.ts';
import { type Destination, storeFeed } from './store-feed.ts';

/**
 * Opens the run of an execution and gives it chunks: those of a feed that it downloads, or those
 * that an earlier run left. Called again after success, it returns the recorded result; called
 * again after a failure, it downloads again. Memory does not grow with the feed.
 *
 * @throws SyncError from openRun, resumeRun, openFeed, storeFeed and checkFeed.
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
  else await download(to, filePath);
  return describeDownload(to);
}

/**
 * Stores, checks and indexes the feed in one transaction: a failure leaves no chunk index, and
 * neither does a dry run.
 */
function download(to: Destination, filePath: string | null | undefined): Promise<void> {
  const { context, runId, object } = to;
  const startedMs = performance.now();
  return inTransaction(context.pool, async (client) => {
    await lockChunkIndex(client, runId);
    if (await isDownloaded(to)) return;
    const run = await noteOrigin(to);
    // The row's path lacks the query of a URL.
    const feed = await openFeed(context.config, filePath);
    if (run.dry_run) await beginDryRun(client);
    const stored = await storeFeed(client, { ...feed, isPart: run.partial }, to);
    const { bytes, records, columns } = stored;
    const warnings = await checkFeed(context, run, stored);
    const report = run.dry_run ? [await endDryRun(client, runId, records)] : [];
    // Outside the transaction, and before it locks the run's row.
    await addWarnings(context.db, runId, [...report, ...warnings]);
    const chunks = run.dry_run ? 0 : stored.chunks;
    const durationMs = Math.ceil(performance.now() - startedMs);
    const names = [...listMapped(columns), ...listUnmapped(columns)];
    await completeDownload(client, runId, { chunks, records, columns: names, durationMs });
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
async function noteOrigin({ context, runId }: Destination): Promise<SyncRun> {
  const { config, db } = context;
  const run = await db
    .selectFrom('sync_runs')
    .selectAll()
    .where('id', '=', runId)
    .executeTakeFirstOrThrow();
  const origin = await findOrigin(db, config, run);
  await db.updateTable('sync_runs').set(origin).where('id', '=', runId).execute();
  return { ...run, ...origin };
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
