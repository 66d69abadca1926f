import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createVirtualClock, type VirtualClock } from '../../clock/virtual-clock.ts';
import { createWorkflowsService, type WorkflowsService } from '../../create-workflows-service.ts';

export type TestService = {
  readonly service: WorkflowsService;
  readonly clock: VirtualClock;
  readonly port: number;
  /** Sends a request below `/v1/projects/demo/locations/us-central1/` and returns status and JSON. */
  send(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  close(): Promise<void>;
};

/** The service behind a real HTTP server on a free port of loopback. */
export async function startTestService(
  options: { movesByItself?: boolean } = {},
): Promise<TestService> {
  const clock = createVirtualClock(options);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const service = createWorkflowsService({
    projectId: 'demo',
    location: 'us-central1',
    clock,
    baseUrl: () => `http://127.0.0.1:${port}`,
  });
  server.on('request', express().use(service.router));
  return {
    service,
    clock,
    port,
    async send(method, path, body) {
      const url = `http://127.0.0.1:${port}/v1/projects/demo/locations/us-central1/${path}`;
      const response = await fetch(url, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: await response.json() };
    },
    async close() {
      await service.close();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}
