import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFeeds } from '../../functions/ingest-chunk/testing/feed-record.ts';
import { createModel } from '../../functions/ingest-chunk/testing/merge-model.ts';
import { checkCompleted } from './check-completed.ts';
import { FAULT_KINDS } from './fault-injector.ts';
import { POINT_NAMES } from './points.ts';
import { runSchedule } from './run-schedule.ts';
import { type ChaosCloud, startChaosCloud } from './start-chaos-cloud.ts';

let directory: string;
let cloud: ChaosCloud;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chaos-'));
  cloud = await startChaosCloud(directory);
});

afterAll(async () => {
  await cloud.stop();
  await rm(directory, { recursive: true });
});

/** A feed of several chunks, and the same feed as the City changes it by the next day. */
const [[before = [], after = []] = []] = fc.sample(
  createFeeds(20, { minLength: 2, maxLength: 2 }, { minLength: 40, maxLength: 40 }),
  { numRuns: 1, seed: 1 },
);

test.each(POINT_NAMES.flatMap((point) => FAULT_KINDS.map((kind) => ({ point, kind }))))(
  '$point, $kind: the sync completes as if nothing had happened',
  async ({ point, kind }) => {
    await cloud.query('truncate stored_permits, permit_history, sync_runs cascade');
    const model = createModel();
    const calm = await cloud.sync(before, []);
    await checkCompleted(cloud.query, model, before, calm.execution);
    const { execution, occurred } = await cloud.sync(after, [{ point, kind, nth: 1, times: 1 }]);
    expect(occurred).toBe(1);
    await checkCompleted(cloud.query, model, after, execution);
  },
);

/** A call that is hit at every attempt gives up, unless an earlier attempt has done the work. */
test.each([
  { point: 'before the run row', ending: 'redriven' },
  { point: 'while downloading', ending: 'redriven' },
  { point: 'after the chunk index is written', ending: 'completed' },
  { point: 'inside COPY', ending: 'redriven' },
  { point: 'after commit before the answer', ending: 'completed' },
  { point: 'before finalize', ending: 'redriven' },
  { point: 'after finalize before the answer', ending: 'completed' },
  { point: 'in snapshot', ending: 'completed' },
] as const)('$point, killed at every attempt: $ending', async ({ point, ending }) => {
  const faults = [{ point, kind: 'process killed', nth: 1, times: 20 }] as const;
  expect(await runSchedule(cloud, { before, after, faults })).toBe(ending);
});
