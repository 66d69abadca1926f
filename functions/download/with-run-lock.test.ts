import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestContext, type TestContext } from '../shared/testing/create-test-context.ts';
import { withRunLock } from './with-run-lock.ts';

let context: TestContext;

beforeAll(async () => {
  context = await createTestContext({ DATABASE_POOL_SIZE: '10' });
});

afterAll(() => context[Symbol.asyncDispose]());

const findWaiting = async (): Promise<number> => {
  const { rows } = await context.pool.query(
    `select count(*)::integer as waiting
     from pg_locks
     where locktype = 'advisory' and not granted
       and database = (select oid from pg_database where datname = current_database())`,
  );
  return rows[0].waiting;
};

test('calls for one run do their work one after the other', async () => {
  const steps: string[] = [];
  const work = (name: string) =>
    withRunLock(context.pool, 1, async () => {
      steps.push(`${name} begins`);
      while (steps.length === 1 && (await findWaiting()) === 0);
      steps.push(`${name} ends`);
      return name;
    });
  const results = await Promise.all([work('first'), work('second')]);
  expect(results).toEqual(['first', 'second']);
  const [winner] = (steps[0] ?? '').split(' ');
  const other = winner === 'first' ? 'second' : 'first';
  expect(steps).toEqual([`${winner} begins`, `${winner} ends`, `${other} begins`, `${other} ends`]);
});

test('calls for two runs do not wait for each other', async () => {
  const inner = withRunLock(context.pool, 2, () =>
    withRunLock(context.pool, 3, async () => 'both locks held'),
  );
  expect(await inner).toBe('both locks held');
});

test('work that fails passes its error on and gives the lock back', async () => {
  const failing = withRunLock(context.pool, 4, () => Promise.reject(new Error('no feed')));
  await expect(failing).rejects.toThrow('no feed');
  expect(await withRunLock(context.pool, 4, async () => 'mine')).toBe('mine');
});

test('a connection that breaks during the work does not end it', async () => {
  const result = await withRunLock(context.pool, 5, async () => {
    await context.pool.query(
      `select pg_terminate_backend(pid)
       from pg_locks
       where locktype = 'advisory'
         and database = (select oid from pg_database where datname = current_database())`,
    );
    return withRunLock(context.pool, 5, async () => 'another holds the lock now');
  });
  expect(result).toBe('another holds the lock now');
});
