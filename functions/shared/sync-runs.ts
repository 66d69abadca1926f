import { type Kysely, sql, type Transaction } from 'kysely';
import type { Context } from './context.ts';
import { permanent, transient } from './errors.ts';
import { isExecutionActive } from './executions.ts';
import type { Database, SyncChunk, SyncRun, Trigger } from './schema.ts';
import { withoutQuery } from './without-query.ts';

export interface RunRequest {
  readonly executionId: string;
  readonly trigger: Trigger;
  /** ID of the Pub/Sub message that started the execution. */
  readonly messageId?: string | null | undefined;
  /** The source to sync instead of the City's feed. */
  readonly filePath?: string | null | undefined;
  /** The feed is only a part of the City's. */
  readonly partial?: boolean | null | undefined;
  /** The feed is accepted however small it is. */
  readonly acceptShrink?: boolean | null | undefined;
  /** The feed is accepted although it lacks columns that the last whole feed had. */
  readonly acceptDrift?: boolean | null | undefined;
  /** The feed is accepted although a later one has been stored. */
  readonly acceptOutdated?: boolean | null | undefined;
  /** The feed is only checked. */
  readonly dryRun?: boolean | null | undefined;
}

/** Why a run failed, and what to do about it. */
export interface Failure {
  readonly code: string | null;
  readonly message: string;
  readonly hint: string | null;
}

const OPEN_ATTEMPTS = 10;

/**
 * Opens the run of an execution, or finds it if the call is repeated. The unique index
 * sync_runs_one_running decides between two triggers at the same moment.
 *
 * @returns the run, or the run of another execution that the same Pub/Sub message started.
 * @throws SyncError `sync_already_running` (409), after inserting a failed row for the trigger;
 * `run_closed` (409) if the execution's run has ended; `run_not_opened` (transient) if other runs
 * keep starting and ending.
 */
export async function openRun(context: Context, request: RunRequest): Promise<SyncRun> {
  const { db, log } = context;
  for (let attempt = 1; attempt <= OPEN_ATTEMPTS; attempt += 1) {
    const opened = await insertRunningRun(db, request);
    if (opened) {
      const fields = { run_id: opened.id, execution_id: request.executionId };
      const { trigger } = request;
      log('INFO', `Run ${opened.id} opened`, { event: 'run_opened', ...fields, trigger });
      return opened;
    }
    const own = await findOwnRun(db, request);
    if (own) return own.execution_id === request.executionId ? requireRunning(own) : own;
    const other = await findRunningRun(db);
    if (!other) continue;
    if (await isExecutionActive(context.config, other.execution_id)) {
      throw await refuseRun(db, request, other);
    }
    await abandonRun(context, other);
  }
  throw transient('run_not_opened', 'Other runs kept starting and ending');
}

/** @returns the run of an execution, if there is one. */
export function findRun(db: Kysely<Database>, executionId: string): Promise<SyncRun | undefined> {
  return db
    .selectFrom('sync_runs')
    .selectAll()
    .where('execution_id', '=', executionId)
    .executeTakeFirst();
}

/** Finds the run of the execution, else that of the message, which may be delivered twice. */
export async function findOwnRun(
  db: Kysely<Database>,
  { executionId, messageId }: RunRequest,
): Promise<SyncRun | undefined> {
  return (
    (await findRun(db, executionId)) ??
    (messageId == null
      ? undefined
      : await db
          .selectFrom('sync_runs')
          .selectAll()
          .where('message_id', '=', messageId)
          .executeTakeFirst())
  );
}

function requireRunning(run: SyncRun): SyncRun {
  if (run.status === 'running') return run;
  const ending = run.error_message === null ? '' : `: ${run.error_message}`;
  throw permanent('run_closed', `Run ${run.id} has ${run.status}${ending}`, {
    status: 409,
    runId: run.id,
    hint: 'Start a new sync',
  });
}

function toRow(request: RunRequest) {
  const { executionId, trigger, messageId = null, filePath } = request;
  return {
    execution_id: executionId,
    trigger,
    message_id: messageId,
    file_path: filePath == null ? null : withoutQuery(filePath),
    partial: request.partial ?? false,
    accept_shrink: request.acceptShrink ?? false,
    accept_drift: request.acceptDrift ?? false,
    accept_outdated: request.acceptOutdated ?? false,
    dry_run: request.dryRun ?? false,
  };
}

/** The columns of a failure; the message starts with its code. */
function toErrorColumns({ code, message, hint }: Failure) {
  return {
    error_code: code,
    error_message: code === null ? message : `${code}: ${message}`,
    error_hint: hint,
  };
}

function insertRunningRun(db: Kysely<Database>, request: RunRequest) {
  return db
    .insertInto('sync_runs')
    .values(toRow(request))
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
}

function findRunningRun(db: Kysely<Database>) {
  return db.selectFrom('sync_runs').selectAll().where('status', '=', 'running').executeTakeFirst();
}

async function refuseRun(db: Kysely<Database>, request: RunRequest, other: SyncRun) {
  const message = `Run ${other.id} has been running since ${other.started_at.toISOString()}`;
  const code = 'sync_already_running';
  const hint = `Wait until it ends, or cancel its execution, ${other.execution_id}`;
  const refused = await insertFailedRun(db, request, { code, message, hint });
  return permanent(code, message, {
    status: 409,
    hint,
    ...(refused === undefined ? {} : { runId: refused.id }),
  });
}

async function abandonRun({ db, log }: Context, { id, execution_id }: SyncRun): Promise<void> {
  const closed = await db.transaction().execute(async (trx) => {
    const run = await trx
      .selectFrom('sync_runs')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (run.status !== 'running') return false;
    await closeRun(trx, id, {
      failure: {
        code: 'abandoned',
        message: `execution ${execution_id} is no longer active`,
        hint: 'Nothing: the run that found it has continued',
      },
    });
    return true;
  });
  if (!closed) return;
  const message = `Run ${id} was abandoned by its execution, and has been closed as failed`;
  log('WARNING', message, { event: 'run_abandoned', run_id: id, execution_id });
}

/** How a run ends: with a failure, or as completed, and how many permits left and came back. */
export type Outcome =
  | { readonly failure: Failure }
  | Pick<SyncRun, 'records_removed' | 'records_returned'>;

/**
 * Closes a run. The caller has locked its row. Its counts are the sums of its chunks' counts; its
 * times come from the database's clock, but it has lasted at least as long as its calls.
 */
export async function closeRun(
  trx: Transaction<Database>,
  runId: number,
  outcome: Outcome = { records_removed: 0, records_returned: 0 },
): Promise<SyncRun> {
  const sum = (column: keyof SyncChunk) =>
    sql<number>`coalesce(sum(${sql.ref(column)}), 0)::integer`;
  const counts = await trx
    .selectFrom('sync_chunks')
    .where('run_id', '=', runId)
    .select([
      sum('records_new').as('records_new'),
      sum('records_updated').as('records_updated'),
      sum('records_unchanged').as('records_unchanged'),
      sum('records_errors').as('records_errors'),
      sum('records_superseded').as('records_superseded'),
    ])
    .executeTakeFirstOrThrow();
  const { calls_ms } = await trx
    .selectFrom('sync_chunks')
    .where('run_id', '=', runId)
    .select(({ fn, val }) => fn.coalesce(fn.max('duration_ms'), val(0)).as('calls_ms'))
    .executeTakeFirstOrThrow();
  const elapsedMs = sql<number>`ceil(1000 * extract(epoch from clock_timestamp() - started_at))`;
  return trx
    .updateTable('sync_runs')
    .set({
      ...('failure' in outcome
        ? { status: 'failed', ...toErrorColumns(outcome.failure) }
        : { status: 'completed', ...outcome }),
      ...counts,
      records_total: Object.values(counts).reduce((total, count) => total + count, 0),
      completed_at: sql<Date>`greatest(clock_timestamp(), started_at)`,
      duration_ms: sql<number>`greatest(1, ${elapsedMs}, coalesce(download_ms, 0) + ${calls_ms})`,
    })
    .where('id', '=', runId)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Inserts the row of a trigger that failed before it had a run; undefined if it has one. */
export function insertFailedRun(
  db: Kysely<Database>,
  request: RunRequest,
  failure: Failure,
): Promise<SyncRun | undefined> {
  return db
    .insertInto('sync_runs')
    .values({
      ...toRow(request),
      status: 'failed',
      ...toErrorColumns(failure),
      completed_at: sql<Date>`clock_timestamp()`,
      duration_ms: 1,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
}
