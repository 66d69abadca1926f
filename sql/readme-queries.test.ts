import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { syncFeed } from '../functions/download/testing/sync-feed.ts';
import {
  createTestContext,
  type TestContext,
} from '../functions/shared/testing/create-test-context.ts';
import { permitRecord } from '../functions/shared/testing/permit-record.ts';
import { takeSnapshot } from '../functions/snapshot/take-snapshot.ts';

type Row = Readonly<Record<string, unknown>>;

interface Section {
  readonly heading: string;
  readonly text: string;
}

const sections = readFileSync(new URL('README.md', import.meta.url), 'utf8')
  .split(/^#+ /m)
  .map((part): Section => {
    const [heading = '', ...lines] = part.split('\n');
    return { heading, text: lines.join('\n') };
  });

/** The SQL blocks by the headings they stand under. */
const queries = new Map(
  sections.flatMap(({ heading, text }) =>
    [...text.matchAll(/^```sql\n([^`]+)^```$/gm)].map(([, sql = '']) => [heading, sql] as const),
  ),
);

/** The names in backquotes in the first column of a section's table. */
function firstColumn(heading: string): readonly string[] {
  const { text = '' } = sections.find((section) => section.heading === heading) ?? {};
  const cells = [...text.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell = '']) => cell);
  return cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name));
}

let folder: string;
let context: TestContext;

/** The rows of the query under a heading. */
async function runQuery(heading: string): Promise<readonly Row[]> {
  const { rows } = await context.pool.query<Row>(queries.get(heading) ?? '');
  return rows;
}

async function list(text: string): Promise<readonly string[]> {
  const { rows } = await context.pool.query<{ name: string }>(text);
  return rows.map(({ name }) => name);
}

/** Two completed runs, the second with every outcome but superseded, and a snapshot. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sql-readme-'));
  context = await createTestContext({ MAX_REJECTED_PERCENT: '50' });
  // Tomorrow, so the permit is still of this week if midnight passes before its query runs.
  const [tomorrow] = await list(
    `select to_char(now() at time zone 'America/Toronto' + interval '1 day', 'YYYY-MM-DD') as name`,
  );
  const sync = (records: readonly unknown[]) => syncFeed(context, folder, JSON.stringify(records));
  await sync([1, 2, 3, 4].map((ordinal) => permitRecord(ordinal)));
  const second = await sync([
    permitRecord(1, { STATUS: 'Inspection', EST_CONST_COST: '500,000' }),
    permitRecord(2, { SOLAR_PANELS: 12 }),
    permitRecord(4),
    permitRecord(5, {
      PERMIT_TYPE: 'Plumbing(PS)',
      WARD_GRID: 'N0812',
      ISSUED_DATE: tomorrow,
      EST_CONST_COST: 'DO NOT UPDATE OR DELETE THIS INFO FIELD',
    }),
    permitRecord(6, { ISSUED_DATE: 'soon' }),
  ]);
  await takeSnapshot(context, { run_id: second.run.id });
});

afterAll(async () => {
  await context[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

describe('the guide to the database', () => {
  test('names every table and view', async () => {
    const names = await list(`
      select table_name as name
      from information_schema.tables
      where table_schema = 'public' and table_name not like 'kysely%'
    `);
    expect(firstColumn('Tables').toSorted()).toEqual(names.toSorted());
  });

  test.each([
    'permits',
    'permits_removed',
    'permit_history',
    'permit_changes',
    'sync_runs',
    'sync_chunks',
    'sync_rejects',
    'data_quality_snapshots',
  ])('names every column of %s, and no other', async (table) => {
    const names = await list(`
      select column_name as name
      from information_schema.columns
      where table_schema = 'public' and table_name = '${table}'
    `);
    expect(firstColumn(`\`${table}\``).toSorted()).toEqual(names.toSorted());
  });

  test('names the constraints that make the counts add up', async () => {
    const { text = '' } =
      sections.find(({ heading }) => heading === 'The counts always add up') ?? {};
    const named = [...text.matchAll(/`(\w+_adds_up)`/g)].map(([, name]) => name);
    const names = await list(
      `select conname as name from pg_constraint where conname like '%adds_up'`,
    );
    expect(named.toSorted()).toEqual(names.toSorted());
  });
});

const UPDATED = { permit_num: '26 100001 BLD', revision_num: '00', permit_type: 'New Houses' };
const COST_CHANGE = { field_name: 'est_const_cost', old_value: '450000', new_value: '500000' };
const STATUS_CHANGE = { field_name: 'status', old_value: 'Permit Issued', new_value: 'Inspection' };

/** The answers for the prepared rows, by the queries' headings. */
const ANSWERS: Readonly<Record<string, readonly Row[]>> = {
  'Permits issued this week': [{ permit_num: '26 100005 BLD', permit_type: 'Plumbing(PS)' }],
  'History of one permit': [STATUS_CHANGE, COST_CHANGE],
  'Changes of the last completed run': [
    { ...UPDATED, ...COST_CHANGE },
    { ...UPDATED, ...STATUS_CHANGE },
    { permit_num: '26 100002 BLD', field_name: 'extra.SOLAR_PANELS', new_value: '12' },
    { permit_num: '26 100003 BLD', field_name: 'in_feed', old_value: 'true', new_value: 'false' },
  ],
  'What changed since yesterday': [
    { ...UPDATED, change: 'est_const_cost', old_value: '450000', new_value: '500000' },
    { ...UPDATED, change: 'new permit', old_value: null, new_value: null },
    { ...UPDATED, change: 'status', old_value: 'Permit Issued', new_value: 'Inspection' },
    { permit_num: '26 100002 BLD', change: 'extra.SOLAR_PANELS', new_value: '12' },
    { permit_num: '26 100002 BLD', change: 'new permit' },
    { permit_num: '26 100003 BLD', change: 'in_feed', old_value: 'true', new_value: 'false' },
    { permit_num: '26 100003 BLD', change: 'new permit' },
    { permit_num: '26 100004 BLD', change: 'new permit' },
    { permit_num: '26 100005 BLD', permit_type: 'Plumbing(PS)', change: 'new permit' },
  ],
  'Permits removed from the feed': [
    { permit_num: '26 100003 BLD', status: 'Permit Issued', run_id: 2 },
  ],
  'The permits of any past day': [],
  'Permits by status and type': [
    { status: 'Permit Issued', permit_type: 'New Houses', permits: 2 },
    { status: 'Inspection', permit_type: 'New Houses', permits: 1 },
    { status: 'Permit Issued', permit_type: 'Plumbing(PS)', permits: 1 },
  ],
  'Construction cost by ward': [
    { ward: 'S10', permits: 3, permits_with_cost: 3, total_cost: '1400000' },
    { ward: 'N08', permits: 1, permits_with_cost: 0, total_cost: null },
  ],
  'How the last runs ended': [
    {
      status: 'completed',
      records_total: 5,
      records_new: 1,
      records_updated: 2,
      records_unchanged: 1,
      records_errors: 1,
      records_superseded: 0,
      records_removed: 1,
      records_returned: 0,
      warnings: expect.any(Number),
      error_message: null,
    },
    { status: 'completed', records_total: 4, records_new: 4 },
  ],
  'Rejects of the last run by reason': [
    { problem: 'ISSUED_DATE', records: 1, example: 'ISSUED_DATE: "soon" is not a date' },
  ],
  'Unmapped columns': [{ feed_column: 'SOLAR_PANELS', permits: 1, example: '12' }],
  'Data quality over time': [
    {
      active_permits: 4,
      trades_percent: '0.0',
      parcels_percent: '0.0',
      geocoded_percent: '0.0',
      effectiveness_score: '0.00',
    },
  ],
  'Duration by week': [{ runs: 2, median_seconds: expect.stringMatching(/^\d+\.\d$/) }],
};

test('every query on the page has an answer below', () => {
  expect([...queries.keys()].toSorted()).toEqual(Object.keys(ANSWERS).toSorted());
});

test.each(Object.keys(ANSWERS))('the query "%s" gives the right answer', async (heading) => {
  const rows = await runQuery(heading);
  const answer = ANSWERS[heading] ?? [];
  expect(rows).toHaveLength(answer.length);
  expect(rows).toMatchObject(answer);
});
