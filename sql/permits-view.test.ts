import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { syncFeed } from '../functions/download/testing/sync-feed.ts';
import {
  createTestContext,
  type TestContext,
} from '../functions/shared/testing/create-test-context.ts';
import { permitRecord } from '../functions/shared/testing/permit-record.ts';

let context: TestContext;
let folder: string;

beforeAll(async () => {
  context = await createTestContext();
  folder = await mkdtemp(join(tmpdir(), 'permits-view-'));
  await syncFeed(context, folder, JSON.stringify([permitRecord(1), permitRecord(2)]));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await context[Symbol.asyncDispose]();
});

async function readPermits() {
  return (await context.pool.query('select * from permits order by permit_num')).rows;
}

test.each([
  "update permits set status = 'Closed'",
  "update permits set latitude = 43.6, permit_num = 'x'",
  "update permits set extra = '{}', in_feed = false",
  'update permits set first_seen_run = 7',
  'delete from permits',
  "insert into permits (permit_num, revision_num, permit_type) values ('1', '00', 'x')",
])('permits refuses its owner: %s', async (statement) => {
  const before = await readPermits();
  await expect(context.pool.query(statement)).rejects.toMatchObject({
    code: '42501',
    message: expect.stringContaining("come from the City's feed"),
  });
  expect(await readPermits()).toEqual(before);
});

test('a user who may update the columns of other processes can do so through permits alone', async () => {
  const role = `geocoder_${randomUUID().replaceAll('-', '')}`;
  const user = pg.escapeIdentifier(role);
  const client = await context.pool.connect();
  try {
    await client.query('begin');
    await client.query(`create role ${user}`);
    await client.query(`grant usage on schema public to ${user}`);
    await client.query(`grant select, update (latitude, longitude) on permits to ${user}`);
    await client.query(`set local role ${user}`);
    const update = "update permits set latitude = 43.6, longitude = -79.4 where street_num = '2'";
    expect((await client.query(update)).rowCount).toBe(1);
    const read = await client.query('select latitude, longitude from permits order by permit_num');
    expect(read.rows).toEqual([
      { latitude: null, longitude: null },
      { latitude: 43.6, longitude: -79.4 },
    ]);
    await expect(client.query('update permits set geocoded_at = now()')).rejects.toMatchObject({
      code: '42501',
    });
  } finally {
    await client.query('rollback');
    client.release();
  }
});

test('two processes that fill different columns of a permit at once both succeed', async () => {
  const geocoder = await context.pool.connect();
  try {
    await geocoder.query('begin');
    await geocoder.query("update permits set latitude = 43.7 where street_num = '1'");
    const linker = context.pool.query(
      "update permits set neighbourhood_id = null, geocoded_at = now() where street_num = '1'",
    );
    await expect
      .poll(async () => {
        const waiting = "select from pg_stat_activity where wait_event_type = 'Lock'";
        return (await context.pool.query(waiting)).rowCount;
      })
      .toBeGreaterThan(0);
    await geocoder.query('commit');
    await linker;
  } finally {
    geocoder.release();
  }
  const { rows } = await context.pool.query(
    "select latitude, geocoded_at is not null as is_geocoded from permits where street_num = '1'",
  );
  expect(rows).toEqual([{ latitude: 43.7, is_geocoded: true }]);
});
