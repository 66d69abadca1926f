import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inTransaction } from './database.ts';
import { classifyError } from './errors.ts';
import { createTestContext, type TestContext } from './testing/create-test-context.ts';

let context: TestContext;

beforeAll(async () => {
  context = await createTestContext();
  await context.pool.query('create table counters (id integer primary key, value integer)');
});

afterAll(() => context[Symbol.asyncDispose]());

async function readValue(id: number): Promise<number | undefined> {
  const { rows } = await context.pool.query('select value from counters where id = $1', [id]);
  return rows[0]?.value;
}

function fail(code: string) {
  return Object.assign(new Error(`SQLSTATE ${code}`), { code });
}

test('bigint columns are read as numbers, dates as text', async () => {
  const { rows } = await context.pool.query("select 2::bigint as big, date '2026-01-05' as day");
  expect(rows).toEqual([{ big: 2, day: '2026-01-05' }]);
});

test('a transaction is committed once its work is done', async () => {
  const result = await inTransaction(context.pool, async (client) => {
    await client.query('insert into counters values (1, 10)');
    return 'done';
  });
  expect([result, await readValue(1)]).toEqual(['done', 10]);
});

test('a transaction leaves nothing if its work fails, and releases its connection', async () => {
  const work = async (client: pg.PoolClient) => {
    await client.query('insert into counters values (2, 10)');
    throw fail('23505');
  };
  for (let time = 0; time < 20; time += 1) {
    await expect(inTransaction(context.pool, work)).rejects.toMatchObject({ code: '23505' });
  }
  expect(await readValue(2)).toBeUndefined();
});

test.each(['40001', '40P01'])(
  'SQLSTATE %s is tried again at once, five times in all',
  async (code) => {
    let attempts = 0;
    const failing = inTransaction(context.pool, async () => {
      attempts += 1;
      throw fail(code);
    });
    await expect(failing).rejects.toMatchObject({ code });
    expect(attempts).toBe(5);
  },
);

test('deadlocked transactions all succeed in the end', async () => {
  await context.pool.query('insert into counters values (10, 0), (11, 0)');
  const bothHoldOne = Promise.withResolvers<void>();
  const holding = new Set<number>();
  const increment = 'update counters set value = value + 1 where id = $1';
  const add = (first: number, second: number) =>
    inTransaction(context.pool, async (client) => {
      await client.query("set local deadlock_timeout = '10ms'");
      await client.query(increment, [first]);
      if (holding.add(first).size === 2) bothHoldOne.resolve();
      await bothHoldOne.promise;
      await client.query(increment, [second]);
    });
  await Promise.all([add(10, 11), add(11, 10)]);
  expect([await readValue(10), await readValue(11)]).toEqual([2, 2]);
});

test('a connection closed by the server is a transient error, and the pool still works', async () => {
  const error = await inTransaction(context.pool, async (client) => {
    await client.query('select pg_terminate_backend(pg_backend_pid())');
  }).catch(classifyError);
  expect(error).toMatchObject({ code: 'database_unavailable', outcome: 'transient' });
  expect(await inTransaction(context.pool, async () => 'fine')).toBe('fine');
});

test('an idle connection closed by the server inside a transaction is a transient error, too', async () => {
  const error = await inTransaction(context.pool, async (client) => {
    const { rows } = await client.query('select pg_backend_pid() as pid');
    const ended = new Promise((resolve) => client.once('end', resolve));
    await context.pool.query('select pg_terminate_backend($1)', [rows[0].pid]);
    await ended;
    await client.query('select 1');
  }).catch(classifyError);
  expect(error).toMatchObject({ code: 'database_unavailable', outcome: 'transient' });
});
