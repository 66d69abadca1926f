import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { closeRun, insertFailedRun, openRun } from '../shared/run-ledger.ts';
import { createTestContext, type TestContext } from '../shared/testing/create-test-context.ts';
import { takeSnapshot } from './take-snapshot.ts';

let context: TestContext;

beforeAll(async () => {
  context = await createTestContext();
});

afterAll(() => context[Symbol.asyncDispose]());

beforeEach(() =>
  context.pool.query(
    `truncate sync_runs, permits, trades, permit_trades, builders, parcels, permit_parcels,
       neighbourhoods, coa_applications, data_quality_snapshots restart identity cascade`,
  ),
);

const query = async (text: string, values: readonly unknown[] = []) => {
  const { rows } = await context.pool.query(text, [...values]);
  return rows;
};

/** A run that has ended: completed, or failed with an error message. */
const addRun = async (errorMessage?: string): Promise<number> => {
  const { id } = await openRun(context, { executionId: randomUUID(), trigger: 'manual' });
  await context.db.transaction().execute((trx) => closeRun(trx, id, errorMessage));
  return id;
};

/** A permit that the feed of `runId` had, with nothing linked to it. */
const addPermit = (runId: number, permitNum: string, columns: Record<string, unknown> = {}) => {
  const row = {
    permit_num: permitNum,
    revision_num: '00',
    permit_type: 'New Houses',
    data_hash: Buffer.alloc(32),
    first_seen_at: new Date(),
    last_seen_at: new Date(),
    last_seen_run_id: runId,
    last_seen_chunk: 1,
    ...columns,
  };
  const names = Object.keys(row);
  const places = names.map((_, index) => `$${index + 1}`);
  const insert = `insert into permits (${names}) values (${places})`;
  return query(insert, Object.values(row));
};

const readSnapshots = () => query('select * from data_quality_snapshots');

/** Takes a snapshot and gives the row. */
const snapshot = async (runId: number) => {
  const response = await takeSnapshot(context, { run_id: runId });
  const [row] = await readSnapshots();
  return { response, row };
};

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);

describe('the metrics', () => {
  test('count permits, the active ones and those seen of late', async () => {
    const old = await addRun();
    const run = await addRun();
    await addPermit(run, 'a');
    await addPermit(run, 'b', { last_seen_at: hoursAgo(23) });
    await addPermit(old, 'c', { last_seen_at: hoursAgo(25) });
    await addPermit(old, 'd', { last_seen_at: hoursAgo(6 * 24) });
    await addPermit(old, 'e', { last_seen_at: hoursAgo(8 * 24) });
    await addPermit(old, 'f', { last_seen_at: hoursAgo(31 * 24) });
    expect((await snapshot(run)).row).toMatchObject({
      run_id: run,
      total_permits: 6,
      active_permits: 2,
      permits_seen_24h: 2,
      permits_seen_7d: 4,
      permits_seen_30d: 5,
    });
  });

  test('tell the time and the status of the last sync', async () => {
    const run = await addRun();
    const [{ started_at }] = await query('select started_at from sync_runs');
    expect((await snapshot(run)).row).toMatchObject({
      last_sync_at: started_at,
      last_sync_status: 'completed',
    });
  });

  test('count the permits of the last completed run as active, whatever failed since', async () => {
    const run = await addRun();
    await addPermit(run, 'a');
    const failed = await addRun('the feed was rubbish');
    await addPermit(failed, 'b');
    expect((await snapshot(failed)).row).toMatchObject({
      run_id: failed,
      active_permits: 1,
      total_permits: 2,
      last_sync_status: 'failed',
    });
  });

  test('measure trades over the active matches of active permits', async () => {
    const old = await addRun();
    const run = await addRun();
    await addPermit(run, 'a');
    await addPermit(run, 'b');
    await addPermit(run, 'c');
    await addPermit(old, 'gone');
    await query(`insert into trades (name) values ('plumbing'), ('roofing'), ('framing')`);
    await query(
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
         ('gone', '00', 'New Houses', 1, 1, 0.1, true)`,
    );
    expect((await snapshot(run)).row).toMatchObject({
      permits_with_trades: 2,
      trade_matches: 4,
      trade_avg_confidence: '0.625',
      trade_tier_1: 1,
      trade_tier_2: 2,
      trade_tier_3: 1,
    });
  });

  test('measure builders', async () => {
    const run = await addRun();
    const old = await addRun();
    await addPermit(run, 'gone', { builder_name: 'Ajax' });
    await addPermit(old, 'a', { builder_name: 'Ajax' });
    await addPermit(old, 'b');
    await query(
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
    expect((await snapshot(old)).row).toMatchObject({
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
    const old = await addRun();
    const run = await addRun();
    await addPermit(run, 'a');
    await addPermit(run, 'b');
    await addPermit(old, 'gone');
    await query(`insert into parcels (address) values ('1 A St'), ('2 B St')`);
    await query(
      `insert into permit_parcels
         (permit_num, revision_num, permit_type, parcel_id, match_type, confidence)
       values
         ('a', '00', 'New Houses', 1, 'exact_address', 1),
         ('a', '00', 'New Houses', 2, 'exact_address', 0.8),
         ('b', '00', 'New Houses', 1, 'name_only', 0.3),
         ('gone', '00', 'New Houses', 1, 'name_only', 0.1)`,
    );
    expect((await snapshot(run)).row).toMatchObject({
      permits_with_parcel: 2,
      parcel_exact_address: 2,
      parcel_name_only: 1,
      parcel_avg_confidence: '0.700',
    });
  });

  test('measure neighbourhoods and geocoding over active permits', async () => {
    const old = await addRun();
    const run = await addRun();
    await query(`insert into neighbourhoods (name) values ('The Annex')`);
    const place = { latitude: 43.6, longitude: -79.4 };
    await addPermit(run, 'a', { neighbourhood_id: 1, ...place });
    await addPermit(run, 'b', { ...place });
    await addPermit(run, 'c', { latitude: 43.6 });
    await addPermit(run, 'd', { longitude: -79.4 });
    await addPermit(old, 'gone', { neighbourhood_id: 1, ...place });
    expect((await snapshot(run)).row).toMatchObject({
      permits_with_neighbourhood: 1,
      permits_geocoded: 2,
    });
  });

  test('measure Committee of Adjustment applications, 0.80 being high and 0.50 not low', async () => {
    const run = await addRun();
    await query(
      `insert into coa_applications (application_number, linked_permit_num, linked_confidence)
       values
         ('1', 'a', 0.80),
         ('2', 'b', 0.799),
         ('3', 'c', 0.50),
         ('4', 'd', 0.499),
         ('5', null, null)`,
    );
    expect((await snapshot(run)).row).toMatchObject({
      coa_applications_total: 5,
      coa_applications_linked: 4,
      coa_avg_confidence: '0.650',
      coa_high_confidence: 1,
      coa_low_confidence: 1,
    });
  });
});

describe('the effectiveness score', () => {
  /** A completed run with ten active permits. */
  const addTenPermits = async () => {
    const run = await addRun();
    for (let ordinal = 0; ordinal < 10; ordinal += 1) await addPermit(run, `permit ${ordinal}`);
    return run;
  };

  const linkTrades = (permits: number) =>
    query(
      `with trade as (insert into trades (name) values ('plumbing') returning id)
       insert into permit_trades
         (permit_num, revision_num, permit_type, trade_id, tier, confidence)
       select permit_num, revision_num, permit_type, trade.id, 1, 1
       from permits, trade order by permit_num limit $1`,
      [permits],
    );
  const addBuilders = (enriched: number, others: number) =>
    query(
      `insert into builders (name, enriched_at)
       select number::text, case when number <= $1 then now() end
       from generate_series(1, $1::integer + $2::integer) as number`,
      [enriched, others],
    );
  const linkParcels = (permits: number) =>
    query(
      `with parcel as (insert into parcels (address) values ('1 A St') returning id)
       insert into permit_parcels
         (permit_num, revision_num, permit_type, parcel_id, match_type, confidence)
       select permit_num, revision_num, permit_type, parcel.id, 'name_only', 1
       from permits, parcel order by permit_num limit $1`,
      [permits],
    );
  const setOnPermits = (assignment: string, permits: number) =>
    query(
      `update permits set ${assignment}
       where permit_num in (select permit_num from permits order by permit_num limit $1)`,
      [permits],
    );
  const setNeighbourhoods = async (permits: number) => {
    await query(`insert into neighbourhoods (name) values ('The Annex')`);
    await setOnPermits('neighbourhood_id = 1', permits);
  };
  const geocode = (permits: number) => setOnPermits('latitude = 43.6, longitude = -79.4', permits);
  const addApplications = (linked: number, others: number) =>
    query(
      `insert into coa_applications (application_number, linked_permit_num)
       select number::text, case when number <= $1 then 'a' end
       from generate_series(1, $1::integer + $2::integer) as number`,
      [linked, others],
    );

  test('is null with no active permit, whatever else is linked', async () => {
    const run = await addRun();
    await addBuilders(1, 0);
    await addApplications(1, 0);
    const { response, row } = await snapshot(run);
    expect(response.effectiveness_score).toBeNull();
    expect(row).toMatchObject({ active_permits: 0, effectiveness_score: null });
  });

  test('is 0 with nothing linked: a zero denominator counts 0', async () => {
    const { response } = await snapshot(await addTenPermits());
    expect(response.effectiveness_score).toBe(0);
  });

  test.each<[string, number, () => Promise<unknown>]>([
    ['25 for trades', 25, () => linkTrades(10)],
    ['20 for builders', 20, () => addBuilders(3, 0)],
    ['15 for parcels', 15, () => linkParcels(10)],
    ['15 for neighbourhoods', 15, () => setNeighbourhoods(10)],
    ['15 for geocoding', 15, () => geocode(10)],
    ['10 for the Committee of Adjustment', 10, () => addApplications(3, 0)],
  ])('gives %s', async (_, score, link) => {
    const run = await addTenPermits();
    await link();
    expect((await snapshot(run)).response.effectiveness_score).toBe(score);
  });

  test('weighs each share by its part', async () => {
    const run = await addTenPermits();
    await linkTrades(5);
    await addBuilders(1, 2);
    await linkParcels(2);
    await setNeighbourhoods(9);
    await geocode(7);
    await addApplications(1, 3);
    const expected = 25 * 0.5 + 20 / 3 + 15 * 0.2 + 15 * 0.9 + 15 * 0.7 + 10 * 0.25;
    const { response, row } = await snapshot(run);
    expect(response.effectiveness_score).toBe(Number(expected.toFixed(2)));
    expect(row.effectiveness_score).toBe(expected.toFixed(2));
  });

  test('is 100 with everything linked, some of it twice', async () => {
    const run = await addTenPermits();
    await linkTrades(10);
    await query(
      `with trade as (insert into trades (name) values ('roofing') returning id)
       insert into permit_trades select permit_num, revision_num, permit_type, trade.id, 2, 1
       from permits, trade`,
    );
    await addBuilders(5, 0);
    await linkParcels(10);
    await setNeighbourhoods(10);
    await geocode(10);
    await addApplications(5, 0);
    expect((await snapshot(run)).response.effectiveness_score).toBe(100);
  });
});

describe('takeSnapshot', () => {
  test('updates the row of the day when it is called again', async () => {
    const first = await addRun();
    await addPermit(first, 'a');
    const { row: before } = await snapshot(first);
    const second = await addRun();
    await addPermit(second, 'b', { latitude: 43.6, longitude: -79.4 });
    const { row: after, response } = await snapshot(second);
    expect(await readSnapshots()).toHaveLength(1);
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

  test('leaves no column of an earlier snapshot of the day as it was', async () => {
    const run = await addRun();
    await addPermit(run, 'a');
    const { row: fresh } = await snapshot(run);
    const numbers = Object.keys(fresh).filter(
      (column) => !/^(snapshot_date|taken_at|run_id|last_sync_at|last_sync_status)$/.test(column),
    );
    await query(
      `update data_quality_snapshots
       set ${numbers.map((column) => `${column} = 9`)}, last_sync_status = 'failed'`,
    );
    const { row } = await snapshot(run);
    expect(row).toEqual({ ...fresh, taken_at: expect.any(Date) });
  });

  test("is dated by Toronto's calendar", async () => {
    const { response } = await snapshot(await addRun());
    const [{ day }] = await query(
      `select (taken_at at time zone 'America/Toronto')::date as day from data_quality_snapshots`,
    );
    expect(response.snapshot_date).toBe(day);
    expect(response.snapshot_date).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  test('keeps the rows of earlier days', async () => {
    const run = await addRun();
    await snapshot(run);
    await query(`update data_quality_snapshots set snapshot_date = snapshot_date - 1`);
    await snapshot(run);
    expect(await readSnapshots()).toHaveLength(2);
  });

  test('says what it found in one log entry', async () => {
    const run = await addRun();
    await addPermit(run, 'a');
    const { response } = await snapshot(run);
    expect(context.events.at(-1)).toMatchObject({
      severity: 'INFO',
      event: 'snapshot_taken',
      run_id: run,
      snapshot_date: response.snapshot_date,
      score: 0,
    });
  });

  test('of an unknown run is a 404 and leaves no row', async () => {
    const refused = await insertFailedRun(
      context.db,
      { executionId: 'refused', trigger: 'manual' },
      'refused',
    );
    const unknown = (refused?.id ?? 0) + 1;
    await expect(takeSnapshot(context, { run_id: unknown })).rejects.toMatchObject({
      code: 'run_not_found',
      outcome: 'permanent',
      status: 404,
      message: `There is no run ${unknown}`,
    });
    expect(await readSnapshots()).toEqual([]);
  });
});
