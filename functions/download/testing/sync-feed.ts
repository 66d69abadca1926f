import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finalizeRun } from '../../finalize/finalize-run.ts';
import { ingestChunk } from '../../ingest-chunk/ingest-chunk.ts';
import type { Context } from '../../shared/context.ts';
import { classifyError, type SyncError } from '../../shared/errors.ts';
import { toErrorBody } from '../../shared/http.ts';
import type { SyncRun } from '../../shared/schema.ts';
import type { DownloadRequest } from '../contract.ts';
import { downloadFeed } from '../download-feed.ts';

export interface SyncedFeed {
  /** The run's row, closed. */
  readonly run: SyncRun;
  /** The error that made the run fail. */
  readonly error: SyncError | undefined;
  readonly rejects: readonly { readonly reason: string; readonly record: string }[];
}

/** Runs a feed through download, ingest-chunk for each chunk, and finalize, like the workflow. */
export async function syncFeed(
  context: Context,
  folder: string,
  feed: string | Buffer,
  fields: Pick<DownloadRequest, 'partial' | 'accept_shrink' | 'accept_drift'> = {},
): Promise<SyncedFeed> {
  const execution_id = randomUUID();
  const file_path = join(folder, `${execution_id}.json`);
  await writeFile(file_path, feed);
  const request = { execution_id, file_path, trigger: 'manual' as const, ...fields };
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
  const { rows: rejects } = await context.pool.query(
    'select reason, record from sync_rejects where run_id = $1 order by chunk_number, position',
    [run.id],
  );
  return { run, error, rejects };
}

async function ingestAll(context: Context, request: DownloadRequest): Promise<void> {
  const { execution_id } = request;
  const { run_id, chunks_total } = await downloadFeed(context, request);
  for (let chunk_number = 1; chunk_number <= chunks_total; chunk_number += 1) {
    await ingestChunk(context, { run_id, chunk_number });
  }
  await finalizeRun(context, { execution_id, outcome: 'completed' });
}
