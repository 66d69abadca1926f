import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MetricServiceClient } from '@google-cloud/monitoring';
import express from 'express';
import { PassThroughClient } from 'google-auth-library';
import { createMonitoringApi, type MonitoringApiOptions } from '../create-monitoring-api.ts';
import type { TimeSeries } from '../time-series-schema.ts';

/** A Monitoring server of a test's own, with Google's client pointed at it. */
export type TestMonitoring = AsyncDisposable & {
  readonly url: string;
  readonly client: MetricServiceClient;
  /** Every series of the project, as the API answers it, points newest first. */
  listTimeSeries(): Promise<readonly TimeSeries[]>;
};

export async function startTestMonitoring(options: MonitoringApiOptions): Promise<TestMonitoring> {
  const server = createServer(express().use(createMonitoringApi(options)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = new MetricServiceClient({
    projectId: 'test-project',
    fallback: true,
    protocol: 'http',
    apiEndpoint: '127.0.0.1',
    port,
    // gax's own google-auth-library declares another AuthClient; at run time the two are one.
    authClient: new PassThroughClient() as never,
  });
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    client,
    listTimeSeries: async () => {
      const query = new URLSearchParams({
        filter: 'metric.type = starts_with("")',
        'interval.startTime': '1970-01-01T00:00:00Z',
        'interval.endTime': '9999-12-31T23:59:59Z',
      });
      const response = await fetch(`${url}/v3/projects/test-project/timeSeries?${query}`);
      return ((await response.json()) as { timeSeries: readonly TimeSeries[] }).timeSeries;
    },
    [Symbol.asyncDispose]: async () => {
      await client.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
