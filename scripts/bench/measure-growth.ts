import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeRepeatedFeed } from './bench-feeds.ts';
import type { BenchDatabase } from './database/bench-database.ts';
import { startCloud } from './start-cloud.ts';

const FACTORS = [1, 2, 5, 10];
const WARM_UP_RECORDS = 5_000;

/** A first load of `factor` times as many records by new processes. */
export interface GrowthStep {
  readonly factor: number;
  readonly records: number;
  readonly milliseconds: number;
  /** Peak resident memory of each process, in bytes. */
  readonly memory: Readonly<Record<string, number>>;
}

export interface GrowthOptions {
  readonly database: BenchDatabase;
  readonly folder: string;
  readonly feedFolder: string;
  readonly feedOrigin: string;
  readonly records: number;
  readonly repeats: number;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Times first loads of growing feeds, all sizes in each repeat, each after a small untimed sync.
 * Without it the smallest feed would pay most for code that has not been compiled yet.
 *
 * @returns a list per repeat.
 */
export async function measureGrowth(
  options: GrowthOptions,
): Promise<readonly (readonly GrowthStep[])[]> {
  const { feedFolder, records, repeats, say } = options;
  const warmUp = await writeRepeatedFeed(join(feedFolder, 'warm-up'), WARM_UP_RECORDS, 1);
  const files = new Map<number, string>();
  for (const factor of FACTORS) {
    say(`Writing the feed of ${(factor * records).toLocaleString('en')} records\n`);
    files.set(factor, await writeRepeatedFeed(feedFolder, records, factor));
  }
  const rounds: GrowthStep[][] = [];
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const steps: GrowthStep[] = [];
    for (const [factor, file] of files) {
      steps.push(await loadOnce(options, `warm-up/${warmUp}`, factor, file));
    }
    rounds.push(steps);
  }
  return rounds;
}

async function loadOnce(
  { database, folder, feedOrigin, records, say, signal }: GrowthOptions,
  warmUp: string,
  factor: number,
  file: string,
): Promise<GrowthStep> {
  const dataDirectory = await mkdtemp(join(folder, 'growth-'));
  const cloud = await startCloud({ dataDirectory, databaseUrl: database.url, feedOrigin }, signal);
  try {
    await cloud.sync(`${feedOrigin}/${warmUp}`);
    await database.empty();
    const { result } = await database.measure(() => cloud.sync(`${feedOrigin}/${file}`));
    const { rows } = await database.client.query<{ stored: number }>(
      'select records_new + records_superseded as stored from sync_runs where execution_id = $1',
      [result.executionId],
    );
    if (rows[0]?.stored !== factor * records) {
      throw new Error(`The sync of ${file} stored ${rows[0]?.stored} records`);
    }
    say(`  ${factor} times as many: ${(result.milliseconds / 1000).toFixed(2)} s\n`);
    const memory = await cloud.readMemory();
    return { factor, records: factor * records, milliseconds: result.milliseconds, memory };
  } finally {
    await cloud.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  }
}
