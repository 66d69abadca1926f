import type { GrowthStep } from '../measure-growth.ts';
import type { Round } from '../run-round.ts';
import type { SyncMeasurement } from '../run-sync-case.ts';
import { checkTargets } from './check-targets.ts';
import type { Machine } from './describe-machine.ts';
import type { CaseFigures, GrowthFigures, PhaseFigures, ProcessFigures, Report } from './report.ts';
import { type Spread, spreadOf } from './spread.ts';

/** All measurements of a run. */
export interface Figures {
  readonly machine: Machine;
  readonly records: number;
  readonly repeats: number;
  readonly sample: number;
  readonly rounds: readonly Round[];
  /** Peak resident memory of each process, in bytes. */
  readonly memory: Readonly<Record<string, number>>;
  /** Milliseconds of each function, a map per repeat. */
  readonly coldStarts: readonly Readonly<Record<string, number>>[];
  readonly growth: readonly (readonly GrowthStep[])[] | undefined;
}

type Pick<T> = (round: Round) => T;

const OURS = {
  first: 'ours, first load',
  unchanged: 'ours, all unchanged',
  weekday: 'ours, weekday',
  changed: 'ours, everything changed',
} as const;

/** Computes all medians and spreads; a ratio is taken within each repeat, then its median. */
export function summarise(figures: Figures): Report {
  const { machine, records, repeats, sample, rounds, growth } = figures;
  const report: Omit<Report, 'targets'> = {
    machine,
    records,
    repeats,
    sample,
    commit_milliseconds: spreadOf(rounds.map(({ commit }) => commit)),
    cases: summariseCases(figures),
    phases: Object.entries(OURS).map(([key, name]) =>
      summarisePhases(
        name,
        rounds.map(({ ours }) => ours[key as keyof typeof OURS]),
      ),
    ),
    engine: {
      seconds: spreadOf(rounds.map(({ engine }) => engine / 1000)),
      percent_of_first_load: spreadOf(
        rounds.map(({ engine, ours }) => (100 * engine) / ours.first.milliseconds),
      ),
    },
    processes: summariseProcesses(figures),
    ...(growth && { growth: summariseGrowth(growth) }),
  };
  const countUnchanged = (round: Round): number => round.ours.unchanged.records_unchanged;
  const walPerUnchanged = spreadOf(
    rounds.map((round) => round.ours.unchanged.walBytes / countUnchanged(round)),
  ).median;
  return { ...report, targets: checkTargets(report, walPerUnchanged) };
}

function summariseCases({ records, sample, rounds }: Figures): readonly CaseFigures[] {
  const figures = (
    name: string,
    count: number,
    pick: Pick<{ readonly milliseconds: number; readonly walBytes: number }>,
    base?: { readonly to: string; readonly pick: Pick<{ readonly milliseconds: number }> },
  ): CaseFigures => {
    const scale = records / count;
    const time: Pick<number> = (round) => pick(round).milliseconds * scale;
    const seconds = spreadOf(rounds.map((round) => time(round) / 1000));
    const ratios = base && rounds.map((round) => time(round) / base.pick(round).milliseconds);
    return {
      name,
      seconds,
      microseconds_per_record: (1e6 * seconds.median) / records,
      wal_bytes_per_record: spreadOf(rounds.map((round) => pick(round).walBytes / count)).median,
      ...(base && ratios && { ratio: { ...spreadOf(ratios), to: base.to } }),
    };
  };
  const first = { to: 'floor, first load', pick: ({ floor }: Round) => floor.first };
  const unchanged = { to: 'floor, all unchanged', pick: ({ floor }: Round) => floor.unchanged };
  const ours = { to: OURS.first, pick: ({ ours: { first } }: Round) => first };
  const oursUnchanged = { to: OURS.unchanged, pick: ({ ours }: Round) => ours.unchanged };
  return [
    figures(first.to, records, first.pick),
    figures(OURS.first, records, ours.pick, first),
    figures(OURS.changed, records, (round) => round.ours.changed, first),
    figures('row at a time, first load', sample, ({ rows }) => rows.first, ours),
    figures(unchanged.to, records, unchanged.pick),
    figures(OURS.unchanged, records, oursUnchanged.pick, unchanged),
    figures(OURS.weekday, records, (round) => round.ours.weekday, unchanged),
    figures('row at a time, all unchanged', sample, ({ rows }) => rows.unchanged, oursUnchanged),
  ];
}

function summarisePhases(name: string, syncs: readonly SyncMeasurement[]): PhaseFigures {
  const median = (pick: (sync: SyncMeasurement) => number | undefined): number =>
    spreadOf(syncs.map((sync) => (pick(sync) ?? 0) / 1000)).median;
  return {
    name,
    download: median(({ calls }) => calls.steps.download?.span),
    ingest: median(({ calls }) => calls.steps['ingest-chunk']?.span),
    finalize: median(({ calls }) => calls.steps.finalize?.span),
    snapshot: median(({ calls }) => calls.steps.snapshot?.span),
    between: median(({ calls }) => calls.between),
    ingest_busy: median(({ calls }) => calls.steps['ingest-chunk']?.busy),
  };
}

function summariseProcesses({ memory, coldStarts }: Figures): readonly ProcessFigures[] {
  return Object.entries(memory).map(([name, peak_rss_bytes]) => {
    const starts = coldStarts.flatMap((each) => each[name] ?? []);
    return {
      name,
      peak_rss_bytes,
      ...(starts.length > 0 && { cold_start_milliseconds: spreadOf(starts) }),
    };
  });
}

function summariseGrowth(rounds: readonly (readonly GrowthStep[])[]): readonly GrowthFigures[] {
  const perRecord = ({ milliseconds, records }: GrowthStep): number => milliseconds / records;
  const sizes = rounds[0] ?? [];
  return sizes.map(({ factor, records, memory }, size) => {
    const steps = rounds.flatMap((round) => round[size] ?? []);
    const ratios = rounds.map(([smallest, ...others]) => {
      const step = size === 0 ? smallest : others[size - 1];
      return smallest && step ? perRecord(step) / perRecord(smallest) : Number.NaN;
    });
    const seconds: Spread = spreadOf(steps.map(({ milliseconds }) => milliseconds / 1000));
    return {
      factor,
      records,
      seconds,
      microseconds_per_record: (1e6 * seconds.median) / records,
      ratio: spreadOf(ratios),
      peak_rss_bytes: Object.fromEntries(
        Object.keys(memory).map((name) => [
          name,
          spreadOf(steps.map((step) => step.memory[name] ?? 0)).median,
        ]),
      ),
    };
  });
}
