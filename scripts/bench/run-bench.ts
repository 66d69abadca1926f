import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import pg from 'pg';
import { type Postgres, startPostgres } from '../local/postgres/start-postgres.ts';
import { listen } from '../local/rest/listen.ts';
import { writeBenchFeeds } from './bench-feeds.ts';
import { type BenchDatabase, openBenchDatabase } from './database/bench-database.ts';
import { sampleRows } from './floor/load-rows.ts';
import { measureColdStarts } from './measure-cold-starts.ts';
import { measureGrowth } from './measure-growth.ts';
import { describeMachine } from './report/describe-machine.ts';
import type { Report } from './report/report.ts';
import { type Figures, summarise } from './report/summarise.ts';
import { type Bench, type Round, runRound } from './run-round.ts';
import { startCloud } from './start-cloud.ts';

const SAMPLE_RECORDS = 3_000;

export interface BenchOptions {
  readonly records: number;
  readonly repeats: number;
  readonly growth: boolean;
  readonly say: (text: string) => void;
}

/**
 * Options of the feed server, which should use as little of this machine as possible, because the
 * City's server is another machine. express.static passes highWaterMark on to the file's stream.
 */
const FEED_OPTIONS = { highWaterMark: 1 << 20 } as Parameters<typeof express.static>[1];

/** Measures everything on a temporary PostgreSQL and leaves nothing behind. */
export async function runBench(options: BenchOptions): Promise<Report> {
  await using stack = new AsyncDisposableStack();
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      // Without the cloud and PostgreSQL, the current measurement fails.
      interruption.abort();
      stack.disposeAsync();
    });
  }
  const { signal } = interruption;
  const folder = await mkdtemp(join(tmpdir(), 'permit-sync-bench-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const feedFolder = join(folder, 'feeds');
  await mkdir(feedFolder);
  const server = await listen(express().use(express.static(feedFolder, FEED_OPTIONS)), 0);
  stack.defer(server.close);
  const postgres = await startServer(folder, stack);
  const open = async (name: string): Promise<BenchDatabase> => {
    const database = await openBenchDatabase(postgres.databaseUrl, name);
    stack.defer(database.close);
    return database;
  };
  const floor = await open('floor');
  const ours = await open('ours');
  const resources = { folder, feedFolder, feedOrigin: server.url, signal };

  const rounds = await measureRounds(options, resources, floor, ours);
  const coldStarts: Figures['coldStarts'][number][] = [];
  for (let repeat = 0; repeat < options.repeats; repeat += 1) {
    coldStarts.push(await measureColdStarts(ours.url, join(folder, 'logs')));
  }
  const growth = options.growth
    ? await measureGrowth({ ...options, ...resources, database: ours })
    : undefined;
  const { records, repeats } = options;
  const machine = await describeMachine(ours);
  return summarise({ machine, records, repeats, ...rounds, coldStarts, growth });
}

/** Starts a server as `npm start` does but without autovacuum, which would slow only some cases. */
async function startServer(folder: string, stack: AsyncDisposableStack): Promise<Postgres> {
  const postgres = await startPostgres({ directory: join(folder, 'postgres') });
  // When run as root, its data is outside the folder.
  stack.defer(() => rm(postgres.folder, { recursive: true, force: true }));
  stack.defer(postgres.stop);
  const admin = new pg.Client(postgres.databaseUrl('postgres'));
  await admin.connect();
  await admin.query('alter system set autovacuum = off');
  await admin.query('select pg_reload_conf()');
  await admin.end();
  return postgres;
}

interface Resources {
  readonly folder: string;
  readonly feedFolder: string;
  readonly feedOrigin: string;
  readonly signal: AbortSignal;
}

/** Runs every case `repeats` times with the same cloud. */
async function measureRounds(
  { records, repeats, say }: BenchOptions,
  { folder, feedFolder, feedOrigin, signal }: Resources,
  floor: BenchDatabase,
  ours: BenchDatabase,
): Promise<Pick<Figures, 'rounds' | 'memory' | 'sample'>> {
  say(`Writing the feeds of ${records.toLocaleString('en')} records\n`);
  const feeds = await writeBenchFeeds(feedFolder, records);
  const dataDirectory = join(folder, 'cloud');
  const cloud = await startCloud({ dataDirectory, databaseUrl: ours.url, feedOrigin }, signal);
  try {
    const feedUrl = (file: string): string => `${feedOrigin}/${file}`;
    const readyRows = join(folder, 'ready-rows.tsv');
    say('Loading the first feed once to get the rows for the floor\n');
    await cloud.sync(feedUrl(feeds.first.file));
    await ours.writePermits(readyRows);
    const sample = await sampleRows(ours, SAMPLE_RECORDS);
    const bench: Bench = { floor, ours, cloud, feeds, feedUrl, readyRows, sample, say };
    const rounds: Round[] = [];
    for (let repeat = 1; repeat <= repeats; repeat += 1) {
      say(`Round ${repeat} of ${repeats}\n`);
      rounds.push(await runRound(bench));
    }
    return { rounds, memory: await cloud.readMemory(), sample: sample.length };
  } finally {
    await cloud.stop();
  }
}
