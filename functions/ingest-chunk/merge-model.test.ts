import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { downloadFeed } from '../download/download-feed.ts';
import { finalizeRun } from '../finalize/finalize-run.ts';
import { createTestContext, type TestContext } from '../shared/testing/create-test-context.ts';
import type { FeedRecord } from '../shared/testing/permit-record.ts';
import { ingestChunk } from './ingest-chunk.ts';
import { createFeeds } from './testing/feed-record.ts';
import { createModel } from './testing/merge-model.ts';
import { type Query, readHistory, readPermits, readPresence } from './testing/read-tables.ts';

const CHUNK_RECORDS = 3;
const MAX_RECORDS = 14;
/** Every chunk is called twice. */
const MAX_CALLS = 2 * Math.ceil(MAX_RECORDS / CHUNK_RECORDS);

let context: TestContext;
let directory: string;

beforeAll(async () => {
  context = await createTestContext({
    CHUNK_RECORDS: String(CHUNK_RECORDS),
    MAX_REJECTED_PERCENT: '100',
  });
  directory = await mkdtemp(join(tmpdir(), 'merge-model-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true });
  await context[Symbol.asyncDispose]();
});

interface Sync {
  readonly feed: readonly FeedRecord[];
  readonly partial: boolean;
  readonly order: readonly number[];
  readonly atOnce: number;
}

/** Feeds, each with the order in which its chunks are called and how many calls run at once. */
const syncs: fc.Arbitrary<readonly Sync[]> = createFeeds(
  4,
  { minLength: 1, maxLength: 4 },
  { maxLength: MAX_RECORDS },
).chain((feeds) =>
  fc.tuple(
    ...feeds.map((feed) =>
      fc.record({
        feed: fc.constant(feed),
        partial: fc.boolean(),
        order: fc.array(fc.nat(), { minLength: MAX_CALLS, maxLength: MAX_CALLS }),
        atOnce: fc.integer({ min: 1, max: 3 }),
      }),
    ),
  ),
);

const query: Query = async (text, values) => (await context.pool.query(text, values)).rows;

let executions = 0;

/** Runs one sync with every chunk called twice, and gives its counts. */
async function runSync({ feed, partial, order, atOnce }: Sync) {
  executions += 1;
  const execution_id = `execution-${executions}`;
  const file_path = join(directory, `${execution_id}.json`);
  await writeFile(file_path, JSON.stringify(feed));
  const { run_id, chunks_total } = await downloadFeed(context, {
    execution_id,
    file_path,
    trigger: 'manual',
    partial,
    accept_shrink: true,
    accept_drift: true,
  });
  const calls = Array.from({ length: 2 * chunks_total }, (_, index) => ({
    request: { run_id, chunk_number: (index % chunks_total) + 1 },
    rank: order[index] ?? 0,
  }));
  calls.sort((a, b) => a.rank - b.rank);
  for (let from = 0; from < calls.length; from += atOnce) {
    const together = calls.slice(from, from + atOnce);
    await Promise.all(together.map(({ request }) => ingestChunk(context, request)));
  }
  return finalizeRun(context, { execution_id, outcome: 'completed', error: undefined });
}

test('any sequence of feeds leaves the same permits, history and counts as the model', async () => {
  await fc.assert(
    fc
      .asyncProperty(syncs, async (days) => {
        const model = createModel();
        for (const each of days) {
          const expected = model.apply(each.feed, each.partial);
          const run = await runSync(each);
          expect(run).toMatchObject(expected.counts);
          expect(await readHistory(query, run.run_id)).toEqual(expected.history);
          expect(await readPermits(query)).toEqual(model.permits());
          expect(await readPresence(query)).toEqual(model.presence());
        }
      })
      .beforeEach(() =>
        context.pool.query('truncate stored_permits, permit_history, sync_runs cascade'),
      ),
    { numRuns: 25 },
  );
}, 120_000);
