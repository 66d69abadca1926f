import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { finalizeRun } from '../functions/finalize/finalize-run.ts';
import {
  createTestContext,
  type TestContext,
} from '../functions/shared/testing/create-test-context.ts';
import { listFunctions } from './testing/list-functions.ts';
import { blockIn, readTerraform } from './testing/read-terraform.ts';

const PROJECT = 'metrics-of-finalize';
/** Google's own metrics that a chart or an alert uses. */
const BUILT_IN = ['pubsub.googleapis.com/subscription/num_undelivered_messages'];

const terraform = await readTerraform();
const dashboard = readFileSync(new URL('dashboard.json', import.meta.url), 'utf8');
const described = terraform.resources
  .filter(({ type }) => type === 'google_monitoring_metric_descriptor')
  .map(({ block }) => block);

let context: TestContext;

beforeAll(async () => {
  context = await createTestContext({ GOOGLE_CLOUD_PROJECT: PROJECT });
});
afterAll(() => context[Symbol.asyncDispose]());

interface Descriptor {
  readonly type: string;
  readonly metricKind: string;
  readonly valueType: string;
  readonly labels: readonly { readonly key: string; readonly valueType?: string }[];
}

/** Descriptors of the custom metrics after finalize has written a run's. */
async function writeMetrics(): Promise<readonly Descriptor[]> {
  await finalizeRun(context, { execution_id: randomUUID(), outcome: 'failed', error: 'broken' });
  const url = `${inject('googleApiEndpoint')}/v3/projects/${PROJECT}/metricDescriptors`;
  const { metricDescriptors } = (await (await fetch(url)).json()) as {
    metricDescriptors: readonly Descriptor[];
  };
  return metricDescriptors.filter(({ type }) => type.startsWith('custom.googleapis.com/'));
}

/** Names of the metrics in a text, in filters, dashboards or PromQL. */
function metricsIn(text: string): readonly string[] {
  const filtered = [...text.matchAll(/metric\.type=\\?"([\w./]+)\\?"/g)].map(
    ([, name = '']) => name,
  );
  const queried = [...text.matchAll(/custom_googleapis_com:permit_sync_(\w+)\{/g)].map(
    ([, name]) => `custom.googleapis.com/permit_sync/${name}`,
  );
  return [...new Set([...filtered, ...queried])].sort();
}

test('the described metrics are the ones that finalize writes, with the same kinds and labels', async () => {
  const written = await writeMetrics();
  const simplify = (type: string, kind: string, value: string, labels: readonly string[]) =>
    [type, kind, value, ...labels].join(' ');
  expect(
    described
      .map(({ type, metric_kind, value_type, labels }) =>
        simplify(
          String(type),
          String(metric_kind),
          String(value_type),
          (labels as { key: string }[]).map(({ key }) => key),
        ),
      )
      .sort(),
  ).toEqual(
    written
      .map(({ type, metricKind, valueType, labels }) =>
        simplify(
          type,
          metricKind,
          valueType,
          labels.map(({ key }) => key),
        ),
      )
      .sort(),
  );
});

/** The outcomes that finalize writes with the records of a run. */
async function listOutcomes(): Promise<readonly string[]> {
  await finalizeRun(context, { execution_id: randomUUID(), outcome: 'failed', error: 'broken' });
  const query = new URLSearchParams({
    filter: 'metric.type = "custom.googleapis.com/permit_sync/records"',
    'interval.endTime': '2200-01-01T00:00:00Z',
    'interval.startTime': '2000-01-01T00:00:00Z',
  });
  const url = `${inject('googleApiEndpoint')}/v3/projects/${PROJECT}/timeSeries?${query}`;
  const { timeSeries } = (await (await fetch(url)).json()) as {
    timeSeries: readonly { readonly metric: { readonly labels: { readonly outcome: string } } }[];
  };
  return [...new Set(timeSeries.map(({ metric }) => metric.labels.outcome))].sort();
}

test('the outcomes that finalize writes are described, and each is in one chart of outcomes', async () => {
  const outcomes = await listOutcomes();
  const { labels } = terraform.resource('google_monitoring_metric_descriptor.records');
  const [{ description }] = labels as [{ description: string }];
  expect(description.split(/, | or /).sort()).toEqual(outcomes);
  const charted = [...dashboard.matchAll(/outcome=one_of\(([^)]*)\)/g)].flatMap(([, list = '']) =>
    [...list.matchAll(/\w+/g)].map(([outcome]) => outcome),
  );
  expect(charted.sort()).toEqual(outcomes);
});

describe('names', () => {
  const known = [
    ...described.map(({ type }) => String(type)),
    `logging.googleapis.com/user/${terraform.resource('google_logging_metric.score').name}`,
    ...BUILT_IN,
  ].sort();

  test('of metrics in the dashboard are exactly the known ones', () => {
    expect(metricsIn(dashboard)).toEqual(known);
  });

  test('of metrics in alerts are known', () => {
    const named = metricsIn(JSON.stringify(terraform.files['alerts.tf']));
    expect(named).toEqual(['custom.googleapis.com/permit_sync/runs', ...BUILT_IN]);
    expect(known).toEqual(expect.arrayContaining([...named]));
  });

  test.each([
    ['service_name', listFunctions(terraform).map(({ service }) => service)],
    ['workflow_id', [String(terraform.locals.name)]],
    ['subscription_id', [terraform.resource('google_pubsub_subscription.sync_dead_letter').name]],
  ])('after %s in filters exist', (label, names) => {
    const texts = [dashboard, JSON.stringify(terraform.files)].join('\n');
    const named = [...texts.matchAll(new RegExp(`${label}=\\\\*"([\\w-]+)`, 'g'))];
    expect(named.length).toBeGreaterThan(0);
    expect(names).toEqual(expect.arrayContaining(named.map(([, name]) => name)));
  });

  test('in a chart’s grouping are labels of the metric', () => {
    const grouped = [...dashboard.matchAll(/metric\.label\.(\w+)/g)].map(([, label]) => label);
    const labels = described.flatMap(({ labels }) =>
      (labels as { key: string }[]).map(({ key }) => key),
    );
    expect(labels).toEqual(expect.arrayContaining(grouped));
  });
});

test('a missing sync is detected after the longest weekend, with two hours for the sync itself', () => {
  const policy = terraform.resource('google_monitoring_alert_policy.no_sync_completed');
  const condition = blockIn(blockIn(policy, 'conditions'), 'condition_prometheus_query_language');
  const [, hours] = /status="completed"\}\[(\d+)h\]\)$/.exec(String(condition.query)) ?? [];
  // Friday to Monday, plus the hour when the clocks go back.
  expect(Number(hours)).toBeGreaterThanOrEqual(72 + 1 + 2);
  expect(Number(hours)).toBeLessThan(96);
});
