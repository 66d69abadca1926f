import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Report } from './bench/report/report.ts';

const SCRIPT = fileURLToPath(new URL('./bench.ts', import.meta.url));

function bench(...args: string[]) {
  return promisify(execFile)(process.execPath, [SCRIPT, ...args]);
}

test('npm run bench runs and checks every case and prints one document', async () => {
  const { stdout, stderr } = await bench('--records', '300', '--repeats', '1', '--json');
  const report = JSON.parse(stdout) as Report;
  expect([report.records, report.repeats, report.sample]).toEqual([300, 1, 300]);
  expect(report.cases.map(({ name }) => name)).toEqual([
    'floor, first load',
    'ours, first load',
    'ours, everything changed',
    'row at a time, first load',
    'floor, all unchanged',
    'ours, all unchanged',
    'ours, weekday',
    'row at a time, all unchanged',
  ]);
  const { cases, phases, processes: each, engine, commit_milliseconds } = report;
  const every = [...cases, ...phases, ...each, engine, commit_milliseconds];
  expect(JSON.stringify(every)).not.toMatch(/null|NaN|"median":0[,}]/);
  const processes = ['download', 'ingest-chunk', 'finalize', 'snapshot', 'sync-api'];
  expect(report.processes.map(({ name }) => name)).toEqual([...processes, 'local cloud']);
  expect(report.targets.filter(({ measured }) => measured === null)).toHaveLength(3);
  expect(stderr).toContain('Round 1 of 1\n  floor, first load');
});

test('wrong usage exits with 2', async () => {
  await expect(bench('--repeats', '0')).rejects.toMatchObject({ code: 2 });
});
