import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DownloadRequest } from '../functions/download/contract.ts';
import { downloadFeed } from '../functions/download/download-feed.ts';
import { finalizeRun } from '../functions/finalize/finalize-run.ts';
import { FUNCTION_NAMES, type FunctionName } from '../functions/function-names.ts';
import { ingestChunk } from '../functions/ingest-chunk/ingest-chunk.ts';
import { parseConfig } from '../functions/shared/config.ts';
import { type Context, createContext } from '../functions/shared/context.ts';
import {
  createTestContext,
  type TestContext,
} from '../functions/shared/testing/create-test-context.ts';
import { type FeedRecord, permitRecord } from '../functions/shared/testing/permit-record.ts';
import { startExecutionsApi } from '../functions/shared/testing/start-executions-api.ts';
import type { TestServer } from '../functions/shared/testing/start-test-server.ts';
import { takeSnapshot } from '../functions/snapshot/take-snapshot.ts';
import { listRuns } from '../functions/sync-api/list-runs.ts';
import { grantUsers } from './grant-users.ts';
import { createFunctionUsers, type FunctionUsers } from './testing/create-function-users.ts';

let folder: string;
let apis: TestServer;
let admin: TestContext;
let users: FunctionUsers;
/** Each function with a database user of its own. */
let as: Readonly<Record<FunctionName, Context>>;

/** What Workflow Executions says of every execution. */
let executionState = 'ACTIVE';

async function grant(names = users.names): Promise<void> {
  const client = await admin.pool.connect();
  await grantUsers(client, names).finally(() => client.release());
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grants-'));
  apis = await startExecutionsApi(() => executionState);
  admin = await createTestContext({ GOOGLE_API_ENDPOINT: apis.url });
  users = await createFunctionUsers(admin.pool);
  await grant();
  const { DATABASE_URL = '', FEED_BUCKET } = admin.config;
  const contexts = FUNCTION_NAMES.map(async (name) => {
    const config = parseConfig({
      GOOGLE_CLOUD_PROJECT: 'test-project',
      FEED_BUCKET,
      DATABASE_URL: users.urlFor(name, DATABASE_URL),
      FEED_ALLOW_LOCAL_FILES: 'true',
      GOOGLE_API_ENDPOINT: apis.url,
      CHUNK_RECORDS: '2',
      MAX_REJECTED_PERCENT: '50',
    });
    return [name, await createContext(config, admin.log)] as const;
  });
  as = Object.fromEntries(await Promise.all(contexts)) as typeof as;
});

afterAll(async () => {
  for (const { db } of Object.values(as)) await db.destroy();
  await users[Symbol.asyncDispose]();
  await admin[Symbol.asyncDispose]();
  await apis[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

beforeEach(async () => {
  executionState = 'ACTIVE';
  await admin.pool.query('truncate stored_permits, permit_history, sync_runs cascade');
});

async function download(
  fields: Partial<DownloadRequest> & { readonly feed?: readonly FeedRecord[] },
  execution_id = randomUUID(),
) {
  const { feed, ...request } = fields;
  const file_path = feed && join(folder, `${execution_id}.json`);
  if (file_path) await writeFile(file_path, JSON.stringify(feed));
  const opened = await downloadFeed(as.download, {
    execution_id,
    trigger: 'manual',
    file_path,
    ...request,
  });
  return { execution_id, ...opened };
}

async function ingest({ run_id, chunks_total }: { run_id: number; chunks_total: number }) {
  for (let chunk_number = 1; chunk_number <= chunks_total; chunk_number += 1) {
    await ingestChunk(as['ingest-chunk'], { run_id, chunk_number });
  }
}

async function sync(fields: Parameters<typeof download>[0]) {
  const run = await download(fields);
  await ingest(run);
  const { execution_id, run_id } = run;
  const closed = await finalizeRun(as.finalize, { execution_id, outcome: 'completed' });
  await takeSnapshot(as.snapshot, { run_id });
  return closed;
}

function records(...ordinals: number[]) {
  return ordinals.map((ordinal) => permitRecord(ordinal));
}

describe('with the rights in sql/grants each function', () => {
  test('does its work: new, updated, unchanged, rejected, and duplicates across chunks', async () => {
    expect(await sync({ feed: records(1, 2, 3) })).toMatchObject({ records_new: 3 });
    const feed = [
      permitRecord(1, { STATUS: 'Closed' }),
      permitRecord(2),
      permitRecord(3, { STATUS: 'Inspection' }),
      permitRecord(4),
      permitRecord(3, { STATUS: 'Closed', ISSUED_DATE: '2026-03-01' }),
      permitRecord(5, { ISSUED_DATE: 'soon' }),
    ];
    expect(await sync({ feed })).toMatchObject({
      status: 'completed',
      records_new: 1,
      records_updated: 2,
      records_unchanged: 1,
      records_errors: 1,
      records_superseded: 1,
    });
    expect(await listRuns(as['sync-api'].db)).toHaveLength(2);
  });

  test('checks a feed in a dry run', async () => {
    expect(await sync({ feed: records(1, 2) })).toMatchObject({ records_new: 2 });
    const { warnings } = await sync({ feed: records(1, 2, 3), dry_run: true });
    expect(warnings).toContainEqual(
      expect.objectContaining({ code: 'dry_run', records: 3, unchanged: 2 }),
    );
  });

  test('resumes where a failed run ended', async () => {
    const failed = await download({ feed: records(1, 2, 3) });
    await ingestChunk(as['ingest-chunk'], { run_id: failed.run_id, chunk_number: 1 });
    const { execution_id } = failed;
    await finalizeRun(as.finalize, { execution_id, outcome: 'failed', error: 'cancelled' });
    expect(await sync({ resume_run_id: failed.run_id })).toMatchObject({ records_total: 1 });
  });

  test('closes an abandoned run, refuses a second one, and writes down a trigger with no run', async () => {
    const left = await download({ feed: records(1) });
    await expect(download({ feed: records(2) })).rejects.toMatchObject({
      code: 'sync_already_running',
    });
    executionState = 'CANCELLED';
    expect(await sync({ feed: records(1) })).toMatchObject({ records_new: 1 });
    await finalizeRun(as.finalize, { execution_id: 'unopened', outcome: 'failed', error: 'no' });
    const runs = await listRuns(as['sync-api'].db);
    expect(runs.map(({ status }) => status)).toEqual(['failed', 'completed', 'failed', 'failed']);
    expect(runs.find(({ id }) => id === left.run_id)?.error_message).toMatch(/^abandoned/);
  });
});

const INSUFFICIENT_PRIVILEGE = '42501';

/** What nobody may do: change the schema, empty a table, write what is not the sync's. */
const NOBODY = [
  'create table mine ()',
  'create schema mine',
  'drop table stored_permits',
  'alter table stored_permits add column mine text',
  'truncate stored_permits',
  'delete from sync_runs',
  'delete from stored_permits',
  'update stored_permits set latitude = 0',
  'select * from kysely_migration',
  'update stored_permits set permit_num = null',
];

const TEMPORARY_TABLE = 'create temporary table mine ()';
const INSERT_RUN = "insert into sync_runs (execution_id, trigger) values ('x', 'manual')";

const FORBIDDEN: Readonly<Record<FunctionName, readonly string[]>> = {
  download: [
    TEMPORARY_TABLE,
    'select status from stored_permits',
    "update sync_chunks set status = 'done'",
    'insert into stored_permits (permit_num) values (null)',
  ],
  'ingest-chunk': [
    INSERT_RUN,
    "update sync_runs set status = 'completed'",
    'insert into sync_chunks (run_id) values (1)',
    'insert into stored_permits (latitude) values (0)',
    'update permit_history set new_value = null',
    'select from sync_rejects',
    'delete from sync_rejects',
    'select from builders',
  ],
  finalize: [
    TEMPORARY_TABLE,
    'select from permits',
    "update stored_permits set status = 'Closed'",
    'insert into sync_seen (run_id) values (1)',
    "update sync_runs set execution_id = 'x'",
    "update sync_chunks set status = 'done'",
    'insert into sync_chunks (run_id) values (1)',
  ],
  snapshot: [
    TEMPORARY_TABLE,
    INSERT_RUN,
    'insert into stored_permits (permit_num) values (null)',
    'select from stored_permits',
    "update permits set status = 'Closed'",
    "update sync_runs set status = 'failed'",
    'select from sync_rejects',
    'delete from data_quality_snapshots',
    "insert into builders (name) values ('x')",
  ],
  'sync-api': [
    TEMPORARY_TABLE,
    INSERT_RUN,
    "update sync_runs set status = 'failed'",
    'select from sync_runs for update',
    'select from permits',
    'select from stored_permits',
    'select from sync_rejects',
    'insert into data_quality_snapshots (snapshot_date) values (now())',
  ],
};

test.each(FUNCTION_NAMES)('the user of %s may do nothing else', async (name) => {
  const codes: Record<string, unknown> = {};
  for (const statement of [...NOBODY, ...FORBIDDEN[name]]) {
    codes[statement] = await as[name].pool.query(statement).then(
      () => 'done',
      ({ code }) => code,
    );
  }
  const allowed = Object.entries(codes).filter(([, code]) => code !== INSUFFICIENT_PRIVILEGE);
  expect(allowed).toEqual([]);
});

describe('grantUsers', () => {
  test('run again changes nothing, and takes away what somebody has added', async () => {
    const selectRights = async () => {
      const { rows } = await admin.pool.query(`
        select relname, relacl::text
        from pg_class
        where relnamespace = 'public'::regnamespace
        order by relname
      `);
      return rows;
    };
    const before = await selectRights();
    const user = pg.escapeIdentifier(users.names['sync-api']);
    await admin.pool.query(`grant insert, update (status) on sync_runs to ${user}`);
    await grant();
    expect(await selectRights()).toEqual(before);
    await expect(as['sync-api'].pool.query(INSERT_RUN)).rejects.toMatchObject({
      code: INSUFFICIENT_PRIVILEGE,
    });
  });

  test('gives nothing at all when one of the users does not exist', async () => {
    const names = { ...users.names, 'sync-api': 'nobody@project.iam' };
    const user = pg.escapeIdentifier(users.names.finalize);
    await admin.pool.query(`revoke all on sync_chunks from ${user}`);
    await expect(grant(names)).rejects.toThrow('role "nobody@project.iam" does not exist');
    await expect(as.finalize.pool.query('select from sync_chunks')).rejects.toMatchObject({
      code: INSUFFICIENT_PRIVILEGE,
    });
    await grant();
  });

  test('refuses one user for two functions, which would add their rights', async () => {
    const names = { ...users.names, snapshot: users.names.download };
    await expect(grant(names)).rejects.toThrow('Two functions share a database user');
  });
});
