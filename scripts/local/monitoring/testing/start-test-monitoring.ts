import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MetricServiceClient } from '@google-cloud/monitoring';
import express from 'express';
import { PassThroughClient } from 'google-auth-library';
import {
  createMonitoringApi,
  type MonitoringApi,
  type MonitoringApiOptions,
} from '../create-monitoring-api.ts';

/** A Monitoring server of a test's own, with Google's client pointed at it. */
export type TestMonitoring = AsyncDisposable & {
  readonly api: MonitoringApi;
  readonly url: string;
  readonly client: MetricServiceClient;
};

export async function startTestMonitoring(options: MonitoringApiOptions): Promise<TestMonitoring> {
  const api = createMonitoringApi(options);
  const server = createServer(express().use(api.router));
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
  return {
    api,
    url: `http://127.0.0.1:${port}`,
    client,
    [Symbol.asyncDispose]: async () => {
      await client.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
