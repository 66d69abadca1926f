import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import fc from 'fast-check';
import { createFeeds } from '../../functions/ingest-chunk/testing/feed-record.ts';
import { createModel } from '../../functions/ingest-chunk/testing/merge-model.ts';
import {
  readNetHistory,
  readPermitsAsOf,
} from '../../functions/ingest-chunk/testing/read-tables.ts';
import type { FeedRecord } from '../../functions/shared/testing/permit-record.ts';
import { FAULT_KINDS, type Fault } from './fault-injector.ts';
import { POINT_NAMES } from './points.ts';
import type { ChaosCloud } from './start-chaos-cloud.ts';

const MOST_FAULTS = 6;
/** The workflow's attempts at a call; fewer faults than this must not fail it. */
const ATTEMPTS = 3;
/** More than the attempts at all chunks of a feed. */
const MOST_TIMES = 20;

/** Two consecutive days. When a schedule fails only the faults are shrunk, not the feeds. */
const feeds = fc.noShrink(
  createFeeds(20, { minLength: 2, maxLength: 2 }, { minLength: 1, maxLength: 60 }),
);
const fault: fc.Arbitrary<Fault> = fc.record({
  point: fc.constantFrom(...POINT_NAMES),
  kind: fc.constantFrom(...FAULT_KINDS),
  nth: fc.integer({ min: 1, max: 4 }),
  times: fc.oneof(
    { weight: 3, arbitrary: fc.constant(1) },
    fc.integer({ min: 2, max: MOST_TIMES }),
  ),
});

export interface Schedule {
  readonly before: readonly FeedRecord[];
  readonly after: readonly FeedRecord[];
  readonly faults: readonly Fault[];
}

/** Any faults at any points. */
export const schedule: fc.Arbitrary<Schedule> = fc
  .tuple(feeds, fc.array(fault, { maxLength: MOST_FAULTS, size: 'max' }))
  .map(([[before = [], after = []], faults]) => ({ before, after, faults }));

/** How a schedule ended: in its own run, or after its dead letter was redriven. */
export type Ending = 'completed' | 'redriven';

/**
 * Syncs one feed without faults and the next one with them. If that sync gives up, it must leave
 * exactly one dead letter, from which it is run again without faults. In the end everything must be
 * as the model predicts.
 *
 * @throws AssertionError
 */
export async function runSchedule(
  cloud: ChaosCloud,
  { before, after, faults }: Schedule,
): Promise<Ending> {
  const { query } = cloud;
  await query('truncate stored_permits, permit_history, sync_runs cascade');
  const model = createModel();
  const calm = await cloud.sync(before, []);
  strictEqual(calm.execution.state, 'SUCCEEDED', calm.execution.error?.payload);
  model.apply(before);

  const faulted = await cloud.sync(after, faults);
  const letters = await cloud.takeLetters();
  const gaveUp = faulted.execution.state !== 'SUCCEEDED';
  const mostTimes = faults.reduce((sum, { times }) => sum + times, 0);
  if (mostTimes < ATTEMPTS)
    strictEqual(gaveUp, false, `gave up: ${faulted.execution.error?.payload}`);
  strictEqual(letters.length, gaveUp ? 1 : 0, 'dead letters');
  for (const { argument, failed_chunks, run_id } of letters) {
    const resume = failed_chunks.length > 0 ? { resume_run_id: run_id } : {};
    const { execution } = await cloud.sync(after, [], { ...argument, ...resume });
    strictEqual(execution.state, 'SUCCEEDED', execution.error?.payload);
  }

  const { history, counts } = model.apply(after);
  const [{ last } = { last: 0 }] = await query<{ last: number }>(LAST_RUN);
  deepStrictEqual(await readPermitsAsOf(query, last), model.asOf(2));
  deepStrictEqual(await readPermitsAsOf(query, 1), model.asOf(1));
  deepStrictEqual(await readNetHistory(query), history);
  const [first, ...runs] = await query<Run>(RUNS);
  ok(first);
  strictEqual(runs.length, gaveUp ? 2 : 1, 'runs');
  // The first of two can have completed as well: finalize closed it, but no answer arrived.
  strictEqual(runs.at(-1)?.status, 'completed');
  ok(runs.every(({ status }) => status !== 'running'));
  const sumOfNew = runs.reduce((sum, run) => sum + run.records_new, 0);
  strictEqual(sumOfNew, counts.records_new, 'new records, over all runs');
  const [accounted] = await query(ACCOUNTED, [first.id]);
  deepStrictEqual(accounted, { records: after.length });
  return gaveUp ? 'redriven' : 'completed';
}

interface Run {
  readonly id: number;
  readonly status: string;
  readonly records_new: number;
}

const RUNS = 'select id::integer, status, records_new from sync_runs order by id';

const LAST_RUN = 'select max(id)::integer as last from sync_runs';

/** Counts the records of the last run and of the run that it resumes. */
const ACCOUNTED = `
  select sum(records_total)::integer as records
  from sync_runs
  where id > $1
    and id in (select run_lineage((select max(id) from sync_runs)))`;
