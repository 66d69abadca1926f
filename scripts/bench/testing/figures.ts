import type { GrowthStep } from '../measure-growth.ts';
import type { Figures } from '../report/summarise.ts';
import type { Round } from '../run-round.ts';
import type { SyncMeasurement } from '../run-sync-case.ts';

const MEBIBYTE = 1_048_576;

function sync(milliseconds: number, walBytes = 0, records_unchanged = 0): SyncMeasurement {
  return {
    milliseconds,
    walBytes,
    records: 1000,
    records_unchanged,
    chunks: 1,
    calls: {
      between: milliseconds * 0.1,
      steps: {
        download: { calls: 1, span: milliseconds * 0.2, busy: milliseconds * 0.2 },
        'ingest-chunk': { calls: 4, span: milliseconds * 0.5, busy: milliseconds },
        finalize: { calls: 1, span: milliseconds * 0.1, busy: milliseconds * 0.1 },
        snapshot: { calls: 1, span: milliseconds * 0.1, busy: milliseconds * 0.1 },
      },
    },
  };
}

/** Makes a round in which everything takes `slowness` times as long, with the given ratios. */
export function roundOf(
  slowness: number,
  {
    first = 1.2,
    unchanged = 1.4,
    weekday = 1.4,
    rows = 50,
    walPerUnchanged = 70,
    commit = 0.4,
    engine = 0.5,
  } = {},
): Round {
  const ours = 1000 * slowness * first;
  return {
    floor: {
      first: { milliseconds: 1000 * slowness, walBytes: 800_000 },
      unchanged: { milliseconds: 500 * slowness, walBytes: 400_000 },
    },
    rows: {
      // The sample is a tenth of the records.
      first: { milliseconds: (ours * rows) / 10, walBytes: 90_000 },
      unchanged: { milliseconds: ours, walBytes: 50_000 },
    },
    ours: {
      first: sync(ours, 900_000),
      unchanged: sync(500 * slowness * unchanged, 990 * walPerUnchanged, 990),
      weekday: sync(500 * slowness * weekday, 90_000, 980),
      changed: sync(3 * ours, 2_000_000),
    },
    commit: commit * slowness,
    engine: (ours * engine) / 100,
  };
}

/** Makes first loads of 1,000 and 10,000 records. */
export function growthOf(slowness: number, ratio: number, rss: number): readonly GrowthStep[] {
  return [
    {
      factor: 1,
      records: 1000,
      milliseconds: 100 * slowness,
      memory: { download: 100 * MEBIBYTE, 'local cloud': 300 * MEBIBYTE },
    },
    {
      factor: 10,
      records: 10_000,
      milliseconds: 1000 * slowness * ratio,
      memory: { download: rss * MEBIBYTE, 'local cloud': 900 * MEBIBYTE },
    },
  ];
}

/** Makes the figures of a run, by default of three rounds on a machine that slows down. */
export function figuresOf(
  rounds: readonly Round[] = [roundOf(1), roundOf(2), roundOf(3)],
  growth?: Figures['growth'],
): Figures {
  return {
    machine: {
      cpu: 'Example CPU',
      cores: 2,
      memory_bytes: 8 * 1024 * MEBIBYTE,
      system: 'linux 6.0',
      node: 'v24.0.0',
      postgresql: '18.0',
    },
    records: 1000,
    repeats: rounds.length,
    sample: 100,
    rounds,
    memory: { download: 200 * MEBIBYTE, 'local cloud': 300 * MEBIBYTE },
    coldStarts: [{ download: 300 }, { download: 500 }, { download: 400 }],
    growth,
  };
}
