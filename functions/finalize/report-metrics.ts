import type { Context } from '../shared/context.ts';
import { gaxOptions } from '../shared/endpoint.ts';
import type { SyncRun } from '../shared/schema.ts';

const PREFIX = 'custom.googleapis.com/permit_sync';

interface Point {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The points of one closed run: the run itself, its records by outcome, and its duration. */
function runPoints(run: SyncRun): readonly Point[] {
  return [
    { metric: 'runs', labels: { status: run.status }, value: 1 },
    ...(['new', 'updated', 'unchanged', 'errors', 'superseded'] as const).map((outcome) => ({
      metric: 'records',
      labels: { outcome },
      value: run[`records_${outcome}`],
    })),
    { metric: 'duration_ms', labels: { status: run.status }, value: run.duration_ms ?? 0 },
  ];
}

/**
 * Writes a closed run to Cloud Monitoring, as gauges at its completion time. Never fails: a run
 * that is stored is a success even if it cannot be reported, so an error is logged as a WARNING.
 */
export async function reportMetrics({ config, log }: Context, run: SyncRun): Promise<void> {
  // Loaded here, because otherwise every function would start with it in memory.
  const { MetricServiceClient } = await import('@google-cloud/monitoring');
  const client = new MetricServiceClient(gaxOptions(config));
  const endTime = { seconds: Math.floor((run.completed_at?.getTime() ?? 0) / 1000) };
  try {
    await client.createTimeSeries({
      name: client.projectPath(config.GOOGLE_CLOUD_PROJECT),
      timeSeries: runPoints(run).map(({ metric, labels, value }) => ({
        metric: { type: `${PREFIX}/${metric}`, labels },
        resource: { type: 'global', labels: { project_id: config.GOOGLE_CLOUD_PROJECT } },
        metricKind: 'GAUGE' as const,
        valueType: 'INT64' as const,
        points: [{ interval: { endTime }, value: { int64Value: value } }],
      })),
    });
  } catch (error) {
    // Cut, because the service repeats its reason for each series.
    const message = (error instanceof Error ? error.message : String(error)).slice(0, 300);
    log('WARNING', `Run ${run.id} could not be reported to Cloud Monitoring: ${message}`, {
      event: 'metrics_not_written',
      run_id: run.id,
      error: message,
    });
  } finally {
    await client.close();
  }
}
