import type { BenchFeeds } from './bench-feeds.ts';
import type { BenchDatabase, Measurement } from './database/bench-database.ts';
import { loadFloor } from './floor/load-floor.ts';
import { loadRows, type Row } from './floor/load-rows.ts';
import { measureCommit } from './floor/measure-commit.ts';
import { runSyncCase, type SyncMeasurement } from './run-sync-case.ts';
import type { CloudProcess } from './start-cloud.ts';

/** Everything that a round needs, prepared before it is timed. */
export interface Bench {
  readonly floor: BenchDatabase;
  readonly ours: BenchDatabase;
  readonly cloud: CloudProcess;
  readonly feeds: BenchFeeds;
  readonly feedUrl: (file: string) => string;
  /** The first feed's rows as they are stored, in COPY's text format. */
  readonly readyRows: string;
  readonly sample: readonly Row[];
  readonly say: (text: string) => void;
}

/** Measurements of every case, once each. */
export interface Round {
  readonly floor: { readonly first: Measurement; readonly unchanged: Measurement };
  /** A row at a time, on the sample. */
  readonly rows: { readonly first: Measurement; readonly unchanged: Measurement };
  readonly ours: Readonly<Record<'first' | 'unchanged' | 'weekday' | 'changed', SyncMeasurement>>;
  /** Milliseconds of a transaction that only commits. */
  readonly commit: number;
  /** Milliseconds of the workflow with functions that answer at once. */
  readonly engine: number;
}

function requireEqual(what: string, found: unknown, expected: unknown): void {
  if (found === expected) return;
  throw new Error(`${what}: ${found} instead of ${expected}`);
}

/**
 * Runs every case once, ours next to the case that it is compared with, so a slowdown of the
 * machine affects both. A case starts with the tables of the previous one, after vacuum analyze and
 * a checkpoint.
 *
 * @throws Error if a case has a wrong result.
 */
export async function runRound(bench: Bench): Promise<Round> {
  const { floor, ours, cloud, feeds, feedUrl, readyRows, say } = bench;
  const { first, weekday, changed } = feeds;
  const tell = async <T extends Measurement>(name: string, measured: Promise<T>): Promise<T> => {
    const { milliseconds } = await measured;
    say(`  ${name.padEnd(28)}${(milliseconds / 1000).toFixed(2)} s\n`);
    return measured;
  };
  const runFloor = async (expected: number): Promise<Measurement> => {
    const { result, ...measurement } = await floor.measure(() => loadFloor(floor, readyRows));
    requireEqual('rows written by the floor', result, expected);
    return measurement;
  };
  const runRows = async (expected: number): Promise<Measurement> => {
    const { result, ...measurement } = await floor.measure(() => loadRows(floor, bench.sample));
    requireEqual('rows written one at a time', result, expected);
    return measurement;
  };
  const sync = (feed: typeof first, before?: typeof first): Promise<SyncMeasurement> =>
    runSyncCase(ours, cloud, {
      url: feedUrl(feed.file),
      feed: feed.index,
      before: before?.index,
    });

  await floor.empty();
  const floorFirst = await tell('floor, first load', runFloor(first.index.permits));
  await ours.empty();
  const oursFirst = await tell('ours, first load', sync(first));
  const [{ digest: stored }, { digest: expected }] = [
    await ours.readContents(),
    await floor.readContents(),
  ];
  requireEqual('digest of our permits', stored, expected);
  const floorUnchanged = await tell('floor, all unchanged', runFloor(0));
  const oursUnchanged = await tell('ours, all unchanged', sync(first, first));
  const oursWeekday = await tell('ours, weekday', sync(weekday, first));
  const oursChanged = await tell('ours, everything changed', sync(changed, weekday));
  await floor.empty();
  const rowsFirst = await tell('row at a time, first load', runRows(bench.sample.length));
  const rowsUnchanged = await tell('row at a time, unchanged', runRows(0));
  const commit = await measureCommit(floor);
  const engine = await cloud.measureEngine(oursFirst.chunks);
  return {
    floor: { first: floorFirst, unchanged: floorUnchanged },
    rows: { first: rowsFirst, unchanged: rowsUnchanged },
    ours: {
      first: oursFirst,
      unchanged: oursUnchanged,
      weekday: oursWeekday,
      changed: oursChanged,
    },
    commit,
    engine,
  };
}
