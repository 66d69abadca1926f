import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { insertFailedRun } from '../shared/sync-runs.ts';
import { createTestContext, type TestContext } from '../shared/testing/create-test-context.ts';
import { takeSnapshot } from './take-snapshot.ts';
import {
  addPermit,
  addRun,
  failureOf,
  query,
  readSnapshots,
  removeLinkedData,
  snapshot,
} from './testing/linked-data.ts';

let context: TestContext;

beforeAll(async () => {
  context = await createTestContext();
});

afterAll(() => context[Symbol.asyncDispose]());

beforeEach(() => removeLinkedData(context));

function hoursAgo(hours: number) {
  return new Date(Date.now() - hours * 3_600_000);
}

describe('the metrics', () => {
  test('count all, active and recently seen permits', async () => {
    const old = await addRun(context);
    const run = await addRun(context);
    await addPermit(context, run, 'a');
    await addPermit(context, run, 'b', { last_seen_at: hoursAgo(23) });
    await addPermit(context, old, 'c', { last_seen_at: hoursAgo(25) });
    await addPermit(context, old, 'd', { last_seen_at: hoursAgo(6 * 24) });
    await addPermit(context, old, 'e', { last_seen_at: hoursAgo(8 * 24) });
    await addPermit(context, old, 'f', { last_seen_at: hoursAgo(31 * 24) });
    expect((await snapshot(context, run)).row).toMatchObject({
      run_id: run,
      total_permits: 6,
      active_permits: 2,
      permits_seen_24h: 2,
      permits_seen_7d: 4,
      permits_seen_30d: 5,
    });
  });

  test('give the time and the status of the last sync', async () => {
    const run = await addRun(context);
    const [{ started_at }] = await query(context, 'select started_at from sync_runs');
    expect((await snapshot(context, run)).row).toMatchObject({
      last_sync_at: started_at,
      last_sync_status: 'completed',
    });
  });

  test('count the permits of the last completed run as active, even after a failed run', async () => {
    const run = await addRun(context);
    await addPermit(context, run, 'a');
    const failed = await addRun(context, 'the feed was rubbish');
    await addPermit(context, failed, 'b');
    await addPermit(context, failed, 'c');
    expect((await snapshot(context, failed)).row).toMatchObject({
      run_id: failed,
      active_permits: 1,
      total_permits: 3,
      last_sync_status: 'failed',
    });
  });

  test('measure trades over the active matches of active permits', async () => {
    const old = await addRun(context);
    const run = await addRun(context);
    await addPermit(context, run, 'a');
    await addPermit(context, run, 'b');
    await addPermit(context, run, 'c');
    await addPermit(context, old, 'removed');
    await query(context, `insert into trades (name) values ('plumbing'), ('roofing'), ('framing')`);
    await query(
      context,
      `insert into permit_trades
         (permit_num, revision_num, permit_type, trade_id, tier, confidence, is_active)
       values
         ('a', '00', 'New Houses', 1, 1, 0.9, true),
         ('a', '00', 'New Houses', 2, 2, 0.7, true),
         ('a', '00', 'New Houses', 3, 2, 0.5, true),
         ('b', '00', 'New Houses', 1, 3, 0.4, true),
         ('b', '00', 'New Houses', 2, 1, 0.1, false),
         ('c', '00', 'New Houses', 1, 1, 0.1, false),
         ('a', '01', 'New Houses', 1, 1, 0.1, true),
         ('removed', '00', 'New Houses', 1, 1, 0.1, true)`,
    );
    expect((await snapshot(context, run)).row).toMatchObject({
      permits_with_trades: 2,
      trade_matches: 4,
      trade_avg_confidence: '0.625',
      trade_tier_1: 1,
      trade_tier_2: 2,
      trade_tier_3: 1,
    });
  });

  test('measure builders', async () => {
    const run = await addRun(context);
    const old = await addRun(context);
    await addPermit(context, run, 'removed', { builder_name: 'Ajax' });
    await addPermit(context, old, 'a', { builder_name: 'Ajax' });
    await addPermit(context, old, 'b');
    await query(
      context,
      `insert into builders
         (name, phone, email, website, google_place_id, wsib_status, enriched_at)
       values
         ('Ajax', '1', 'a@x', 'x', 'place', 'ok', now()),
         ('Birch', '1', 'b@x', 'x', 'place', null, now()),
         ('Cedar', '1', 'c@x', 'x', null, null, now()),
         ('Dunn', '1', 'd@x', null, null, null, null),
         ('Elm', '1', null, null, null, null, null),
         ('Fir', null, null, null, null, null, null)`,
    );
    expect((await snapshot(context, old)).row).toMatchObject({
      permits_with_builder: 1,
      builders_total: 6,
      builders_enriched: 3,
      builders_with_phone: 5,
      builders_with_email: 4,
      builders_with_website: 3,
      builders_with_google_place_id: 2,
      builders_with_wsib_status: 1,
    });
  });

  test('measure parcels over the links of active permits', async () => {
    const old = await addRun(context);
    const run = await addRun(context);
    await addPermit(context, run, 'a');
    await addPermit(context, run, 'b');
    await addPermit(context, old, 'removed');
    await query(context, `insert into parcels (address) values ('1 A St'), ('2 B St')`);
    await query(
      context,
      `insert into permit_parcels
         (permit_num, revision_num, permit_type, parcel_id, match_type, confidence)
       values
         ('a', '00', 'New Houses', 1, 'exact_address', 1),
         ('a', '00', 'New Houses', 2, 'exact_address', 0.8),
         ('b', '00', 'New Houses', 1, 'name_only', 0.3),
         ('removed', '00', 'New Houses', 1, 'name_only', 0.1)`,
    );
    expect((await snapshot(context, run)).row).toMatchObject({
      permits_with_parcel: 2,
      parcel_exact_address: 2,
      parcel_name_only: 1,
      parcel_avg_confidence: '0.700',
    });
  });

  test('measure neighbourhoods and geocoding over active permits', async () => {
    const old = await addRun(context);
    const run = await addRun(context);
    await query(context, `insert into neighbourhoods (name) values ('The Annex')`);
    const place = { latitude: 43.6, longitude: -79.4 };
    await addPermit(context, run, 'a', { neighbourhood_id: 1, ...place });
    await addPermit(context, run, 'b', { ...place });
    await addPermit(context, run, 'c', { latitude: 43.6 });
    await addPermit(context, run, 'd', { longitude: -79.4 });
    await addPermit(context, old, 'removed', { neighbourhood_id: 1, ...place });
    expect((await snapshot(context, run)).row).toMatchObject({
      permits_with_neighbourhood: 1,
      permits_geocoded: 2,
    });
  });

  test('measure Committee of Adjustment applications; 0.80 is high, 0.50 is not low', async () => {
    const run = await addRun(context);
    await query(
      context,
      `insert into coa_applications (application_number, linked_permit_num, linked_confidence)
       values
         ('1', 'a', 0.80),
         ('2', 'b', 0.799),
         ('3', 'c', 0.50),
         ('4', 'd', 0.499),
         ('5', null, null)`,
    );
    expect((await snapshot(context, run)).row).toMatchObject({
      coa_applications_total: 5,
      coa_applications_linked: 4,
      coa_avg_confidence: '0.650',
      coa_high_confidence: 1,
      coa_low_confidence: 1,
    });
  });
});

describe('takeSnapshot', () => {
  test('updates the row of the day if called again', async () => {
    const first = await addRun(context);
    await addPermit(context, first, 'a');
    const { row: before } = await snapshot(context, first);
    const second = await addRun(context);
    await addPermit(context, second, 'b', { latitude: 43.6, longitude: -79.4 });
    const { row: after, response } = await snapshot(context, second);
    expect(await readSnapshots(context)).toHaveLength(1);
    expect(after).toMatchObject({
      snapshot_date: before.snapshot_date,
      run_id: second,
      total_permits: 2,
      active_permits: 1,
      permits_geocoded: 1,
    });
    expect(after.taken_at.getTime()).toBeGreaterThan(before.taken_at.getTime());
    expect(response.effectiveness_score).toBe(15);
  });

  test('overwrites every column of an earlier snapshot of the day', async () => {
    const run = await addRun(context);
    await addPermit(context, run, 'a');
    const { row: fresh } = await snapshot(context, run);
    const numbers = Object.keys(fresh).filter(
      (column) => !/^(snapshot_date|taken_at|run_id|last_sync_at|last_sync_status)$/.test(column),
    );
    await query(
      context,
      `update data_quality_snapshots
       set ${numbers.map((column) => `${column} = 9`)}, last_sync_status = 'failed'`,
    );
    const { row } = await snapshot(context, run);
    expect(row).toEqual({ ...fresh, taken_at: expect.any(Date) });
  });

  test('uses the date in Toronto', async () => {
    const { response } = await snapshot(context, await addRun(context));
    const [{ day }] = await query(
      context,
      `select (taken_at at time zone 'America/Toronto')::date as day from data_quality_snapshots`,
    );
    expect(response.snapshot_date).toBe(day);
    expect(response.snapshot_date).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  test('keeps the rows of earlier days', async () => {
    const run = await addRun(context);
    await snapshot(context, run);
    await query(context, `update data_quality_snapshots set snapshot_date = snapshot_date - 1`);
    await snapshot(context, run);
    expect(await readSnapshots(context)).toHaveLength(2);
  });

  test('logs the score in one entry', async () => {
    const run = await addRun(context);
    await addPermit(context, run, 'a');
    const { response } = await snapshot(context, run);
    expect(context.events.at(-1)).toMatchObject({
      severity: 'INFO',
      event: 'snapshot_taken',
      run_id: run,
      snapshot_date: response.snapshot_date,
      score: 0,
    });
  });

  test('fails with 404 for an unknown run and leaves no row', async () => {
    const refused = await insertFailedRun(
      context.db,
      { executionId: 'refused', trigger: 'manual' },
      failureOf('refused'),
    );
    const unknown = (refused?.id ?? 0) + 1;
    await expect(takeSnapshot(context, { run_id: unknown })).rejects.toMatchObject({
      code: 'run_not_found',
      outcome: 'permanent',
      status: 404,
      message: `Run ${unknown} does not exist`,
    });
    expect(await readSnapshots(context)).toEqual([]);
  });
});
