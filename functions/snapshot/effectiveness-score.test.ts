import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestContext, type TestContext } from '../shared/testing/create-test-context.ts';
import { addPermit, addRun, query, removeLinkedData, snapshot } from './testing/linked-data.ts';

let context: TestContext;

beforeAll(async () => {
  context = await createTestContext();
});

afterAll(() => context[Symbol.asyncDispose]());

beforeEach(() => removeLinkedData(context));

describe('the effectiveness score', () => {
  /** A completed run with ten active permits. */
  const addTenPermits = async () => {
    const run = await addRun(context);
    for (let ordinal = 0; ordinal < 10; ordinal += 1)
      await addPermit(context, run, `permit ${ordinal}`);
    return run;
  };

  const linkTrades = (permits: number) =>
    query(
      context,
      `with trade as (insert into trades (name) values ('plumbing') returning id)
       insert into permit_trades
         (permit_num, revision_num, permit_type, trade_id, tier, confidence)
       select permit_num, revision_num, permit_type, trade.id, 1, 1
       from permits, trade order by permit_num limit $1`,
      [permits],
    );
  const addBuilders = (enriched: number, others: number) =>
    query(
      context,
      `insert into builders (name, enriched_at)
       select number::text, case when number <= $1 then now() end
       from generate_series(1, $1::integer + $2::integer) as number`,
      [enriched, others],
    );
  const linkParcels = (permits: number) =>
    query(
      context,
      `with parcel as (insert into parcels (address) values ('1 A St') returning id)
       insert into permit_parcels
         (permit_num, revision_num, permit_type, parcel_id, match_type, confidence)
       select permit_num, revision_num, permit_type, parcel.id, 'name_only', 1
       from permits, parcel order by permit_num limit $1`,
      [permits],
    );
  const setOnPermits = (assignment: string, permits: number) =>
    query(
      context,
      `update permits set ${assignment}
       where permit_num in (select permit_num from permits order by permit_num limit $1)`,
      [permits],
    );
  const setNeighbourhoods = async (permits: number) => {
    await query(context, `insert into neighbourhoods (name) values ('The Annex')`);
    await setOnPermits('neighbourhood_id = 1', permits);
  };
  const geocode = (permits: number) => setOnPermits('latitude = 43.6, longitude = -79.4', permits);
  const addApplications = (linked: number, others: number) =>
    query(
      context,
      `insert into coa_applications (application_number, linked_permit_num)
       select number::text, case when number <= $1 then 'a' end
       from generate_series(1, $1::integer + $2::integer) as number`,
      [linked, others],
    );

  test('is null without active permits, whatever is linked', async () => {
    const run = await addRun(context);
    await addBuilders(1, 0);
    await addApplications(1, 0);
    const { response, row } = await snapshot(context, run);
    expect(response.effectiveness_score).toBeNull();
    expect(row).toMatchObject({ active_permits: 0, effectiveness_score: null });
  });

  test('is 0 with nothing linked: a share of nothing counts as 0', async () => {
    const { response } = await snapshot(context, await addTenPermits());
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
    expect((await snapshot(context, run)).response.effectiveness_score).toBe(score);
  });

  test('weights each share', async () => {
    const run = await addTenPermits();
    await linkTrades(5);
    await addBuilders(1, 2);
    await linkParcels(2);
    await setNeighbourhoods(9);
    await geocode(7);
    await addApplications(1, 3);
    const expected = 25 * 0.5 + 20 / 3 + 15 * 0.2 + 15 * 0.9 + 15 * 0.7 + 10 * 0.25;
    const { response, row } = await snapshot(context, run);
    expect(response.effectiveness_score).toBe(Number(expected.toFixed(2)));
    expect(row.effectiveness_score).toBe(expected.toFixed(2));
  });

  test('is 100 with everything linked, some of it twice', async () => {
    const run = await addTenPermits();
    await linkTrades(10);
    await query(
      context,
      `with trade as (insert into trades (name) values ('roofing') returning id)
       insert into permit_trades select permit_num, revision_num, permit_type, trade.id, 2, 1
       from permits, trade`,
    );
    await addBuilders(5, 0);
    await linkParcels(10);
    await setNeighbourhoods(10);
    await geocode(10);
    await addApplications(5, 0);
    expect((await snapshot(context, run)).response.effectiveness_score).toBe(100);
  });
});
