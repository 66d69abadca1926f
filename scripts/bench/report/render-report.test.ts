import { expect, test } from 'vitest';
import { figuresOf, growthOf, roundOf } from '../testing/figures.ts';
import { renderReport } from './render-report.ts';
import { summarise } from './summarise.ts';

test('a report becomes tables of cases, phases, processes, growth and targets', () => {
  const growth = [growthOf(1, 1.2, 110)];
  const text = renderReport(summarise(figuresOf([roundOf(1), roundOf(2), roundOf(3)], growth)));
  const cells = text.split('\n').map((line) => line.replaceAll(/ +/g, ' ').trim());
  expect(cells[0]).toBe(
    '1,000 records, medians of 3 (least–most); Example CPU, 2 cores, 8.00 GiB, linux 6.0, ' +
      'Node v24.0.0, PostgreSQL 18.0.',
  );
  expect(cells[1]).toBe(
    'Row at a time is extrapolated from 100 records; a transaction that only commits ' +
      'takes 0.80 (0.40–1.20) ms.',
  );
  expect(cells).toContain(
    '| ours, first load | 2.40 (1.20–3.60) | 2,400 | 900 | 1.20 (1.20–1.20) | floor, first load |',
  );
  expect(cells).toContain('| ours, first load | 0.48 | 1.20 | 0.24 | 0.24 | 0.24 | 2.40 |');
  expect(cells).toContain('| download | 200 | 400 (300–500) |');
  expect(cells).toContain('| 10,000 | 1.20 (1.20–1.20) | 120 | 1.20 (1.20–1.20) | 110 | 900 |');
  expect(cells).toContain('| time per record, 10× / 1× | ≤ 1.1 | 1.20 | no |');
  expect(cells).toContain('| peak RSS of any function | ≤ 256 MiB | 200 | yes |');
});

test('a target that was not measured is marked as such', () => {
  const text = renderReport(summarise(figuresOf()));
  expect(text).toMatch(/\| time per record, 10× \/ 1× +\| +≤ 1\.1 \| not measured \| +\|/);
});
