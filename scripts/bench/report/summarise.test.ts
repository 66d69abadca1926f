import { describe, expect, test } from 'vitest';
import { figuresOf, growthOf, roundOf } from '../testing/figures.ts';
import { summarise } from './summarise.ts';

const MEBIBYTE = 1_048_576;

describe('the report of a run', () => {
  const report = summarise(
    figuresOf([roundOf(1, { first: 1.1 }), roundOf(4, { first: 1.5 }), roundOf(2, { first: 1.2 })]),
  );
  const find = (name: string) => report.cases.find((each) => each.name === name);

  test('takes ratios within a round and then their median, not the ratio of the medians', () => {
    expect(find('ours, first load')?.ratio).toEqual({
      median: expect.closeTo(1.2),
      least: expect.closeTo(1.1),
      most: expect.closeTo(1.5),
      to: 'floor, first load',
    });
    expect(find('floor, first load')?.seconds).toEqual({ median: 2, least: 1, most: 4 });
  });

  test('extrapolates a row at a time from its sample', () => {
    expect(find('row at a time, first load')?.ratio?.median).toBeCloseTo(50);
    expect(find('row at a time, first load')?.seconds.median).toBeCloseTo(2.4 * 50);
    expect(find('row at a time, first load')?.wal_bytes_per_record).toBe(900);
  });

  test('has the time of each phase, and the memory and start-up time of each process', () => {
    expect(report.phases[0]).toEqual({
      name: 'ours, first load',
      download: expect.closeTo(0.48),
      ingest: expect.closeTo(1.2),
      finalize: expect.closeTo(0.24),
      snapshot: expect.closeTo(0.24),
      between: expect.closeTo(0.24),
      ingest_busy: expect.closeTo(2.4),
    });
    expect(report.processes).toEqual([
      {
        name: 'download',
        peak_rss_bytes: 200 * MEBIBYTE,
        cold_start_milliseconds: { median: 400, least: 300, most: 500 },
      },
      { name: 'local cloud', peak_rss_bytes: 300 * MEBIBYTE },
    ]);
    expect(report.engine.percent_of_first_load.median).toBeCloseTo(0.5);
    expect(report).not.toHaveProperty('growth');
  });
});

test('growth compares the time per record within a round', () => {
  const rounds = [growthOf(1, 1.3, 110), growthOf(5, 1, 130), growthOf(2, 1.1, 120)];
  expect(summarise(figuresOf(undefined, rounds)).growth).toEqual([
    {
      factor: 1,
      records: 1000,
      seconds: { median: 0.2, least: 0.1, most: 0.5 },
      microseconds_per_record: 200,
      ratio: { median: 1, least: 1, most: 1 },
      peak_rss_bytes: { download: 100 * MEBIBYTE, 'local cloud': 300 * MEBIBYTE },
    },
    {
      factor: 10,
      records: 10_000,
      seconds: { median: expect.closeTo(2.2), least: expect.closeTo(1.3), most: 5 },
      microseconds_per_record: expect.closeTo(220),
      ratio: {
        median: expect.closeTo(1.1),
        least: expect.closeTo(1),
        most: expect.closeTo(1.3),
      },
      peak_rss_bytes: { download: 120 * MEBIBYTE, 'local cloud': 900 * MEBIBYTE },
    },
  ]);
});
