import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DownloadRequest } from '../download/contract.ts';
import { downloadFeed } from '../download/download-feed.ts';
import { finalizeRun } from '../finalize/finalize-run.ts';
import { createTestContext, type TestContext } from '../shared/testing/create-test-context.ts';
import type { FeedRecord } from '../shared/testing/permit-record.ts';
import { ingestChunk } from './ingest-chunk.ts';
import { createFeeds } from './testing/feed-record.ts';
import { createModel } from './testing/merge-model.ts';
import { type Query, readHistory, readPermits, readPermitsAsOf } from './testing/read-tables.ts';

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
  /** Syncs the feed of an earlier run again, or resumes a failed one, instead of `feed`. */
  readonly again: 'no' | 'stored' | 'resumed';
  readonly which: number;
  readonly acceptOutdated: boolean;
  /** The order in which the chunks are called, and how many calls run at once. */
  readonly order: readonly number[];
  readonly atOnce: number;
  /** How many calls are made before the run fails; null if it completes. */
  readonly failsAfter: number | null;
}

const syncs: fc.Arbitrary<readonly Sync[]> = createFeeds(
  4,
  { minLength: 1, maxLength: 6 },
  { maxLength: MAX_RECORDS },
).chain((feeds) =>
  fc.tuple(
    ...feeds.map((feed) =>
      fc.record({
        feed: fc.constant(feed),
        partial: fc.boolean(),
        again: fc.constantFrom('no', 'no', 'stored', 'resumed', 'resumed'),
        which: fc.nat(),
        acceptOutdated: fc.boolean(),
        order: fc.array(fc.nat(), { minLength: MAX_CALLS, maxLength: MAX_CALLS }),
        atOnce: fc.integer({ min: 1, max: 3 }),
        failsAfter: fc.option(fc.nat(MAX_CALLS), { freq: 2 }),
      }),
    ),
  ),
);

const query: Query = async (text, values) => (await context.pool.query(text, values)).rows;

/** A run that has ended, as the model's test remembers it. */
interface Ended {
  readonly id: number;
  readonly feed: readonly FeedRecord[];
  /** The number in its object's name; a resumed run has the object of the run that it resumed. */
  readonly object: number;
  readonly isPartial: boolean;
  readonly feedRun: number;
  readonly hasCompleted: boolean;
  readonly hasStored: boolean;
  /** The chunks that were not done. */
  readonly left: readonly (readonly FeedRecord[])[];
}

/** The code with which a feed of an earlier run is refused; undefined if it is taken. */
function refusal(ended: readonly Ended[], sync: Sync, earlier: Ended): string | undefined {
  const isOutdated = ended.some(
    (run) =>
      run.feedRun > earlier.feedRun && (run.hasStored || (run.hasCompleted && !run.isPartial)),
  );
  const isBehind = ended.some((run) => run.id > earlier.id && (run.hasStored || run.hasCompleted));
  if (isOutdated && !sync.acceptOutdated) return 'feed_outdated';
  return sync.again === 'resumed' && isBehind ? 'run_not_resumable' : undefined;
}

let executions = 0;

async function runSync(
  model: ReturnType<typeof createModel>,
  ended: Ended[],
  sync: Sync,
): Promise<void> {
  const { which, order, atOnce, failsAfter, acceptOutdated } = sync;
  executions += 1;
  const execution_id = `execution-${executions}`;
  const candidates =
    sync.again === 'no'
      ? []
      : ended.filter(({ hasCompleted }) => sync.again === 'stored' || !hasCompleted);
  const earlier = candidates[which % Math.max(1, candidates.length)];
  const resumes = sync.again === 'resumed' ? earlier?.id : undefined;
  const feed = earlier?.feed ?? sync.feed;
  const isPartial = resumes === undefined ? sync.partial : (earlier?.isPartial ?? false);
  const file_path =
    earlier === undefined
      ? join(directory, `${execution_id}.json`)
      : `gs://${context.config.FEED_BUCKET}/runs/${earlier.object}/feed.json.gz`;
  if (earlier === undefined) await writeFile(file_path, JSON.stringify(feed));
  const request: DownloadRequest = {
    execution_id,
    trigger: 'manual',
    accept_shrink: true,
    accept_drift: true,
    accept_outdated: acceptOutdated,
    ...(resumes === undefined ? { file_path, partial: sync.partial } : { resume_run_id: resumes }),
  };
  const code = earlier && refusal(ended, sync, earlier);
  if (code !== undefined) {
    await expect(downloadFeed(context, request)).rejects.toMatchObject({ code });
    await finalizeRun(context, { execution_id, outcome: 'failed', error: { message: code } });
    model.refuse();
    return;
  }
  const { run_id, chunks_total } = await downloadFeed(context, request);
  const chunks = resumes === undefined ? cut(feed) : (earlier?.left ?? []);
  expect(chunks_total).toBe(chunks.length);

  const calls = Array.from({ length: 2 * chunks_total }, (_, index) => ({
    request: { run_id, chunk_number: (index % chunks_total) + 1 },
    rank: order[index] ?? 0,
  }));
  calls.sort((a, b) => a.rank - b.rank);
  const made = calls.slice(0, failsAfter ?? calls.length);
  for (let from = 0; from < made.length; from += atOnce) {
    const together = made.slice(from, from + atOnce);
    await Promise.all(together.map((call) => ingestChunk(context, call.request)));
  }
  const done = new Set(made.map((call) => call.request.chunk_number));
  const fails = failsAfter !== null;
  const run = await finalizeRun(context, {
    execution_id,
    outcome: fails ? 'failed' : 'completed',
    error: fails ? { message: 'it broke' } : undefined,
  });

  const ingested = chunks.filter((_, index) => done.has(index + 1)).flat();
  const expected = model.run({ feed, ingested, isPartial, fails, resumes });
  ended.push({
    id: run_id,
    feed,
    object: resumes === undefined ? run_id : (earlier?.object ?? run_id),
    isPartial,
    feedRun: earlier?.feedRun ?? run_id,
    hasCompleted: !fails,
    hasStored: done.size > 0,
    left: chunks.filter((_, index) => !done.has(index + 1)),
  });
  expect(run_id).toBe(expected.id);
  expect(run).toMatchObject(expected.counts);
  expect(await readHistory(query, run_id)).toEqual(expected.history);
  expect(await readPermits(query)).toEqual(model.permits());
}

function cut(feed: readonly FeedRecord[]): readonly (readonly FeedRecord[])[] {
  return Array.from({ length: Math.ceil(feed.length / CHUNK_RECORDS) }, (_, index) =>
    feed.slice(CHUNK_RECORDS * index, CHUNK_RECORDS * (index + 1)),
  );
}

test('any sequence of runs leaves the permits, history, counts and past days of the model', async () => {
  await fc.assert(
    fc
      .asyncProperty(syncs, async (days) => {
        const model = createModel();
        const ended: Ended[] = [];
        for (const sync of days) await runSync(model, ended, sync);
        for (let id = 0; id <= days.length; id += 1) {
          expect(await readPermitsAsOf(query, id)).toEqual(model.asOf(id));
        }
        const now = await query(
          'select in_feed from permits order by permit_num collate "C", permit_type collate "C"',
        );
        expect(now).toEqual(model.asOf(days.length).map(({ in_feed }) => ({ in_feed })));
      })
      .beforeEach(() =>
        context.pool.query('truncate stored_permits, permit_history, sync_runs cascade'),
      ),
    { numRuns: 20, endOnFailure: true },
  );
}, 240_000);
