import { randomUUID } from 'node:crypto';
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { migrateDatabase } from './migrate-database.ts';

const MIGRATIONS = fileURLToPath(new URL('./migrations/', import.meta.url));
const name = `presence_${randomUUID().replaceAll('-', '')}`;
let folder: string;
let pool: pg.Pool;

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client(inject('databaseUrl'));
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

/** Migrates up to and including the given number. */
async function migrateTo(last: string): Promise<void> {
  for (const file of await readdir(MIGRATIONS)) {
    if (file.slice(0, 4) <= last) await copyFile(join(MIGRATIONS, file), join(folder, file));
  }
  const db = new Kysely({ dialect: new PostgresDialect({ pool }) });
  await migrateDatabase(db, pathToFileURL(`${folder}/`));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'presence-history-'));
  await onServer(`create database ${name} template template0`);
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${name}`;
  pool = new pg.Pool({ connectionString: url.href });
});

afterAll(async () => {
  await pool.end();
  await onServer(`drop database ${name} with (force)`);
  await rm(folder, { recursive: true });
});

/** Days 1 and 2 had permit 1; day 3, a failed run, brought permit 3; days 2 and 4 had permit 2. */
const BEFORE = `
  insert into sync_runs (
    execution_id, trigger, status, error_message, started_at, completed_at, duration_ms,
    chunks_total, resumed_from
  )
  select
    'day ' || day, 'manual', case day when 3 then 'failed' else 'completed' end,
    case day when 3 then 'it broke' end, date '2026-11-01' + day,
    date '2026-11-01' + day + interval '5 minutes', 300000, 1, case day when 4 then 3 end
  from generate_series(1, 4) as day
  order by day;
  insert into stored_permits (
    permit_num, revision_num, permit_type, data_hash, first_seen_at, last_seen_at, written_by_run,
    written_by_chunk, is_removed
  )
  values
    ('1', '00', 'x', '', '2026-11-02', '2026-11-03', 1, 1, true),
    ('2', '00', 'x', '', '2026-11-03', '2026-11-03', 2, 1, false),
    ('3', '00', 'x', '', '2026-11-04', '2026-11-04', 3, 1, false)`;

test('migration 0011 tells when each permit was first seen, and when it left the feed', async () => {
  await migrateTo('0010');
  await pool.query(BEFORE);
  await migrateTo('0011');
  const read = async (statement: string) => (await pool.query(statement)).rows;
  expect(
    await read('select permit_num, first_seen_run, in_feed from permits order by permit_num'),
  ).toEqual([
    { permit_num: '1', first_seen_run: '1', in_feed: false },
    { permit_num: '2', first_seen_run: '2', in_feed: true },
    { permit_num: '3', first_seen_run: '3', in_feed: true },
  ]);
  expect(
    await read('select permit_num, run_id, removed_at::text as at from permits_removed'),
  ).toEqual([{ permit_num: '1', run_id: '4', at: expect.stringMatching(/^2026-11-05 00:05:00/) }]);
  expect(await read('select id, feed_run from sync_runs order by id')).toEqual([
    { id: '1', feed_run: '1' },
    { id: '2', feed_run: '2' },
    { id: '3', feed_run: '3' },
    { id: '4', feed_run: '3' },
  ]);
  const asOf = [1, 2, 3, 4].map((run) =>
    read(
      `select string_agg(permit_num || case when in_feed then '+' else '-' end, ' ' order by permit_num) as permits
       from permits_as_of_run(${run})`,
    ),
  );
  expect((await Promise.all(asOf)).flat().map(({ permits }) => permits)).toEqual([
    '1+',
    '1+ 2+',
    '1+ 2+ 3-',
    '1- 2+ 3+',
  ]);
});
