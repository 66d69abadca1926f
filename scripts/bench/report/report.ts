import type { Machine } from './describe-machine.ts';
import type { Spread } from './spread.ts';

/** One row of the main table. */
export interface CaseFigures {
  readonly name: string;
  readonly seconds: Spread;
  readonly microseconds_per_record: number;
  readonly wal_bytes_per_record: number;
  /** How often the time of the case that it is compared with, repeat by repeat. */
  readonly ratio?: Spread & { readonly to: string };
}

/** Where the time of a sync goes, in seconds; medians. */
export interface PhaseFigures {
  readonly name: string;
  readonly download: number;
  readonly ingest: number;
  readonly finalize: number;
  readonly snapshot: number;
  /** While no function was called. */
  readonly between: number;
  /** The sum of all ingest calls, of which several run side by side. */
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
  /** Time per record against that of the smallest size, repeat by repeat. */
  readonly ratio: Spread;
  readonly peak_rss_bytes: Readonly<Record<string, number>>;
}

export interface Target {
  readonly name: string;
  readonly limit: string;
  /** Null when this run has not measured it. */
  readonly measured: number | null;
  readonly met: boolean | null;
}

/** What `npm run bench -- --json` prints. */
export interface Report {
  readonly machine: Machine;
  readonly records: number;
  readonly repeats: number;
  /** Records of the row-at-a-time cases, whose seconds are extrapolated from them. */
  readonly sample: number;
  /** Of a transaction that does nothing but commit. */
  readonly commit_milliseconds: Spread;
  readonly cases: readonly CaseFigures[];
  readonly phases: readonly PhaseFigures[];
  /** The workflow with functions that answer at once. */
  readonly engine: {
    readonly seconds: Spread;
    readonly percent_of_first_load: Spread;
  };
  readonly processes: readonly ProcessFigures[];
  readonly growth?: readonly GrowthFigures[];
  readonly targets: readonly Target[];
}
