import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startTestMonitoring } from './testing/start-test-monitoring.ts';

const NOW = Date.parse('2026-01-05T11:00:00Z');
const NOW_SECONDS = NOW / 1000;
const PROJECT = 'projects/test-project';
const RECORDS = 'custom.googleapis.com/permit_sync/records';

interface Change {
  type?: string;
  labels?: Record<string, string>;
  value?: object;
  endSeconds?: number;
}

function createSeries({
  type = RECORDS,
  labels = {},
  value,
  endSeconds = NOW_SECONDS,
}: Change = {}) {
  return {
    metric: { type, labels },
    resource: { type: 'global', labels: { project_id: 'test-project' } },
    metricKind: 'GAUGE' as const,
    valueType: 'INT64' as const,
    points: [{ interval: { endTime: { seconds: endSeconds } }, value: value ?? { int64Value: 7 } }],
  };
}

async function startMonitoring() {
  return startTestMonitoring({ now: () => NOW });
}

test('a point that the client writes can be listed', async () => {
  await using monitoring = await startMonitoring();
  const { client } = monitoring;
  await client.createTimeSeries({
    name: PROJECT,
    timeSeries: [
      createSeries({ labels: { outcome: 'new' }, value: { int64Value: 41 } }),
      createSeries({ labels: { outcome: 'updated' }, value: { int64Value: 2 } }),
    ],
  });
  const [listed] = await client.listTimeSeries({
    name: PROJECT,
    filter: `metric.type = "${RECORDS}" AND metric.labels.outcome = "new"`,
    interval: { startTime: { seconds: NOW_SECONDS - 60 }, endTime: { seconds: NOW_SECONDS } },
  });
  expect(listed.map(({ points }) => points?.map(({ value }) => value?.int64Value))).toEqual([
    ['41'],
  ]);
  expect(await monitoring.listTimeSeries()).toHaveLength(2);
});

test('points come newest first, and only those inside the interval', async () => {
  await using monitoring = await startMonitoring();
  const { client } = monitoring;
  for (const secondsAgo of [120, 60, 0]) {
    const timeSeries = [createSeries({ endSeconds: NOW_SECONDS - secondsAgo })];
    await client.createTimeSeries({ name: PROJECT, timeSeries });
  }
  const [[series]] = await client.listTimeSeries({
    name: PROJECT,
    filter: `metric.type = "${RECORDS}"`,
    interval: { startTime: { seconds: NOW_SECONDS - 60 }, endTime: { seconds: NOW_SECONDS } },
  });
  const ends = series?.points?.map(({ interval }) => Number(interval?.endTime?.seconds));
  expect(ends).toEqual([NOW_SECONDS]);
  const [stored] = await monitoring.listTimeSeries();
  expect(stored?.points.map(({ interval }) => interval.endTime)).toEqual([
    '2026-01-05T11:00:00.000Z',
    '2026-01-05T10:59:00.000Z',
    '2026-01-05T10:58:00.000Z',
  ]);
});

test('the first point of a metric creates its descriptor', async () => {
  await using monitoring = await startMonitoring();
  const { client } = monitoring;
  await client.createTimeSeries({
    name: PROJECT,
    timeSeries: [createSeries({ labels: { outcome: 'new' } })],
  });
  const [descriptors] = await client.listMetricDescriptors({ name: PROJECT });
  expect(descriptors).toMatchObject([
    {
      name: `${PROJECT}/metricDescriptors/${RECORDS}`,
      metricKind: 'GAUGE',
      valueType: 'INT64',
      labels: [{ key: 'outcome' }],
    },
  ]);
});

test('a metric descriptor can be created, read and deleted with its series', async () => {
  await using monitoring = await startMonitoring();
  const { client } = monitoring;
  const name = `${PROJECT}/metricDescriptors/${RECORDS}`;
  await client.createMetricDescriptor({
    name: PROJECT,
    metricDescriptor: { type: RECORDS, metricKind: 'GAUGE', valueType: 'INT64', unit: '1' },
  });
  expect((await client.getMetricDescriptor({ name }))[0]).toMatchObject({
    type: RECORDS,
    unit: '1',
  });
  await client.createTimeSeries({ name: PROJECT, timeSeries: [createSeries()] });
  await client.deleteMetricDescriptor({ name });
  await expect(client.getMetricDescriptor({ name })).rejects.toMatchObject({ code: 5 });
  expect(await monitoring.listTimeSeries()).toEqual([]);
});

test.each([
  ['an older point', -10, 'Points must be written in order'],
  ['a point at the same time', 0, 'written more frequently than the maximum sampling period'],
  ['a point less than five seconds later', 4, 'written more frequently'],
])('%s is refused', async (_what, laterSeconds, message) => {
  await using monitoring = await startMonitoring();
  const { client } = monitoring;
  await client.createTimeSeries({ name: PROJECT, timeSeries: [createSeries()] });
  const timeSeries = [createSeries({ endSeconds: NOW_SECONDS + laterSeconds })];
  await expect(client.createTimeSeries({ name: PROJECT, timeSeries })).rejects.toMatchObject({
    code: 3,
    message: expect.stringContaining(message),
  });
  const [stored] = await monitoring.listTimeSeries();
  expect(stored?.points).toHaveLength(1);
});

test('a value whose type differs from the metric’s is refused', async () => {
  await using monitoring = await startMonitoring();
  const { client } = monitoring;
  await client.createTimeSeries({ name: PROJECT, timeSeries: [createSeries()] });
  const timeSeries = [
    {
      ...createSeries({ value: { doubleValue: 1.5 }, endSeconds: NOW_SECONDS + 60 }),
      valueType: 'DOUBLE' as const,
    },
  ];
  await expect(client.createTimeSeries({ name: PROJECT, timeSeries })).rejects.toThrow(
    'must be INT64, but is DOUBLE',
  );
});

test('the good points of a request are stored although another is refused', async () => {
  await using monitoring = await startMonitoring();
  const { client } = monitoring;
  await client.createTimeSeries({ name: PROJECT, timeSeries: [createSeries()] });
  const other = 'custom.googleapis.com/permit_sync/runs';
  const timeSeries = [createSeries(), createSeries({ type: other })];
  await expect(client.createTimeSeries({ name: PROJECT, timeSeries })).rejects.toThrow(
    'timeSeries[0]',
  );
  const stored = await monitoring.listTimeSeries();
  expect(stored.map(({ metric }) => metric.type)).toEqual([RECORDS, other]);
});

test('a request that has the same series twice is refused as a whole', async () => {
  await using monitoring = await startMonitoring();
  const { client } = monitoring;
  const timeSeries = [createSeries(), createSeries()];
  await expect(client.createTimeSeries({ name: PROJECT, timeSeries })).rejects.toThrow(
    'Field timeSeries[1] had an invalid value: Duplicate TimeSeries',
  );
  expect(await monitoring.listTimeSeries()).toEqual([]);
});

test('two hundred series fit a request, one more does not', async () => {
  await using monitoring = await startMonitoring();
  const { client } = monitoring;
  const series = Array.from({ length: 201 }, (_, chunk) =>
    createSeries({ labels: { chunk: String(chunk) } }),
  );
  await expect(client.createTimeSeries({ name: PROJECT, timeSeries: series })).rejects.toThrow(
    '200',
  );
  await client.createTimeSeries({ name: PROJECT, timeSeries: series.slice(1) });
  expect(await monitoring.listTimeSeries()).toHaveLength(200);
});

test('a filter that is not understood is refused, not ignored', async () => {
  await using monitoring = await startMonitoring();
  const response = await fetch(
    `${monitoring.url}/v3/${PROJECT}/timeSeries?filter=group.id%3D1&interval.endTime=2026-01-05T11:00:00Z`,
  );
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    error: { code: 400, status: 'INVALID_ARGUMENT', message: expect.stringContaining('group.id') },
  });
});

test('a method that the stand-in lacks is answered with 501', async () => {
  await using monitoring = await startMonitoring();
  const response = await fetch(`${monitoring.url}/v3/${PROJECT}/alertPolicies`);
  expect(response.status).toBe(501);
});

test('series and descriptors survive a restart', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'monitoring-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  await using monitoring = await startTestMonitoring({ directory, now: () => NOW });
  await monitoring.client.createTimeSeries({ name: PROJECT, timeSeries: [createSeries()] });
  await using restarted = await startTestMonitoring({ directory, now: () => NOW });
  const kept = await restarted.listTimeSeries();
  expect(kept).toEqual(await monitoring.listTimeSeries());
  expect(kept).toHaveLength(1);
});
