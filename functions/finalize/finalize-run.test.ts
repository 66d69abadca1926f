import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import type { SyncRun } from '../shared/schema.ts';
import { openRun } from '../shared/sync-runs.ts';
import { createTestContext, type TestContext } from '../shared/testing/create-test-context.ts';
import { finalizeRequest } from './contract.ts';
import { finalizeRun } from './finalize-run.ts';

let context: TestContext;

beforeAll(async () => {
  // The chunks below have 40 % rejects, so that every count is above 0.
  context = await createTestContext({ MAX_REJECTED_PERCENT: '40' });
});

afterAll(() => context[Symbol.asyncDispose]());

beforeEach(() => context.pool.query('truncate sync_runs, stored_permits cascade'));

/** A running run with two chunks, `done` of which are done. */
async function openRunWithChunks(done: number): Promise<SyncRun> {
  const run = await openRun(context, { executionId: randomUUID(), trigger: 'manual' });
  const counts = { records_new: 1, records_updated: 2, records_unchanged: 3, records_errors: 4 };
  const chunk = { run_id: run.id, record_count: 10, byte_start: 0, byte_end: 9 };
  const rows = [1, 2].map((chunk_number) =>
    chunk_number > done
      ? { ...chunk, chunk_number }
      : { ...chunk, chunk_number, ...counts, status: 'done' as const },
  );
  await context.db.insertInto('sync_chunks').values(rows).execute();
  await context.db.updateTable('sync_runs').set({ chunks_total: 2 }).execute();
  return run;
}

function readRun(id: number): Promise<SyncRun> {
  return context.db
    .selectFrom('sync_runs')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

/** The points that Cloud Monitoring has of a closed run: metric, label and value. */
async function listReported(project: string, { completed_at }: SyncRun) {
  const query = new URLSearchParams({
    filter: 'metric.type = starts_with("custom.googleapis.com/permit_sync/")',
    'interval.startTime': new Date((completed_at?.getTime() ?? 0) - 2_000).toISOString(),
    'interval.endTime': new Date((completed_at?.getTime() ?? 0) + 2_000).toISOString(),
  });
  const url = `${inject('googleApiEndpoint')}/v3/projects/${project}/timeSeries`;
  const { timeSeries = [] } = (await (await fetch(`${url}?${query}`)).json()) as {
    timeSeries?: {
      metric: { type: string; labels: Record<string, string> };
      points: { value: { int64Value: string } }[];
    }[];
  };
  return timeSeries.map(({ metric, points }) => [
    metric.type.split('/').at(-1),
    Object.values(metric.labels)[0],
    points[0]?.value.int64Value,
  ]);
}

/** Multiplies the counts of all chunks. */
function multiplyCounts(by: number) {
  return context.pool.query(
    `update sync_chunks set
       record_count = $1 * record_count,
       records_new = $1 * records_new,
       records_updated = $1 * records_updated,
       records_unchanged = $1 * records_unchanged,
       records_errors = $1 * records_errors,
       records_superseded = $1 * records_superseded`,
    [by],
  );
}

describe('finalizeRun', () => {
  test('L02 sets completed, completed_at and the sums of the chunks', async () => {
    const { id, execution_id } = await openRunWithChunks(2);
    const response = await finalizeRun(context, { execution_id, outcome: 'completed' });
    expect(response).toMatchObject({ run_id: id, status: 'completed', records_total: 20 });
    expect(await readRun(id)).toMatchObject({
      status: 'completed',
      completed_at: expect.any(Date),
      records_total: 20,
      records_new: 2,
      records_updated: 4,
      records_unchanged: 6,
      records_errors: 8,
      records_superseded: 0,
      error_message: null,
    });
  });

  test('L03 sets failed, error_message and the counts so far on an error', async () => {
    const { id, execution_id } = await openRunWithChunks(1);
    const error = {
      tags: ['HttpError'],
      code: 422,
      message: 'HTTP server responded with error code 422',
      body: { error: { code: 'feed_malformed', message: 'byte 4 is "]"' } },
    };
    await finalizeRun(context, { execution_id, outcome: 'failed', error });
    expect(await readRun(id)).toMatchObject({
      status: 'failed',
      error_message: 'feed_malformed: byte 4 is "]"',
      completed_at: expect.any(Date),
      records_total: 10,
      records_new: 1,
    });
  });

  test('L05 takes a positive duration_ms from the database’s clock', async () => {
    const { id, execution_id } = await openRunWithChunks(2);
    await context.pool.query("update sync_runs set started_at = started_at - interval '90 s'");
    const { duration_ms } = await finalizeRun(context, { execution_id, outcome: 'completed' });
    const { rows } = await context.pool.query<{ elapsed: number }>(
      `select extract(epoch from completed_at - started_at)::float8 * 1000 as elapsed
       from sync_runs where id = $1`,
      [id],
    );
    expect(duration_ms).toBeGreaterThanOrEqual(90_000);
    expect(Math.abs(duration_ms - (rows[0]?.elapsed ?? 0))).toBeLessThan(1_000);
  });

  test('refuses to complete a run with a chunk that is not done', async () => {
    const { id, execution_id } = await openRunWithChunks(1);
    await expect(
      finalizeRun(context, { execution_id, outcome: 'completed' }),
    ).rejects.toMatchObject({
      code: 'records_lost',
      status: 409,
      message: `Run ${id}: only 1 of 2 chunks are done`,
    });
    expect(await readRun(id)).toMatchObject({ status: 'running' });
  });

  test('refuses to complete a run whose feed was never cut into chunks', async () => {
    const run = await openRun(context, { executionId: randomUUID(), trigger: 'manual' });
    await expect(
      finalizeRun(context, { execution_id: run.execution_id, outcome: 'completed' }),
    ).rejects.toMatchObject({ code: 'records_lost' });
  });

  test('refuses to complete a run with too many rejects, and leaves it open', async () => {
    const { id, execution_id } = await openRunWithChunks(2);
    const config = { ...context.config, MAX_REJECTED_PERCENT: 39.9 };
    await multiplyCounts(2);
    await expect(
      finalizeRun({ ...context, config }, { execution_id, outcome: 'completed' }),
    ).rejects.toMatchObject({
      code: 'too_many_rejects',
      status: 422,
      message: `Run ${id}: 16 of 40 records (40.0 %) were rejected, more than the allowed 39.9 %`,
    });
    expect(await readRun(id)).toMatchObject({ status: 'running' });
  });

  test('completes a small feed with ten rejects, whatever their share', async () => {
    const { execution_id } = await openRunWithChunks(2);
    const config = { ...context.config, MAX_REJECTED_PERCENT: 1 };
    const request = { execution_id, outcome: 'completed' } as const;
    expect(await finalizeRun({ ...context, config }, request)).toMatchObject({
      status: 'completed',
      records_errors: 8,
    });
  });

  test('closes a run once: a repeated call returns the recorded result and logs nothing', async () => {
    const { execution_id } = await openRunWithChunks(2);
    const first = await finalizeRun(context, { execution_id, outcome: 'completed' });
    const said = context.events.length;
    expect(await finalizeRun(context, { execution_id, outcome: 'completed' })).toEqual(first);
    expect(await finalizeRun(context, { execution_id, outcome: 'failed', error: 'late' })).toEqual(
      first,
    );
    expect(context.events).toHaveLength(said);
  });

  test('refuses to complete a failed run', async () => {
    const { execution_id } = await openRunWithChunks(2);
    await finalizeRun(context, { execution_id, outcome: 'failed', error: 'first' });
    await expect(
      finalizeRun(context, { execution_id, outcome: 'completed' }),
    ).rejects.toMatchObject({ code: 'run_closed', status: 409 });
  });

  test('inserts the row of a trigger that failed before its run was opened', async () => {
    const execution_id = randomUUID();
    const error = { tags: ['ConnectionFailedError'], message: 'download cannot be reached' };
    const argument = finalizeRequest.shape.argument.parse({
      trigger: 'pubsub',
      message_id: '42',
      file_path: 'https://example.com/feed.json?token=secret',
      partial: 'yes',
      dry_run: true,
      file_pth: 'misspelt',
    });
    await finalizeRun(context, { execution_id, outcome: 'failed', error, argument });
    const [run, ...others] = await context.db.selectFrom('sync_runs').selectAll().execute();
    expect(others).toEqual([]);
    expect(run).toMatchObject({
      execution_id,
      trigger: 'pubsub',
      message_id: '42',
      file_path: 'https://example.com/feed.json',
      partial: false,
      dry_run: true,
      status: 'failed',
      error_message: 'download cannot be reached',
    });
  });

  test.each([[undefined], [null], [{}], [{ trigger: 'nobody', message_id: 7 }]])(
    'takes the argument %j for a manual trigger without a message',
    async (sent) => {
      const request = { execution_id: randomUUID(), outcome: 'failed', argument: sent };
      await finalizeRun(context, finalizeRequest.parse(request));
      const [run] = await context.db.selectFrom('sync_runs').selectAll().execute();
      expect(run).toMatchObject({ trigger: 'manual', message_id: null });
    },
  );

  test('returns the first run of a message that is delivered twice, and leaves it unchanged', async () => {
    const argument = { trigger: 'pubsub', message_id: '42' } as const;
    const deliver = (execution_id: string, error: string) =>
      finalizeRun(context, { execution_id, outcome: 'failed', error, argument });
    const { run_id, ...first } = await deliver('one', 'invalid');
    expect(first).not.toHaveProperty('duplicate_of');
    const said = context.events.length;
    expect(await deliver('two', 'late')).toEqual({ run_id, ...first, duplicate_of: run_id });
    expect(context.events).toHaveLength(said);
    expect(await context.db.selectFrom('sync_runs').selectAll().execute()).toHaveLength(1);
  });

  test('leaves the running run of an earlier delivery open', async () => {
    const run = await openRun(context, {
      executionId: 'one',
      trigger: 'pubsub',
      messageId: '42',
    });
    const argument = { trigger: 'pubsub', message_id: '42' } as const;
    const request = { execution_id: 'two', outcome: 'failed', error: 'late', argument } as const;
    expect(await finalizeRun(context, request)).toMatchObject({
      status: 'running',
      duplicate_of: run.id,
    });
    expect(await readRun(run.id)).toMatchObject({ status: 'running' });
  });

  test('adds a warning to a completed run once, and logs it', async () => {
    const { id, execution_id } = await openRunWithChunks(2);
    const { warnings } = await finalizeRun(context, { execution_id, outcome: 'completed' });
    const warning = { code: 'snapshot_failed', message: 'no score' };
    const request = { execution_id, outcome: 'completed', warning } as const;
    expect(await finalizeRun(context, request)).toMatchObject({
      status: 'completed',
      warnings: [...warnings, warning],
    });
    expect(context.events.at(-1)).toMatchObject({
      event: 'sync_warned',
      run_id: id,
      warnings: [warning],
    });
    const said = context.events.length;
    expect(await finalizeRun(context, request)).toMatchObject({
      warnings: [...warnings, warning],
    });
    expect(context.events).toHaveLength(said);
    expect(await readRun(id)).toMatchObject({ warnings: [...warnings, warning] });
  });

  test('says what a failed run has stored, and where its feed is', async () => {
    const { id, execution_id } = await openRunWithChunks(1);
    await context.db.updateTable('sync_runs').set({ snapshot_path: 'gs://feeds/x' }).execute();
    const error = { code: 'chunks_failed', message: 'chunks [2]' };
    expect(await finalizeRun(context, { execution_id, outcome: 'failed', error })).toMatchObject({
      run_id: id,
      chunks_done: 1,
      chunks_total: 2,
      snapshot_path: 'gs://feeds/x',
      error_code: 'chunks_failed',
    });
  });

  test('refuses to complete a run that was never opened', async () => {
    await expect(
      finalizeRun(context, { execution_id: 'unknown', outcome: 'completed' }),
    ).rejects.toMatchObject({ code: 'run_not_found', status: 404 });
  });

  test('logs sync_failed with run id, error, time and records processed', async () => {
    const { id, execution_id } = await openRunWithChunks(1);
    const body = { error: { code: 'broken', message: 'it broke', hint: 'Mend it' } };
    await finalizeRun(context, { execution_id, outcome: 'failed', error: { body } });
    const { completed_at } = await readRun(id);
    expect(context.events).toContainEqual({
      severity: 'ERROR',
      message: `Run ${id} failed: broken: it broke`,
      event: 'sync_failed',
      run_id: id,
      error_message: 'broken: it broke',
      failed_at: completed_at?.toISOString(),
      records_processed: 10,
      error_code: 'broken',
      error_hint: 'Mend it',
      stored: '1 of 2 chunks is stored and stays',
      command: `npm run redrive -- --project ${context.config.GOOGLE_CLOUD_PROJECT} --run ${id}`,
    });
  });

  test('reports the run, its records by outcome and its duration to Cloud Monitoring', async () => {
    const { id, execution_id } = await openRunWithChunks(2);
    // The chunks have seen no permit, so this one has left the feed.
    await context.pool.query(
      `insert into stored_permits (
         permit_num, revision_num, permit_type, data_hash, first_seen_at, first_seen_run,
         last_seen_at, written_by_run, written_by_chunk
       )
       values ('1', '00', 'x', '', '2026-01-01', 0, '2026-01-01', 99, 1)`,
    );
    // A project of its own, without the points of other tests.
    const config = { ...context.config, GOOGLE_CLOUD_PROJECT: 'reporting-project' };
    const { duration_ms } = await finalizeRun(
      { ...context, config },
      { execution_id, outcome: 'completed' },
    );
    expect(await listReported('reporting-project', await readRun(id))).toEqual(
      expect.arrayContaining([
        ['runs', 'completed', '1'],
        ['records', 'new', '2'],
        ['records', 'updated', '4'],
        ['records', 'unchanged', '6'],
        ['records', 'errors', '8'],
        ['records', 'superseded', '0'],
        ['records', 'removed', '1'],
        ['records', 'returned', '0'],
        ['duration_ms', 'completed', String(duration_ms)],
      ]),
    );
  });

  test('reports nothing of a dry run', async () => {
    const { id, execution_id } = await openRunWithChunks(2);
    await context.db.updateTable('sync_runs').set({ dry_run: true }).execute();
    const config = { ...context.config, GOOGLE_CLOUD_PROJECT: 'dry-project' };
    await finalizeRun({ ...context, config }, { execution_id, outcome: 'completed' });
    expect(await listReported('dry-project', await readRun(id))).toEqual([]);
  });

  test('completes a run that cannot be reported, with a warning', async () => {
    await using unreported = await createTestContext();
    const config = { ...unreported.config, GOOGLE_API_ENDPOINT: 'http://127.0.0.1:1' };
    const run = await openRun(unreported, { executionId: randomUUID(), trigger: 'manual' });
    await unreported.db.updateTable('sync_runs').set({ chunks_total: 0 }).execute();
    const { status } = await finalizeRun(
      { ...unreported, config },
      { execution_id: run.execution_id, outcome: 'completed' },
    );
    expect(status).toBe('completed');
    const warnings = [
      { code: 'metrics_not_written', message: expect.stringContaining('127.0.0.1:1/') },
    ];
    const { warnings: stored } = await unreported.db
      .selectFrom('sync_runs')
      .select('warnings')
      .executeTakeFirstOrThrow();
    expect(stored).toEqual(warnings);
    expect(unreported.events).toContainEqual(
      expect.objectContaining({
        severity: 'WARNING',
        event: 'sync_warned',
        run_id: run.id,
        warnings,
      }),
    );
  });
});
