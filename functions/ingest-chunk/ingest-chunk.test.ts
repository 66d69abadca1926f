import { hash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MAX_RECORD_BYTES } from '../shared/chunks/split-records.ts';
import { createTestContext, type TestContext } from '../shared/testing/create-test-context.ts';
import { permitRecord } from '../shared/testing/permit-record.ts';
import { ingestChunk } from './ingest-chunk.ts';
import { prepareRun as prepareRunOf } from './testing/prepare-run.ts';

let context: TestContext;

beforeAll(async () => {
  context = await createTestContext();
});

afterAll(() => context[Symbol.asyncDispose]());

beforeEach(() => context.pool.query('truncate stored_permits, permit_history, sync_runs cascade'));

function prepareRun(feed: string | Buffer, chunkRecords?: number) {
  return prepareRunOf(context, feed, chunkRecords);
}

/** Longer than an index row may be, even compressed. */
const INDIGESTIBLE = Array.from({ length: 100 }, (_, index) => hash('sha512', `${index}`)).join('');

async function selectAll(table: string) {
  return (await context.pool.query(`select * from ${table} order by 1, 2, 3`)).rows;
}

function feedOf(...records: unknown[]): string {
  return JSON.stringify(records);
}

describe('ingestChunk', () => {
  test('stores every column of a record, cleaned, and leaves the columns of other processes unchanged', async () => {
    const run_id = await prepareRun(
      feedOf(permitRecord(1, { BUILDER_NAME: ' Example Homes ', COUNCILLOR: 'new', rank: 0.1 })),
    );
    const counts = await ingestChunk(context, { run_id, chunk_number: 1 });
    expect(counts).toMatchObject({ records_new: 1, records_errors: 0 });
    const [permit] = await selectAll('permits');
    expect(permit).toMatchObject({
      permit_num: '26 100001 BLD',
      revision_num: '00',
      permit_type: 'New Houses',
      street_direction: null,
      application_date: '2026-01-05',
      issued_date: '2026-02-10',
      completed_date: null,
      dwelling_units_created: 1,
      est_const_cost: '450000',
      residential: '212.5',
      builder_name: 'Example Homes',
      extra: { COUNCILLOR: 'new' },
      latitude: null,
      neighbourhood_id: null,
    });
    expect(permit.first_seen_at).toEqual(permit.last_seen_at);
    expect(permit.data_hash).toHaveLength(32);
  });

  test('reads all records or a few, from several pieces', async () => {
    const text = (ordinal: number) => `${ordinal} `.repeat(60_000 * ordinal).trim();
    const feed = [1, 2, 3, 4].map((ordinal) =>
      permitRecord(ordinal, { DESCRIPTION: text(ordinal) }),
    );
    const first = await prepareRun(feedOf(...feed));
    await ingestChunk(context, { run_id: first, chunk_number: 1 });
    await context.pool.query(
      "update sync_runs set status = 'completed', completed_at = now(), duration_ms = 1",
    );
    feed[2] = permitRecord(3, { DESCRIPTION: text(2) });
    const second = await prepareRun(feedOf(...feed));
    expect(await ingestChunk(context, { run_id: second, chunk_number: 1 })).toMatchObject({
      records_updated: 1,
      records_unchanged: 3,
    });
    const descriptions = (await selectAll('permits')).map(({ description }) => description);
    expect(descriptions.map((description) => description === text(2))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect([descriptions[0] === text(1), descriptions[3] === text(4)]).toEqual([true, true]);
  });

  test('returns the recorded counts when called again, and changes nothing', async () => {
    const run_id = await prepareRun(feedOf(permitRecord(1), permitRecord(2)));
    const first = await ingestChunk(context, { run_id, chunk_number: 1 });
    const before = [await selectAll('permits'), await selectAll('sync_chunks')];
    await context.bucket.file(`runs/${run_id}/feed.json.gz`).delete();
    expect(await ingestChunk(context, { run_id, chunk_number: 1 })).toEqual(first);
    expect([await selectAll('permits'), await selectAll('sync_chunks')]).toEqual(before);
  });

  test('counts a chunk once if it is called several times at the same moment', async () => {
    const run_id = await prepareRun(feedOf(permitRecord(1), permitRecord(2)));
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => ingestChunk(context, { run_id, chunk_number: 1 })),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ records_new: 2 });
  });

  test('writes one history row per changed field of an updated permit, none for a new one', async () => {
    const first = await prepareRun(feedOf(permitRecord(1, { ZONE: 'R' }), permitRecord(2)));
    await ingestChunk(context, { run_id: first, chunk_number: 1 });
    await context.db
      .updateTable('sync_runs')
      .set({ status: 'completed', completed_at: new Date(), duration_ms: 1 })
      .execute();
    const changed = permitRecord(1, {
      STATUS: 'Inspection',
      EST_CONST_COST: null,
      ZONE: 'RD',
      OWN: 5,
    });
    const second = await prepareRun(feedOf(changed, permitRecord(2), permitRecord(3)));
    expect(await ingestChunk(context, { run_id: second, chunk_number: 1 })).toMatchObject({
      records_new: 1,
      records_updated: 1,
      records_unchanged: 1,
    });
    const { rows } = await context.pool.query(
      `select permit_num, sync_run_id, field_name, old_value, new_value
       from permit_history order by field_name`,
    );
    const row = { permit_num: '26 100001 BLD', sync_run_id: second };
    expect(rows).toEqual([
      { ...row, field_name: 'est_const_cost', old_value: '450000', new_value: null },
      { ...row, field_name: 'extra.OWN', old_value: null, new_value: '5' },
      { ...row, field_name: 'extra.ZONE', old_value: '"R"', new_value: '"RD"' },
      { ...row, field_name: 'status', old_value: 'Permit Issued', new_value: 'Inspection' },
    ]);
  });

  test('rejects records that cannot be parsed, mapped or stored, and stores the rest', async () => {
    const good = [permitRecord(1), permitRecord(2), permitRecord(3)].map((record) =>
      JSON.stringify(record),
    );
    const bad = [
      JSON.stringify(permitRecord(4, { PERMIT_NUM: null })),
      '{"PERMIT_NUM": broken}',
      JSON.stringify(permitRecord(5, { DESCRIPTION: 'NUL \u0000 byte' })),
      JSON.stringify(permitRecord(6, { BUILDER_NAME: INDIGESTIBLE })),
      '17',
    ];
    const feed = `[${[good[0], bad[0], bad[1], good[1], bad[2], bad[3], good[2], bad[4]].join(', ')}]`;
    const run_id = await prepareRun(feed);
    expect(await ingestChunk(context, { run_id, chunk_number: 1 })).toMatchObject({
      records_new: 3,
      records_errors: 5,
    });
    const rows = await selectAll('sync_rejects');
    const rejects = rows.map(({ position, permit_num, reason, record }) => ({
      position,
      permit_num,
      reason: reason.replace(/\d{3,}/g, 'N'),
      record,
    }));
    rejects.sort((a, b) => a.position - b.position);
    expect(rejects).toEqual([
      { position: 2, permit_num: null, reason: 'PERMIT_NUM: null is not a key', record: bad[0] },
      { position: 3, permit_num: null, reason: 'not valid JSON', record: bad[1] },
      {
        position: 5,
        permit_num: '26 100005 BLD',
        reason: 'invalid byte sequence for encoding "UTF8": 0x00',
        record: bad[2],
      },
      {
        position: 6,
        permit_num: '26 100006 BLD',
        reason: expect.stringContaining('index'),
        record: bad[3],
      },
      { position: 8, permit_num: null, reason: 'not an object', record: '17' },
    ]);
  });

  test('keeps the beginning of a record that is too large', async () => {
    const text = JSON.stringify(permitRecord(1, { DESCRIPTION: 'x'.repeat(MAX_RECORD_BYTES) }));
    const run_id = await prepareRun(`[${text}]`);
    expect(await ingestChunk(context, { run_id, chunk_number: 1 })).toMatchObject({
      records_new: 0,
      records_errors: 1,
    });
    expect(await selectAll('sync_rejects')).toMatchObject([
      {
        position: 1,
        permit_num: '26 100001 BLD',
        reason: 'larger than 1048576 bytes',
        record: `${text.slice(0, 4_096)}…`,
      },
    ]);
  });

  test('rejects a record that is not UTF-8, and alters no other', async () => {
    const records = [1, 2, 3].map((ordinal) =>
      JSON.stringify(permitRecord(ordinal, { DESCRIPTION: `2 ½ storey 😀 ${ordinal}` })),
    );
    const spoilt = Buffer.from(records[1] as string);
    spoilt[spoilt.indexOf(0xc2)] = 0xff;
    const run_id = await prepareRun(
      Buffer.concat([Buffer.from(`[${records[0]}, `), spoilt, Buffer.from(`, ${records[2]}]`)]),
    );
    expect(await ingestChunk(context, { run_id, chunk_number: 1 })).toMatchObject({
      records_new: 2,
      records_errors: 1,
    });
    expect((await selectAll('permits')).map(({ description }) => description)).toEqual([
      '2 ½ storey 😀 1',
      '2 ½ storey 😀 3',
    ]);
    expect(await selectAll('sync_rejects')).toMatchObject([
      {
        position: 2,
        permit_num: '26 100002 BLD',
        reason: 'not valid UTF-8',
        record: expect.stringContaining('\uFFFD'),
      },
    ]);
  });

  test('records a reject whose key or reason PostgreSQL cannot store as it is', async () => {
    const run_id = await prepareRun(
      feedOf(
        permitRecord(1, { PERMIT_NUM: 'half \ud800' }),
        permitRecord(2, { ISSUED_DATE: `${'x'.repeat(58)}😀` }),
        permitRecord(3),
      ),
    );
    expect(await ingestChunk(context, { run_id, chunk_number: 1 })).toMatchObject({
      records_new: 1,
      records_errors: 2,
    });
    expect(await selectAll('sync_rejects')).toMatchObject([
      { permit_num: 'half \uFFFD', reason: expect.stringContaining('is not valid Unicode') },
      { permit_num: '26 100002 BLD', reason: expect.stringContaining('xxx\uFFFD is not a date') },
    ]);
  });

  test('logs the number of rejects, and nothing of their contents', async () => {
    const run_id = await prepareRun(
      feedOf(permitRecord(1, { BUILDER_NAME: 'Private Person', ISSUED_DATE: 'soon' })),
    );
    await ingestChunk(context, { run_id, chunk_number: 1 });
    expect(context.events).toContainEqual(
      expect.objectContaining({
        event: 'records_rejected',
        run_id,
        records: 1,
        severity: 'WARNING',
      }),
    );
    expect(JSON.stringify(context.events)).not.toMatch(/Private Person|soon/);
  });

  test('leaves no trace of a chunk whose transaction fails', async () => {
    const run_id = await prepareRun(feedOf(permitRecord(1)));
    await context.pool.query(
      "update sync_runs set status = 'failed', error_message = 'x', completed_at = now(), duration_ms = 1",
    );
    await expect(ingestChunk(context, { run_id, chunk_number: 1 })).rejects.toMatchObject({
      code: 'run_closed',
      status: 409,
    });
    expect(await selectAll('permits')).toEqual([]);
    expect(await selectAll('sync_chunks')).toMatchObject([{ status: 'pending', records_new: 0 }]);
  });

  test('refuses a chunk that the run does not have', async () => {
    const run_id = await prepareRun(feedOf(permitRecord(1)));
    await expect(ingestChunk(context, { run_id, chunk_number: 2 })).rejects.toMatchObject({
      code: 'chunk_not_found',
      status: 404,
    });
  });

  test.each([
    ['something else', (size: number) => Buffer.alloc(size, 'x')],
    ['another feed', () => gzipSync(JSON.stringify([permitRecord(1)]))],
  ])('refuses a feed object that was overwritten with %s', async (_, make) => {
    const run_id = await prepareRun(feedOf(permitRecord(1), permitRecord(2)));
    const file = context.bucket.file(`runs/${run_id}/feed.json.gz`);
    const [{ size }] = await file.getMetadata();
    await file.save(make(Number(size)));
    await expect(ingestChunk(context, { run_id, chunk_number: 1 })).rejects.toMatchObject({
      code: 'feed_object_changed',
      status: 409,
    });
    expect(await selectAll('permits')).toEqual([]);
  });
});
