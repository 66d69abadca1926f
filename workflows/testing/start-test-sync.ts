import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createVirtualClock } from '../../scripts/local/workflows/clock/virtual-clock.ts';
import { createWorkflowsService } from '../../scripts/local/workflows/create-workflows-service.ts';
import type { LogEntry } from '../../scripts/local/workflows/service/log-entry.ts';

const SOURCE = readFileSync(new URL('../permit-sync.yaml', import.meta.url), 'utf8');
/** Path at which the connector publishes dead letters. */
export const PUBLISH = '/v1/projects/demo/topics/sync-dead-letter:publish';
/** Path at which the connector publishes completed runs. */
export const ANNOUNCE = '/v1/projects/demo/topics/sync-completed:publish';
/** Longer than any of the workflow's time-outs. */
const TIMED_OUT_SECONDS = 1801;

export interface Call {
  readonly path: string;
  readonly body: Record<string, unknown>;
}

/** How the server treats a call: an answer, a reset connection, or silence until the time-out. */
export type Answer = { readonly status: number; readonly body: unknown } | 'reset' | 'silence';

export type Answerer = (call: Call, nth: number) => Answer;

interface Options {
  /** Start of the clock in Unix seconds; its milliseconds determine the jitter. */
  readonly startsAt?: number;
  readonly envVars?: Readonly<Record<string, string>>;
}

export const answerNormally: Answerer = ({ path, body }) => {
  if (path === '/download') return { status: 200, body: { run_id: 7, chunks_total: 3 } };
  if (path === '/finalize') {
    const warnings = body.warning === undefined ? [] : [body.warning];
    const run = { run_id: 7, status: body.outcome, records_total: 12, warnings };
    return { status: 200, body: run };
  }
  return { status: 200, body: { messageIds: ['1'] } };
};

/** Answers one path as given and every other path normally. */
export function answerAt(path: string, answer: Answer | Answerer): Answerer {
  return (call, nth) => {
    if (call.path !== path) return answerNormally(call, nth);
    return typeof answer === 'function' ? answer(call, nth) : answer;
  };
}

/** Runs the real YAML on a virtual clock; one small server is both the functions and Pub/Sub. */
export async function startTestSync(answer: Answerer, options: Options = {}) {
  const calls: Call[] = [];
  const clock = createVirtualClock({ startsAt: options.startsAt ?? 1_700_000_000 });
  const respond = (outcome: Answer, response: ServerResponse): void => {
    if (outcome === 'silence') clock.advance(TIMED_OUT_SECONDS);
    else if (outcome === 'reset') response.socket?.resetAndDestroy();
    else {
      response.writeHead(outcome.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(outcome.body));
    }
  };
  const server = createServer(async (request, response) => {
    const parts: Uint8Array[] = [];
    for await (const part of request) parts.push(part as Uint8Array);
    const path = request.url ?? '';
    const call = { path, body: JSON.parse(Buffer.concat(parts).toString() || '{}') };
    calls.push(call);
    respond(answer(call, calls.filter((other) => other.path === path).length), response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const logs: LogEntry[] = [];
  const service = createWorkflowsService({
    projectId: 'demo',
    location: 'northamerica-northeast2',
    clock,
    connectorBaseUrls: { pubsub: url },
    log: (entry) => logs.push(entry),
  });
  service.deploy({
    workflowId: 'permit-sync',
    source: SOURCE,
    envVars: {
      DOWNLOAD_URL: `${url}/download`,
      INGEST_CHUNK_URL: `${url}/ingest-chunk`,
      FINALIZE_URL: `${url}/finalize`,
      SNAPSHOT_URL: `${url}/snapshot`,
      CHUNK_CONCURRENCY: '4',
      COMPLETED_TOPIC: 'sync-completed',
      DEAD_LETTER_TOPIC: 'sync-dead-letter',
      ...options.envVars,
    },
  });
  return {
    calls,
    clock,
    logs,
    callsOf: (path: string) => calls.filter((call) => call.path === path),
    /** Decoded messages published at a path. */
    messages: (path = PUBLISH) =>
      calls
        .filter((call) => call.path === path)
        .flatMap(({ body }) => body.messages as { data: string }[])
        .map(({ data }) => JSON.parse(Buffer.from(data, 'base64').toString())),
    run: async (argument?: unknown) => {
      const { name } = service.createExecution({
        workflowId: 'permit-sync',
        ...(argument === undefined ? {} : { argument: JSON.stringify(argument) }),
      });
      return service.waitForExecution(name.split('/').at(-1) ?? '');
    },
    async [Symbol.asyncDispose]() {
      await service.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
