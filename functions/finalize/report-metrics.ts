import type { Context } from '../shared/context.ts';
import { gaxOptions } from '../shared/endpoint.ts';
import type { SyncRun, Warning } from '../shared/schema.ts';

const PREFIX = 'custom.googleapis.com/permit_sync';

interface Point {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const OUTCOMES = [
  'new',
  'updated',
  'unchanged',
  'errors',
  'superseded',
  'removed',
  'returned',
] as const;

/** The points of one closed run: the run itself, its records by outcome, and its duration. */
function runPoints(run: SyncRun): readonly Point[] {
  if (run.dry_run) return [];
  return [
    { metric: 'runs', labels: { status: run.status }, value: 1 },
    ...OUTCOMES.map((outcome) => ({
      metric: 'records',
      labels: { outcome },
      value: run[`records_${outcome}`],
    })),
    { metric: 'duration_ms', labels: { status: run.status }, value: run.duration_ms ?? 0 },
  ];
}

/**
 * Writes a closed run to Cloud Monitoring, as gauges at its completion time. Never fails, because a
 * run that is stored is a success even if it cannot be reported.
 *
 * @returns a warning if Cloud Monitoring refused the run or could not be reached.
 */
export async function reportMetrics(
  { config }: Context,
  run: SyncRun,
): Promise<readonly Warning[]> {
  const points = runPoints(run);
  if (points.length === 0) return [];
  // Loaded here, because otherwise every function would start with it in memory.
  const { MetricServiceClient } = await import('@google-cloud/monitoring');
  const client = new MetricServiceClient(gaxOptions(config));
  const endTime = { seconds: Math.floor((run.completed_at?.getTime() ?? 0) / 1000) };
  try {
    await client.createTimeSeries({
      name: client.projectPath(config.GOOGLE_CLOUD_PROJECT),
      timeSeries: points.map(({ metric, labels, value }) => ({
        metric: { type: `${PREFIX}/${metric}`, labels },
        resource: { type: 'global', labels: { project_id: config.GOOGLE_CLOUD_PROJECT } },
        metricKind: 'GAUGE' as const,
        valueType: 'INT64' as const,
        points: [{ interval: { endTime }, value: { int64Value: value } }],
      })),
    });
    return [];
  } catch (error) {
    // Cut, because the service repeats its reason for each series.
    const reason = (error instanceof Error ? error.message : String(error)).slice(0, 300);
    const message = `The run could not be reported to Cloud Monitoring: ${reason}`;
    return [{ code: 'metrics_not_written', message }];
  } finally {
    await client.close();
  }
}
