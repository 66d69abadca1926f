import { type Kysely, sql, type Transaction } from 'kysely';
import type { Context } from '../shared/context.ts';
import { permanent } from '../shared/errors.ts';
import type { Database, SyncRun, Warning } from '../shared/schema.ts';
import { closeRun, findOwnRun, insertFailedRun, type RunRequest } from '../shared/sync-runs.ts';
import { areTooManyRejects } from '../shared/too-many-rejects.ts';
import { addWarnings } from '../shared/warnings.ts';
import type { FinalizeRequest, FinalizeResponse } from './contract.ts';
import { findWarnings } from './find-warnings.ts';
import { logOutcome, logWarnings } from './log-outcome.ts';
import { markRemoved } from './mark-removed.ts';
import { readFailure } from './read-failure.ts';
import { reportMetrics } from './report-metrics.ts';

/**
 * Closes the run of an execution once; a repeated call returns the recorded result, and adds its
 * warning to it. A run completes only if every chunk is done and not too many records are rejects.
 *
 * @throws SyncError `run_not_found` (404), `run_closed` (409), `records_lost` (409),
 * `too_many_rejects` (422).
 */
export async function finalizeRun(
  context: Context,
  request: FinalizeRequest,
): Promise<FinalizeResponse> {
  const { config, db, log } = context;
  const { run, closedHere } =
    (await closeUnopenedRun(db, request)) ??
    (await db
      .transaction()
      .execute((trx) => closeOpenRun(trx, request, config.MAX_REJECTED_PERCENT)));
  const late = closedHere ? await reportMetrics(context, run) : toList(request.warning);
  const warnings = await addWarnings(db, run.id, late);
  const reported = { ...run, warnings: [...run.warnings, ...warnings] };
  const chunksDone = await countDoneChunks(db, run.id);
  const resumes = request.argument?.resume_run_id ?? undefined;
  if (closedHere) logOutcome(context, reported, { chunksDone, resumes });
  logWarnings(log, reported, closedHere ? reported.warnings : warnings);
  const isOwn = run.execution_id === request.execution_id;
  return { ...toResponse(reported, chunksDone), ...(isOwn ? {} : { duplicate_of: run.id }) };
}

interface Closing {
  readonly run: SyncRun;
  readonly closedHere: boolean;
}

/**
 * Inserts the row of a trigger that failed before download could open its run, or finds the run of
 * another execution that the same Pub/Sub message started.
 */
async function closeUnopenedRun(
  db: Kysely<Database>,
  request: FinalizeRequest,
): Promise<Closing | undefined> {
  if (request.outcome === 'completed') return undefined;
  const failed = toRunRequest(request);
  const run = await insertFailedRun(db, failed, readFailure(request.error));
  if (run) return { run, closedHere: true };
  const earlier = await findOwnRun(db, failed);
  if (!earlier || earlier.execution_id === request.execution_id) return undefined;
  return { run: earlier, closedHere: false };
}

function toRunRequest({ execution_id: executionId, argument }: FinalizeRequest): RunRequest {
  if (argument == null) return { executionId, trigger: 'manual' };
  return {
    executionId,
    trigger: argument.trigger,
    messageId: argument.message_id,
    filePath: argument.file_path,
    partial: argument.partial,
    acceptShrink: argument.accept_shrink,
    acceptDrift: argument.accept_drift,
    acceptOutdated: argument.accept_outdated,
    dryRun: argument.dry_run,
  };
}

async function closeOpenRun(
  trx: Transaction<Database>,
  { execution_id, outcome, error }: FinalizeRequest,
  maxRejectedPercent: number,
): Promise<Closing> {
  // A chunk holds this lock from its merge to its commit, so no count is taken too early. A
  // download that hangs does not hold it.
  const run = await trx
    .selectFrom('sync_runs')
    .selectAll()
    .where('execution_id', '=', execution_id)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!run) {
    throw permanent('run_not_found', `Execution ${execution_id} has no run`, { status: 404 });
  }
  if (run.status === 'failed' && outcome === 'completed') {
    throw permanent('run_closed', `Run ${run.id} has failed: ${run.error_message}`, {
      status: 409,
      runId: run.id,
      hint: 'Start a new sync',
    });
  }
  if (run.status !== 'running') return { run, closedHere: false };
  if (outcome === 'failed') {
    return { run: await closeRun(trx, run.id, { failure: readFailure(error) }), closedHere: true };
  }
  if (run.dry_run) return { run: await closeRun(trx, run.id), closedHere: true };
  await requireEveryRecord(trx, run);
  const closed = await closeRun(trx, run.id, await markRemoved(trx, run));
  // If this throws, the closing is rolled back, and the workflow closes the run as failed.
  await requireFewRejects(trx, closed, maxRejectedPercent);
  const warnings = await findWarnings(trx, closed);
  await addWarnings(trx, run.id, warnings);
  return { run: { ...closed, warnings: [...closed.warnings, ...warnings] }, closedHere: true };
}

/**
 * Counts the rejects of the whole feed, those of the runs that this one resumes among them.
 *
 * @throws SyncError `too_many_rejects` (422).
 */
async function requireFewRejects(
  trx: Transaction<Database>,
  { id, feed_records, records_total }: SyncRun,
  maxRejectedPercent: number,
): Promise<void> {
  const { rejects } = await trx
    .selectFrom('sync_runs')
    .where('id', 'in', sql<number>`(select run_lineage(${id}))`)
    .select(sql<number>`coalesce(sum(records_errors), 0)::integer`.as('rejects'))
    .executeTakeFirstOrThrow();
  const records = feed_records ?? records_total;
  if (!areTooManyRejects(rejects, records, maxRejectedPercent)) return;
  const percent = ((100 * rejects) / records).toFixed(1);
  const share = `${rejects} of ${records} records (${percent} %)`;
  throw permanent(
    'too_many_rejects',
    `Run ${id}: ${share} were rejected, more than the allowed ${maxRejectedPercent} %`,
    { runId: id, hint: `List them with npm run rejects -- --run ${id}` },
  );
}

/** @throws SyncError `records_lost` (409) if a chunk of the chunk index is not done. */
async function requireEveryRecord(trx: Transaction<Database>, run: SyncRun): Promise<void> {
  const done = await countDoneChunks(trx, run.id);
  if (done === run.chunks_total) return;
  const expected = run.chunks_total ?? 'an unknown number of';
  throw permanent('records_lost', `Run ${run.id}: only ${done} of ${expected} chunks are done`, {
    status: 409,
    runId: run.id,
    hint: 'Start the sync again; records that are stored will count as unchanged',
  });
}

async function countDoneChunks(db: Kysely<Database>, runId: number): Promise<number> {
  const { done } = await db
    .selectFrom('sync_chunks')
    .where('run_id', '=', runId)
    .where('status', '=', 'done')
    .select(({ fn }) => fn.countAll<number>().as('done'))
    .executeTakeFirstOrThrow();
  return done;
}

function toList(warning: Warning | null | undefined): readonly Warning[] {
  return warning == null ? [] : [warning];
}

function toResponse(run: SyncRun, chunksDone: number): FinalizeResponse {
  return {
    run_id: run.id,
    status: run.status,
    records_total: run.records_total,
    records_new: run.records_new,
    records_updated: run.records_updated,
    records_unchanged: run.records_unchanged,
    records_errors: run.records_errors,
    records_superseded: run.records_superseded,
    records_removed: run.records_removed,
    records_returned: run.records_returned,
    partial: run.partial,
    dry_run: run.dry_run,
    warnings: run.warnings,
    error_code: run.error_code,
    error_message: run.error_message,
    error_hint: run.error_hint,
    duration_ms: run.duration_ms ?? 0,
    chunks_done: chunksDone,
    chunks_total: run.chunks_total,
    snapshot_path: run.snapshot_path,
  };
}
