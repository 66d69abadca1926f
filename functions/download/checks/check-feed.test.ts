import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FEED_COLUMNS } from '../../shared/mapping/columns.ts';
import { createTestContext, type TestContext } from '../../shared/testing/create-test-context.ts';
import { type FeedRecord, permitRecord } from '../../shared/testing/permit-record.ts';
import { digestPermits } from '../testing/digest-permits.ts';
import { syncFeed } from '../testing/sync-feed.ts';

let context: TestContext;
let folder: string;

beforeAll(async () => {
  context = await createTestContext();
  folder = await mkdtemp(join(tmpdir(), randomUUID()));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await context[Symbol.asyncDispose]();
});

function sync(records: readonly FeedRecord[], fields: Parameters<typeof syncFeed>[3] = {}) {
  return syncFeed(context, folder, JSON.stringify(records), fields);
}

/** Four records with a value in every typed column. */
function makeFeed(changed: FeedRecord = {}): readonly FeedRecord[] {
  const fields = { COMPLETED_DATE: '2026-03-01', ...changed };
  return [1, 2, 3, 4].map((ordinal) => permitRecord(ordinal, fields));
}

/** The same without a column; `fields` are added. */
function without(column: string, fields: FeedRecord = {}): readonly FeedRecord[] {
  return makeFeed().map((record) => {
    const { [column]: _, ...left } = record;
    return { ...left, ...fields };
  });
}

async function truncate(): Promise<void> {
  await context.pool.query('truncate stored_permits, permit_history, sync_runs cascade');
}

const KEY: readonly string[] = FEED_COLUMNS.flatMap(([name, kind]) => (kind === 'key' ? name : []));

describe('a feed that is refused leaves everything as it was', () => {
  let before: unknown;

  beforeAll(async () => {
    await truncate();
    await sync(makeFeed());
    before = await digestPermits(context);
  });

  async function expectRefusal(
    feed: readonly FeedRecord[],
    message: string,
    partial = false,
  ): Promise<void> {
    const { run, error } = await sync(feed, { partial });
    expect(error).toMatchObject({ code: 'schema_drift', outcome: 'permanent', message });
    expect(run).toMatchObject({ status: 'failed', error_code: 'schema_drift', warnings: [] });
    expect(run.chunks_total).toBeNull();
    expect(await digestPermits(context)).toEqual(before);
  }

  test.each(FEED_COLUMNS)('%s dropped or renamed', async (name) => {
    const start = KEY.includes(name) ? "The feed's records have no" : 'The feed no longer has';
    await expectRefusal(without(name), `${start} ${name}`);
    const renamed = without(name, { [`NEW_${name}`]: 'x' });
    // A partial feed is refused, too.
    await expectRefusal(renamed, `${start} ${name}; unmapped columns: NEW_${name}`, true);
  });

  test.each([
    ['APPLICATION_DATE', '5 Jan 2026'],
    ['ISSUED_DATE', 20_260_210],
    ['COMPLETED_DATE', '03/01/2026'],
    ['DWELLING_UNITS_CREATED', 'one'],
    ['DWELLING_UNITS_LOST', '0 units'],
    ['EST_CONST_COST', '90 000 CAD'],
    ['ASSEMBLY', '0.0 m2'],
    ['INSTITUTIONAL', '0.0 m2'],
    ['RESIDENTIAL', '212,5'],
    ['BUSINESS_AND_PERSONAL_SERVICES', { m2: 0 }],
    ['MERCANTILE', [0]],
    ['INDUSTRIAL', true],
    ['INTERIOR_ALTERATIONS', '0.0 m2'],
    ['DEMOLITION', '0.0 m2'],
  ])('%s in another format', async (name, value) => {
    await expectRefusal(
      makeFeed({ [name]: value }),
      `Cannot read ${name} in 4 of 4 values, such as ${JSON.stringify(value)}`,
    );
  });

  test('every typed column is in the table above', () => {
    const typed = FEED_COLUMNS.filter(([, kind]) => kind !== 'key' && kind !== 'text');
    expect(typed).toHaveLength(14);
  });

  test('the example is cut, and storable', async () => {
    const value = `${'9'.repeat(38)}😀 and more\0`;
    await expectRefusal(
      makeFeed({ EST_CONST_COST: value }),
      `Cannot read EST_CONST_COST in 4 of 4 values, such as "${'9'.repeat(38)}\ufffd`,
    );
  });
});

describe('a column', () => {
  beforeEach(truncate);

  test('may be unreadable in half of its values, not in more', async () => {
    const [a = {}, b = {}, c = {}, d = {}] = makeFeed();
    const odd = { EST_CONST_COST: '90 000 CAD' };
    const filler = { EST_CONST_COST: 'DO NOT UPDATE OR DELETE THIS INFO FIELD' };
    const half = [{ ...a, ...odd }, b, { ...c, ...filler }, { ...d, EST_CONST_COST: null }];
    expect((await sync(half)).run).toMatchObject({ status: 'completed' });
    const most = [{ ...a, ...odd }, { ...b, ...odd }, c, { ...d, ...filler }];
    expect((await sync(most)).error?.message).toBe(
      'Cannot read EST_CONST_COST in 2 of 3 values, such as "90 000 CAD"',
    );
  });

  test('may appear in one late record only', async () => {
    await sync(makeFeed());
    const records = Array.from({ length: 1_500 }, (_, index) => {
      const { STATUS, ...left } = permitRecord(index);
      return index === 1_490 ? { ...left, STATUS } : left;
    });
    expect((await sync(records)).run).toMatchObject({
      status: 'completed',
      feed_columns: FEED_COLUMNS.map(([name]) => name),
    });
  });

  test('in another format after 1,000 records is refused', async () => {
    const records = Array.from({ length: 12_000 }, (_, index) =>
      permitRecord(index, index < 1_000 ? {} : { EST_CONST_COST: '90 000 CAD' }),
    );
    const { error, run } = await sync(records);
    expect(error?.message).toMatch(
      /^Cannot read EST_CONST_COST in about 1\d{4} of 1\d{4} values, such as "90 000 CAD"$/,
    );
    expect(run.chunks_total).toBeNull();
  });

  test('that is lost is accepted with accept_drift, as a warning; the next feed is compared', async () => {
    await sync(makeFeed());
    const renamed = without('STATUS', { PERMIT_STATUS: 'Closed' });
    const accepted = await sync(renamed, { accept_drift: true });
    expect(accepted.run).toMatchObject({ status: 'completed', records_updated: 4 });
    expect(accepted.run.warnings).toEqual(
      expect.arrayContaining([
        {
          code: 'schema_drift',
          message: 'The feed no longer has STATUS; unmapped columns: PERMIT_STATUS',
          accepted: true,
        },
        expect.objectContaining({ code: 'unmapped_columns', columns: ['PERMIT_STATUS'] }),
      ]),
    );
    expect((await sync(renamed)).run).toMatchObject({ status: 'completed', warnings: [] });
    expect((await sync(makeFeed())).run).toMatchObject({ status: 'completed' });
    expect((await sync(without('STATUS'))).error).toMatchObject({ code: 'schema_drift' });
  });

  test('in another format is accepted with accept_drift; two refusals are one warning', async () => {
    await sync(makeFeed());
    const feed = without('STATUS', { EST_CONST_COST: '90 000 CAD' });
    const { run } = await sync(feed, { accept_drift: true });
    expect(run.warnings.filter(({ code }) => code === 'schema_drift')).toEqual([
      {
        code: 'schema_drift',
        message:
          'The feed no longer has STATUS. Cannot read EST_CONST_COST in 4 of 4 values, such as "90 000 CAD"',
        accepted: true,
      },
    ]);
  });

  test('that a feed has no more is warned of once, and so is a new one', async () => {
    const feed = without('STATUS', { COUNCILLOR: 'A Person' });
    const codes = async () => {
      const { run } = await sync(feed);
      const found = run.warnings.filter(({ code }) => code.endsWith('_columns'));
      return found.map(({ code, columns }) => [code, columns]);
    };
    expect(await codes()).toEqual([
      ['unmapped_columns', ['COUNCILLOR']],
      ['missing_columns', ['STATUS']],
    ]);
    expect(await codes()).toEqual([]);
    // A partial feed is no measure.
    expect((await sync(makeFeed(), { partial: true })).error).toBeUndefined();
    expect(await codes()).toEqual([]);
  });

  test('is not lost through an accepted feed without records', async () => {
    await sync(makeFeed());
    expect((await sync([], { accept_shrink: true })).run).toMatchObject({ status: 'completed' });
    expect((await sync(without('STATUS'))).error).toMatchObject({ code: 'schema_drift' });
  });
});

describe('rejects', () => {
  beforeEach(truncate);

  test('are too many in 7 % of the records, and nothing is stored', async () => {
    await sync(makeFeed());
    const before = await digestPermits(context);
    const records = Array.from({ length: 1_000 }, (_, index) =>
      permitRecord(index, index % 100 < 7 ? { ISSUED_DATE: '2023-02-29' } : {}),
    );
    const { run, error } = await sync(records);
    expect(error).toMatchObject({
      code: 'too_many_rejects',
      status: 422,
      message:
        'Cannot store 70 of 1000 records (7.0 %), more than the allowed 1 %; 70 because of: ISSUED_DATE',
    });
    expect(run).toMatchObject({ status: 'failed', chunks_total: null });
    expect(await digestPermits(context)).toEqual(before);
  });

  test('are never too many if they are ten, unless they are all', async () => {
    const bad = (ordinal: number) => permitRecord(ordinal, { PERMIT_NUM: '' });
    const ten = Array.from({ length: 10 }, (_, index) => bad(index));
    expect((await sync(ten)).error).toMatchObject({ code: 'too_many_rejects' });
    expect((await sync([...ten, permitRecord(11)])).run).toMatchObject({ records_errors: 10 });
  });
});
