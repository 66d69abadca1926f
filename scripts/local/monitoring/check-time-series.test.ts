import { expect, test } from 'vitest';
import { checkTimeSeries } from './check-time-series.ts';
import { type NewTimeSeries, newTimeSeriesSchema } from './time-series-schema.ts';

const NOW = Date.parse('2026-01-05T11:00:00Z');
const GOOD = {
  metric: { type: 'custom.googleapis.com/permit_sync/records', labels: { outcome: 'new' } },
  resource: { type: 'global', labels: { project_id: 'test-project' } },
  points: [{ interval: { endTime: '2026-01-05T11:00:00Z' }, value: { int64Value: '7' } }],
};

function createPoint(interval: object, value: object = { int64Value: '7' }): object {
  return { points: [{ interval, value }] };
}

function parse(change: object): NewTimeSeries {
  return newTimeSeriesSchema.parse({ ...GOOD, ...change });
}

test.each([
  ['as it should be', {}],
  ['with the enums as numbers', { metricKind: 1, valueType: 2 }],
  [
    'with a gauge start that equals its end',
    createPoint({
      startTime: '2026-01-05T11:00:00Z',
      endTime: '2026-01-05T11:00:00Z',
    }),
  ],
  [
    'of a task',
    {
      resource: {
        type: 'generic_task',
        labels: { location: 'x', namespace: 'y', job: 'z', task_id: '1' },
      },
    },
  ],
  [
    'cumulative',
    {
      metricKind: 'CUMULATIVE',
      ...createPoint({ startTime: '2026-01-05T10:00:00Z', endTime: '2026-01-05T11:00:00Z' }),
    },
  ],
])('a series %s is accepted', (_what, change) => {
  expect(checkTimeSeries(parse(change), NOW)).toBeUndefined();
});

test.each([
  ['no point', { points: [] }, 'points'],
  ['two points', { points: [...GOOD.points, ...GOOD.points] }, 'points'],
  ['a metric type without a domain', { metric: { type: 'records' } }, 'metric.type'],
  ["one of Google's metrics", { metric: { type: 'run.googleapis.com/x' } }, 'metric.type'],
  [
    'a label key with a dash',
    { metric: { ...GOOD.metric, labels: { 'a-b': '' } } },
    'metric.labels[a-b]',
  ],
  ["Cloud Run's resource type", { resource: { type: 'cloud_run_revision' } }, 'resource.type'],
  [
    'a resource label missing',
    { resource: { type: 'gce_instance', labels: { zone: 'z' } } },
    'resource.labels',
  ],
  [
    'a resource label too many',
    { resource: { type: 'global', labels: { zone: 'z' } } },
    'resource.labels',
  ],
  ['no value', createPoint({ endTime: '2026-01-05T11:00:00Z' }, {}), 'points[0].value'],
  [
    'two values',
    createPoint({ endTime: '2026-01-05T11:00:00Z' }, { int64Value: '1', doubleValue: 1 }),
    'points[0].value',
  ],
  ['a value of another type than it says', { valueType: 'DOUBLE' }, 'points[0].value'],
  ['a kind that custom metrics lack', { metricKind: 'DELTA' }, 'metricKind'],
  [
    'a cumulative text',
    {
      metricKind: 'CUMULATIVE',
      ...createPoint({ endTime: '2026-01-05T11:00:00Z' }, { stringValue: '' }),
    },
    'valueType',
  ],
  ['a cumulative point without a start', { metricKind: 'CUMULATIVE' }, 'points[0].interval'],
  [
    'a gauge point over a time',
    createPoint({ startTime: '2026-01-05T10:00:00Z', endTime: '2026-01-05T11:00:00Z' }),
    'points[0].interval',
  ],
  [
    'a point of the day before yesterday',
    createPoint({ endTime: '2026-01-04T09:59:59Z' }),
    'points[0].interval.endTime',
  ],
  [
    'a point of the future',
    createPoint({ endTime: '2026-01-05T11:05:01Z' }),
    'points[0].interval.endTime',
  ],
])('a series with %s is refused for that field', (_what, change, field) => {
  expect(checkTimeSeries(parse(change), NOW)?.field).toBe(field);
});
