import type { GrowthFigures, Report, Target } from './report.ts';

const MEBIBYTE = 1_048_576;
const MEBIBYTES = 256;
/** A process that is not a function and does not exist on Google Cloud. */
const NO_FUNCTION = 'local cloud';

type Measured = Omit<Report, 'targets'>;

function atMost(name: string, most: number, measured: number | null, unit = ''): Target {
  return {
    name,
    limit: `≤ ${most}${unit}`,
    measured,
    met: measured === null ? null : measured <= most,
  };
}

function atLeast(name: string, least: number, measured: number): Target {
  return {
    name,
    limit: `≥ ${least}`,
    measured,
    met: measured >= least,
  };
}

/**
 * Compares the medians of a run with the targets. They are meant for as many records as the City
 * has; a run of another size is compared with the same figures.
 *
 * @param walPerUnchanged bytes, in the case in which nothing has changed.
 */
export function checkTargets(report: Measured, walPerUnchanged: number): readonly Target[] {
  const ratio = (name: string): number =>
    report.cases.find((each) => each.name === name)?.ratio?.median ?? Number.NaN;
  const smallest = report.growth?.at(0);
  const largest = report.growth?.at(-1);
  const largestRss = largest && peakOfFunctions(largest.peak_rss_bytes);
  const times = largest ? `${largest.factor}×` : '10×';
  const memory = Object.fromEntries(
    report.processes.map(({ name, peak_rss_bytes }) => [name, peak_rss_bytes]),
  );
  return [
    atMost('first load, ours / floor', 1.25, ratio('ours, first load')),
    atMost('all unchanged, ours / floor', 1.5, ratio('ours, all unchanged')),
    atMost('weekday, ours / floor all unchanged', 1.5, ratio('ours, weekday')),
    atLeast('first load, row at a time / ours', 40, ratio('row at a time, first load')),
    atMost('peak RSS of any function', MEBIBYTES, peakOfFunctions(memory), ' MiB'),
    atMost(`peak RSS of any function at ${times}`, MEBIBYTES, largestRss ?? null, ' MiB'),
    atMost(
      `peak RSS of a function, ${times} / 1×`,
      1.1,
      smallest && largest ? largestGrowth(smallest, largest) : null,
    ),
    atMost(`time per record, ${times} / 1×`, 1.1, largest?.ratio.median ?? null),
    atMost('WAL per unchanged record', 80, walPerUnchanged, ' bytes'),
    atMost('the engine, of a first load', 1, report.engine.percent_of_first_load.median, ' %'),
  ];
}

function peakOfFunctions(memory: Readonly<Record<string, number>>): number {
  return Math.max(
    ...Object.entries(memory)
      .filter(([name]) => name !== NO_FUNCTION)
      .map(([, bytes]) => bytes / MEBIBYTE),
  );
}

/** The largest ratio of a function's memory between two sizes, in either direction. */
function largestGrowth(smallest: GrowthFigures, largest: GrowthFigures): number {
  return Math.max(
    ...Object.entries(smallest.peak_rss_bytes)
      .filter(([name]) => name !== NO_FUNCTION)
      .map(([name, bytes]) => {
        const ratio = (largest.peak_rss_bytes[name] ?? Number.NaN) / bytes;
        return Math.max(ratio, 1 / ratio);
      }),
  );
}
