import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Context } from './context.ts';
import { closeRun, findRun, insertFailedRun, openRun } from './sync-runs.ts';
import { createTestContext, type TestContext } from './testing/create-test-context.ts';
import { startExecutionsApi } from './testing/start-executions-api.ts';
import type { TestServer } from './testing/start-test-server.ts';

const active = new Set<string>();
let context: TestContext;
let apis: TestServer;
let runs: Context;

beforeAll(async () => {
  apis = await startExecutionsApi((id) => (active.has(id) ? 'ACTIVE' : undefined));
  context = await createTestContext({ DATABASE_POOL_SIZE: '10' });
  runs = { ...context, config: { ...context.config, GOOGLE_API_ENDPOINT: apis.url } };
});

afterAll(async () => {
  await context[Symbol.asyncDispose]();
  await apis[Symbol.asyncDispose]();
});

beforeEach(async () => {
  active.clear();
  await context.pool.query('truncate sync_runs cascade');
});

/** Opens the run of an execution that is active. */
function open(executionId: string = randomUUID()) {
  active.add(executionId);
  return openRun(runs, { executionId, trigger: 'manual' });
}

async function readRuns() {
  const runs = await context.db.selectFrom('sync_runs').selectAll().orderBy('id').execute();
  return runs;
}

function eventsOf(event: string) {
  return context.events.filter((entry) => entry.event === event);
}

describe('openRun', () => {
  test('opens a run without counts or end, and logs it', async () => {
    const run = await openRun(runs, { executionId: 'one', trigger: 'pubsub' });
    expect(run).toMatchObject({
      execution_id: 'one',
      trigger: 'pubsub',
      status: 'running',
      started_at: expect.any(Date),
      completed_at: null,
      duration_ms: null,
      records_total: 0,
      chunks_total: null,
    });
    expect(context.events.at(-1)).toMatchObject({
      event: 'run_opened',
      run_id: run.id,
      execution_id: 'one',
      trigger: 'pubsub',
    });
  });

  test('finds the run of a repeated call and does not open another', async () => {
    const run = await open('one');
    const opened = eventsOf('run_opened').length;
    expect(await open('one')).toEqual(run);
    expect(eventsOf('run_opened')).toHaveLength(opened);
    expect(await readRuns()).toHaveLength(1);
  });

  test('opens one run if one execution calls several times at the same moment', async () => {
    const runs = await Promise.all(Array.from({ length: 8 }, () => open('one')));
    expect(new Set(runs.map(({ id }) => id)).size).toBe(1);
    expect(await readRuns()).toHaveLength(1);
  });

  test('opens a run for one of several triggers at the same moment; each has one row', async () => {
    const executions = Array.from({ length: 8 }, (_, index) => `execution-${index}`);
    for (const id of executions) active.add(id);
    const results = await Promise.allSettled(executions.map(open));
    const runs = await readRuns();
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'fulfilled') continue;
      expect(result.reason).toMatchObject({ code: 'sync_already_running', status: 409 });
    }
    expect(runs.map(({ execution_id }) => execution_id).sort()).toEqual(executions);
    expect(runs.filter(({ status }) => status === 'running')).toHaveLength(1);
    expect(runs.filter(({ status }) => status === 'failed')).toHaveLength(7);
  });

  test('refuses a refused trigger again when it repeats its call, and adds no row', async () => {
    await open('one');
    await expect(open('two')).rejects.toMatchObject({ code: 'sync_already_running' });
    await expect(open('two')).rejects.toMatchObject({
      code: 'run_closed',
      status: 409,
      message: expect.stringContaining('sync_already_running'),
    });
    expect(await readRuns()).toHaveLength(2);
  });

  test('closes an abandoned run once if many triggers find it, and opens a run for one of them', async () => {
    const lost = await openRun(runs, { executionId: 'lost', trigger: 'schedule' });
    const before = eventsOf('run_abandoned').length;
    const results = await Promise.allSettled(['a', 'b', 'c', 'd'].map(open));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(eventsOf('run_abandoned')).toHaveLength(before + 1);
    const [first, ...others] = await readRuns();
    expect(first).toMatchObject({
      id: lost.id,
      status: 'failed',
      error_message: 'abandoned: execution lost is no longer active',
    });
    expect(others.map(({ status }) => status).sort()).toEqual([
      'failed',
      'failed',
      'failed',
      'running',
    ]);
  });

  test('refuses a completed run without mentioning an error', async () => {
    const run = await open('one');
    await context.db.transaction().execute((trx) => closeRun(trx, run.id));
    await expect(open('one')).rejects.toMatchObject({
      code: 'run_closed',
      runId: run.id,
      message: `Run ${run.id} has completed`,
    });
  });
});

describe('closeRun', () => {
  const addChunks = (runId: number) => {
    const chunk = { run_id: runId, byte_start: 0, byte_end: 9, record_count: 15 };
    const counts = {
      records_new: 1,
      records_updated: 2,
      records_unchanged: 3,
      records_errors: 4,
      records_superseded: 5,
    };
    const rows = [
      { ...chunk, chunk_number: 1, status: 'done' as const, ...counts },
      { ...chunk, chunk_number: 2, status: 'done' as const, ...counts },
      { ...chunk, chunk_number: 3 },
    ];
    return context.db.insertInto('sync_chunks').values(rows).execute();
  };

  test.each([
    ['completed', undefined],
    ['failed', 'it broke'],
  ])('writes the sums of the chunks, %s', async (status, message) => {
    const { id } = await open();
    await addChunks(id);
    const failure =
      message === undefined ? undefined : { code: 'broken', message, hint: 'Mend it' };
    const closed = await context.db
      .transaction()
      .execute((trx) => closeRun(trx, id, failure && { failure }));
    expect(closed).toMatchObject({
      id,
      status,
      error_code: message === undefined ? null : 'broken',
      error_message: message === undefined ? null : `broken: ${message}`,
      error_hint: message === undefined ? null : 'Mend it',
      records_total: 30,
      records_new: 2,
      records_updated: 4,
      records_unchanged: 6,
      records_errors: 8,
      records_superseded: 10,
    });
    expect(await readRuns()).toEqual([closed]);
  });

  test("takes times from the database's clock", async () => {
    const { id } = await open();
    await context.pool.query(`update sync_runs set started_at = now() - interval '90 seconds'`);
    const closed = await context.db.transaction().execute((trx) => closeRun(trx, id));
    const elapsed = (closed.completed_at?.getTime() ?? 0) - closed.started_at.getTime();
    expect(elapsed).toBeGreaterThanOrEqual(90_000);
    // One statement reads the clock twice, one after the other.
    expect(Math.abs((closed.duration_ms ?? 0) - elapsed)).toBeLessThan(1_000);
  });

  test('never gives a run a duration of 0', async () => {
    const { id } = await open();
    await context.pool.query(`update sync_runs set started_at = now() + interval '1 hour'`);
    const closed = await context.db.transaction().execute((trx) => closeRun(trx, id));
    expect(closed.duration_ms).toBe(1);
  });
});

test('insertFailedRun inserts one row, and leaves an existing run unchanged', async () => {
  const request = { executionId: 'one', trigger: 'api' } as const;
  const failure = { code: null, message: 'refused', hint: null };
  expect(await insertFailedRun(context.db, request, failure)).toMatchObject({
    execution_id: 'one',
    trigger: 'api',
    status: 'failed',
    error_message: 'refused',
    duration_ms: 1,
  });
  const again = { ...failure, message: 'again' };
  expect(await insertFailedRun(context.db, request, again)).toBeUndefined();
  expect(await findRun(context.db, 'one')).toMatchObject({ error_message: 'refused' });
  expect(await findRun(context.db, 'two')).toBeUndefined();
});

describe('many triggers', () => {
  test('fifty at the same moment: one runs, each has one row, and the others name the running run', async () => {
    const executions = Array.from({ length: 50 }, () => randomUUID());
    for (const execution of executions) active.add(execution);
    const opened = await Promise.allSettled(executions.map((execution) => open(execution)));
    const winners = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    expect(winners).toHaveLength(1);
    const runs = await readRuns();
    expect(runs.map(({ execution_id }) => execution_id).sort()).toEqual(executions.sort());
    const losers = runs.filter(({ status }) => status === 'failed');
    expect(losers).toHaveLength(49);
    for (const { error_message } of losers) {
      expect(error_message).toMatch(
        new RegExp(`^sync_already_running: Run ${winners[0]?.id} has been running since `),
      );
    }
  });

  test('the same Pub/Sub message twice: one run, which the second execution gets', async () => {
    const request = { trigger: 'pubsub' as const, messageId: '42' };
    active.add('first').add('second');
    const [first, second] = await Promise.all([
      openRun(runs, { ...request, executionId: 'first' }),
      openRun(runs, { ...request, executionId: 'second' }),
    ]);
    expect(second).toEqual(first);
    expect(await readRuns()).toHaveLength(1);
    const { id } = first;
    await context.db.transaction().execute((trx) => closeRun(trx, id));
    expect(await openRun(runs, { ...request, executionId: 'third' })).toMatchObject({ id });
  });
});

test('keeps the path of a feed, but never the query or the credentials of a URL', async () => {
  const filePath = 'https://user:secret@example.com/feed.json?token=secret';
  const run = await openRun(runs, { executionId: 'one', trigger: 'manual', filePath });
  expect(run.file_path).toBe('https://example.com/feed.json');
  active.add('one');
  await expect(
    openRun(runs, { executionId: 'two', trigger: 'manual', filePath }),
  ).rejects.toMatchObject({ code: 'sync_already_running' });
  expect((await readRuns()).map(({ file_path }) => file_path)).toEqual([
    'https://example.com/feed.json',
    'https://example.com/feed.json',
  ]);
});

describe('the numbers of runs', () => {
  const insert = (executionId: string, messageId?: string) =>
    insertFailedRun(
      context.db,
      { executionId, trigger: 'pubsub', messageId },
      { code: null, message: 'no', hint: null },
    );

  test('have no gap after a repeated call, a repeated message and a refused trigger', async () => {
    const request = { trigger: 'pubsub' as const, messageId: '42' };
    active.add('one').add('two').add('three');
    const first = await openRun(runs, { ...request, executionId: 'one' });
    await openRun(runs, { ...request, executionId: 'one' });
    await openRun(runs, { ...request, executionId: 'two' });
    await insert('three', '42');
    await expect(open('three')).rejects.toMatchObject({ runId: first.id + 1 });
    await expect(open('three')).rejects.toMatchObject({ code: 'run_closed' });
    expect(await insert('four')).toMatchObject({ id: first.id + 2 });
    expect((await readRuns()).map(({ id }) => id)).toEqual([first.id, first.id + 1, first.id + 2]);
  });

  test('have no gap after an insert that was rolled back', async () => {
    const first = await insert('one');
    const rolledBack = context.db.transaction().execute(async (trx) => {
      await trx.insertInto('sync_runs').values({ execution_id: 'two', trigger: 'api' }).execute();
      throw new Error('rolled back');
    });
    await expect(rolledBack).rejects.toThrow('rolled back');
    expect(await insert('three')).toMatchObject({ id: (first?.id ?? 0) + 1 });
  });

  test('differ for two inserts at once: the second waits for the first to commit', async () => {
    const [one, two] = [await context.pool.connect(), await context.pool.connect()];
    const sql = `insert into sync_runs (execution_id, trigger, status, completed_at, duration_ms)
      values ($1, 'api', 'completed', now(), 1)
      returning id::integer`;
    try {
      await one.query('begin');
      const first = await one.query(sql, ['one']);
      const second = two.query(sql, ['two']);
      const waiting = 'select count(*)::integer as count from pg_locks where not granted';
      await expect
        .poll(async () => (await context.pool.query(waiting)).rows)
        .toEqual([{ count: 1 }]);
      await one.query('commit');
      expect((await second).rows).toEqual([{ id: first.rows[0].id + 1 }]);
    } finally {
      one.release();
      two.release();
    }
  });
});
