import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { syncFeed } from '../../download/testing/sync-feed.ts';
import { createTestContext, type TestContext } from '../testing/create-test-context.ts';
import { permitRecord } from '../testing/permit-record.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Migrates the database and syncs a feed, with the code of the folder it is in. */
const PROGRAM = `
import { readFile } from "node:fs/promises";
import { env } from "node:process";
import { migrateUrl } from "../sql/migrate-url.ts";
import { syncFeed } from "./download/testing/sync-feed.ts";
import { parseConfig } from "./shared/config.ts";
import { createContext } from "./shared/context.ts";

const [, , feed, folder] = process.argv;
const config = parseConfig(env);
await migrateUrl(config.DATABASE_URL);
const context = await createContext(config, () => {});
const { run } = await syncFeed(context, folder, await readFile(feed));
await context.db.destroy();
process.stdout.write(JSON.stringify(run));
`;

let context: TestContext;
let folder: string;

beforeAll(async () => {
  context = await createTestContext();
  folder = await mkdtemp(join(tmpdir(), 'map-a-column-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await context[Symbol.asyncDispose]();
});

/** Edits a file of the copy. */
async function edit(path: string, change: (text: string) => string): Promise<void> {
  const file = join(folder, path);
  const before = await readFile(file, 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  await writeFile(file, after);
}

async function runProgram(feed: string) {
  const { DATABASE_URL = '', FEED_BUCKET, GOOGLE_API_ENDPOINT = '' } = context.config;
  const child = spawn(process.execPath, [join(folder, 'functions/program.ts'), feed, folder], {
    env: {
      DATABASE_URL,
      FEED_BUCKET,
      GOOGLE_API_ENDPOINT,
      GOOGLE_CLOUD_PROJECT: 'test-project',
      FEED_ALLOW_LOCAL_FILES: 'true',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(await text(child.stdout));
}

test('mapping a new column takes one line, one migration and a higher version', async () => {
  const feed = join(folder, 'feed.json');
  await writeFile(
    feed,
    JSON.stringify([
      permitRecord(1, { EXAMPLE_COLUMN: ' Listed ' }),
      permitRecord(2, { EXAMPLE_COLUMN: null }),
    ]),
  );
  await syncFeed(context, folder, await readFile(feed));
  const before = await context.pool.query('select extra from permits order by permit_num');
  expect(before.rows).toEqual([{ extra: { EXAMPLE_COLUMN: 'Listed' } }, { extra: {} }]);

  for (const name of ['functions', 'sql'])
    await cp(join(ROOT, name), join(folder, name), { recursive: true });
  await cp(join(ROOT, 'package.json'), join(folder, 'package.json'));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'functions/program.ts'), PROGRAM);
  // The recipe in functions/README.md.
  await edit('functions/shared/mapping/columns.ts', (text) =>
    text.replace('] as const', "  ['EXAMPLE_COLUMN', 'text'],\n] as const"),
  );
  await edit('functions/shared/mapping/mapping-version.ts', (text) =>
    text.replace(/(?<=MAPPING_VERSION = )\d+/, (version) => `${Number(version) + 1}`),
  );
  const view = await context.pool.query<{ select: string }>(
    `select pg_get_viewdef('permits') as select`,
  );
  await writeFile(
    join(folder, 'sql/migrations/9999-example-column.sql'),
    `alter table stored_permits add column example_column text;
     create or replace view permits as
     ${view.rows[0]?.select.replace(/\n\s+FROM stored_permits;/, ', example_column FROM stored_permits;')}`,
  );

  const run = await runProgram(feed);
  // The mapping has changed and the City's records have not.
  expect(run).toMatchObject({ status: 'completed', records_updated: 0, records_unchanged: 2 });
  const { rows } = await context.pool.query(
    'select example_column, extra from permits order by permit_num',
  );
  expect(rows).toEqual([
    { example_column: 'Listed', extra: {} },
    { example_column: null, extra: {} },
  ]);
  expect((await context.pool.query('select from permit_history')).rowCount).toBe(0);
});
