import type { Clock } from '../clock/clock.ts';
import { createError } from '../errors/workflow-error.ts';
import { describeValue } from '../expressions/describe-value.ts';
import type { MapValue } from '../values/value.ts';

/** A callback endpoint of an execution, in the form of the Executions API v1. */
export interface Callback {
  readonly name: string;
  readonly method: string;
  /** The API writes 64-bit integers as strings. */
  readonly waiters: string;
  /** The requests that no step has awaited yet, as JSON. */
  readonly availablePayloads: readonly string[];
}
export interface Callbacks {
  /** Opens an endpoint and returns its URL. */
  create(executionName: string, method: string): string;
  /**
   * Waits for the next request; undefined after the time-out.
   *
   * @throws WorkflowError tagged ValueError
   */
  wait(url: string, timeoutSeconds: number, signal: AbortSignal): Promise<MapValue | undefined>;
  /** Delivers a request to an endpoint. */
  deliver(name: string, method: string, request: MapValue): 'taken' | 'wrong-method' | 'unknown';
  list(executionName: string): readonly Callback[];
  /** Closes all endpoints of an execution. */
  close(executionName: string): void;
}

interface Endpoint {
  readonly name: string;
  readonly method: string;
  /** Requests that no step has awaited yet. */
  readonly arrived: MapValue[];
  readonly waiting: ((request: MapValue) => void)[];
}

export function createCallbacks(options: {
  clock: Clock;
  newId: () => string;
  baseUrl: () => string;
}): Callbacks {
  const byName = new Map<string, Endpoint>();
  const listOwn = (executionName: string) =>
    [...byName.values()].filter(({ name }) => name.startsWith(`${executionName}/`));

  async function waitForArrival(
    endpoint: Endpoint,
    timeoutSeconds: number,
    signal: AbortSignal,
  ): Promise<MapValue | undefined> {
    const stop = new AbortController();
    const arrival = new Promise<MapValue>((resolve) => endpoint.waiting.push(resolve));
    const stopped = AbortSignal.any([signal, stop.signal]);
    const timeout = options.clock.sleep(timeoutSeconds, stopped).then(() => undefined);
    try {
      return await Promise.race([arrival, timeout]);
    } finally {
      timeout.catch(() => undefined);
      stop.abort();
    }
  }

  return {
    create(executionName, method) {
      const name = `${executionName}/callbacks/${options.newId()}`;
      byName.set(name, { name, method, arrived: [], waiting: [] });
      return `${options.baseUrl().replace(/\/$/, '')}/v1/${name}`;
    },
    async wait(url, timeoutSeconds, signal) {
      const endpoint = [...byName.values()].find(({ name }) => url.endsWith(`/v1/${name}`));
      if (endpoint === undefined) throw createError('ValueError', `'${url}' is not a callback`);
      return endpoint.arrived.shift() ?? waitForArrival(endpoint, timeoutSeconds, signal);
    },
    deliver(name, method, request) {
      const endpoint = byName.get(name);
      if (endpoint === undefined) return 'unknown';
      if (endpoint.method !== method) return 'wrong-method';
      const waiter = endpoint.waiting.shift();
      if (waiter === undefined) endpoint.arrived.push(request);
      else waiter(request);
      return 'taken';
    },
    list: (executionName) =>
      listOwn(executionName).map(({ name, method, waiting, arrived }) => ({
        name,
        method,
        waiters: String(waiting.length),
        availablePayloads: arrived.map((request) => describeValue(request)),
      })),
    close(executionName) {
      for (const { name } of listOwn(executionName)) byName.delete(name);
    },
  };
}
