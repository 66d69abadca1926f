import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { choosePort } from './choose-port.ts';
import { openDatabase } from './open-database.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'permit-sync-test-'));
  await chmod(directory, 0o755);
});

afterAll(() => rm(directory, { recursive: true }));

function open(url?: string) {
  return openDatabase({ directory, name: 'permits', url, log: () => undefined });
}

test('the URL of the last start leads to the embedded server at the next one', async () => {
  const first = await open();
  await first.stop();
  const second = await open(first.url);
  expect(second.url).toBe(first.url);
  const client = new pg.Client(second.url);
  await client.connect();
  await client.end();
  await second.stop();
  await expect(new pg.Client(second.url).connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('a database that nobody serves is named, with the variable that names it', async () => {
  const port = await choosePort();
  await expect(open(`postgresql://postgres:secret@127.0.0.1:${port}/permits`)).rejects.toThrow(
    `The database at 127.0.0.1:${port} cannot be used: connect ECONNREFUSED 127.0.0.1:${port}. DATABASE_URL or --database-url names it: start it, or unset DATABASE_URL`,
  );
});
