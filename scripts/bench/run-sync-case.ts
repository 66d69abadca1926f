import type { CallTimes } from './call-times.ts';
import type { BenchDatabase, Measurement } from './database/bench-database.ts';
import type { ExpectedCounts, FeedIndex } from './feed-index.ts';
import type { CloudProcess } from './start-cloud.ts';

export interface SyncMeasurement extends Measurement {
  readonly calls: CallTimes;
  readonly records: number;
  readonly records_unchanged: number;
  readonly chunks: number;
}

export interface SyncCase {
  readonly url: string;
  readonly feed: FeedIndex;
  /** The feed of the previous sync; undefined for an empty database. */
  readonly before: FeedIndex | undefined;
}

interface RunRow {
  readonly status: string;
  readonly chunks_total: number;
  readonly records_total: number;
  readonly records_new: number;
  readonly records_updated: number;
  readonly records_unchanged: number;
  readonly records_errors: number;
  readonly records_superseded: number;
}

const RUN = `
  select
    status, chunks_total, records_total, records_new, records_updated, records_unchanged,
    records_errors, records_superseded
  from sync_runs
  where execution_id = $1
`;

function describeFault(run: RunRow, feed: FeedIndex, expected: ExpectedCounts): string | null {
  const [least, most] = expected.records_updated;
  const unchanged = feed.records - run.records_new - run.records_updated - run.records_superseded;
  const isRight =
    run.status === 'completed' &&
    run.records_total === feed.records &&
    run.records_new === expected.records_new &&
    run.records_updated >= least &&
    run.records_updated <= most &&
    run.records_superseded === expected.records_superseded &&
    run.records_unchanged === unchanged &&
    run.records_errors === 0;
  if (isRight) return null;
  return `${JSON.stringify(run)} instead of ${feed.records} records and ${JSON.stringify(expected)}`;
}

/**
 * Times one sync, from its trigger to `completed`, and checks its counts.
 *
 * @throws Error if the counts do not match the feeds, because a wrong sync has no valid time.
 */
export async function runSyncCase(
  database: BenchDatabase,
  cloud: CloudProcess,
  { url, feed, before }: SyncCase,
): Promise<SyncMeasurement> {
  const { result, walBytes } = await database.measure(() => cloud.sync(url));
  const { rows } = await database.client.query<RunRow>(RUN, [result.executionId]);
  const run = rows[0] as RunRow;
  const fault = describeFault(run, feed, feed.expect(before));
  if (fault !== null) throw new Error(`The sync of ${url} is wrong: ${fault}`);
  return {
    milliseconds: result.milliseconds,
    walBytes,
    calls: result.calls,
    records: run.records_total,
    records_unchanged: run.records_unchanged,
    chunks: run.chunks_total,
  };
}
