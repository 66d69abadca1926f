import type { Machine } from './describe-machine.ts';
import type { Spread } from './spread.ts';

/** One row of the main table. */
export interface CaseFigures {
  readonly name: string;
  readonly seconds: Spread;
  readonly microseconds_per_record: number;
  readonly wal_bytes_per_record: number;
  /** Ratio to the time of another case, within each repeat. */
  readonly ratio?: Spread & { readonly to: string };
}

/** Median seconds of each phase of a sync. */
export interface PhaseFigures {
  readonly name: string;
  readonly download: number;
  readonly ingest: number;
  readonly finalize: number;
  readonly snapshot: number;
  /** Time without any call. */
  readonly between: number;
  /** The sum of all ingest calls, several of which run concurrently. */
  readonly ingest_busy: number;
}

export interface ProcessFigures {
  readonly name: string;
  readonly peak_rss_bytes: number;
  readonly cold_start_milliseconds?: Spread;
}

export interface GrowthFigures {
  readonly factor: number;
  readonly records: number;
  readonly seconds: Spread;
  readonly microseconds_per_record: number;
  /** Ratio of the time per record to that of the smallest size, within each repeat. */
  readonly ratio: Spread;
  readonly peak_rss_bytes: Readonly<Record<string, number>>;
}

export interface Target {
  readonly name: string;
  readonly limit: string;
  /** Null if this run did not measure it. */
  readonly measured: number | null;
  readonly met: boolean | null;
}

/** The document that `npm run bench -- --json` prints. */
export interface Report {
  readonly machine: Machine;
  readonly records: number;
  readonly repeats: number;
  /** Records of the row-at-a-time cases, from which their seconds are extrapolated. */
  readonly sample: number;
  /** Time of a transaction that only commits. */
  readonly commit_milliseconds: Spread;
  readonly cases: readonly CaseFigures[];
  readonly phases: readonly PhaseFigures[];
  /** Time of the workflow when functions answer at once. */
  readonly engine: {
    readonly seconds: Spread;
    readonly percent_of_first_load: Spread;
  };
  readonly processes: readonly ProcessFigures[];
  readonly growth?: readonly GrowthFigures[];
  readonly targets: readonly Target[];
}
