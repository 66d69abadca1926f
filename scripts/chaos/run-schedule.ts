import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import fc from 'fast-check';
import { createFeeds } from '../../functions/ingest-chunk/testing/feed-record.ts';
import { createModel } from '../../functions/ingest-chunk/testing/merge-model.ts';
import { readNetHistory, readPermits } from '../../functions/ingest-chunk/testing/read-tables.ts';
import type { FeedRecord } from '../../functions/shared/testing/permit-record.ts';
import { FAULT_NAMES, type Strike } from './fault-injector.ts';
import { POINT_NAMES } from './points.ts';
import type { ChaosCloud } from './start-chaos-cloud.ts';

const MOST_STRIKES = 6;
/** Of a call by the workflow; fewer faults than that must not fail it. */
const ATTEMPTS = 3;
/** More than the attempts of all chunks of a feed. */
const MOST_TIMES = 20;

/** A day and the next one; they are not made smaller when a schedule fails, only the strikes are. */
const feeds = fc.noShrink(
  createFeeds(20, { minLength: 2, maxLength: 2 }, { minLength: 1, maxLength: 60 }),
);
const strike: fc.Arbitrary<Strike> = fc.record({
  point: fc.constantFrom(...POINT_NAMES),
  fault: fc.constantFrom(...FAULT_NAMES),
  nth: fc.integer({ min: 1, max: 4 }),
  times: fc.oneof(
    { weight: 3, arbitrary: fc.constant(1) },
    fc.integer({ min: 2, max: MOST_TIMES }),
  ),
});

export interface Schedule {
  readonly before: readonly FeedRecord[];
  readonly after: readonly FeedRecord[];
  readonly strikes: readonly Strike[];
}

/** Any faults at any points. */
export const schedule: fc.Arbitrary<Schedule> = fc
  .tuple(feeds, fc.array(strike, { maxLength: MOST_STRIKES, size: 'max' }))
  .map(([[before = [], after = []], strikes]) => ({ before, after, strikes }));

/** How a schedule ended: at once, or after its dead letter was redriven. */
export type Ending = 'completed' | 'redriven';

/**
 * Syncs one feed calmly and the next one under strikes. When that gives up, it has to have left one
 * letter, with which it is run again, calmly. In the end all has to be as the model has it.
 *
 * @throws AssertionError
 */
export async function runSchedule(
  cloud: ChaosCloud,
  { before, after, strikes }: Schedule,
): Promise<Ending> {
  const { query } = cloud;
  await query('truncate stored_permits, permit_history, sync_runs cascade');
  const model = createModel();
  const calm = await cloud.sync(before, []);
  strictEqual(calm.execution.state, 'SUCCEEDED', calm.execution.error?.payload);
  model.apply(before);

  const struck = await cloud.sync(after, strikes);
  const letters = await cloud.takeLetters();
  const gaveUp = struck.execution.state !== 'SUCCEEDED';
  const blows = strikes.reduce((sum, { times }) => sum + times, 0);
  if (blows < ATTEMPTS) strictEqual(gaveUp, false, `gave up: ${struck.execution.error?.payload}`);
  strictEqual(letters.length, gaveUp ? 1 : 0, 'dead letters');
  for (const { argument, failed_chunks, run_id } of letters) {
    const resume = failed_chunks.length > 0 ? { resume_run_id: run_id } : {};
    const { execution } = await cloud.sync(after, [], { ...argument, ...resume });
    strictEqual(execution.state, 'SUCCEEDED', execution.error?.payload);
  }

  const { history, counts } = model.apply(after);
  deepStrictEqual(await readPermits(query), model.permits());
  deepStrictEqual(await readNetHistory(query), history);
  const [first, ...runs] = await query<Run>(RUNS);
  ok(first);
  strictEqual(runs.length, gaveUp ? 2 : 1, 'runs');
  // The first of two can have completed, too: finalize closed it, and not one answer arrived.
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

/** The records of the last run, and of the run that it resumes. */
const ACCOUNTED = `
  select sum(records_total)::integer as records
  from sync_runs
  where id > $1
    and id in (select run_lineage((select max(id) from sync_runs)))`;
