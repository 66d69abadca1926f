import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ClonedDatabase, cloneDatabase } from '../functions/shared/testing/clone-database.ts';
import { generateText } from './generate-feed/generate-text.ts';

const SCRIPT = fileURLToPath(new URL('./start.ts', import.meta.url));
const PATIENCE = 60_000;

/** Has files and URLs, which the made-up feed must not follow. */
let database: ClonedDatabase;
/** Has the made-up feed. */
let madeUp: ClonedDatabase;
let directory: string;

beforeAll(async () => {
  database = await cloneDatabase();
  madeUp = await cloneDatabase();
  directory = await mkdtemp(join(tmpdir(), 'start-test-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true });
  await database[Symbol.asyncDispose]();
  await madeUp[Symbol.asyncDispose]();
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function spawnStart(...args: string[]): ChildProcess {
  return spawn(process.execPath, [SCRIPT, '--data-dir', directory, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function start(...args: string[]): Promise<Ended> {
  const child = spawnStart(...args);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
    once(child, 'close'),
  ]);
  return { code, stdout, stderr };
}

function startOnDatabase(...args: string[]): Promise<Ended> {
  return start('--database-url', database.url, ...args);
}

function startOnMadeUp(...args: string[]): Promise<Ended> {
  return start('--database-url', madeUp.url, ...args);
}

async function writeFeed(day: number): Promise<string> {
  const path = join(directory, `day-${day}.json`);
  await writeFile(path, [...generateText({ records: 300, day })]);
  return path;
}

async function selectRuns() {
  const client = new pg.Client(madeUp.url);
  await client.connect();
  const { rows } = await client.query(
    'select status, error_message, records_total from sync_runs order by id',
  );
  await client.end();
  return rows;
}

/** Waits until the process has written some words, and keeps reading so it can write more. */
function waitForOutput(child: ChildProcess, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (part) => {
      said += part;
      if (said.includes(words)) resolve();
    });
    child.once('exit', () => reject(new Error(`It never wrote "${words}": ${said}`)));
  });
}

describe('npm start', () => {
  test(
    'runs one sync, prints one JSON document on stdout and exits with 0',
    async () => {
      const { code, stdout, stderr } = await startOnDatabase(
        '--json',
        '--file',
        await writeFeed(0),
      );
      expect(stderr).toContain('ingested 1 of 1 chunks');
      expect(JSON.parse(stdout)).toMatchObject({
        execution: { name: expect.stringContaining('/executions/'), state: 'SUCCEEDED' },
        sync_run: { status: 'completed', records_total: 300, records_new: 300 },
        snapshot: { active_permits: 300 },
      });
      expect(code).toBe(0);
    },
    PATIENCE,
  );

  test(
    'ends with a table, on the synthetic feed, one day later at each start',
    async () => {
      const first = await startOnMadeUp('--records', '50');
      expect(first.stderr).toContain('synthetic, 50 records, day 0');
      expect(first.stdout).toMatch(/^ {2}status +completed$/m);
      expect(first.stdout).toMatch(/^ {2}total +50$/m);
      expect(first.stdout).toMatch(/^ {2}removed +0$/m);
      const second = await startOnMadeUp('--records', '50');
      expect(second.stderr).toContain('synthetic, 50 records, day 1');
    },
    PATIENCE,
  );

  test(
    'takes a part of the feed with --partial, and says what to do about one without',
    async () => {
      const path = join(directory, 'part.json');
      const record = { PERMIT_NUM: '1', REVISION_NUM: '00', PERMIT_TYPE: 'x' };
      await writeFile(path, JSON.stringify([record]));
      const drifted = await startOnDatabase('--file', path);
      expect(drifted.stdout).toMatch(/^ {2}error +schema_drift: The feed no longer has STRUCTURE/m);
      const refused = await startOnDatabase('--file', path, '--accept-drift');
      expect(refused.stdout).toMatch(
        /^ {2}error +feed_shrank: The feed has 1 records, under 95 %/m,
      );
      expect(refused.stdout).toMatch(/^ {2}hint +If it is a part of the feed, sync it with/m);
      expect(refused.code).toBe(1);
      const { code, stdout } = await startOnDatabase(
        ...['--json', '--file', path, '--partial', '--accept-drift'],
      );
      expect(JSON.parse(stdout)).toMatchObject({
        sync_run: { status: 'completed', partial: true, records_new: 1, feed_records: 1 },
      });
      expect(code).toBe(0);
    },
    PATIENCE,
  );

  test(
    'only checks the feed with --dry-run, and says that nothing was stored',
    async () => {
      const file = ['--file', await writeFeed(1)];
      const { code, stdout } = await startOnDatabase('--dry-run', '--accept-outdated', ...file);
      expect(stdout).toMatch(/^ {2}status +completed$/m);
      expect(stdout).toMatch(/^ {2}dry run +nothing was stored$/m);
      expect(code).toBe(0);
    },
    PATIENCE,
  );

  test(
    'exits with 1 and the reason when the sync fails',
    async () => {
      const path = join(directory, 'rubbish.json');
      await writeFile(path, '[{}] and more');
      const { code, stdout } = await startOnDatabase('--json', '--file', path);
      expect(JSON.parse(stdout)).toMatchObject({
        execution: { state: 'FAILED' },
        sync_run: { status: 'failed' },
        snapshot: null,
        error: expect.stringContaining('feed_malformed'),
      });
      expect(code).toBe(1);
    },
    PATIENCE,
  );

  test(
    'waits less between the attempts when time is warped',
    async () => {
      const asked: string[] = [];
      const portal = createServer((request, response) => {
        asked.push(request.method ?? '');
        response.writeHead(503).end();
      }).listen(0, '127.0.0.1');
      await once(portal, 'listening');
      const url = `http://127.0.0.1:${(portal.address() as AddressInfo).port}/feed.json`;
      const { code, stdout } = await startOnDatabase('--json', '--url', url, '--time-warp', '1e6');
      expect(JSON.parse(stdout)).toMatchObject({
        error: expect.stringContaining('feed_unavailable'),
      });
      expect(asked).toEqual(['GET', 'GET', 'GET']);
      expect(code).toBe(1);
      portal.close();
    },
    PATIENCE,
  );

  test.each([
    ['--unknown'],
    ['--records', 'many'],
    ['--file', '/nowhere/feed.json'],
    ['--url', 'ftp://example.com/feed.json'],
    ['--live', '--url', 'https://example.com/feed.json'],
    ['--database-url', 'mysql://localhost/permits'],
    ['feed.json'],
  ])('exits with 2 and the usage on %s %s', async (...args) => {
    const { code, stdout, stderr } = await start(...args.filter((arg) => arg !== undefined));
    expect(stderr).toContain('Usage: npm start');
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  test('--remove-data refuses what is no database, and starts nothing', async () => {
    const { code, stdout, stderr } = await start('--remove-data', directory);
    expect(stderr).toMatch(/^error: .* nothing was removed\n$/);
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });

  test('prints its usage on --help and exits with 0', async () => {
    const { code, stdout } = await start('--help');
    expect(stdout).toContain('--database-url');
    expect(code).toBe(0);
  });

  test(
    'stops everything on Ctrl-C and closes its run as failed',
    async () => {
      const child = spawnStart('--database-url', madeUp.url, '--records', '60000');
      await waitForOutput(child, 'downloaded');
      child.kill('SIGINT');
      const [code] = await once(child, 'exit');
      expect(code).toBe(1);
      const runs = await selectRuns();
      expect(runs.at(-1)).toMatchObject({
        status: 'failed',
        error_message: 'cancelled by the operator',
      });
      expect(runs.filter(({ status }) => status === 'running')).toEqual([]);
      expect(await readdir(directory)).not.toContain('feed-day-60000.txt');
    },
    PATIENCE,
  );

  test(
    'starts again after a SIGKILL, closing the killed run as abandoned',
    async () => {
      const args = ['--records', '20000', '--data-dir', join(directory, 'killed')];
      const child = spawnStart('--database-url', madeUp.url, ...args);
      await waitForOutput(child, 'downloaded');
      child.kill('SIGKILL');
      await once(child, 'exit');
      const { code, stderr } = await startOnMadeUp(...args);
      expect(stderr).toContain('synthetic, 20,000 records, day 0');
      expect(code).toBe(0);
      const [killed, next] = (await selectRuns()).slice(-2);
      expect(killed).toMatchObject({
        status: 'failed',
        error_message: expect.stringMatching(/^abandoned: /),
      });
      expect(next).toMatchObject({ status: 'completed' });
    },
    PATIENCE,
  );
});
