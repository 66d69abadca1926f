import { randomUUID } from 'node:crypto';
import { finalizeRun } from '../../finalize/finalize-run.ts';
import { ingestChunk } from '../../ingest-chunk/ingest-chunk.ts';
import type { Context } from '../../shared/context.ts';
import { classifyError, type SyncError } from '../../shared/errors.ts';
import { toErrorBody } from '../../shared/http.ts';
import type { SyncRun } from '../../shared/schema.ts';
import type { DownloadRequest } from '../contract.ts';
import { downloadFeed } from '../download-feed.ts';

export interface SyncedRun {
  /** The run's row, closed; without the warning that tests write metrics too often. */
  readonly run: SyncRun;
  /** The error that made the run fail. */
  readonly error: SyncError | undefined;
}

/** Runs download, ingest-chunk for each chunk, and finalize, like the workflow. */
export async function syncOnce(
  context: Context,
  fields: Partial<DownloadRequest> = {},
): Promise<SyncedRun> {
  const execution_id = randomUUID();
  const request = { execution_id, trigger: 'manual' as const, ...fields };
  const error = await ingestAll(context, request).then(() => undefined, classifyError);
  if (error) {
    const caught = { code: error.status, body: toErrorBody(error) };
    await finalizeRun(context, { execution_id, outcome: 'failed', error: caught });
  }
  const run = await context.db
    .selectFrom('sync_runs')
    .selectAll()
    .where('execution_id', '=', execution_id)
    .executeTakeFirstOrThrow();
  const warnings = run.warnings.filter(({ code }) => code !== 'metrics_not_written');
  return { run: { ...run, warnings }, error };
}

async function ingestAll(context: Context, request: DownloadRequest): Promise<void> {
  const { execution_id } = request;
  const { run_id, chunks_total } = await downloadFeed(context, request);
  for (let chunk_number = 1; chunk_number <= chunks_total; chunk_number += 1) {
    await ingestChunk(context, { run_id, chunk_number });
  }
  await finalizeRun(context, { execution_id, outcome: 'completed' });
}
