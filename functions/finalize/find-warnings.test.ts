import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { syncFeed } from '../download/testing/sync-feed.ts';
import type { Warning } from '../shared/schema.ts';
import { createTestContext, type TestContext } from '../shared/testing/create-test-context.ts';
import { type FeedRecord, permitRecord } from '../shared/testing/permit-record.ts';
import { finalizeRun } from './finalize-run.ts';

let context: TestContext;
let folder: string;

beforeAll(async () => {
  context = await createTestContext();
  folder = await mkdtemp(join(tmpdir(), 'find-warnings-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await context[Symbol.asyncDispose]();
});

beforeEach(() => context.pool.query('truncate stored_permits, permit_history, sync_runs cascade'));

/** Leaves out what Cloud Monitoring's stand-in thinks of points that are seconds apart. */
function withoutMetrics(warnings: readonly Warning[]): readonly Warning[] {
  return warnings.filter(({ code }) => code !== 'metrics_not_written');
}

async function sync(feed: readonly FeedRecord[] | string) {
  const text = typeof feed === 'string' ? feed : JSON.stringify(feed);
  const { run, error } = await syncFeed(context, folder, text);
  expect(error).toBeUndefined();
  return { ...run, warnings: withoutMetrics(run.warnings) };
}

const records = Array.from({ length: 20 }, (_, index) => permitRecord(index + 1));
const [first = {}, ...others] = records;

describe('a completed run warns of', () => {
  test('nothing on an ordinary day', async () => {
    expect((await sync(records)).warnings).toEqual([]);
    expect((await sync([{ ...first, STATUS: 'Closed' }, ...others])).warnings).toEqual([]);
    const events = context.events.filter(({ event }) => event === 'sync_warned');
    expect(
      events.flatMap((each) => ('warnings' in each ? withoutMetrics(each.warnings) : [])),
    ).toEqual([]);
  });

  test('rejects', async () => {
    const { id, warnings } = await sync([{ ...first, ISSUED_DATE: 'soon' }, ...others]);
    expect(warnings).toEqual([
      {
        code: 'records_rejected',
        message: `1 record could not be stored; list with npm run rejects -- --run ${id}`,
        records: 1,
      },
    ]);
  });

  test('values that could not be read, once', async () => {
    const odd = [{ ...first, EST_CONST_COST: '97,3000', DWELLING_UNITS_LOST: '9.9' }, ...others];
    expect((await sync(odd)).warnings).toEqual([
      {
        code: 'unreadable_values',
        message:
          'Could not read DWELLING_UNITS_LOST of 1 record, EST_CONST_COST of 1 record; the text is in extra',
        columns: { DWELLING_UNITS_LOST: 1, EST_CONST_COST: 1 },
      },
    ]);
    expect((await sync(odd)).warnings).toEqual([]);
  });

  test('a field that changes in more than a tenth of the permits', async () => {
    await sync(records);
    const changed = records.map((record, index) => (index < 3 ? { ...record, WORK: 'x' } : record));
    expect((await sync(changed)).warnings).toEqual([
      {
        code: 'many_changes',
        message: 'Unusually many of 20 records changed: work in 3 permits',
        fields: { work: 3 },
      },
    ]);
  });

  test('many permits that leave the feed', async () => {
    await sync(records);
    expect((await sync(others)).warnings).toEqual([
      { code: 'many_removed', message: '1 permit left the feed, 5.0 % of it', permits: 1 },
    ]);
  });

  test('rejects without a readable key, which may be the permits that seem to have left', async () => {
    await sync(records);
    const texts = others.map((record) => JSON.stringify(record));
    const { warnings } = await sync(`[{"PERMIT_NUM": NaN}, ${texts.join(', ')}]`);
    expect(warnings.map(({ code }) => code)).toEqual([
      'records_rejected',
      'unidentified_rejects',
      'many_removed',
    ]);
    expect(warnings[1]?.message).toBe(
      '1 reject without a readable key may explain as many of the 1 permit that left the feed',
    );
  });
});

test('the warnings of a run are one event, and what comes later another', async () => {
  const { run } = await syncFeed(
    context,
    folder,
    JSON.stringify([{ ...first, ISSUED_DATE: 'soon' }, ...others]),
  );
  const warned = () => context.events.filter((each) => each.event === 'sync_warned');
  expect(warned().at(-1)).toMatchObject({
    severity: 'WARNING',
    run_id: run.id,
    message: expect.stringContaining(`Run ${run.id} completed with warnings. records_rejected: 1`),
    warnings: expect.arrayContaining([...run.warnings]),
  });
  const before = warned().length;
  const warning = { code: 'snapshot_failed', message: 'no answer' };
  const call = { execution_id: run.execution_id, outcome: 'completed' as const, warning };
  const all = withoutMetrics([...run.warnings, warning]);
  expect(withoutMetrics((await finalizeRun(context, call)).warnings)).toEqual(all);
  expect(warned().slice(before)).toMatchObject([{ run_id: run.id, warnings: [warning] }]);
  expect(withoutMetrics((await finalizeRun(context, call)).warnings)).toEqual(all);
});
