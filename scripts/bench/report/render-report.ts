import { type Column, renderTable } from './render-table.ts';
import type { GrowthFigures, Report, Target } from './report.ts';
import type { Spread } from './spread.ts';

const MEBIBYTE = 1_048_576;
const GIBIBYTE = 1024 * MEBIBYTE;

/** Formats about three significant digits: 1,234, 12.3, 1.23, 0.12. */
function figure(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

function spread({ median, least, most }: Spread): string {
  return `${figure(median)} (${figure(least)}–${figure(most)})`;
}

function mebibytes(bytes: number): string {
  return (bytes / MEBIBYTE).toFixed(0);
}

function columns(...headings: readonly string[]): readonly Column[] {
  return headings.map((heading, index) => ({ heading, isFigure: index > 0 }));
}

/** Renders a report as Markdown tables, for the terminal and the README. */
export function renderReport(report: Report): string {
  return [
    describeRun(report),
    renderCases(report),
    renderPhases(report),
    renderProcesses(report),
    ...(report.growth ? [renderGrowth(report.growth)] : []),
    renderTargets(report.targets),
  ].join('\n');
}

function describeRun({ machine, records, repeats, sample, commit_milliseconds }: Report): string {
  return (
    `${records.toLocaleString('en')} records, medians of ${repeats} (least–most); ${machine.cpu}, ` +
    `${machine.cores} cores, ${figure(machine.memory_bytes / GIBIBYTE)} GiB, ${machine.system}, ` +
    `Node ${machine.node}, PostgreSQL ${machine.postgresql}.\n` +
    `Row at a time is extrapolated from ${sample.toLocaleString('en')} records; a transaction that only ` +
    `commits takes ${spread(commit_milliseconds)} ms.\n`
  );
}

function renderCases({ cases }: Report): string {
  return renderTable(
    columns('case', 'seconds', 'µs per record', 'WAL bytes per record', 'ratio', 'to'),
    cases.map(({ name, seconds, microseconds_per_record, wal_bytes_per_record, ratio }) => [
      name,
      spread(seconds),
      figure(microseconds_per_record),
      figure(wal_bytes_per_record),
      ratio ? spread(ratio) : '',
      ratio?.to ?? '',
    ]),
  );
}

function renderPhases({ phases, engine }: Report): string {
  return (
    renderTable(
      columns(
        'seconds of',
        'download',
        'ingest',
        'finalize',
        'snapshot',
        'between calls',
        'ingest calls',
      ),
      phases.map(({ name, download, ingest, finalize, snapshot, between, ingest_busy }) => [
        name,
        ...[download, ingest, finalize, snapshot, between, ingest_busy].map(figure),
      ]),
    ) +
    `\nThe workflow alone, its functions answering at once: ${spread(engine.seconds)} s, ` +
    `${spread(engine.percent_of_first_load)} % of a first load.\n`
  );
}

function renderProcesses({ processes }: Report): string {
  return renderTable(
    columns('process', 'peak RSS, MiB', 'cold start, ms'),
    processes.map(({ name, peak_rss_bytes, cold_start_milliseconds }) => [
      name,
      mebibytes(peak_rss_bytes),
      cold_start_milliseconds ? spread(cold_start_milliseconds) : '',
    ]),
  );
}

function renderGrowth(growth: readonly GrowthFigures[]): string {
  const processes = Object.keys(growth[0]?.peak_rss_bytes ?? {});
  return renderTable(
    columns(
      'records',
      'seconds',
      'µs per record',
      'to 1×',
      ...processes.map((name) => `${name}, MiB`),
    ),
    growth.map(({ records, seconds, microseconds_per_record, ratio, peak_rss_bytes }) => [
      records.toLocaleString('en'),
      spread(seconds),
      figure(microseconds_per_record),
      spread(ratio),
      ...processes.map((name) => mebibytes(peak_rss_bytes[name] ?? 0)),
    ]),
  );
}

function renderTargets(targets: readonly Target[]): string {
  return renderTable(
    columns('target', 'limit', 'measured', 'met'),
    targets.map(({ name, limit, measured, met }) => [
      name,
      limit,
      measured === null ? 'not measured' : figure(measured),
      met === null ? '' : met ? 'yes' : 'no',
    ]),
  );
}
